"""From the place of a word back to the text it stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.lexical import words

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
else:
    Counts = Any

_TOKEN = re.compile(r"\S+")


class Passage(NamedTuple):
    """A part of a text: the characters from `begin` up to `end`."""

    begin: int
    end: int


def passage(text: str, first: int, n_words: int) -> Passage:
    """Return where words of a text stand.

    Args:
        text: The text as it was given to `curate.lexical.words`.
        first: The first word, from 0.
        n_words: How many.

    Returns:
        The characters from the beginning of the first word to the end of the last, with what
        stands around them up to white space; in scripts without spaces up to the character.
    """
    begins, ends, counts = _tokens(text)
    upto = np.cumsum(counts)
    if not len(upto) or first >= upto[-1]:
        return Passage(0, 0)
    a = int(np.searchsorted(upto, first, "right"))
    b = int(np.searchsorted(upto, min(first + n_words, int(upto[-1])) - 1, "right"))
    return Passage(begins[a], ends[b])


def around(text: str, place: Passage, limit_chars: int) -> str:
    """Return a text cut to some characters around a place; an ellipsis shows where it was cut."""
    if len(text) <= limit_chars:
        return text
    room = max(limit_chars - (place.end - place.begin), 0) // 2
    begin = max(0, min(place.begin - room, len(text) - limit_chars))
    end = min(len(text), begin + limit_chars)
    return ("…" if begin else "") + text[begin:end] + ("…" if end < len(text) else "")


def _tokens(text: str) -> tuple[list[int], list[int], Counts]:
    """Return the tokens of a text between white space, and how many words each has.

    A token of another script that holds several words is taken apart by characters.
    """
    places = [found.span() for found in _TOKEN.finditer(text)]
    counts = words([text[a:b] for a, b in places]).lengths
    if text.isascii():
        return [a for a, _ in places], [b for _, b in places], counts
    found: list[tuple[int, int]] = []
    numbers: list[int] = []
    for (a, b), count in zip(places, counts.tolist(), strict=True):
        if count > 1 and not text[a:b].isascii():
            single = words(list(text[a:b])).lengths
            if int(single.sum()) == count:
                found += [(at, at + 1) for at in range(a, b)]
                numbers += single.tolist()
                continue
        found.append((a, b))
        numbers.append(count)
    return [a for a, _ in found], [b for _, b in found], np.array(numbers, np.int64)
