"""Evaluations as they come: containers, shapes, and files that cannot be used."""

from __future__ import annotations

import gzip
import json

import pytest

from curate.build.line.functions import run_step
from curate.errors import InputError, UsageError
from tests.curate.build.steps.leak_sets import (
    ANSWERS,
    LEAKY,
    QUESTIONS,
    found,
    lines,
    removed,
    told,
    written,
)
from tests.curate.build.steps.row_sets import asked, rows_of


@pytest.fixture
def evaluation(tmp_path) -> str:
    records = [{"question": q, "answer": a} for q, a in zip(QUESTIONS, ANSWERS, strict=True)]
    return lines(tmp_path / "eval.jsonl", records)


def test_a_compressed_file_is_read(tmp_path) -> None:
    path = tmp_path / "eval.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps({"question": QUESTIONS[0], "answer": "6"}) + "\n")
    assert removed(found(LEAKY, str(path))) == {0: "LEK001", 5: "LEK003"}


def test_a_table_without_a_header_is_read_as_mmlu(tmp_path) -> None:
    path = tmp_path / "abstract_test.csv"
    path.write_text(
        f'"{QUESTIONS[0]}",one,two,three,four,B\n"Which of these is, then, a lake?",x,y,z,w,A\n',
        "utf-8",
    )
    decision = found(LEAKY, str(path), methods=["exact"])
    assert removed(decision) == {0: "LEK001"}
    (file,) = decision.report["evaluations"]
    assert (file["shape"], file["items"]) == ("mmlu", 2)
    assert written(decision, tmp_path)[0]["item"]["line"] == 1


def test_a_table_with_a_header_is_read(tmp_path) -> None:
    path = tmp_path / "truthful.csv"
    path.write_text(f'Type,Question,Best Answer\nx,"{QUESTIONS[0]}",Six.\n', "utf-8")
    decision = found(LEAKY, str(path), methods=["exact"])
    assert removed(decision) == {0: "LEK001"}
    assert decision.report["evaluations"][0]["shape"] == "truthfulqa"


def test_a_split_of_a_dataset_folder_is_an_evaluation(tmp_path) -> None:
    train = lines(
        tmp_path / "in.jsonl",
        [
            {"instruction": f"{QUESTIONS[n % 2]} Round {n}.", "input": "", "output": f"It is {n}."}
            for n in range(8)
        ],
    )
    run_step("split", [train], str(tmp_path / "own"), test_rows=2, near_duplicates=False)
    held = f"{tmp_path / 'own'}#test"
    decision = found(LEAKY, held)
    assert decision.report["evaluations"][0]["items"] == 2
    assert 0 in removed(decision) or 2 in removed(decision)
    with pytest.raises(InputError, match="no split 'dev'"):
        found(LEAKY, f"{tmp_path / 'own'}#dev")


def test_training_formats_can_be_held_out_too(tmp_path) -> None:
    record = {"messages": [{"role": "user", "content": q} for q in QUESTIONS[:1]]}
    record["messages"].append({"role": "assistant", "content": "Six."})
    for form in ("auto", "rows"):
        decision = found(LEAKY, lines(tmp_path / "h.jsonl", [record]), against_format=form)
        assert decision.report["evaluations"][0]["shape"] == "rows"
        assert removed(decision)[0] == "LEK001"


def test_several_evaluations_are_counted_apart(evaluation, tmp_path) -> None:
    other = lines(tmp_path / "other.jsonl", [{"prompt": "x " * 3 + QUESTIONS[0]}])
    decision = found(LEAKY, [other, evaluation])
    assert [e["leaked_items"] for e in decision.report["evaluations"]] == [1, 2]
    assert decision.lines[0].split() == ["evaluation", "items", "leaked", "rows"]


def test_chosen_columns_are_looked_for(tmp_path) -> None:
    path = lines(tmp_path / "e.jsonl", [{"question": "short", "note": QUESTIONS[0], "answer": "6"}])
    assert 0 in removed(found(LEAKY, path, field=["note"]))
    assert 0 not in removed(found(LEAKY, path, field=["question"]))
    with pytest.raises(InputError, match="expected the columns body") as raised:
        found(LEAKY, path, field=["body"])
    assert raised.value.code == "LEK012"


# Evaluations that cannot be used.


