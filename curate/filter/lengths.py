"""LEN: how long a text is, in characters, words, sentences, lines and tokens, and how many turns.

A word is what `curate.lexical` takes for one: in scripts written without spaces every character.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from curate.errors import UsageError
from curate.filter.score import UNBOUNDED, Measure, Score, Tools, Values, plain, ratio
from curate.filter.texts import Counts, Mask, Texts

_GOPHER = "Rae et al. 2021 (Gopher), appendix A.1.1"
_ENDS = np.array([ord(mark) for mark in ".!?…"], np.uint32)
# Marks that end a sentence whatever follows: no space follows them.
_WIDE_ENDS = np.array([ord(mark) for mark in "。！？｡।॥۔؟"], np.uint32)
_QUOTES = np.array([ord(mark) for mark in "\"')]}»”’*_"], np.uint32)


def _chars(texts: Texts) -> Values:
    return texts.chars.astype(np.float64)


def _words(texts: Texts) -> Values:
    return texts.words.lengths.astype(np.float64)


def _lines(texts: Texts) -> Values:
    return texts.lines.counts.astype(np.float64)


def sentence_ends(texts: Texts) -> Mask:
    """Return which points are the last mark of a sentence, `(n_points,) bool`."""
    points = texts.points
    ends = np.isin(points, _ENDS) if len(points) else np.zeros(0, np.bool_)
    # The line end behind each text makes every point but the last of all have a next one.
    after = np.append(points[1:], np.uint32(ord("\n")))
    free = np.append(~texts.visible[1:], True) | np.isin(after, _QUOTES)
    wide = np.isin(points, _WIDE_ENDS)
    return np.asarray((ends & free) | (wide & ~np.append(wide[1:], False)))


def _sentences(texts: Texts) -> Values:
    found: Counts = texts.count(sentence_ends(texts))
    return np.maximum(found, texts.words.lengths > 0).astype(np.float64)


def _tokens(tools: Tools) -> Measure:
    count = tools.count_tokens
    if count is None:
        raise UsageError("counting tokens needs a tokenizer", hint="--tokenizer FOLDER")

    def measure(texts: Texts) -> Values:
        return np.array(count(texts.texts), np.float64)

    return measure


def _prompt_to_response(columns: Mapping[str, Values]) -> Values:
    return ratio(columns["prompt_chars"], columns["response_chars"])


SCORES = (
    Score(
        "chars",
        "characters",
        "characters, white space and all",
        "LEN050",
        "data-juicer, text_length_filter",
        plain(_chars),
        high=UNBOUNDED,
        whole=True,
    ),
    Score(
        "words",
        "words",
        "words; in scripts without spaces, characters",
        "LEN051",
        f"{_GOPHER} (50 to 100,000 for web pages)",
        plain(_words),
        high=UNBOUNDED,
        whole=True,
        cost="middle",
    ),
    Score(
        "tokens",
        "tokens",
        "tokens of the text by itself, without a chat template",
        "LEN052",
        "data-juicer, token_num_filter",
        _tokens,
        high=UNBOUNDED,
        whole=True,
        cost="high",
    ),
    Score(
        "sentences",
        "sentences",
        "marks that end a sentence, one at least where there is a word",
        "LEN053",
        "Raffel et al. 2020 (C4), section 2.2 (5 for web pages)",
        plain(_sentences),
        high=UNBOUNDED,
        whole=True,
        cost="middle",
    ),
    Score(
        "lines",
        "lines",
        "lines that hold more than white space",
        "LEN054",
        "Together 2023 (RedPajama-V2), rps_doc_num_lines",
        plain(_lines),
        high=UNBOUNDED,
        whole=True,
    ),
    Score(
        "turns",
        "turns",
        "messages of the user in the conversation",
        "LEN055",
        "Zheng et al. 2023 (MT-bench counts turns so)",
        high=UNBOUNDED,
        whole=True,
        undefined="rows of this kind hold no messages",
    ),
    Score(
        "prompt_to_response_ratio",
        "ratio",
        "characters of the prompt by characters of the response",
        "LEN056",
        "Tunesmith; an answer that is short beside a long prompt is an extraction or was cut",
        of=("prompt_chars", "response_chars"),
        derive=_prompt_to_response,
        high=UNBOUNDED,
        undefined="the response is empty",
    ),
)
