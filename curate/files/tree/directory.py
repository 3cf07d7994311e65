"""The list of members at the end of a zip archive, read within bounds.

`zipfile` takes the whole list into memory and makes an object of each entry, whatever its end says;
here the end record is weighed first and entries are counted while they are read.

Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5; Info-ZIP's `proginfo/extrafld.txt` (0x7075).
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from curate.errors import InputError
from curate.files.limits import Limits

# What an entry may take on average: 46 bytes, a name of usual length, time stamps.
_ENTRY_BYTES = 512
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_MOST_COMMENT = 0xFFFF
_IS_UTF8 = 1 << 11
_UNIX = (3, 19)
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_HINT = "download or export it again"


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the list of an archive names it.

    Attributes:
        name: Its path, as it is written there.
        raw_name: The bytes of it.
        flags: Bit 0 is encryption, bit 11 a name in UTF-8.
        method: 0 stored, 8 deflated.
        crc: CRC-32 of the unpacked bytes.
        packed: Bytes in the archive.
        unpacked: Bytes when unpacked, as the archive says.
        offset: Where its header is in the file.
        mode: Unix type and permissions, 0 where the archive was made elsewhere.
    """

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    unpacked: int
    offset: int
    mode: int


@dataclass(frozen=True, slots=True)
class _End:
    """Where the list is: count, length in bytes, offset as written, and where it ends."""

    count: int
    length: int
    offset: int
    place: int


def entries_of(file: BinaryIO, shown: str, limits: Limits) -> tuple[list[Entry], int]:
    """Return the members of an archive, in the order of its list, and where that list begins.

    Args:
        file: The archive.
        shown: What messages call it.
        limits: `archive_entries` bounds the list.

    Raises:
        InputError: If the list is missing, damaged, longer than the limit, or contradicts its end.
    """
    end = _find_end(file, shown)
    if end.count > limits.archive_entries:
        raise _too_many(shown, f"{end.count:,}", limits)
    if end.length > limits.archive_entries * _ENTRY_BYTES:
        raise _too_many(shown, f"a list of {end.length:,} bytes", limits)
    # Bytes before the archive (a program that unpacks it) move every offset.
    start = end.place - end.length
    before = start - end.offset
    if before < 0:
        raise _damaged(shown, "its list of members is not where its end says")
    file.seek(start)
    found: list[Entry] = []
    for entry in _listed(file, end.length, before, shown):
        found.append(entry)
        if len(found) > limits.archive_entries:
            raise _too_many(shown, f"more than {limits.archive_entries:,}", limits)
    if len(found) != end.count and len(found) & _FULL16 != end.count:
        raise _damaged(shown, f"its end says {end.count:,} members, its list has {len(found):,}")
    return found, start


def _find_end(file: BinaryIO, shown: str) -> _End:
    size = file.seek(0, 2)
    tail_at = max(0, size - _END.size - _MOST_COMMENT)
    file.seek(tail_at)
    tail = file.read(_END.size + _MOST_COMMENT)
    at = _last_end(tail)
    if at is None:
        raise _damaged(shown, "the end of the archive is missing, so it was cut off")
    _, disk, first_disk, here, count, length, offset, _ = _END.unpack_from(tail, at)
    place = tail_at + at
    if _FULL32 in (length, offset) or _FULL16 in (count, here):
        large = _find_end64(file, place, shown)
        if large is not None:
            return large
    if disk or first_disk or here != count:
        raise InputError(
            f"{shown}: one part of an archive that was split over several files",
            code="SRC098",
            hint="join the parts, or unpack them and name the folder",
        )
    return _End(count, length, offset, place)


def _last_end(tail: bytes) -> int | None:
    """Return where the end record begins: the last one whose comment ends with the file."""
    fallback = None
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + _END.size <= len(tail):
            ends = at + _END.size + int(_END.unpack_from(tail, at)[7])
            if ends == len(tail):
                return at
            if ends < len(tail) and fallback is None:
                fallback = at
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return fallback


