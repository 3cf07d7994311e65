"""The chunks that the records and the notes of chats are written into."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, CHUNK_RECORDS
from curate.finding import Hit
from curate.people import Person


class Records:
    """Records and notes in the order in which they come, each under the file that it stands in.

    Attributes:
        done: Chunks that are full, or whose file has ended; the caller takes them out.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._chunk = Chunk(source, values=[])
        self._size = 0
        self._people: dict[tuple[str, str], Person] = {}
        self.done: list[Chunk] = []

    def add(
        self,
        place: tuple[str, int, int],
        record: bytes,
        value: dict[str, Any],
        fault: Hit | None = None,
    ) -> None:
        """Append a record.

        Args:
            place: Its file ("" for the source's own), line and byte offset.
            record: Its bytes.
            value: The row in JSON form; {} where a fault sets it aside.
            fault: Why it is set aside.
        """
        self._turn_to(place[0])
        self._chunk.add(record, place[1], place[2], fault)
        assert self._chunk.values is not None
        self._chunk.values.append(value)
        self._size += len(record)
        if self._chunk.full or self._size > CHUNK_BYTES:
            self.flush()

    def note(self, place: tuple[str, int, int], hit: Hit) -> None:
        """Say something about a place that is no record."""
        self._turn_to(place[0])
        self._chunk.notes.append((place[1], place[2], hit))
        if len(self._chunk.notes) >= CHUNK_RECORDS:
            self.flush()

    def meet(self, sender: str, handle: str, own: bool) -> None:
        """Remember somebody whom the file names; belongs to the chunk that is being filled."""
        if (sender, handle) not in self._people:
            self._people[sender, handle] = Person(handle.lower(), sender, own)

    def flush(self) -> None:
        """End the chunk that is being filled."""
        chunk = self._chunk
        if chunk.records or chunk.notes or self._people:
            chunk.people = list(dict.fromkeys(self._people.values()))
            self.done.append(chunk)
        self._chunk, self._size, self._people = Chunk(chunk.source, values=[]), 0, {}

    def _turn_to(self, path: str) -> None:
        path = path or self._source.path
        if path != self._chunk.source.path:
            if self._chunk.records or self._chunk.notes:
                self.flush()
            self._chunk.source = replace(self._source, path=path)
