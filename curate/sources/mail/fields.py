"""Header fields of a mail found in its bytes, for the pass over all mails that parses none."""

from __future__ import annotations

import hashlib
import re
from email.errors import HeaderParseError
from email.header import decode_header

_ID = re.compile(rb"<([^<>\s]{1,998})>")
_ANGLE = re.compile(rb"<\s*([^<>\s\"]{1,320}@[^<>\s\"]{1,255})\s*>")
_PLAIN = re.compile(rb"[^\s<>()\[\],;:\"\\]{1,320}@[^\s<>()\[\],;:\"\\]{1,255}")
_AT = re.compile(rb"([\w.+\-]{1,64}) at ([\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8})")
_FIELD_BYTES = 64 << 10
_BLANKS = b" \t"


class Head:
    """The header fields of one mail, each looked for when it is asked for.

    Args:
        head: The bytes of the headers, from the first line on.
    """

    __slots__ = ("_low", "_raw")

    def __init__(self, head: bytes) -> None:
        self._raw = head
        self._low = b"\n" + head.lower()

    def value(self, name: bytes) -> bytes:
        """Return a field's value unfolded (RFC 5322 section 2.2.3), b"" where there is none.

        Args:
            name: In lower case, between a line feed and a colon, as it stands in the bytes.
        """
        low = self._low
        at = low.find(name)
        if at < 0:
            return b""
        start = at + len(name)
        end = low.find(b"\n", start)
        if 0 <= end < len(low) - 1 and low[end + 1] in _BLANKS:
            return self._folded(start, end)
        # The copy in lower case is one byte ahead.
        raw = self._raw[start - 1 : end - 1] if end >= 0 else self._raw[start - 1 :]
        return raw.strip() if len(raw) <= _FIELD_BYTES else raw[:_FIELD_BYTES].strip()

    def _folded(self, start: int, end: int) -> bytes:
        """Return a value of more than one line, whose first line ends at `end`."""
        low = self._low
        while end >= 0 and low[end + 1 : end + 2] in (b" ", b"\t"):
            end = low.find(b"\n", end + 1)
        stop = len(low) if end < 0 else end
        return b" ".join(self._raw[start - 1 : min(stop - 1, start + _FIELD_BYTES)].split())


def ids(value: bytes) -> list[bytes]:
    """Return the message ids of a field, in order; `<a@b><c@d>` are two (RFC 5322 3.6.4)."""
    return _ID.findall(value)


def own_id(value: bytes) -> bytes:
    """Return the id of a `Message-ID` field, with or without its brackets."""
    found = _ID.search(value)
    return found[1] if found else value[:998]


def addresses(value: bytes) -> list[bytes]:
    """Return the addresses of a field of mailboxes, in lower case.

    Where some stand in angle brackets the others are names that look like one; `dana at
    example.com` is what list archives write for `dana@example.com`.
    """
    value = value[:_FIELD_BYTES].lower()
    found = _ANGLE.findall(value) or _PLAIN.findall(value)
    return found or [name + b"@" + host for name, host in _AT.findall(value)]


def hash64(*parts: bytes) -> int:
    """Return 64 bits of BLAKE2b over parts; never 0, which stands for none."""
    digest = hashlib.blake2b(b"\0".join(parts), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def decoded(value: bytes) -> str:
    """Return a field's text: encoded words (RFC 2047) decoded, other bytes read as UTF-8.

    What no charset decodes is replaced: the text only serves to compare.
    """
    text = value.decode("utf-8", "replace")
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text[:4_096])
    except (HeaderParseError, ValueError):
        return text
    return "".join(
        piece if isinstance(piece, str) else _as_text(piece, charset) for piece, charset in pieces
    )


def _as_text(piece: bytes, charset: str | None) -> str:
    try:
        return piece.decode((charset or "utf-8").partition("*")[0], "replace")
    except (LookupError, ValueError):
        return piece.decode("utf-8", "replace")


# How a reply's subject begins, by the languages of mail programs.
_REPLY = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|vast|odp|od|r|rif|res|resp|réf|ynt|yan|bls|balas|vá|rv re"
    r"|отв|ответ|на|απ|σχετ|atb|ats|cevap|תשובה|השב|رد|回复|回覆|答复|答覆|返信|回信|답장|회신"
    r"|trả lời)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^?\d{1,3})?\s*[:：]\s*",
    re.IGNORECASE,
)
_TAG = re.compile(r"\s*\[[^\[\]]{1,60}\]\s*")


def subject_of(value: bytes) -> tuple[str, bool]:
    """Return a subject as subjects are compared, and whether it says that it is a reply.

    Marks of replies and the tags of lists in front are left out, white space and case do not count.
    """
    text, is_reply = decoded(value[:2_048]), False
    while True:
        if found := _REPLY.match(text):
            is_reply = True
        elif not (found := _TAG.match(text)):
            break
        text = text[found.end() :]
    return " ".join(text.casefold().split()), is_reply
