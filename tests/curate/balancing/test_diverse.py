"""Sketches of texts, and the rows that stand best for all."""

from __future__ import annotations

import random
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.balancing import diverse
from curate.balancing.diverse import most_different, nearest, similarity_to_kept
from curate.balancing.sketch import LENGTH, WIDTH, Frequencies, quantised, sketches
from curate.lexical import words

WORDS = [f"w{number}" for number in range(400)]


def vectors_of(texts: list[str]) -> np.ndarray:
    hashed = words(texts)
    frequencies = Frequencies()
    frequencies.add(hashed)
    return sketches(hashed, frequencies)


def topics(n_topics: int, n_rows: int, seed: int = 0) -> tuple[list[str], list[int]]:
    """Return texts of topics with words of their own, the first topics more often."""
    draw = random.Random(seed)
    texts, of = [], []
    for _ in range(n_rows):
        topic = min(draw.randrange(n_topics), draw.randrange(n_topics), draw.randrange(n_topics))
        texts.append(" ".join(f"t{topic}x{draw.randrange(12)}" for _ in range(20)))
        of.append(topic)
    return texts, of


def clouds(n_rows: int, n_centres: int = 40, seed: int = 0) -> np.ndarray:
    draws = np.random.default_rng(seed)
    centres = draws.normal(size=(n_centres, WIDTH))
    spread = draws.normal(size=(n_rows, WIDTH)) * 0.7
    return quantised(centres[draws.integers(0, n_centres, n_rows)] + spread)


def test_sketches_keep_cosines() -> None:
    draw = random.Random(4)
    texts = [" ".join(draw.choices(WORDS, k=60)) for _ in range(60)]
    texts += [f"{text} {' '.join(draw.choices(WORDS, k=20))}" for text in texts]
    found = vectors_of(texts).astype(np.float64)
    cosines = found @ found.T / LENGTH**2
    assert np.diag(cosines) == pytest.approx(1, abs=0.02)
    pairs = [cosines[at, at + 60] for at in range(60)]
    others = cosines[~np.eye(120, dtype=bool)]
    assert min(pairs) > 0.5
    # Chance similarity has a spread of one over the root of the width.
    assert abs(others.mean()) < 0.2
    assert others.std() < 0.15


@given(st.lists(st.text("ab ö.中", max_size=12), max_size=12))
def test_a_sketch_depends_on_its_text_alone(texts: list[str]) -> None:
    hashed = words(texts)
    frequencies = Frequencies()
    frequencies.add(words(["a b", "b c", "ö"]))
    whole = sketches(hashed, frequencies)
    assert whole.shape == (len(texts), WIDTH)
    assert whole.dtype == np.int8
    for at, text in enumerate(texts):
        assert (sketches(words([text]), frequencies)[0] == whole[at]).all()
        assert (sketches(words([" ".join(text.split()[::-1])]), frequencies)[0] == whole[at]).all()


def test_a_text_without_words_is_zero_and_never_chosen() -> None:
    found = vectors_of(["", "...", "one two", "three four"])
    assert not found[:2].any()
    assert sorted(most_different(found, 4).tolist()) == [2, 3]
    assert most_different(np.zeros((5, WIDTH), np.int8), 3).tolist() == []


def test_equal_rows_count_as_one() -> None:
    found = vectors_of(["a b c"] * 50 + ["d e f"] * 3 + ["g h i"])
    assert sorted(most_different(found, 10).tolist()) == [0, 50, 53]


@pytest.mark.parametrize("n_rows", [1, 2, 7, 300])
def test_the_greedy_choice_is_the_greedy_choice(n_rows: int) -> None:
    vectors = clouds(300, 25)
    similar = np.maximum(vectors.astype(np.int64) @ vectors.T.astype(np.int64), 0)
    best, expected = np.zeros(300, np.int64), []
    for _ in range(n_rows):
        gains = np.maximum(similar - best, 0).sum(axis=1)
        gains[expected] = -1
        expected.append(int(gains.argmax()))
        best = np.maximum(best, similar[expected[-1]])
    found = most_different(vectors, n_rows)
    if n_rows == 300:
        assert sorted(found.tolist()) == list(range(300))
    else:
        assert found.tolist() == expected


