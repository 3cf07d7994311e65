"""How many rows values are to have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from curate.balancing.quotas import (
    Target,
    by_target,
    by_temperature,
    capped_ratio,
    filled,
    named,
    read_targets,
    tempered,
)
from curate.errors import UsageError

counts_of = st.lists(st.integers(1, 400), min_size=1, max_size=8).map(
    lambda found: np.array(found, np.int64)
)


def of(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


@given(counts_of, st.floats(0.2, 1))
def test_the_cap_is_the_largest_under_which_no_share_is_too_large(counts, ratio: float) -> None:
    assume(ratio * len(counts) >= 1)
    kept = capped_ratio(counts, ratio)
    cap = int(kept.max())
    assert (kept == np.minimum(counts, cap)).all()
    assert cap <= ratio * kept.sum() + 1e-6
    if cap < counts.max():
        more = np.minimum(counts, cap + 1)
        assert cap + 1 > ratio * more.sum() - 1e-6


def test_half_of_two_labels_makes_them_equal() -> None:
    assert capped_ratio(of(150, 30), 0.5).tolist() == [30, 30]
    assert capped_ratio(of(150, 30), 1.0).tolist() == [150, 30]


@pytest.mark.parametrize(("counts", "ratio"), [((10,), 0.9), ((10, 5), 0.49), ((1, 1, 1), 0.3)])
def test_a_share_that_cannot_hold_is_refused(counts: tuple[int, ...], ratio: float) -> None:
    with pytest.raises(UsageError, match="cannot hold"):
        capped_ratio(of(*counts), ratio)


@given(counts_of, st.floats(0.3, 20))
def test_shares_keep_their_order_and_draw_together(counts, temperature: float) -> None:
    shares = tempered(counts, temperature)
    assert shares.sum() == pytest.approx(1)
    assert (np.argsort(shares, kind="stable") == np.argsort(counts, kind="stable")).all()
    spread = shares.max() / shares.min()
    before = counts.max() / counts.min()
    assert spread == pytest.approx(before ** (1 / temperature))


def test_the_exponent_is_one_over_the_temperature() -> None:
    # XLM-R's alpha of 0.5 is T = 2: 900 to 100 become 3 to 1.
    assert tempered(of(900, 100), 2) == pytest.approx([0.75, 0.25])


@given(counts_of, st.floats(0.3, 20), st.integers(1, 2000))
def test_a_temperature_with_a_total_spends_it(counts, temperature: float, total: int) -> None:
    kept = by_temperature(counts, temperature, total=total, upsample=False)
    assert kept.sum() == min(total, counts.sum())
    assert (kept <= counts).all()
    assert by_temperature(counts, temperature, total=total, upsample=True).sum() == total


@given(counts_of, st.floats(0.3, 20))
def test_a_temperature_without_a_total_copies_none_or_leaves_none_out(counts, temperature) -> None:
    kept = by_temperature(counts, temperature, total=None, upsample=False)
    assert (kept <= counts).all()
    assert (kept >= 1).all()
    assert (kept == counts).any()
    copied = by_temperature(counts, temperature, total=None, upsample=True)
    assert (copied >= counts).all()
    assert (copied == counts).any()


def test_one_keeps_all_shares() -> None:
    for upsample in (False, True):
        found = by_temperature(of(900, 100, 7), 1.0, total=None, upsample=upsample)
        assert found.tolist() == [900, 100, 7]


def test_what_a_value_lacks_goes_to_the_others() -> None:
    assert filled(90, np.array([1.0, 1, 1]), of(5, 100, 100)).tolist() == [5, 43, 42]
    assert filled(500, np.array([1.0, 1]), of(5, 100)).tolist() == [5, 100]


def targets(*texts: str, values: tuple[str, ...] = ("a", "b", "c")) -> list[Target | None]:
    return named(read_targets(texts), values)


def test_targets_are_rows_or_shares() -> None:
    found = read_targets(["a=1000", "b c=12.5%", "x=y=0", "*=5%"])
    assert found["a"] == Target(rows=1000)
    assert found["b c"] == Target(share=0.125)
    assert found["x=y"] == Target(rows=0)
    assert found["*"] == Target(share=0.05)


@pytest.mark.parametrize(
    "text", ["a", "a=", "=5.5", "a=-1", "a=-1%", "a=101%", "a=x", "a=nan%", "a=1.5", "a=inf%"]
)
def test_a_target_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="neither VALUE=ROWS"):
        read_targets([text])


def test_a_value_is_named_once_and_must_be_there() -> None:
    with pytest.raises(UsageError, match="twice"):
        read_targets(["a=1", "a=2%"])
    with pytest.raises(UsageError, match="did you mean 'coding'"):
        targets("codng=1", values=("coding", "chat"))


def test_a_value_without_a_target_keeps_its_rows() -> None:
    found = by_target(of(10, 20, 30), targets("a=5"), total=None, upsample=False)
    assert found.tolist() == [5, 20, 30]
    found = by_target(of(10, 20, 30), targets("a=5", "*=7"), total=None, upsample=False)
    assert found.tolist() == [5, 7, 7]


def test_shares_are_of_what_stays() -> None:
    found = by_target(of(100, 20, 60), targets("a=20%"), total=None, upsample=False)
    assert found.tolist() == [20, 20, 60]
    every = targets("a=50%", "b=25%", "c=25%")
    assert by_target(of(100, 20, 60), every, total=None, upsample=False).tolist() == [40, 20, 20]
    assert by_target(of(100, 20, 60), every, total=None, upsample=True).tolist() == [120, 60, 60]
    equal = targets("*=50%", values=("a", "b"))
    assert by_target(of(100, 20), equal, total=None, upsample=False).tolist() == [20, 20]


def test_more_than_there_is_may_be_asked() -> None:
    found = by_target(of(10, 20, 30), targets("a=50"), total=None, upsample=False)
    assert found.tolist() == [50, 20, 30]


def test_a_total_leaves_the_rest_to_the_others() -> None:
    wanted = targets("a=10", "b=50%")
    found = by_target(of(100, 100, 100), wanted, total=100, upsample=False)
    assert found.tolist() == [10, 50, 40]
    with pytest.raises(UsageError, match="add up to 60 rows, and the budget is 50"):
        by_target(of(100, 100), targets("*=30", values=("a", "b")), total=50, upsample=False)
    with pytest.raises(UsageError, match="add up to"):
        by_target(of(100, 100), targets("*=30", values=("a", "b")), total=80, upsample=False)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("a=60%", "b=60%"), "add up to 120 %"),
        (("a=30%", "b=30%", "c=30%"), "add up to 90 %"),
        (("a=50%", "b=50%"), "leaves nothing for the 30 rows"),
    ],
)
def test_shares_that_contradict_each_other_are_refused(texts: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        by_target(of(10, 20, 30), targets(*texts), total=None, upsample=False)
