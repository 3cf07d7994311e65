"""Repairs that make several rows of one conversation."""

from __future__ import annotations

from typing import Any

from curate.finding import Hit
from curate.repairs.base import Repair
from curate.repairs.turns import without_places
from curate.row import Message, Row

_INSTRUCTIONS = ("system", "developer")


def _at_system(row: Row, argument: str, hits: list[Hit]) -> list[Row]:
    """Let each later system turn begin a row of its own."""
    del argument
    messages: list[Message] = row.get("messages") or []
    cuts = [
        index
        for index, message in enumerate(messages)
        if index and message["role"] in _INSTRUCTIONS
        and messages[index - 1]["role"] not in _INSTRUCTIONS
    ]  # fmt: skip
    if not cuts:
        return [row]
    why = f"the conversation is cut before {len(cuts)} system turn(s)"
    hits.append(Hit("LOS049", f"/messages/{cuts[0]}", why))
    ends = [*cuts, len(messages)]
    starts = [0, *cuts]
    return [_with(row, messages[a:b]) for a, b in zip(starts, ends, strict=True)]


def _at_answers(row: Row, argument: str, hits: list[Hit]) -> list[Row]:
    """Make a row that ends on each answer that is trained, the turns before it untrained.

    For trainers without weights: each row is a prompt and one completion, so every trained answer
    is trained once and no other is.
    """
    del argument
    messages: list[Message] = row.get("messages") or []
    weights = [m.get("weight") for m in messages]
    if all(weight is None for weight in weights):
        return [row]
    ends = [
        index + 1
        for index, message in enumerate(messages)
        if message["role"] == "assistant" and message.get("weight", 1) == 1
    ]
    if not ends or any(weight not in (None, 0, 1) for weight in weights):
        return [row]
    hits.append(Hit("LOS050", "/messages", f"{len(ends)} trained answer(s) become as many rows"))
    made = []
    for end in ends:
        bare: list[Any] = [
            {k: v for k, v in m.items() if k != "weight"} for m in messages[:end]
        ]  # fmt: skip
        new = _with(row, bare)
        layout = {**(new.get("layout") or {}), "completion_from": end - 1}
        made.append({**new, "layout": layout})
    return made


def _with(row: Row, messages: list[Message]) -> Row:
    return without_places({**row, "messages": messages})


REPAIRS = (
    Repair(
        "split-at-system",
        "LOS049",
        "let each later system turn begin a row of its own",
        _at_system,
    ),
    Repair(
        "split-at-answers",
        "LOS050",
        "make a row that ends on each answer of weight 1, for trainers without weights",
        _at_answers,
    ),
)
