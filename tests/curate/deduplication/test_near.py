"""Near-duplicates against the truth: the exact Jaccard similarity of all pairs."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.deduplication.clusters import Pairs, clusters
from curate.deduplication.near import NearDuplicates, NearOptions
from curate.errors import UsageError
from curate.lexical import Ragged, jaccard, ngrams, words


def near(
    texts: Sequence[str], options: NearOptions | None = None, size: int = 500, jobs: int = 1
) -> Pairs:
    with TemporaryDirectory() as folder:
        found = NearDuplicates(options or NearOptions(), Path(folder))
        batches = [list(texts[at : at + size]) for at in range(0, len(texts), size)]
        found.add_all(batches, words, jobs=jobs)
        assert found.n_rows == len(texts)

        def words_of(rows: np.ndarray) -> Ragged:
            assert (np.diff(rows) > 0).all()
            return words([texts[row] for row in rows])

        return found.pairs(words_of, jobs=jobs)


def labels(texts: Sequence[str], options: NearOptions | None = None) -> list[int]:
    return clusters(near(texts, options), len(texts)).tolist()


def edited(text: list[str], edits: int, vocabulary: list[str], draw: random.Random) -> list[str]:
    text = list(text)
    for at in draw.sample(range(len(text)), edits):
        text[at] = draw.choice(vocabulary)
    return text


class Corpus(NamedTuple):
    texts: list[str]
    alike: dict[tuple[int, int], float]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Texts of their own, copies with 1 to 8 words replaced, and a crowd on a template."""
    draw = random.Random(5)
    vocabulary = [f"word{n}" for n in range(4000)]
    made = [draw.choices(vocabulary, k=draw.randint(60, 140)) for _ in range(900)]
    made += [
        edited(text, draw.choice((1, 1, 2, 2, 3, 3, 3, 8)), vocabulary, draw)
        for text in draw.choices(made, k=1200)
    ]
    template = draw.choices(vocabulary, k=70)
    crowd = [template + draw.choices(vocabulary, k=50) for _ in range(400)]
    crowd += [template + edited(draw.choice(crowd)[70:], 3, vocabulary, draw) for _ in range(60)]
    made += crowd
    draw.shuffle(made)
    return Corpus([" ".join(text) for text in made], all_pairs(made))


