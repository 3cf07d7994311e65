"""The weights of labels, against what TRL does with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.balancing.kto import HIGHEST_RATIO, LOWEST_RATIO, kto_weights


def trl_warns(
    desirable_weight: float, undesirable_weight: float, n_true: int, n_false: int
) -> bool:
    """Do what TRL 1.16 does in `trl/trainer/kto_trainer.py`, lines 1160 to 1175."""
    if n_true == n_false:
        return False
    low = round((n_false * undesirable_weight / n_true) * 1, 2)
    high = round((n_false * undesirable_weight / n_true) * 1.33, 2)
    other_low = round((n_true * desirable_weight / n_false) / 1.33, 2)
    other_high = round((n_true * desirable_weight / n_false) / 1, 2)
    return not (low <= desirable_weight <= high or other_low <= undesirable_weight <= other_high)


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_trl_has_nothing_to_say(n_true: int, n_false: int) -> None:
    found = kto_weights(n_true, n_false)
    assert found is not None
    assert LOWEST_RATIO - 1e-3 <= found.ratio <= HIGHEST_RATIO + 1e-3
    assert not trl_warns(found.desirable_weight, found.undesirable_weight, n_true, n_false)
    assert min(found.desirable_weight, found.undesirable_weight) == 1


@pytest.mark.parametrize(
    ("n_true", "n_false", "weights"),
    [
        (100, 100, (1, 1)),
        (133, 100, (1, 1)),
        (150, 30, (1, 4.3355)),
        (30, 150, (5.7663, 1)),
        (1, 1_000_000, (1_153_256.2595, 1)),
    ],
)
def test_the_smaller_side_is_weighted_up(n_true: int, n_false: int, weights) -> None:
    found = kto_weights(n_true, n_false)
    assert found is not None
    assert (found.desirable_weight, found.undesirable_weight) == weights


@pytest.mark.parametrize(("n_true", "n_false"), [(0, 5), (5, 0), (0, 0)])
def test_one_label_has_no_weights(n_true: int, n_false: int) -> None:
    assert kto_weights(n_true, n_false) is None
