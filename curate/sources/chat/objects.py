"""The objects of a JSON file of an export, each at its place; what is damaged is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from curate.errors import InputError
from curate.files.inputs import Source
from curate.files.json_text import parse_record
from curate.files.limits import Limits
from curate.files.values import value_chunks
from curate.finding import Hit

_ANOTHER = Hit("SRC077", "", "a value that is no object stands among the messages")


class Item(NamedTuple):
    """An object of a file, or what stands where one should be.

    Attributes:
        value: The object; {} with a fault.
        line: Its first line, from 1.
        offset: Offset of its first byte.
        fault: Why it cannot be read, or None.
    """

    value: dict[str, Any]
    line: int
    offset: int
    fault: Hit | None


def objects(source: Source, stream: BinaryIO, limits: Limits) -> Iterator[Item]:
    """Yield the objects of a JSON array, or of objects one after another, in order.

    Memory holds one chunk of records (see `value_chunks`). A record that is too long, too deep or
    no JSON is an item with a fault whose message holds no text of the file; so is the rest of a
    stream that turns out to be damaged.
    """
    line = offset = 0
    try:
        for chunk in value_chunks(source, stream, limits):
            for number, place, hit in chunk.notes:
                yield Item({}, number, place, _quiet(hit))
            for at, raw in enumerate(chunk.records):
                line, offset = chunk.lines[at], chunk.offsets[at]
                yield _item(raw, line, offset, chunk.faults.get(at), limits)
    except InputError:
        damaged = Hit("SRC077", "", "the file is damaged and could not be read to its end")
        yield Item({}, line or 1, offset, damaged)


def _item(raw: bytes, line: int, offset: int, fault: Hit | None, limits: Limits) -> Item:
    if fault is not None:
        return Item({}, line, offset, _quiet(fault))
    value, hits = parse_record(raw, limits)
    if value is None:
        return Item({}, line, offset, _quiet(hits[0]) if hits else _ANOTHER)
    return Item(value, line, offset, None)


def _quiet(hit: Hit) -> Hit:
    """Return a fault without the text that it shows."""
    return Hit("SRC077", "", f"a message cannot be read ({hit.code})")


def text_in(value: dict[str, Any], *path: str) -> str:
    """Return the text at a path of keys; "" where there is none."""
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def list_in(value: dict[str, Any], *path: str) -> list[dict[str, Any]]:
    """Return the objects of the list at a path of keys; [] where there is none."""
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
