"""LNG: which language a text is in, and whether the answer is in the prompt's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from curate.filtering.score import Score, Values, plain
from curate.filtering.texts import LETTER, Mask, Texts

_MODELS = "Joulin et al. 2016 (lid.176) and Sites 2013 (CLD2), measured in curate/language.py"


def _sure(texts: Texts) -> Values:
    found = texts.languages
    codes = np.full(len(texts), None, object)
    for at in np.flatnonzero(found.sure).tolist():
        codes[at] = found.codes[at]
    return codes


def _told(texts: Texts) -> Mask:
    """Return which texts the model can tell by; of a text without letters it says English."""
    return np.asarray(texts.count((texts.flags & LETTER) != 0) > 0)


def _likely(texts: Texts) -> Values:
    codes = np.array(texts.languages.codes, object)
    codes[~_told(texts)] = None
    return codes


def _probability(texts: Texts) -> Values:
    return np.where(_told(texts), texts.languages.scores, np.nan)


def _same(columns: Mapping[str, Values]) -> Values:
    asked, told = columns["prompt_language"], columns["response_language"]
    known = np.array([a is not None and b is not None for a, b in zip(asked, told, strict=True)])
    same = (asked == told).astype(np.float64)
    return np.where(known.astype(np.bool_), same, np.nan)


SCORES = (
    Score(
        "language",
        "code",
        "the language, where two models agree on it",
        "LNG010",
        _MODELS,
        plain(_sure),
        undefined="the text is too short, or two models do not agree on its language",
        cost="high",
    ),
    Score(
        "likely_language",
        "code",
        "the language that lid.176 holds for the likeliest, however unsure",
        "LNG011",
        _MODELS,
        plain(_likely),
        undefined="the text has no letter",
        cost="high",
    ),
    Score(
        "language_probability",
        "probability",
        "what lid.176 gives the likeliest language",
        "LNG012",
        "Penedo et al. 2024 (FineWeb), section 3.1 (0.65 for English)",
        plain(_probability),
        undefined="the text has no letter",
        cost="high",
    ),
    Score(
        "same_language",
        "truth",
        "1 where prompt and response are in one language, 0 where not",
        "LNG013",
        _MODELS,
        of=("prompt_language", "response_language"),
        derive=_same,
        whole=True,
        undefined="the language of the prompt or of the response is not certain",
        cost="high",
    ),
)
