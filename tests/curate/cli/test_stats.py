"""`curate stats` and `curate report` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curate.build.overview import stats
from curate.cli.stats import figure_lines
from curate.schema import check
from tests.curate.build.overview.sets import asked, folder, put

ROWS = [asked(n, f"Question {n % 7}?", f"Answer {n % 5}.", category="ab"[n % 2]) for n in range(40)]
QUICK = ("--language-rows", 0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "in.jsonl", ROWS)
    return tmp_path


def test_figures_are_data_and_the_funnel_is_talk(here: Path, curate: Any) -> None:
    ended = curate("stats", "in.jsonl", *QUICK)
    assert ended.code == 0
    assert ended.out.startswith("40 rows of kind sft\n")
    assert "prompt, words" in ended.out
    assert "messages: 2 in 40 rows" in ended.out
    assert "categories: a 20, b 20" in ended.out
    assert "exact repeats: rows 5 (12.5 %), prompts 33 (82.5 %)" in ended.out
    assert "languages: not identified (none was asked for)" in ended.out
    assert ended.err == "stats: 40 in  = 40 out\n"


def test_the_document_is_that_of_its_schema(here: Path, curate: Any) -> None:
    ended = curate("stats", "in.jsonl", *QUICK, "--json")
    assert check("stats", ended.document) == []
    assert ended.document["exit"] == ended.code == 0


def test_findings_are_told_in_a_line_each(here: Path, curate: Any) -> None:
    put(here / "bad.jsonl", [*ROWS, {"instruction": "No answer"}, {"instruction": "None"}])
    ended = curate("stats", "bad.jsonl", *QUICK)
    assert ended.code == 1
    assert "2 SCH001 missing-key, first in bad.jsonl:41" in ended.err
    assert "stats: 42 in  -2 SCH001  = 40 out" in ended.err


def test_splits_are_told_with_what_they_share(here: Path, curate: Any) -> None:
    folder(here / "made", ROWS, 10)
    ended = curate("stats", "made", *QUICK)
    assert "train: 30 rows (75.0 %), median 4 words" in ended.out
    assert "validation: 5 rows and 10 prompts are also in train" in ended.out


def test_a_set_can_be_piped(here: Path, curate: Any) -> None:
    ended = curate("stats", "-", *QUICK, "--json", stdin=(here / "in.jsonl").read_bytes())
    assert ended.document["rows_out"] == 40


def test_rules_are_chosen_as_for_validate(here: Path, curate: Any) -> None:
    put(here / "in.jsonl", [*ROWS, asked(99, "Why?", "Because\x00.")])
    assert curate("stats", "in.jsonl", *QUICK, "--json").document["findings"] == {}
    found = curate("stats", "in.jsonl", *QUICK, "--for", "lint", "--ignore", "DUP", "--json")
    assert found.document["findings"]["TXT001"] == 1
    assert found.document["checked"]["ignore"] == ["DUP"]
    found = curate("stats", "in.jsonl", *QUICK, "--select", "TXT001", "--json")
    assert found.document["findings"] == {"TXT001": 1}
    assert curate("stats", "in.jsonl", "--for", "nothing").code == 2


def test_data_does_not_reach_the_terminal_raw(here: Path, curate: Any) -> None:
    put(here / "in.jsonl", [{**row, "category": "\x1b[2J\u202ex"} for row in ROWS])
    ended = curate("stats", "in.jsonl", *QUICK)
    assert "\x1b" not in ended.out + ended.err
    assert "\u202e" not in ended.out + ended.err
    assert "\\u001b[2J" in ended.out


def test_a_report_is_two_files_and_says_so(here: Path, curate: Any) -> None:
    ended = curate("report", "in.jsonl", "-o", "out/report.html", *QUICK)
    assert ended.code == 0
    assert "wrote out/report.html\nwrote out/report.json\n" in ended.err
    assert ended.out == ""
    figures = json.loads((here / "out/report.json").read_text("utf-8"))
    wanted = curate("stats", "in.jsonl", *QUICK, "--for", "lint", "--json").document
    assert figures == wanted


def test_a_report_has_a_document_of_its_own(here: Path, curate: Any) -> None:
    ended = curate("report", "in.jsonl", "-o", "report.html", *QUICK, "--json")
    assert check("report", ended.document) == []
    assert ended.document["command"] == "report"
    assert ended.document["outputs"] == ["report.html", "report.json"]


def test_a_wrong_place_is_refused(here: Path, curate: Any) -> None:
    assert curate("report", "in.jsonl", "-o", "report.txt").code == 2
    assert curate("report", "in.jsonl").code == 2
    (here / "report.html").write_text("mine")
    assert curate("report", "in.jsonl", "-o", "report.html", *QUICK).code == 7
    assert (here / "report.html").read_text() == "mine"


def test_a_terminal_that_is_no_utf_8_gets_no_blocks(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = stats("in.jsonl", language_rows=0).document
    assert any("█" in line for line in figure_lines(document))

    class Narrow:
        encoding = "cp1252"

        @staticmethod
        def isatty() -> bool:
            return False

    monkeypatch.setattr("sys.stdout", Narrow)
    lines = figure_lines(document)
    monkeypatch.undo()
    assert not any("█" in line for line in lines)
