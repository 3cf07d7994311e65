"""QLT: texts that say again what they said before, by Gopher's measures, as the kernel has them.

Gopher keeps texts of 50 words and more, and below that its thresholds say nothing: the measures of
n-grams are undefined there.
"""

from __future__ import annotations

import numpy as np

from curate.filtering.score import NO_WORDS, Measure, Score, Values, plain
from curate.filtering.texts import Texts
from curate.lexical import GOPHER_MOST, repeated_parts, repeated_runs

LEAST_WORDS = 50
# Measure → code, and what it is a share of.
_PARTS = {
    "duplicate_line_ratio": ("QLT220", "lines"),
    "duplicate_line_char_ratio": ("QLT221", "characters, in lines"),
    "duplicate_paragraph_ratio": ("QLT222", "paragraphs"),
    "duplicate_paragraph_char_ratio": ("QLT223", "characters, in paragraphs"),
}


def _measured(texts: Texts, name: str) -> Values:
    made = repeated_parts if name in _PARTS else repeated_runs
    return np.asarray(texts.shared(made.__name__, lambda own: made(own.lined))[name])


def _of_parts(name: str) -> Measure:
    def measure(texts: Texts) -> Values:
        return np.where(texts.words.lengths > 0, _measured(texts, name), np.nan)

    return measure


def _of_grams(name: str) -> Measure:
    def measure(texts: Texts) -> Values:
        return np.where(texts.words.lengths >= LEAST_WORDS, _measured(texts, name), np.nan)

    return measure


def _score(name: str) -> Score:
    source = f"Rae et al. 2021 (Gopher), table A1 ({GOPHER_MOST[name]:.2f})"
    if name in _PARTS:
        code, noun = _PARTS[name]
        about = f"share of {noun} that the text had before"
        undefined, measure = NO_WORDS, _of_parts(name)
    else:
        n = name.split("_")[1].removesuffix("gram")
        code = "QLT224" if name.startswith("top") else "QLT225"
        about = (
            f"share of characters in the {n} words that most often stand in a row, if they do twice"
            if code == "QLT224"
            else f"share of characters in runs of {n} words that the text had before"
        )
        undefined = f"the text has fewer than {LEAST_WORDS} words"
        measure = _of_grams(name)
    return Score(
        name, "share", about, code, source, plain(measure), undefined=undefined, cost="middle"
    )


SCORES = tuple(_score(name) for name in GOPHER_MOST)
