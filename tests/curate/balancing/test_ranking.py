"""Which rows of a value come first, and how many fit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.balancing.ranking import copies_of, fitting, most_that_fit, order_of, ranks_of

values_of = st.lists(st.integers(0, 4), min_size=1, max_size=40)


@given(values_of, st.randoms())
def test_ranks_count_within_a_value_by_key(values: list[int], random) -> None:
    of_row = np.unique(values, return_inverse=True)[1]
    keys = np.array([random.randrange(5) for _ in values], np.uint64)
    counts = np.bincount(of_row)
    ranks = ranks_of(order_of(of_row, keys), counts)
    for value, count in enumerate(counts.tolist()):
        own = np.flatnonzero(of_row == value)
        assert sorted(ranks[own].tolist()) == list(range(count))
        by_rank = sorted(own.tolist(), key=lambda at: int(ranks[at]))
        assert by_rank == sorted(own.tolist(), key=lambda at: (int(keys[at]), at))


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 200))
def test_no_row_that_still_fits_is_left(costs: list[int], budget: int) -> None:
    taken = fitting(np.array(costs, np.float64), budget)
    left = budget
    for cost, is_taken in zip(costs, taken.tolist(), strict=True):
        assert is_taken == (cost <= left)
        left -= cost if is_taken else 0
    assert int(taken.sum()) <= most_that_fit(np.array(costs, np.float64), budget)


def test_the_smallest_rows_are_the_most_that_fit() -> None:
    assert most_that_fit(np.array([9.0, 1, 5, 1]), 7) == 3
    assert most_that_fit(np.array([9.0]), 7) == 0


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 40)), min_size=1, max_size=6))
def test_copies_add_up_to_what_is_wanted(drawn: list[tuple[int, int]]) -> None:
    counts = np.array([count for count, _ in drawn])
    wanted = np.array([number for _, number in drawn])
    of_row = np.repeat(np.arange(len(counts)), counts)
    ranks = ranks_of(order_of(of_row), counts)
    copies = copies_of(ranks, counts, wanted, of_row)
    added = np.bincount(of_row, copies)
    assert (added == np.maximum(wanted - counts, 0)).all()
    for value in range(len(counts)):
        own = copies[of_row == value]
        assert own.max() - own.min() <= 1
