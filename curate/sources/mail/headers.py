"""The header fields of a mail or of one of its parts, found in its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Hit

HEAD_BYTES = 1 << 20
_FIELD = re.compile(rb"([!-9;-~]{1,128}+)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)\n?")
_POSTMARK = re.compile(rb">?From [^\n]*\n")
_BLANK = re.compile(rb"\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t\r\n]*+")


class Headers:
    """Header fields in their order; nothing is decoded before it is asked for.

    Attributes:
        body: Where the body begins in the bytes that were read.
        fault: SRC056 where the fields are not as RFC 5322 has them, else None.
    """

    __slots__ = ("_fields", "body", "fault")

    def __init__(self, fields: dict[str, list[bytes]], body: int, fault: Hit | None) -> None:
        self._fields = fields
        self.body = body
        self.fault = fault

    def __contains__(self, name: str) -> bool:
        """Whether a field is there; the name is in lower case."""
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the fields, in lower case, each once, in their order."""
        return iter(self._fields)

    def get(self, name: str) -> str:
        """Return the first value of a field, unfolded, "" where there is none.

        Bytes are read as UTF-8; those that are none are surrogates (`surrogateescape`). Encoded
        words stay as they are: `words_of` decodes them.

        Args:
            name: In lower case.
        """
        found = self._fields.get(name)
        return "" if found is None else _unfolded(found[0])

    def all(self, name: str) -> list[str]:
        """Return all values of a field, in order, as `get` does."""
        return [_unfolded(value) for value in self._fields.get(name, ())]


def _unfolded(value: bytes) -> str:
    if b"\n" in value:
        value = _FOLD.sub(b" ", value.strip())
    return value.decode("utf-8", "surrogateescape").strip()


def read_headers(raw: bytes, start: int = 0, end: int | None = None) -> Headers:
    """Return the header fields at the head of a mail; its body is not looked at.

    Lines end in LF or CRLF, or all of them in CR. A first line `From …` (mbox) is passed over. The
    fields end at the first blank line, or before the first line that is no field and stands before
    none.

    Args:
        raw: The bytes of the mail.
        start: Where it begins in them.
        end: Where it ends in them; None is their end.

    Returns:
        The fields. Where there are more than 1 MiB of them the rest is passed over with a fault.
    """
    stop = len(raw) if end is None else min(end, len(raw))
    whole = start == 0 and stop == len(raw)
    if whole and raw.find(b"\n") < 0 and raw.find(b"\r") >= 0:
        raw = raw.replace(b"\r", b"\n")
    if (postmark := _POSTMARK.match(raw, start, stop)) is not None:
        start = postmark.end()
    for blank in (b"\n", b"\r\n"):
        if raw.startswith(blank, start, stop):
            return Headers({}, start + len(blank), None)
    found = _BLANK.search(raw, start, min(stop, start + HEAD_BYTES))
    fault = None
    if found is not None:
        body, head = found.end(), raw[start : found.start() + 1]
    elif stop - start > HEAD_BYTES:
        fault = Hit("SRC056", "", f"the headers are longer than {HEAD_BYTES:,} bytes")
        rest = _BLANK.search(raw, start + HEAD_BYTES - 2, stop)
        last = raw.rfind(b"\n", start, start + HEAD_BYTES) + 1 or start + HEAD_BYTES
        body, head = stop if rest is None else rest.end(), raw[start:last]
    else:
        body, head = stop, raw[start:stop]
    return _fields(head, start, body, fault)


def _fields(head: bytes, start: int, body: int, fault: Hit | None) -> Headers:
    fields: dict[str, list[bytes]] = {}
    at, end = 0, len(head)
    while at < end:
        found = _FIELD.match(head, at)
        if found is not None:
            name, value = found.groups()
            fields.setdefault(name.lower().decode("ascii"), []).append(value)
            at = found.end()
            continue
        after = head.find(b"\n", at) + 1 or end
        if not head[at:after].isspace():
            fault = fault or Hit("SRC056", "", f"byte {at} of the headers begins no field")
            if _FIELD.match(head, after) is None:
                return Headers(fields, start + at, fault)
        at = after
    return Headers(fields, body, fault)
