"""Prompts to be answered while training: TRL's prompt-only rows, for GRPO, RLOO and online DPO.

Source: TRL 1.16 `docs/source/dataset_formats`, prompt-only: `prompt`, a text or a list of messages.
Other columns go to the reward functions and are kept. `prompt` alone may also be plain text, so
this format is asked for with `--from trl-prompt-only`.
"""

from __future__ import annotations

from typing import Any

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.trl import MESSAGES
from curate.formats.pieces.columns import chat_from_text, closed, finish, opened, schema
from curate.formats.pieces.openai_messages import decode_messages
from curate.formats.pieces.sides import all_texts, encode_trl, user
from curate.row import Row

_PROMPT = frozenset({"prompt"})


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    prompt = record["prompt"]
    layout: dict[str, Any] = {}
    if isinstance(prompt, str):
        layout["prompt"] = "string"
        row: Row = {"prompt": user(prompt)}
    else:
        row = {
            "prompt": decode_messages(prompt, hits, "/prompt", arguments="object", layout=layout)
        }
    return finish(row, record, layout, _PROMPT)


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "prompt", hits, plain=True)
    if layout is None:
        return None
    texts = all_texts(row, {"prompt": "user"}) if layout.get("prompt") == "string" else None
    if texts is not None:
        return closed(row, {"prompt": texts[0]})
    chat_from_text(layout, hits)
    return closed(row, {"prompt": encode_trl(row["prompt"], hits, "/prompt", layout)})


TRL_PROMPT_ONLY = Format(
    "trl-prompt-only",
    "TRL prompt-only: a prompt as text or messages",
    "prompt_only",
    "trl-prompt-only",
    _decode,
    _encode,
    schema(("prompt", MESSAGES)),
)
