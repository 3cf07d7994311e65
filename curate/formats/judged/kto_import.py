"""Judged answers in axolotl's columns, which are read and never written.

Source: axolotl-ai-cloud/axolotl `prompt_strategies/kto/chatml.py` and `llama3.py`: `completion` and
`label`, with the question in `prompt`, `question` or `instruction` and an optional `system` text
(`.prompt_pairs`, `.ultra`, `.intel`, `.argilla`); or, without a question, `completion` as the whole
conversation (`.argilla_chat`, of which axolotl trains the first exchange alone; here the last turn
is the answer).
"""

from __future__ import annotations

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.judged.kto import label_hit, read_label
from curate.formats.pieces.sides import Reader, assistant, first_of, system_first, user
from curate.row import Row

QUESTIONS = ("prompt", "question", "instruction")


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    label = read_label(record["label"], {})
    if label is None:
        hits.append(label_hit(record["label"], "label"))
        return None
    reader = Reader(record, hits)
    completion = record["completion"]
    if isinstance(completion, str):
        question = first_of(record, QUESTIONS, hits)
        if question is None:
            return None
        row: Row = {"prompt": user(record[question]), "completion": assistant(completion)}
        consumed = frozenset({question, "completion", "label"})
    elif len(completion) < 2 or completion[-1]["role"] != "assistant":
        why = "the conversation is expected to end on the answer to a question"
        hits.append(Hit("SCH005", "/completion", why, fix="end on the assistant's turn"))
        return None
    else:
        row = {
            "prompt": reader.messages(completion[:-1], "prompt", "/completion"),
            "completion": reader.messages(
                completion[-1:], "completion", "/completion", len(completion) - 1
            ),
        }
        consumed = frozenset({"completion", "label"})
    row["label"] = label
    system = record.get("system")
    if isinstance(system, str) and system and system_first(row, "prompt", system, hits):
        consumed |= {"system"}
    return reader.finish(row, consumed)


AXOLOTL_KTO = Format(
    "axolotl-kto",
    "axolotl KTO columns: a question, completion, label, system",
    "unpaired",
    "axolotl-kto",
    _decode,
    None,
    pa.schema([]),
)
