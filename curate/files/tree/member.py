"""One member of a zip archive as a stream whose growth is bounded."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from curate.errors import InputError
from curate.files.tree.directory import Entry

FREE_BYTES = 16 << 20
_LOCAL = struct.Struct("<4s5H3L2H")
_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A member that is read.

    Attributes:
        entry: What the archive's list says of it.
        end: Where the next member begins, or the list; none of its bytes lies behind it.
    """

    entry: Entry
    end: int


class MemberStream(io.RawIOBase):
    """The unpacked bytes of a member, at most as many as the archive's list says.

    Args:
        archive: The archive.
        member: The member.
        ratio: Most bytes out per byte in, past the first 16 MiB.

    Raises:
        InputError: If the member's own header is missing or names another member. Reading raises it
            where the data is damaged, grows beyond the ratio, or is not as long as the list says.
    """

    def __init__(self, archive: Path, member: Member, ratio: int) -> None:
        self._entry = member.entry
        self._most = FREE_BYTES + ratio * member.entry.packed
        self._file: BinaryIO = archive.open("rb")
        self._ended = False
        try:
            self._find_data(member)
        except InputError:
            self._file.close()
            raise
        self._left = member.entry.packed
        self._given, self._crc = 0, 0
        self._unpack = zlib.decompressobj(-15) if member.entry.method == 8 else None

    def _find_data(self, member: Member) -> None:
        entry = member.entry
        self._file.seek(entry.offset)
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
            raise _damage("its own header is missing")
        fields = _LOCAL.unpack(head)
        name_length, extra_length = fields[9], fields[10]
        if self._file.read(name_length) != entry.raw_name:
            raise _damage("its own header has another name than the archive's list")
        self._file.seek(extra_length, 1)
        if self._file.tell() + entry.packed > member.end:
            raise _damage("it reaches into the next member")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; return how many bytes were put there, 0 at the end."""
        if self._ended or not len(buffer):
            return 0
        data = self._next(len(buffer))
        if not data:
            self._ended = True
            self._check_end()
            return 0
        self._given += len(data)
        if self._given > self._entry.unpacked:
            raise _damage("it is longer than the archive's list says")
        if self._given > self._most:
            raise InputError(
                f"a member of the archive unpacks to over {self._most:,} bytes",
                code="SRC026",
                hint="raise --limit unpacked_ratio=N if you trust it",
            )
        self._crc = zlib.crc32(data, self._crc)
        buffer[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        """Return at most so many unpacked bytes, b"" at the end."""
        if self._unpack is None:
            return self._take(size)
        while not self._unpack.eof:
            block = self._unpack.unconsumed_tail or self._take(_BLOCK_BYTES)
            try:
                data = self._unpack.decompress(block, size)
            except zlib.error as error:
                raise _damage(str(error)) from None
            if data:
                return data
            if not block:
                raise _damage("its data ends early")
        return b""

    def _take(self, size: int) -> bytes:
        block = self._file.read(min(size, self._left))
        self._left -= len(block)
        return block

    def _check_end(self) -> None:
        if self._given != self._entry.unpacked:
            raise _damage("it is shorter than the archive's list says")
        if self._crc != self._entry.crc:
            raise _damage("its check sum is wrong")

    def close(self) -> None:
        """Close the archive."""
        self._file.close()
        super().close()


def _damage(what: str) -> InputError:
    # Messages become findings, so they name no member: its path may say who writes to whom.
    return InputError(
        f"a damaged member of the archive: {what}",
        code="SRC095",
        hint="download or export the archive again",
    )
