"""Alpaca and Dolly: one instruction, an optional input, one answer.

Alpaca: `instruction, input?, output, system?, history?, tools?` as in tatsu-lab/stanford_alpaca and
hiyouga/LLaMA-Factory `data/README.md` (tool schemas only: a call has no place in an answer). Dolly:
`instruction, context, response, category` as in databricks-dolly-15k. The user's turn is
instruction and input joined by a line feed, as LLaMA-Factory
(`converter.py:AlpacaDatasetConverter`) and ms-swift join them; `layout.alpaca_split` keeps where
the instruction ends; it is the text's length where a line feed is no boundary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from curate.errors import json_type
from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import (
    closed,
    finish,
    mark,
    mark_empty,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.media import FIELDS, MEDIA_COLUMNS, tagged_reader, tagged_writer
from curate.formats.pieces.messages import report_lost, text_of, with_reasoning
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Message, Row

_ALPACA = frozenset({"instruction", "input", "output", "system", "history"})
_DOLLY = frozenset({"instruction", "context", "response"})
_PLAIN = {"role", "content"}


def _decode(record: Record, hits: list[Hit]) -> Row | list[Row] | None:
    given = record.get("input")
    row = _exchange(record["instruction"], given, record["output"])
    if given is not None and len(record) == 3:
        return row
    if not MEDIA_COLUMNS.isdisjoint(record):
        return _decode_tagged(record, hits)
    layout: dict[str, Any] = row.pop("layout", {})
    if given is None:
        mark(layout, "null" if "input" in record else "absent", "/input")
    before: list[Message] = []
    if system := record.get("system"):
        before.append({"role": "system", "content": system})
        layout["system_from"] = "column"
    for question, answer in record.get("history") or ():
        before.append({"role": "user", "content": question})
        before.append({"role": "assistant", "content": answer})
    if before:
        row["messages"] = before + row["messages"]
    mark_empty(layout, record, "system", "history")
    consumed = _ALPACA
    if "tools" in record and _read_tools(record, row, layout, hits):
        consumed |= {"tools"}
    return finish(row, record, layout, consumed)


_decode_tagged = tagged_reader(_decode)


def _read_tools(record: Record, row: Row, layout: dict[str, Any], hits: list[Hit]) -> bool:
    """Read the tools column, which LLaMA-Factory has; False where it is something else."""
    value = record["tools"]
    if value is None or value == "":
        mark_empty(layout, record, "tools")
        return True
    faults: list[Hit] = []
    tools: str | None = None
    hints: dict[str, Any] = {}
    if isinstance(value, str | list):
        tools, hints = read_tools(value, faults, "/tools", default="string")
    if tools is None:
        why = faults[0].message if faults else f"expected a list, found {json_type(value)}"
        hits.append(Hit("TOL023", "/tools", f"the column is kept aside: {why}", value))
        return False
    row["tools"] = tools
    layout.update(hints)
    return True


def _decode_dolly(record: Record, hits: list[Hit]) -> Row | None:
    del hits
    row = _exchange(record["instruction"], record.get("context"), record["response"])
    layout: dict[str, Any] = row.pop("layout", {})
    if record.get("context") is None:
        mark(layout, "null" if "context" in record else "absent", "/context")
    return finish(row, record, layout, _DOLLY)


def _exchange(instruction: str, context: str | None, answer: str) -> Row:
    """Return the exchange as a row; a split at the end says that a line feed is no boundary."""
    assistant: Message = {"role": "assistant", "content": answer}
    if context:
        text = f"{instruction}\n{context}"
    else:
        text = instruction
        if "\n" not in instruction:
            return {"messages": [{"role": "user", "content": text}, assistant]}
    return {
        "messages": [{"role": "user", "content": text}, assistant],
        "layout": {"alpaca_split": len(instruction)},
    }


Turn = tuple[Literal["user", "assistant"], str, int]
_USUAL = frozenset({"messages", "id", "origin", "extra", "category", "group"})


def plain_exchange(row: Row) -> tuple[str, str] | None:
    """Return the question and the answer of a row that is nothing else and has no layout.

    None also where the question has several lines, whose boundary is a loss to report.
    """
    messages: Sequence[Message] | None = row.get("messages")
    if messages is None or len(messages) != 2 or not _USUAL.issuperset(row):
        return None
    asked, said = messages
    if asked.keys() != _PLAIN or said.keys() != _PLAIN or "\n" in asked["content"]:
        return None
    if asked["role"] != "user" or said["role"] != "assistant":
        return None
    return asked["content"], said["content"]


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    if (exchange := plain_exchange(row)) is not None:
        record: Record = {"instruction": exchange[0], "input": "", "output": exchange[1]}
        return closed(row, record)
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    system, turns = _turns(row, hits)
    pairs = _pairs(turns, hits)
    if not pairs:
        return None
    (question, answer), at = pairs[-1], turns[-2][2] if len(turns) > 1 else 0
    instruction, context = _split(question, layout, hits, at)
    record = {"instruction": instruction, "input": context, "output": answer}
    _drop_unsaid(record, "input", layout)
    if system is not None:
        record["system"] = system
    if len(pairs) > 1:
        record["history"] = [list(pair) for pair in pairs[:-1]]
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(
            tools, hits, "/tools", form="string", bare=True, layout=layout
        )
    put_empty(layout, record, "", "system", "tools")
    put_empty(layout, record, [], "history")
    return closed(row, record)


def _encode_dolly(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    if row.get("tools") is not None:
        hits.append(Hit("LOS010", "/tools", "a Dolly record has no tools"))
    system, turns = _turns(row, hits)
    if system is not None:
        hits.append(Hit("LOS002", "/messages/0", "a Dolly record has no system text", system))
    pairs = _pairs(turns, hits)
    if not pairs:
        return None
    if len(pairs) > 1:
        why = f"{len(pairs)} exchanges do not fit a Dolly record, which holds one"
        hits.append(Hit("LOS008", "/messages", why))
    question, answer = pairs[-1]
    instruction, context = _split(question, layout, hits, turns[-2][2] if len(turns) > 1 else 0)
    record: Record = {"instruction": instruction, "context": context, "response": answer}
    _drop_unsaid(record, "context", layout)
    return closed(row, record)


def _drop_unsaid(record: Record, key: str, layout: Mapping[str, Any]) -> None:
    """Take an empty input back to missing or null, as it came."""
    if record[key] == "":
        if f"/{key}" in (layout.get("absent") or ()):
            del record[key]
        elif f"/{key}" in (layout.get("null") or ()):
            record[key] = None


def _split(text: str, layout: Mapping[str, Any], hits: list[Hit], at: int) -> tuple[str, str]:
    """Return instruction and input, by the layout where it still fits the text."""
    split = layout.get("alpaca_split")
    if isinstance(split, int):
        if split == len(text):
            return text, ""
        if 0 <= split < len(text) and text[split] == "\n":
            return text[:split], text[split + 1 :]
    if "\n" in text:
        why = "where the instruction ends is not known; the whole text becomes the instruction"
        hits.append(Hit("LOS009", f"/messages/{at}/content", why))
    return text, ""


def _turns(row: Row, hits: list[Hit]) -> tuple[str | None, list[Turn]]:
    """Return the leading system text and the turns that are text, each with its index."""
    messages: Sequence[Message] = row["messages"]
    if len(messages) == 2 and all(message.keys() == _PLAIN for message in messages):
        first, second = messages
        if first["role"] == "user" and second["role"] == "assistant":
            return None, [("user", first["content"], 0), ("assistant", second["content"], 1)]
    system: str | None = None
    turns: list[Turn] = []
    for index, message in enumerate(messages):
        pointer = f"/messages/{index}"
        report_lost(message, ("name", "refusal", "weight", "extra", "tool_calls"), hits, pointer)
        role = message["role"]
        if role == "tool":
            hits.append(Hit("LOS010", pointer, "a tool's result has no place"))
        elif role in ("user", "assistant"):
            text = with_reasoning(message, text_of(message, hits, pointer), hits, pointer)
            if text or not message.get("tool_calls"):
                turns.append((role, text, index))
        elif index == 0:
            system = _system(message, hits)
        else:
            why = "a system turn that is not the first has no place"
            hits.append(Hit("LOS002", pointer, why, message.get("content")))
    return system, turns


def _system(message: Message, hits: list[Hit]) -> str:
    """Return the text of the row's first message, a system or developer turn."""
    pointer = "/messages/0"
    if message["role"] == "developer":
        hits.append(Hit("LOS003", pointer, "the developer role becomes system"))
    text = with_reasoning(message, text_of(message, hits, pointer), hits, pointer)
    if not text:
        hits.append(Hit("LOS030", pointer, "an empty system turn becomes none"))
    return text