@pytest.mark.parametrize("text", ["", "\n \n", "[]"])
def test_an_empty_evaluation_is_an_error(tmp_path, text) -> None:
    path = tmp_path / "empty.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match="holds no record") as raised:
        found(LEAKY, str(path))
    assert raised.value.code == "LEK013"


def test_a_wrong_shape_is_an_error_with_its_place(tmp_path) -> None:
    path = lines(tmp_path / "e.jsonl", [{"prompt": "x", "turns": 3}, {"prompt": "y"}])
    with pytest.raises(
        InputError, match=r"e\.jsonl:1: .* gsm8k: expected question and answer, found prompt, turns"
    ) as raised:
        found(LEAKY, path, against_format="gsm8k")
    assert raised.value.code == "LEK012"


def test_damaged_and_odd_records_are_counted_and_told(tmp_path) -> None:
    path = tmp_path / "e.jsonl"
    good = json.dumps({"question": QUESTIONS[0], "answer": "6"})
    path.write_text(f'{good}\n{{"question": "cut\n{{"other": 1}}\n{good}\n', "utf-8")
    decision = found(LEAKY, str(path), methods=["exact"])
    (file,) = decision.report["evaluations"]
    assert (file["records"], file["items"]) == (4, 2)
    assert [each["line"] for each in file["unread"]] == [2, 3]
    assert "2 of 4 records were not looked for: line 2:" in told(decision)["LEK011"]
    assert "line 3: expected question and answer, found other" in told(decision)["LEK011"]


def test_short_items_are_told_of_and_still_found_as_a_whole(tmp_path) -> None:
    path = lines(tmp_path / "e.jsonl", [{"prompt": "Paris"}, {"prompt": "Where is the lake?"}])
    decision = found(LEAKY, path)
    assert removed(decision) == {1: "LEK001"}
    assert "2 of 2 items are looked for as whole texts only" in told(decision)["LEK010"]
    assert "line 1: none of its texts has 4 words" in told(decision)["LEK010"]


def test_a_set_that_is_the_evaluation_loses_all_rows_and_says_so(evaluation, tmp_path) -> None:
    decision = found(rows_of([asked(q) for q in QUESTIONS]), evaluation)
    assert removed(decision) == {0: "LEK001", 1: "LEK001"}
    assert told(decision)["LEK014"] == "2 of 2 rows hold items of the evaluation"
    report = run_step("decontaminate", [evaluation], str(tmp_path / "out"), against=[evaluation])
    assert report.refused == "read left no row"
    assert not (tmp_path / "out").exists()


def test_standard_input_is_no_evaluation_and_a_missing_file_is_said(tmp_path) -> None:
    with pytest.raises(UsageError, match="standard input"):
        found(LEAKY, "-")
    with pytest.raises(InputError, match="no such file"):
        found(LEAKY, str(tmp_path / "absent.jsonl"))


# Published files.

GSM8K = "openai+grade-school-math/grade_school_math/data/test.jsonl"


@pytest.mark.parametrize(
    ("name", "shape", "items"),
    [
        (GSM8K, "gsm8k", 1319),
        ("openai+human-eval/data/HumanEval.jsonl.gz", "humaneval", 164),
        ("lm-sys+FastChat/fastchat/llm_judge/data/mt_bench/question.jsonl", "mt-bench", 80),
        ("tatsu-lab+alpaca_eval/results/text_davinci_003/model_outputs.json", "alpaca-eval", 805),
        ("gpt4life+alpagasus/test_data/koala_test_set.jsonl", "any", 180),
        ("MingLiiii+Cherry_LLM/evaluation/test_data/lima_test_set.jsonl", "any", 300),
    ],
)
def test_published_evaluations_are_recognised(data, name, shape, items) -> None:
    decision = found(rows_of([asked("Hello")]), str(data / name), methods=["exact"])
    (file,) = decision.report["evaluations"]
    assert (file["shape"], file["items"], file["unread"]) == (shape, items, [])


def test_records_without_a_text_are_no_evaluation(tmp_path) -> None:
    path = lines(tmp_path / "eval.jsonl", [{"id": "a", "scores": [1, 2, 3]}])
    with pytest.raises(InputError) as raised:
        found(LEAKY, path)
    assert raised.value.code == "LEK012"
    assert "no record has text" in str(raised.value)
