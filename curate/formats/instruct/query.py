"""ms-swift's flat records: query, response, history, system.

Source: modelscope/ms-swift 4.6 `swift/dataset/preprocessor/core.py:ResponsePreprocessor` and
`docs/source_en/Customization/Custom-dataset.md`. It renames many columns to these; here that is
asked for with `--map`. A `history` that is the text of a list is read where the text is JSON.
"""

from __future__ import annotations

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.instruct.flat import Columns, decoder, encoder, plain
from curate.formats.pieces.columns import schema
from curate.formats.pieces.media import FIELDS, tagged_reader, tagged_writer
from curate.formats.pieces.text_lists import list_of_text
from curate.row import TEXT, Row
from curate.schema import check

_COLUMNS = Columns(*plain("query"), ("response",), system="system", history=True)
_read = decoder(_COLUMNS)
_write = encoder(_COLUMNS)


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    text = record.get("history")
    if not isinstance(text, str):
        return _read(record, hits)
    history = list_of_text(text, "/history", hits) if text else []
    if history is None:
        return None
    opened = {**record, "history": history}
    if faults := check("swift-query", opened):
        hits.extend(faults)
        return None
    row = _read(opened, hits)
    if row is not None:
        row.setdefault("layout", {})["history_text"] = True
    return row


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    record = _write(row, hits)
    if record is not None and (row.get("layout") or {}).get("history_text"):
        hits.append(Hit("LOS016", "/messages", "the history becomes a list"))
    return record


SWIFT_QUERY = Format(
    name="swift-query",
    title="ms-swift: query, response, history, system",
    kind="sft",
    schema="swift-query",
    decode=tagged_reader(_decode),
    encode=tagged_writer(_encode, ("system", "history", "query"), ("response",)),
    columns=schema(
        ("query", TEXT),
        ("response", TEXT),
        ("history", pa.list_(pa.list_(TEXT))),
        ("system", TEXT),
        *FIELDS,
    ),
)
