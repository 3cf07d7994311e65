"""Texts that a chat template has made: read back into messages, and written by the same template.

Opt-in: a column of text is plain text unless `--from rendered:NAME` says otherwise, as AutoTrain
has it with `chat_template: none`. See `pieces/rendered_text.py` for the templates' sources.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.formats.pieces.messages import report_lost, text_of, unknown_role, with_reasoning
from curate.formats.pieces.rendered_text import (
    CHATML,
    DIALECTS,
    GUANACO,
    LLAMA3,
    ZEPHYR,
    Dialect,
    Turn,
    cut,
    is_sure,
    write,
)
from curate.row import TEXT, Message, Role, Row

_TEXT = frozenset({"text"})
_LOST = ("name", "refusal", "weight", "tool_calls", "extra")


def _decode(dialect: Dialect, record: Record, hits: list[Hit]) -> Row | None:
    found = cut(dialect, record["text"])
    if isinstance(found, str):
        shown = record["text"][:80]
        hits.append(Hit("SCH031", "/text", f"not a conversation of {dialect.name}: {found}", shown))
        return None
    messages: list[Message] = []
    if found.system is not None:
        messages.append({"role": "system", "content": found.system})
    for word, content in found.turns:
        role: Any = dialect.words.get(word)
        if role is None:
            unknown_role(word, dialect.words, hits, "/text")
            return None
        messages.append({"role": role, "content": content})
    layout: dict[str, Any] = {"rendered": {"template": dialect.name} | found.style}
    return finish({"messages": messages}, record, layout, _TEXT)


def _encode(dialect: Dialect, row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    style = layout.get("rendered")
    if style is None:
        hits.append(Hit("LOS029", "/messages", "the turns become one text"))
    if (tools := row.get("tools")) is not None:
        code = "LOS030" if tools == "[]" else "LOS010"
        hits.append(Hit(code, "/tools", "a rendered text has no place for tool schemas"))
    own = style if style and style.get("template") == dialect.name else {}
    words = _WORDS[dialect.name]
    turns: list[Turn] = []
    system = None
    known = len(hits)
    for index, message in enumerate(row["messages"]):
        pointer = f"/messages/{index}"
        text = _text(dialect, message, hits, pointer)
        word = _word(words, message["role"], hits, pointer)
        if word is not None:
            turns.append((word, text))
        elif message["role"] in ("system", "developer") and dialect.preamble and not index:
            system = text
        else:
            code = "LOS010" if message["role"] == "tool" else "LOS002"
            why = f"{dialect.name} has no place for this turn of {message['role']}"
            hits.append(Hit(code, pointer, why))
    if not turns:
        hits.append(Hit("LOS008", "/messages", f"no turn is left that {dialect.name} can hold"))
        return None
    text = write(dialect, turns, system, own)
    clean = not own and system is None and len(hits) == known
    if not clean or not is_sure(dialect, turns):
        _check(dialect, text, turns, system, hits)
    return closed(row, {"text": text})


def _text(dialect: Dialect, message: Message, hits: list[Hit], pointer: str) -> str:
    if len(message) == 2 and "content" in message:
        text = message["content"]
    else:
        text = _flat(message, hits, pointer)
    for mark in dialect.marks if dialect.marks[0][:2] in text else ():
        if mark in text:
            why = f"the text holds {mark.strip()}, which would be read as the template's own"
            hits.append(Hit("LOS034", f"{pointer}/content", why, text))
            break
    return text


def _flat(message: Message, hits: list[Hit], pointer: str) -> str:
    report_lost(message, _LOST, hits, pointer)
    if message["role"] == "tool":
        report_lost(message, ("tool_call_id",), hits, pointer)
    return with_reasoning(message, text_of(message, hits, pointer), hits, pointer)


_WORDS = {
    dialect.name: {role: word for word, role in dialect.words.items()} for dialect in DIALECTS
}


def _word(words: dict[str, str], role: Role, hits: list[Hit], pointer: str) -> str | None:
    if role == "developer" and "developer" not in words:
        hits.append(Hit("LOS003", f"{pointer}/role", "developer becomes system"))
        return words.get("system")
    return words.get(role)


def _check(
    dialect: Dialect, text: str, turns: list[Turn], system: str | None, hits: list[Hit]
) -> None:
    """Report a text that would be cut into other turns than it was made of."""
    if any(hit.code == "LOS034" for hit in hits):
        return
    again = cut(dialect, text)
    if isinstance(again, str) or (again.turns, again.system) != (turns, system):
        why = "white space or tokens at a turn's edge would be read as the template's own"
        hits.append(Hit("LOS034", "/messages", why))


def _format(dialect: Dialect, what: str) -> Format:
    return Format(
        name=f"rendered:{dialect.name}",
        title=f"text rendered by {what}, taken apart again",
        kind="sft",
        schema="rendered",
        decode=partial(_decode, dialect),
        encode=partial(_encode, dialect),
        columns=schema(("text", TEXT)),
    )


RENDERED_CHATML = _format(CHATML, "ChatML")
RENDERED_LLAMA3 = _format(LLAMA3, "the template of Llama 3")
RENDERED_ZEPHYR = _format(ZEPHYR, "the template of Zephyr")
RENDERED_GUANACO = _format(GUANACO, "OpenAssistant-Guanaco's `### Human:`")
RENDERED_FORMATS = (RENDERED_CHATML, RENDERED_LLAMA3, RENDERED_ZEPHYR, RENDERED_GUANACO)
