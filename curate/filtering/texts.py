"""A block of texts, and the views of it that scores share, each made once.

All views are exact for every script: characters are code points, their classes are Unicode's, and
a class is looked up in a table that is filled as characters come.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.language import Languages, identify_all
from curate.lexical import Lined, Ragged, lined_words

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Points = NDArray[np.uint32]
    Flags = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
else:
    Counts = Points = Flags = Mask = Any

# Characters of a block: few enough for the processor's cache, enough for whole columns to pay.
BLOCK_CHARS = 1 << 18

LETTER, UPPER, DIGIT, SYMBOL, SPACE, NONPRINTING, ENDING, WIDE_ENDING = (1 << n for n in range(8))
NEWLINE = ord("\n")
# Joins letters of Persian, Indic scripts and emoji, or parts words that may break.
_JOINERS = "\u00ad\u200c\u200d\u2060"
_UNKNOWN = 0
# Marks that end a sentence where white space follows, and those of scripts without spaces.
_ENDINGS, _WIDE_ENDINGS = ".!?…", "。！？｡।॥۔؟"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of texts that hold more than white space.

    Attributes:
        first: `(n_lines,) int64`: where in the points each line's first visible character stands.
        last: `(n_lines,) int64`: its last visible character.
        of: `(n_lines,) int64`, ascending: the text of each.
        counts: `(n_texts,) int64`: lines of each text.
    """

    first: Counts
    last: Counts
    of: Counts
    counts: Counts

    def share(self, wanted: Mask) -> NDArray[np.float64]:
        """Return the share of lines of each text that a mask names; NaN where it has none."""
        found = np.full(len(self.counts), np.nan)
        those = np.bincount(self.of[wanted], minlength=len(self.counts))
        np.divide(those, self.counts, out=found, where=self.counts > 0)
        return found


class Texts:
    """Texts that are measured together.

    Attributes:
        texts: The texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._shared: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def chars(self) -> Counts:
        """Characters of each text, `(n_texts,) int64`."""
        return np.fromiter(map(len, self.texts), np.int64, len(self.texts))

    @cached_property
    def starts(self) -> Counts:
        """Where each text begins in `points`, `(n_texts,) int64`; a line end stands behind each."""
        return np.cumsum(self.chars + 1) - self.chars - 1

    @cached_property
    def points(self) -> Points:
        """The code points of all texts, a line end behind each, `(n_points,) uint32`."""
        together = "\n".join([*self.texts, ""])
        return np.frombuffer(together.encode("utf-32-le", "surrogatepass"), np.uint32)

    @cached_property
    def flags(self) -> Flags:
        """The class of each point, `(n_points,) uint8`: a sum of the constants above."""
        found = _CLASSES.take(self.points)
        if not found.all():
            for point in np.unique(self.points[found == _UNKNOWN]).tolist():
                _CLASSES[point] = _class_of(chr(point))
            found = _CLASSES.take(self.points)
        return found

    @cached_property
    def visible(self) -> Mask:
        """Which points are no white space, `(n_points,) bool`."""
        return np.asarray((self.flags & SPACE) == 0)

    @cached_property
    def visible_chars(self) -> Counts:
        """Characters of each text that are no white space, `(n_texts,) int64`."""
        return self.count(self.visible)

    @cached_property
    def lined(self) -> Lined:
        """Hashes of the words of each line."""
        return lined_words(self.texts)

    @property
    def words(self) -> Ragged:
        """Hashes of the words of each text."""
        return self.lined.words

    @cached_property
    def of_words(self) -> Counts:
        """The text of each word, `(n_words,) int64`, ascending."""
        return np.repeat(np.arange(len(self)), self.words.lengths)

    @cached_property
    def languages(self) -> Languages:
        """The language of each text."""
        return identify_all(self.texts)

    @cached_property
    def begins(self) -> Counts:
        """Where each run without white space begins, `(n_runs,) int64`, ascending."""
        begins = self.visible.copy()
        begins[1:] &= ~self.visible[:-1]
        return np.flatnonzero(begins)

    @cached_property
    def lasts(self) -> Counts:
        """Where the last character of each such run stands, `(n_runs,) int64`."""
        # White space stands behind each text.
        return np.flatnonzero(self.visible[:-1] & ~self.visible[1:])

    @cached_property
    def lines(self) -> Lines:
        """The lines that hold more than white space."""
        ends = np.flatnonzero(self.points == NEWLINE)
        upto = np.searchsorted(self.begins, ends)
        since = np.concatenate(([0], upto[:-1])) if len(upto) else upto
        full = upto > since
        first, last = self.begins[since[full]], self.lasts[upto[full] - 1]
        of = np.searchsorted(self.starts, first, "right") - 1
        return Lines(first, last, of, np.bincount(of, minlength=len(self)))

    def shared(self, name: str, make: Callable[[Texts], Any]) -> Any:
        """Return what several scores of one module share, made once."""
        if name not in self._shared:
            self._shared[name] = make(self)
        return self._shared[name]

    def count(self, mask: Mask) -> Counts:
        """Return how many points of each text a mask names, `(n_texts,) int64`."""
        if not len(self):
            return np.zeros(0, np.int64)
        # Of one byte each, so that nothing is copied to be added.
        found = np.add.reduceat(mask.view(np.uint8), self.starts, dtype=np.uint32)
        return np.asarray(found, np.int64)


def blocks(texts: Sequence[str]) -> Iterator[Texts]:
    """Yield texts in order, in blocks that stay in the cache; a long text is a block of its own."""
    start = size = 0
    for end, text in enumerate(texts):
        if size and size + len(text) > BLOCK_CHARS:
            yield Texts(texts[start:end])
            start, size = end, 0
        size += len(text) + 1
    if start < len(texts):
        yield Texts(texts[start:])


def _class_of(character: str) -> int:
    category = unicodedata.category(character)
    if character.isspace() or category in ("Zs", "Zl", "Zp"):
        return SPACE
    if category[0] in "LM":
        return LETTER | UPPER if category in ("Lu", "Lt") else LETTER
    if category[0] == "N":
        return DIGIT
    if character in _ENDINGS:
        return SYMBOL | ENDING
    if character in _WIDE_ENDINGS:
        return SYMBOL | WIDE_ENDING
    unseen = category[0] == "C" and character not in _JOINERS
    return NONPRINTING if unseen or character == "\ufffd" else SYMBOL


_CLASSES = np.zeros(0x110000, np.uint8)
_CLASSES[:128] = [_class_of(chr(point)) for point in range(128)]
