"""TRL's conversational messages and prompt-completion rows.

Source: TRL 1.16 `docs/source/dataset_formats` and `trl/data_utils.py`. Calls' arguments are objects
and `tools` is JSON text, which `SFTTrainer` loads; it fails on "", so that is never written. Keys
of a message that TRL ignores (`weight`, `refusal` and unknown ones) are losses, since dataset
columns have one type for all rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import (
    JSON_TEXT,
    chat_from_text,
    closed,
    drop_blank,
    finish,
    mark_empty,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.openai_messages import decode_messages, encode_messages
from curate.formats.pieces.parts import Media
from curate.formats.pieces.placeholders import KEEP_PARTS, placed_reader, placed_writer
from curate.formats.pieces.sides import modern, trl_message
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Message, Row


def _read(
    record: Record, row: Row, layout: dict[str, Any], hits: list[Hit], consumed: frozenset[str]
) -> Row:
    """Read the tools and finish the row; `consumed` are the columns that the messages were in."""
    value = record.get("tools")
    if not isinstance(value, list):
        mark_empty(layout, record, "tools")
    tools, hints = read_tools(value, hits, "/tools", default="string")
    layout.update(hints)
    if tools is not None:
        row["tools"] = tools
    return finish(row, record, layout, consumed | {"tools"})


def _write(
    messages: Sequence[Message], hits: list[Hit], layout: Mapping[str, Any], at: str, first: int = 0
) -> list[dict[str, Any]]:
    """Encode a stretch of the row's messages, the first of which has the index `first`."""
    plain = [
        trl_message(message, hits, f"/messages/{index}", parts=KEEP_PARTS in layout)
        for index, message in enumerate(messages, start=first)
    ]
    indexes = range(first, first + len(messages))
    return encode_messages(
        plain, hits, "/messages", arguments="object", layout=modern(layout), at=at, indexes=indexes
    )


def _close(row: Row, record: Record, layout: Mapping[str, Any], hits: list[Hit]) -> Record:
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(tools, hits, "/tools", form="string", layout=layout)
    if layout:
        put_empty(drop_blank(layout, "tools", hits), record, "", "tools")
    return closed(row, record)


