r"""Reasoning as a field of the message or as a `<think>` block in its text, and the way between.

A block is read only where it is the first thing of an assistant's text, closed, and the only one:
`<think>\n…\n</think>\n\n` as LLaMA-Factory's templates write it (`template.py`, thought words), any
other white space being kept in the layout. A block that is not closed, nested, second or not first
is left where it is and reported. `<scratch_pad>` is NousResearch Hermes' word for the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, cast

from curate.finding import Hit
from curate.row import MESSAGE_COLUMNS, Message, Row

Tag = Literal["think", "scratch_pad"]
Shape = tuple[str, str, str]
# Where a row's layout keeps the white space of blocks that were moved out of the text.
MOVED: Final = "think_moved"
_BLOCKS: Final[Mapping[Tag, re.Pattern[str]]] = {
    tag: re.compile(rf"<{tag}>(\n?)(.*?)(\n?)</{tag}>(\n{{0,2}})", re.DOTALL)
    for tag in ("think", "scratch_pad")
}


class Thought(NamedTuple):
    """A text cut behind its leading block.

    Attributes:
        reasoning: What stands in the block.
        rest: The text behind it.
        shape: The white space behind the opening tag, before the closing one and behind it; None
            where it is the usual.
    """

    reasoning: str
    rest: str
    shape: Shape | None


def cut_thought(text: str, tag: Tag = "think", before: str = "") -> Thought | None:
    """Return a text cut behind its leading block; None where it has none that stands alone.

    Args:
        text: The text.
        tag: The block's tag.
        before: A mark behind which tags do not count, since what follows is no text.
    """
    found = _BLOCKS[tag].match(text)
    if found is None:
        return None
    lead, reasoning, after, gap = found.groups()
    rest = text[found.end() :]
    said = rest.partition(before)[0] if before else rest
    marks = (f"<{tag}>", f"</{tag}>")
    if any(mark in part for mark in marks for part in (reasoning, said)):
        return None
    shape = (lead, after, gap)
    return Thought(reasoning, rest, None if shape == _usual(rest) else shape)


def put_thought(reasoning: str, rest: str, shape: Any = None, tag: Tag = "think") -> str:
    """Return a text behind its block; `shape` is the white space of `Thought`."""
    before, after, gap = shape if _is_shape(shape) else _usual(rest)
    return f"<{tag}>{before}{reasoning}{after}</{tag}>{gap}{rest}"


def _usual(rest: str) -> Shape:
    return "\n", "\n", "\n\n" if rest else ""


def _is_shape(shape: Any) -> bool:
    return (
        isinstance(shape, list | tuple)
        and len(shape) == 3
        and all(isinstance(part, str) for part in shape)
    )


def fault_of(text: str, tag: Tag = "think") -> tuple[str, str] | None:
    """Return the code and the fault of a text whose blocks `cut_thought` leaves alone."""
    opened, closed = text.count(f"<{tag}>"), text.count(f"</{tag}>")
    if not opened and not closed:
        return None
    if opened != closed:
        return "RSN001", f"{opened} <{tag}> and {closed} </{tag}>: the block is left in the text"
    if opened > 1:
        return "RSN002", f"{opened} <{tag}> blocks: they are left in the text"
    if not text.startswith(f"<{tag}>"):
        return "RSN004", f"text stands before the <{tag}> block: it is left there"
    return None


def to_field(row: Row, hits: list[Hit]) -> Row:
    """Return a row whose leading `<think>` blocks became the messages' reasoning.

    Args:
        row: The row, `layout` given as a dict; it is not changed.
        hits: Gets LOS036 for each move, RSN001, RSN002 and RSN004 for a block that is left alone,
            and RSN003 where the message has reasoning already.
    """
    shapes: dict[str, Any] = {}
    lists = {}
    for column in MESSAGE_COLUMNS:
        if (messages := row.get(column)) is not None:
            lists[column] = [
                _fielded(message, f"/{column}/{index}", shapes, hits)
                for index, message in enumerate(messages)
            ]
    moved = {**row, **lists}
    layout = {k: v for k, v in (row.get("layout") or {}).items() if k != MOVED}
    if shapes:
        layout[MOVED] = shapes
    return {**moved, "layout": layout} if layout or "layout" in row else moved


def _fielded(message: Message, at: str, shapes: dict[str, Any], hits: list[Hit]) -> Message:
    text = _text(message)
    if message["role"] != "assistant" or text is None or "think>" not in text:
        return message
    pointer = f"{at}/content" if "content" in message else f"{at}/parts/0/text"
    if message.get("reasoning") is not None:
        if fault_of(text) is not None or cut_thought(text) is not None:
            why = "the message has reasoning of its own, and a <think> block in its text"
            hits.append(Hit("RSN003", pointer, why))
        return message
    cut = cut_thought(text)
    if cut is None:
        if (fault := fault_of(text)) is not None:
            hits.append(Hit(fault[0], pointer, fault[1]))
        return message
    hits.append(Hit("LOS036", pointer, "the <think> block becomes the message's reasoning"))
    if cut.shape is not None:
        shapes[at] = list(cut.shape)
    changed = _with_text(message, cut.rest)
    if not cut.rest and message.get("tool_calls") and "content" in message:
        changed.pop("content")
    changed["reasoning"] = cut.reasoning
    return changed


def to_inline(row: Row, hits: list[Hit]) -> Row:
    """Return a row whose reasoning became a `<think>` block at the start of the text.

    What `to_field` moved comes back byte for byte.

    Args:
        row: The row, `layout` given as a dict; it is not changed.
        hits: Gets LOS036 for each move, RSN002 where the reasoning or the text holds a block's
            tag, and RSN003 where the text begins with a block already; both are left alone.
    """
    layout = dict(row.get("layout") or {})
    shapes = layout.pop(MOVED, None)
    shapes = shapes if isinstance(shapes, dict) else {}
    lists = {}
    for column in MESSAGE_COLUMNS:
        if (messages := row.get(column)) is not None:
            lists[column] = [
                _inlined(message, f"/{column}/{index}", shapes, hits)
                for index, message in enumerate(messages)
            ]
    moved = {**row, **lists}
    if layout:
        moved["layout"] = layout
    else:
        moved.pop("layout", None)
    return moved


def _inlined(message: Message, at: str, shapes: Mapping[str, Any], hits: list[Hit]) -> Message:
    reasoning = message.get("reasoning")
    if reasoning is None:
        return message
    text = _text(message) or ""
    pointer = f"{at}/reasoning"
    if text.startswith("<think>"):
        hits.append(Hit("RSN003", pointer, "the text begins with a <think> block already"))
        return message
    if any(mark in part for mark in ("<think>", "</think>") for part in (reasoning, text)):
        why = "the reasoning or the text holds a tag of a <think> block: it is not moved"
        hits.append(Hit("RSN002", pointer, why))
        return message
    hits.append(Hit("LOS036", pointer, "the reasoning becomes a <think> block of the text"))
    changed = _with_text(message, put_thought(reasoning, text, shapes.get(at)))
    changed.pop("reasoning")
    return changed


def _text(message: Message) -> str | None:
    """Return the text that the message begins with; None where it begins with none."""
    if (parts := message.get("parts")) is not None:
        first = parts[0] if parts else None
        return first.get("text") if first and first["type"] == "text" else None
    return message.get("content")


def _with_text(message: Message, text: str) -> Message:
    changed = message.copy()
    parts = message.get("parts")
    if parts is None:
        changed["content"] = text
    elif _text(message) is None:
        changed["parts"] = [{"type": "text", "text": text}, *parts]
    else:
        changed["parts"] = [cast(Any, {**parts[0], "text": text}), *parts[1:]]
    return changed