def all_pairs(texts: list[list[str]]) -> dict[tuple[int, int], float]:
    """Return the exact Jaccard similarity of every two texts that share a 5-gram."""
    sets = [{tuple(text[at : at + 5]) for at in range(max(1, len(text) - 4))} for text in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, grams in enumerate(sets):
        for gram in grams:
            holders[gram].append(row)
    # The n-grams that one crowd shares have the same holders: count those once.
    shared: Counter[tuple[int, int]] = Counter()
    for rows, n in Counter(map(tuple, holders.values())).items():
        for pair in combinations(rows, 2):
            shared[pair] += n
    return {(a, b): n / (len(sets[a]) + len(sets[b]) - n) for (a, b), n in shared.items()}


def test_recall_and_precision(corpus: Corpus) -> None:
    found = near(corpus.texts)
    label = clusters(found, len(corpus.texts))
    gone = label != np.arange(len(label))
    true = {pair: score for pair, score in corpus.alike.items() if score >= 0.7}
    for low, high, least in ((0.7, 0.8, 0.99), (0.8, 0.9, 0.995), (0.9, 1.01, 1.0)):
        pairs = [pair for pair, score in true.items() if low <= score < high]
        assert len(pairs) > 150
        assert np.mean([gone[a] or gone[b] for a, b in pairs]) >= least
        assert np.mean([label[a] == label[b] for a, b in pairs]) >= least
    paired = {row for pair in true for row in pair}
    assert np.mean([row in paired for row in np.flatnonzero(gone).tolist()]) >= 0.9995


def test_similarities_are_exact(corpus: Corpus) -> None:
    found = near(corpus.texts)
    assert len(found.first) > 1000
    for a, b, score in zip(*(part.tolist() for part in found), strict=True):
        assert a < b
        assert score == pytest.approx(corpus.alike[a, b], abs=1e-12)


def test_nothing_depends_on_jobs_or_batches(corpus: Corpus) -> None:
    expected = near(corpus.texts[:600])
    for found in (near(corpus.texts[:600], size=7), near(corpus.texts[:600], jobs=2)):
        assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


def test_the_order_of_rows_changes_no_cluster(corpus: Corpus) -> None:
    texts = corpus.texts[:800]
    back = near(texts[::-1])
    ahead = near(texts)
    last = len(texts) - 1
    turned = {
        (last - b, last - a) for a, b in zip(back.first.tolist(), back.second.tolist(), strict=True)
    }
    assert turned == set(zip(ahead.first.tolist(), ahead.second.tolist(), strict=True))


def test_every_cluster_keeps_exactly_one_row(corpus: Corpus) -> None:
    label = clusters(near(corpus.texts), len(corpus.texts))
    for cluster in np.unique(label).tolist():
        members = np.flatnonzero(label == cluster)
        assert (label[members] == members).sum() == 1
        assert members.min() == cluster


def test_groups_of_one_bucket_stay_apart() -> None:
    draw = random.Random(1)
    vocabulary = [f"w{n}" for n in range(900)]
    template = draw.choices(vocabulary, k=60)
    groups = [template + draw.choices(vocabulary, k=60) for _ in range(6)]
    texts = [
        " ".join(edited(group, edits, vocabulary, draw)) for edits in (0, 1, 2) for group in groups
    ]
    assert labels(texts) == list(range(6)) * 3
    loose = NearOptions(verified=False, bands=64, rows=2)
    assert set(labels(texts, loose)) == {0}


@pytest.mark.parametrize(("own", "edits"), [(60, 4), (40, 3), (30, 4), (15, 1)])
def test_copies_are_found_in_a_crowd_on_one_template(own: int, edits: int) -> None:
    """All rows share most of a band's values, so that every bucket is a large one."""
    draw = random.Random(own)
    vocabulary = [f"w{n}" for n in range(20_000)]
    template = draw.choices(vocabulary, k=120 - own)
    crowd = [draw.choices(vocabulary, k=own) for _ in range(1500)]
    parents = draw.sample(range(1500), 150)
    crowd += [edited(crowd[parent], edits, vocabulary, draw) for parent in parents]
    texts = [" ".join(template + each) for each in crowd]
    hashed = ngrams(words(texts), 5)
    label = clusters(near(texts), len(texts))
    known = [
        (parent, row)
        for row, parent in enumerate(parents, 1500)
        if jaccard(hashed.of(parent), hashed.of(row)) >= 0.7
    ]
    assert len(known) >= 100
    assert np.mean([label[parent] == label[row] for parent, row in known]) >= 0.99


def test_unverified_pairs_have_no_similarity() -> None:
    text = "one two three four five six seven"
    found = near([text, "something else", text], NearOptions(verified=False))
    assert [part.tolist() for part in found[:2]] == [[0], [2]]
    assert np.isnan(found.jaccard).all()


@pytest.mark.parametrize("verified", [True, False])
def test_texts_without_words_are_nobodys_duplicates(verified: bool) -> None:
    texts = ["", "?!", " \n", "", "a", "a"]
    assert labels(texts, NearOptions(verified=verified)) == [0, 1, 2, 3, 4, 4]


def test_short_texts_have_one_gram_of_all_their_words() -> None:
    assert labels(["Yes.", "yes", "no", "no way", "No, way!"]) == [0, 0, 2, 3, 3]


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    text = "今日は天気がとても良いので公園まで散歩に行くことにしました"
    assert labels([text, text + "。", text.replace("公園", "海辺"), "全く別の文章です"]) == [
        0,
        0,
        2,
        3,
    ]
    assert labels([text, text.replace("散歩", "旅行")], NearOptions(threshold=0.5)) == [0, 0]


def test_at_threshold_1_only_equal_sets_are_duplicates() -> None:
    text = "a b c d e f g h i j k l"
    turns = "a b c d e a b c d e a b c d e"
    same_set = turns + " a b c d e"
    assert labels(
        [text, text + " m", text.upper(), turns, same_set], NearOptions(threshold=1.0)
    ) == [0, 1, 0, 3, 3]


def test_at_a_low_threshold_little_is_enough() -> None:
    draw = random.Random(2)
    vocabulary = [f"w{n}" for n in range(900)]
    text = draw.choices(vocabulary, k=100)
    other = text[:50] + draw.choices(vocabulary, k=50)
    third = draw.choices(vocabulary, k=100)
    texts = [" ".join(each) for each in (text, other, third)]
    assert labels(texts, NearOptions(threshold=0.2)) == [0, 0, 2]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"threshold": 0.0}, "threshold is 0"),
        ({"threshold": 1.01}, "threshold is 1.01"),
        ({"threshold": float("nan")}, "threshold is nan"),
        ({"ngram_words": 0}, "ngram words: 0"),
        ({"permutations": 0}, "permutations: 0"),
        ({"bands": 0}, "bands: 0"),
        ({"bands": 26, "rows": 5}, "130 permutations, 128 are set"),
        ({"bands": 129}, "129 permutations, 128 are set"),
        ({"rows": 129}, "129 permutations, 128 are set"),
    ],
)
def test_options_that_make_no_sense(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        NearOptions(**wrong)  # type: ignore[arg-type]
    assert caught.value.hint


@pytest.mark.parametrize(
    ("threshold", "shape"),
    [(0.5, (42, 3)), (0.7, (25, 5)), (0.8, (18, 7)), (0.9, (11, 11)), (1.0, (1, 128))],
)
def test_the_shape_follows_the_threshold(threshold: float, shape: tuple[int, int]) -> None:
    assert NearOptions(threshold=threshold).shape == shape


def test_a_long_row_is_a_row_like_others() -> None:
    draw = random.Random(3)
    long = " ".join(draw.choices([f"w{n}" for n in range(5000)], k=400_000))
    texts = ["short one", long, "another " + long, "short two"]
    tracemalloc.start()
    found = labels(texts)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [0, 1, 1, 3]
    assert peak < 60 * len(long)


def test_copies_cost_one_pair_each_and_are_read_once() -> None:
    text = "the same words again and again in every row of this set"
    texts = [text.upper() if row % 3 else text for row in range(20_000)]

    def words_of(rows: np.ndarray) -> Ragged:
        raise AssertionError(rows)

    with TemporaryDirectory() as folder:
        found = NearDuplicates(NearOptions(), Path(folder))
        found.add(words(texts))
        pairs = found.pairs(words_of)
    assert len(pairs.first) == len(texts) - 1
    assert (clusters(pairs, len(texts)) == 0).all()


@pytest.mark.slow
def test_a_million_copies() -> None:
    text = "the same words again and again in every row of this set"
    pairs = near([text] * 1_000_000, size=5000)
    assert (clusters(pairs, 1_000_000) == 0).all()


def test_no_texts() -> None:
    assert labels([]) == []
    assert labels([""]) == [0]


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_clusters_are_the_connected_rows(edges: list[tuple[int, int]]) -> None:
    edges = [(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]]
    first, second = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    found = clusters(Pairs(first, second, np.ones(len(edges))), 20)
    expected = list(range(20))
    for _ in range(20):
        for a, b in edges:
            expected[a] = expected[b] = min(expected[a], expected[b])
    assert found.tolist() == expected


def test_a_threshold_joins_only_pairs_that_reach_it() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([1, 2]), np.array([0.9, 0.7]))
    assert clusters(pairs, 4).tolist() == [0, 0, 0, 3]
    assert clusters(pairs, 4, 0.8).tolist() == [0, 0, 2, 3]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=8), max_size=12))
def test_pairs_are_within_the_truth_whatever_the_texts(lines: list[list[str]]) -> None:
    found = near([" ".join(line) for line in lines])
    sets = [
        {tuple(line[at : at + 5]) for at in range(max(len(line) - 4, bool(line)))} for line in lines
    ]
    for a, b, score in zip(*(part.tolist() for part in found), strict=True):
        assert score == len(sets[a] & sets[b]) / len(sets[a] | sets[b]) >= 0.7
