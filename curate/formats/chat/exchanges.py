"""Conversations as lists of pairs: ms-swift's `{human, assistant}` and xtuner's `{input, output}`.

ms-swift (modelscope/ms-swift 4.6, `docs/source_en/Customization/Custom-dataset.md`) calls
`{"system", "conversation": [{"human", "assistant"}]}` ShareGPT. xtuner's legacy JSON
(InternLM/xtuner, `docs/en/user_guides/dataset_format.md`) has the system text in the pairs, and
writes text for pretraining as one pair with an empty input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Decode, Encode, Format, Record
from curate.formats.instruct.alpaca import ALPACA
from curate.formats.instruct.flat import report_files
from curate.formats.pieces.columns import (
    closed,
    finish,
    mark,
    mark_empty,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import extra_of
from curate.formats.pieces.plain_turns import lose_tools
from curate.formats.pieces.sides import encode_as
from curate.row import TEXT, Message, Row

_PLAIN = {"role", "content"}


@dataclass(frozen=True, slots=True)
class _Pairs:
    """How a format spells its pairs.

    Attributes:
        question: The key of the user's text.
        answer: The key of the assistant's text.
        columns: The names that the list may have, the usual one first.
        inside: The system text stands in the pairs, not beside them.
    """

    question: str
    answer: str
    columns: tuple[str, ...]
    inside: bool


def _decoder(pairs: _Pairs) -> Decode:
    keys = {pairs.question, pairs.answer} | ({"system"} if pairs.inside else set())

    def decode(record: Record, hits: list[Hit]) -> Row | None:
        column = next((name for name in pairs.columns if name in record), None)
        if column is None:
            why = f"missing: one of {', '.join(pairs.columns)} is expected"
            hits.append(Hit("SCH001", f"/{pairs.columns[0]}", why))
            return None
        layout: dict[str, Any] = {}
        if column != pairs.columns[0]:
            layout["columns"] = {pairs.columns[0]: column}
        messages: list[Message] = []
        consumed = {column}
        if not pairs.inside:
            consumed.add("system")
            if system := record.get("system"):
                messages.append({"role": "system", "content": system})
            mark_empty(layout, record, "system")
        for index, item in enumerate(record[column]):
            if pairs.inside and "system" in item:
                if system := item["system"]:
                    messages.append({"role": "system", "content": system})
                else:
                    mark(layout, "null" if system is None else "blank", f"/pairs/{index}/system")
            messages.append({"role": "user", "content": item[pairs.question]})
            answer: Message = {"role": "assistant", "content": item[pairs.answer]}
            if len(item) > len(keys & item.keys()):
                answer["extra"] = dump({k: v for k, v in item.items() if k not in keys})
            messages.append(answer)
        return finish({"messages": messages}, record, layout, frozenset(consumed))

    return decode


def _encoder(pairs: _Pairs) -> Encode:
    def encode(row: Row, hits: list[Hit]) -> Record | None:
        layout = opened(row, "messages", hits)
        if layout is None:
            return None
        groups = None
        if row.get("tools") is None:
            groups = _groups(
                row["messages"], pairs.inside, {pairs.question, pairs.answer, "system"}
            )
        if groups is None:
            groups = _flattened(row, hits)
        if not groups:
            return None
        record: Record = {}
        if not pairs.inside:
            if groups[0][0] is not None:
                record["system"] = groups[0][0]
            put_empty(layout, record, "", "system")
        items = [_item(pairs, group, index, layout) for index, group in enumerate(groups)]
        spelled = (layout.get("columns") or {}).get(pairs.columns[0])
        record[spelled if spelled in pairs.columns else pairs.columns[0]] = items
        return closed(row, record)

    return encode


_Group = tuple[str | None, str, str, dict[str, Any]]


def _groups(messages: list[Message], inside: bool, taken: set[str]) -> list[_Group] | None:
    """Return plain messages as system text, question, answer and the keys beside them.

    None where they do not fit, or where a key beside them is one of the pair's own.
    """
    groups: list[_Group] = []
    index = 0
    while index < len(messages):
        system = None
        first = messages[index]
        if first["role"] == "system" and first.keys() == _PLAIN and (inside or not groups):
            system = first["content"]
            index += 1
        roles = [message["role"] for message in messages[index : index + 2]]
        if roles != ["user", "assistant"] or system == "":
            return None
        question, answer = messages[index : index + 2]
        rest = extra_of(answer)
        if question.keys() != _PLAIN or answer.keys() - {"extra"} != _PLAIN or rest.keys() & taken:
            return None
        groups.append((system, question["content"], answer["content"], rest))
        index += 2
    return groups


def _flattened(row: Row, hits: list[Hit]) -> list[_Group]:
    """Return the pairs that a flat record with a history would have, with its losses."""
    lose_tools(row, hits)
    own: list[Hit] = []
    flat = encode_as(ALPACA, {**row, "layout": {}}, own)
    hits.extend(hit for hit in own if hit.code != "LOS009")
    if flat is None:
        return []
    report_files(flat, hits)
    pairs = [*flat.get("history", ()), (flat["instruction"], flat["output"])]
    system: str | None = flat.get("system") or None
    return [
        (None if index else system, question, answer, {})
        for index, (question, answer) in enumerate(pairs)
    ]


def _item(pairs: _Pairs, group: _Group, index: int, layout: Mapping[str, Any]) -> dict[str, Any]:
    system, question, answer, item = group
    if pairs.inside:
        at = f"/pairs/{index}/system"
        if system is not None:
            item["system"] = system
        elif at in (layout.get("null") or ()):
            item["system"] = None
        elif at in (layout.get("blank") or ()):
            item["system"] = ""
    return {**item, pairs.question: question, pairs.answer: answer}


def _decode_text(record: Record, hits: list[Hit]) -> Row | None:
    (item,) = record["conversation"]
    if len(item) > 2 or item["input"]:
        why = "expected one pair of an empty input and the text as output"
        hits.append(Hit("SCH005", "/conversation/0", why))
        return None
    return finish({"text": item["output"]}, record, {}, frozenset({"conversation"}))


def _encode_text(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "text", hits) is None:
        return None
    return closed(row, {"conversation": [{"input": "", "output": row["text"]}]})


def _struct(*names: str) -> pa.DataType:
    return pa.list_(pa.struct([(name, TEXT) for name in names]))


_SWIFT = _Pairs("human", "assistant", ("conversation", "conversations"), inside=False)
_XTUNER = _Pairs("input", "output", ("conversation", "conversations"), inside=True)
SWIFT_PAIRS = Format(
    name="swift-pairs",
    title="ms-swift pairs: conversation of human and assistant, system",
    kind="sft",
    schema="swift-pairs",
    decode=_decoder(_SWIFT),
    encode=_encoder(_SWIFT),
    columns=schema(("conversation", _struct("human", "assistant")), ("system", TEXT)),
)
XTUNER = Format(
    name="xtuner",
    title="xtuner: conversation of system, input, output",
    kind="sft",
    schema="xtuner",
    decode=_decoder(_XTUNER),
    encode=_encoder(_XTUNER),
    columns=schema(("conversation", _struct("system", "input", "output"))),
)
XTUNER_TEXT = Format(
    name="xtuner-text",
    title="xtuner text for pretraining: one pair with an empty input",
    kind="text",
    schema="xtuner-text",
    decode=_decode_text,
    encode=_encode_text,
    columns=schema(("conversation", _struct("input", "output"))),
)
