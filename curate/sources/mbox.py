"""Mail in mbox files (mboxrd and mboxo): what one person wrote, as text rows.

A thin reader: text/plain parts only, no quote or signature removal, nothing redacted (it says so).
Forwarded mails (message/* parts) and attachments are not part of what the person wrote.
A message begins at a line `From ADDRESS … YEAR` that stands at the file's start or behind a blank
line; `mailbox.mbox` of the standard library also splits at sentences that begin with "From ".
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.errors import (
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    MessageError,
)
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any, BinaryIO, cast

from curate.files.chunks import Chunk, Cut
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, RAW_KEPT_BYTES, Limits
from curate.finding import Hit

_SEPARATOR = re.compile(rb"From \S+.*\d{4}\s*\Z", re.DOTALL)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_WORD = r"=\?[^?\s]+\?[bq]\?[^?\s]*\?="
_WORDS = re.compile(rf"{_WORD}(?:\s+{_WORD})*", re.IGNORECASE)
_LINE_BYTES = 1 << 16
# What `email` raises on crafted mail; its parser and codecs promise no single class.
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
_BROKEN_BASE64 = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)
_SENDERS_COUNTED, _SENDERS_SHOWN = 10_000, 5


def addresses_of(texts: Sequence[str]) -> frozenset[str]:
    """Return the addresses in texts like `d@x` or `Dana <d@x>`, in lower case."""
    return frozenset(found.lower() for _, found in getaddresses(list(texts)) if found)


def mbox_chunks(
    source: Source, stream: BinaryIO, limits: Limits, me: Sequence[str]
) -> Iterator[Chunk]:
    """Split a mailbox into chunks whose `values` are `{"text": body, …headers}`.

    A message that is not from an address in `me` is set aside with SRC030, one without a readable
    text/plain part with SRC031, one that its charset does not decode with SRC033. Where `me` is
    given and wrote none of the messages, SRC034 is noted at the end.
    """
    senders = _Senders(addresses_of(me))
    chunk, size = Chunk(source, values=[]), 0
    kept = Hit("SRC032", "", "names, addresses and numbers were kept as they are")
    chunk.notes.append((1, 0, kept))
    line, offset = 1, 0
    for raw, line, offset, cut in _messages(stream, limits):
        value: dict[str, Any] = {}
        if cut is not None:
            chunk.cuts[len(chunk.records)] = cut
            found = f"one mail of {cut.length_bytes:,} bytes, longer than the limit"
            fault: Hit | None = Hit("SRC009", "", found)
        else:
            value, fault = _read(raw, senders)
        assert chunk.values is not None
        chunk.values.append(value)
        chunk.add(raw, line, offset, fault)
        size += len(raw)
        if chunk.full or size > CHUNK_BYTES:
            yield chunk
            chunk, size = Chunk(source, values=[]), 0
    if chunk.records or chunk.notes:
        yield chunk
    if (stranger := senders.nobody()) is not None:
        yield Chunk(source, notes=[(line, offset, stranger)])


class _Senders:
    """Whose mail is kept, and whose mail there was."""

    def __init__(self, mine: frozenset[str]) -> None:
        self._mine = mine
        self._met = False
        self._counts: Counter[str] = Counter()

    def refused(self, message: Message) -> Hit | None:
        """Count a message's senders; return SRC030 where none of them is whose mail is kept."""
        if not self._mine:
            return None
        senders = [found.lower() for _, found in getaddresses(_raw(message, "From")) if found]
        if self._mine.intersection(senders):
            self._met = True
            return None
        for sender in senders:
            if sender in self._counts or len(self._counts) < _SENDERS_COUNTED:
                self._counts[sender] += 1
        found = _visible(", ".join(senders)) or "no address"
        return Hit("SRC030", "", f"from {found}, not from an address of --me")

    def nobody(self) -> Hit | None:
        """Return SRC034 where mail was read and none of it was from whose mail is kept."""
        if self._met or not self._counts:
            return None
        masked = dict.fromkeys(_masked(sender) for sender, _ in self._counts.most_common())
        often = list(masked)[:_SENDERS_SHOWN]
        mine = ", ".join(sorted(self._mine))
        message = f"no mail is from {mine}; most mails are from {', '.join(often)}"
        return Hit("SRC034", "", message)


