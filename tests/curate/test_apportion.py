"""What is given out adds up, and every part is its share rounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.apportion import apportioned

sizes_of = st.lists(st.integers(0, 300), min_size=1, max_size=20)


@given(sizes_of, st.floats(0, 1), st.randoms(use_true_random=False))
def test_parts_add_up_and_are_shares_rounded(sizes, part: float, draw) -> None:
    whole = np.array(sizes)
    amount = int(part * whole.sum())
    ties = np.array(draw.sample(range(len(sizes)), len(sizes)))
    exact = whole * amount / max(whole.sum(), 1)
    for found in (apportioned(amount, whole, ties), apportioned(amount, whole / 7.0)):
        assert found.dtype == np.int64
        assert found.sum() == amount
        assert (np.abs(found - exact) < 1 + 1e-6).all()
    assert (apportioned(amount, whole) <= whole).all()


def test_equal_remainders_go_to_the_earlier_or_to_the_lowest_tie() -> None:
    assert apportioned(2, np.array([1, 1, 1])).tolist() == [1, 1, 0]
    assert apportioned(2, np.array([1, 1, 1]), np.array([2, 1, 0])).tolist() == [0, 1, 1]
    assert apportioned(10, np.array([1 / 3, 1 / 3, 1 / 3])).tolist() == [4, 3, 3]


def test_what_has_no_weight_gets_nothing() -> None:
    assert apportioned(10, np.array([0.26, 0.0, 0.74])).tolist() == [3, 0, 7]
    assert apportioned(0, np.array([5, 5])).tolist() == [0, 0]
    assert apportioned(3, np.array([0, 0])).tolist() == [0, 0]
    assert apportioned(3, np.array([0.0, 0.0])).tolist() == [0, 0]
