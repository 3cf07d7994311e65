"""What a template leaves out of a conversation of some shape, told by words of our own.

Each field of each message is replaced by a word of its own, and the conversation is rendered once:
what is not shown then is left out for the conversation's shape, whatever its texts are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from curate.checks.rendered.reading import Missing
from curate.row import Message, Row

if TYPE_CHECKING:
    from curate.render.template import Specials, Template

TOOLS = Missing(-1, "tools")


class Probed(NamedTuple):
    """What holds for every conversation of a shape.

    Attributes:
        missing: The fields that the template does not show.
        asks_otherwise: Whether the prompt alone, up to where the assistant writes, is rendered
            otherwise than it is before the answer.
        unasked: What the template writes before an answer and not at the end of a prompt that asks
            for one, "" where there is nothing.
    """

    missing: frozenset[Missing] = frozenset()
    asks_otherwise: bool = False
    unasked: str = ""


def shape_of(row: Row) -> tuple[Any, ...]:
    """Return what of a conversation a template may look at beside the texts themselves."""
    messages = row["messages"]
    return (
        row.get("tools") not in (None, "", "[]"),
        *((m["role"], len(m.get("tool_calls") or ()), *sorted(_fields(m))) for m in messages),
    )


def _fields(message: Message) -> list[str]:
    found = ["content"] if _text(message).strip() else []
    return found + [name for name in ("name", "reasoning", "tool_call_id") if message.get(name)]


def _text(message: Message) -> str:
    content = message.get("content")
    if content is not None:
        return content
    return "".join(part.get("text", "") for part in message.get("parts") or ())


def probe(row: Row, template: Template, specials: Specials) -> Probed:
    """Render a conversation of the row's shape; nothing is known where the template refuses it."""
    from curate.render.sandbox import TemplateError

    words: dict[Missing, str] = {}
    messages = [_worded(at, message, words) for at, message in enumerate(row["messages"])]
    asked: Row = {"messages": messages}
    if row.get("tools") and (tools := _worded_tools(row["tools"])) is not None:
        asked["tools"] = tools
        words[TOOLS] = _word(-1, "tools")
    try:
        shown = template.text_of(asked, specials)
    except TemplateError:
        return Probed()
    missing = frozenset(place for place, word in words.items() if word not in shown)
    return Probed(missing, *_asked(asked, shown, template, specials))


def shows_a_question(template: Template, specials: Specials) -> bool:
    """Return whether a template shows the text of a question at all."""
    from curate.render.sandbox import TemplateError

    word = _word(0, "question")
    try:
        return word in template.text_of({"messages": [{"role": "user", "content": word}]}, specials)
    except TemplateError:
        return False


def _asked(row: Row, shown: str, template: Template, specials: Specials) -> tuple[bool, str]:
    """Return whether the prompt alone is rendered otherwise, and the header that it lacks."""
    from curate.render.sandbox import TemplateError

    messages = row["messages"]
    if len(messages) < 2 or messages[-1]["role"] != "assistant":
        return False, ""
    prompt = {**row, "messages": messages[:-1]}
    try:
        before = template.text_of(prompt, specials, asks=True)
        plain = template.text_of(prompt, specials)
    except TemplateError:
        return False, ""
    if not shown.startswith(before):
        return True, ""
    header, word, _ = shown[len(before) :].partition(_word(len(messages) - 1, "content"))
    return False, header.strip() if word and before == plain else ""


def _word(at: int, name: str) -> str:
    return f"zq{at + 1}x{name.replace('_', '')}qz"


def _worded(at: int, message: Message, words: dict[Missing, str]) -> Message:
    """Return a message whose texts are words, and note which."""

    def word(name: str) -> str:
        return words.setdefault(Missing(at, name), _word(at, name))

    changed: Message = {"role": message["role"]}
    if message.get("content") is not None or message.get("parts"):
        changed["content"] = word("content") if _text(message).strip() else ""
    if message.get("name"):
        changed["name"] = word("name")
    if message.get("reasoning"):
        changed["reasoning"] = word("reasoning")
    if message.get("tool_call_id"):
        changed["tool_call_id"] = str(message.get("tool_call_id"))
    if calls := message.get("tool_calls"):
        changed["tool_calls"] = [
            {
                **call,
                "name": f"{word('calls')}{n}",
                "arguments": json.dumps({"key": word("arguments")}),
            }
            for n, call in enumerate(calls)
        ]
    return changed


def _worded_tools(text: str) -> str | None:
    """Return tools with the first of their names replaced, or None where they have no name."""
    tools = json.loads(text)
    for holder in _named(tools):
        holder["name"] = _word(-1, "tools")
        return json.dumps(tools)
    return None


def _named(tools: Any) -> Iterator[dict[str, Any]]:
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict):
            inner = tool.get("function")
            holder = inner if isinstance(inner, dict) else tool
            if isinstance(holder.get("name"), str):
                yield holder
