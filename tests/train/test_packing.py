"""Documents into sequences: nothing lost, nothing mixed, well filled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.packing import Documents, best_fit_decreasing, documents, pack

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=40)


def docs_of(lengths: list[int]) -> Documents:
    """Documents whose ids name their document."""
    return documents([([i] * n, [i % 2 == 0] * n) for i, n in enumerate(lengths)])


@given(LENGTHS)
def test_best_fit_decreasing_holds_each_item_once(lengths: list[int]) -> None:
    bins = best_fit_decreasing(lengths, 40)
    assert sorted(i for held in bins for i in held) == list(range(len(lengths)))
    assert all(sum(lengths[i] for i in held) <= 40 for held in bins)
    assert len(bins) <= 1 + 2 * sum(lengths) / 40  # two bins are never both half empty


def test_best_fit_takes_the_fullest_bin_that_fits() -> None:
    assert best_fit_decreasing([6, 5, 4, 3, 2], 10) == [[0, 2], [1, 3, 4]]


@given(LENGTHS, st.sampled_from(["bfd", "bfd_split", "wrapped", "none"]))
def test_every_token_is_there_once(lengths: list[int], strategy: str) -> None:
    size = 40 if strategy in ("bfd", "none") else 16
    docs = docs_of(lengths)
    packed = pack(docs, strategy=strategy, max_length=size, seed=1)
    assert sorted(packed.tokens.ids.tolist()) == sorted(docs.ids.tolist())
    assert packed.tokens.trained.sum() == docs.trained.sum()
    assert packed.tokens.lengths.max() <= size
    if packed.seq_lengths is not None:
        assert [sum(held) for held in packed.seq_lengths] == packed.tokens.lengths.tolist()


def test_documents_stay_whole_under_bfd() -> None:
    packed = pack(docs_of([3, 5, 4, 4]), strategy="bfd", max_length=8, seed=0)
    assert packed.tokens.ids.tolist() == [1] * 5 + [0] * 3 + [2] * 4 + [3] * 4
    assert packed.seq_lengths == [[5, 3], [4, 4]]


def test_long_documents_are_split_and_kept_in_order() -> None:
    docs = documents([(list(range(10)), [True] * 10)])
    packed = pack(docs, strategy="bfd_split", max_length=4, seed=0)
    assert packed.tokens.ids.tolist() == list(range(10))
    assert packed.seq_lengths == [[4], [4], [2]]


def test_wrapped_shuffles_by_seed_and_fills_every_sequence_but_the_last() -> None:
    docs = docs_of([5] * 9)
    one, same, other = (
        pack(docs, strategy="wrapped", max_length=8, seed=s).tokens for s in (1, 1, 2)
    )
    assert one.ids.tolist() == same.ids.tolist() != other.ids.tolist()
    assert one.lengths.tolist() == [8] * 5 + [5]


@pytest.mark.parametrize(("strategy", "expected"), [("none", 6), ("bfd", 6), ("wrapped", 7)])
def test_a_first_token_carries_no_loss(strategy: str, expected: int) -> None:
    docs = documents([([1] * 4, [True] * 4), ([2] * 4, [True] * 4)])
    assert pack(docs, strategy=strategy, max_length=8, seed=0).n_trained == expected


def test_no_documents_make_no_sequences() -> None:
    empty = documents([])
    for strategy in ("none", "bfd", "bfd_split", "wrapped"):
        packed = pack(empty, strategy=strategy, max_length=8, seed=0)
        assert len(packed) == 0
        assert packed.tokens.ids.dtype == np.int32
