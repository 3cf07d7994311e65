"""Rows near a threshold: every row is counted once, and moving the threshold does what is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.filtering.near import BINS, codes_of, ends, moves, near, told_codes
from curate.filtering.rules import parse

numbers = st.one_of(st.just(np.nan), st.integers(0, 60).map(float))
columns = st.lists(numbers, max_size=60).map(lambda values: np.array(values, np.float64))
operators = st.sampled_from([">=", ">", "<=", "<"])


@given(columns, operators, st.integers(0, 60), st.sampled_from(["", " and known"]))
def test_moving_the_threshold_removes_what_is_told(
    values: Any, op: str, at: int, known: str
) -> None:
    rule = parse(f"words {op} {at}{known}", "response")
    found = near(values, rule)
    assert found is not None
    assert len(found.counts) == BINS
    assert found.edges[BINS // 2] == at
    there = int(np.count_nonzero(~np.isnan(values)))
    assert found.below + sum(found.counts) + found.above == there
    for threshold, leaving in found.moved:
        moved = type(rule)(rule.column, op, threshold, known=rule.known)
        assert leaving == np.count_nonzero(moved.fails(values))
    now = int(np.count_nonzero(rule.fails(values)))
    middle = sorted((found.counts[BINS // 2 - 1], found.counts[BINS // 2]))
    assert sorted(abs(leaving - now) for _, leaving in found.moved) == middle


@given(st.lists(st.floats(0, 1, width=32), max_size=60), operators, st.integers(0, 100))
def test_shares_are_counted_as_whole_numbers_are(values: list[float], op: str, at: int) -> None:
    column = np.array(values, np.float64)
    rule = parse(f"letter_ratio {op} {at / 100}", "response")
    found = near(column, rule)
    assert found is not None
    assert found.below + sum(found.counts) + found.above == len(values)
    assert list(found.edges) == sorted(found.edges)
    for threshold, leaving in found.moved:
        moved = type(rule)(rule.column, op, threshold)
        assert leaving == np.count_nonzero(moved.fails(column))


def test_bins_are_as_fine_as_the_rows_near_the_threshold() -> None:
    many = near(np.arange(100_000.0), parse("words >= 50000", "response"))
    few = near(np.arange(100.0), parse("words >= 50", "response"))
    assert many is not None
    assert few is not None
    assert many.edges[1] - many.edges[0] == 500
    assert few.edges[1] - few.edges[0] == 1
    assert many.counts == (500,) * BINS


def test_what_is_told_keeps_to_the_range_of_the_score() -> None:
    rule = parse("words >= 1", "response")
    found = near(np.array([0.0, 0, 1, 2, 2, 9]), rule)
    assert found is not None
    assert ends(found, rule) == ("0", "5")
    assert moves(found, rule, 2) == "at 0 2 fewer, at 2 1 more"
    rule = parse("curly_brackets <= 0", "response")
    found = near(np.array([0.0, 0, 1, 1, 1, 9]), rule)
    assert found is not None
    assert ends(found, rule) == ("0", "5")
    assert moves(found, rule, 4) == "at 1 3 fewer"
    rule = parse("letter_ratio >= 0.98", "response")
    found = near(np.array([0.5, 0.9, 1]), rule)
    assert found is not None
    assert ends(found, rule)[1] == "1"
    assert moves(found, rule, 2) == "at 0.975 as many, at 0.985 as many"


@pytest.mark.parametrize("text", ["turns == 2", "turns != 2", "language in en"])
def test_rules_without_a_side_have_no_bins(text: str) -> None:
    assert near(np.array([1.0]), parse(text, "response")) is None


def test_codes_are_counted_the_most_first() -> None:
    counts = codes_of(np.array(["en", None, "de", "zh", "de"], object))
    assert list(counts.items()) == [("de", 2), ("en", 1), ("zh", 1)]
    assert told_codes(counts) == "de: 2 · en: 1 · zh: 1"
    assert told_codes({f"c{n:02}": 1 for n in range(12)}).endswith("· others: 2")
