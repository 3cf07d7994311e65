"""ms-swift's flat answer pairs: query, response and rejected_response, history, system.

Source: modelscope/ms-swift 4.6 `swift/dataset/preprocessor/core.py:ResponsePreprocessor`, which
makes messages of query and response and keeps `rejected_response` beside them.
"""

from __future__ import annotations

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.instruct.query import SWIFT_QUERY
from curate.formats.pieces.columns import opened, put_empty
from curate.formats.pieces.media import tagged_reader, tagged_writer
from curate.formats.pieces.messages import report_lost, text_of, with_reasoning
from curate.formats.pieces.sides import (
    as_sft,
    assistant,
    decode_as,
    encode_as,
    one_answer,
    put_margin,
    read_margin,
    relocated,
)
from curate.row import TEXT, Message, Row

_OWN = frozenset({"rejected_response", "margin"})
_LOST = ("name", "refusal", "weight", "extra", "tool_calls")


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    rest = {key: value for key, value in record.items() if key not in _OWN}
    row = decode_as(SWIFT_QUERY, rest, hits)
    if row is None:
        return None
    *prompt, chosen = row.pop("messages")
    sides: Row = {
        "prompt": prompt,
        "chosen": [chosen],
        "rejected": assistant(record["rejected_response"]),
    }
    if "margin" in record:
        layout = row.pop("layout", {})
        read_margin(record, sides, layout)
        sides |= {"layout": layout} if layout else {}
    return sides | row


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    own: list[Hit] = []
    chosen = one_answer(row["chosen"], hits, "/chosen", roleless=True)
    rejected = one_answer(row["rejected"], hits, "/rejected", roleless=True)
    record = encode_as(SWIFT_QUERY, as_sft({**row, "chosen": [chosen]}, "prompt", "chosen"), own)
    hits.extend(relocated(own, row, "prompt", "chosen"))
    if record is None:
        return None
    record["rejected_response"] = _text(rejected, hits, row)
    put_margin(row, record, layout)
    put_empty(layout, record, None, "margin")
    return record


def _text(message: Message, hits: list[Hit], row: Row) -> str:
    at = f"/rejected/{max(len(row['rejected']) - 1, 0)}"
    report_lost(message, _LOST, hits, at)
    return with_reasoning(message, text_of(message, hits, at), hits, at)


SWIFT_QUERY_PREFERENCE = Format(
    name="swift-query-preference",
    title="ms-swift: query, response, rejected_response, history, system",
    kind="preference",
    schema="swift-query-preference",
    decode=tagged_reader(_decode),
    encode=tagged_writer(
        _encode, ("system", "history", "query"), ("response", "rejected_response")
    ),
    columns=pa.schema(
        [
            *SWIFT_QUERY.columns,
            ("rejected_response", TEXT),
            ("margin", pa.float64()),
        ]
    ),
)
