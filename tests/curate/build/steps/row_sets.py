"""Small sets of rows for tests of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

from curate.build.line.base import Context, Decision, Rows, Splits, Step
from curate.files.json_text import dumps
from curate.row import Kind, Row, to_batch


def decided(step: Step, rows: Rows) -> Decision:
    """Return what a step decides, with a folder of its own to work in."""
    with TemporaryDirectory() as folder:
        return step.decide(rows, Context(Path(folder)))


def asked(prompt: str, response: str = "yes", **columns: Any) -> Row:
    """Return an sft row of one question and one answer."""
    messages = [
        {"role": "user", "content": prompt},
        {"role": "assistant", "content": response},
    ]
    return {"messages": messages, **columns}


def rows_of(
    made: Sequence[Row],
    kind: Kind = "sft",
    *,
    splits: Sequence[str] | None = None,
    inputs: Sequence[str] | None = None,
    chunk: int = 7,
    extra: Mapping[str, pa.Array] | None = None,
) -> Rows:
    """Return rows with ids and origins, in record batches of a few rows.

    Args:
        made: Rows as dicts; `extra` may be an object.
        kind: Their kind.
        splits: The split of each; all `train` where it is None.
        inputs: The input of each; all `in` where it is None.
        chunk: Rows of a record batch.
        extra: What earlier steps put there.
    """
    whole = []
    for number, given in enumerate(made):
        row = {"id": f"r{number}", "origin": {"path": "in.jsonl", "line": number + 1}, **given}
        if isinstance(row.get("extra"), dict):
            row["extra"] = dumps(row["extra"])
        whole.append(row)
    parts = [whole[at : at + chunk] for at in range(0, len(whole), chunk)] or [[]]
    table = pa.Table.from_batches([to_batch(kind, part) for part in parts])
    return Rows(
        kind,
        table,
        np.arange(len(whole), dtype=np.int64),
        named(splits or ["train"] * len(whole), "train"),
        named(inputs or ["in"] * len(whole), "in"),
        dict(extra or {}),
    )


def named(values: Sequence[str], default: str) -> Splits:
    """Return the names of rows as steps see them, in the order in which they first come."""
    names = list(dict.fromkeys(values)) or [default]
    return Splits(tuple(names), np.array([names.index(value) for value in values], np.uint16))
