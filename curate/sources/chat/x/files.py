"""The files of an X (Twitter) archive: JSON behind the beginning of a script, which is not run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple, Protocol

from curate.errors import InputError
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import open_bytes
from curate.files.tree import Tree, open_tree
from curate.finding import Hit
from curate.sources.chat.objects import Item, objects, text_in

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*window\.YTD\.(\w{1,60})\.part\d+\s*=\s*(?=\[)")
_BEGINNING_BYTES = 1 << 12
POSTS = ("tweets", "tweet")
LONG_POSTS = ("note_tweet",)
NOT_OWN = {"like": "likes", "deleted_tweets": "deleted posts", "deleted_tweet": "deleted posts"}
MESSAGES = ("direct_messages", "direct_messages_group")
_READ = frozenset((*POSTS, *LONG_POSTS, *NOT_OWN, *MESSAGES, "account"))
_NUMBERED = re.compile(r"[a-z-]+?(?:-part(?P<number>\d{1,9}))?\.js")


def kind_of(head: bytes) -> str:
    """Return what a file of an archive holds, as its first bytes name it; "" for another file."""
    found = _BEGINNING.match(head[:_BEGINNING_BYTES])
    return found[1].decode().lower() if found is not None else ""


class _Rest:
    """A stream of which the first bytes were read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = -1) -> bytes:
        """Return the bytes at hand, or the next ones."""
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._stream.read(size)


def items(source: Source, stream: BinaryIO, limits: Limits) -> Iterator[Item]:
    """Yield the objects of a file, with the places that they have in it."""
    head = stream.read(_BEGINNING_BYTES)
    found = _BEGINNING.match(head)
    if found is None:
        yield Item({}, 1, 0, Hit("SRC077", "", "the file does not begin as an archive's files do"))
        return
    lines, start = head.count(b"\n", 0, found.end()), found.end()
    rest: object = _Rest(head[start:], stream)
    for item in objects(source, rest, limits):  # type: ignore[arg-type]
        yield item._replace(line=item.line + lines, offset=item.offset + start)


class Part(NamedTuple):
    """One file of an archive.

    Attributes:
        kind: What it holds: `tweets`, `like`.
        path: Where it is, as `Source.path` is written.
        name: Its name in the archive; "" for a file that stands for itself.
    """

    kind: str
    path: str
    name: str


class Archive(Protocol):
    """The files of an archive that hold posts or messages.

    Attributes:
        parts: The files, parts of one list in the order of their numbers.
        unread: How many other lists the archive has.
    """

    parts: list[Part]
    unread: int

    def items(self, part: Part) -> Iterator[Item]:
        """Yield the objects of a file; what is damaged is an item with a fault."""


class OneFile:
    """A file of an archive that stands for itself."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source, self._limits = source, limits
        with open_bytes(source, limits) as opened:
            kind = kind_of(opened.stream.read(_BEGINNING_BYTES))
        self.parts, self.unread = [Part(kind, source.path, "")], 0

    def items(self, part: Part) -> Iterator[Item]:
        """Yield the objects of the file."""
        with open_bytes(self._source, self._limits) as opened:
            yield from items(self._source, opened.stream, self._limits)
            if opened.damage is not None:
                yield Item({}, 1, 0, opened.damage)


class InTree:
    """The files of an archive in a folder or a zip."""

    def __init__(self, source: Source, limits: Limits, within: str) -> None:
        self._source, self._limits = source, limits
        self._tree: Tree = open_tree(source.file, limits)
        self.parts: list[Part] = []
        self.unread = 0
        member = (source.member or "").rstrip("/")
        base = source.path.rstrip("/").removesuffix(f"/{member}" if member else "")
        for name in self._tree.names:
            if not (name.startswith(within) and name.endswith(".js")):
                continue
            kind = _kind_in(self._tree, name)
            if kind in _READ:
                self.parts.append(Part(kind, f"{base}/{name}", name))
            elif kind:
                self.unread += 1
        self.parts.sort(key=_number)

    def items(self, part: Part) -> Iterator[Item]:
        """Yield the objects of a file."""
        try:
            with self._tree.open(part.name) as stream:
                yield from items(replace(self._source, path=part.path), stream, self._limits)
        except InputError:
            yield Item({}, 1, 0, Hit("SRC077", "", "the file is damaged and cannot be read"))


def _number(part: Part) -> int:
    found = _NUMBERED.fullmatch(part.name.rpartition("/")[2])
    return int(found["number"] or 0) if found is not None else 0


def _kind_in(tree: Tree, name: str) -> str:
    try:
        return kind_of(tree.head(name, _BEGINNING_BYTES))
    except InputError:
        return ""


def archive_of(source: Source, limits: Limits) -> Archive:
    """Return the files that a source stands for: those of a folder or of a part of a zip, or one.

    Raises:
        InputError: If it cannot be opened.
    """
    member = source.member
    if source.file.is_dir() or (member is not None and (not member or member.endswith("/"))):
        return InTree(source, limits, member or "")
    return OneFile(source, limits)


def account_of(source: Source, limits: Limits) -> str:
    """Return the account's id, from the `account.js` beside a file; "" where there is none."""
    if source.member is None:
        beside = replace(source, file=source.file.with_name("account.js"))
        if not beside.file.is_file():
            return ""
    else:
        folder, slash, _ = source.member.rpartition("/")
        beside = replace(source, member=f"{folder}{slash}account.js")
        if beside.member not in open_tree(source.file, limits).names:
            return ""
    archive = OneFile(beside, limits)
    for item in archive.items(archive.parts[0]):
        return text_in(item.value, "account", "accountId")
    return ""


def roots(tree: Tree, kinds: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the folders that hold files of some kinds, each with those files."""
    found: dict[str, list[str]] = {}
    for name in tree.names:
        folder, slash, last = name.rpartition("/")
        if _NUMBERED.fullmatch(last) and _kind_in(tree, name) in kinds:
            found.setdefault(folder + slash, []).append(name)
    return found