def _pairs(turns: list[Turn], hits: list[Hit]) -> list[tuple[str, str]]:
    """Make the turns pairs of question and answer, in place, and return the pairs.

    Turns before the first question (LOS007) and after the last answer (LOS006) are left out;
    turns of one role in a row are joined by a blank line (LOS008).
    """
    while turns and turns[0][0] == "assistant":
        _, text, index = turns.pop(0)
        why = "the conversation begins with an assistant turn"
        hits.append(Hit("LOS007", f"/messages/{index}", why, text))
    while turns and turns[-1][0] == "user":
        _, text, index = turns.pop()
        why = "the conversation ends on a turn that is not answered"
        hits.append(Hit("LOS006", f"/messages/{index}", why, text))
    merged: list[Turn] = []
    for role, text, index in turns:
        if merged and merged[-1][0] == role:
            why = f"two {role} turns in a row do not fit pairs of question and answer"
            hits.append(Hit("LOS008", f"/messages/{index}", why))
            merged[-1] = (role, f"{merged[-1][1]}\n\n{text}", merged[-1][2])
        else:
            merged.append((role, text, index))
    turns[:] = merged
    texts = [text for _, text, _ in merged]
    if not texts and not any(hit.code in ("LOS006", "LOS007") for hit in hits):
        hits.append(Hit("LOS008", "/messages", "there is no question with an answer"))
    return list(zip(texts[::2], texts[1::2], strict=True))


ALPACA = Format(
    name="alpaca",
    title="Alpaca: instruction, input, output, system, history, tools",
    kind="sft",
    schema="alpaca",
    decode=_decode,
    encode=tagged_writer(_encode, ("system", "history", "instruction", "input", "output")),
    columns=schema(
        ("instruction", TEXT),
        ("input", TEXT),
        ("output", TEXT),
        ("system", TEXT),
        ("history", pa.list_(pa.list_(TEXT))),
        ("tools", TEXT),
        *FIELDS,
    ),
)
DOLLY = Format(
    name="dolly",
    title="Dolly: instruction, context, response, category",
    kind="sft",
    schema="dolly",
    decode=_decode_dolly,
    encode=_encode_dolly,
    columns=schema(("instruction", TEXT), ("context", TEXT), ("response", TEXT)),
)
