"""The words of texts in order, as 64-bit hashes of their stems."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from hashlib import blake2b

import numpy as np

from curate.lexical import Hashes
from curate.lexical.folding import spaced

_WORD = re.compile(r"[^\W_]+")
# Shorter words have no ending that is taken off.
_LEAST_CHARS = 4
_CACHED = 1 << 16


def word_order(text: str, *, stem: bool) -> Hashes:
    """Return the words of a text in order, `(n_words,) uint64`.

    Case and width make no difference; in scripts without spaces each character is a word.

    Args:
        text: The text.
        stem: Whether the endings of English words are taken off, from four letters on.

    Source: Porter 1980, An algorithm for suffix stripping, and from which length on as in Google's
    `rouge_score`.
    """
    if text.isascii():
        readable = text.lower()
    else:
        data = spaced(text.encode("utf-8", "surrogatepass"))
        readable = data.decode("utf-8", "surrogatepass")
    hashed = _stemmed if stem else _hashed
    return np.array(list(map(hashed, _WORD.findall(readable))), np.uint64)


@lru_cache(maxsize=_CACHED)
def _hashed(word: str) -> int:
    return int.from_bytes(
        blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


@lru_cache(maxsize=_CACHED)
def _stemmed(word: str) -> int:
    return _hashed(_porter()(word) if len(word) >= _LEAST_CHARS else word)


@cache
def _porter() -> Callable[[str], str]:
    import snowballstemmer

    found: Callable[[str], str] = snowballstemmer.stemmer("porter").stemWord
    return found
