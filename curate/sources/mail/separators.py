"""Where one mail of a mailbox ends and the next begins.

A message of an mbox begins at a line `From ADDRESS … YEAR` at the file's start or behind a blank
line; the rest of a file is searched in blocks, so a message of any length takes no memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK_BYTES = 4 << 20
HEAD_BYTES = 256 << 10
# A line that separates is shorter than this; RFC 5322 allows 998 characters.
_LINE_BYTES = 1_000

_DATED = re.compile(
    rb"From [^\r\n]{0,320}?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\r\n]{0,40}?"
    rb"(?:\b\d{1,2}:\d\d\b[^\r\n]{0,60}?\b(?:19|20)\d\d|\b(?:19|20)\d\d \d{1,2}:\d\d)\b"
    rb"[^\r\n]{0,80}+\r?\Z"
)
_ADDRESSED = re.compile(rb"From [^\s@]{1,320}+@\S{1,255}+[^\r\n]{1,200}?(?:19|20)\d\d[ \t]*+\r?\Z")
_FIELD = re.compile(rb">From |[\x21-\x39\x3b-\x7e]{1,80}[ \t]*:")
_BLANK = (b"\n", b"\r\n")


def is_from_line(line: bytes, following: bytes = b"\n") -> bool:
    """Return whether a line behind a blank one begins a message.

    Args:
        line: The line, without its line feed.
        following: What stands behind it: a line whose date is not that of `ctime` counts only
            where a header field, a blank line or nothing follows.

    Source: RFC 4155 appendix A; the variants of Google Takeout (`From 1661…@xxx Sun Mar 22
    02:19:17 +0000 2020`), pipermail (`From dana at example.com  Thu Nov  1 11:19:12 2001`) and
    Thunderbird (`From - Sat Aug 28 14:17:14 2021`).
    """
    if len(line) > _LINE_BYTES or not line.startswith(b"From "):
        return False
    if _DATED.match(line):
        return True
    if not _ADDRESSED.match(line):
        return False
    return not following or following.startswith(_BLANK) or _FIELD.match(following) is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """How the messages of a mailbox are separated.

    Attributes:
        name: `mbox`, `mmdf` or `listserv`.
        mark: What a separating line begins with.
        accepts: Whether a line that begins so separates, given it and what follows.
        after_blank: Whether only a line behind a blank one separates.
    """

    name: str
    mark: bytes
    accepts: Callable[[bytes, bytes], bool]
    after_blank: bool = True


def _is_mmdf(line: bytes, following: bytes) -> bool:
    return line.rstrip(b"\r") == b"\x01\x01\x01\x01"


def _is_listserv(line: bytes, following: bytes) -> bool:
    return line.rstrip(b"\r") == b"=" * 73 and _FIELD.match(following) is not None


MBOX = Kind("mbox", b"From ", is_from_line)
MMDF = Kind("mmdf", b"\x01\x01\x01\x01", _is_mmdf, after_blank=False)
LISTSERV = Kind("listserv", b"=" * 73, _is_listserv, after_blank=False)


def kind_of(head: bytes) -> Kind | None:
    """Return how a file that begins so separates mails, None where it is no mailbox.

    Blank lines before the first separator are passed over.
    """
    start = head.lstrip(b"\r\n")[: 4 * _LINE_BYTES]
    line, _, following = start.partition(b"\n")
    return next((kind for kind in (MBOX, MMDF, LISTSERV) if kind.accepts(line, following)), None)


@dataclass(slots=True)
class Found:
    """One message of a mailbox.

    Attributes:
        line: Number of its separating line, from 1; of its own first line where it has none.
        offset: Offset of that line.
        start: Offset of its first byte, behind the separating line.
        end: Offset behind its last byte.
        head: Its first bytes, up to the blank line behind its headers or 256 KiB.
        body: Offset of its body where `head` has all its headers, else of the end of `head`.
        ended: Whether the file's last line, where it is the message's, ends in a line feed.
    """

    line: int
    offset: int
    start: int
    end: int
    head: bytes
    body: int
    ended: bool = True


def messages(stream: BinaryIO, kind: Kind = MBOX) -> Iterator[Found]:
    """Yield the messages of a mailbox in order; every byte of it but separators is in one.

    Bytes before the first separator are a message where they hold more than white space.
    """
    return _Splitter(stream, kind).run()


class _Splitter:
    """Reads blocks and keeps of the message at hand only what its headers take."""

    def __init__(self, stream: BinaryIO, kind: Kind) -> None:
        self._stream, self._kind = stream, kind
        self._buffer, self._base = b"", 0
        self._line, self._counted = 1, 0  # the number of the line that begins at `_counted`
        self._open: Found | None = Found(1, 0, 0, 0, b"", 0)
        self._headed = False
        self._marked = False

    def run(self) -> Iterator[Found]:
        """Yield each message."""
        searched, ended = 0, False
        while not ended:
            block = self._stream.read(BLOCK_BYTES)
            ended = not block
            self._buffer += block
            while (mark := self._next(searched, ended)) is not None:
                at, behind = mark
                yield from self._close(at)
                self._begin(at, behind)
                searched = behind
            searched = self._forget(searched, ended)
        yield from self._close(len(self._buffer), last=True)

    def _next(self, searched: int, ended: bool) -> tuple[int, int] | None:
        """Return where the next separating line begins and ends, None where none is in reach."""
        buffer, mark = self._buffer, self._kind.mark
        if self._base == 0 and searched == 0 and not self._marked:
            first = len(buffer) - len(buffer.lstrip(b"\r\n"))
            if buffer.startswith(mark, first) and (line := self._whole(first, ended)) is not None:
                return line
        at = max(searched - 1, 0)
        needle = b"\n" + mark
        while (found := buffer.find(needle, at)) >= 0:
            at = found + 1
            if self._kind.after_blank and not self._behind_blank(found):
                continue
            if (line := self._whole(at, ended)) is not None:
                return line
            if self._out_of_reach(at, ended):
                return None
        return None

    def _behind_blank(self, end: int) -> bool:
        """Return whether the line whose line feed stands at `end` is blank."""
        buffer = self._buffer
        before = buffer[max(end - 2, 0) : end]
        if before.endswith(b"\n"):
            return True
        if before.endswith(b"\r"):
            return before == b"\n\r" or (end == 1 and self._base == 0)
        return end == 0 and self._base == 0

    def _whole(self, at: int, ended: bool) -> tuple[int, int] | None:
        """Return the bounds of the line at `at` where it separates."""
        buffer = self._buffer
        end = buffer.find(b"\n", at, at + _LINE_BYTES + 1)
        if end < 0 and (not ended or len(buffer) - at > _LINE_BYTES):
            return None
        stop = len(buffer) if end < 0 else end + 1
        line = buffer[at : len(buffer) if end < 0 else end]
        if len(buffer) - stop < _LINE_BYTES and not ended:
            return None
        return (at, stop) if self._kind.accepts(line, buffer[stop : stop + 100]) else None

    def _out_of_reach(self, at: int, ended: bool) -> bool:
        """Return whether more bytes are needed to judge the line at `at`."""
        return not ended and len(self._buffer) - at < 2 * _LINE_BYTES + 2

    def _begin(self, at: int, behind: int) -> None:
        self._count(at)
        base = self._base
        self._open = Found(self._line, base + at, base + behind, 0, b"", 0)
        self._headed = False
        self._marked = True

    def _count(self, at: int) -> None:
        """Number the line that begins at `at`."""
        self._line += self._buffer.count(b"\n", self._counted, at)
        self._counted = at

    def _close(self, at: int, *, last: bool = False) -> Iterator[Found]:
        """Yield the message at hand, which ends at `at`."""
        found = self._open
        if found is None:
            return
        if not self._headed:
            self._take_head(found, at)
        found.end = self._base + at
        found.ended = not last or self._buffer.endswith(b"\n") or found.end == found.start
        is_start = not self._marked or self._kind is not MBOX
        if not (is_start and not found.head.strip() and found.end - found.start < HEAD_BYTES):
            yield found
        self._open = None

    def _take_head(self, found: Found, at: int) -> None:
        start = found.start - self._base
        stop = min(at, start + HEAD_BYTES)
        end, behind = _head_end(self._buffer, start, stop)
        found.head, found.body = self._buffer[start:end], self._base + behind
        self._headed = True

    def _forget(self, searched: int, ended: bool) -> int:
        """Drop the bytes that are not needed any more; return where the search goes on."""
        buffer = self._buffer
        if ended:
            return len(buffer)
        keep = max(len(buffer) - 2 * _LINE_BYTES - 4, searched)
        found = self._open
        if found is not None and not self._headed:
            start = found.start - self._base
            if len(buffer) - start > HEAD_BYTES + _LINE_BYTES:
                self._take_head(found, len(buffer))
            else:
                keep_from = min(start, keep)
                return self._drop(keep_from, keep)
        return self._drop(keep, keep)

    def _drop(self, n_bytes: int, searched: int) -> int:
        # Two bytes more tell whether the line before is blank.
        n_bytes = max(min(n_bytes, searched) - 3, 0)
        self._count(max(n_bytes, self._counted))
        self._counted -= n_bytes
        self._buffer = self._buffer[n_bytes:]
        self._base += n_bytes
        return searched - n_bytes


def _head_end(buffer: bytes, start: int, stop: int) -> tuple[int, int]:
    """Return where the headers at `start` end and where what is behind them begins."""
    if buffer.startswith(_BLANK, start, stop):
        return start, min(start + (2 if buffer.startswith(b"\r", start) else 1), stop)
    plain = buffer.find(b"\n\n", start, stop)
    windows = buffer.find(b"\n\r\n", start, plain if plain >= 0 else stop)
    if windows >= 0:
        return windows + 1, windows + 3
    return (plain + 1, plain + 2) if plain >= 0 else (stop, stop)


_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def unescaped(raw: bytes) -> bytes:
    """Return a message of an mbox without the `>` that was put before its `From ` lines.

    Exactly one is taken, as mboxrd writes them; what mboxo wrote is then right but for lines that
    were `>From ` before. Source: https://qmail.org/man/man5/mbox.html.
    """
    return _ESCAPED.sub(rb"\1", raw) if b">From " in raw else raw
