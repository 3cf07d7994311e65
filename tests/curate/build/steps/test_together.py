"""Numbers for keys, and which rows `split` holds together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.build.steps.draws import draws, shares_of
from curate.build.steps.split.together import labelled


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1) | st.integers(0, 5), st.booleans())))
def test_a_number_for_each_key(made: list[tuple[int, bool]]) -> None:
    keys = np.array([key for key, _ in made], np.uint64)
    there = np.array([held for _, held in made], np.bool_)
    expected = np.full(len(keys), -1)
    expected[there] = np.unique(keys[there], return_inverse=True)[1]
    found = labelled(keys, there)
    assert found.tolist() == expected.tolist()
    assert found.dtype == np.int32


def test_draws_are_even_and_differ_by_seed() -> None:
    keys = np.arange(100_000, dtype=np.uint64)
    first, second = shares_of(draws(keys, 0)), shares_of(draws(keys, 1))
    for found in (first, second):
        assert 0 <= found.min() <= found.max() < 1
        assert np.abs(np.histogram(found, 10, (0, 1))[0] - 10_000).max() < 500
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02
    assert draws(keys, -1).tolist() != draws(keys, 0).tolist()


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50), st.integers(0, 2**63), st.randoms())
def test_a_draw_depends_on_its_key_alone(made, seed: int, random) -> None:
    keys = np.array(made, np.uint64)
    of_key = dict(zip(made, draws(keys, seed).tolist(), strict=True))
    random.shuffle(made)
    assert draws(np.array(made, np.uint64), seed).tolist() == [of_key[key] for key in made]
