"""Mail in mbox files (mboxrd and mboxo): what one person wrote, as text rows.

A thin reader: text/plain parts only, no quote or signature removal, nothing redacted (it says so).
A message begins at a line `From ADDRESS … YEAR` that stands at the file's start or behind a blank
line; `mailbox.mbox` of the standard library also splits at sentences that begin with "From ".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, BinaryIO

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, Limits
from curate.finding import Hit

_SEPARATOR = re.compile(rb"From \S+.*\d{4}\s*\Z", re.DOTALL)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
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
    chunk.notes.append((1, 0, Hit("SRC032", "", "names, addresses and numbers were kept as they are")))
    for raw, line, offset in _messages(stream, limits):
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


def _messages(stream: BinaryIO, limits: Limits) -> Iterator[tuple[bytes, int, int]]:
    """Yield each message without its separator line, with its first line's number and offset."""
    parts: list[bytes] = []
    number, offset, first, start = 0, 0, 1, 0
    blank, opened = True, False
    while line := stream.readline(limits.record_bytes):
        number += 1
        if blank and line.startswith(b"From ") and _SEPARATOR.match(line):
            if opened:
                yield b"".join(parts), first, start
            parts, first, start, opened = [], number, offset, True
        else:
            parts.append(line)
            opened = opened or not line.isspace()
        blank = line in (b"\n", b"\r\n")
        offset += len(line)
    if opened:
        yield b"".join(parts), first, start


def _read(raw: bytes, mine: frozenset[str]) -> tuple[dict[str, Any], Hit | None]:
    try:
        message = message_from_bytes(_ESCAPED.sub(rb"\1", raw), policy=policy.default)
        senders = [a.lower() for _, a in getaddresses([str(h) for h in message.get_all("From", [])])]
        if mine and not mine.intersection(senders):
            found = ", ".join(senders) or "no address"
            return {}, Hit("SRC030", "", f"from {found}, not from an address of --me")
        text = _text(message)
        extra = {name.lower(): str(message[name]) for name in _HEADERS if message[name] is not None}
    except (MessageError, LookupError, UnicodeError, ValueError, IndexError, AttributeError) as error:
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
