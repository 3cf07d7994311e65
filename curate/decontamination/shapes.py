"""The shapes that published evaluations come in, and the texts of an item of each.

A shape is recognised by the keys of a record and never by a file's name. `any` takes every text of
a record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from curate.decontamination.items import Piece, Side

Record = dict[str, Any]
ShapeName = Literal[
    "gsm8k",
    "humaneval",
    "mmlu",
    "arc",
    "truthfulqa",
    "ifeval",
    "mt-bench",
    "alpaca-eval",
    "any",
]
SHAPE_NAMES: tuple[str, ...] = get_args(ShapeName)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# GSM8K writes each sum twice, the second time for a calculator, and the result behind ####.
_CALCULATOR = re.compile(r"<<[^<>]*>>")
_IDS = ("id", "task_id", "question_id", "key")
# Columns that answer; every other column is taken for a part of the question.
_ANSWERS = {
    "answer",
    "answers",
    "best_answer",
    "canonical_solution",
    "chosen",
    "completion",
    "correct_answers",
    "output",
    "reference",
    "response",
    "solution",
    "target",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of evaluation records.

    Attributes:
        name: As `--against-format` names it.
        expected: What a record has, for people.
        fits: Whether a record has it.
        pieces: The texts of a record that fits.
    """

    name: str
    expected: str
    fits: Callable[[Record], bool]
    pieces: Callable[[Record], list[Piece]]


def shape_of(record: Record) -> Shape:
    """Return the first shape that a record fits; `any` where it is none of the published ones."""
    return next(shape for shape in SHAPES if shape.fits(record))


def id_of(record: Record) -> str | None:
    """Return a record's own id as text, or None."""
    found = next((record[name] for name in _IDS if name in record), None)
    return str(found) if isinstance(found, (str, int)) and found != "" else None


def pieces_of_fields(record: Record, names: Sequence[str]) -> list[Piece] | None:
    """Return the texts under the columns that were named; None where the record lacks them all."""
    wanted = [name for name in names if name in record]
    if not wanted:
        return None
    return [piece for name in wanted for piece in _texts(name, record[name])]


def _of(side: Side, field: str, text: object) -> list[Piece]:
    return [Piece(side, field, text)] if isinstance(text, str) and text.strip() else []


def _texts(name: str, value: object, *, path: str = "") -> Iterator[Piece]:
    """Yield every text under a key, at any depth."""
    path = f"{path}.{name}" if path else name
    if isinstance(value, str):
        yield from _of("answer" if name in _ANSWERS else "question", path, value)
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, str):
                yield from _of("answer" if name in _ANSWERS else "question", path, each)
            elif isinstance(each, dict):
                for key, inner in each.items():
                    yield from _texts(key, inner, path=path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key, inner, path=path)


def _are_texts(record: Record, *names: str) -> bool:
    return all(isinstance(record.get(name), str) for name in names)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


def _gsm8k(record: Record) -> list[Piece]:
    answer = record["answer"]
    plain = _CALCULATOR.sub("", answer).partition("####")[0]
    pieces = _of("question", "question", record["question"]) + _of("answer", "answer", answer)
    return pieces + (_of("answer", "answer", plain) if plain != answer else [])


def _humaneval(record: Record) -> list[Piece]:
    prompt, solution = record["prompt"], record["canonical_solution"]
    return [
        *_of("question", "prompt", prompt),
        *_of("answer", "canonical_solution", solution),
    ]


def _chosen(question: str, choices: Sequence[str], labels: Sequence[str]) -> list[Piece]:
    """Return a question alone, with lettered choices and with bare ones."""
    lettered = [f"{label}. {text}" for label, text in zip(labels, choices, strict=False)]
    return [
        *_of("question", "question", question),
        *_of("question", "question+choices", "\n".join([question, *lettered])),
        *_of("question", "question+choices", "\n".join([question, *choices])),
    ]


def _mmlu_fits(record: Record) -> bool:
    if not _are_texts(record, "question") or "answer" not in record:
        return False
    return _is_texts(record.get("choices")) or _are_texts(record, "A", "B", "C", "D")


