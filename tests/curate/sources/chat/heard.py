"""What a reader of chats gave, put together for tests."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curate.codes import BY_CODE
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.files.tree import open_tree
from curate.finding import Hit
from curate.people import Person
from curate.sources.base import Export, Reading


@dataclass
class Heard:
    """The chunks of one or more sources."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    places: list[tuple[str, int, int]] = field(default_factory=list)
    faults: list[Hit] = field(default_factory=list)
    notes: list[tuple[str, int, int, Hit]] = field(default_factory=list)
    people: set[Person] = field(default_factory=set)

    @property
    def codes(self) -> dict[str, int]:
        return dict(
            Counter(hit.code for *_, hit in self.notes) + Counter(f.code for f in self.faults)
        )

    @property
    def talks(self) -> list[list[tuple[str, str]]]:
        return [[(m["role"], m["content"]) for m in row["messages"]] for row in self.rows]

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    @property
    def said(self) -> list[str]:
        """All texts of the records' messages, in order."""
        return [message[3] for record in self.records for message in json.loads(record)[1:]]


def gathered(chunks: Iterable[Chunk]) -> Heard:
    """Put chunks together, and hold them to what every chunk keeps."""
    heard = Heard()
    for chunk in chunks:
        count = len(chunk.records)
        values = chunk.values or []
        assert len(values) == len(chunk.lines) == len(chunk.offsets) == count
        assert len(chunk.people) == len(set(chunk.people))
        for at in range(count):
            heard.records.append(chunk.records[at])
            heard.places.append((chunk.source.path, chunk.lines[at], chunk.offsets[at]))
            if at in chunk.faults:
                assert values[at] == {}
                heard.faults.append(chunk.faults[at])
            else:
                heard.rows.append(values[at])
        heard.notes += [(chunk.source.path, *note) for note in chunk.notes]
        heard.people.update(chunk.people)
    for hit in [*heard.faults, *(note[3] for note in heard.notes)]:
        assert hit.code in BY_CODE
        assert hit.value is None
    return heard


def read(
    export: Export,
    path: Path,
    *me: str,
    limits: Limits = DEFAULT_LIMITS,
    member: str | None = None,
    **how: Any,
) -> Heard:
    """Read a file, or what an export claims of a folder or a zip."""
    reading = Reading(me=me, **how)
    if member is None and (path.is_dir() or path.suffix == ".zip"):
        assert export.claim is not None
        heard = Heard()
        for place in export.claim(open_tree(path, limits)):
            shown = f"{path.name}/{place}".rstrip("/")
            source = (
                Source(shown, path / place) if path.is_dir() else Source(shown, path, member=place)
            )
            part = gathered(export.chunks(source, reading, limits))
            heard.rows += part.rows
            heard.records += part.records
            heard.places += part.places
            heard.faults += part.faults
            heard.notes += part.notes
            heard.people |= part.people
        return heard
    return gathered(export.chunks(Source(path.name, path, member=member), reading, limits))


def zipped(folder: Path, target: Path) -> Path:
    """Pack a folder into a zip."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return target


def assert_published_talk(export: Export, file: Path, me: str) -> None:
    """Hold a reader to the one talk that a published project exports from several chats."""
    assert export.sniff is not None
    assert export.sniff(file.read_bytes(), file.name)
    heard = read(export, file, me)
    assert heard.talks == [
        [
            ("user", "Hello! How are you?"),
            ("assistant", "Hi Alice! I'm doing great, thanks for asking."),
            ("user", "That's wonderful to hear!\nBy the way, did you see the news?"),
            ("assistant", "No, what happened?"),
        ]
    ]
    assert heard.codes == {"SRC072": 2}
    assert len(heard.said) == 7
