"""ShareGPT as NousResearch writes it: tools, calls and results inside the text of turns.

Source: the card of NousResearch/hermes-function-calling-v1 and NousResearch/Hermes-Function-Calling
`README.md`. The system turn holds `<tools>…</tools>`, a gpt turn one `<tool_call>…</tool_call>` a
call behind its text, a tool turn one `<tool_response>…</tool_response>` a result; `<think>` or
`<scratch_pad>` may begin a gpt turn. The format is read only where it is asked for by name: the
same turns may be plain ShareGPT whose text is meant as text. What would not be written again byte
for byte stays text (TOL019, TOL020). Instructions around the tools are the author's and stay; none
are made up where there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.sharegpt import read_record, write_record
from curate.formats.pieces.columns import opened, schema
from curate.formats.pieces.hermes_reader import (
    is_plain,
    read_answer,
    read_results,
    read_system,
    runs_of,
    stands_for_none,
)
from curate.formats.pieces.hermes_writer import TurnWriter
from curate.formats.pieces.inline_tools import Mark
from curate.formats.pieces.sharegpt_turns import KEYS
from curate.row import TEXT, Message, Row

_WORDS = frozenset({"human", "gpt", "system", "function_call", "tool"})


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    row = read_record(record, hits)
    if row is None:
        return None
    layout: dict[str, Any] = row.get("layout") or {}
    column = layout.get("system_from") == "column"
    keys = layout.get("turn_keys") or KEYS
    marks: dict[str, Mark] = {}
    messages: list[Message] = []
    sizes: list[int] = []
    inside: Mark | None = None
    for index, message in enumerate(row["messages"]):
        if is_plain(message):
            messages.append(message)
            continue
        at = f"/conversations/{index - column}"
        pointer = f"{at}/{keys[1]}"
        if index == 0 and message["role"] == "system":
            read, inside = read_system(message, row, hits, "/system" if column else pointer)
            if inside is None or column or not stands_for_none(read, row["messages"]):
                messages.append(read)
        elif message["role"] == "tool":
            results, mark = read_results(message, hits, pointer)
            messages += results
            sizes.append(len(results))
            _set(marks, at, mark)
        elif message["role"] == "assistant":
            read, mark = read_answer(message, hits, pointer)
            messages.append(read)
            _set(marks, at, mark)
        else:
            messages.append(message)
    row["messages"] = messages
    if "tools" in row and inside is None:
        layout["tools_from"] = "column"
    if inside and "bare" in inside and "twice" not in inside:
        layout["tools_bare"] = inside["bare"]
    if len(keys) < 3:
        _set_words(record["conversations"], keys[0], layout)
    if inside:
        layout["tools_block"] = inside
    if marks:
        layout["inline"] = marks
    if sizes and sizes != runs_of(messages):
        layout["results"] = sizes
    row.pop("layout", None)
    return {**row, "layout": layout} if layout else row


def _set(marks: dict[str, Mark], at: str, mark: Mark) -> None:
    if mark:
        marks[at] = mark


def _set_words(turns: list[Record], key: str, layout: dict[str, Any]) -> None:
    """Keep the turns' role words where they are not those that this dialect writes."""
    words = layout.pop("role_words", None) or [turn[key] for turn in turns]
    if not _WORDS.issuperset(words):
        layout["role_words"] = words


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits, plain=True)  # write_record reports what was plain
    if layout is None:
        return None
    writer = TurnWriter(row, layout, hits)
    plain = {key: value for key, value in row.items() if key != "tools"}
    plain["messages"] = writer.turns()
    if "tools" in row and (writer.tools is None or writer.block.get("twice")):
        plain["tools"] = row["tools"]
    own: list[Hit] = []
    record = write_record(plain, own)
    hits.extend(_placed(hit, writer.places) for hit in own)
    if record is None:
        return None
    keys = layout.get("turn_keys") or KEYS
    if "role_words" not in layout and len(keys) < 3:
        for turn in record["conversations"]:
            if turn[keys[0]] == "observation":
                turn[keys[0]] = "tool"
    return record


def _placed(hit: Hit, places: Sequence[int]) -> Hit:
    """Return a hit in turns with its pointer into the row's messages."""
    _, *steps = hit.pointer.split("/")
    if len(steps) < 2 or steps[0] != "messages":
        return hit
    steps[1] = str(places[int(steps[1])])
    return hit._replace(pointer="/".join(["", *steps]))


HERMES = Format(
    name="sharegpt-hermes",
    title="ShareGPT with tools, calls and results as Hermes' tags in the text; --from only",
    kind="sft",
    schema="sharegpt-hermes",
    decode=_decode,
    encode=_encode,
    columns=schema(
        ("conversations", pa.list_(pa.struct([("from", TEXT), ("value", TEXT)]))),
        ("system", TEXT),
        ("tools", TEXT),
    ),
)
