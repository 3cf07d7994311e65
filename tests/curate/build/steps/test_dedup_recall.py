"""How many of the near-duplicates that are there `dedup` removes, and how few others."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np
import pytest

from curate.row import Kind
from tests.curate.build.steps.duplicates import dedup, left
from tests.curate.build.steps.row_sets import asked, rows_of
from tests.curate.deduplication.prose import WORDS, prose

_WORD = re.compile(r"\w+")


def similarity(first: str, second: str) -> float:
    """Return the Jaccard similarity of two texts' sets of 5-grams of words."""
    grams = []
    for text in (first, second):
        words = _WORD.findall(text.lower())
        grams.append({tuple(words[at : at + 5]) for at in range(len(words) - 4)})
    return len(grams[0] & grams[1]) / len(grams[0] | grams[1])


def replaced(text: str, n_words: int, draw: random.Random) -> str:
    """Return a text with some words replaced; capitals and points stay where they were."""
    words = text.split(" ")
    for at in draw.sample(range(len(words)), n_words):
        end = "." * words[at].endswith(".")
        new = draw.choice(WORDS) + end
        words[at] = new.capitalize() if words[at][0].isupper() else new
    return " ".join(words)


class Planted:
    """Texts of their own, and a copy of each with words replaced: 3,000 rows, shuffled.

    Args:
        prompt: What stands before each text in its row.
    """

    def __init__(self, prompt: str) -> None:
        draw = random.Random(11)
        own = [prose(draw, draw.randint(80, 200)) for _ in range(1500)]
        pairs = [(text, replaced(text, draw.randint(1, 6), draw)) for text in own]
        place = list(range(2 * len(own)))
        draw.shuffle(place)
        self.texts = [""] * len(place)
        self.alike = {}
        for nth, (text, copy) in enumerate(pairs):
            a, b = place[2 * nth : 2 * nth + 2]
            self.texts[a], self.texts[b] = text, copy
            self.alike[a, b] = similarity(prompt + text, prompt + copy)


@pytest.mark.parametrize("options", [{}, {"templates": False}])
@pytest.mark.parametrize("prompt", ["", "Tell a story. "])
def test_recall_and_precision(prompt: str, options: dict[str, Any]) -> None:
    planted = Planted(prompt)
    made: list[dict[str, Any]] = [{"text": text} for text in planted.texts]
    if prompt:
        made = [asked(prompt, text) for text in planted.texts]
    kind: Kind = "sft" if prompt else "text"
    gone = left(dedup(rows_of(made, kind, chunk=500), **options))
    for low, high, least in ((0.7, 0.8, 0.99), (0.8, 0.9, 0.995), (0.9, 1.01, 1.0)):
        pairs = [pair for pair, score in planted.alike.items() if low <= score < high]
        assert len(pairs) > 200
        assert np.mean([a in gone or b in gone for a, b in pairs]) >= least
    right = {a if a in gone else b for (a, b), score in planted.alike.items() if score >= 0.7}
    assert len(right & gone.keys()) / len(gone) >= 0.9995
    # Of no pair both leave, and each leaves for the other.
    pair_of = {row: other for pair in planted.alike for row, other in (pair, pair[::-1])}
    assert all(kept == pair_of[row] and kept not in gone for row, (_, kept) in gone.items())
