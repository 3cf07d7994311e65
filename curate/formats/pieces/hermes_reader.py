"""What Hermes' markup in a turn's text says: tools in the system turn, calls, results, reasoning.

What would not be written again byte for byte is not read; the turn stays text, with a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from curate.finding import Hit
from curate.formats.pieces.inline_tools import (
    CALL,
    RESPONSE,
    Mark,
    cut_calls,
    cut_results,
    cut_tools,
)
from curate.formats.pieces.reasoning import Tag, cut_thought, fault_of
from curate.row import Message, Row

# The mark of a turn whose calls stand in a function_call turn, as LLaMA-Factory has them.
FUNCTION_CALL: Final[Mark] = {"turn": "function_call"}
_PYTHON = "if it is Python, `--repair python-literals` writes it as JSON"


def is_plain(message: Message) -> bool:
    """Return whether a message is a question or an answer whose text holds no markup."""
    role = message["role"]
    if role == "assistant":
        return len(message) == 2 and "<" not in message.get("content", "<")
    return role == "user"


def read_system(
    message: Message, row: Row, hits: list[Hit], pointer: str
) -> tuple[Message, Mark | None]:
    """Take the tools out of the first turn and give them to the row.

    Args:
        message: The system message.
        row: The row; it gets the tools, if it has none.
        hits: Gets TOL020 where the tools stay text.
        pointer: Where the text stands in the record.

    Returns:
        The message without its tools, and how they stood there; None where they stay or there are
        none.
    """
    text = message.get("content") or ""
    if "</tools>" not in text:
        return message, None
    try:
        found = cut_tools(text)
    except ValueError as error:
        hits.append(Hit("TOL020", pointer, f"the tools stay text: {error}", None, _PYTHON))
        return message, None
    if found is None:
        return message, None
    mark = found.mark
    if "tools" in row:
        if row["tools"] != found.tools:
            why = "the tools of the system turn are not those of the tools column; they stay text"
            hits.append(Hit("TOL020", pointer, why))
            return message, None
        mark["twice"] = True
    row["tools"] = found.tools
    return {**message, "content": found.text}, mark


def stands_for_none(message: Message, messages: Sequence[Message]) -> bool:
    """Return whether a first turn of tools alone says that the row has no system turn.

    Args:
        message: The turn without its tools.
        messages: The messages that it begins; another system turn behind it keeps it.
    """
    plain = message.keys() <= {"role", "content", "parts"} and not message.get("content")
    return plain and len(messages) > 1 and messages[1]["role"] != "system"


def read_answer(message: Message, hits: list[Hit], pointer: str) -> tuple[Message, Mark]:
    """Return an assistant's message with the reasoning and calls of its text, and their spelling.

    Args:
        message: The message.
        hits: Gets TOL019 where the calls stay text, RSN001 and RSN002 where the reasoning does.
        pointer: Where the text stands in the record.
    """
    text = message.get("content")
    if message.get("tool_calls"):
        return message, dict(FUNCTION_CALL)
    if text is None or "<" not in text:
        return message, {}
    mark: Mark = {}
    read = message.copy()
    rest = _read_thought(text, read, mark, hits, pointer)
    if f"<{CALL}>" not in rest:
        if rest is not text:
            read["content"] = rest
        return read, mark
    try:
        found = cut_calls(rest)
    except ValueError as error:
        hits.append(Hit("TOL019", pointer, f"the call stays text: {error}", None, _PYTHON))
        return message, {}
    read["tool_calls"] = found.calls
    if found.content:
        read["content"] = found.content
    else:
        read.pop("content")
    return read, {**mark, **found.mark}


def _read_thought(text: str, read: Message, mark: Mark, hits: list[Hit], pointer: str) -> str:
    """Take the leading block out of a text; it stays there where it does not stand alone."""
    tags: tuple[Tag, ...] = ("think", "scratch_pad")
    for tag in tags if text.startswith(("<think>", "<scratch_pad>")) else ():
        if not text.startswith(f"<{tag}>"):
            continue
        cut = cut_thought(text, tag, f"<{CALL}>")
        if cut is None:
            if (fault := fault_of(text, tag)) is not None:
                hits.append(Hit(fault[0], pointer, fault[1]))
            return text
        if tag != "think":
            mark["tag"] = tag
        if cut.shape is not None:
            mark["shape"] = list(cut.shape)
        read["reasoning"] = cut.reasoning
        return cut.rest
    return text


def read_results(message: Message, hits: list[Hit], pointer: str) -> tuple[list[Message], Mark]:
    """Return the results of a tool turn, a message each, and how they are spelled.

    Args:
        message: The turn's message.
        hits: Gets TOL019 where the text is not read; it is the result as it stands.
        pointer: Where the text stands in the record.
    """
    text = message.get("content")
    plain: Mark = {"plain": True}
    if text is None or f"<{RESPONSE}>" not in text:
        return [message], plain
    try:
        found, mark = cut_results(text)
    except ValueError as error:
        hits.append(Hit("TOL019", pointer, f"the result stays text: {error}"))
        return [message], plain
    first: Message = {**message, "content": found[0]}
    more: list[Message] = [{"role": "tool", "content": one} for one in found[1:]]
    return [first, *more], mark


def runs_of(messages: Sequence[Message]) -> list[int]:
    """Return how many results stand in a row, each time."""
    runs: list[int] = []
    before = ""
    for message in messages:
        if message["role"] == "tool":
            if before != "tool":
                runs.append(0)
            runs[-1] += 1
        before = message["role"]
    return runs