def _find_end64(file: BinaryIO, place: int, shown: str) -> _End | None:
    if place < _LOCATOR.size:
        return None
    file.seek(place - _LOCATOR.size)
    signature, _, at, disks = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if signature != b"PK\x06\x07":
        return None
    if disks > 1:
        raise _damaged(shown, "it is one part of several")
    # With bytes before the archive the record stands directly before its locator.
    for where in (at, place - _LOCATOR.size - _END64.size):
        if not 0 <= where <= place - _LOCATOR.size - _END64.size:
            continue
        file.seek(where)
        fields = _END64.unpack(file.read(_END64.size))
        if fields[0] == b"PK\x06\x06":
            return _End(fields[7], fields[8], fields[9], where)
    raise _damaged(shown, "its end record for large archives is missing")


def _listed(file: BinaryIO, length: int, before: int, shown: str) -> Iterator[Entry]:
    """Yield the entries of a list of so many bytes, from where the file stands."""
    left = length
    while left >= _CENTRAL.size:
        head = file.read(_CENTRAL.size)
        if len(head) < _CENTRAL.size or head[:4] != b"PK\x01\x02":
            raise _damaged(shown, "its list of members is damaged")
        fields = _CENTRAL.unpack(head)
        name_length, extra_length, comment_length = fields[12:15]
        taken = _CENTRAL.size + name_length + extra_length + comment_length
        if taken > left:
            raise _damaged(shown, "its list of members ends inside an entry")
        name, extra = file.read(name_length), file.read(extra_length)
        file.seek(comment_length, 1)
        left -= taken
        yield _entry(fields, name, extra, before, shown)
    if left:
        raise _damaged(shown, "its list of members is damaged")


def _entry(fields: tuple[int, ...], name: bytes, extra: bytes, before: int, shown: str) -> Entry:
    (_, _, system, _, _, flags, method, _, _, crc, packed, unpacked) = fields[:12]
    attributes, offset = fields[17], fields[18]
    extras = dict(_extras(extra))
    wide = extras.get(0x0001, b"")
    numbers = [unpacked, packed, offset]
    for at, value in enumerate(numbers):
        if value == _FULL32 and 0x0001 in extras:
            if len(wide) < 8:
                raise _damaged(shown, "a member's length is missing")
            numbers[at], wide = int.from_bytes(wide[:8], "little"), wide[8:]
    unpacked, packed, offset = numbers
    mode = attributes >> 16
    if system not in _UNIX and not stat.S_ISLNK(mode):
        mode = 0
    text = _name(name, flags, extras)
    return Entry(text, name, flags, method, crc, packed, unpacked, offset + before, mode)


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _name(raw: bytes, flags: int, extras: dict[int, bytes]) -> str:
    """Return a member's path as text.

    UTF-8 where the archive says so, or where the bytes are UTF-8 (macOS does not say so), else code
    page 437, as the format has it.
    """
    unicode = extras.get(0x7075, b"")
    if len(unicode) > 5 and int.from_bytes(unicode[1:5], "little") == zlib.crc32(raw):
        raw, flags = unicode[5:], flags | _IS_UTF8
    raw = raw.replace(b"\\", b"/")  # archives made on Windows by old tools
    try:
        return raw.decode()
    except UnicodeDecodeError:
        if flags & _IS_UTF8:
            return raw.decode(errors="backslashreplace")
        return raw.decode("cp437")


def _too_many(shown: str, found: str, limits: Limits) -> InputError:
    return InputError(
        f"{shown}: the archive lists {found} members, the limit is {limits.archive_entries:,}",
        code="SRC096",
        hint="unpack it and name the folder, or raise --limit archive_entries=N",
    )


def _damaged(shown: str, what: str) -> InputError:
    return InputError(f"{shown}: not a whole zip archive: {what}", code="SRC019", hint=_HINT)
