"""Answer pairs that are read and never written: autotrain's `prompt, text, rejected_text`.

Source: huggingface/autotrain-advanced `src/autotrain/trainers/clm`; `text` is the chosen answer.
"""

from __future__ import annotations

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.sides import Reader, assistant, user
from curate.row import Row

_AUTOTRAIN = frozenset({"prompt", "text", "rejected_text", "margin"})


def _decode_autotrain(record: Record, hits: list[Hit]) -> Row | None:
    row: Row = {
        "prompt": user(record["prompt"]),
        "chosen": assistant(record["text"]),
        "rejected": assistant(record["rejected_text"]),
    }
    for name in ("text", "rejected_text"):
        if record[name].lstrip().startswith(("[{", "[ {")):
            why = "the answer is a list of messages written as text"
            fix = f"write the list itself, and --map it to chosen or rejected in place of {name}"
            hits.append(Hit("SCH002", f"/{name}", why, record[name], fix))
    return Reader(record, hits).finish(row, _AUTOTRAIN)


AUTOTRAIN_PREFERENCE = Format(
    name="autotrain-preference",
    title="autotrain: prompt, text (chosen), rejected_text",
    kind="preference",
    schema="autotrain-preference",
    decode=_decode_autotrain,
    encode=None,
    columns=pa.schema([]),
)
