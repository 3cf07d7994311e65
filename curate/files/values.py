"""JSON files that are not lines: an array of records, or records one after another.

The file is cut at brackets by one pass of a regular expression over 1 MiB blocks; strings are
skipped whole, so text that holds brackets cannot mislead it. A record that does not close ends the
file or is longer than the limit: it is set aside, and reading goes on at the next line that begins
with an opening brace.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from curate.files.chunks import Chunk, Cut
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, RAW_KEPT_BYTES, Limits
from curate.finding import Hit

_BLOCK_BYTES = 1 << 20
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<closed>"?)|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL
)
_BLANK = re.compile(rb"[\s,]*+")
_BEGIN_BYTES = 1 << 10  # longer than a record's indent
_BAD_LUCK = 16
_STRAY_END = re.compile(rb"[\[{\]\n]")


def value_chunks(source: Source, stream: BinaryIO, limits: Limits) -> Iterator[Chunk]:
    """Split a JSON file into chunks of records, holding one chunk and one record in memory."""
    scanner = _Scanner(stream, limits)
    chunk, size = Chunk(source), 0
    for record, line, offset, fault, cut in scanner.records():
        if not record and fault is not None:
            chunk.notes.append((line, offset, fault))
            continue
        if cut is not None:
            chunk.cuts[len(chunk.records)] = cut
        chunk.add(record, line, offset, fault)
        size += len(record)
        if chunk.full or size > CHUNK_BYTES:
            yield chunk
            chunk, size = Chunk(source), 0
    if chunk.records or chunk.notes:
        yield chunk


_Found = tuple[bytes, int, int, Hit | None, Cut | None]


class _Scanner:
    """A window on the stream and a cursor in it.

    `data` begins at byte `offset` of the file; the cursor `at` stands on line `line`.
    """

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.stream, self.limits = stream, limits
        self.data, self.at, self.offset, self.line = b"", 0, 0, 1
        self.in_array = self.after_comma = False
        # What stood between the last two records, brackets included, and how often it was right.
        self.between, self.ended, self.luck = b"", -1, 0

    def fill(self) -> bool:
        """Forget what is behind the cursor and read one more block; False at the file's end."""
        block = self.stream.read(_BLOCK_BYTES)
        # Some blank or comma before the cursor is kept, so that indentation can be seen.
        behind = max(0, self.at - 256)
        self.data = self.data[behind:] + block
        self.offset += behind
        self.at -= behind
        return bool(block)

    def move(self, to: int) -> None:
        """Move the cursor on, counting lines."""
        self.line += self.data.count(b"\n", self.at, to)
        self.at = to

    def records(self) -> Iterator[_Found]:
        """Yield every record, and every piece of text that belongs to none."""
        while True:
            found = self._between()
            if found is not None:
                yield found
            elif self.at >= len(self.data):
                return
            elif self.data[self.at] == 0x5B and not self.in_array:
                self.in_array = True
                self.at += 1
            else:
                if self.ended >= max(0, self.offset):
                    last = self.ended - self.offset
                    self.between = self.data[last - 1 : self.at + 1]
                found = self._likely() or self._record()
                self.ended = self.offset + self.at if found[3] is None else -1
                yield found

    def _likely(self) -> _Found | None:
        """Take the record up to where records have ended so far, if that is a whole object.

        Parsing proves it: no beginning of an object is an object itself. None where it is not
        whole, where nothing is known yet, or where guessing has failed too often.
        """
        if not self.between or self.luck < -_BAD_LUCK:
            return None
        end = self.data.find(self.between, self.at)
        text = self.data[self.at : end + 1]
        try:
            if end < 0 or type(orjson.loads(text)) is not dict:
                raise ValueError
        except ValueError:
            self.luck -= 1
            return None
        self.luck = min(_BAD_LUCK, self.luck + 1)
        return self._take(end + 1, None)

    def _between(self) -> _Found | None:
        """Move to where the next record opens, or to the end; return a fault met on the way."""
        while True:
            blank = _BLANK.match(self.data, self.at)
            if blank is not None and blank.end() > self.at:
                self.after_comma = b"," in blank.group() or self.after_comma
                self.move(blank.end())
            if self.at >= len(self.data):
                if self.fill():
                    continue
                unclosed, self.in_array = self.in_array, False
                hit = Hit("SRC002", "", "the array is never closed")
                return self._at_cursor(b"", hit) if unclosed else None
            if self.data[self.at] == 0x5D and self.in_array:
                comma, self.in_array, self.after_comma = self.after_comma, False, False
                self.at += 1
                if comma:
                    return self._at_cursor(b"", Hit("SRC027", "", "a comma before `]`"))
                continue
            self.after_comma = False
            return None if self.data[self.at] in b"{[" else self._stray()

    def _stray(self) -> _Found:
        """Set aside text up to the next line, or the next sign that could open or end something."""
        looked_to = self.at + 1
        while (end := _STRAY_END.search(self.data, looked_to)) is None:
            passed = len(self.data) - self.at
            if passed > self.limits.record_bytes or not self.fill():
                break
            looked_to = self.at + passed
        to = end.start() if end else len(self.data)
        text = self.data[self.at : to].rstrip(b" \t\r\n,")
        shown = text[:80].decode(errors="replace")
        hit = Hit("SRC025", "", "this text belongs to no record", shown)
        found = self._at_cursor(text, hit)
        self.move(to)
        return found

    def _record(self) -> _Found:
        """Take the record that opens at the cursor.

        JSON has no line feed in a string: where one is, a quote is missing, and brackets behind it
        mean nothing. Then the record ends at the latest where the next one seems to begin.
        """
        depth, seen, broken, stop = 0, self.at, False, None
        while True:
            for match in _TOKEN.finditer(self.data, seen):
                kind, end = match.lastgroup, match.end()
                if kind == "open":
                    depth += 1
                elif kind == "close":
                    depth -= 1
                elif not broken and self.data.find(b"\n", match.start(), end) >= 0:
                    broken, stop = True, self._next_start(self.at + 1)
                if stop is not None and end > stop:
                    return self._take(stop, None)
                if depth == 0 and kind == "close":
                    return self._closed(end)
                if kind == "closed" and not match["closed"]:
                    seen = match.start()
                    break
                seen = end
            seen -= self.at
            passed = len(self.data) - self.at
            if passed > self.limits.record_bytes:
                return self._resume(Hit("SRC009", "", "the record does not end within the limit"))
            if not self.fill():
                self.in_array = False
                return self._resume(Hit("SRC002", "", "the record is never closed"))
            seen += self.at
            if broken:
                stop = self._next_start(max(self.at + 1, self.at + passed - _BEGIN_BYTES))

    def _closed(self, end: int) -> _Found:
        """Take the record whose brackets are even; a `]` does not close what `{` opened."""
        pair = self.data[self.at : self.at + 1] + self.data[end - 1 : end]
        if pair in (b"{}", b"[]"):
            return self._take(end, None)
        stop = self._next_start(self.at + 1)
        never = Hit("SRC002", "", "the record is never closed")
        return self._take(end - 1 if stop is None or stop > end else stop, never)

    def _next_start(self, start: int) -> int | None:
        """Return where, behind `start`, a line begins as the cursor's does: the next record."""
        line_start = self.data.rfind(b"\n", 0, self.at) + 1
        indent = self.data[line_start : self.at]
        begin = re.escape(indent) if indent.isspace() or not indent else rb"[ \t]*"
        found = re.compile(rb"\n(?=" + begin + rb"\{)").search(self.data, start)
        return found.start() if found else None

    def _resume(self, fault: Hit) -> _Found:
        """Set the record aside up to the next line that begins as it does."""
        looked_to = self.at + 1
        while (stop := self._next_start(looked_to)) is None:
            passed = len(self.data) - self.at
            if passed > 4 * self.limits.record_bytes or not self.fill():
                break
            looked_to = max(self.at + 1, self.at + passed - _BEGIN_BYTES)
        return self._take(len(self.data) if stop is None else stop, fault)

    def _take(self, to: int, fault: Hit | None) -> _Found:
        """Take what lies before `to` as one record; with a fault it shows how the record begins."""
        text = self.data[self.at : to]
        if fault is not None:
            fault = fault._replace(value=text[:80].decode(errors="replace"))
        found = self._at_cursor(text, fault)
        self.move(to)
        return found

    def _at_cursor(self, record: bytes, fault: Hit | None) -> _Found:
        cut = None
        if fault is None and len(record) > self.limits.record_bytes:
            what = f"one record of {len(record):,} bytes, longer than the limit"
            fault = Hit("SRC009", "", what, record[:80].decode(errors="replace"))
        if fault is not None and len(record) > RAW_KEPT_BYTES:
            cut = Cut(len(record), hashlib.sha256(record).hexdigest())
            record = record[:RAW_KEPT_BYTES]
        return record, self.line, self.offset + self.at, fault, cut
