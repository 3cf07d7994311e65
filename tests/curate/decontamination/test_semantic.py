"""Questions that mean the same, by a model that is handed in."""

from __future__ import annotations

import numpy as np
import pytest

from curate.decontamination import METHODS, Item, Meanings, Piece, build_index


def embed(texts):
    """Return how often each vowel stands in a text: what has the same is the same."""
    return np.array([[text.count(v) for v in "aeiou"] for text in texts], np.float32)


def meanings() -> Meanings:
    return Meanings(
        build_index(
            [
                Item("e", 1, None, (Piece("question", "q", "aaaa e b c d"),)),
                Item("e", 2, None, (Piece("question", "q", "uuu o b c d"),)),
                Item("e", 3, None, (Piece("answer", "a", "iiiiiii b c d"),)),
            ]
        ),
        embed,
    )


def test_the_nearest_question_of_each_row_is_found() -> None:
    texts = ["aaaaaaaa ee", "uuu", "iiii", ""]
    leaks = meanings().leaks(texts, np.array([0, 1, 2, 3]), 0.9, first_row=10)
    assert leaks["row"].tolist() == [10, 11]
    assert leaks["piece"].tolist() == [0, 1]
    assert leaks["score"][0] == pytest.approx(1)
    assert {METHODS[m] for m in leaks["method"]} == {"semantic"}


def test_of_a_rows_texts_the_nearest_counts() -> None:
    (leak,) = meanings().leaks(["aauu", "uuuo", "aaa e"], np.array([5, 5, 5]), 0.5)
    assert (leak["row"], leak["text"]) == (5, 1)


def test_nothing_to_compare_is_no_fault() -> None:
    assert len(meanings().leaks([], np.zeros(0, np.int64), 0.1)) == 0
    empty = Meanings(build_index([]), lambda texts: np.zeros((len(texts), 5), np.float32))
    assert len(empty.leaks(["aa"], np.zeros(1, np.int64), 0.1)) == 0