def _mmlu(record: Record) -> list[Piece]:
    choices = record.get("choices") or [record[letter] for letter in "ABCD"]
    return _chosen(record["question"], choices, _LETTERS)


def _arc_parts(record: Record) -> tuple[str, list[str], list[str]] | None:
    """Return stem, choices and labels of a record as AI2 or the Hub writes it."""
    question, choices = record.get("question"), record.get("choices")
    if isinstance(question, dict):
        stem, listed = question.get("stem"), question.get("choices")
        if not isinstance(stem, str) or not isinstance(listed, list):
            return None
        if not all(isinstance(c, dict) and _are_texts(c, "text", "label") for c in listed):
            return None
        return stem, [c["text"] for c in listed], [c["label"] for c in listed]
    if isinstance(question, str) and isinstance(choices, dict):
        texts, labels = choices.get("text"), choices.get("label")
        if isinstance(texts, list) and _is_texts(texts) and isinstance(labels, list):
            return question, texts, [str(label) for label in labels]
    return None


def _arc(record: Record) -> list[Piece]:
    parts = _arc_parts(record)
    return _chosen(*parts) if parts else []


_TRUTHFUL = ("mc0_targets", "mc1_targets", "mc2_targets", "best_answer", "correct_answers")


def _truthfulqa_fits(record: Record) -> bool:
    if _are_texts(record, "Question", "Best Answer"):
        return True
    return _are_texts(record, "question") and any(name in record for name in _TRUTHFUL)


def _truthfulqa(record: Record) -> list[Piece]:
    answer = record.get("Best Answer", record.get("best_answer"))
    question = record.get("Question", record.get("question"))
    return _of("question", "question", question) + _of("answer", "best_answer", answer)


def _mt_bench(record: Record) -> list[Piece]:
    pieces = [piece for turn in record["turns"] for piece in _of("question", "turns", turn)]
    if isinstance(references := record.get("reference"), list):
        pieces += [piece for each in references for piece in _of("answer", "reference", each)]
    return pieces


def _alpaca_eval(record: Record) -> list[Piece]:
    return [
        *_of("question", "instruction", record["instruction"]),
        *_of("answer", "output", record.get("output")),
    ]


def _any(record: Record) -> list[Piece]:
    return [
        piece for name, value in record.items() if name not in _IDS for piece in _texts(name, value)
    ]


SHAPES: tuple[Shape, ...] = (
    Shape(
        "humaneval",
        "task_id, prompt, entry_point and canonical_solution",
        lambda r: _are_texts(r, "prompt", "entry_point", "canonical_solution"),
        _humaneval,
    ),
    Shape(
        "mmlu",
        "question, choices (or A, B, C, D) and answer; a table may lack its header",
        _mmlu_fits,
        _mmlu,
    ),
    Shape(
        "arc",
        "question with stem and choices, or question and choices with text and label",
        lambda r: _arc_parts(r) is not None,
        _arc,
    ),
    Shape(
        "truthfulqa",
        "Question and Best Answer, or question with best_answer or mc1_targets",
        _truthfulqa_fits,
        _truthfulqa,
    ),
    Shape(
        "ifeval",
        "prompt and instruction_id_list",
        lambda r: _are_texts(r, "prompt") and isinstance(r.get("instruction_id_list"), list),
        lambda r: _of("question", "prompt", r["prompt"]),
    ),
    Shape(
        "mt-bench",
        "turns, a list of texts",
        lambda r: _is_texts(r.get("turns")),
        _mt_bench,
    ),
    Shape(
        "alpaca-eval",
        "instruction with generator or dataset",
        lambda r: _are_texts(r, "instruction") and ("generator" in r or "dataset" in r),
        _alpaca_eval,
    ),
    Shape("gsm8k", "question and answer", lambda r: _are_texts(r, "question", "answer"), _gsm8k),
    Shape("any", "texts", lambda r: True, _any),
)
BY_SHAPE: dict[str, Shape] = {shape.name: shape for shape in SHAPES}
