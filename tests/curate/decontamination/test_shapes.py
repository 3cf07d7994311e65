"""Records of published evaluations, recognised by their keys."""

from __future__ import annotations

import pytest

from curate.decontamination import BY_SHAPE, Piece, id_of, pieces_of_fields, shape_of

CHOICES = ["A lake", "A river", "A stone", "A cloud"]
RECORDS = [
    (
        "gsm8k",
        {"question": "How many?", "answer": "It is 1+2=<<1+2=3>>3 lakes.\n#### 3"},
        {"How many?", "It is 1+2=<<1+2=3>>3 lakes.\n#### 3", "It is 1+2=3 lakes.\n"},
    ),
    (
        "humaneval",
        {
            "task_id": "T/0",
            "prompt": "def f(x):\n",
            "entry_point": "f",
            "canonical_solution": "    return x\n",
            "test": "assert f(1) == 1",
        },
        {"def f(x):\n", "    return x\n"},
    ),
    (
        "mmlu",
        {"question": "What flows?", "choices": CHOICES, "answer": 1, "subject": "geography"},
        {
            "What flows?",
            "What flows?\nA. A lake\nB. A river\nC. A stone\nD. A cloud",
            "What flows?\nA lake\nA river\nA stone\nA cloud",
        },
    ),
    (
        "mmlu",
        {"question": "What flows?", "A": "1", "B": "2", "C": "3", "D": "4", "answer": "B"},
        {"What flows?", "What flows?\nA. 1\nB. 2\nC. 3\nD. 4", "What flows?\n1\n2\n3\n4"},
    ),
    (
        "arc",
        {
            "id": "q1",
            "question": {
                "stem": "What flows?",
                "choices": [{"text": "A lake", "label": "1"}, {"text": "A river", "label": "2"}],
            },
            "answerKey": "2",
        },
        {"What flows?", "What flows?\n1. A lake\n2. A river", "What flows?\nA lake\nA river"},
    ),
    (
        "arc",
        {
            "id": "q1",
            "question": "What flows?",
            "choices": {"text": ["A lake", "A river"], "label": ["A", "B"]},
            "answerKey": "B",
        },
        {"What flows?", "What flows?\nA. A lake\nB. A river", "What flows?\nA lake\nA river"},
    ),
    (
        "truthfulqa",
        {"Type": "x", "Question": "Is it?", "Best Answer": "It is.", "Source": "http://x"},
        {"Is it?", "It is."},
    ),
    (
        "truthfulqa",
        {"question": "Is it?", "best_answer": "It is.", "correct_answers": ["It is."]},
        {"Is it?", "It is."},
    ),
    ("truthfulqa", {"question": "Is it?", "mc1_targets": {"choices": ["Yes"]}}, {"Is it?"}),
    (
        "ifeval",
        {"key": 1, "prompt": "Write two lines.", "instruction_id_list": ["a:b"], "kwargs": [{}]},
        {"Write two lines."},
    ),
    (
        "mt-bench",
        {"question_id": 81, "turns": ["Write.", "Rewrite."], "reference": ["Done.", ""]},
        {"Write.", "Rewrite.", "Done."},
    ),
    (
        "alpaca-eval",
        {"instruction": "Say it.", "output": "It.", "generator": "g", "dataset": "d"},
        {"Say it.", "It."},
    ),
    ("any", {"id": "7", "prompt": "Say it.", "more": {"hint": ["softly"]}}, {"Say it.", "softly"}),
]


@pytest.mark.parametrize(("name", "record", "texts"), RECORDS)
def test_a_record_is_recognised_and_its_texts_are_taken(name, record, texts) -> None:
    shape = shape_of(record)
    assert shape.name == name
    assert {piece.text for piece in shape.pieces(record)} == texts


@pytest.mark.parametrize(("name", "record", "texts"), RECORDS)
def test_a_record_that_lost_a_key_is_of_another_shape_and_never_raises(name, record, texts) -> None:
    for key in record:
        for value in ({}, {key: None}, {key: 3}, {key: []}, {key: {"a": 1}}):
            broken = {k: v for k, v in record.items() if k != key} | value
            shape = shape_of(broken)
            assert all(piece.text for piece in shape.pieces(broken))


def test_what_answers_is_told_from_what_asks() -> None:
    record = {"instruction": "Say.", "instances": [{"input": "it", "output": "It."}]}
    assert shape_of(record).pieces(record) == [
        Piece("question", "instruction", "Say."),
        Piece("question", "instances.input", "it"),
        Piece("answer", "instances.output", "It."),
    ]


def test_named_columns_are_taken_whatever_the_shape() -> None:
    record = {"question": "Is it?", "answer": "#### 3", "note": "A note."}
    assert pieces_of_fields(record, ["note"]) == [Piece("question", "note", "A note.")]
    assert pieces_of_fields(record, ["absent", "answer"]) == [Piece("answer", "answer", "#### 3")]
    assert pieces_of_fields(record, ["absent"]) is None


@pytest.mark.parametrize(
    ("record", "expected"),
    [({"id": "a"}, "a"), ({"question_id": 81}, "81"), ({"id": ""}, None), ({"x": 1}, None)],
)
def test_an_items_own_id_is_kept(record, expected) -> None:
    assert id_of(record) == expected


def test_every_shape_says_what_it_expects() -> None:
    assert all(shape.expected for shape in BY_SHAPE.values())
