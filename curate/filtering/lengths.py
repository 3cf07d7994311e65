"""LEN: how long a text is, in characters, words, sentences, lines and tokens, and how many turns.

A word is what `curate.lexical` takes for one: in scripts written without spaces every character.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from curate.errors import UsageError
from curate.filtering.score import UNBOUNDED, Measure, Score, Tools, Values, plain, ratio
from curate.filtering.texts import ENDING, WIDE_ENDING, Texts

_GOPHER = "Rae et al. 2021 (Gopher), appendix A.1.1"
_QUOTES = np.array([ord(mark) for mark in "\"')]}»”’*_"], np.uint32)


def _chars(texts: Texts) -> Values:
    return texts.chars.astype(np.float64)


def _words(texts: Texts) -> Values:
    return texts.words.lengths.astype(np.float64)


def _lines(texts: Texts) -> Values:
    return texts.lines.counts.astype(np.float64)


def _sentences(texts: Texts) -> Values:
    # A line end stands behind each text, so every mark has a next character.
    at = np.flatnonzero((texts.flags & (ENDING | WIDE_ENDING)) != 0)
    wide = (texts.flags[at] & WIDE_ENDING) != 0
    closed = ~texts.visible[at + 1] | np.isin(texts.points[at + 1], _QUOTES)
    # Of marks in a row only the last one counts.
    last = np.append(np.diff(at) != 1, True)[: len(at)]
    ends = at[(closed | wide) & last]
    found = np.bincount(np.searchsorted(texts.starts, ends, "right") - 1, minlength=len(texts))
    return np.where(texts.words.lengths > 0, np.maximum(found, 1), 0).astype(np.float64)


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
