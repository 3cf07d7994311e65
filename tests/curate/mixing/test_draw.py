"""Which rows of an input are drawn: exact counts, the same rows in any order, and budgets kept."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.mixing import drawn


def draws_of(n: int, seed: int = 0) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(seed)).integers(0, 1 << 64, n, np.uint64)


@given(st.integers(1, 200), st.integers(0, 1_000), st.booleans())
def test_counts_are_exact(n: int, asked: int, repeat: bool) -> None:
    times = drawn(draws_of(n), asked, repeat=repeat)
    assert times.sum() == (asked if repeat else min(asked, n))
    assert times.max() - times.min() <= 1


@given(st.integers(1, 200), st.integers(0, 300), st.integers(0, 9))
def test_the_order_of_rows_changes_nothing(n: int, asked: int, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(n)
    draws, sizes = draws_of(n), np.random.default_rng(1).integers(0, 9, n)
    for of_rows in (None, sizes):
        whole = drawn(draws, asked, of_rows, repeat=True)
        moved = None if of_rows is None else of_rows[order]
        assert drawn(draws[order], asked, moved, repeat=True).tolist() == whole[order].tolist()


@given(st.integers(1, 200), st.integers(0, 200), st.integers(0, 200))
def test_a_larger_amount_keeps_what_a_smaller_one_drew(n: int, first: int, more: int) -> None:
    draws = draws_of(n)
    small = drawn(draws, first, repeat=False)
    large = drawn(draws, first + more, repeat=False)
    assert (large >= small).all()


@given(st.integers(1, 100), st.integers(0, 50), st.integers(1, 100))
def test_an_added_row_pushes_out_one_at_most(n: int, more: int, asked: int) -> None:
    draws = draws_of(n + more)
    before = drawn(draws[:n], asked, repeat=False)
    after = drawn(draws, asked, repeat=False)[:n]
    assert (before - after).clip(0).sum() <= more
    assert (after <= before).all()


@given(st.lists(st.integers(0, 20), min_size=1, max_size=100), st.integers(0, 800), st.booleans())
def test_a_budget_of_sizes_is_never_exceeded_and_is_filled(sizes, asked: int, repeat) -> None:
    of_rows = np.array(sizes)
    times = drawn(draws_of(len(sizes)), asked, of_rows, repeat=repeat)
    total = int((times * of_rows).sum())
    if of_rows.sum() == 0 or (asked >= of_rows.sum() and not repeat):
        assert times.tolist() == [1] * len(sizes)
        return
    assert total <= asked
    least = times == times.min()
    left = of_rows[least & (of_rows > 0)]
    if total < asked:
        assert not len(left) or left.min() > asked - total


def test_a_row_too_large_for_the_budget_is_passed_over() -> None:
    draws = np.array([0, 1, 2], np.uint64)
    assert drawn(draws, 10, np.array([10**9, 6, 4]), repeat=False).tolist() == [0, 1, 1]


def test_no_rows_give_none() -> None:
    assert drawn(np.zeros(0, np.uint64), 5, repeat=True).tolist() == []
