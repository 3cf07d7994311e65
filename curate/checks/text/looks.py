"""Looks for many patterns in whole columns at little cost.

A pattern of this package needs a rare sign: a `<`, a backslash, some character beyond ASCII. One
pass over the bytes of a batch tells which texts have which signs, and another, over the texts that
are not ASCII, which have which characters. Only in them is anything looked for with RE2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from curate.checks.columns import Mask, Texts

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Bits = NDArray[np.uint16]
    Places = NDArray[np.int64]
else:
    Bits = Places = Any

# Signs of a look: a character of these, or `^`, any control character but tab and line feed.
SIGNS = "<&\\[{`~!?:#(\t\n^"
_BIT = {sign: 1 << at for at, sign in enumerate(SIGNS)}
_BEYOND = 1 << len(SIGNS)
_LAST_POINT = 0x10FFFF


def _table() -> Bits:
    table = np.zeros(256, np.uint16)
    for sign in SIGNS.replace("^", ""):
        table[ord(sign)] |= _BIT[sign]
    table[[byte for byte in (*range(0x20), 0x7F) if byte not in b"\t\n"]] |= _BIT["^"]
    table[0x80:] |= _BEYOND
    return table


# Half of the bits each: bytes are translated three times as fast as numpy takes from a table.
_TABLES = tuple(((_table() >> shift).astype(np.uint8).tobytes(), shift) for shift in (0, 8))


class Look(NamedTuple):
    """What must be in a text for a pattern to be found in it.

    Attributes:
        pattern: In the syntax that RE2 and `re` share.
        signs: One of these `SIGNS` is in each match; with `points`, one of these or of those.
        points: A class of characters beyond ASCII, as in `[…]`, one of which is in each match.
    """

    pattern: str
    signs: str = ""
    points: str = ""


class _Batch(NamedTuple):
    values: pa.Array
    signs: Bits


# The batch that was looked at last: the rules of a selection ask for one batch after the other.
_last: list[_Batch] = []


def _signs(texts: Texts) -> Bits:
    if not _last or _last[0].values is not texts.values:
        data, starts, ends = texts.flat
        signs = np.zeros(len(starts), np.uint16)
        filled = np.flatnonzero(ends > starts)
        if len(filled):
            text = data[: ends[-1]].tobytes()
            for table, shift in _TABLES:
                of_bytes = np.frombuffer(text.translate(table), np.uint8)
                found = np.bitwise_or.reduceat(of_bytes, starts[filled])
                signs[filled] |= found.astype(np.uint16) << shift
        _last[:] = [_Batch(texts.values, signs)]
    return _last[0].signs


def beyond_ascii(texts: Texts) -> Places:
    """Return which texts are not ASCII, by place."""
    return np.flatnonzero(_signs(texts) & _BEYOND)


class Looks:
    """The looks of some rules, done together.

    Args:
        looks: Name to look.
    """

    def __init__(self, **looks: Look) -> None:
        self._looks = looks
        self._pointed = [name for name, look in looks.items() if look.points]
        self._found: dict[str, Mask] = {}
        self._values: pa.Array | None = None

    def __getitem__(self, name: str) -> Callable[[Texts], Mask]:
        """Return the screen of a look: which texts of a batch have its pattern."""
        if name not in self._looks:
            raise KeyError(name)

        def screen(texts: Texts) -> Mask:
            if self._values is not texts.values:
                self._values, self._found = texts.values, {}
                self._look_for_points(texts)
            if name not in self._found:
                self._look_with(self._looks[name].signs, texts)
            return self._found[name]

        return screen

    def _look_with(self, signs: str, texts: Texts) -> None:
        """Do every look that needs these signs and no character beyond ASCII."""
        together = [
            name for name, look in self._looks.items() if look.signs == signs and not look.points
        ]
        places = _with_signs(signs, texts)
        if len(places) and len(together) > 1:
            union = "|".join(f"(?:{self._looks[name].pattern})" for name in together)
            places = places[_at(texts, places).matching(union)]
        for name in together:
            self._found[name] = self._search(name, texts, places)

    def _look_for_points(self, texts: Texts) -> None:
        """Do every look that needs a character beyond ASCII."""
        if not self._pointed:
            return
        bits = self._points(texts)
        for at, name in enumerate(self._pointed):
            places = np.flatnonzero(bits & (1 << at))
            if signs := self._looks[name].signs:
                places = np.union1d(places, _with_signs(signs, texts))
            self._found[name] = self._search(name, texts, places)

    def _search(self, name: str, texts: Texts, places: Places) -> Mask:
        found = np.zeros(len(texts.rows), np.bool_)
        if len(places):
            found[places[_at(texts, places).matching(self._looks[name].pattern)]] = True
        return found

    def _points(self, texts: Texts) -> Bits:
        """Return for each text which looks' characters it has, a bit for each."""
        bits = np.zeros(len(texts.rows), np.uint16)
        foreign = beyond_ascii(texts)
        if not len(foreign):
            return bits
        data, starts, ends = _at(texts, foreign).flat
        data = data[: ends[-1]]
        pairs = data[:-1].astype(np.uint16)
        pairs <<= 8
        pairs |= data[1:]
        of_pairs, of_points = self._classes()
        at = np.flatnonzero(of_pairs.take(pairs))
        if len(at):
            found = of_points.take(_code_points(data, at))
            known = np.flatnonzero(found)
            at, found = at[known], found[known]
        if len(at):
            owners = np.searchsorted(starts, at, "right") - 1
            firsts = np.flatnonzero(np.diff(owners, prepend=-1))
            bits[foreign[owners[firsts]]] = np.bitwise_or.reduceat(found, firsts)
        return bits

    @cache  # noqa: B019 - there is one of these a module, for as long as the program runs
    def _classes(self) -> tuple[Mask, Bits]:
        """Return which pairs of bytes begin a wanted character, and each character's looks."""
        of_points = np.zeros(_LAST_POINT + 1, np.uint16)
        for at, name in enumerate(self._pointed):
            for first, last in _ranges(self._looks[name].points):
                of_points[first : last + 1] |= 1 << at
        of_pairs = np.zeros(1 << 16, np.bool_)
        # Characters whose first two bytes are the same: in UTF-8 of two, three and four bytes.
        for start, end, alike in ((0x80, 0x800, 1), (0x800, 0x10000, 64), (0x10000, None, 4096)):
            for block in np.unique(np.flatnonzero(of_points[start:end]) // alike).tolist():
                head = chr(start + block * alike).encode("utf-8", "surrogatepass")[:2]
                of_pairs[int.from_bytes(head, "big")] = True
        return of_pairs, of_points


def _ranges(points: str) -> list[tuple[int, int]]:
    found = re.findall(r"(.)(?:-(.))?", points, re.DOTALL)
    return [(ord(first), ord(last or first)) for first, last in found]


def _code_points(data: Any, at: Places) -> Places:
    """Return the character beyond ASCII that begins at each place; nonsense where none does."""
    last = len(data) - 1
    first, second, third, fourth = (
        data.take(np.minimum(at + step, last)).astype(np.int64) & mask
        for step, mask in enumerate((0xFF, 0x3F, 0x3F, 0x3F))
    )
    two = (first & 0x1F) << 6 | second
    three = (first & 0x0F) << 12 | second << 6 | third
    four = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
    points = np.where(first < 0xE0, two, np.where(first < 0xF0, three, four))
    return np.asarray(np.minimum(points, _LAST_POINT))


def _with_signs(signs: str, texts: Texts) -> Places:
    if not signs:
        return np.arange(len(texts.rows))
    wanted = np.uint16(sum(_BIT[sign] for sign in signs))
    return np.flatnonzero(_signs(texts) & wanted)


def _at(texts: Texts, places: Places) -> Texts:
    if len(places) == len(texts.rows):
        return texts
    values = texts.values.take(pa.array(places))
    return Texts(values, texts.rows[places], texts.roles[places], texts.n_rows)