def _masked(address: str) -> str:
    name, _, domain = _visible(address).rpartition("@")
    return f"{name[:1]}***@{domain}"


def _visible(text: str) -> str:
    """Return a text whose undecoded bytes are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


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


class _UndecodableError(Exception):
    """Bytes of a mail that its charset or its encoding does not decode."""


def _read(raw: bytes, senders: _Senders) -> tuple[dict[str, Any], Hit | None]:
    try:
        # The newer policies leave reference cycles behind, and runs rest the cycle collector.
        message = message_from_bytes(_ESCAPED.sub(rb"\1", raw), policy=policy.compat32)
        if (refused := senders.refused(message)) is not None:
            return {}, refused
        text = _text(message)
        extra = {
            name.lower(): _header(values[0], name)
            for name in _HEADERS
            if (values := _raw(message, name))
        }
        # Some charsets decode to half a surrogate pair, which is no text.
        "".join([text or "", *extra.values()]).encode()
    except _UndecodableError as error:
        return {}, Hit("SRC033", "", str(error))
    except _UNDECODABLE as error:
        return {}, Hit("SRC033", "", f"the mail cannot be decoded: {type(error).__name__}: {error}")
    if text is None:
        return {}, Hit("SRC031", "", "no text/plain part was found")
    return {"text": text, **extra}, None


def _raw(message: Message, name: str) -> list[str]:
    """Return a header's values, unfolded (RFC 5322 section 2.2.3) and not decoded."""
    wanted = name.lower()
    # `get_all` would replace bytes that are not ASCII.
    return [
        _FOLD.sub("", str(value)) for key, value in message.raw_items() if key.lower() == wanted
    ]


def _header(value: str, name: str) -> str:
    """Return a header's text: encoded words (RFC 2047) decoded, bytes read as UTF-8 (RFC 6532)."""
    text = value if value.isascii() else _decoded(_bytes(value), None, f"the header {name}")
    return _WORDS.sub(lambda found: _words(found[0], f"the header {name}"), text)


def _words(words: str, where: str) -> str:
    """Return the text of encoded words that only white space parts, which is none of it."""
    return "".join(
        _decoded(data, (charset or "").partition("*")[0] or None, where)
        for data, charset in decode_header(words)
    )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(message: Message) -> str | None:
    """Return the text/plain parts that are no attachments, joined by blank lines, or None."""
    parts: list[str] = []
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain":
            parts.append(_part(part))
        elif part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(cast("list[Message]", part.get_payload()))
    return "\n\n".join(part for part in parts if part.strip()) or None


def _part(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise _UndecodableError("a text/plain part holds other parts")
    for defect in part.defects:
        if isinstance(defect, _BROKEN_BASE64):
            raise _UndecodableError("a text part is not the base64 that it says it is")
    text = _decoded(data, part.get_content_charset(), "a text part")
    return text.replace("\r\n", "\n").strip("\n")


def _decoded(data: bytes, charset: str | None, where: str) -> str:
    """Return bytes as text; US-ASCII, declared or by default, is read as UTF-8, which holds it.

    Raises:
        _UndecodableError: If the charset is unknown or the bytes are not of it.
    """
    declared = charset not in (None, "us-ascii", "ascii")
    try:
        return data.decode(charset if declared and charset else "utf-8")
    except UnicodeDecodeError as bad:
        said = charset or "utf-8 (no charset is declared)"
        raise _UndecodableError(_wrong_byte(bad, where, said)) from None
    except LookupError:
        raise _UndecodableError(f"{where} has the charset {charset!r}, which is unknown") from None


def _wrong_byte(bad: UnicodeDecodeError, where: str, charset: str) -> str:
    found = bad.object[bad.start : bad.start + 1].hex()
    return f"{where}: byte 0x{found} at offset {bad.start} is not {charset}"
