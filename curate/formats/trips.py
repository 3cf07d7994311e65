"""Round trips between formats: what a record loses on its way to another format and back.

Classes, from the codes that are reported on the way: A exact; B exact but for invented or dropped
call ids; C exact but for spelling (arguments, tools, empty keys, where an instruction ends); D
lossy, each loss declared. A record that comes back different without a code is a fault of ours,
which the tests look for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import orjson

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.hosted import CLOSED
from curate.formats.chat.trl import READ_BY_TRL
from curate.formats.rest import flat, only, with_rest
from curate.formats.spelling import lose_spelling
from curate.row import Row

Class = Literal["A", "B", "C", "D"]
_IDS = frozenset({"LOS012", "LOS013"})
_SPELLING = frozenset({"LOS009", "LOS016", "LOS030", "LOS055"})
TABLE = Path(__file__).with_name("trips.json")


def class_of(codes: Iterable[str]) -> Class:
    """Return the class of a round trip on which these codes were reported."""
    found = frozenset(codes)
    if not found:
        return "A"
    if found <= _IDS:
        return "B"
    return "C" if found <= _IDS | _SPELLING else "D"


class Trip(NamedTuple):
    """One record's way to a format and back.

    Attributes:
        codes: The losses reported on both ways, each once, in order.
        there: The record in the other format, or None where it cannot be written.
        back: The record when it came back, or None.
    """

    codes: tuple[str, ...]
    there: Record | None = None
    back: Record | None = None


def trip(record: Record, own: Format, other: Format) -> Trip | None:
    """Return a record's way from its own format to another of the same kind and back.

    None where the record is no record of its own format, or that is not written.
    """
    row = _row(record, own, [])
    if row is None or own.encode is None or other.encode is None:
        return None
    hits: list[Hit] = []
    there = _record(row, other, own.name, hits)
    if there is None or other.decode is None:
        return Trip(_codes(hits), there)
    again = _row(there, other, hits)
    if again is None:
        return Trip(_codes(hits), there)
    back = _record(again, own, other.name, hits)
    return Trip(_codes(hits), there, back)


def _row(record: Record, form: Format, hits: list[Hit]) -> Row | None:
    made = None if form.decode is None else form.decode(record, hits)
    if isinstance(made, list):
        return made[0] if len(made) == 1 else None
    return made


def _record(row: Row, form: Format, came_from: str, hits: list[Hit]) -> Record | None:
    """Encode a row; the columns of `extra` are put back as a JSON Lines file has them."""
    row = lose_spelling(row, came_from, form.name, hits)
    record = None if form.encode is None else form.encode(row, hits)
    if record is None or form.name == "row":
        return record
    record = with_rest(form, record, row, came_from, hits, READ_BY_TRL.get(form.name, ()))
    if form.name in CLOSED:
        record = only(CLOSED[form.name], record, hits)
    return flat(record)


def _codes(hits: Iterable[Hit]) -> tuple[str, ...]:
    return tuple(sorted({hit.code for hit in hits if hit.code.startswith("LOS")}))


class Losses(NamedTuple):
    """The codes reported on the way to a format and back.

    Attributes:
        usual: By the records that show what a format usually is: the examples of its schema.
        any: By these and all cases of the tests, the rare dialects among them.
    """

    usual: tuple[str, ...]
    any: tuple[str, ...]


@cache
def table() -> dict[str, dict[str, Losses]]:
    """Return the losses from each format to each of its kind and back, as they were measured."""
    loaded = orjson.loads(TABLE.read_bytes())
    return {
        own: {other: Losses(tuple(found["usual"]), tuple(found["any"])) for other, found in row}
        for own, row in ((name, others.items()) for name, others in loaded.items())
    }


def same(first: Any, second: Any) -> bool:
    """Return whether two records are the same JSON, whatever the order of keys."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
