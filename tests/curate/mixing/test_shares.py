"""How much is asked of each input: shares add up, and amounts follow them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.mixing import amounts, shares

some_sizes = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=8)
SPREADS = ("weights", "proportional", "equal", "temperature")


@given(some_sizes, st.sampled_from(SPREADS), st.floats(0.3, 50))
def test_shares_add_up_and_nothing_gets_none(sizes, spread, temperature: float) -> None:
    weights = np.arange(1.0, len(sizes) + 1)
    found = shares(np.array(sizes), spread, weights, temperature)
    assert (found[np.array(sizes) == 0] == 0).all()
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1.0 if any(sizes) else 0.0)


def test_a_temperature_of_one_is_proportional_and_a_high_one_equal() -> None:
    sizes = np.array([100, 900, 9_000])
    assert shares(sizes, "temperature", None, 1.0) == pytest.approx(sizes / 10_000)
    assert shares(sizes, "temperature", None, 1e6) == pytest.approx(1 / 3, abs=1e-5)
    half = shares(sizes, "temperature", None, 2.0)
    assert half == pytest.approx(np.sqrt(sizes) / np.sqrt(sizes).sum())


@given(some_sizes, st.integers(0, 10**9))
def test_a_budget_is_spent_to_the_last(sizes, budget: int) -> None:
    share = shares(np.array(sizes), "temperature", None, 3.0)
    found = amounts(share, np.array(sizes), budget, repeat=True)
    assert found.sum() == (budget if any(sizes) else 0)
    assert np.abs(found - share * budget).max() <= 1


@given(some_sizes, st.lists(st.floats(0.01, 100), min_size=8, max_size=8))
def test_without_a_budget_nothing_is_repeated_or_nothing_left_out(sizes, weights) -> None:
    has = np.array(sizes)
    share = shares(has, "weights", np.array(weights[: len(sizes)]))
    once = amounts(share, has, None, repeat=False)
    assert (once <= has).all()
    every = amounts(share, has, None, repeat=True)
    assert (every >= has).all()
    if any(sizes):
        assert (once == has)[has > 0].any()
        assert (every == has)[has > 0].any()


def test_no_budget_takes_the_most_that_the_weights_allow() -> None:
    has = np.array([1_000, 100, 0])
    share = shares(has, "weights", np.array([1.0, 1.0, 5.0]))
    assert amounts(share, has, None, repeat=False).tolist() == [100, 100, 0]
    assert amounts(share, has, None, repeat=True).tolist() == [1_000, 1_000, 0]
