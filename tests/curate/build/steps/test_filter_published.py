"""The step `filter` on published data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from curate.build.line.straight import Line
from curate.build.steps.filter import Filter, FilterOptions

DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
ANSWERS = "hiyouga+LLaMA-Factory/data/alpaca_en_demo.json"
PAGES = "hiyouga+LLaMA-Factory/data/c4_demo.jsonl"


@pytest.mark.skipif(not DATA.is_dir(), reason="TUNESMITH_DATA does not name the public data files")
def test_gophers_thresholds_do_not_hold_for_answers() -> None:
    shares = {}
    for name in (ANSWERS, PAGES):
        step = Filter(FilterOptions(preset=["gopher"]))
        report = Line("filter", [str(DATA / name)], None, [step], removes=False).run()
        removed = sum(rule["removed"] for rule in report.steps["filter"]["rules"])
        shares[name] = removed / report.ledger.rows_out
        assert report.ledger.findings["QLT229"] == 1
    assert shares[ANSWERS] > 0.4
    assert shares[PAGES] < 0.15
