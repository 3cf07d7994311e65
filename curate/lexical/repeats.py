"""How much of a text repeats itself: the measures of Gopher.

Source: Rae et al., "Scaling Language Models: Methods, Analysis & Insights from Training Gopher"
(2021), table A1. What is different: lines, paragraphs and n-grams are equal where their words are,
so case and punctuation do not count; characters are the bytes of the words, folded, without what
stands between them; and of an n-gram that comes k times k - 1 are duplicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.lexical.grams import word_keys
from curate.lexical.ragged import Hashes, Offsets, Ragged, mixed
from curate.lexical.tokens import sized_words

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
    lines, starts = _lines(texts)
    hashed, sizes = sized_words(lines)
    whole = hashed.grouped(starts)
    chars = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=chars[1:])
    totals = np.maximum(np.diff(chars[whole.starts]), 1)
    found: dict[str, Ratios] = {}
    of_text = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    for name, parts, owner in (
        ("line", *_filled(hashed, of_text)),
        ("paragraph", *_paragraphs(hashed, of_text)),
    ):
        again = _again(parts, owner)
        n_parts = np.maximum(np.bincount(owner, minlength=len(totals)), 1)
        size = chars[parts.starts[1:]] - chars[parts.starts[:-1]]
        found[f"duplicate_{name}_ratio"] = _summed(again, owner, len(totals)) / n_parts
        found[f"duplicate_{name}_char_ratio"] = _summed(again * size, owner, len(totals)) / totals
    found |= _of_grams(whole, chars, totals)
    return {name: found[name] for name in GOPHER_MOST}


def _lines(texts: Sequence[str] | pa.LargeStringArray) -> tuple[Any, Offsets]:
    """Return the lines of all texts, and where those of each begin."""
    if isinstance(texts, Sequence):
        split = [text.split("\n") for text in texts]
        counts = np.fromiter(map(len, split), np.int64, len(split))
        return list(chain.from_iterable(split)), np.concatenate([[0], np.cumsum(counts)])
    import pyarrow.compute as pc

    lists = pc.split_pattern(texts.fill_null(""), "\n")
    starts = np.cumsum(pc.list_value_length(lists).to_numpy(zero_copy_only=False))
    return lists.flatten(), np.concatenate([[0], starts]).astype(np.int64)


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
    return np.asarray(_firsts(keys) != np.arange(len(keys)))


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
        first = _firsts(grams)
        count = np.bincount(first, minlength=len(at))
        if n in _TOP:
            found[f"top_{n}gram_char_ratio"] = (
                _top(count, text[at], chars[at + n] - chars[at], n_texts) / totals
            )
        elif n > _TOP[-1]:
            later = at[first != np.arange(len(at))]
            covered = _covered(later, n, n_words) * np.diff(chars)
            found[f"duplicate_{n}gram_char_ratio"] = _summed(covered, text, n_texts) / totals
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


def _covered(begins: Offsets, n: int, n_words: int) -> Mask:
    """Return which words stand in one of the n-grams that begin there."""
    change = np.zeros(n_words + 1, np.int32)
    change[begins] += 1
    change[begins + n] -= 1
    return np.cumsum(change)[:-1] > 0


def _firsts(keys: Hashes) -> Offsets:
    """Return for each key the first place where it stands, `(n,) int64`.

    Each key goes into one slot of a table, where the first in order wins; what found another key in
    its slot goes into the next table.
    """
    first = np.arange(len(keys))
    bits = max(4, (2 * len(keys)).bit_length())
    table = np.zeros(1 << bits, np.int64)
    left, own = first, keys
    turn = 1
    while len(left):
        slot = ((own * np.uint64(_SALT * turn % _MODULUS | 1)) >> np.uint64(64 - bits)).view(
            np.int64
        )
        table[slot[::-1]] = left[::-1]
        winner = table[slot]
        same = keys[winner] == own
        first[left[same]] = winner[same]
        left, own = left[~same], own[~same]
        turn += 2
    return first
