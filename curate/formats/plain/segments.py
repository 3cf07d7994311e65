"""axolotl's input_output: segments of text, each trained or not, without a template.

Source: axolotl-ai-cloud/axolotl 0.19 `docs/dataset-formats/template_free.qmd` and
`prompt_strategies/input_output.py`.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.row import TEXT, Row

_KEYS = frozenset({"label", "text"})


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    del hits  # the schema has checked all that can be wrong
    items: list[dict[str, Any]] = record["segments"]
    layout: dict[str, Any] = {}
    if any(len(item) > len(_KEYS) for item in items):
        layout["segment_keys"] = [
            {key: value for key, value in item.items() if key not in _KEYS} for item in items
        ]
    segments = [{"text": item["text"], "train": item["label"]} for item in items]
    return finish({"segments": segments}, record, layout, frozenset({"segments"}))


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "segments", hits)
    if layout is None:
        return None
    items = [{"label": item["train"], "text": item["text"]} for item in row["segments"]]
    rests = layout.get("segment_keys")
    if isinstance(rests, list) and len(rests) == len(items):
        items = [{**rest, **item} for rest, item in zip(rests, items, strict=True)]
    return closed(row, {"segments": items})


INPUT_OUTPUT = Format(
    name="input-output",
    title="axolotl input_output: segments of label and text",
    kind="segments",
    schema="input-output",
    decode=_decode,
    encode=_encode,
    columns=schema(("segments", pa.list_(pa.struct([("label", pa.bool_()), ("text", TEXT)])))),
)
