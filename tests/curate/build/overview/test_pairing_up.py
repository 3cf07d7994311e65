"""Pairing: every row of both sets is told once, and in the right sort."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.build.overview.pairing_up import Pairs, Side, pair_up

ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 1)), max_size=14)
Row = tuple[int, int, int]


def side(rows: list[Row], names: tuple[str, ...] = ("train", "test")) -> Side:
    keys, contents, splits = zip(*rows, strict=True) if rows else ((), (), ())
    return Side(
        np.array(keys, np.uint64),
        np.array(contents, np.uint64),
        np.array(splits, np.uint8),
        names,
    )


def paired(one: list[Row], other: list[Row]) -> Pairs:
    return pair_up(side(one), side(other))


@given(ROWS, ROWS)
def test_every_row_is_told_once(one: list[Row], other: list[Row]) -> None:
    pairs = paired(one, other)
    both = [pairs.same, pairs.changed, pairs.renamed]
    first = np.concatenate([*(each[:, 0] for each in both), pairs.removed])
    second = np.concatenate([*(each[:, 1] for each in both), pairs.added])
    assert sorted(first.tolist()) == list(range(len(one)))
    assert sorted(second.tolist()) == list(range(len(other)))


@given(ROWS, ROWS)
def test_rows_are_of_the_sort_that_is_said(one: list[Row], other: list[Row]) -> None:
    pairs = paired(one, other)
    for a, b in pairs.same.tolist():
        assert one[a][:2] == other[b][:2]
    for a, b in pairs.changed.tolist():
        assert one[a][0] == other[b][0]
        assert one[a][1] != other[b][1]
    for a, b in pairs.renamed.tolist():
        assert one[a][1] == other[b][1]
    removed = {one[a][1] for a in pairs.removed.tolist()}
    assert removed.isdisjoint(other[b][1] for b in pairs.added.tolist())


@given(ROWS)
def test_a_set_is_the_same_as_itself(rows: list[Row]) -> None:
    pairs = paired(rows, rows)
    assert pairs.same.tolist() == [[n, n] for n in range(len(rows))]
    assert pairs.in_order()
    assert len(pairs.moved(side(rows), side(rows))) == 0


def test_keys_that_come_again_pair_in_order() -> None:
    pairs = paired([(1, 1, 0), (1, 2, 0), (1, 3, 0)], [(1, 1, 0), (1, 9, 0)])
    assert pairs.same.tolist() == [[0, 0]]
    assert pairs.changed.tolist() == [[1, 1]]
    assert pairs.removed.tolist() == [2]


def test_another_order_is_told_and_rows_are_the_same() -> None:
    rows = [(n, n, 0) for n in range(5)]
    pairs = paired(rows, rows[::-1])
    assert len(pairs.same) == 5
    assert not pairs.in_order()
    assert paired(rows, [rows[0], rows[3]]).in_order()


def test_rows_in_another_split_are_moved_by_the_names_of_splits() -> None:
    one, other = side([(1, 1, 0), (2, 2, 1)]), side([(1, 1, 1), (2, 2, 1)], ("test", "train"))
    pairs = pair_up(one, other)
    assert pairs.moved(one, other).tolist() == [[1, 1]]


def test_empty_sets_pair() -> None:
    nothing = Side(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.uint8), ())
    pairs = pair_up(nothing, nothing)
    assert pairs.in_order()
    assert len(pairs.same) == len(pairs.added) == len(pairs.moved(nothing, nothing)) == 0
