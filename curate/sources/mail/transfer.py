"""Transfer encodings of a part undone; what was damaged in them is told."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

_SPACED = re.compile(rb"=[ \t]++(\r?\n)")
_NO_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n|\Z)")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s]")
_LETTERS = re.compile(rb"[A-Za-z0-9+/\s]*+={0,2}")
_NO_LETTER = bytes(byte for byte in range(256) if not re.match(rb"[A-Za-z0-9+/]", bytes([byte])))
_SPACE = b" \t\r\n\x0b\x0c"
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_FOOTER_BYTES = 4_096
_IDENTITY = frozenset(("", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"))


class Undone(NamedTuple):
    """Bytes without their transfer encoding, and what was wrong with it, "" for nothing."""

    data: bytes
    wrong: str = ""


def undone(data: bytes, encoding: str) -> Undone:
    """Return the bytes that a transfer encoding stands for.

    Args:
        data: The bytes of the part's body.
        encoding: The value of `Content-Transfer-Encoding`, in lower case; an unknown one is none.

    Source: RFC 2045 sections 6.7 and 6.8; uuencode as POSIX has it.
    """
    if encoding in _IDENTITY:
        return Undone(data)
    if encoding == "quoted-printable":
        return _quoted(data)
    if encoding == "base64":
        return _base64(data)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _whole_uu(data)
    return Undone(data, "an unknown transfer encoding, read as if it had none")


def length_of(raw: bytes, start: int, end: int, encoding: str) -> int:
    """Return how many bytes a part of a mail holds, without decoding or copying what may be large.

    Args:
        raw: The mail.
        start: Where the part's body begins in it.
        end: Where it ends.
        encoding: The value of `Content-Transfer-Encoding`, in lower case.
    """
    if encoding == "base64":
        others = sum(raw.count(byte, start, end) for byte in (b"\n", b"\r", b" ", b"\t", b"="))
        return (end - start - others) * 3 // 4
    return end - start if encoding in _IDENTITY else len(undone(raw[start:end], encoding).data)


def _quoted(data: bytes) -> Undone:
    if b"=" not in data:
        return Undone(data)
    data = _SPACED.sub(rb"=\1", data)
    bad = _NO_ESCAPE.search(data)
    wrong = f"`=` at byte {bad.start()} begins no quoted-printable escape" if bad else ""
    return Undone(binascii.a2b_qp(data), wrong)


def _base64(data: bytes) -> Undone:
    try:
        return Undone(binascii.a2b_base64(data.translate(None, _SPACE), strict_mode=True))
    except binascii.Error:
        pass
    whole = _LETTERS.match(data)
    end = whole.end() if whole else 0
    rest = data[end:].strip()
    wrong = "base64 that is cut or has no padding"
    if rest:
        wrong = "bytes that are no base64 stand in it and were left out"
        kept = end if data[:end].rstrip().endswith(b"=") else data.rfind(b"\n", 0, end) + 1
        if kept and len(rest) < _FOOTER_BYTES and _FOREIGN.search(rest):
            # What lists put behind a body that they do not decode.
            wrong = f"{len(rest):,} bytes that are no base64 stand behind it and were left out"
            data = data[:kept]
    return Undone(b"".join(map(_letters, data.split(b"="))), wrong)


def _letters(data: bytes) -> bytes:
    """Return what base64 letters stand for, padding put behind them; other bytes are left out."""
    letters = data.translate(None, _NO_LETTER)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _whole_uu(data: bytes) -> Undone:
    found = _BEGIN.search(data)
    if found is None:
        return Undone(data, "uuencode without a `begin` line")
    pieces, _, closed = _uu_lines(data, found.end())
    return Undone(b"".join(pieces), "" if closed else "uuencode without an `end` line")


class Block(NamedTuple):
    """A uuencoded file in a text: where it stands, its name's bytes and its length in bytes."""

    start: int
    end: int
    name: bytes
    length: int


def blocks(data: bytes) -> list[Block]:
    """Return the uuencoded files that stand in a text, in order; a `begin` line alone is none."""
    found: list[Block] = []
    if b"begin " not in data:
        return found
    done = 0
    while (begin := _BEGIN.search(data, done)) is not None:
        pieces, end, _ = _uu_lines(data, begin.end())
        done = begin.end()
        if pieces:
            length = sum(map(len, pieces))
            found.append(Block(begin.start(), end, begin[1].strip(), length))
            done = end
    return found


def _uu_lines(data: bytes, at: int) -> tuple[list[bytes], int, bool]:
    """Return the decoded lines from a place on, where they end, and whether `end` stands there."""
    pieces: list[bytes] = []
    while at < len(data):
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop
        line = data[at:stop].rstrip(b"\r")
        after = min(stop + 1, len(data))
        if line.rstrip() == b"end":
            return pieces, after, True
        piece = _uu_line(line)
        if piece is None:
            return pieces, at, False
        if piece:
            pieces.append(piece)
        at = after
    return pieces, at, False


def _uu_line(line: bytes) -> bytes | None:
    """Return what one line stands for; None where it is no such line."""
    if not line or line == b"`":
        return b""
    length = line[0] - 32 & 63
    needed = (length + 2) // 3 * 4
    if not 32 < line[0] <= 96 or not needed - 4 < len(line) - 1 <= needed + 4:
        return None
    try:
        return binascii.a2b_uu(line[: needed + 1])
    except binascii.Error:
        return None
