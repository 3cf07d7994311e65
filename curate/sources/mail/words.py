"""A header's bytes → its text: encoded words, and bytes that are no ASCII."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from curate.finding import Hit
from curate.sources.mail.charsets import decoded

# RFC 2047 section 2 allows no blank in an encoded word; programs write them.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*+)\?=")
_BETWEEN = re.compile(r"\s*+")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/]++")


class Words(NamedTuple):
    """A header's text, and SRC055 or SRC033 where it is not what it declares."""

    text: str
    fault: Hit | None = None


def words_of(value: str, where: str, charset: str | None = None) -> Words:
    """Return a header's value decoded.

    Words of one charset that only white space parts are put together before they are decoded,
    since programs split characters between them.

    Args:
        value: The unfolded value; bytes that are not UTF-8 are surrogates in it.
        where: What it is, for messages: `the header Subject`.
        charset: The charset of the mail's text, by which bytes are read that are not UTF-8.

    Source: RFC 2047 sections 2, 5 and 6.2; RFC 6532 (UTF-8 as it is).
    """
    if "=?" not in value:
        return Words(value) if value.isascii() else _raw(value, where, charset)
    reading = _Reading(where, charset)
    done = 0
    for found in _WORD.finditer(value):
        reading.between(value[done : found.start()])
        reading.word(found[1], found[2], found[3])
        done = found.end()
    reading.between(value[done:])
    reading.settle()
    return Words("".join(reading.pieces), reading.fault)


class _Reading:
    """One reading of a value with encoded words."""

    def __init__(self, where: str, charset: str | None) -> None:
        self.pieces: list[str] = []
        self.fault: Hit | None = None
        self._where, self._text_charset = where, charset
        self._waiting, self._charset = bytearray(), ""

    def between(self, text: str) -> None:
        """Take what stands before, between or behind words: white space between two is nothing."""
        if text.strip() or not self._charset:
            self.settle()
            self._take(Words(text) if text.isascii() else _raw(text, *self._known))

    @property
    def _known(self) -> tuple[str, str | None]:
        return self._where, self._text_charset

    def word(self, charset: str, encoding: str, text: str) -> None:
        """Take an encoded word."""
        name = charset.partition("*")[0].lower()
        data = _bytes(text, encoding)
        if not text.isascii() and _is_utf8(data):
            name = "utf-8"
        if name != self._charset:
            self.settle()
        self._charset = name
        self._waiting += data

    def settle(self) -> None:
        """Decode the words that wait for more of their charset."""
        if self._charset:
            self._take(Words(*decoded(bytes(self._waiting), self._charset, self._where)))
        self._waiting, self._charset = bytearray(), ""

    def _take(self, words: Words) -> None:
        self.pieces.append(words.text)
        self.fault = self.fault or words.fault


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _bytes(text: str, encoding: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return _HEX.sub(lambda found: binascii.unhexlify(found[1]), data.replace(b"_", b" "))
    data = _FOREIGN.sub(b"", data)
    # A single letter behind the last four is six bits of nothing.
    data = data[: len(data) - (len(data) % 4 == 1)]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _raw(value: str, where: str, charset: str | None) -> Words:
    """Return a value with bytes that are no ASCII: UTF-8, else the charset of the mail's text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        data = value.encode("utf-8", "surrogateescape")
        text, fault = decoded(data, charset, where)
        if fault is None:
            said = f"{where} holds bytes that are not UTF-8; they were read as the text's charset"
            fault = Hit("SRC055", "", said)
        return Words(text, fault)
    return Words(value)
