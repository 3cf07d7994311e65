"""Which of some duplicates stays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.deduplication.exact import best_of_groups, groups_of, row_keys
from curate.deduplication.keep import Pairs, joined_pairs, ranks, settle, settled, starred
from curate.lexical import Folds

N = 12
DEFAULT = Folds()
edges = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.sampled_from([0.7, 0.8, 0.9, 1.0])),
    max_size=30,
)
orders = st.permutations(range(N))


def pairs_of(found: list[tuple[int, int, float]]) -> Pairs:
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    first, second = (np.array(column, np.int64) for column in columns[:2])
    return Pairs(first, second, np.array(columns[2], np.float64))


def rank_of(order: list[int]) -> np.ndarray:
    rank = np.empty(N, np.int64)
    rank[order] = np.arange(N)
    return rank


@given(edges, orders)
def test_each_row_that_leaves_is_a_pair_with_one_that_stays(drawn, order) -> None:
    pairs = joined_pairs([pairs_of(drawn)])
    rank = rank_of(order)
    found = settle(pairs, rank)
    gone = set(found.rows.tolist())
    known = {
        frozenset((a, b)): score for a, b, score in zip(*(c.tolist() for c in pairs), strict=True)
    }
    for row, kept, score in zip(*(column.tolist() for column in found), strict=True):
        assert kept not in gone
        assert rank[kept] < rank[row]
        assert known[frozenset((row, kept))] == score
        others = {min(pair - {row}): s for pair, s in known.items() if row in pair}
        alike = [s for o, s in others.items() if o not in gone and rank[o] < rank[row]]
        assert score == max(alike)
    assert all(pair & gone for pair in known)


@given(edges, orders)
def test_the_best_row_of_a_component_stays(drawn, order) -> None:
    pairs = joined_pairs([pairs_of(drawn)])
    rank = rank_of(order)
    gone = set(settle(pairs, rank).rows.tolist())
    star = starred(pairs, rank)
    assert not set(star.first.tolist()) & gone
    assert set(star.first.tolist()) | set(star.second.tolist()) == set(pairs.first.tolist()) | set(
        pairs.second.tolist()
    )


@given(edges, st.integers(0, 5))
def test_the_order_of_pairs_changes_nothing(drawn, seed) -> None:
    shuffled = list(drawn)
    np.random.default_rng(seed).shuffle(shuffled)
    turned = [(int(b), int(a), float(score)) for a, b, score in shuffled]
    rank = np.arange(N)
    for ours, theirs in zip(
        settle(joined_pairs([pairs_of(drawn)]), rank),
        settle(joined_pairs([pairs_of(turned)]), rank),
        strict=True,
    ):
        assert ours.tolist() == theirs.tolist()


def test_a_chain_leaves_one_row_where_all_are_alike_and_the_ends_where_they_are_not() -> None:
    n = 9
    chain = Pairs(np.arange(n - 1), np.arange(1, n), np.full(n - 1, 0.9))
    rank = np.arange(n)

    def all_alike(pairs: Pairs) -> Pairs:
        return Pairs(pairs.first, pairs.second, np.full(len(pairs.first), 0.8))

    kept, pairs = settled(chain, rank, all_alike)
    assert kept.rows.tolist() == list(range(1, n))
    assert set(kept.kept.tolist()) == {0}
    assert len(pairs.first) > len(chain.first)
    kept, pairs = settled(chain, rank, lambda asked: asked.where(np.zeros(0, np.int64)))
    assert kept.rows.tolist() == [1, 3, 5, 7]
    assert len(pairs.first) == len(chain.first)


def test_held_out_rows_stay_before_those_of_train() -> None:
    names = ("train", "validation", "other", "test")
    rank = ranks(np.array([0, 1, 2, 3, 0], np.uint16), names, np.array([9.0, 1, 1, 1, 10]))
    assert np.argsort(rank).tolist() == [3, 1, 2, 4, 0]


def test_rows_without_a_number_rank_last_and_ties_go_to_the_first() -> None:
    rank = ranks(np.zeros(5, np.uint16), ("train",), np.array([np.nan, 1, 2, 2, -np.inf]))
    assert np.argsort(rank).tolist() == [2, 3, 1, 4, 0]


def keys(texts: list[list[str]], folds: Folds = DEFAULT) -> np.ndarray:
    pieces = [piece for text in texts for piece in text]
    starts = np.cumsum([0, *map(len, texts)])
    return row_keys(pieces, starts, np.zeros(len(texts), np.uint64), folds)


def test_pieces_do_not_run_into_each_other() -> None:
    made = keys([["ab", "c"], ["a", "bc"], ["ab", "c"], ["abc"], ["ab", "c", ""]])
    assert len({tuple(key) for key in made.tolist()}) == 4
    assert made[0].tolist() == made[2].tolist()


def test_what_is_folded_makes_no_difference_and_nothing_else() -> None:
    texts = [["A  b!"], ["a b!"], ["a b"], ["ａ b"]]
    plain = keys(texts, Folds(case=False, width=False, space=False, punctuation=False))
    assert len({tuple(key) for key in plain.tolist()}) == 4
    folded = keys(texts, Folds(punctuation=True))
    assert len({tuple(key) for key in folded.tolist()}) == 1


@given(st.lists(st.integers(0, 4), max_size=20), st.randoms(use_true_random=False))
def test_the_best_of_equal_rows_stands_for_all(values, draw) -> None:
    made = np.array([[value, 7] for value in values], np.uint64).reshape(-1, 2)
    rows = np.array(sorted(draw.sample(range(len(values)), len(values) // 2)), np.int64)
    rank = np.array(draw.sample(range(len(values)), len(values)), np.int64)
    best = best_of_groups(groups_of(made, rows), rows, rank)
    for row, found in zip(rows.tolist(), best.tolist(), strict=True):
        equal = [other for other in rows.tolist() if values[other] == values[row]]
        assert found == min(equal, key=lambda other: rank[other])
