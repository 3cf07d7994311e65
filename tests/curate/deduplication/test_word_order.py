"""Words in the same order: every pair at the threshold is found, and no other."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.deduplication.stems import word_order
from curate.deduplication.word_order import WordOrder, rouge_l_of
from curate.lexical import rouge_l
from tests.curate.deduplication.prose import WORDS, prose

rows = st.lists(st.lists(st.integers(0, 5), max_size=12), max_size=12)


def leaving(texts: list[list[int]], threshold: float, order: list[int]) -> dict[int, int]:
    with TemporaryDirectory() as folder:
        found = WordOrder(Path(folder), threshold)
        for text in texts:
            found.add(np.array(text, np.uint64))
        kept = found.leaving(np.array(order, np.int64), lambda first, second: True)
    for row, other, score in zip(*(column.tolist() for column in kept), strict=True):
        ours, theirs = (np.array(texts[at], np.uint64) for at in (row, other))
        assert score == pytest.approx(rouge_l_of(ours, theirs))
    return dict(zip(kept.rows.tolist(), kept.kept.tolist(), strict=True))


def common(first: list[int], second: list[int]) -> int:
    before = [0] * (len(second) + 1)
    for word in first:
        now = [0]
        for at, other in enumerate(second):
            now.append(before[at] + 1 if word == other else max(before[at + 1], now[at]))
        before = now
    return before[-1]


def slowly(texts: list[list[int]], threshold: float, order: list[int]) -> dict[int, int]:
    stays: list[int] = []
    found: dict[int, int] = {}
    for row in order:
        if not texts[row]:
            continue
        for other in stays:
            shared = common(texts[row], texts[other])
            if 2 * shared >= threshold * (len(texts[row]) + len(texts[other])) - 1e-9:
                found[row] = other
                break
        else:
            stays.append(row)
    return found


@given(rows, st.sampled_from([0.05, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]), st.randoms())
@settings(max_examples=150)
def test_the_same_rows_leave_as_where_all_pairs_are_compared(texts, threshold, draw) -> None:
    order = draw.sample(range(len(texts)), len(texts))
    assert leaving(texts, threshold, order) == slowly(texts, threshold, order)


def test_the_same_of_longer_texts() -> None:
    draw = random.Random(2)
    texts = []
    for _ in range(60):
        words = prose(draw, 40).split(" ")
        for edits in (0, 2, 5):
            copy = list(words)
            for at in draw.sample(range(len(copy)), edits):
                copy[at] = draw.choice(WORDS)
            texts.append(word_order(" ".join(copy), stem=False).tolist())
    order = list(range(len(texts)))
    found = leaving(texts, 0.9, order)
    assert found == slowly(texts, 0.9, order)
    assert len(found) >= 60


def test_pairs_that_are_not_allowed_stay() -> None:
    with TemporaryDirectory() as folder:
        found = WordOrder(Path(folder), 0.5)
        for _ in range(3):
            found.add(np.arange(5, dtype=np.uint64))
        kept = found.leaving(np.arange(3), lambda first, second: {first, second} != {0, 1})
    assert dict(zip(kept.rows.tolist(), kept.kept.tolist(), strict=True)) == {2: 0}


def test_endings_are_taken_off_from_four_letters_on() -> None:
    ours = word_order("The LATEST advancements: news, ties", stem=True)
    assert (
        ours.tolist()
        == word_order("the latest advancement new-s tie s", stem=True).tolist()[:3]
        + word_order("news ties", stem=True).tolist()
    )
    assert word_order("news", stem=True).tolist() == word_order("new", stem=True).tolist()
    assert word_order("gas", stem=True).tolist() != word_order("ga", stem=True).tolist()
    assert word_order("contents", stem=False).tolist() != word_order("content", stem=False).tolist()


@pytest.mark.parametrize("text", ["", " ...", "\n"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert not len(word_order(text, stem=True))


@given(st.text(max_size=30), st.text(max_size=30))
def test_scores_are_those_of_the_kernel(first: str, second: str) -> None:
    ours, theirs = (word_order(text, stem=False) for text in (first, second))
    if len(ours) and len(theirs):
        assert rouge_l_of(ours, theirs) == pytest.approx(rouge_l(first, second))
