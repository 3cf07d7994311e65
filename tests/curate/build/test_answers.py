"""What fits several formats is asked for, and the flags that are named do lead to each of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.build.ask import settings_of
from curate.build.look import first_rows
from curate.build.reports import Report
from curate.formats.shapes import Ambiguous, shape_of

PATH = Path(__file__).parents[2] / "cases" / "formats" / "answers.yaml"
CASES = yaml.safe_load(PATH.read_text(encoding="utf-8"))
OPTIONS = {"--from": "source_format", "--map": "mapping", "--label-map": "labels"}


def options(flags: str) -> dict[str, Any]:
    """Return flags as the commands hand them on."""
    words = flags.split()
    given: dict[str, Any] = {}
    for flag, value in zip(words[::2], words[1::2], strict=True):
        name = OPTIONS[flag]
        given[name] = value if flag == "--from" else (*given.get(name, ()), value)
    return given


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["record"])[:60])
def test_each_answer_leads_to_its_format(case: dict[str, Any], tmp_path: Path) -> None:
    shape = shape_of(case["record"])
    assert isinstance(shape, Ambiguous)
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(case["record"]) + "\n", encoding="utf-8")
    for name, flags in case["answers"].items():
        report = Report("sample")
        (row,) = first_rows([str(path)], settings_of(options(flags)), report)
        assert row["origin"]["format"] == name
        assert not report.ledger.removed


def test_every_candidate_has_an_answer() -> None:
    answers: dict[Ambiguous, set[str]] = {}
    for case in CASES:
        shape = shape_of(case["record"])
        assert isinstance(shape, Ambiguous)
        answers.setdefault(shape, set()).update(case["answers"])
    for shape, found in answers.items():
        assert set(shape.candidates) <= found, shape.why


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["record"])[:60])
def test_without_an_answer_nothing_is_read(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(case["record"]) + "\n", encoding="utf-8")
    report = Report("sample")
    assert list(first_rows([str(path)], settings_of({}), report)) == []
    assert report.ledger.removed == {"SCH007": 1}
