"""Rows that belong together: the same as a plain walk over the graph finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.splitting import components


def walked(groupings: list[list[int]], n_rows: int) -> list[int]:
    """The same by merging sets."""
    found = list(range(n_rows))
    for labels in groupings:
        first: dict[int, int] = {}
        for row, label in enumerate(labels):
            if label >= 0:
                other = first.setdefault(label, row)
                old, new = found[row], found[other]
                found = [new if value == old else value for value in found]
    names: dict[int, int] = {}
    return [names.setdefault(value, len(names)) for value in found]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[list[int]], int]:
    n_rows = draw(st.integers(0, 30))
    labels = st.lists(st.integers(-1, 12), min_size=n_rows, max_size=n_rows)
    return draw(st.lists(labels, max_size=4)), n_rows


@given(graphs())
def test_it_is_what_merging_sets_finds(graph: tuple[list[list[int]], int]) -> None:
    groupings, n_rows = graph
    arrays = [np.array(labels, np.int64) for labels in groupings]
    assert components(arrays, n_rows).tolist() == walked(groupings, n_rows)


@given(graphs(), st.randoms())
def test_order_of_groupings_and_numbers_of_labels_change_nothing(graph, random) -> None:
    groupings, n_rows = graph
    names = random.sample(range(1_000), 14)
    renamed = [[names[label] if label >= 0 else -1 for label in labels] for labels in groupings]
    random.shuffle(renamed)
    arrays = [np.array(labels, np.int64) for labels in groupings]
    others = [np.array(labels, np.int64) for labels in renamed]
    assert components(arrays, n_rows).tolist() == components(others, n_rows).tolist()


def test_a_long_chain_is_one() -> None:
    n_rows = 100_000
    rows = np.random.default_rng(1).permutation(n_rows)
    even, odd = np.empty(n_rows, np.int64), np.empty(n_rows, np.int64)
    even[rows], odd[rows] = np.arange(n_rows) // 2, (np.arange(n_rows) + 1) // 2
    assert components([even, odd], n_rows).max() == 0


def test_rows_of_no_label_stand_alone() -> None:
    assert components([np.array([-1, 3, -1, 3])], 4).tolist() == [0, 1, 2, 1]
    assert components([], 3).tolist() == [0, 1, 2]