def _decode_messages(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    media: list[Media] = []
    messages = decode_messages(
        record["messages"], hits, "/messages", arguments="object", layout=layout, media=media
    )
    row: Row = {"messages": messages, "media": media} if media else {"messages": messages}
    return _read(record, row, layout, hits, frozenset({"messages"}))


def _encode_messages(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    record = {"messages": _write(row["messages"], hits, layout, "/messages")}
    return _close(row, record, layout, hits)


def _decode_pair(record: Record, hits: list[Hit]) -> Row | None:
    prompt, completion = record["prompt"], record["completion"]
    layout: dict[str, Any] = {}
    if isinstance(prompt, str) != isinstance(completion, str):
        why = "prompt and completion are expected to be both text or both lists of messages"
        hits.append(Hit("SCH002", "/completion", why, completion))
        return None
    row: Row = {}
    if isinstance(prompt, str):
        row["messages"] = [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": completion},
        ]
        layout["prompt"] = "string"
    else:
        media: list[Media] = []
        row["messages"] = [
            message
            for column in ("prompt", "completion")
            for message in decode_messages(
                record[column], hits, f"/{column}", arguments="object", layout=layout, media=media
            )
        ]
        layout["completion_from"] = len(prompt)
        if media:
            row["media"] = media
    return _read(record, row, layout, hits, frozenset({"prompt", "completion"}))


def _encode_pair(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits, plain=True)
    if layout is None:
        return None
    messages: list[Message] = row["messages"]
    if layout.get("prompt") == "string" and _is_exchange(messages):
        prompt, completion = (message["content"] for message in messages)
        return _close(row, {"prompt": prompt, "completion": completion}, layout, hits)
    chat_from_text(layout, hits)
    start, end = _completion(messages, layout, hits)
    if start == end:
        return None
    record: Record = {
        "prompt": _write(messages[:start], hits, layout, "/prompt"),
        "completion": _write(messages[start:end], hits, layout, "/completion", start),
    }
    return _close(row, record, layout, hits)


def _is_exchange(messages: Sequence[Message]) -> bool:
    plain = all(message.keys() == {"role", "content"} for message in messages)
    return plain and [message["role"] for message in messages] == ["user", "assistant"]


def _completion(
    messages: Sequence[Message], layout: Mapping[str, Any], hits: list[Hit]
) -> tuple[int, int]:
    """Return where the completion begins and ends: as it came, else the last assistant turn."""
    known = layout.get("completion_from")
    if isinstance(known, int) and known < len(messages):
        return known, len(messages)
    answers = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
    last = answers[-1] if answers else -1
    if last != len(messages) - 1:
        why = "the conversation does not end on an assistant turn, which the completion is"
        hits.append(Hit("LOS006", f"/messages/{last + 1}", why))
    if len(answers) > 1:
        why = "only the completion is trained, not the assistant turns before it"
        hits.append(Hit("LOS033", f"/messages/{answers[0]}", why))
    return (last, last + 1) if answers else (0, 0)


# Columns that TRL 1.16's trainers look for beside those of the dataset type that a file is of. One
# of them makes a trainer take the rows for another type or for tokens. (`images` is not among them:
# it says the same to TRL as to the formats that have it.)
_TYPES = frozenset({"messages", "conversations", "prompt", "completion", "chosen", "rejected"})
_TOKENS = frozenset({"input_ids", "labels", "seq_lengths", "completion_mask", "assistant_masks"})
_SIDE_TOKENS = frozenset(
    {
        *("chosen_ids", "rejected_ids", "chosen_input_ids", "rejected_input_ids"),
        *("ref_chosen_logps", "ref_rejected_logps", "ref_logps", "ref_KL_logps"),
    }
)
READ_BY_TRL: Mapping[str, frozenset[str]] = {
    "trl-messages": _TYPES | _TOKENS,
    "trl-prompt-completion": _TYPES | _TOKENS | {"text"},
    "trl-preference": _TYPES | _SIDE_TOKENS,
    "trl-preference-implicit": _TYPES | _SIDE_TOKENS,
    "trl-kto": _TYPES | _SIDE_TOKENS,
    "trl-prompt-only": _TYPES | {"label"},
    "trl-stepwise": _TYPES | {"input_ids"},
    "text": _TYPES | _TOKENS | {"tools"},
}
_CALL = pa.struct(
    [
        ("id", TEXT),
        ("type", TEXT),
        (
            "function",
            pa.struct(
                [
                    pa.field("name", TEXT),
                    pa.field("arguments", pa.string(), metadata=JSON_TEXT),
                ]
            ),
        ),
    ]
)
MESSAGES = pa.list_(
    pa.struct(
        [
            ("role", TEXT),
            ("content", TEXT),
            ("reasoning_content", TEXT),
            ("reasoning", TEXT),
            ("thinking", TEXT),
            ("tool_calls", pa.list_(_CALL)),
            ("tool_call_id", TEXT),
            ("name", TEXT),
        ]
    )
)
TRL_MESSAGES = Format(
    name="trl-messages",
    title="TRL conversational language modeling: messages",
    kind="sft",
    schema="trl-messages",
    decode=placed_reader(_decode_messages),
    encode=placed_writer(_encode_messages, ("messages",)),
    columns=schema(("messages", MESSAGES), ("tools", TEXT)),
)
TRL_PROMPT_COMPLETION = Format(
    name="trl-prompt-completion",
    title="TRL prompt-completion: only the completion is trained",
    kind="sft",
    schema="trl-prompt-completion",
    decode=placed_reader(_decode_pair),
    encode=placed_writer(_encode_pair, ("prompt",)),
    columns=schema(("prompt", MESSAGES), ("completion", MESSAGES), ("tools", TEXT)),
)
