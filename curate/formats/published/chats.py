"""Conversations as their publishers logged them.

UltraChat: `data`, a list of texts by turns, the user's first (thunlp/UltraChat). LMSYS-Chat-1M and
WildChat: `conversation`, a list of messages with keys of their own beside role and content
(lmsys/lmsys-chat-1m, allenai/WildChat-1M). HelpSteer: `prompt, response` and five scores, which
stay in `extra`; later turns of a prompt begin on `<extra_id_1>` (nvidia/HelpSteer2).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.openai import OPENAI
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.formats.pieces.openai_messages import decode_messages, encode_messages
from curate.formats.pieces.plain_turns import Turn, lose_tools, plain_turns, without_media
from curate.formats.published.compared import read_turns
from curate.row import TEXT, Message, Row

_DATA = frozenset({"data"})
_CONVERSATION = frozenset({"conversation"})
_HELPSTEER = frozenset({"prompt", "response"})


def _decode_ultrachat(record: Record, hits: list[Hit]) -> Row | None:
    del hits  # the schema has checked all that can be wrong
    messages: list[Message] = [
        {"role": "assistant" if index % 2 else "user", "content": text}
        for index, text in enumerate(record["data"])
    ]
    return finish({"messages": messages}, record, {}, _DATA)


def _encode_ultrachat(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "messages", hits) is None:
        return None
    lose_tools(row, hits)
    turns = plain_turns(row["messages"], hits, "/messages")
    while turns and turns[0].role == "assistant":
        first = turns.pop(0)
        why = "the conversation begins with an assistant turn"
        hits.append(Hit("LOS007", first.pointer, why, first.text))
    if not turns:
        hits.append(Hit("LOS008", "/messages", "there is no question"))
        return None
    return closed(row, {"data": [turn.text for turn in _by_turns(turns, hits)]})


def _by_turns(turns: list[Turn], hits: list[Hit]) -> list[Turn]:
    """Return the turns with those of one role in a row joined by a blank line (LOS008)."""
    joined: list[Turn] = []
    for turn in turns:
        if joined and joined[-1].role == turn.role:
            why = f"two {turn.role} turns in a row do not fit a list of texts by turns"
            hits.append(Hit("LOS008", turn.pointer, why))
            joined[-1] = joined[-1]._replace(text=f"{joined[-1].text}\n\n{turn.text}")
        else:
            joined.append(turn)
    return joined


def _decode_logged(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    items = record["conversation"]
    row: Row = {"messages": decode_messages(items, hits, "/conversation", layout=layout)}
    return finish(row, record, layout, _CONVERSATION)


def _encode_logged(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    lose_tools(row, hits)
    messages = without_media(row, hits)["messages"]
    written = encode_messages(messages, hits, "/messages", layout=layout, at="/conversation")
    return closed(row, {"conversation": written})


def _decode_helpsteer(record: Record, hits: list[Hit]) -> Row | None:
    del hits  # the schema has checked all that can be wrong
    answer: Message = {"role": "assistant", "content": record["response"]}
    return finish({"messages": [*read_turns(record["prompt"]), answer]}, record, {}, _HELPSTEER)


ULTRACHAT = Format(
    "ultrachat",
    "UltraChat: data, a list of texts by turns",
    "sft",
    "ultrachat",
    _decode_ultrachat,
    _encode_ultrachat,
    schema(("data", pa.list_(TEXT))),
)
LMSYS = Format(
    "lmsys",
    "LMSYS-Chat and WildChat: conversation, a list of messages",
    "sft",
    "lmsys",
    _decode_logged,
    _encode_logged,
    schema(("conversation", OPENAI.columns.field("messages").type)),
)
HELPSTEER = Format(
    "helpsteer",
    "HelpSteer: prompt, response and five scores",
    "sft",
    "helpsteer",
    _decode_helpsteer,
    None,
    pa.schema([]),
)
