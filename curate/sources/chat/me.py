"""Who of a chat's people is the one whose messages are learnt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# A number as people and applications write it; seven digits is the shortest subscriber number.
_NUMBER = re.compile(r"\+?[\d\s()./-]+")
_FEWEST_DIGITS = 7
_REMEMBERED = 100_000


def _plain(name: str) -> str:
    """Return a name without marks of direction, `@` and `~` before it, and differences of case."""
    shown = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return " ".join(shown.split()).lstrip("@~ ").casefold()


def _digits(name: str) -> str:
    """Return the digits of a telephone number without its `+` or `00`; "" for anything else."""
    if not _NUMBER.fullmatch(name):
        return ""
    found = "".join(c for c in name if c.isdecimal()).removeprefix("00")
    return found if len(found) >= _FEWEST_DIGITS else ""


class Me:
    """The names, numbers and handles of one person.

    A sender is that person where the shown name or the handle is one of them: whole, in any case.
    Numbers are compared by their digits, so `+49 151 2345678` is `0049151-2345678`.
    """

    def __init__(self, names: Iterable[str]) -> None:
        plain = {_plain(name) for name in names} - {""}
        self._names = frozenset(plain)
        self._numbers = frozenset(found for name in plain if (found := _digits(name)))
        self._known: dict[tuple[str, str], bool] = {}

    def __bool__(self) -> bool:
        """Return whether anybody was named."""
        return bool(self._names)

    def wrote(self, sender: str, handle: str) -> bool:
        """Return whether a message with this name and handle is the person's."""
        key = sender, handle
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._is(sender) or self._is(handle)
        return known

    def _is(self, shown: str) -> bool:
        plain = _plain(shown)
        return plain in self._names or bool(self._numbers and _digits(plain) in self._numbers)
