"""A text and its words, found once for all that looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curate.redaction.lexicon import TOKEN

# ASCII → itself for letters and digits, else a blank.
_BLANKED = "".join(chr(c) if chr(c).isalnum() else " " for c in range(128))


class View:
    """A text, and what is found out about it once.

    Args:
        text: Any text.
    """

    __slots__ = ("_low", "_lower", "_words", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._lower: str | None = None
        self._words: frozenset[str] | None = None
        self._low: frozenset[str] | None = None

    @property
    def lower(self) -> str:
        """The text in lower case."""
        if self._lower is None:
            self._lower = self.text.lower()
        return self._lower

    @property
    def words(self) -> frozenset[str]:
        """The words of the text as they are written; `_` parts them."""
        if self._words is None:
            text = self.text
            if text.isascii():
                self._words = frozenset(text.translate(_BLANKED).split())
            else:
                self._words = frozenset(TOKEN.findall(text.replace("_", " ")))
        return self._words

    @property
    def low(self) -> frozenset[str]:
        """The words of the text in lower case."""
        if self._low is None:
            self._low = frozenset(map(str.lower, self.words))
        return self._low


def standing(text: str, words: Iterable[str]) -> Iterator[int]:
    """Yield where some words stand as words."""
    for word in words:
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if not (at and TOKEN.match(text[at - 1])) and not TOKEN.match(text, end):
                yield at
            at = text.find(word, end)


def cased(words: Iterable[str]) -> frozenset[str]:
    """Return words of lower case as they are written: so, with a capital, and all in capitals."""
    return frozenset(
        each for word in words for each in (word, word.capitalize(), word.upper(), word.title())
    )
