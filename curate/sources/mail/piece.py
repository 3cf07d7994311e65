"""Mails that a worker reads by itself: those of the person become rows, the others are measured."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Literal, NamedTuple, cast

import numpy as np

from curate.files.chunks import Chunk, Cut
from curate.files.inputs import Source
from curate.files.limits import RAW_KEPT_BYTES, Limits
from curate.finding import Hit
from curate.people import Person
from curate.sources.mail.outlook import MSG_MAGIC, as_mail
from curate.sources.mail.own import Signature
from curate.sources.mail.place import Files, Holder, Place
from curate.sources.mail.row import Letter, letter_of, row_of
from curate.sources.mail.separators import unescaped

Numbers = np.ndarray[Any, np.dtype[Any]]
NOT_MINE = Hit("SRC030", "", "it is not from an address of --me")
_GONE = "the file is gone or has changed since it was looked through"
# Longer mails of others are hashed block by block.
_AT_ONCE = 1 << 20


class How(NamedTuple):
    """How the mails of a run are read: the same for all pieces.

    Attributes:
        mine: The addresses of the person, in lower case; empty where nobody was named.
        mail: `own` keeps what the sender wrote, `whole` the text as it is.
        limits: The longest mail that is parsed.
        signature: What the person's mails end on.
    """

    mine: frozenset[str]
    mail: Literal["own", "whole"]
    limits: Limits
    signature: Signature = Signature()


class Entry(NamedTuple):
    """What is known of a mail that a piece does more with than measure it.

    Attributes:
        fault: Why it becomes no row, or None: then it is parsed.
        group: The name of its thread.
        labels: Its labels.
        parent: Where the mail is that it answers, or None.
    """

    fault: Hit | None
    group: str = ""
    labels: tuple[str, ...] = ()
    parent: Place | None = None


_OF_OTHERS = Entry(NOT_MINE)


@dataclass(frozen=True, slots=True, eq=False)
class MailPiece:
    """Consecutive mails of one place; see `curate.sources.base.Piece`.

    Attributes:
        source: The source that they are of.
        length: Their bytes.
        box: What holds them.
        names: Of mails that are files of their own: their names below the source.
        lines: Number of each one's first line, as those below a parallel array of integers.
        offsets: Offset of each one's first line.
        starts: Offset of each one's first byte in what holds it.
        lengths: Bytes of each.
        entries: Position in the arrays → what is known of it; the others are from other people.
        how: How they are read.
    """

    source: Source
    length: int
    box: Holder
    names: tuple[str, ...] | None
    lines: Numbers
    offsets: Numbers
    starts: Numbers
    lengths: Numbers
    entries: dict[int, Entry]
    how: How

    def read(self) -> Chunk:
        """Return the mails as records; those of others are measured and not parsed."""
        chunk = Chunk(self.source, values=[])
        if self.names is not None and any(self.names):
            chunk.names = list(self.names)
        people: dict[Person, None] = {}
        names: Iterable[str | None] = self.names or repeat(None)
        places = zip(names, self.starts.tolist(), self.lengths.tolist(), strict=False)
        lines, offsets = self.lines.tolist(), self.offsets.tolist()
        with Files(self.how.limits) as files:
            for at, (name, start, length) in enumerate(places):
                place = Place(self.box, name, start, length)
                entry = self.entries.get(at, _OF_OTHERS)
                if entry.fault is None:
                    raw, value, fault, found = _read(entry, place, files, self.how, people)
                    chunk.notes += [(lines[at], offsets[at], hit) for hit in found]
                else:
                    raw, value, fault = _measured(entry.fault, place, files, chunk), {}, entry.fault
                cast("list[Any]", chunk.values).append(value)
                chunk.add(raw, lines[at], offsets[at], fault)
        chunk.people = list(people)
        return chunk


def _measured(fault: Hit, place: Place, files: Files, chunk: Chunk) -> bytes:
    """Note the measure of a mail that is not parsed; return its head where it is one's own."""
    if place.length <= _AT_ONCE:
        head = files.start_of(place, place.length)
        digest, length = hashlib.sha256(head), len(head)
    else:
        digest, length, head = hashlib.sha256(), 0, b""
        for block in files.blocks(place):
            head = head or block
            digest.update(block)
            length += len(block)
    chunk.cuts[len(chunk.records)] = Cut(length, digest.hexdigest())
    return b"" if fault is NOT_MINE else head[:RAW_KEPT_BYTES]


def _read(
    entry: Entry, place: Place, files: Files, how: How, people: dict[Person, None]
) -> tuple[bytes, dict[str, Any], Hit | None, tuple[Hit, ...]]:
    """Return a mail's bytes, its value, why it is none, and what else was found in it."""
    raw = files.bytes_of(place)
    if raw is None:
        return b"", {}, Hit("SRC064", "", _GONE), ()
    letter = parsed(raw, place, how)
    if isinstance(letter, Hit):
        return raw, {}, letter, ()
    parent = _parent(entry, files, how)
    people.update(dict.fromkeys(_named(letter, parent, how)))
    made = row_of(letter, parent, entry.group, entry.labels)
    return (raw, {}, made, ()) if isinstance(made, Hit) else (raw, made, None, letter.mail.faults)


def parsed(raw: bytes, place: Place, how: How) -> Letter | Hit:
    """Return a mail, parsed and separated, or why it is no row."""
    if raw.startswith(MSG_MAGIC):
        converted = as_mail(raw)
        if isinstance(converted, Hit):
            return converted
        raw = converted
    return letter_of(
        unescaped(raw) if place.holder.escaped else raw, how.mail, how.limits, how.signature
    )


def _parent(entry: Entry, files: Files, how: How) -> Letter | None:
    """Return the mail that is answered, where it is there and can be read."""
    if entry.parent is None or (raw := files.bytes_of(entry.parent)) is None:
        return None
    plain = how._replace(signature=Signature())
    letter = parsed(raw, entry.parent, plain)
    return letter if isinstance(letter, Letter) else None


def _named(letter: Letter, parent: Letter | None, how: How) -> Iterator[Person]:
    yield from letter.people(how.mine)
    if parent is not None:
        yield from parent.people(how.mine)


def signature_of(places: Iterable[Place], how: How) -> Signature:
    """Return what recurs at the end of mails of one person; `how` is that of no signature."""
    from curate.sources.mail.own import learn_signature

    whole = how._replace(mail="whole")
    with Files(how.limits) as files:
        letters = (
            parsed(raw, place, whole)
            for place in places
            if (raw := files.bytes_of(place)) is not None
        )
        return learn_signature(each.text for each in letters if isinstance(each, Letter))
