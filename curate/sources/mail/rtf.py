"""Compressed RTF, in which Outlook keeps a text, back to the text or HTML that it was made of."""

from __future__ import annotations

import codecs
import re
import struct
from typing import NamedTuple

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4_096
_PACKED, _STORED = b"LZFu", b"MELA"
_TOKEN = re.compile(
    rb"\\(?:'([0-9a-fA-F]{2})|([a-zA-Z]{1,32})(-?\d{1,10})? ?|([^a-zA-Z]))"
    rb"|([{}])|\r?\n|([^\\{}\r\n]++)"
)
_SIGNS = {
    b"par": "\r\n",
    b"line": "\r\n",
    b"tab": "\t",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"endash": "–",
    b"emdash": "—",
}
_ESCAPES = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\xa0", b"_": "\u00ad", b"\n": "\r\n"}
_ASIDE = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer")
)


class Unpacked(NamedTuple):
    """What an RTF was made of.

    Attributes:
        text: Text, or HTML where `is_html`; "" where it cannot be read.
        is_html: Whether it is HTML.
        wrong: Why it cannot be read, "" where it can.
    """

    text: str
    is_html: bool = False
    wrong: str = ""


def unpacked(data: bytes) -> Unpacked:
    """Return the text or HTML that a compressed RTF (PR_RTF_COMPRESSED) was made of.

    RTF that was not made of either is read as its text.

    Source: MS-OXRTFCP section 2.2 (compression), MS-OXRTFEX section 2.1 (what it was made of).
    """
    rtf = decompressed(data)
    if rtf is None:
        return Unpacked("", wrong="its RTF is damaged")
    head = rtf[:1_024]
    is_html = b"\\fromhtml" in head
    reader = _Reader(is_html)
    reader.read(rtf)
    text = (
        "".join(reader.pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )
    return Unpacked(text, is_html)


def decompressed(data: bytes) -> bytes | None:
    """Return RTF uncompressed, None where it is no such data; what is cut is read as far as it is.

    Each two bytes become 17 at most, so that the length is bounded by the data's.
    """
    if len(data) < 16:
        return None
    size, _, kind, _ = struct.unpack_from("<II4sI", data)
    packed = data[16 : size + 4]
    if kind == _STORED:
        return packed
    if kind != _PACKED:
        return None
    window = bytearray(_DICTIONARY) + bytearray(_WINDOW - len(_DICTIONARY))
    out = bytearray()
    place, at = len(_DICTIONARY), 0
    while at < len(packed):
        control = packed[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                run = packed[at : at + 1]
                at += 1
            else:
                token = int.from_bytes(packed[at : at + 2], "big")
                at += 2
                start, length = token >> 4, (token & 15) + 2
                if at > len(packed) or start == place:
                    return bytes(out)
                run = _run(window, start, length, place)
            for byte in run:
                window[place] = byte
                place = (place + 1) % _WINDOW
            out += run
            if at >= len(packed):
                break
    return bytes(out)


def _run(window: bytearray, start: int, length: int, place: int) -> bytes:
    """Return what stands at a place of the window; it may repeat what it is about to write."""
    run = bytearray()
    for number in range(length):
        at = (start + number) % _WINDOW
        behind = (at - place) % _WINDOW
        run.append(run[behind] if behind < len(run) else window[at])
    return bytes(run)


class _Reader:
    """One reading of RTF."""

    def __init__(self, is_html: bool) -> None:
        self.pieces: list[str] = []
        self._is_html = is_html
        self._codec = "cp1252"
        self._bytes = bytearray()
        self._skip = 0
        # For each group: whether it is shown, whether it is a tag, characters behind \u.
        self._groups = [(True, False, 1)]
        self._hidden = False
        self._starred = False

    def read(self, rtf: bytes) -> None:
        for token in _TOKEN.finditer(rtf):
            coded, word, number, sign, brace, plain = token.groups()
            if word is not None:
                self._word(word, int(number) if number else None)
            elif coded is not None:
                if self._skip:
                    self._skip -= 1
                elif self._shown:
                    self._bytes.append(int(coded, 16))
            elif brace is not None:
                self._brace(brace)
            elif sign is not None:
                self._sign(sign)
            elif plain is not None and self._shown:
                self._bytes += plain[self._skip :]
                self._skip = max(0, self._skip - len(plain))
        self._flush()

    @property
    def _shown(self) -> bool:
        shown, is_tag, _ = self._groups[-1]
        return shown and (is_tag or not self._hidden)

    def _flush(self) -> None:
        if self._bytes:
            self.pieces.append(bytes(self._bytes).decode(self._codec, "replace"))
            self._bytes.clear()

    def _add(self, text: str) -> None:
        if self._shown:
            self._flush()
            self.pieces.append(text)

    def _brace(self, brace: bytes) -> None:
        self._starred = False
        self._skip = 0
        if brace == b"{":
            if len(self._groups) < 10_000:
                self._groups.append(self._groups[-1])
        elif len(self._groups) > 1:
            self._groups.pop()

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in _ESCAPES:
            if self._skip:
                self._skip -= 1
            else:
                self._add(_ESCAPES[sign])

    def _word(self, word: bytes, number: int | None) -> None:
        shown, is_tag, after = self._groups[-1]
        starred, self._starred = self._starred, False
        if word == b"htmlrtf":
            self._hidden = number != 0
        elif word == b"htmltag" and starred:
            self._groups[-1] = (shown and self._is_html, True, after)
        elif starred or word in _ASIDE:
            self._groups[-1] = (False, is_tag, after)
        elif word == b"ansicpg" and number:
            self._code_page(number)
        elif word == b"uc":
            self._groups[-1] = (shown, is_tag, max(0, number or 0) % 100)
        elif word == b"u" and number is not None:
            # Halves of a pair are joined when the text is whole.
            self._add(chr(number & 0xFFFF))
            self._skip = after
        elif word in _SIGNS:
            self._add(_SIGNS[word])

    def _code_page(self, number: int) -> None:
        try:
            self._codec = codecs.lookup(f"cp{number}").name
        except (LookupError, ValueError):
            self._codec = "cp1252"
