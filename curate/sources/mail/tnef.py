"""TNEF (`winmail.dat`), in which Outlook and Exchange wrap a mail: its files and its text."""

from __future__ import annotations

import codecs
import struct
from typing import NamedTuple

from curate.sources.mail.rtf import unpacked
from curate.sources.markup import text_of

_SIGNATURE = 0x223E9F78
_BODY, _CODE_PAGE = 0x0002800C, 0x00069007
_TITLE, _DATA, _RENDERING = 0x00018010, 0x0006800F, 0x00069002
_MESSAGE, _ATTACHMENT = 0x00069003, 0x00069005
# Properties of MAPI: the text, the HTML, the RTF, and the long and the short name of a file.
_P_BODY, _P_HTML, _P_RTF, _P_LONG, _P_SHORT = 0x1000, 0x1013, 0x1009, 0x3707, 0x3704
_WANTED = frozenset((_P_BODY, _P_HTML, _P_RTF, _P_LONG, _P_SHORT))
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_VARIABLE = frozenset((13, 30, 31, 258))
_STRING8, _UNICODE = 30, 31
_FILES, _PROPERTIES = 1_000, 10_000


class Packed(NamedTuple):
    """What a TNEF holds.

    Attributes:
        files: The name and the length in bytes of each file in it.
        text: The text of the mail, "" where it holds none.
        wrong: What was damaged, "" for nothing.
    """

    files: tuple[tuple[str, int], ...]
    text: str = ""
    wrong: str = ""


def read(data: bytes) -> Packed:
    """Return what a TNEF holds; what was cut off is read as far as it goes.

    Source: MS-OXTNEF sections 2.1.3 (attributes) and 2.1.3.4 (properties); checksums are not
    looked at.
    """
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return Packed((), wrong="it does not begin as TNEF does")
    reader = _Reader()
    at = 6
    while at + 9 <= len(data):
        attribute, length = struct.unpack_from("<II", data, at + 1)
        value = data[at + 9 : at + 9 + length]
        if len(value) < length:
            reader.wrong = "it is cut"
        reader.take(attribute, value)
        at += 9 + length + 2
    return reader.whole()


class _Reader:
    """What was met so far."""

    def __init__(self) -> None:
        self.wrong = ""
        self._codec = "cp1252"
        self._names: list[str] = []
        self._lengths: list[int] = []
        self._plain = b""
        self._known: dict[int, str | bytes] = {}

    def take(self, attribute: int, value: bytes) -> None:
        """Take one attribute."""
        if attribute == _CODE_PAGE and len(value) >= 4:
            self._codec = _codec(struct.unpack_from("<I", value)[0])
        elif attribute == _RENDERING:
            if len(self._names) < _FILES:
                self._names.append("")
                self._lengths.append(0)
        elif attribute == _BODY:
            self._plain = value
        elif attribute == _MESSAGE:
            self._known = self._properties(value)
        elif self._names and attribute == _TITLE:
            self._names[-1] = self._names[-1] or self._text(value)
        elif self._names and attribute == _DATA:
            self._lengths[-1] = len(value)
        elif self._names and attribute == _ATTACHMENT:
            found = self._properties(value)
            name = found.get(_P_LONG) or found.get(_P_SHORT)
            if isinstance(name, str) and name:
                self._names[-1] = name

    def whole(self) -> Packed:
        """Return all of it."""
        return Packed(tuple(zip(self._names, self._lengths, strict=True)), self._body(), self.wrong)

    def _body(self) -> str:
        text = self._known.get(_P_BODY) or self._text(self._plain)
        if isinstance(text, str) and text.strip():
            return text.replace("\r\n", "\n").replace("\r", "\n")
        html = self._known.get(_P_HTML)
        if html:
            return text_of(html if isinstance(html, str) else self._text(html))
        packed = self._known.get(_P_RTF)
        if not isinstance(packed, bytes):
            return ""
        found = unpacked(packed)
        self.wrong = self.wrong or found.wrong
        return text_of(found.text) if found.is_html else found.text.replace("\r\n", "\n")

    def _text(self, value: bytes) -> str:
        text = value.rstrip(b"\0").decode(self._codec, "replace")
        if "\ufffd" in text:
            self.wrong = self.wrong or "text in it is not of its code page"
        return text

    def _properties(self, data: bytes) -> dict[int, str | bytes]:
        """Return the wanted ones of a list of properties."""
        found: dict[int, str | bytes] = {}
        try:
            count, at = struct.unpack_from("<I", data)[0], 4
            for _ in range(min(count, _PROPERTIES)):
                kind, number = struct.unpack_from("<HH", data, at)
                at += 4
                if number >= 0x8000:
                    at = _behind_name(data, at)
                value, at = self._value(data, at, kind)
                if number in _WANTED and value is not None:
                    found[number] = value
        except struct.error:
            self.wrong = self.wrong or "its properties are cut"
        return found

    def _value(self, data: bytes, at: int, kind: int) -> tuple[str | bytes | None, int]:
        """Return a property's value (None for what is no text or bytes), and where it ends.

        Raises:
            struct.error: If the data end before it.
        """
        many, base = kind & 0x1000, kind & 0xFFF
        if base in _FIXED and not many:
            return None, at + _FIXED[base]
        count = struct.unpack_from("<I", data, at)[0]
        at += 4
        if base in _FIXED:
            return None, at + count * _FIXED[base]
        if base not in _VARIABLE:
            raise struct.error("an unknown type")
        value: str | bytes | None = None
        for _ in range(min(count, _PROPERTIES)):
            length = struct.unpack_from("<I", data, at)[0]
            raw = data[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4
            if value is None:
                value = raw
        if isinstance(value, bytes) and base == _UNICODE:
            value = value[: len(value) & ~1].decode("utf-16-le", "replace").rstrip("\0")
        elif isinstance(value, bytes) and base == _STRING8:
            value = self._text(value)
        return value, at


def _behind_name(data: bytes, at: int) -> int:
    """Return where the name of a named property ends.

    Raises:
        struct.error: If the data end before it.
    """
    kind, length = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (0 if kind == 0 else length + -length % 4)


def _codec(page: int) -> str:
    try:
        return codecs.lookup("utf-8" if page == 65001 else f"cp{page}").name
    except (LookupError, ValueError):
        return "cp1252"
