"""The columns that a row's own format did not consume, put back beside another format's own."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Final

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.media import lost_objects
from curate.row import Row
from curate.schema import load


def with_rest(
    target: Format,
    record: Record,
    row: Row,
    came_from: str,
    hits: list[Hit],
    misread: Collection[str] = (),
) -> Record:
    """Return a record with the row's own id first and its `extra`, as an object, last.

    A column of `extra` that the format knows would be read as something else: it is left out and
    reported (LOS032), unless the row came from that format.

    Args:
        target: The format that the record is of.
        record: What the format's encoder wrote.
        row: The row, with `layout` and `extra` as objects.
        came_from: The format that the row was read from; "" where that is not known.
        hits: Gets the losses.
        misread: Columns by which a trainer would take the row for another type, wherever it
            came from.
    """
    whole: Record = {}
    if "id" in row and "id" not in record:
        number = (row.get("layout") or {}).get("id") == "number"
        whole["id"] = int(row["id"]) if number else row["id"]
    whole.update(record)
    if "category" in row:
        whole.setdefault("category", row["category"])
    _lose_own(row, hits)
    extra = row.get("extra")
    if not extra:
        return whole
    taken = _known(target) if came_from != target.name else frozenset()
    rest = {}
    for key, value in extra.items():
        if _holds(whole.get(key), value):
            continue
        if key == "objects" and (lost := lost_objects(target.name, value)):
            hits.append(lost)
        if key in whole or key in misread or key in taken:
            code, why = "LOS032", f"the column {key!r} has another meaning in {target.name}"
            if key == "system" and _has_system_turn(row):
                code, why = "LOS001", "the system column has no place beside the system turn"
            hits.append(Hit(code, f"/extra/{key}", why, value))
        else:
            rest[key] = value
    if rest:
        whole["extra"] = rest
    return whole


_ROW_ONLY: Final = frozenset({"group", "language", "generated"})


def _lose_own(row: Row, hits: list[Hit]) -> None:
    """Report the row's own columns that no format has; where it came from is for the manifest."""
    if not _ROW_ONLY.isdisjoint(row):
        names = sorted(_ROW_ONLY & row.keys())
        hits.append(Hit("LOS056", f"/{names[0]}", f"not written: {', '.join(names)}"))


@cache
def _known(target: Format) -> frozenset[str]:
    """Return the columns that a format writes or reads."""
    known: frozenset[str] = frozenset(load(target.schema).get("properties", {}))
    return known.union(target.columns.names)


def _has_system_turn(row: Row) -> bool:
    first = next(iter(row.get("messages") or row.get("prompt") or ()), None)
    return first is not None and first["role"] == "system"


def _holds(written: Any, value: Any) -> bool:
    """Return whether an encoder has put a column of `extra` back inside one of its own."""
    if isinstance(written, list) and isinstance(value, list) and len(written) == len(value):
        return all(_holds(one, other) for one, other in zip(written, value, strict=True))
    return (
        isinstance(written, dict)
        and isinstance(value, dict)
        and all(key in written and written[key] == item for key, item in value.items())
    )


def only(columns: frozenset[str], record: Record, hits: list[Hit]) -> Record:
    """Return the record without the columns that its service refuses (LOS032)."""
    extra = record.get("extra")
    whole = {**record, **(extra if isinstance(extra, dict) else {})}
    for key in [key for key in whole if key not in columns and key != "extra"]:
        hits.append(Hit("LOS032", f"/{key}", f"the service refuses the column {key!r}", whole[key]))
    return {key: value for key, value in record.items() if key in columns}


def flat(record: Record) -> Record:
    """Return the record with the columns of `extra` beside the others."""
    extra = record.get("extra")
    if "origin" in record or not isinstance(extra, dict):
        return record
    return {key: value for key, value in record.items() if key != "extra"} | extra
