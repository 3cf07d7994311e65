"""Quantiles and histograms, held against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.build.overview.sketches import EDGES, Column, counted, distribution

NUMBERS = st.lists(st.integers(0, 2**31 - 1) | st.integers(0, 20), min_size=1, max_size=60)


@given(NUMBERS)
def test_a_distribution_says_what_the_numbers_are(numbers: list[int]) -> None:
    found = distribution(np.array(numbers, np.int32))
    assert found is not None
    ordered = sorted(numbers)
    assert (found["rows"], found["sum"]) == (len(numbers), sum(numbers))
    assert (found["min"], found["max"]) == (ordered[0], ordered[-1])
    for name, percent in (("median", 50), ("p95", 95), ("p99", 99)):
        enough = [
            n for n in ordered if sum(m <= n for m in ordered) * 100 >= percent * len(ordered)
        ]
        assert found[name] == enough[0]


@given(NUMBERS)
def test_a_histogram_has_every_row_in_its_bin(numbers: list[int]) -> None:
    found = distribution(np.array(numbers, np.int32))
    assert found is not None
    bins = found["histogram"]
    assert sum(n for _, n in bins) == len(numbers)
    for (edge, n), following in zip(bins, [*(e for e, _ in bins[1:]), 2**31], strict=True):
        assert n == sum(edge <= number < following for number in numbers)
    assert bins[0][1] > 0
    assert bins[-1][1] > 0


def test_no_numbers_have_no_distribution() -> None:
    assert distribution(np.zeros(0, np.int32)) is None
    assert counted(np.zeros(0, np.int32), 20) == {}


def test_edges_ascend_and_cover_all_numbers() -> None:
    assert list(EDGES) == sorted(set(EDGES))
    assert EDGES[:8] == (0, 1, 2, 3, 5, 7, 10, 15)
    assert EDGES[-1] == 700_000_000


def test_a_sum_does_not_overflow() -> None:
    found = distribution(np.full(10, 2**31 - 1, np.int32))
    assert found is not None
    assert found["sum"] == 10 * (2**31 - 1)


@given(st.lists(st.integers(0, 40), min_size=1), st.integers(1, 30))
def test_small_numbers_are_counted_without_gaps(numbers: list[int], most: int) -> None:
    found = counted(np.array(numbers, np.int32), most)
    assert sum(found.values()) == len(numbers)
    assert found.get(f"{most}+", 0) == sum(n >= most for n in numbers)
    places = [int(name.rstrip("+")) for name in found]
    assert places == list(range(min(*numbers, most), places[-1] + 1))


def test_a_column_joins_its_parts_in_order() -> None:
    column = Column()
    column.add(np.array([1, 2]))
    column.add(np.array([3]))
    assert column.whole().tolist() == [1, 2, 3]
    column.add(np.array([4]))
    assert column.whole().tolist() == [1, 2, 3, 4]
    assert Column().whole().tolist() == []


def test_a_number_beyond_the_greatest_counts_as_it() -> None:
    column = Column(255)
    column.add(np.array([3, 255, 256, 10_000]))
    assert column.whole().tolist() == [3, 255, 255, 255]
    assert column.whole().itemsize == 1
