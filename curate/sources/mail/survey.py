"""The pass over all mails of a run that parses none: what is where, whose, and what it answers."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from curate.errors import InputError
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import open_bytes
from curate.files.tree import Tree, open_member, open_tree
from curate.finding import Hit
from curate.sources.mail import index as bits
from curate.sources.mail.fields import Head
from curate.sources.mail.folders import (
    emlx_bounds,
    folder_label,
    in_order,
    state_of,
)
from curate.sources.mail.index import Index
from curate.sources.mail.me import Senders
from curate.sources.mail.outlook import MSG_MAGIC, as_mail, refuse_store
from curate.sources.mail.place import Holder
from curate.sources.mail.relations import (
    ROLE_FLAG,
    flags_of,
    gmail_labels,
    headers_in,
    identity,
    relations,
    state_in,
)
from curate.sources.mail.roles import role_of
from curate.sources.mail.separators import (
    HEAD_BYTES,
    MBOX,
    Found,
    Kind,
    is_from_line,
    kind_of,
    messages,
)
from curate.sources.mail.spools import Spools

_MARKS = {
    "utf-8": ("SRC014", "the byte order mark was skipped"),
    "utf-16": ("SRC015", "the file is UTF-16 and was decoded"),
    "utf-32": ("SRC015", "the file is UTF-32 and was decoded"),
}
_MARK_BYTES = 3
_UNREAD = "cannot be read"
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_PEOPLE_BYTES, _LABEL_BYTES = 64 << 20, 32 << 20


@dataclass(slots=True)
class Box:
    """Mails that lie at one place: a mailbox file, or files of one mail each.

    Attributes:
        source: The source that its records are of.
        root: The file that holds them, or the folder that holds their files.
        first: Position of its first mail in the index.
        last: Position behind its last.
        names: Names of the files of its mails, below the source; None for a mailbox.
        is_folder: Whether `names` are to be opened below `root`.
        escapes: Whether `>From ` stands for `From ` in it.
        skip: Bytes of `root` before offset 0 of a mailbox.
        notes: What was found beside its mails, as (line, byte offset, hit).
        senders: `From` fields that were met in it first.
    """

    source: Source
    root: Path
    first: int = 0
    last: int = 0
    names: list[str] | None = None
    is_folder: bool = False
    escapes: bool = False
    skip: int = 0
    notes: list[tuple[int, int, Hit]] = field(default_factory=list)
    senders: list[bytes] = field(default_factory=list)

    @property
    def place(self) -> Holder:
        """What its mails are read from."""
        return Holder(str(self.root), self.is_folder, self.escapes)


class _About(NamedTuple):
    """What the place of a mail says about it."""

    flags: int
    labels: tuple[str, ...]


class Survey:
    """Adds the mails of sources to an index.

    Args:
        index: Takes the mails.
        senders: Tells whose they are.
        spools: Takes copies of what cannot be read in place.
        limits: The longest mail that is parsed, and bounds on unpacking.
    """

    def __init__(self, index: Index, senders: Senders, spools: Spools, limits: Limits) -> None:
        self._index, self._senders = index, senders
        self._spools, self._limits = spools, limits
        self._met: set[bytes] = {b""}
        self._met_bytes = 0
        self._labels: dict[bytes, tuple[int, int]] = {}
        self._label_bytes = 0

    def boxes(self, source: Source) -> list[Box]:
        """Read a source once; return what it consists of, in order.

        Raises:
            InputError: If it is an Outlook store, or cannot be opened.
        """
        inside = source.member is not None and (not source.member or source.member[-1] == "/")
        if source.file.is_dir() or inside:
            tree = open_tree(source.file, self._limits)
            return self._tree(source, tree.below(source.member) if source.member else tree)
        with closing(_bytes_of(source, self._limits)) as raw:
            magic = raw.read(8)
        refuse_store(source.path, magic)
        if source.member is None and source.compression is None:
            found = next((name for start, name in _MAGIC.items() if magic.startswith(start)), None)
            source = replace(source, compression=found)  # type: ignore[arg-type]
        return [self._file(source, magic)]

    def _file(self, source: Source, magic: bytes) -> Box:
        """Read one file: a mailbox, or one mail."""
        name = _below_argument(source)
        if magic.startswith(MSG_MAGIC) or source.path.lower().endswith((".emlx", ".msg")):
            return self._single(source, name)
        with open_bytes(source, self._limits) as opened:
            plain = not source.compression and source.member is None
            plain = plain and opened.mark in (None, "utf-8")
            path = source.file if plain else self._spools.copy(opened.stream)
            box = Box(source, path, len(self._index))
            if opened.mark is not None:
                code, said = _MARKS[opened.mark]
                box.notes.append((1, 0, Hit(code, "", said)))
            if plain and opened.mark == "utf-8":
                box.skip = _MARK_BYTES
            if opened.damage is not None:
                box.notes.append((1, 0, opened.damage))
        about = _About(ROLE_FLAG[role_of(name)], ())
        if _ends_in_cr(path):
            with path.open("rb") as file:
                path = box.root = self._spools.copy(cast("BinaryIO", _WithLineFeeds(file)))
        with path.open("rb") as file:
            file.seek(box.skip)
            head = file.read(HEAD_BYTES)
            file.seek(box.skip)
            kind = kind_of(head)
            if kind is None and (source.container == "mbox" or name.endswith((".mbox", ".mbx"))):
                kind = MBOX  # its beginning is lost, and what is behind may be whole
            if kind is not None and head.strip():
                self._mailbox(box, about, file, kind)
            elif head.strip():
                self._one_mail(box, about, head, path.stat().st_size - box.skip)
            box.last = len(self._index)
        return box

    def _single(self, source: Source, name: str) -> Box:
        with closing(_bytes_of(source, self._limits)) as raw:
            path = source.file if source.member is None else self._spools.copy(cast(BinaryIO, raw))
        box = Box(source, path, len(self._index), names=[""])
        with path.open("rb") as file:
            self._mail_file(box, name, cast(BinaryIO, file), path.stat().st_size, 0)
        box.last = len(self._index)
        return box

    def _one_mail(self, box: Box, about: _About, head: bytes, size: int) -> None:
        """Add a file that is one mail and no mailbox."""
        found = Found(1, 0, 0, size, headers_in(head), 0)
        self._add(box, found, about._replace(flags=about.flags | bits.RAW))

    def _mailbox(self, box: Box, about: _About, file: BinaryIO, kind: Kind) -> None:
        """Add the mails of a mailbox."""
        box.escapes = kind is MBOX
        raw = 0 if box.escapes else bits.RAW
        about = about._replace(flags=about.flags | raw)
        found = None
        for found in messages(file, kind):
            self._add(box, found, about)
        if found is not None and not found.ended:
            said = "the mailbox ends in the middle of a line: its last mail may not be whole"
            box.notes.append((found.line, found.offset, Hit("SRC063", "", said)))

    def _tree(self, source: Source, tree: Tree) -> list[Box]:
        """Read a folder: its single mails are one box, each mailbox in it is another."""
        names: list[str] = []
        boxes: list[Box] = []
        strange = unread = 0
        for kind, name in in_order(tree):
            if kind == "mail":
                names.append(name)
            elif kind == "other":
                strange += 1
            else:
                try:
                    boxes.append(self._inner(source, name))
                except InputError:
                    unread += 1
        if names:
            boxes.append(self._mails(source, tree, names))
        told = {"SRC062": (strange, "are no mail and were not read"), "SRC064": (unread, _UNREAD)}
        notes = [
            (1, 0, Hit(code, "", f"{count:,} files of the folder {said}"))
            for code, (count, said) in told.items()
            if count
        ]
        if notes:
            end = len(self._index)
            boxes.append(Box(source, source.file, end, end, notes=notes))
        return boxes

    def _inner(self, source: Source, name: str) -> Box:
        path = f"{source.path}/{name}"
        if source.member is None:
            part = replace(source, path=path, file=source.file / name)
        else:
            part = replace(source, path=path, member=source.member + name)
        return self.boxes(part)[0]

    def _mails(self, source: Source, tree: Tree, names: list[str]) -> Box:
        """Add files of one mail each; those of an archive are copied into one file."""
        is_folder = source.file.is_dir()
        root = source.file if is_folder else self._spools.new()
        box = Box(source, root, len(self._index), names=[], is_folder=is_folder)
        unread = 0
        for name in names:
            try:
                self._named(box, tree, name)
            except (InputError, OSError):
                unread += 1
        if unread:
            said = f"{unread:,} files of the folder {_UNREAD}"
            box.notes.append((1, 0, Hit("SRC064", "", said)))
        box.last = len(self._index)
        return box

    def _named(self, box: Box, tree: Tree, name: str) -> None:
        """Add one file of a folder, or of an archive, from which it is copied."""
        assert box.names is not None
        with tree.open(name) as file:
            if box.is_folder:
                self._mail_file(box, name, file, tree.size(name), 0)
            else:
                start, size = self._spools.append(box.root, file)
                with box.root.open("rb") as spool:
                    spool.seek(start)
                    self._mail_file(box, name, spool, size, start)
        box.names.append(name)

    def _mail_file(self, box: Box, name: str, file: BinaryIO, size: int, base: int) -> None:
        """Add one file that is one mail, whose bytes begin at `base` of what holds it."""
        head = file.read(min(HEAD_BYTES, size))
        start, length, flags = 0, size, bits.RAW
        if name.lower().endswith(".emlx"):
            start, length = emlx_bounds(head, size)
        elif head.startswith(MSG_MAGIC):
            head, flags = self._outlook(head, file, size)
        elif head.startswith(b"From "):
            line, _, rest = head.partition(b"\n")
            if is_from_line(line, rest):
                start = len(line) + 1
                length -= start
        head = head[start:] if not name.lower().endswith(".msg") else head
        above = _below_argument(box.source)
        path = f"{above}/{name}" if box.names is not None and name != above else name
        label = folder_label(name)
        if not label and box.source.argument.rstrip("/") not in ("", box.source.path):
            label = folder_label(path)
        about = _About(ROLE_FLAG[state_of(path)[0]] | flags, (label,) if label else ())
        found = Found(1, base + start, base + start, base + start + length, headers_in(head), 0)
        self._add(box, found, about)

    def _outlook(self, head: bytes, file: BinaryIO, size: int) -> tuple[bytes, int]:
        """Return the headers of an Outlook message and what is known of it.

        One that is damaged is anybody's: it is read as one of mine is, so that this is told.
        """
        if size > self._limits.mail_bytes:
            return b"", bits.RAW
        mail = as_mail(head + file.read(size - len(head)))
        return (
            (b"", bits.RAW | bits.MINE) if isinstance(mail, Hit) else (mail[:HEAD_BYTES], bits.RAW)
        )

    def _add(self, box: Box, found: Found, about: _About) -> None:
        """Add one mail."""
        index, head = self._index, Head(found.head)
        sender = head.value(b"\nfrom:")
        flags = about.flags
        length = found.end - found.start
        if length > self._limits.mail_bytes:
            flags |= bits.OVER
        if self._senders.wrote(sender):
            flags |= bits.MINE
        if sender not in self._met:
            self._meet(box, sender)
        said, labels = self._labels_of(head, about)
        flags |= said
        self._evidence(head, sender, flags)
        key, same, flags = identity(head, sender, flags)
        parent, thread, flags = relations(head, flags)
        lead = min(found.start - found.offset, 0xFFFF)
        line = min(found.line, 0xFFFFFFFF)
        index.add(line, lead, found.start, length, key, parent, thread, same, flags, labels)

    def _meet(self, box: Box, sender: bytes) -> None:
        sender = sender[:1_000]
        if sender not in self._met and self._met_bytes < _PEOPLE_BYTES:
            self._met.add(sender)
            self._met_bytes += len(sender) + 100
            box.senders.append(sender)

    def _labels_of(self, head: Head, about: _About) -> tuple[int, int]:
        """Return what the labels say and the number of their set."""
        raw = head.value(b"\nx-gmail-labels:")
        if not raw:
            return state_in(head), self._index.number_of(about.labels)
        known = self._labels.get(raw)
        if known is None:
            names = gmail_labels(raw)
            # Crafted sets that nobody has are not kept beyond what memory allows.
            self._label_bytes += len(raw)
            kept = names if self._label_bytes < _LABEL_BYTES else ()
            known = (flags_of(names), self._index.number_of(kept))
            if kept:
                self._labels[raw] = known
        return known

    def _evidence(self, head: Head, sender: bytes, flags: int) -> None:
        if flags & bits.SENT:
            self._senders.was_sent(sender)
        else:
            to = head.value(b"\ndelivered-to:") or head.value(b"\nx-original-to:")
            if to:
                self._senders.was_reached(to)


def _bytes_of(source: Source, limits: Limits) -> io.RawIOBase:
    """Open a source's file as it lies."""
    try:
        if source.member is not None:
            return open_member(source.file, source.member, limits)
        return cast("io.RawIOBase", source.file.open("rb", buffering=0))
    except OSError as error:
        raise InputError(f"{source.path}: {error.strerror or error}", code="SRC021") from None


def _ends_in_cr(path: Path) -> bool:
    """Return whether lines end in CR alone, as programs of the old Mac wrote them."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return b"\n" not in head and b"\r" in head and b"\0" not in head


class _WithLineFeeds(NamedTuple):
    """A file whose lines end in CR, read with LF."""

    file: BinaryIO

    def read(self, size: int) -> bytes:
        return self.file.read(size).replace(b"\r", b"\n")


def _below_argument(source: Source) -> str:
    """Return a source's path below what the user named, or its own name."""
    above = source.argument.rstrip("/") + "/"
    if len(above) > 1 and source.path.startswith(above):
        return source.path[len(above) :]
    return source.path.rpartition("/")[2]
