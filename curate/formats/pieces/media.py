"""Media as LLaMA-Factory and ms-swift have it: tags in text, and a column of files for each kind.

Source: hiyouga/LLaMA-Factory `data/README.md`, `converter.py:_find_medias` and `mm_plugin.py`. The
n-th `<image>` of a record, counted over all its turns, is the n-th entry of `images`; `<video>` and
`videos`, `<audio>` and `audios` likewise. Both answers of a pair are read with the prompt and the
whole list, so they share what follows the prompt's files. A text becomes parts that give the same
text again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Encode, Record
from curate.formats.pieces.columns import marked
from curate.formats.pieces.media_places import (
    COLUMN_OF,
    TAG,
    File,
    files_of,
    mark_columns,
    place,
    put_columns,
)
from curate.formats.pieces.media_tags import Held
from curate.row import TEXT, Row, message_lists

_TOLD: Final = frozenset(f"/{column}" for column in COLUMN_OF.values())
MEDIA_COLUMNS: Final = frozenset(COLUMN_OF.values())
FIELDS: Final = tuple((column, pa.list_(TEXT)) for column in COLUMN_OF.values())


def tagged_reader(decode: Decode) -> Decode:
    """Return a decoder that also reads media tags and their columns."""

    def read(record: Record, hits: list[Hit]) -> Row | list[Row] | None:
        if MEDIA_COLUMNS.isdisjoint(record):
            return decode(record, hits)
        files: dict[str, list[File]] = {}
        for kind, column in COLUMN_OF.items():
            if column in record:
                found = files_of(record[column], kind, f"/{column}", hits)
                if found is None:
                    return None
                files[kind] = found
        row = decode({k: v for k, v in record.items() if k not in MEDIA_COLUMNS}, hits)
        if not isinstance(row, dict):
            return row
        mark_columns(row, record, COLUMN_OF.values())
        return row if place(row, files, hits) else None

    return read


def tagged_writer(encode: Encode, order: Sequence[str], sides: Sequence[str] = ()) -> Encode:
    """Return an encoder that writes media parts as tags and columns of files.

    Args:
        encode: An encoder of messages whose content is text.
        order: The record's columns with text, in the order in which a reader counts tags.
        sides: The columns of a pair's answers, which share what follows the files of `order`.
    """

    def write(row: Row, hits: list[Hit]) -> Record | None:
        if row.get("media"):
            held = Held(row, hits)
            record = encode(held.row, hits)
            if record is not None:
                record = held.release(record, order, sides, hits)
        else:
            record = encode(row, hits)
        if record is not None and (layout := row.get("layout")):
            if not row.get("media"):
                layout = _without_columns(row, layout, hits)
            put_columns(layout, record, hits, COLUMN_OF.values())
        return record

    return write


def _without_columns(row: Row, layout: Mapping[str, Any], hits: list[Hit]) -> Mapping[str, Any]:
    """Leave empty media columns out where a text has a tag, which would be counted beside them."""
    told = [name for name in ("null", "blank", "empty") if _TOLD & marked(layout, name)]
    if not told:
        return layout
    typed = {f"/{COLUMN_OF[kind]}" for text in _texts(row) for kind in TAG.findall(text)}
    gone = sorted(at for name in told for at in marked(layout, name) & typed)
    for pointer in gone:
        why = "an empty media column is left out, since a tag typed as text would be counted"
        hits.append(Hit("LOS030", pointer, why))
    if not gone:
        return layout
    return {**layout, **{name: [at for at in layout[name] if at not in gone] for name in told}}


def _texts(row: Row) -> Iterator[str]:
    for _, messages in message_lists(row):
        for message in messages:
            parts = [part.get("text") for part in message.get("parts") or ()]
            for text in (message.get("content"), message.get("reasoning"), *parts):
                if text and "<" in text:
                    yield text


def lose_tags(layout: Mapping[str, Any], hits: list[Hit]) -> None:
    """Report what a format of parts does not keep of media columns."""
    if layout.get("media") == "tags":
        hits.append(Hit("LOS055", "/media", "tags and columns of files become parts"))
    for name in ("null", "blank", "empty"):
        for pointer in sorted(_TOLD & marked(layout, name)):
            hits.append(Hit("LOS030", pointer, "an empty media column is left out"))


def lost_objects(target: str, value: object) -> Hit | None:
    """Return the loss of a row's grounding `objects`, which only ms-swift's formats read.

    The column itself is kept beside the format's own; its boxes belong to `<bbox>` and
    `<ref-object>` in the text, which any other trainer takes for text.

    Args:
        target: The name of the format that is written.
        value: The column.
    """
    if target.startswith("swift") or not isinstance(value, dict):
        return None
    if {"bbox", "ref"}.isdisjoint(value):
        return None
    why = f"{target} has no grounding objects; their places are plain text there"
    return Hit("LOS041", "/extra/objects", why, value)
