"""Small mails and mailboxes for tests, and a plan's records beside their faults."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS
from curate.people import Person
from curate.sources.base import Reading
from curate.sources.mail.export import plan_mail

FROM = "From ann@example.com Mon Jan  1 00:00:00 2024\n"
ME = "ann@example.com"


def mail(text="one", *, sender="Ann <ann@example.com>", number=None, **fields):
    """Return a mail; `number` gives it an id and a date of its own, fields are named with `_`."""
    lines = [f"From: {sender}"]
    if number is not None:
        lines += [f"Message-ID: <{number}@example.com>"]
        fields.setdefault("Date", f"Mon, 1 Jan 2024 10:{number % 60:02}:00 +0000")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\n".join(lines) + f"\n\n{text}\n"


def mbox(*mails):
    """Return mails as a mailbox."""
    return "".join(FROM + each + "\n" for each in mails).encode()


@dataclass
class Read:
    """What a plan gave."""

    chunks: list[Chunk] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Any] = field(default_factory=list)
    places: list[tuple[str, int, int]] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    guess: tuple[tuple[str, int], ...] = ()

    @property
    def codes(self) -> Counter[str]:
        return Counter(fault.code for fault in self.faults if fault is not None)

    @property
    def texts(self) -> list[str]:
        return [value["text"].strip() for value in self.values if value]

    @property
    def extras(self) -> list[dict[str, Any]]:
        return [value["extra"] for value in self.values if value]

    @property
    def groups(self) -> list[str]:
        return [value["group"] for value in self.values if value]

    @property
    def people(self) -> set[Person]:
        return {person for chunk in self.chunks for person in chunk.people}


def read_all(*paths, me=(), limits=DEFAULT_LIMITS, mail="own"):
    """Read sources of one run, as workers do; hold the records against what must be true of all."""
    sources = [
        each if isinstance(each, Source) else Source(str(each), Path(each)) for each in paths
    ]
    plan = plan_mail(sources, Reading(me=tuple(me), mail=mail), limits)
    done = Read(guess=plan.guess)
    try:
        for source in sources:
            for piece in plan.pieces(source):
                whole = piece if isinstance(piece, Chunk) else _worked(piece)
                _take(done, whole)
    finally:
        plan.close()
    assert len(done.values) == len(plan)
    return done


def _worked(piece):
    chunk = pickle.loads(pickle.dumps(piece)).read()
    assert (
        sum(
            chunk.cuts[at].length_bytes if at in chunk.cuts else len(raw)
            for at, raw in enumerate(chunk.records)
        )
        == piece.length
    )
    return chunk


def _take(done, chunk):
    done.chunks.append(chunk)
    done.notes += chunk.notes
    assert len(chunk.values) == len(chunk.records) == len(chunk.lines) == len(chunk.offsets)
    for at, value in enumerate(chunk.values):
        fault = chunk.faults.get(at)
        assert (fault is None) == bool(value)
        done.values.append(value)
        done.faults.append(fault)
        name = "" if chunk.names is None else chunk.names[at]
        path = chunk.source.path + (f"/{name}" if name else "")
        done.places.append((path, chunk.lines[at], chunk.offsets[at]))
