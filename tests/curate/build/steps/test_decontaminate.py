"""The step: rows that leave or are listed, and what is told of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build.line.base import Rows, Splits
from curate.build.line.settle import settle
from curate.build.steps.decontaminate import Decontaminate, DecontaminateOptions
from curate.errors import UsageError
from tests.curate.build.steps.leak_sets import (
    ANSWERS,
    LEAKY,
    QUESTIONS,
    REWORDED,
    found,
    lines,
    listed,
    removed,
    told,
    written,
)
from tests.curate.build.steps.row_sets import asked, rows_of


@pytest.fixture
def evaluation(tmp_path) -> str:
    records = [{"question": q, "answer": a} for q, a in zip(QUESTIONS, ANSWERS, strict=True)]
    return lines(tmp_path / "eval.jsonl", records)


def test_each_row_is_told_of_under_its_strongest_match(evaluation) -> None:
    decision = found(LEAKY, evaluation)
    assert removed(decision) == {0: "LEK001", 2: "LEK002", 5: "LEK003"}
    assert listed(decision) == {3: "LEK004", 4: "LEK006"}
    assert told(decision) == {}
    assert decision.report["rows_removed"] == 3
    assert decision.report["evaluations"][0]["leaked_items"] == 2


@pytest.mark.parametrize(
    ("action", "leaving"), [("remove", {0, 2, 5}), ("list", set()), ("remove-all", {0, 2, 3, 4, 5})]
)
def test_the_action_says_what_leaves_and_nothing_is_lost(evaluation, action, leaving) -> None:
    decision = found(LEAKY, evaluation, action=action)
    assert set(removed(decision)) == leaving
    assert set(listed(decision)) | leaving == {0, 2, 3, 4, 5}
    findings: list[Any] = []
    settled = settle(LEAKY, decision, None, findings.append)
    assert settled.ledger.rows_out == len(LEAKY) - len(leaving)
    assert sum(settled.ledger.findings.values()) == len(findings)


def test_a_message_names_the_item_and_the_number(evaluation) -> None:
    decision = found(LEAKY, evaluation, action="remove-all")
    said = {r.code: r.say(0) for r in decision.removals}
    scores = {r.code: r.scores[0] for r in decision.removals}
    assert said["LEK001"].endswith("eval.jsonl:1 word for word (29 words)")
    assert "of the 8-grams of the question of item" in said["LEK002"]
    assert scores["LEK003"] == 15
    assert 'eval.jsonl:1: "plants seven rows' in said["LEK003"]
    assert f"{scores['LEK004']:.0%} of the worth" in said["LEK004"]


def test_pairs_are_written_side_by_side(evaluation, tmp_path) -> None:
    pairs = written(found(LEAKY, evaluation), tmp_path)
    by_row = {pair["row"]["id"]: pair for pair in pairs}
    assert set(by_row) == {"r0", "r2", "r3", "r4", "r5"}
    first = by_row["r0"]
    assert first["row"] == {"id": "r0", "file": "in.jsonl", "line": 1}
    assert (first["item"]["line"], first["item"]["side"]) == (1, "question")
    assert first["shared"] == first["item_text"] == QUESTIONS[0]
    assert first["row_text"] == f"Solve this.\n{QUESTIONS[0]}"
    assert by_row["r3"]["row_text"] == REWORDED
    assert [pair["removed_by"] for pair in pairs] == [True, True, False, False, True]


def test_every_row_has_its_scores(evaluation, tmp_path) -> None:
    decision = found(LEAKY, evaluation)
    path = tmp_path / "scores.arrow"
    decision.files["scores/decontaminate.arrow"](path)
    table = pa.ipc.open_file(path).read_all()
    assert table.num_rows == len(LEAKY)
    assert table["share"].to_pylist()[0] == 1
    assert table["method"].to_pylist()[:6] == [
        "exact",
        None,
        "near",
        "paraphrase",
        "exact",
        "ngram",
    ]
    assert table["words"].to_pylist()[5] == 15
    assert table["item"].to_pylist()[1] is None


@pytest.mark.parametrize(
    ("on", "expected"),
    [("prompt", {0, 2, 3}), ("response", {4, 5}), ("prompt+response", {0, 2, 3, 4, 5})],
)
def test_where_is_looked_can_be_chosen(evaluation, on, expected) -> None:
    decision = found(LEAKY, evaluation, on=on)
    assert set(removed(decision)) | set(listed(decision)) == expected


def test_a_side_of_the_items_can_be_chosen(evaluation) -> None:
    assert 4 not in listed(found(LEAKY, evaluation, sides="question"))
    answers = found(LEAKY, evaluation, sides="answer")
    assert (removed(answers), listed(answers)) == ({}, {4: "LEK006"})


def test_meaning_is_compared_by_the_model_that_is_handed_in(evaluation) -> None:
    def embed(texts):
        return np.array([[1.0, "Marta" in t, "tulips" in t] for t in texts], np.float32)

    rows = rows_of([asked("Marta asks something else"), asked("nothing")])
    decision = found(rows, evaluation, embed, methods=["semantic"], semantic_cosine=0.99)
    assert (removed(decision), listed(decision)) == ({}, {0: "LEK005"})
    assert "cosine 1.000" in decision.findings[0][1].message


@pytest.mark.parametrize("kind", ["text", "preference", "unpaired", "prompt_only", "stepwise"])
def test_every_kind_of_row_is_looked_at(evaluation, kind, tmp_path) -> None:
    says = [{"role": "assistant", "content": "Yes."}]
    asks = [{"role": "user", "content": QUESTIONS[0]}]
    leaking = {
        "text": {"text": f"Once more: {QUESTIONS[0]}"},
        "preference": {"prompt": asks, "chosen": says, "rejected": says},
        "unpaired": {"prompt": asks, "completion": says, "label": True},
        "prompt_only": {"prompt": asks},
        "stepwise": {"prompt": asks, "completions": ["Yes."], "labels": [True]},
    }
    decision = found(rows_of([leaking[kind]], kind), evaluation)
    assert removed(decision) == {0: "LEK001"}
    assert QUESTIONS[0] in written(decision, tmp_path)[0]["row_text"]


def test_the_rejected_answer_is_looked_at_too(evaluation) -> None:
    row = {
        "prompt": [{"role": "user", "content": "Say it."}],
        "chosen": [{"role": "assistant", "content": "No."}],
        "rejected": [{"role": "assistant", "content": QUESTIONS[0]}],
    }
    assert removed(found(rows_of([row], "preference"), evaluation)) == {0: "LEK001"}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"against": []}, "nothing to look for"),
        ({"methods": []}, "methods is empty"),
        ({"methods": ["bloom"]}, "no method 'bloom'"),
        ({"methods": ["semantic"]}, "needs a model"),
    ],
)
def test_options_that_ask_for_nothing_are_refused(options, why) -> None:
    with pytest.raises(UsageError, match=why):
        Decontaminate(DecontaminateOptions(**{"against": ["x"]} | options))


# Hostile rows.


@pytest.mark.parametrize("prompt", ["", " \n", "one", "…", "\u202e\x00", "ж" * 3])
def test_odd_texts_leak_nothing(evaluation, prompt) -> None:
    decision = found(rows_of([asked(prompt, prompt)]), evaluation)
    assert (removed(decision), listed(decision)) == ({}, {})


def test_rows_without_any_text_or_without_rows_are_no_fault(evaluation, tmp_path) -> None:
    empty = rows_of([{"messages": [{"role": "user"}]}, {"messages": []}])
    for rows in (empty, rows_of([])):
        decision = found(rows, evaluation)
        assert (removed(decision), written(decision, tmp_path)) == ({}, [])


def test_a_leak_in_a_very_long_row_is_found_and_shown_cut(evaluation, tmp_path) -> None:
    long = "nobody said it before " * 200_000
    decision = found(rows_of([asked(f"{long}{QUESTIONS[0]} {long}")]), evaluation)
    assert removed(decision) == {0: "LEK001"}
    (pair,) = written(decision, tmp_path)
    assert QUESTIONS[0] in pair["row_text"]
    assert len(pair["row_text"]) < 700


def test_a_leak_that_many_rows_repeat_is_found_in_each(evaluation) -> None:
    decision = found(rows_of([asked(QUESTIONS[0])] * 50), evaluation)
    assert len(removed(decision)) == 50


def test_words_that_many_rows_share_are_told_of(evaluation) -> None:
    run = " ".join(QUESTIONS[0].split()[2:17])
    rows = rows_of([asked(f"{n} {run} {n}") for n in range(20)])
    decision = found(rows, evaluation)
    assert removed(decision) == {}
    assert decision.report["rows_sharing_common_words"] == 20
    assert (
        decision.lines[-1] == "20 rows share words with an item that stand in many rows, and stay"
    )
    assert len(removed(found(rows, evaluation, common_rows=20))) == 20


def test_personal_data_is_masked_in_the_pairs(tmp_path) -> None:
    question = f"{QUESTIONS[0]} Write to anna.berg@posteo.de about it."
    path = lines(tmp_path / "e.jsonl", [{"prompt": question}])
    (pair,) = written(found(rows_of([asked(question)]), path), tmp_path)
    assert "anna.berg@posteo.de" not in json.dumps(pair)


@settings(max_examples=20)
@given(st.permutations(range(12)), st.integers(1, 12))
def test_order_and_chunks_change_nothing_but_the_order(tmp_path_factory, order, chunk) -> None:
    path = tmp_path_factory.mktemp("e") / "e.jsonl"
    lines(path, [{"question": q, "answer": a} for q, a in zip(QUESTIONS, ANSWERS, strict=True)])
    made = [asked(q, a) for q in (QUESTIONS[0], REWORDED, "Hello") for a in ("Yes.", *ANSWERS, "x")]
    decision = found(rows_of([made[n] for n in order], chunk=chunk), str(path))
    plain = found(rows_of(made), str(path))
    assert {order[row]: code for row, code in removed(decision).items()} == removed(plain)
    assert {order[row]: code for row, code in listed(decision).items()} == listed(plain)


# Published files.

GSM8K = "openai+grade-school-math/grade_school_math/data/test.jsonl"
REPHRASED = "lm-sys+llm-decontaminator/data/rephrase/rephrase_gsm8k.jsonl"
CLEAN_FILE = "gpt4life+alpagasus/data/random/random_9k.json"


def test_published_questions_are_found_and_clean_rows_are_not(data, tmp_path) -> None:
    questions = [json.loads(line)["question"] for line in (data / GSM8K).open(encoding="utf-8")]
    texts = [json.loads(line)["text"] for line in (data / REPHRASED).open(encoding="utf-8")]
    texts = [text.partition("\nAnswer:")[0].removeprefix("Question: ") for text in texts]
    clean = json.loads((data / CLEAN_FILE).read_text("utf-8"))[:4_000]
    rows = rows_of(
        [
            *(asked(f"Please solve: {question}") for question in questions[:300]),
            *(asked(text) for text in texts[300:600]),
            *(asked(f"{row['instruction']}\n{row['input']}", row["output"]) for row in clean),
        ],
        chunk=1_000,
    )
    decision = found(rows, str(data / GSM8K))
    assert sorted(removed(decision)) == list(range(300))
    told_of = set(listed(decision))
    assert len([row for row in told_of if row < 600]) >= 0.8 * 300
    assert len([row for row in told_of if row >= 600]) <= 2


@pytest.mark.slow
def test_a_million_identical_rows_are_each_found(evaluation, tmp_path) -> None:
    some = rows_of([asked(QUESTIONS[0])] * 5_000, chunk=5_000)
    table = pa.concat_tables([some.table] * 200)
    count = table.num_rows
    marks = Splits(("train",), np.zeros(count, np.uint16))
    rows = Rows("sft", table, np.arange(count), marks, marks)
    decision = found(rows, evaluation, methods=["exact", "near", "ngram"])
    assert [len(removal.rows) for removal in decision.removals] == [count]
    assert told(decision).keys() == {"LEK014"}
