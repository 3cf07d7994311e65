"""Judged answers to pairs: who finds whom, who stays alone, and that all of it adds up."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.build import convert, load
from curate.build.ask import settings_of


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def judged(prompt: str, answer: str, label: bool) -> dict[str, Any]:
    return {"prompt": prompt, "completion": answer, "label": label}


ROWS = [
    judged("a", "good 1", True),
    judged("b", "alone", True),
    judged("a", "bad 1", False),
    judged("a", "bad 2", False),
    judged("a", "good 2", True),
    judged("a", "bad 3", False),
]


def pairs(folder: Path) -> list[tuple[str, str]]:
    return [
        (row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in load(folder).rows()
    ]


def test_first_puts_the_nth_with_the_nth(tmp_path):
    path, out = written(tmp_path / "in.jsonl", ROWS), tmp_path / "out"
    report = convert(path, str(out), settings=settings_of({"pair": "first"}))
    assert pairs(out) == [("good 1", "bad 1"), ("good 2", "bad 2")]
    assert report.ledger.removed == {"LOS040": 2, "LOS054": 2}
    assert (report.ledger.rows_in, report.ledger.rows_out) == (6, 2)
    lines = [finding.line for finding in report.samples["LOS040"]]
    assert lines == [2, 6]


def test_all_puts_every_two_together(tmp_path):
    path, out = written(tmp_path / "in.jsonl", ROWS), tmp_path / "out"
    report = convert(path, str(out), settings=settings_of({"pair": "all"}))
    assert len(pairs(out)) == 6
    assert report.ledger.added == {"LOS054": 1}
    assert report.ledger.removed == {"LOS040": 1}
    rows = list(load(out).rows())
    assert len({row["id"] for row in rows}) == 6
    assert {row["origin"].get("parent") for row in rows[1:3]} == {rows[0]["id"]}
    steps = [step["step"] for step in load(out).card["funnel"]]
    assert steps == ["read", "pair", "convert"]
    assert load(out).card["inputs"][0]["path"] == str(path)


def test_a_record_that_cannot_be_read_is_still_in_the_count(tmp_path):
    path = written(tmp_path / "in.jsonl", [*ROWS, {"prompt": "a", "completion": 1, "label": True}])
    out = tmp_path / "out.jsonl"
    report = convert(path, str(out), settings=settings_of({"pair": "first"}))
    assert report.ledger.removed["SCH002"] == 1
    assert report.exit_code == 1
    assert "SCH002" in (tmp_path / "out.jsonl.rejected.jsonl").read_text()
    assert [json.loads(line)["chosen"] for line in out.read_text().splitlines()]


def test_without_a_rule_nothing_is_paired(tmp_path):
    path = written(tmp_path / "in.jsonl", ROWS)
    report = convert(path, str(tmp_path / "out.jsonl"), to="preference")
    assert report.ledger.removed == {"LOS034": 6}
    assert "--pair" in str(report.samples["LOS034"][0].fix)


def test_rows_of_another_kind_are_set_aside(tmp_path):
    path = written(tmp_path / "in.jsonl", [*ROWS, {"text": "x"}])
    report = convert(path, str(tmp_path / "out"), settings=settings_of({"pair": "first"}))
    assert report.ledger.removed["SCH008"] == 1


@pytest.mark.parametrize("rule", ["first", "all"])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()), min_size=1
    )
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_adds_up(rule: str, rows: list[tuple[str, str, bool]], tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", [judged(*row) for row in rows])
    report = convert(
        path,
        str(tmp_path / "out.jsonl"),
        settings=settings_of({"pair": rule, "profiles": ("default",)}),
    )
    counts = Counter((prompt, label) for prompt, _, label in rows)
    made = sum(
        min(counts[p, True], counts[p, False])
        if rule == "first"
        else counts[p, True] * counts[p, False]
        for p in "ab"
    )
    kept = report.ledger.rows_out + sum(
        n for code, n in report.ledger.removed.items() if not code.startswith("LOS")
    )
    assert kept == made
    report.ledger.check()
