"""Units to splits: quotas are met, thresholds hold still, and what is taken is what fits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.apportion import apportioned
from curate.splitting import Units, Wanted, assign, drawn_by_row, leaks, lowest
from curate.splitting.assign import filled


def drawn(n: int, seed: int = 0) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(seed)).integers(0, 1 << 64, n, np.uint64)


def single(n: int) -> Units:
    return Units.of(np.arange(n))


@st.composite
def made_units(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Return the unit and the stratum of each row."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=40))
    units = np.repeat(np.arange(len(sizes)), sizes)
    strata = draw(st.lists(st.integers(0, 3), min_size=len(units), max_size=len(units)))
    return units, np.unique(strata, return_inverse=True)[1]


def greedy(units: Units, order: np.ndarray, quota: np.ndarray) -> list[int]:
    """The units that `filled` takes, one by one."""
    room, taken = quota.astype(int).copy(), []
    rows = {unit: units.rows_of(np.array([unit])) for unit in order.tolist()}
    for unit in order.tolist():
        if (rows[unit] <= room).all():
            room -= rows[unit]
            taken.append(unit)
    for unit in order.tolist():
        if unit not in taken and np.abs(room - rows[unit]).sum() < np.abs(room).sum():
            room -= rows[unit]
            taken.append(unit)
    return taken


@given(made_units(), st.floats(0.05, 0.95), st.integers(0, 9))
def test_filling_is_taking_one_by_one(made, ratio: float, seed: int) -> None:
    units = Units.of(*made)
    order = np.argsort(drawn(len(units), seed))
    quota = apportioned(int(ratio * len(made[0])), units.totals)
    assert sorted(filled(units, order, quota).tolist()) == sorted(greedy(units, order, quota))


@given(made_units())
def test_units_count_their_rows(made) -> None:
    units = Units.of(*made)
    every = np.arange(len(units))
    assert units.sizes.sum() == len(made[0])
    assert units.rows_of(every).tolist() == units.totals.tolist()
    assert (units.counts > 0).all()
    assert np.add.reduceat(units.counts, units.starts[:-1]).tolist() == units.sizes.tolist()


@given(st.integers(3, 300), st.data())
def test_counts_of_single_rows_are_exact(n: int, data: st.DataObject) -> None:
    test = data.draw(st.integers(1, n - 2))
    validation = data.draw(st.integers(1, n - 1 - test))
    wanted = [Wanted(rows=test), Wanted(rows=validation, from_top=True)]
    found = assign(single(n), drawn(n), wanted)
    assert np.bincount(found.split_of_unit).tolist() == [n - test - validation, test, validation]


@given(made_units(), st.integers(0, 9))
def test_strata_of_single_rows_get_their_quotas(made, seed: int) -> None:
    strata = made[1]
    n = len(strata)
    units = Units.of(np.arange(n), strata)
    found = assign(
        units,
        drawn(n, seed),
        [Wanted(ratio=0.2), Wanted(rows=max(n // 5, 1), from_top=True)],
        drawn(len(units.totals), 5),
    )
    for number, quota in enumerate(found.quotas, 1):
        rows = np.bincount(strata[found.split_of_unit == number], minlength=len(units.totals))
        assert rows.tolist() == quota.tolist()
        assert rows.sum() == found.asked[number - 1]


@given(made_units(), st.integers(1, 60), st.integers(0, 9))
def test_no_group_that_is_left_would_bring_the_rows_nearer(made, asked: int, seed: int) -> None:
    units = Units.of(made[0])
    asked = min(asked, len(made[0]))
    found = assign(units, drawn(len(units), seed), [Wanted(rows=asked)])
    got = int(units.sizes[found.split_of_unit == 1].sum())
    for size in units.sizes[found.split_of_unit == 0].tolist():
        assert abs(got + size - asked) >= abs(got - asked)


@given(st.integers(5, 400), st.integers(0, 200), st.floats(0.05, 0.4), st.integers(0, 9))
def test_a_threshold_moves_no_unit_when_others_are_added(n, more, ratio, seed) -> None:
    draws = drawn(n + more, seed)
    wanted = [Wanted(ratio=ratio), Wanted(ratio=0.5, from_top=True)]
    before = assign(single(n), draws[:n], wanted).split_of_unit
    after = assign(single(n + more), draws, wanted).split_of_unit
    if (before == 1).sum() > 1 and (before == 2).sum() > 1:  # else the nearest stood in
        assert after[:n].tolist() == before.tolist()


@given(st.integers(5, 300), st.integers(0, 50), st.integers(0, 9))
def test_a_count_moves_at_most_as_many_units_as_are_added(n, more, seed) -> None:
    draws = drawn(n + more, seed)
    before = assign(single(n), draws[:n], [Wanted(rows=n // 2)]).split_of_unit
    after = assign(single(n + more), draws, [Wanted(rows=n // 2)]).split_of_unit[:n]
    assert (before != after).sum() <= more
    assert not ((before == 0) & (after == 1)).any()


@given(made_units(), st.booleans(), st.booleans(), st.integers(0, 9))
@settings(max_examples=200)
def test_the_order_of_units_changes_nothing(made, by_rows: bool, stratified, seed) -> None:
    unit_of_row, strata = made
    n_units = int(unit_of_row.max()) + 1
    order = np.random.default_rng(seed).permutation(n_units)
    draws = drawn(n_units, seed)
    want = Wanted(rows=max(len(unit_of_row) // 4, 1)) if by_rows else Wanted(ratio=0.25)
    ties = drawn(int(strata.max()) + 1, 3) if stratified else None
    strata = strata if stratified else None
    first = assign(Units.of(unit_of_row, strata), draws, [want], ties)
    moved = np.empty(n_units, np.uint64)
    moved[order] = draws
    second = assign(Units.of(order[unit_of_row], strata), moved, [want], ties)
    assert second.split_of_unit[order].tolist() == first.split_of_unit.tolist()


def test_a_ratio_is_met_within_what_draws_vary() -> None:
    n, ratio = 100_000, 0.1
    found = assign(single(n), drawn(n), [Wanted(ratio=ratio), Wanted(ratio=0.2, from_top=True)])
    counts = np.bincount(found.split_of_unit)
    assert abs(counts[1] - 10_000) < 5 * np.sqrt(n * 0.09)
    assert abs(counts[2] - 20_000) < 5 * np.sqrt(n * 0.16)


def test_one_split_grows_without_moving_the_other() -> None:
    draws = drawn(1_000)
    validation = Wanted(ratio=0.2, from_top=True)
    small = assign(single(1_000), draws, [Wanted(ratio=0.1), validation]).split_of_unit
    large = assign(single(1_000), draws, [Wanted(ratio=0.3), validation]).split_of_unit
    assert ((small == 2) == (large == 2)).all()
    assert not ((small == 1) & (large != 1)).any()


def test_a_group_larger_than_its_split_stays_in_the_rest() -> None:
    units = Units.of(np.array([0] * 500 + list(range(1, 501))))
    for seed in range(20):
        assert assign(units, drawn(501, seed), [Wanted(ratio=0.1)]).split_of_unit[0] == 0


def test_a_threshold_below_every_draw_takes_the_lowest() -> None:
    draws = np.array([1 << 63, 1 << 62, (1 << 63) + 5], np.uint64)
    assert assign(single(3), draws, [Wanted(ratio=0.2)]).split_of_unit.tolist() == [0, 1, 0]


def test_nothing_fits_where_every_group_is_far_too_large() -> None:
    units = Units.of(np.repeat(np.arange(3), 100))
    assert assign(units, drawn(3), [Wanted(rows=10)]).split_of_unit.tolist() == [0, 0, 0]


@pytest.mark.parametrize("n_strata", [1, 300])
def test_many_groups_are_fast_and_near(n_strata: int) -> None:
    random = np.random.default_rng(0)
    unit_of_row = np.unique(random.integers(0, 60_000, 200_000), return_inverse=True)[1]
    strata = random.integers(0, n_strata, 200_000)
    units = Units.of(unit_of_row, strata)
    found = assign(
        units, drawn(len(units)), [Wanted(rows=20_000)], drawn(n_strata) if n_strata > 1 else None
    )
    got = np.bincount(strata[(found.split_of_unit == 1)[unit_of_row]], minlength=n_strata)
    assert np.abs(got - found.quotas[0]).sum() <= 0.002 * 20_000


def test_lowest_keys_do_not_depend_on_the_order_of_rows() -> None:
    keys = drawn(6)
    units = np.array([0, 1, 0, 1, 2, 0])
    found = lowest(keys, units)
    assert found.tolist() == [int(keys[units == unit].min()) for unit in range(3)]


def test_leaks_are_groups_in_two_splits_and_rows_whose_group_is_trained_on() -> None:
    labels = np.array([0, 0, 1, 1, 2, -1, 3, 3, 3])
    split = np.array([0, 1, 1, 1, 0, 1, 0, 2, 1], np.uint8)
    assert leaks(labels, split) == (2, 3)
    assert leaks(np.full(3, -1), np.array([0, 1, 2], np.uint8)) == (0, 0)


def test_a_plain_draw_has_the_sizes_asked_for() -> None:
    split = drawn_by_row(drawn(100), (10, 20))
    assert np.bincount(split).tolist() == [70, 10, 20]
