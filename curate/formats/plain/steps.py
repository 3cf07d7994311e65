"""Judged steps of an answer, for process reward models.

Source: TRL 1.16 `docs/source/dataset_formats`, stepwise supervision: `prompt`, `completions` and as
many `labels`, true where the step is right; axolotl's `stepwise_supervised` reads the same columns
(axolotl-ai-cloud/axolotl, `docs/dataset-formats/stepwise_supervised.qmd`).
"""

from __future__ import annotations

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.formats.pieces.plain_turns import one_question
from curate.formats.pieces.sides import user
from curate.row import TEXT, Row

_COLUMNS = frozenset({"prompt", "completions", "labels"})


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    steps, labels = record["completions"], record["labels"]
    if len(steps) != len(labels):
        why = f"{len(steps)} completions have {len(labels)} labels"
        hits.append(Hit("SCH021", "/labels", why))
        return None
    row: Row = {"prompt": user(record["prompt"]), "completions": steps, "labels": labels}
    return finish(row, record, {}, _COLUMNS)


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "completions", hits) is None:
        return None
    question = one_question(row["prompt"], hits)
    if question is None:
        return None
    steps, labels = row["completions"], row["labels"]
    return closed(row, {"prompt": question, "completions": steps, "labels": labels})


TRL_STEPWISE = Format(
    "trl-stepwise",
    "TRL stepwise supervision: prompt, completions, labels",
    "stepwise",
    "trl-stepwise",
    _decode,
    _encode,
    schema(("prompt", TEXT), ("completions", pa.list_(TEXT)), ("labels", pa.list_(pa.bool_()))),
)
