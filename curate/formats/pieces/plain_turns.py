"""Messages as plain texts of user and assistant, for formats that hold nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from curate.finding import Hit
from curate.formats.pieces.messages import report_lost, text_of, with_reasoning
from curate.row import Message, Row

LOST = ("name", "refusal", "weight", "extra", "tool_calls")
_PLAIN = {"role", "content"}


class Turn(NamedTuple):
    """One text, and where its message stands in the row."""

    role: str
    text: str
    pointer: str


def plain_turns(messages: Sequence[Message], hits: list[Hit], pointer: str) -> list[Turn]:
    """Return the turns of user and assistant as texts; what cannot be one is a loss.

    Args:
        messages: The messages.
        hits: Gets LOS002 for a system or developer turn, LOS010 for a tool's result and for calls,
            and the losses of `report_lost`, `text_of` and `with_reasoning`.
        pointer: Where the messages stand in the row.
    """
    turns: list[Turn] = []
    for index, message in enumerate(messages):
        at = f"{pointer}/{index}"
        role = message["role"]
        if role in ("user", "assistant"):
            if message.keys() == _PLAIN:
                turns.append(Turn(role, message["content"], at))
                continue
            report_lost(message, LOST, hits, at)
            text = with_reasoning(message, text_of(message, hits, at), hits, at)
            if text or not message.get("tool_calls"):
                turns.append(Turn(role, text, at))
        elif role == "tool":
            hits.append(Hit("LOS010", at, "a tool's result has no place"))
        else:
            hits.append(Hit("LOS002", at, "a system text has no place", message.get("content")))
    return turns


def one_question(messages: Sequence[Message], hits: list[Hit]) -> str | None:
    """Return the text of a row's prompt that is one question, or its last one with a LOS008.

    None, with the loss, where there is no question at the end.
    """
    turns = plain_turns(messages, hits, "/prompt")
    if not turns or turns[-1].role != "user":
        why = "the prompt does not end on a question, which is all that the format holds"
        hits.append(Hit("LOS008", "/prompt", why))
        return None
    if len(turns) > 1:
        why = f"{len(turns)} turns do not fit a record of one question"
        hits.append(Hit("LOS008", "/prompt", why))
    return turns[-1].text


def lose_tools(row: Row, hits: list[Hit]) -> None:
    """Report that tool schemas have no place, where the row has any."""
    if row.get("tools") is not None:
        hits.append(Hit("LOS010", "/tools", "tool schemas have no place"))


def without_media(row: Row, hits: list[Hit]) -> Row:
    """Return a conversation whose messages with media are texts, each medium a LOS022."""
    if not row.get("media"):
        return row
    messages: list[Message] = []
    known = len(hits)
    for index, message in enumerate(row["messages"]):
        if any("media" in part for part in message.get("parts") or ()):
            text = text_of(message, hits, f"/messages/{index}")
            kept: Any = {key: value for key, value in message.items() if key != "parts"}
            kept["content"] = text
            messages.append(kept)
        else:
            messages.append(message)
    if len(hits) == known:
        hits.append(Hit("LOS022", "/media", "media has no place"))
    return {key: value for key, value in row.items() if key != "media"} | {"messages": messages}
