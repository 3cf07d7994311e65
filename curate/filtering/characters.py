"""QLT: what a text's characters are, and how far they compress.

Shares are of the characters that are no white space, so that letters, digits, symbols and
characters that do not print make up 1. Marks that join a letter (vowel signs) count as letters.
"""

from __future__ import annotations

import numpy as np

from curate.filtering.score import (
    NO_TEXT,
    UNBOUNDED,
    Measure,
    Score,
    Tools,
    Values,
    plain,
    ratio,
)
from curate.filtering.texts import DIGIT, LETTER, NONPRINTING, SYMBOL, UPPER, Texts

# Answers of 50 to 100 bytes compress to 1.0 of their size in the median, of 150 to 200 to 0.75, of
# 200 to 300 to 0.67 and of 1,000 to 2,000 to 0.49: below, their length is measured (9,000 answers
# of Alpaca).
LEAST_BYTES = 200


def _share(flag: int) -> Measure:
    def measure(texts: Texts) -> Values:
        return ratio(texts.count((texts.flags & flag) != 0), texts.visible_chars)

    return measure


def _uppercase(texts: Texts) -> Values:
    capitals = texts.count((texts.flags & UPPER) != 0)
    return ratio(capitals, texts.count((texts.flags & LETTER) != 0))


def _compression(tools: Tools) -> Measure:
    del tools
    from zstandard import ZstdCompressor

    compress = ZstdCompressor(3, write_checksum=False, write_content_size=False).compress

    def measure(texts: Texts) -> Values:
        found = np.full(len(texts), np.nan)
        for at, text in enumerate(texts.texts):
            raw = text.encode("utf-8", "surrogatepass")
            if len(raw) >= LEAST_BYTES:
                found[at] = len(compress(raw)) / len(raw)
        return found

    return measure


def _of_chars(name: str, about: str, code: str, source: str, flag: int) -> Score:
    return Score(name, "share", about, code, source, plain(_share(flag)), undefined=NO_TEXT)


SCORES = (
    Score(
        "compression_ratio",
        "ratio",
        "bytes that zstd (level 3) leaves by bytes of the text in UTF-8",
        "QLT200",
        "Radford et al. 2022 (Whisper), section 4.5 (a loop below 0.42, by zlib)",
        _compression,
        high=UNBOUNDED,
        undefined=f"the text has fewer than {LEAST_BYTES} bytes",
    ),
    _of_chars(
        "letter_ratio",
        "share of letters, with the marks that belong to them",
        "QLT201",
        "data-juicer, alphanumeric_filter",
        LETTER,
    ),
    _of_chars(
        "digit_ratio", "share of digits and numbers", "QLT202", "FineWeb's statistics", DIGIT
    ),
    _of_chars(
        "symbol_ratio",
        "share of punctuation and symbols",
        "QLT203",
        "data-juicer, special_characters_filter",
        SYMBOL,
    ),
    _of_chars(
        "nonprinting_ratio",
        "share of controls, unassigned and private characters, and U+FFFD",
        "QLT204",
        "Tunesmith; what is left of a broken encoding or a binary file",
        NONPRINTING,
    ),
    Score(
        "uppercase_ratio",
        "share",
        "share of capitals among the letters",
        "QLT205",
        "Together 2023 (RedPajama-V2), rps_doc_frac_all_caps_words, by letters",
        plain(_uppercase),
        undefined="the text has no letter",
    ),
)
