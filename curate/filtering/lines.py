"""QLT: how a text's lines begin and end. A line without a visible character is none."""

from __future__ import annotations

import numpy as np

from curate.filtering.score import NO_TEXT, NO_WORDS, UNBOUNDED, Score, Values, plain, ratio
from curate.filtering.texts import NEWLINE, Points, Texts

_GOPHER = "Rae et al. 2021 (Gopher), appendix A.1.1"
_FINEWEB = "Penedo et al. 2024 (FineWeb), section 3.5"
_BULLETS = np.array([ord(mark) for mark in "•‣▶◀◦■□▪▫"], np.uint32)
# Bullets where white space follows, else a number, emphasis or speech.
_DASHES = np.array([ord(mark) for mark in "–*-·"], np.uint32)
# The marks that C4 takes for the end of a line, and those of scripts with their own.
_CLOSING = np.array([ord(mark) for mark in ".!?\"'。！？…”’」』：:।॥۔؟"], np.uint32)
_SHORT_CHARS = 30


def _bullets(texts: Texts) -> Values:
    lines = texts.lines
    first = texts.points[lines.first]
    dashed = np.isin(first, _DASHES) & ~texts.visible[lines.first + 1]
    return lines.share(np.isin(first, _BULLETS) | dashed)


def _ending(texts: Texts, back: int) -> Points:
    return texts.points[np.maximum(texts.lines.last - back, 0)]


def _trailing_off(texts: Texts) -> Values:
    lines = texts.lines
    dots = [_ending(texts, back) == ord(".") for back in range(3)]
    long_enough = lines.last - lines.first >= 2
    three = dots[0] & dots[1] & dots[2] & long_enough
    return lines.share(three | (_ending(texts, 0) == ord("…")))


def _closed(texts: Texts) -> Values:
    return texts.lines.share(np.isin(_ending(texts, 0), _CLOSING))


def _short(texts: Texts) -> Values:
    lines = texts.lines
    return lines.share(lines.last - lines.first + 1 <= _SHORT_CHARS)


def _breaks(texts: Texts) -> Values:
    breaks = texts.count(texts.points == NEWLINE) - 1
    return ratio(breaks, texts.words.lengths)


SCORES = (
    Score(
        "bullet_line_ratio",
        "share",
        "share of lines that begin with a bullet, a dash or a star",
        "QLT213",
        f"{_GOPHER} (0.9)",
        plain(_bullets),
        undefined=NO_TEXT,
    ),
    Score(
        "ellipsis_line_ratio",
        "share",
        "share of lines that end in an ellipsis",
        "QLT214",
        f"{_GOPHER} (0.3)",
        plain(_trailing_off),
        undefined=NO_TEXT,
    ),
    Score(
        "closed_line_ratio",
        "share",
        "share of lines that end in a mark of punctuation that ends a sentence, a colon or a quote",
        "QLT215",
        f"{_FINEWEB} (0.12)",
        plain(_closed),
        undefined=NO_TEXT,
    ),
    Score(
        "short_line_ratio",
        "share",
        f"share of lines of at most {_SHORT_CHARS} characters",
        "QLT216",
        f"{_FINEWEB} (0.67)",
        plain(_short),
        undefined=NO_TEXT,
    ),
    Score(
        "line_break_per_word_ratio",
        "ratio",
        "line ends by words",
        "QLT217",
        "datatrove, FineWebQualityFilter, new_line_ratio (0.3)",
        plain(_breaks),
        high=UNBOUNDED,
        undefined=NO_WORDS,
        cost="middle",
    ),
)
