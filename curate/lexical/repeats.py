"""How much of a text repeats itself: the measures of Gopher.

Source: Rae et al., "Scaling Language Models: Methods, Analysis & Insights from Training Gopher"
(2021), table A1. What is different: lines, paragraphs and n-grams are equal where their words are,
so case and punctuation do not count; characters are the bytes of the words, folded, without what
stands between them; and of an n-gram that comes k times k - 1 are duplicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.lexical.grams import word_keys
from curate.lexical.ragged import Offsets, Ragged, firsts, mixed
from curate.lexical.tokens import Lined, lined_words

if TYPE_CHECKING:  # pyarrow and numpy.typing take time to import
    import pyarrow as pa
    from numpy.typing import NDArray

    Ratios = NDArray[np.float64]
    Mask = NDArray[np.bool_]
else:
    Ratios = Mask = Any

# The most that each measure may be for a web page to stay (Rae et al. 2021, table A1).
GOPHER_MOST = {
    "duplicate_line_ratio": 0.30,
    "duplicate_paragraph_ratio": 0.30,
    "duplicate_line_char_ratio": 0.20,
    "duplicate_paragraph_char_ratio": 0.20,
    "top_2gram_char_ratio": 0.20,
    "top_3gram_char_ratio": 0.18,
    "top_4gram_char_ratio": 0.16,
    "duplicate_5gram_char_ratio": 0.15,
    "duplicate_6gram_char_ratio": 0.14,
    "duplicate_7gram_char_ratio": 0.13,
    "duplicate_8gram_char_ratio": 0.12,
    "duplicate_9gram_char_ratio": 0.11,
    "duplicate_10gram_char_ratio": 0.10,
}
_TOP, _LONGEST = (2, 3, 4), 10
_BASE = 0x6A09E667F3BCC909
_SALT = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64


def repetition(texts: Sequence[str] | pa.LargeStringArray) -> dict[str, Ratios]:
    """Return the measures of Gopher of each text, under the names of `GOPHER_MOST`.

    A text without words is 0 in all of them. A paragraph is a run of lines with words; a line
    without words ends it.

    Args:
        texts: Strings, or a column of `large_string`; a null is a text without words.

    Returns:
        `(n_texts,) float64` each, 0 to 1: of lines and paragraphs the share, by number and by
        characters, that the text had before; of 2- to 4-grams the characters in the one that
        comes most often, if it comes twice (of several as frequent the longest); of 5- to 10-grams
        the characters that stand in one that the text had before, each counted once.
    """
    lined = lined_words(texts)
    found = repeated_parts(lined) | repeated_runs(lined)
    return {name: found[name] for name in GOPHER_MOST}


def repeated_parts(lined: Lined) -> dict[str, Ratios]:
    """Return those of the measures that are of lines and paragraphs."""
    chars, totals = _chars(lined)
    found: dict[str, Ratios] = {}
    of_text = np.repeat(np.arange(len(lined.starts) - 1), np.diff(lined.starts))
    for name, parts, owner in (
        ("line", *_filled(lined.lines, of_text)),
        ("paragraph", *_paragraphs(lined.lines, of_text)),
    ):
        again = _again(parts, owner)
        n_parts = np.maximum(np.bincount(owner, minlength=len(totals)), 1)
        size = chars[parts.starts[1:]] - chars[parts.starts[:-1]]
        found[f"duplicate_{name}_ratio"] = _summed(again, owner, len(totals)) / n_parts
        found[f"duplicate_{name}_char_ratio"] = _summed(again * size, owner, len(totals)) / totals
    return found


def repeated_runs(lined: Lined) -> dict[str, Ratios]:
    """Return those of the measures that are of n-grams."""
    chars, totals = _chars(lined)
    return _of_grams(lined.words, chars, totals)


def _chars(lined: Lined) -> tuple[Offsets, Offsets]:
    """Return the characters before each word, and those of each text, 1 at least."""
    chars = np.zeros(len(lined.sizes) + 1, np.int64)
    np.cumsum(lined.sizes, out=chars[1:])
    return chars, np.maximum(np.diff(chars[lined.words.starts]), 1)


def _filled(lines: Ragged, of_text: Offsets) -> tuple[Ragged, Offsets]:
    """Return the lines that have words, and whose they are."""
    kept = lines.lengths > 0
    starts = np.append(lines.starts[:-1][kept], lines.starts[-1])
    return Ragged(lines.values, starts), of_text[kept]


def _paragraphs(lines: Ragged, of_text: Offsets) -> tuple[Ragged, Offsets]:
    """Return the paragraphs, and whose they are."""
    kept = lines.lengths > 0
    begins = kept.copy()
    begins[1:] &= ~kept[:-1] | (of_text[1:] != of_text[:-1])
    starts = np.append(lines.starts[:-1][begins], lines.starts[-1])
    return Ragged(lines.values, starts), of_text[begins]


def _again(parts: Ragged, owner: Offsets) -> Mask:
    """Return which parts their text had before."""
    keys = mixed(word_keys(parts)[:, 0] + owner.astype(np.uint64) * np.uint64(_SALT))
    return np.asarray(firsts(keys) != np.arange(len(keys)))


def _summed(values: Any, owner: Offsets, n: int) -> Ratios:
    return np.asarray(np.bincount(owner, weights=values, minlength=n), np.float64)


def _of_grams(whole: Ragged, chars: Offsets, totals: Offsets) -> dict[str, Ratios]:
    found: dict[str, Ratios] = {}
    n_texts, n_words = whole.n_texts, len(whole.values)
    text = np.repeat(np.arange(n_texts), whole.lengths)
    ends = np.repeat(whole.starts[1:], whole.lengths)
    # Where an n-gram begins that its text has twice; the one longer by a word begins there too.
    at = np.arange(n_words)
    grams = whole.values + text.astype(np.uint64) * np.uint64(_SALT)
    for n in range(2, _LONGEST + 1):
        inside = at + n <= ends[at]
        at, grams = at[inside], grams[inside]
        grams = grams + whole.values[at + n - 1] * np.uint64(pow(_BASE, n - 1, _MODULUS))
        first = firsts(grams)
        count = np.bincount(first, minlength=len(at))
        if n in _TOP:
            found[f"top_{n}gram_char_ratio"] = (
                _top(count, text[at], chars[at + n] - chars[at], n_texts) / totals
            )
        elif n > _TOP[-1]:
            later = at[first != np.arange(len(at))]
            covered = _summed(_covered(later, n, chars), text[later], n_texts)
            found[f"duplicate_{n}gram_char_ratio"] = covered / totals
        twice = count[first] > 1
        at, grams = at[twice], grams[twice]
    return {name: np.minimum(values, 1.0) for name, values in found.items()}


def _top(count: Offsets, text: Offsets, size: Offsets, n_texts: int) -> Offsets:
    """Return the characters of all occurrences of each text's most frequent n-gram."""
    found = np.zeros(n_texts, np.int64)
    some = np.flatnonzero(count > 1)
    count, text, size = count[some], text[some], size[some]
    order = np.lexsort((size, count, text))
    # The last of each text stays.
    found[text[order]] = (count * size)[order]
    return found


def _covered(begins: Offsets, n: int, chars: Offsets) -> Offsets:
    """Return the characters of each n-gram up to where the next one begins."""
    ends = begins + n
    ends[:-1] = np.minimum(ends[:-1], begins[1:])
    return np.asarray(chars[ends] - chars[begins])
