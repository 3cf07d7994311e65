"""xLAM: a query, the tools it may be answered with, and the calls that answer it.

Source: the card and records of Salesforce/xlam-function-calling-60k: `query`, `tools` (JSON text of
a list) and `answers` (JSON text of a list of calls). A record is a user turn and an assistant turn
of calls without text; a record without calls is the user turn alone. xLAM describes parameters by
name, `{"city": {"type": "str", "description": …, "default": …}}`, which is no JSON Schema: they are
kept as they are, reported (TOL022), and no schema is made of them, since which of them are required
and what `str, optional` allows would be a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.call_spelling import (
    OTHER,
    lose_in_calls,
    object_text,
    read_calls,
    write_calls,
)
from curate.formats.pieces.columns import closed, finish, mark, opened, schema
from curate.formats.pieces.held_json import dump, parse
from curate.formats.pieces.messages import report_lost, text_of
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Message, Row, ToolCall

_COLUMNS = frozenset({"query", "tools", "answers"})
_FIX = 'write a JSON list of {"name": …, "arguments": {…}}, [] for none'


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    messages: list[Message] = [{"role": "user", "content": record["query"]}]
    if calls := _read_answers(record["answers"], hits, layout):
        messages.append({"role": "assistant", "tool_calls": calls})
    row: Row = {"messages": messages}
    if record["tools"] == "":
        mark(layout, "blank", "/tools")
    tools = _read_tools(record["tools"], hits, layout)
    if tools is not None:
        row["tools"] = tools
    return finish(row, record, layout, _COLUMNS)


def _read_answers(value: Any, hits: list[Hit], layout: dict[str, Any]) -> list[ToolCall]:
    text = value
    if not isinstance(value, str):
        layout["answers"] = "list" if isinstance(value, list) else "object"
        text = dump(value)
    if not text.strip() or text.strip() == "[]":
        if text != "[]":
            layout["answers_text"] = text
        return []
    try:
        found = read_calls(text)
    except ValueError as error:
        hits.append(Hit("TOL002", "/answers", f"no list of calls: {error}", value, _FIX))
        return []
    words = found.spelling.split()
    if "list" in words:
        words.remove("list")
    elif len(found.calls) == 1 and OTHER not in words:
        words.append("alone")
    if words:
        layout["answers_style"] = " ".join(words)
    if found.quoted:
        every = len(found.quoted) == len(found.calls)
        layout["arguments"] = "string" if every else "mixed"
        layout["string_arguments"] = found.quoted
    return found.calls


def _read_tools(value: Any, hits: list[Hit], layout: dict[str, Any]) -> str | None:
    """Read the tools: JSON text or the value itself, a list or one schema alone."""
    tools = value
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            tools = parse(value)
        except ValueError as error:
            why = f"expected a JSON list of tools, but {error}"
            hits.append(Hit("TOL001", "/tools", why, value))
            return None
    if isinstance(tools, dict):
        layout["tools_alone"] = True
        tools = f"[{value.strip()}]" if isinstance(value, str) else [tools]
    found, hints = read_tools(tools, hits, "/tools", default="string")
    layout.update(hints)
    if found is not None:
        _report_flat(found, hits)
    return found


def _report_flat(tools: str, hits: list[Hit]) -> None:
    hits.extend(_flat(tools))


# Rows of one set mostly share their tools, so the last ones are kept.
@lru_cache(maxsize=512)
def _flat(tools: str) -> list[Hit]:
    hits: list[Hit] = []
    for index, tool in enumerate(parse(tools)):
        inner = tool.get("function", tool)
        parameters = inner.get("parameters") if isinstance(inner, dict) else None
        if isinstance(parameters, dict) and parameters and parameters.get("type") != "object":
            name = inner.get("name")
            why = f"the parameters of tool {index} ({name}) are listed by name, no JSON Schema"
            hits.append(Hit("TOL022", "/tools", why))
    return hits


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    messages = _exchange(row["messages"], hits)
    if messages is None:
        return None
    (at, question), answer = messages
    report_lost(
        question, ("name", "weight", "extra", "reasoning", "refusal"), hits, f"/messages/{at}"
    )
    record: Record = {"query": text_of(question, hits, f"/messages/{at}")}
    record["tools"] = _write_tools(row.get("tools"), hits, layout)
    record["answers"] = "[]" if answer is None else _write_answers(*answer, hits, layout)
    if answer is None and "answers_text" in layout:
        record["answers"] = layout["answers_text"]
    if layout.get("answers") in ("list", "object"):
        hits.append(Hit("LOS016", "/messages", "the calls become text"))
    return closed(row, record)


Placed = tuple[int, Message]


def _exchange(messages: Sequence[Message], hits: list[Hit]) -> tuple[Placed, Placed | None] | None:
    """Return the question and the calls that answer it; what else there is has no place."""
    at = next((n for n, message in enumerate(messages) if message["role"] == "user"), None)
    if at is None:
        hits.append(Hit("LOS008", "/messages", "there is no question"))
        return None
    for index, message in enumerate(messages[:at]):
        code = "LOS002" if message["role"] in ("system", "developer") else "LOS007"
        why = f"a {message['role']} turn before the query has no place"
        hits.append(Hit(code, f"/messages/{index}", why, message.get("content")))
    rest = messages[at + 1 :]
    answer = (at + 1, rest[0]) if rest and rest[0]["role"] == "assistant" else None
    behind = rest[1:] if answer else rest
    if behind:
        why = f"{len(behind)} turn(s) behind the query and its calls have no place"
        hits.append(Hit("LOS008", f"/messages/{len(messages) - len(behind)}", why))
    return (at, messages[at]), answer


def _write_answers(at: int, message: Message, hits: list[Hit], layout: dict[str, Any]) -> str:
    pointer = f"/messages/{at}"
    if (text := text_of(message, hits, pointer)) or "content" in message:
        why = "text beside calls, or in place of them, has no place"
        code = "LOS011" if text else "LOS030"
        hits.append(Hit(code, f"{pointer}/content", why, text))
    fields = ("name", "refusal", "reasoning", "weight", "extra", "tool_call_id")
    report_lost(message, fields, hits, pointer)
    calls = message.get("tool_calls") or []
    if not calls:
        return "[]"
    lose_in_calls(calls, hits, pointer)
    quoted = layout.get("string_arguments") or ()
    if layout.get("arguments") == "string":
        quoted = range(len(calls))
    written: list[ToolCall] = [
        call
        if index in quoted
        else {
            **call,
            "arguments": object_text(
                call["arguments"], hits, f"{pointer}/tool_calls/{index}/arguments"
            ),
        }
        for index, call in enumerate(calls)
    ]
    style = layout.get("answers_style", "")
    if OTHER in style:
        hits.append(Hit("LOS016", pointer, "the calls are kept, their spelling is not"))
    return write_calls(written, list(quoted), style if "alone" in style else f"{style} list")


def _write_tools(tools: str | None, hits: list[Hit], layout: dict[str, Any]) -> str:
    if tools is None:
        if "/tools" in (layout.get("blank") or ()):
            return ""
        hits.append(Hit("LOS030", "/tools", "no tools become an empty list"))
        return "[]"
    bare = layout if "tools_bare" in layout else {**layout, "tools_bare": True}
    text = write_tools(tools, hits, "/tools", form="string", bare=True, layout=bare)
    assert isinstance(text, str)
    if layout.get("tools_alone") and len(parse(text)) == 1:
        return text[1:-1]
    return text


XLAM = Format(
    name="xlam",
    title="xLAM: query, tools, answers (calls without text)",
    kind="sft",
    schema="xlam",
    decode=_decode,
    encode=_encode,
    columns=schema(("query", TEXT), ("tools", TEXT), ("answers", TEXT)),
)
