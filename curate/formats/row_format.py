"""The row itself as JSON: one object a line, with `layout`, `extra` and `origin` as objects.

Null and a missing key are the same in a row, so nulls are left out.
"""

from __future__ import annotations

from typing import Any

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.held_json import parse
from curate.formats.pieces.tools import read_tools
from curate.row import SCHEMAS, Row, message_lists

_COLUMNS = frozenset(name for schema in SCHEMAS.values() for name in schema.names)


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    row: Row = {}
    rest: dict[str, Any] = {}
    for key, value in record.items():
        if key not in _COLUMNS:
            rest[key] = value
        elif value is not None:
            row[key] = value if key in ("extra", "layout") else _without_nulls(value)
    if "margin" in row:
        row["margin"] = float(row["margin"])
    if rest:
        row["extra"] = {**rest, **row.get("extra", {})}
    _check(row, hits)
    return row


def _check(row: Row, hits: list[Hit]) -> None:
    """Report what the schema cannot see: JSON held as text, and indexes into media."""
    if "tools" in row:
        read_tools(row["tools"], hits, "/tools")
    steps, labels = row.get("completions"), row.get("labels")
    if steps is not None and labels is not None and len(steps) != len(labels):
        why = f"{len(steps)} completions have {len(labels)} labels"
        hits.append(Hit("SCH021", "/labels", why))
    media = len(row.get("media") or ())
    for column, messages in message_lists(row):
        for index, message in enumerate(messages):
            if "extra" not in message and "parts" not in message:
                continue
            at = f"/{column}/{index}"
            _check_text(message.get("extra"), f"{at}/extra", hits)
            for number, part in enumerate(message.get("parts") or ()):
                _check_text(part.get("extra"), f"{at}/parts/{number}/extra", hits)
                if (place := part.get("media")) is not None and place >= media:
                    why = f"expected an index into the row's {media} media"
                    hits.append(Hit("SCH003", f"{at}/parts/{number}/media", why, place))


def _check_text(text: str | None, pointer: str, hits: list[Hit]) -> None:
    if text is None:
        return
    try:
        good = isinstance(parse(text), dict)
    except ValueError:
        good = False
    if not good:
        hits.append(Hit("SCH002", pointer, "expected the JSON text of an object", text))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: v if type(v) is str else float(v) if k == "weight" else _without_nulls(v)
            for k, v in value.items()
            if v is not None
        }
    if isinstance(value, list):
        return [_without_nulls(v) for v in value]
    return value


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    del hits  # a row carries itself
    # The layout is always there, so that a line is known as a row whatever else it holds.
    return {**row, "layout": row.get("layout")}


ROW = Format(
    name="row",
    title="rows of a dataset folder as JSON lines",
    kind="sft",
    schema="row",
    decode=_decode,
    encode=_encode,
    columns=SCHEMAS["sft"],
)
