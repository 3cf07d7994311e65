"""A zip archive as a tree: which of its members are read, and why the others are not."""

from __future__ import annotations

import io
import stat
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

from curate.errors import InputError
from curate.files.limits import Limits
from curate.files.tree import names as naming
from curate.files.tree.directory import Entry, entries_of
from curate.files.tree.member import Member, MemberStream
from curate.finding import Hit

_LOCAL_BYTES = 30
_METHODS = (0, 8)
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_READ_TYPES = (0, stat.S_IFREG)
_HINTS = {
    "tar": "unpack it and name the folder, or order the export as a zip",
    "7z": "unpack it and name the folder",
    "rar": "unpack it and name the folder",
}


@dataclass(frozen=True, slots=True)
class _Listed:
    """What an archive holds: the members that are read by path, and the others."""

    members: dict[str, Member] = field(default_factory=dict)
    skipped: list[tuple[str, Hit]] = field(default_factory=list)


class ZipTree:
    """A zip archive, or the part of it below a prefix; see `Tree`."""

    def __init__(self, path: Path, limits: Limits, listed: _Listed, prefix: str = "") -> None:
        self._path, self._limits, self._listed, self._prefix = path, limits, listed, prefix
        found = naming.below(list(listed.members), listed.skipped, prefix)
        self.names, self.skipped = found

    def size(self, name: str) -> int:
        """Return a file's length in bytes, as the archive says it."""
        return self._member(name).entry.unpacked

    def open(self, name: str) -> BinaryIO:
        """Open a member; reading it is bounded by what the archive says and by the limits.

        Raises:
            InputError: If there is no such member, or it is damaged.
        """
        return cast("BinaryIO", io.BufferedReader(self.stream(name), 1 << 16))

    def stream(self, name: str) -> MemberStream:
        """Open a member as `open` does, unbuffered.

        Raises:
            InputError: As `open`.
        """
        return MemberStream(self._path, self._member(name), self._limits.unpacked_ratio)

    def head(self, name: str, n_bytes: int = 1 << 16) -> bytes:
        """Return a member's first bytes, those before the damage where it is damaged."""
        return naming.first_bytes(lambda: self.stream(name), n_bytes)

    def below(self, prefix: str) -> ZipTree:
        """Return the tree of the members whose names begin with a prefix."""
        return ZipTree(self._path, self._limits, self._listed, self._prefix + prefix)

    def _member(self, name: str) -> Member:
        try:
            return self._listed.members[self._prefix + name]
        except KeyError:
            raise InputError("the archive has no such member that is read", code="SRC021") from None


def zip_tree(path: Path, limits: Limits) -> ZipTree:
    """Return the tree of a zip archive.

    Raises:
        InputError: If it is no zip archive, is damaged, or goes beyond the limits.
    """
    try:
        state = path.stat()
        listed = _read(path, state.st_size, state.st_mtime_ns, limits)
    except OSError as error:
        raise InputError(
            f"{naming.shown(path.name)}: {error.strerror or error}", code="SRC021"
        ) from None
    return ZipTree(path, limits, listed)


# One archive is opened once for each of its members.
@lru_cache(maxsize=4)
def _read(path: Path, _size: int, _changed: int, limits: Limits) -> _Listed:
    shown = naming.shown(path.name)
    with path.open("rb") as file:
        kind = naming.archive_kind(file.read(262))
        if kind in _HINTS:
            raise InputError(
                f"{shown}: a {kind} archive cannot be read in place",
                code="SRC098",
                hint=_HINTS[kind],
            )
        entries, start = entries_of(file, shown, limits)
    listed = _judged(entries, start)
    total = sum(member.entry.unpacked for member in listed.members.values())
    if total > limits.archive_bytes:
        raise InputError(
            f"{shown}: its members unpack to {total:,} bytes, the limit is "
            f"{limits.archive_bytes:,}",
            code="SRC096",
            hint="raise --limit archive_bytes=N if you trust it",
        )
    return listed


def _judged(entries: list[Entry], end: int) -> _Listed:
    """Return which members are read; all of them lie before `end`."""
    ends = _ends(entries, end)
    seen: set[int] = set()
    found: dict[str, Member] = {}
    skipped: list[tuple[str, Hit]] = []
    hidden = 0
    for entry in entries:
        name = naming.tidy(entry.name)
        hit = _why_not(entry, name, ends[entry.offset])
        if hit is None and (name.endswith("/") or not name):
            continue
        if hit is None and entry.offset in seen:
            hit = Hit("SRC095", "", "not read: it lies where another member does")
        seen.add(entry.offset)
        if hit is None and naming.is_hidden(name):
            hidden += 1
            continue
        if hit is None and name in found:
            hit = Hit("SRC095", "", "a second member of the same name is not read")
        if hit is not None:
            skipped.append((naming.shown(name), hit))
            continue
        found[naming.shown(name)] = Member(entry, ends[entry.offset])
    if hidden:
        skipped.append(("", naming.hidden_hit(hidden)))
    members = {name: found[name] for name in sorted(found, key=naming.natural)}
    return _Listed(members, skipped)


def _ends(entries: list[Entry], end: int) -> dict[int, int]:
    """Return for each offset of a member where the next one begins."""
    places = sorted({entry.offset for entry in entries})
    return {at: min(after, end) for at, after in pairwise([*places, end])}


def _why_not(entry: Entry, name: str, end: int) -> Hit | None:
    fault = naming.fault_of(entry.name)
    if fault is not None:
        return Hit("SRC092", "", f"not read: {fault}")
    if stat.S_IFMT(entry.mode) not in (*_READ_TYPES, stat.S_IFDIR):
        what = "a link" if stat.S_ISLNK(entry.mode) else "a special file"
        return Hit("SRC093", "", f"not read: {what}")
    if entry.flags & _ENCRYPTED:
        return Hit("SRC094", "", "not read: it is encrypted")
    if entry.method not in _METHODS:
        return Hit("SRC094", "", f"not read: it is packed by method {entry.method}")
    if entry.offset + _LOCAL_BYTES + len(entry.raw_name) + entry.packed > end:
        return Hit("SRC095", "", "not read: it overlaps the next member")
    if naming.is_nested(name):
        return Hit("SRC097", "", "an archive inside the archive is not read")
    return None
