"""The step `balance` on options that cannot be meant and rows that have nothing to balance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build.line.settle import settle
from curate.errors import UsageError
from curate.row import to_batch
from tests.curate.build.steps.balancing import balance, kept, many, values
from tests.curate.build.steps.row_sets import rows_of


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": ["category"], "cap_rows": 1, "cap_ratio": 0.5}, "cap_rows and cap_ratio both say"),
        ({"by": ["category"], "cap_rows": 1, "target": ["a=1"]}, "cap_rows and target both say"),
        ({"rows": 1, "chars": 5}, "rows and chars both say the budget"),
        ({"cap_rows": 1}, "cap_rows needs by"),
        ({"by": ["category"], "cap_rows": 0}, "cap_rows must be at least 1"),
        ({"by": ["category"], "cap_ratio": 0.0}, "cap_ratio must be above 0"),
        ({"by": ["category"], "cap_ratio": 1.5}, "cap_ratio must be above 0"),
        ({"by": ["category"], "temperature": 0.0}, "temperature must be a number above 0"),
        ({"by": ["category"], "temperature": -1.0}, "temperature must be a number above 0"),
        ({"by": ["category"], "temperature": float("inf")}, "temperature must be a number above"),
        ({"rows": 0}, "rows must be at least 1"),
        ({"rows": 5, "upsample": True}, "upsample needs a target or a temperature"),
        ({"by": ["category"], "temperature": 2.0, "chars": 9, "upsample": True}, "cannot fill"),
        ({"by": ["category"], "target": ["a=1"], "chars": 9}, "a target counts rows"),
        ({"by": ["category", "category"], "cap_rows": 1}, "names category twice"),
        ({"by": ["catgory"], "cap_rows": 1}, "did you mean category"),
        ({"rows": 5, "select": "best"}, "expected random, first, diverse or best:FIELD"),
        ({"rows": 5, "select": "best:"}, "expected random, first, diverse or best:FIELD"),
        ({"rows": 5, "splits": []}, "splits names no split"),
        ({}, "nothing says how to balance"),
        ({"by": ["category"]}, "by category says what to balance"),
        ({"by": ["category"], "target": ["x=1"]}, "no row has the value 'x'"),
        ({"by": ["language"], "cap_rows": 1}, "no row has a language"),
        ({"by": ["extra.x"], "cap_rows": 1}, "no row has an extra.x"),
        ({"rows": 1, "select": "best:x"}, "no row has a number under extra.x"),
        ({"tokens": 5}, "counting tokens needs a tokenizer"),
    ],
)
def test_options_that_cannot_be_meant(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        balance(rows_of(many(a=3, b=2)), **options)
    assert said in raised.value.message


def test_no_rows_at_all() -> None:
    decision = balance(rows_of([]), by=["category"], cap_rows=1)
    assert not decision.removals
    assert not decision.findings


def test_all_rows_of_one_value() -> None:
    rows = rows_of(many(a=9))
    assert len(kept(rows, by=["category"], cap_rows=4)) == 4
    assert len(kept(rows, by=["category"], temperature=5.0)) == 9
    with pytest.raises(UsageError, match="cannot hold with 1 value"):
        balance(rows, by=["category"], cap_ratio=0.9)


# Conservation


facet_options = st.one_of(
    st.fixed_dictionaries({"cap_rows": st.integers(1, 20)}),
    st.fixed_dictionaries({"cap_ratio": st.floats(0.34, 1)}),
    st.fixed_dictionaries({"temperature": st.floats(0.5, 9), "upsample": st.booleans()}),
    st.fixed_dictionaries(
        {
            "target": st.lists(st.integers(0, 30), min_size=3, max_size=3).map(
                lambda found: [f"{name}={n}" for name, n in zip("abc", found, strict=True)]
            ),
            "upsample": st.booleans(),
        }
    ),
)
budgets = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"rows": st.integers(1, 60)}),
    st.fixed_dictionaries({"chars": st.integers(1, 2_000)}),
)


@given(
    st.tuples(*(st.integers(1, 20) for _ in "abc")),
    facet_options,
    budgets,
    st.sampled_from(["random", "first", "diverse", "best:length_chars"]),
    st.integers(0, 2**40),
)
@settings(max_examples=120)
def test_rows_add_up_and_the_report_tells_them(counts, options, budget, select, seed) -> None:
    rows = rows_of(many(a=counts[0], b=counts[1], c=counts[2]))
    given = {"by": ["category"], "select": select, "seed": seed, **options, **budget}
    try:
        decision = balance(rows, **given)
    except UsageError:
        return
    done = settle(rows, decision, None, lambda finding: None)
    assert len(done.rows) == 0 or set(values(done.rows)) <= set("abc")
    report = decision.report
    assert report["rows_before"] == len(rows)
    assert report["rows_after"] == len(done.rows)
    told = {value["value"]: value["rows_after"] for value in report["values"]}
    assert told == {name: values(done.rows)[name] for name in told}
    again = settle(rows, balance(rows, **given), None, lambda finding: None)
    assert again.rows.positions.tolist() == done.rows.positions.tolist()
    if "rows" in budget:
        assert len(done.rows) <= budget["rows"]
    if "chars" in budget:
        assert sum(v["chars_after"] for v in report["values"]) <= budget["chars"]


# Sets that are out of the ordinary


def test_a_row_of_many_megabytes() -> None:
    made = [{"text": f"row {at} of a few words"} for at in range(50)]
    made[7] = {"text": "word and another " * (15 << 16)}
    rows = rows_of(made, "text")
    assert len(kept(rows, rows=5, select="diverse")) == 5
    assert kept(rows, rows=1, select="best:length_chars") == ["r7"]


def test_scripts_without_spaces_and_rows_without_text() -> None:
    texts = ["我喜欢吃苹果", "我喜欢吃香蕉", "ฉันชอบกินข้าว", "", "   ", "the apple is red", "…"]
    rows = rows_of([{"text": text} for text in texts], "text")
    chosen = kept(rows, rows=3, select="diverse")
    assert {"r2", "r5"} < set(chosen)
    assert not {"r3", "r4", "r6"} & set(chosen)


@pytest.mark.slow
def test_a_million_rows_that_are_all_the_same() -> None:
    batch = to_batch("text", [{"id": "same", "text": "the same again"}] * 5_000)
    n_rows = 1_000_000
    few = rows_of([{"text": "x"}], "text")
    rows = replace(
        few,
        table=pa.Table.from_batches([batch] * 200),
        positions=np.arange(n_rows, dtype=np.int64),
        splits=replace(few.splits, of_row=np.zeros(n_rows, np.uint16)),
        inputs=replace(few.inputs, of_row=np.zeros(n_rows, np.uint16)),
    )
    decision = balance(rows, rows=10, select="diverse")
    assert [len(removal.rows) for removal in decision.removals] == [n_rows - 10]
    assert decision.report["coverage"]["mean_similarity"] == pytest.approx(1, abs=0.02)
