"""Mail in mbox files (mboxrd and mboxo): what one person wrote, as text rows.

A thin reader: text/plain parts only, no quote or signature removal, nothing redacted (it says so).
A message begins at a line `From ADDRESS … YEAR` that stands at the file's start or behind a blank
line; `mailbox.mbox` of the standard library also splits at sentences that begin with "From ".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, BinaryIO

from curate.files.chunks import Chunk, Cut
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, RAW_KEPT_BYTES, Limits
from curate.finding import Hit

_SEPARATOR = re.compile(rb"From \S+.*\d{4}\s*\Z", re.DOTALL)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_LINE_BYTES = 1 << 16
# What `email` raises on crafted mail; its parser and header registry promise no single class.
_UNDECODABLE = (
    MessageError,
    LookupError,
    ValueError,
    AttributeError,
    AssertionError,
    TypeError,
    RecursionError,
)
_HEADERS = ("Date", "Subject", "Message-ID", "In-Reply-To", "References")


def mbox_chunks(
    source: Source, stream: BinaryIO, limits: Limits, me: Sequence[str]
) -> Iterator[Chunk]:
    """Split a mailbox into chunks whose `values` are `{"text": body, …headers}`.

    A message that is not from an address in `me` is set aside with SRC030, one without a readable
    text/plain part with SRC031.
    """
    mine = frozenset(address.strip().lower() for address in me)
    chunk, size = Chunk(source, values=[]), 0
    kept = Hit("SRC032", "", "names, addresses and numbers were kept as they are")
    chunk.notes.append((1, 0, kept))
    for raw, line, offset, cut in _messages(stream, limits):
        value: dict[str, Any] = {}
        if cut is not None:
            chunk.cuts[len(chunk.records)] = cut
            found = f"one mail of {cut.length_bytes:,} bytes, longer than the limit"
            fault: Hit | None = Hit("SRC009", "", found)
        else:
            value, fault = _read(raw, mine)
        assert chunk.values is not None
        chunk.values.append(value)
        chunk.add(raw, line, offset, fault)
        size += len(raw)
        if chunk.full or size > CHUNK_BYTES:
            yield chunk
            chunk, size = Chunk(source, values=[]), 0
    if chunk.records or chunk.notes:
        yield chunk


_Message = tuple[bytes, int, int, Cut | None]


def _messages(stream: BinaryIO, limits: Limits) -> Iterator[_Message]:
    """Yield each message without its separator line, with its first line's number and offset."""
    mail = _Mail(1, 0, limits)
    number, offset = 0, 0
    blank = True
    while line := stream.readline(_LINE_BYTES):
        if blank and line.startswith(b"From ") and _SEPARATOR.match(line):
            if mail.opened:
                yield mail.whole()
            mail = _Mail(number + 1, offset, limits)
            mail.opened = True
        else:
            mail.add(line)
        blank = line in (b"\n", b"\r\n")
        number += line.endswith(b"\n")
        offset += len(line)
    if mail.opened:
        yield mail.whole()


class _Mail:
    """The lines of one message; past the limit they are measured and no longer kept."""

    def __init__(self, line: int, offset: int, limits: Limits) -> None:
        self._line, self._offset, self._limit = line, offset, limits.record_bytes
        self._parts: list[bytes] = []
        self._length, self._hash = 0, hashlib.sha256()
        self.opened = False

    def add(self, line: bytes) -> None:
        """Append one line."""
        self.opened = self.opened or not line.isspace()
        self._length += len(line)
        self._hash.update(line)
        if self._length <= self._limit:
            self._parts.append(line)

    def whole(self) -> _Message:
        """Return the message, or its head and measure where it is too long."""
        raw = b"".join(self._parts)
        if self._length <= self._limit:
            return raw, self._line, self._offset, None
        cut = Cut(self._length, self._hash.hexdigest())
        return raw[:RAW_KEPT_BYTES], self._line, self._offset, cut


def _read(raw: bytes, mine: frozenset[str]) -> tuple[dict[str, Any], Hit | None]:
    try:
        message = message_from_bytes(_ESCAPED.sub(rb"\1", raw), policy=policy.default)
        headers = [str(header) for header in message.get_all("From", [])]
        senders = [address.lower() for _, address in getaddresses(headers)]
        if mine and not mine.intersection(senders):
            found = ", ".join(senders) or "no address"
            return {}, Hit("SRC030", "", f"from {found}, not from an address of --me")
        text = _text(message)
        extra = {name.lower(): str(message[name]) for name in _HEADERS if message[name] is not None}
        # Some charsets decode to half a surrogate pair, which is no text.
        "".join([text or "", *extra.values()]).encode()
    except _UNDECODABLE as error:
        return {}, Hit("SRC033", "", f"the mail cannot be decoded: {type(error).__name__}: {error}")
    if text is None:
        return {}, Hit("SRC031", "", "no text/plain part was found")
    return {"text": text, **extra}, None


def _text(message: EmailMessage) -> str | None:
    """Return the text/plain parts that are no attachments, joined by blank lines, or None."""
    parts = [
        str(part.get_content()).replace("\r\n", "\n").strip("\n")
        for part in message.walk()
        if part.get_content_type() == "text/plain" and not part.is_attachment()
    ]
    text = "\n\n".join(part for part in parts if part.strip())
    return text or None
