"""Discord's own data package: what its user wrote, one text for each message.

`messages/index.json` names the channels, `messages/c<id>/channel.json` describes one, and
`messages.json` beside it (`messages.csv` in older packages, whose folders have no `c`) holds its
messages: ID, Timestamp, Contents, Attachments. Nobody else's words are in it, so there are no
conversations to make, and messages are not joined: what stood between them is unknown.
Source: support.discord.com/hc/articles/360004957991 (the package's files).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple

import orjson

from curate.errors import InputError
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree, open_tree
from curate.finding import Hit
from curate.sources.base import Export, Reading, Value
from curate.sources.chat.records import Records
from curate.sources.chat.stream import Pattern, pieces
from curate.sources.chat.times import seconds_of

_INDEX = re.compile(r"(?:.*/)?messages/index\.json", re.IGNORECASE)
_CHANNEL = re.compile(r"(c?\d+)/messages\.(?:json|csv)")
_PLACED = re.compile(r"(?P<place>(?:.*/)?messages/)c?\d+/messages\.(?:json|csv)", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?P<root>(?:.*/)?)account/user\.json", re.IGNORECASE)
_MANY: tuple[Pattern, ...] = ((None,),)
_NO_WORDS = Hit("SRC074", "", "a message without words")
_DAMAGED = Hit("SRC077", "", "a message that is not what Discord writes")
_LONGEST_LINE = 1 << 20


class _Wrote(NamedTuple):
    """A message, None where it cannot be read, and its place."""

    message: Mapping[str, Any] | None
    number: int
    offset: int
    fault: Hit | None = None


def _claimed(tree: Tree) -> list[str]:
    """Return the packages: the `messages/` folders with channels, or what `account/` is beside."""
    with_channels = {m["place"] for name in tree.names if (m := _PLACED.fullmatch(name))}
    with_account = {m["root"] for name in tree.names if (m := _ACCOUNT.fullmatch(name))}
    found = []
    for name in tree.names:
        place = name[: -len("index.json")]
        root = place[: -len("messages/")]
        if _INDEX.fullmatch(name) and place in with_channels:
            found.append(root if root in with_account else place)
    return found


def _chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    del reading  # every message of the package is its user's
    tree = open_tree(source.file, limits).below(source.member or "")
    index = next((name for name in tree.names if _INDEX.fullmatch(name)), "index.json")
    place = index[: -len("index.json")]
    messages = tree.below(place)
    records = Records(source)
    names = _names(messages, limits)
    if names is None:
        names, unread = (
            {},
            Hit("SRC077", "", "the list of channels is damaged: no channel is named"),
        )
        records.note((f"{source.path}/{index}", 1, 0), unread)
    for name in messages.names:
        if (found := _CHANNEL.fullmatch(name)) is None:
            continue
        path = f"{source.path}/{place}{name}"
        own = found[1].removeprefix("c")
        shown = names.get(own)
        try:
            with messages.open(name) as stream:
                read = _rows(stream) if name.endswith(".csv") else _items(stream, limits)
                for wrote in read:
                    _add(records, (path, wrote.number, wrote.offset), wrote, own, shown)
                    yield from records.done
                    records.done.clear()
        except InputError as error:
            records.note((path, 1, 0), Hit("SRC077", "", f"it cannot be read ({error.code})"))
    records.flush()
    yield from records.done


def _names(tree: Tree, limits: Limits) -> dict[str, str] | None:
    """Return the channels' names by their ids; None where the index cannot be read."""
    try:
        with tree.open("index.json") as stream:
            listed = orjson.loads(stream.read(limits.record_bytes))
    except (InputError, orjson.JSONDecodeError):
        return None
    if not isinstance(listed, dict):
        return None
    return {key: name for key, name in listed.items() if isinstance(name, str)}


def _items(stream: BinaryIO, limits: Limits) -> Iterator[_Wrote]:
    for number, piece in enumerate(pieces(stream, limits, _MANY), 1):
        held = piece.value if isinstance(piece.value, dict) else None
        yield _Wrote(held, number, piece.offset, piece.fault)


def _rows(stream: BinaryIO) -> Iterator[_Wrote]:
    """Yield the rows of a table under their columns' names."""
    lines = _Lines(stream)
    reader = csv.reader(lines)
    columns: list[str] = []
    number, offset = 1, 0
    while True:
        number, offset = lines.number + 1, lines.offset
        try:
            cells = next(reader, None)
        except csv.Error:
            yield _Wrote(None, number, offset, _DAMAGED)
            continue
        if cells is None:
            return
        if not columns:
            columns = [cell.removeprefix("\ufeff") for cell in cells]
        elif cells:
            yield _Wrote(dict(zip(columns, cells, strict=False)), number, offset)


class _Lines:
    """The lines of a file as text, with the place of the next one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = self.offset = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        self.offset += len(line)
        return line.decode(errors="surrogateescape")


def _add(
    records: Records, place: tuple[str, int, int], wrote: _Wrote, channel: str, shown: str | None
) -> None:
    """Append a message as a record, or set it aside."""
    message = wrote.message or {}
    text = message.get("Contents")
    fault = wrote.fault
    if fault is None and not isinstance(text, str):
        fault = _DAMAGED
    elif fault is None and isinstance(text, str):
        fault = _fault_of(text)
    own, stamp = message.get("ID"), message.get("Timestamp")
    held = [channel, own, stamp, text] if message else [channel, place[1], place[2]]
    record = json.dumps(held, separators=(",", ":")).encode()
    value: Value = {}
    if fault is None:
        extra = {"chat": shown} if shown else {}
        if (date := _date(stamp)) is not None:
            extra["date"] = date
        value = {"text": text, "group": channel, **({"extra": extra} if extra else {})}
    records.add(place, record, value, fault)


def _fault_of(text: str) -> Hit | None:
    """Return why a text is not learnt; bytes that are not UTF-8 came as half surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return Hit("SRC077", "", "a message holds bytes that are not UTF-8")
    return None if text.strip() else _NO_WORDS


def _date(stamp: Any) -> str | None:
    time = seconds_of(stamp)
    try:
        return None if time is None else datetime.fromtimestamp(time, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


PACKAGE = Export(
    "discord-package",
    "a Discord data package (messages/index.json): own words",
    "text",
    _chunks,
    claim=_claimed,
)
