"""`curate diff` as it is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curate.schema import check
from tests.curate.build.overview.sets import asked, folder, put

ROWS = [asked(n, f"Question {n}?", f"Answer {n}.") for n in range(12)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "a.jsonl", ROWS)
    return tmp_path


def test_sets_that_are_the_same_end_with_0_and_say_nothing(here: Path, curate: Any) -> None:
    ended = curate("diff", "a.jsonl", "a.jsonl")
    assert (ended.code, ended.out, ended.err) == (0, "", "diff: 12 same\n")


def test_differences_are_told_row_by_row(here: Path, curate: Any) -> None:
    rows = [dict(row) for row in ROWS]
    rows[1]["output"] = "Answer one."
    rows[2]["id"] = "two"
    del rows[5]
    put(here / "b.jsonl", [*rows, asked(99, "New?", "Yes.", category="x")])
    ended = curate("diff", "a.jsonl", "b.jsonl")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "~ 1  a.jsonl:2 → b.jsonl:2",
        "  /messages/1/content: Answer [-1.-]{+one.+}",
        "- 5  a.jsonl:6  Question 5?",
        "+ 99  b.jsonl:12  New?",
        "= 2 is now two  a.jsonl:3 → b.jsonl:3",
    ]
    assert "changed fields: /messages/*/content 1" in ended.err
    assert "diff: 9 same, 1 changed, 1 removed, 1 added, 1 renamed" in ended.err


def test_a_value_that_came_or_went_is_told(here: Path, curate: Any) -> None:
    put(here / "b.jsonl", [{**ROWS[0], "category": "x"}, *ROWS[1:]])
    assert "  /category: nothing → {+x+}" in curate("diff", "a.jsonl", "b.jsonl").out
    assert "  /category: [-x-] → nothing" in curate("diff", "b.jsonl", "a.jsonl").out


def test_more_rows_are_counted(here: Path, curate: Any) -> None:
    put(here / "b.jsonl", [])
    ended = curate("diff", "a.jsonl", "b.jsonl", "--max-rows", 2)
    assert ended.out.splitlines()[2:] == ["… and 10 more removed"]


def test_what_may_explain_it_is_told(here: Path, curate: Any) -> None:
    plain = [{k: v for k, v in row.items() if k != "id"} for row in ROWS]
    put(here / "a.jsonl", plain)
    put(here / "b.jsonl", [{**plain[3], "output": "Other."}, *plain[4:], *plain[:3]])
    ended = curate("diff", "a.jsonl", "b.jsonl")
    assert "--key prompt pairs rows that changed" in ended.err
    assert "the rows that both have stand in another order" in ended.err
    ended = curate("diff", "a.jsonl", "b.jsonl", "--key", "prompt")
    assert "11 same, 1 changed" in ended.err
    assert "--key prompt" not in ended.err


def test_splits_are_told(here: Path, curate: Any) -> None:
    folder(here / "one", ROWS, 3)
    folder(here / "two", [*ROWS[:-1], asked(50, "Q?", "A")], 4)
    ended = curate("diff", "one", "two")
    assert "> 8  train → validation  two/data/validation-00000-of-00001.arrow:1" in ended.out
    assert "validation: 1 removed, 1 added" in ended.err


def test_the_document_is_that_of_its_schema(here: Path, curate: Any) -> None:
    put(here / "b.jsonl", ROWS[1:])
    ended = curate("diff", "a.jsonl", "b.jsonl", "--json")
    assert check("diff", ended.document) == []
    assert ended.code == ended.document["exit"] == 1
    assert ended.err == ""


def test_what_was_set_aside_is_told(here: Path, curate: Any) -> None:
    put(here / "b.jsonl", [*ROWS, {"instruction": "No answer"}])
    ended = curate("diff", "a.jsonl", "b.jsonl")
    assert ended.code == 0
    assert "b.jsonl: 1 of 13 records were set aside" in ended.err


@pytest.mark.parametrize("inputs", [["a.jsonl"], ["a.jsonl"] * 3, ["-", "a.jsonl"]])
def test_two_sets_are_compared(here: Path, curate: Any, inputs: list[str]) -> None:
    assert curate("diff", *inputs).code == 2


def test_an_input_that_is_not_there(here: Path, curate: Any) -> None:
    assert curate("diff", "a.jsonl", "b.jsonl").code == 3


def test_data_does_not_reach_the_terminal_raw(here: Path, curate: Any) -> None:
    evil = "\x1b[2J\u202e"
    put(here / "a.jsonl", [asked(0, "Q", f"one {evil}"), {**asked(1, evil, "x"), "id": evil}])
    put(here / "b.jsonl", [asked(0, "Q", f"two {evil}")])
    ended = curate("diff", "a.jsonl", "b.jsonl")
    assert "\x1b" not in ended.out + ended.err
    assert "\u202e" not in ended.out + ended.err
    assert "\\u001b[2J" in ended.out
