"""Places for media in a row's messages, and the files of a record's columns that belong there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from curate.finding import Hit
from curate.formats.base import Record
from curate.formats.pieces.columns import mark, marked, put_empty
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.parts import FRAMES, Media, data_uri, entry_of
from curate.row import Message, Part, Row, message_lists

COLUMN_OF: Final[Mapping[str, str]] = {"image": "images", "video": "videos", "audio": "audios"}
TAG: Final = re.compile("<(image|video|audio)>")
_FIX: Final = "give each tag its file and each file its tag"


class File(NamedTuple):
    """One file of a column: the media entry, and what the entry cannot say."""

    entry: Media
    extra: dict[str, Any]


def files_of(value: Any, kind: str, pointer: str, hits: list[Hit]) -> list[File] | None:
    """Return the files of a media column; None, with a MED002 hit, where one names no file.

    Args:
        value: A path, URL or data URI, an object with `path` or `bytes` (base64) as `datasets`
            has it, or a list of them; a video may be a list of frames. Null and "" are none.
        kind: image, video or audio.
        pointer: Where the column stands in the record.
        hits: Gets the fault.
    """
    if value is None or value == "":
        return []
    files: list[File] = []
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        file = _file(item, kind)
        if file is None:
            at = f"{pointer}/{index}" if isinstance(value, list) else pointer
            hits.append(Hit("MED002", at, f"expected the path or URL of the {kind}", item))
            return None
        files.append(file)
    return files


def _file(item: Any, kind: str) -> File | None:
    if isinstance(item, str):
        return File(entry_of(kind, item), {}) if item else None
    if isinstance(item, list):
        frames = kind == "video" and item and all(isinstance(frame, str) for frame in item)
        return File(entry_of(kind, item[0]), {FRAMES: item}) if frames else None
    if not isinstance(item, dict):
        return None
    data, path = item.get("bytes"), item.get("path")
    if isinstance(data, str) and data:
        rest = {key: value for key, value in item.items() if key != "bytes" and value is not None}
        return File(entry_of(kind, data_uri(data, kind)), rest)
    if isinstance(path, str) and path:
        rest = {key: value for key, value in item.items() if key != "path" and value is not None}
        return File(entry_of(kind, path), rest)
    return None


def mark_columns(row: Row, record: Record, columns: Iterable[str]) -> None:
    """Remember in the row's layout how media columns are spelled that are no list of texts.

    `null`, `blank` and `empty` hold nothing, `scalar` is no list, `described` holds objects.
    """
    for column in columns:
        if column not in record:
            continue
        value = record[column]
        names = []
        if value is None or value == []:
            names.append("null" if value is None else "blank")
        elif not isinstance(value, list):
            names.append("scalar" if value else "empty")
        if any(isinstance(item, dict) for item in (value if isinstance(value, list) else [value])):
            names.append("described")
        for name in names:
            mark(row.setdefault("layout", {}), name, f"/{column}")


def put_columns(
    layout: Mapping[str, Any], record: Record, hits: list[Hit], columns: Iterable[str]
) -> None:
    """Put back the media columns that were empty; report those that are spelled otherwise now."""
    put_empty(layout, record, [], *columns)
    for column in columns:
        pointer = f"/{column}"
        if pointer in marked(layout, "empty"):
            record.setdefault(column, "")
        value = record.get(column)
        if value and pointer in marked(layout, "described"):
            hits.append(Hit("LOS055", pointer, "objects become paths and URLs"))
        if isinstance(value, list) and value and pointer in marked(layout, "scalar"):
            hits.append(Hit("LOS055", pointer, "one file becomes a list of one"))


def place(
    row: Row, files: Mapping[str, Sequence[File]], hits: list[Hit], *, tags: bool = True
) -> bool:
    """Let the places of a row's messages point at the files, in order.

    A place is a part `{"type": "image"}` that holds no file or, where tags count, a tag in a text,
    which becomes parts.

    Args:
        row: The row; its messages and its media are changed.
        files: The files of each modality that the record has a column for.
        hits: Gets MED001 where places and files differ in number; nothing is changed then.
        tags: Whether tags in text count.

    Returns:
        Whether the numbers agree.
    """
    lists = dict(message_lists(row))
    sides = [lists.pop(name) for name in ("chosen", "rejected") if name in lists]
    shared = [message for messages in lists.values() for message in messages]
    cut = _Cuts(shared, tags)
    cut_sides = [_Cuts(side, tags) for side in sides]
    has_files = any(files.values())
    agree = True
    for kind in COLUMN_OF if has_files else files:
        count = len(files.get(kind, ()))
        for side, own in zip(sides or [[]], cut_sides or [_NO_CUTS], strict=True):
            if cut.counts[kind] + own.counts[kind] != count:
                hits.append(_difference(kind, [*shared, *side], count, tags))
                agree = False
                break
    if agree and has_files:
        placer = _Placer(files, row.setdefault("media", []))
        placer.take(cut)
        for own in cut_sides:
            placer.restart()
            placer.take(own)
    return agree


class _Cuts:
    """The messages of a list that have places, and how many of each kind.

    Attributes:
        found: Each message, with its text cut at the tags; an empty list for parts.
        counts: The number of places of each kind.
    """

    __slots__ = ("counts", "found")

    def __init__(self, messages: Sequence[Message], tags: bool) -> None:
        self.found: list[tuple[Message, list[str]]] = []
        self.counts = dict.fromkeys(COLUMN_OF, 0)
        for message in messages:
            text = message.get("content")
            pieces: list[str] = []
            if text is not None:
                if not tags or "<" not in text:
                    continue
                pieces = TAG.split(text)
                kinds = pieces[1::2]
            else:
                kinds = [part["type"] for part in message.get("parts") or () if is_bare(part)]
            if kinds:
                self.found.append((message, pieces))
                for kind in kinds:
                    self.counts[kind] += 1


_NO_CUTS: Final = _Cuts((), True)


def is_bare(part: Part) -> bool:
    """Return whether a part is a place for a file that stands elsewhere."""
    return part["type"] in COLUMN_OF and "media" not in part and "text" not in part


def places_in(message: Message, kind: str, tags: bool) -> int:
    """Return how many places for files of a kind a message has."""
    text = message.get("content")
    if text is not None:
        return text.count(f"<{kind}>") if tags else 0
    return sum(part["type"] == kind and is_bare(part) for part in message.get("parts") or ())


def _difference(kind: str, messages: Sequence[Message], count: int, tags: bool) -> Hit:
    found = [(at, n) for at, m in enumerate(messages, 1) if (n := places_in(m, kind, tags))]
    total = sum(n for _, n in found)
    where = f" (in message {', '.join(str(at) for at, _ in found)})" if found else ""
    said = f"<{kind}> tag(s)" if tags else f"{kind} placeholder(s)"
    column = COLUMN_OF[kind]
    why = f"{total} {said}{where}, {count} file(s) in {column}"
    return Hit("MED001", f"/{column}", why, fix=_FIX)


class _Placer:
    """Takes files in the order of their places; each file is one entry of the row's media."""

    def __init__(self, files: Mapping[str, Sequence[File]], media: list[Media]) -> None:
        self._files = files
        self._media = media
        self._places: dict[tuple[str, int], int] = {}
        self._next = dict.fromkeys(COLUMN_OF, 0)
        self._start: dict[str, int] | None = None

    def restart(self) -> None:
        """Go back to where the prompt ended, for another side of the pair."""
        if self._start is None:
            self._start = dict(self._next)
        self._next = dict(self._start)

    def take(self, cuts: _Cuts) -> None:
        """Let the messages' places point at the next files."""
        for message, pieces in cuts.found:
            if pieces:
                del message["content"]
                message["parts"] = list(self._cut(pieces))
            else:
                message["parts"] = [
                    {**part, **self._next_part(part["type"])} if is_bare(part) else part
                    for part in message["parts"]
                ]

    def _cut(self, pieces: list[str]) -> Iterator[Part]:
        for index, piece in enumerate(pieces):
            if index % 2:
                yield self._next_part(piece)
            elif piece:
                yield {"type": "text", "text": piece}

    def _next_part(self, kind: str) -> Part:
        number = self._next[kind]
        self._next[kind] = number + 1
        file = self._files[kind][number]
        at = self._places.get((kind, number))
        if at is None:
            at = self._places[kind, number] = len(self._media)
            self._media.append(file.entry)
        part: Part = {"type": kind, "media": at}
        if file.extra:
            part["extra"] = dump(file.extra)
        return part
