"""Answer pairs that are read and never written: other trainers' columns for the same thing.

ms-swift: `messages` with the chosen answer at the end, and `rejected_response` or
`rejected_messages` (modelscope/ms-swift, `swift/dataset/preprocessor/core.py`). axolotl:
`chat_template.default` and the `chatml`/`llama3` column families
(axolotl-ai-cloud/axolotl, `prompt_strategies/dpo`). autotrain: `prompt, text, rejected_text`.
HH-RLHF: two transcripts of `Human:` and `Assistant:` turns (anthropics/hh-rlhf).
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Format, Record
from curate.formats.pieces.sides import Reader, assistant, common, first_of, system_first, user
from curate.row import Message, Row

_SWIFT = frozenset({"messages", "rejected_response", "margin", "tools"})
_SWIFT_WHOLE = frozenset({"messages", "rejected_messages", "margin", "tools"})
_CHAT = frozenset({"messages", "chosen", "rejected", "margin", "tools"})
_AXOLOTL_PROMPTS = ("prompt", "input", "question", "instruction")
_AUTOTRAIN = frozenset({"prompt", "text", "rejected_text", "margin"})
_HH = frozenset({"chosen", "rejected", "margin"})
_HH_TURN = re.compile(r"\n\n(Human|Assistant):[ ]?")


def _decode_swift(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(record, hits)
    items = record["messages"]
    whole = record.get("rejected_messages")
    if whole is not None:
        shared = common(items, whole, hits)
        if not shared:
            return None
        rejected = reader.messages(whole[shared:], "rejected", "/rejected_messages", shared)
    else:
        shared = _answer_at(items)
        if shared in (0, len(items)):
            why = "the conversation is expected to be a question and, at its end, the chosen answer"
            hits.append(Hit("SCH005", "/messages", why))
            return None
        if first_of(record, ("rejected_response", "rejected_messages"), hits) is None:
            return None
        refused = record["rejected_response"]
        rejected = reader.answer(refused, "rejected", "/rejected_response", items[:shared])
    row: Row = {
        "prompt": reader.messages(items[:shared], "prompt", "/messages"),
        "chosen": reader.messages(items[shared:], "chosen", "/messages", shared),
        "rejected": rejected,
    }
    return _completed(row, reader, _SWIFT if whole is None else _SWIFT_WHOLE)


def _answer_at(items: list[Any]) -> int:
    """Return where the items behind the last question begin: calls, results and the answer."""
    at = len(items)
    while at and items[at - 1]["role"] in ("assistant", "tool", "tool_call", "tool_response"):
        at -= 1
    return at


def _decode_chat(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(record, hits)
    prompt = record["messages"]
    row: Row = {"prompt": reader.messages(prompt, "prompt", "/messages")}
    for side in ("chosen", "rejected"):
        row[side] = reader.answer(record[side], side, f"/{side}", prompt)
    return _completed(row, reader, _CHAT)


def _completed(row: Row, reader: Reader, consumed: frozenset[str]) -> Row:
    """Add the system column, the tools and what is left."""
    system = reader.record.get("system")
    if isinstance(system, str) and system and system_first(row, "prompt", system, reader.hits):
        consumed = consumed | {"system"}
    return reader.finish(row, consumed)


def _decode_axolotl(record: Record, hits: list[Hit]) -> Row | None:
    question = first_of(record, _AXOLOTL_PROMPTS, hits)
    chosen = first_of(record, ("chosen", "chosen_response"), hits)
    rejected = first_of(record, ("rejected", "rejected_response"), hits)
    if question is None or chosen is None or rejected is None:
        return None
    row: Row = {
        "prompt": user(record[question]),
        "chosen": assistant(record[chosen]),
        "rejected": assistant(record[rejected]),
    }
    consumed = frozenset({question, chosen, rejected, "margin", "tools"})
    return _completed(row, Reader(record, hits), consumed)


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


def _decode_hh(record: Record, hits: list[Hit]) -> Row | None:
    chosen, rejected = _transcript(record["chosen"]), _transcript(record["rejected"])
    shared = common(chosen, rejected, hits)
    if not shared:
        return None
    row: Row = {
        "prompt": chosen[:shared],
        "chosen": chosen[shared:],
        "rejected": rejected[shared:],
    }
    return Reader(record, hits).finish(row, _HH)


def _transcript(text: str) -> list[Message]:
    """Return the turns of a text that begins with a marker, which the schema demands."""
    pieces = _HH_TURN.split(text)[1:]
    return [
        {"role": "user" if role == "Human" else "assistant", "content": content}
        for role, content in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def _reader(name: str, title: str, decode: Decode) -> Format:
    return Format(name, title, "preference", name, decode, None, pa.schema([]))


SWIFT_PREFERENCE = _reader(
    "swift-preference",
    "ms-swift: messages with rejected_response or rejected_messages",
    _decode_swift,
)
CHAT_PREFERENCE = _reader(
    "chat-preference", "axolotl chat_template.default: messages, chosen, rejected", _decode_chat
)
AXOLOTL_PREFERENCE = _reader(
    "axolotl-preference",
    "axolotl columns: a prompt, chosen or chosen_response, rejected or rejected_response",
    _decode_axolotl,
)
AUTOTRAIN_PREFERENCE = _reader(
    "autotrain-preference", "autotrain: prompt, text (chosen), rejected_text", _decode_autotrain
)
HH_RLHF = _reader(
    "hh-rlhf", "HH-RLHF: chosen and rejected as transcripts of Human and Assistant", _decode_hh
)
