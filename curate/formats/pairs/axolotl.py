"""axolotl's answer pairs: `chat_template.default` and the `chatml`/`llama3` columns.

Source: axolotl-ai-cloud/axolotl 0.19 `prompt_strategies/dpo/chat_template.py`, `chatml.py`,
`llama3.py` and `bradley_terry/`. `chat_template.default` trains the role and content of the last
message of each side; the columns families put texts into a template by f-strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.axolotl import AXOLOTL, without, write_side
from curate.formats.pieces.columns import closed, mark, opened, put_empty, schema
from curate.formats.pieces.messages import report_lost, text_of, with_reasoning
from curate.formats.pieces.parts import Media
from curate.formats.pieces.sides import (
    Reader,
    assistant,
    first_of,
    lose_repeating,
    one_answer,
    put_margin,
    repeats,
    system_first,
    user,
)
from curate.formats.pieces.tools import write_tools
from curate.row import TEXT, Message, Row

_CHAT = frozenset({"messages", "chosen", "rejected", "margin", "tools"})
_PROMPTS = ("prompt", "input", "question", "instruction")
_SIDES = ("chosen", "rejected")
_PROMPT = "question"


def _decode_chat(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(record, hits)
    prompt = record["messages"]
    row: Row = {"prompt": reader.messages(prompt, "prompt", "/messages")}
    forms: dict[str, str] = {}
    for side in _SIDES:
        row[side] = reader.answer(record[side], side, f"/{side}", prompt)
        if isinstance(record[side], list) and repeats(prompt, record[side]):
            reader.layout.setdefault("prompt_repeated", []).append(side)
        if not isinstance(record[side], dict):
            forms[side] = "string" if isinstance(record[side], str) else "list"
    if forms:
        reader.layout["side_forms"] = forms
    return _completed(row, reader, _CHAT)


def _completed(row: Row, reader: Reader, consumed: frozenset[str]) -> Row:
    """Add the system column, the tools and what is left."""
    record = reader.record
    if "system" in record:
        system = record["system"]
        if not system:
            mark(reader.layout, "null" if system is None else "blank", "/system")
            consumed |= {"system"}
        elif system_first(row, "prompt", system, reader.hits):
            consumed |= {"system"}
            reader.layout["system_from"] = "column"
    return reader.finish(row, consumed)


def _encode_chat(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    record: Record = {}
    prompt: list[Message] = row["prompt"]
    first = 0
    if layout.get("system_from") == "column" and _is_system(prompt):
        record["system"], first = prompt[0]["content"], 1
    media = row.get("media") or ()
    record["messages"] = _write(prompt[first:], hits, "/prompt", layout, media, first)
    forms = layout.get("side_forms") or {}
    for side in _SIDES:
        if forms.get(side) == "list":
            lose_repeating(row, (side,), hits)
            before = record["messages"] if side in layout.get("prompt_repeated", ()) else []
            record[side] = before + _write(row[side], hits, f"/{side}", layout, media)
            continue
        answer = one_answer(row[side], hits, f"/{side}")
        if forms.get(side) == "string" and answer.keys() == {"role", "content"}:
            record[side] = answer["content"]
        else:
            at = len(row[side]) - 1 if row[side] else 0
            (record[side],) = _write([answer], hits, f"/{side}", layout, media, at)
    return _closed(row, record, hits, layout)


def _write(
    messages: list[Message],
    hits: list[Hit],
    pointer: str,
    layout: dict[str, Any],
    media: Sequence[Media],
    first: int = 0,
) -> list[dict[str, Any]]:
    """Return messages as a side has them: no key says what is trained of it."""
    plain: list[Message] = []
    for index, message in enumerate(messages, first):
        report_lost(message, ("weight",), hits, f"{pointer}/{index}")
        plain.append(without(message, "weight") if "weight" in message else message)
    return write_side(plain, hits, pointer, layout, media, first)


def _is_system(prompt: list[Message]) -> bool:
    return (
        bool(prompt) and prompt[0].keys() == {"role", "content"} and prompt[0]["role"] == "system"
    )


def _closed(row: Row, record: Record, hits: list[Hit], layout: dict[str, Any]) -> Record:
    put_margin(row, record, layout)
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(tools, hits, "/tools", layout=layout)
    put_empty(layout, record, "", "tools", "margin", "system")
    return closed(row, record)


def _decode_columns(record: Record, hits: list[Hit]) -> Row | None:
    question = _only_of(record, _PROMPTS, hits)
    chosen = _only_of(record, ("chosen", "chosen_response"), hits)
    rejected = _only_of(record, ("rejected", "rejected_response"), hits)
    if question is None or chosen is None or rejected is None:
        return None
    row: Row = {
        "prompt": user(record[question]),
        "chosen": assistant(record[chosen]),
        "rejected": assistant(record[rejected]),
    }
    reader = Reader(record, hits)
    names = {_PROMPT: question, "chosen": chosen, "rejected": rejected}
    if spelled := {name: found for name, found in names.items() if name != found}:
        reader.layout["columns"] = spelled
    consumed = frozenset({question, chosen, rejected, "margin", "tools"})
    return _completed(row, reader, consumed)


def _only_of(record: Record, names: Sequence[str], hits: list[Hit]) -> str | None:
    """Return the first of the columns that has a value; SCH012 for others that say otherwise."""
    if (name := first_of(record, names, hits)) is None:
        return None
    for other in names:
        if record.get(other) and record[other] != record[name]:
            why = f"{name} and {other} differ; it is open which of them is meant"
            hits.append(Hit("SCH012", f"/{other}", why, fix="leave one of them out"))
    return name


def _encode_columns(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    spelled = layout.get("columns") or {}
    record: Record = {}
    prompt: list[Message] = row["prompt"]
    rest = prompt
    if prompt and prompt[0]["role"] in ("system", "developer"):
        rest = prompt[1:]
        if prompt[0]["role"] == "developer":
            hits.append(Hit("LOS003", "/prompt/0/role", "the developer role becomes system"))
        record["system"] = _text(prompt[0], hits, "/prompt/0")
        if not record["system"]:
            hits.append(Hit("LOS030", "/prompt/0", "an empty system turn becomes none"))
    if len(rest) != 1 or rest[0]["role"] != "user":
        why = f"the format has place for one question, the prompt has {len(rest)} turns"
        hits.append(Hit("LOS008", "/prompt", why))
    at = len(prompt) - 1
    question = _text(rest[-1], hits, f"/prompt/{at}") if rest else ""
    record[spelled.get(_PROMPT, _PROMPT)] = question
    for side in _SIDES:
        answer = one_answer(row[side], hits, f"/{side}", roleless=True)
        text = _text(answer, hits, f"/{side}/{max(len(row[side]) - 1, 0)}")
        record[spelled.get(side, side)] = text
    return _closed(row, record, hits, layout)


def _text(message: Message, hits: list[Hit], at: str) -> str:
    lost = ("name", "refusal", "weight", "extra", "tool_calls", "tool_call_id")
    report_lost(message, lost, hits, at)
    return with_reasoning(message, text_of(message, hits, at), hits, at)


_SIDE = AXOLOTL.columns.field("messages").type.value_type
CHAT_PREFERENCE = Format(
    name="chat-preference",
    title="axolotl chat_template.default: messages, chosen, rejected",
    kind="preference",
    schema="chat-preference",
    decode=_decode_chat,
    encode=_encode_chat,
    columns=schema(
        ("messages", pa.list_(_SIDE)),
        ("chosen", _SIDE),
        ("rejected", _SIDE),
        ("margin", pa.float64()),
        ("system", TEXT),
        AXOLOTL.columns.field("tools"),
    ),
)
AXOLOTL_PREFERENCE = Format(
    name="axolotl-preference",
    title="axolotl columns: a prompt, chosen or chosen_response, rejected or rejected_response",
    kind="preference",
    schema="axolotl-preference",
    decode=_decode_columns,
    encode=_encode_columns,
    columns=schema(
        ("system", TEXT),
        ("question", TEXT),
        ("chosen", TEXT),
        ("rejected", TEXT),
        ("margin", pa.float64()),
        ("tools", TEXT),
    ),
)
