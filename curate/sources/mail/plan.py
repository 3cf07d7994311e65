"""The two passes over the mails of a run: looked through together, then read piece by piece."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import numpy as np

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, CHUNK_RECORDS, Limits
from curate.finding import Hit
from curate.sources.base import Reading
from curate.sources.mail import index as bits
from curate.sources.mail.index import Index
from curate.sources.mail.me import Senders
from curate.sources.mail.people import people_of_senders
from curate.sources.mail.piece import Entry, How, MailPiece, signature_of
from curate.sources.mail.place import Files, Place
from curate.sources.mail.settle import settle
from curate.sources.mail.spools import Spools
from curate.sources.mail.survey import Box, Survey

# A signature must recur in five of them, so what ends one mail in 200 is learnt.
_SIGNATURE_MAILS = 1_000


class MailPlan:
    """What was found out about all mails of a run, and how each source is read by it.

    Args:
        sources: The run's mail sources, in order.
        reading: Whose mails are learnt, and what of them.
        limits: The longest mail that is parsed, and bounds on unpacking.

    Raises:
        InputError: If a source cannot be opened, or is an Outlook store.
        MissingExtraError: If a source needs a package that is not installed.
    """

    def __init__(self, sources: Sequence[Source], reading: Reading, limits: Limits) -> None:
        self._reading, self._limits = reading, limits
        self._spools = Spools()
        self._index = Index()
        self._senders = Senders(reading.me)
        self._boxes: list[Box] = []
        # A file that is named twice is looked through twice: its mails are copies of themselves.
        self._of_source: dict[tuple[str, str | None], list[list[Box]]] = {}
        with ExitStack() as undo:
            undo.callback(self.close)
            survey = Survey(self._index, self._senders, self._spools, limits)
            for source in sources:
                boxes = survey.boxes(source)
                self._of_source.setdefault((source.path, source.member), []).append(boxes)
                self._boxes += boxes
            self._firsts = [box.first for box in self._boxes]
            with Files(limits) as files:
                self._settled = settle(
                    self._index, lambda at, n_bytes: files.start_of(self._place(at), n_bytes)
                )
            self._how = self._learnt()
            undo.pop_all()
        self._last = sources[-1] if sources else None

    @property
    def guess(self) -> tuple[tuple[str, int], ...]:
        """Addresses that could be the person's, surest first, each with the mails that say so."""
        return self._senders.guess()

    def __len__(self) -> int:
        return len(self._index)

    def close(self) -> None:
        """Remove the copies of packed mailboxes; pieces cannot be read any more."""
        self._spools.close()

    def pieces(self, source: Source) -> Iterator[Chunk | MailPiece]:
        """Yield what a source consists of, in order; each mail is one record."""
        waiting = self._of_source[source.path, source.member]
        for box in waiting.pop(0) if len(waiting) > 1 else waiting[0]:
            people = people_of_senders(box.senders, self._senders.mine)
            if box.notes or people:
                yield Chunk(box.source, values=[], notes=box.notes, people=people)
            yield from self._of_box(box)
        if self._last is source:
            stranger = self._senders.nobody()
            if stranger is not None:
                line = int(self._index.column("line")[-1])
                yield Chunk(source, values=[], notes=[(line, 0, stranger)])

    def _of_box(self, box: Box) -> Iterator[MailPiece]:
        lengths = self._index.column("length")
        start, size = box.first, 0
        for at in range(box.first, box.last):
            size += int(lengths[at])
            if size > CHUNK_BYTES or at + 1 - start >= CHUNK_RECORDS or at + 1 == box.last:
                yield self._piece(box, start, at + 1, size)
                start, size = at + 1, 0

    def _piece(self, box: Box, first: int, last: int, size: int) -> MailPiece:
        index = self._index
        part = slice(first, last)
        starts = index.column("start")[part].astype(np.int64)
        alone = box.names is not None
        entries = {
            at - first: entry for at in range(first, last) if (entry := self._entry(at)) is not None
        }
        return MailPiece(
            source=box.source,
            length=size,
            box=box.place,
            names=tuple(box.names[first - box.first : last - box.first]) if box.names else None,
            lines=index.column("line")[part].copy(),
            offsets=np.zeros_like(starts) if alone else starts - index.column("lead")[part],
            starts=starts + (0 if alone else box.skip),
            lengths=index.column("length")[part].astype(np.int64),
            entries=entries,
            how=self._how,
        )

    def _entry(self, at: int) -> Entry | None:
        """Return what a worker must know of a mail, None of one of others."""
        index, settled = self._index, self._settled
        flags = int(index.column("flags")[at])
        if flags & (bits.MINE | bits.OVER) == 0:
            return None
        fault = self._fault(at, flags)
        if fault is not None:
            return Entry(fault)
        answers = int(settled.answers[at])
        parent = None
        if answers >= 0 and not int(index.column("flags")[answers]) & bits.OVER:
            parent = self._place(answers)
        labels = index.label_sets[int(index.column("labels")[at])]
        return Entry(None, f"{int(settled.group[at]):016x}", labels, parent)

    def _place(self, at: int) -> Place:
        box = self._boxes[bisect_right(self._firsts, at) - 1]
        start = int(self._index.column("start")[at])
        length = int(self._index.column("length")[at])
        if box.names is not None:
            return Place(box.place, box.names[at - box.first], start, length)
        return Place(box.place, None, start + box.skip, length)

    def _fault(self, at: int, flags: int) -> Hit | None:
        """Return why a mail becomes no row without being parsed."""
        if flags & bits.OVER:
            length = int(self._index.column("length")[at])
            return Hit("SRC009", "", f"one mail of {length:,} bytes, longer than the limit")
        stays = int(self._settled.stays[at])
        if stays >= 0:
            return self._copy(at, stays)
        if flags & bits.DRAFT:
            return Hit("SRC058", "", "a draft, by its folder, label or flag")
        if flags & (bits.SPAM | bits.TRASH):
            found = "spam" if flags & bits.SPAM else "thrown away"
            return Hit("SRC059", "", f"{found}, by its folder, label or flag")
        return None

    def _copy(self, at: int, stays: int) -> Hit:
        mine, other = (bisect_right(self._firsts, each) for each in (at, stays))
        box = self._boxes[other - 1]
        where = "of this file" if mine == other else f"of mail file {other:,} of the run"
        if box.names is not None:
            where = f"of the {len(box.names):,} of its folder"
            found = f"a copy of mail {stays - box.first + 1:,} {where}, which stays"
        else:
            found = f"a copy of the mail at line {int(self._index.column('line')[stays]):,} {where}"
            found += ", which stays"
        return Hit("SRC057", "", found)

    def _learnt(self) -> How:
        """Return how mails are read, with the signature that the person's mails end on."""
        plain = How(self._senders.mine, self._reading.mail, self._limits)
        if not self._reading.me or self._reading.mail == "whole":
            return plain
        flags = self._index.column("flags")
        worse = bits.OVER | bits.DRAFT | bits.SPAM | bits.TRASH
        kept = ((flags & bits.MINE) != 0) & ((flags & worse) == 0) & (self._settled.stays < 0)
        mine = np.flatnonzero(kept)
        if len(mine) > _SIGNATURE_MAILS:
            mine = mine[np.linspace(0, len(mine) - 1, _SIGNATURE_MAILS).astype(np.int64)]
        places = (self._place(int(at)) for at in mine)
        return plain._replace(signature=signature_of(places, plain))
