"""The messages of a WhatsApp chat as they stand in the file: a head, and the lines behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from curate.files.limits import Limits
from curate.finding import Hit
from curate.sources.chat.whatsapp.dates import HEAD

_BLOCK_BYTES = 1 << 20
_BESIDE = "\u200e\u200f \u00a0\u202f"


class Message(NamedTuple):
    """A message before anything is decided about it.

    Attributes:
        line: Its first line, from 1.
        offset: Offset of its first byte in the decompressed text.
        head: What its first line says; None for lines that stand before all messages.
        more: The lines behind the first, each with a line feed before it.
        fault: What is wrong with it, or None.
    """

    line: int
    offset: int
    head: re.Match[str] | None
    more: str
    fault: Hit | None


def messages(stream: BinaryIO, limits: Limits) -> Iterator[Message]:
    """Yield the messages of a chat in order.

    Memory holds one message of at most `limits.record_bytes` and a block of 1 MiB; a longer
    message has its first line and SRC009. Bytes that are not UTF-8 become half surrogate pairs.
    """
    cutter = _Cutter(limits.record_bytes)
    for block, whole in _blocks(stream, limits.record_bytes):
        yield from cutter.feed(block, whole)
    yield from cutter.rest()


def heads(stream: BinaryIO, limits: Limits) -> Iterator[re.Match[str]]:
    """Yield the heads of a chat's messages alone, those that `messages` takes."""
    cutter = _Cutter(limits.record_bytes)
    for block, whole in _blocks(stream, limits.record_bytes):
        for found in HEAD.finditer(block):
            if (whole or found.start()) and cutter.is_head(found):
                yield found


def _blocks(stream: BinaryIO, longest: int) -> Iterator[tuple[str, bool]]:
    """Yield the text in blocks that end where a line does, and whether each begins a line.

    A line that is longer than a message may be is yielded in pieces.
    """
    carry, whole = b"", True
    while data := stream.read(_BLOCK_BYTES):
        end = data.rfind(b"\n") + 1
        if not end:
            carry += data
            if len(carry) > longest:
                yield carry.decode("utf-8", "surrogateescape"), whole
                carry, whole = b"", False
            continue
        yield (carry + data[:end]).decode("utf-8", "surrogateescape"), whole
        carry, whole = data[end:], True
    if carry:
        yield carry.decode("utf-8", "surrogateescape"), whole


class _Cutter:
    """Cuts blocks of lines at the heads of messages."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._style: tuple[bool, str] | None = None
        self._shapes: dict[tuple[str | None, ...], bool] = {}
        self._head: re.Match[str] | None = None
        self._line, self._offset = 1, 0
        self._next_line, self._next_offset = 1, 0
        self._parts: list[str] = []
        self._size = 0

    def feed(self, block: str, whole: bool) -> Iterator[Message]:
        """Yield the messages that end in a block."""
        start, kept, ascii_only = 0, 0, block.isascii()
        for found in HEAD.finditer(block):
            at, end = found.span()
            if not (whole or at) or not self.is_head(found):
                continue
            if self._parts or self._head is None or at - start > self._longest:
                self._keep(block[kept:at])
                message = self._taken()
            else:
                more = block[kept:at]
                message = Message(
                    self._line,
                    self._offset,
                    self._head,
                    _joined(more) if at - kept > 1 else "",
                    None,
                )
            self._walk(block, start, at, ascii_only)
            if message is not None:
                yield message
            self._head, self._line, self._offset = found, self._next_line, self._next_offset
            start, kept = at, end
        self._keep(block[kept:])
        self._walk(block, start, len(block), ascii_only)

    def rest(self) -> Iterator[Message]:
        """Yield the last message."""
        if (message := self._taken()) is not None:
            yield message

    def is_head(self, found: re.Match[str]) -> bool:
        """Return whether a head is of the shape of the file's first one."""
        shape = found.group("open", "sep", "close")
        known = self._shapes.get(shape)
        if known is None:
            bracket = shape[0] is not None
            style = bracket, shape[1].strip(_BESIDE)
            known = bracket == (shape[2] == "]") and style == (self._style or style)
            if known:
                self._style = style
            self._shapes[shape] = known
        return known

    def _walk(self, block: str, start: int, end: int, ascii_only: bool) -> None:
        self._next_line += block.count("\n", start, end)
        if ascii_only:
            self._next_offset += end - start
        else:
            self._next_offset += len(block[start:end].encode("utf-8", "surrogateescape"))

    def _keep(self, text: str) -> None:
        self._size += len(text)
        if self._size <= self._longest:
            self._parts.append(text)

    def _taken(self) -> Message | None:
        """Return the message that has ended; None where nothing stands before the first one."""
        more, size = "".join(self._parts), self._size
        self._parts, self._size = [], 0
        if self._head is None:
            if not more.strip("\ufeff\u200e\r\n\t ") and size <= self._longest:
                return None
            fault: Hit | None = Hit("SRC077", "", "lines before the first message of the chat")
            return Message(1, 0, None, "", fault)
        fault = None
        if size + len(self._head["rest"]) > self._longest:
            found = f"one message of more than {self._longest:,} bytes, longer than the limit"
            fault, more = Hit("SRC009", "", found), ""
        return Message(self._line, self._offset, self._head, _joined(more), fault)


def _joined(more: str) -> str:
    """Return the lines behind a message's first without the end of the last one."""
    return (more.replace("\r\n", "\n") if "\r" in more else more).rstrip("\n")
