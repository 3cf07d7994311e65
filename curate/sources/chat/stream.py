"""Values out of a large JSON file, one after another, in flat memory.

A pattern is the way to the values: keys of objects, and None for the items of an array.
`("chats", "list", None, "messages", None)` are the messages of all chats. Only the values that
patterns lead to, and those that are asked for beside them, are parsed; the others are passed over.

Where an item ends is guessed first, from what stood between the last two, and parsing proves it: no
beginning of an object is an object. A value that cannot be parsed is said with its place. Where
brackets or quotes do not fit, reading goes on at what stands between two items; where that is not
known, what was read before stays and the rest is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple, NoReturn

import orjson

from curate.errors import InputError
from curate.files.limits import Limits
from curate.finding import Hit

_BLOCK_BYTES = 1 << 20
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<closed>"?)|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL
)
_BLANK = re.compile(rb"[ \t\r\n]*+")
_PLAIN = re.compile(rb"[-+.0-9A-Za-z]*+")
_LONGEST_WORD, _LONGEST_GAP, _BAD_LUCK = 4096, 256, 16

Way = tuple[str | int, ...]
Pattern = tuple[str | None, ...]


class Piece(NamedTuple):
    """A value that was asked for.

    Attributes:
        way: Its keys and its places in arrays.
        value: The value; None where a fault took its place.
        offset: Offset of its first byte.
        fault: Why it cannot be read, or None.
    """

    way: Way
    value: Any
    offset: int
    fault: Hit | None = None


class _EndError(Exception):
    """The file ends, or goes on in a way in which nothing can be found."""


def pieces(
    stream: BinaryIO, limits: Limits, patterns: Sequence[Pattern], beside: Sequence[Pattern] = ()
) -> Iterator[Piece]:
    """Yield the values of a JSON file that patterns lead to, in the order of the file.

    Memory holds one value of at most `limits.record_bytes` and two blocks of 1 MiB.

    Args:
        stream: Decompressed UTF-8 bytes.
        limits: A longer value is passed over and said.
        patterns: The ways to the values that are many.
        beside: The ways to other values that are wanted, each whole.
    """
    yield from _Reader(stream, limits, patterns, beside).read(())


class _Reader:
    """A window on the stream and a cursor in it; `data` begins at byte `offset` of the file."""

    def __init__(
        self,
        stream: BinaryIO,
        limits: Limits,
        patterns: Sequence[Pattern],
        beside: Sequence[Pattern],
    ) -> None:
        self._stream, self._limit = stream, limits.record_bytes
        self._many, self._whole = frozenset(patterns), frozenset([*patterns, *beside])
        self._inner = {way[:length] for way in self._whole for length in range(len(way))}
        self._data, self._at, self._offset = b"", 0, 0
        # The keys of arrays: where one stands in what is passed over, another array begins there.
        keys = {next((key for key in reversed(way) if key is not None), None) for way in patterns}
        self._marks = [b'"%s"' % key.encode() for key in keys if key is not None]
        # What stood between the last two items, and how often it told where one ends.
        self._between, self._luck = b"", 0

    def read(self, way: Way) -> Iterator[Piece]:
        """Yield what the file holds, and say where it is no JSON."""
        try:
            yield from self._value(way, ())
            if self._sign() != b"":
                self._fail("more stands behind the end")
        except _EndError as end:
            why, at = end.args
            yield Piece((), None, at, Hit("SRC077", "", why))

    def _value(self, way: Way, kind: Pattern) -> Iterator[Piece]:
        if kind in self._whole and kind:
            yield self._take(way, many=kind in self._many)
        elif (sign := self._sign()) == b"{" and kind in self._inner:
            self._at += 1
            yield from self._object(way, kind)
        elif sign == b"[" and kind in self._inner:
            self._at += 1
            yield from self._array(way, kind)
        else:
            self._skip()

    def _object(self, way: Way, kind: Pattern) -> Iterator[Piece]:
        if self._sign() == b"}":
            self._at += 1
            return
        while True:
            key = self._key()
            if self._sign() != b":":
                self._fail("a key has no value")
            self._at += 1
            yield from self._value((*way, key), (*kind, key))
            if self._more(b"}"):
                return

    def _array(self, way: Way, kind: Pattern) -> Iterator[Piece]:
        self._between, self._luck, inner = b"", 0, (*kind, None)
        if self._sign() == b"]":
            self._at += 1
            return
        number = 0
        while True:
            yield from self._value((*way, number), inner)
            number += 1
            end = self._offset + self._at - 1
            if self._more(b"]"):
                return
            self._sign()
            gap = self._data[max(0, end - self._offset) : self._at + 1]
            if inner in self._many and end >= self._offset and len(gap) <= _LONGEST_GAP:
                self._between = gap

    def _more(self, close: bytes) -> bool:
        """Pass the sign behind a value; return whether it closes what the value is in."""
        sign = self._sign()
        if sign not in (b",", close):
            self._fail("the file ends too early" if not sign else "a sign that is no JSON")
        self._at += 1
        return sign == close

    def _key(self) -> str:
        if self._sign() != b'"':
            self._fail("a key is missing")
        text = self._scan()
        try:
            return str(orjson.loads(text or b""))
        except orjson.JSONDecodeError:
            self._fail("a key that is no JSON")

    def _take(self, way: Way, *, many: bool) -> Piece:
        """Return the value at the cursor."""
        self._sign()
        start = self._offset + self._at
        if many and (guessed := self._likely()) is not None:
            return Piece(way, guessed, start)
        text = self._scan(resume=many)
        if text is None:
            return Piece(way, None, start, Hit("SRC009", "", "longer than the limit"))
        try:
            return Piece(way, orjson.loads(text), start)
        except orjson.JSONDecodeError:
            return Piece(way, None, start, Hit("SRC077", "", "it is no JSON"))

    def _likely(self) -> Any:
        """Return the object that ends where the one before it suggests; None where it does not."""
        if not self._between or self._luck < -_BAD_LUCK:
            return None
        end = self._data.find(self._between, self._at)
        try:
            if end < 0 or self._data[self._at] != 0x7B or end - self._at >= self._limit:
                raise ValueError
            value = orjson.loads(self._data[self._at : end + 1])
        except ValueError:
            self._luck -= 1
            return None
        self._luck = min(_BAD_LUCK, self._luck + 1)
        self._at = end + 1
        return value

    def _skip(self) -> None:
        """Pass over the value at the cursor, whatever its length."""
        if self._sign() not in (b"{", b"[", b'"'):
            self._scan()
            return
        depth = 0
        while True:
            seen = self._at
            for found in _TOKEN.finditer(self._data, self._at):
                if found.lastgroup == "closed" and not found["closed"]:
                    seen = found.start()
                    break
                depth += {"open": 1, "close": -1}.get(found.lastgroup or "", 0)
                seen = found.end()
                if depth <= 0:
                    self._at = seen
                    return
            else:
                seen = max(seen, len(self._data))
            self._at = seen
            if len(self._data) - self._at > self._limit or not self._fill():
                self._fail("the file ends in the middle of a value")

    def _scan(self, *, resume: bool = False) -> bytes | None:
        """Return the bytes of the value at the cursor and pass it; None where it is too long.

        Args:
            resume: Whether, where its brackets or quotes do not fit, it ends where the next item
                of the array seems to begin.
        """
        sign = self._sign()
        if sign not in (b"{", b"[", b'"'):
            return self._word()
        depth, seen, broken = 0, self._at, False
        while not broken:
            for found in _TOKEN.finditer(self._data, seen):
                if found.lastgroup == "closed" and not found["closed"]:
                    break
                if found.lastgroup == "closed" and b"\n" in found[0]:
                    broken = True  # JSON has no line feed in a string: a quote is missing
                    break
                depth += {"open": 1, "close": -1}.get(found.lastgroup or "", 0)
                seen = found.end()
                if depth <= 0:
                    return self._up_to(seen)
            if len(self._data) - self._at > self._limit:
                break
            seen -= self._at
            if not broken and not self._fill():
                broken = True
            seen += self._at
        if resume:
            return self._resume(broken)
        self._fail("a value is longer than the limit" if not broken else "the file is damaged")

    def _resume(self, broken: bool) -> bytes | None:
        """Pass to where the next item seems to begin; return what cannot be parsed, or None."""
        start = self._offset + self._at
        while self._between:
            found = self._data.find(self._between, self._at + 1)
            passed = self._data[self._at : found if found >= 0 else len(self._data)]
            if any(mark in passed for mark in self._marks):
                break
            if found >= 0:
                self._at = found + 1
                return b"\xff" if broken else None
            self._at = max(self._at, len(self._data) - _LONGEST_GAP)
            if not self._fill():
                break
        self._fail("the file is damaged or ends in the middle of a value", start)

    def _word(self) -> bytes | None:
        """Return a number, true, false or null."""
        found = _PLAIN.match(self._data, self._at)
        while found is not None and found.end() == len(self._data):
            if found.end() - self._at > _LONGEST_WORD or not self._fill():
                break
            found = _PLAIN.match(self._data, self._at)
        if found is None or found.end() == self._at:
            self._fail("a value is missing")
        return self._up_to(found.end())

    def _up_to(self, end: int) -> bytes | None:
        text = self._data[self._at : end]
        self._at = end
        return text if len(text) <= self._limit else None

    def _sign(self) -> bytes:
        """Pass blanks; return the sign at the cursor, b"" at the end of the file."""
        while True:
            found = _BLANK.match(self._data, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._fill():
                return b""

    def _fill(self) -> bool:
        """Forget what is before the cursor and read one more block; False at the end."""
        try:
            block = self._stream.read(_BLOCK_BYTES)
        except InputError:
            self._fail("the data is damaged and could not be read to its end")
        behind = max(0, self._at - _LONGEST_GAP)
        self._data = self._data[behind:] + block
        self._offset += behind
        self._at -= behind
        return bool(block)

    def _fail(self, why: str, at: int | None = None) -> NoReturn:
        raise _EndError(why, self._offset + self._at if at is None else at)
