"""The report as files: the same bytes for the same set, and never in the place of something else.

`UPDATE_GOLDEN=1` writes the expected files again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from curate.build.overview import report, stats
from curate.build.settings import Settings
from curate.errors import OutputError, UsageError
from tests.curate.build.overview.sets import asked, folder, put

ROOT = Path(__file__).parents[4]
GOLDEN = ROOT / "tests" / "golden" / "report"
ROWS = [asked(n, f"Question {n % 7}?", f"Answer {n % 5}.", category="ab"[n % 2]) for n in range(40)]
LINT = Settings(profiles=("lint",))


def test_golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report("recipes/data/dolly_style.jsonl", tmp_path / "report.html", language_rows=0)
    for name in ("report.html", "report.json"):
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / name).write_bytes((tmp_path / name).read_bytes())
        assert (tmp_path / name).read_text("utf-8") == (GOLDEN / name).read_text("utf-8"), name


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "in.jsonl", ROWS)
    return tmp_path


def test_the_numbers_beside_the_page_are_those_of_stats(here: Path) -> None:
    found = report("in.jsonl", "out/report.html", settings=LINT, language_rows=0)
    beside = json.loads((here / "out/report.json").read_text("utf-8"))
    assert beside == stats("in.jsonl", settings=LINT, language_rows=0).document
    assert found.report.outputs == ["out/report.html", "out/report.json"]


def test_a_report_is_written_again_in_its_own_place(here: Path) -> None:
    report("in.jsonl", "report.html", language_rows=0)
    first = (here / "report.html").read_bytes()
    report("in.jsonl", "report.html", language_rows=0, jobs=2)
    assert (here / "report.html").read_bytes() == first
    assert sorted(path.name for path in here.iterdir()) == [
        "in.jsonl",
        "report.html",
        "report.json",
    ]


@pytest.mark.parametrize("name", ["report.html", "report.json"])
def test_what_is_no_report_is_not_overwritten(here: Path, name: str) -> None:
    (here / name).write_text("mine")
    with pytest.raises(OutputError, match="no report of ours"):
        report("in.jsonl", "report.html", language_rows=0)
    assert (here / name).read_text() == "mine"
    assert len(list(here.iterdir())) == 2


def test_the_numbers_never_take_the_place_of_an_input(here: Path) -> None:
    (here / "data.json").write_text(json.dumps(ROWS))
    with pytest.raises(UsageError, match="also an input"):
        report("data.json", "data.html")
    assert json.loads((here / "data.json").read_text()) == ROWS


@pytest.mark.parametrize("name", ["report", "report.pdf", "report.json"])
def test_a_report_is_a_page(here: Path, name: str) -> None:
    with pytest.raises(UsageError, match="HTML"):
        report("in.jsonl", name)


def test_nothing_is_written_where_the_set_is_refused(here: Path) -> None:
    put(here / "in.jsonl", [ROWS[0], {"prompt": "Q", "chosen": "A", "rejected": "B"}])
    with pytest.raises(UsageError):
        report("in.jsonl", "report.html", settings=Settings(per_row=True))
    assert [path.name for path in here.iterdir()] == ["in.jsonl"]


def test_a_page_of_splits_tells_of_what_they_share(here: Path) -> None:
    folder(here / "made", ROWS, 10)
    report("made", "report.html", language_rows=0)
    made = (here / "report.html").read_text("utf-8")
    assert "Splits compared" in made
    assert "validation in train" in made
    assert str(here) not in made