@given(st.integers(1, 120), st.integers(0, 5))
@settings(max_examples=30)
def test_choices_are_distinct_and_as_many_as_asked(n_rows: int, seed: int) -> None:
    vectors = clouds(90, 9, seed)
    found = most_different(vectors, n_rows)
    assert len(found) == len(set(found.tolist())) == min(n_rows, 90)


@pytest.fixture
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diverse, "BUCKET_ROWS", 64)
    monkeypatch.setattr(diverse, "CANDIDATE_ROWS", 128)
    monkeypatch.setattr(diverse, "MEASURED_ROWS", 256)


@pytest.mark.usefixtures("small_buckets")
@pytest.mark.parametrize("n_rows", [1, 30, 500, 1_500])
def test_buckets_choose_nearly_as_well(n_rows: int) -> None:
    vectors = clouds(2_000, 60)
    found = most_different(vectors, n_rows)
    assert len(set(found.tolist())) == n_rows
    every = np.arange(len(vectors))
    staged = similarity_to_kept(vectors, every, found)
    chance = similarity_to_kept(vectors, every, every[:n_rows])
    assert staged > chance


def test_a_choice_in_buckets_is_near_the_greedy_one(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, every = clouds(2_000, 60), np.arange(2_000)
    whole = similarity_to_kept(vectors, every, most_different(vectors, 100))
    monkeypatch.setattr(diverse, "BUCKET_ROWS", 64)
    monkeypatch.setattr(diverse, "CANDIDATE_ROWS", 128)
    monkeypatch.setattr(diverse, "MEASURED_ROWS", 256)
    staged = similarity_to_kept(vectors, every, most_different(vectors, 100))
    chance = similarity_to_kept(vectors, every, every[:100])
    assert staged - chance > 0.6 * (whole - chance)


@pytest.mark.usefixtures("small_buckets")
def test_rows_that_cannot_be_told_apart_are_cut() -> None:
    draws = np.random.default_rng(1)
    base = draws.normal(size=WIDTH)
    vectors = quantised(base + draws.normal(size=(1_000, WIDTH)) * 0.05)
    assert len(set(most_different(vectors, 40).tolist())) == 40


def test_more_topics_are_covered_than_by_chance() -> None:
    texts, of = topics(40, 3_000)
    found = most_different(vectors_of(texts), 40)
    covered = len({of[at] for at in found.tolist()})
    by_chance = [
        len({of[at] for at in random.Random(n).sample(range(3_000), 40)}) for n in range(9)
    ]
    assert covered > max(by_chance) + 5


def test_garbage_comes_late_where_the_farthest_row_first_takes_it() -> None:
    texts, _ = topics(20, 1_000)
    draw = random.Random(5)
    garbage = ["".join(draw.choices("qxzjkv0189", k=30)) for _ in range(50)]
    vectors = vectors_of([*texts, *garbage])
    assert not (most_different(vectors, 20) >= 1_000).any()
    # When all topics have rows, a row that stands for itself alone adds as much as others do.
    later = int((most_different(vectors, 60) >= 1_000).sum())
    assert later < sum(at >= 1_000 for at in farthest_first(vectors, 60)) / 1.5


def farthest_first(vectors: np.ndarray, n_rows: int) -> list[int]:
    """Return the choice of k-centre (Gonzalez 1985), which takes outliers first."""
    floats = vectors.astype(np.float32)
    best, chosen = floats @ floats[0], [0]
    while len(chosen) < n_rows:
        chosen.append(int(best.argmin()))
        best = np.maximum(best, floats @ floats[chosen[-1]])
    return chosen


@pytest.mark.parametrize("n_kept", [1, 40, 1_300])
def test_the_nearest_kept_row_is_found(n_kept: int) -> None:
    vectors = clouds(1_500, 30)
    kept = np.random.default_rng(3).choice(1_500, n_kept, replace=False)
    found, similarity = nearest(vectors, kept)
    true = vectors.astype(np.int64) @ vectors[kept].T.astype(np.int64)
    told = true[np.arange(1_500), found]
    assert similarity * LENGTH**2 == pytest.approx(told)
    missed = (told < true.max(axis=1)).mean()
    assert missed == 0 if n_kept <= 1_024 else missed < 0.2


@pytest.mark.slow
def test_memory_is_bounded() -> None:
    vectors = clouds(60_000, 500)
    tracemalloc.start()
    most_different(vectors, 2_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 700 << 20
