"""What a template has a place for: the reasons why a row cannot be rendered by it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from curate.finding import Hit
from curate.render.sandbox import MARKS
from curate.row import Row

LossOn = Literal["completion", "assistant", "all"]

# What each shipped template has a place for: the orders of roles (as a pattern over their first
# letters) and the tokens that it is made of.
PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "none": ("u?a", ()),
    "instruction": ("ua", ()),
    "alpaca": ("ua", ()),
    "chatml": ("s?[ua]+", ("<|im_start|>", "<|im_end|>")),
    "zephyr": ("s?[ua]+", ()),
}


def refused(name: str, row: Row, loss_on: LossOn) -> Hit | None:
    """Return why a template has no place for a row, by what the row holds; None where it has."""
    messages: Sequence[Mapping[str, Any]] = row["messages"]
    ours = name in PLACES
    if ours and row.get("tools") and json.loads(row["tools"]):
        return _no_place(name, "/tools", "tools")
    for at, message in enumerate(messages):
        pointer = f"/messages/{at}"
        hit = _refused_message(name, pointer, message, ours)
        if hit is not None:
            return hit
        weight = message.get("weight")
        if weight not in (None, 0, 1) or (weight == 0 and loss_on == "all"):
            return _no_place(f"with loss_on: {loss_on}", f"{pointer}/weight", f"weight {weight}")
    roles = "".join(message["role"][0] for message in messages)
    if ours and not re.fullmatch(PLACES[name][0], roles):
        shown = ", ".join(message["role"] for message in messages[:6])
        return _no_place(name, "/messages", f"the roles {shown}")
    return None


def _refused_message(name: str, pointer: str, message: Mapping[str, Any], ours: bool) -> Hit | None:
    texts = [message.get("content"), message.get("reasoning")]
    texts += [part.get("text") for part in message.get("parts") or ()]
    if any(text and MARKS.intersection(text) for text in texts):
        return marked(pointer)
    if any(part["type"] != "text" for part in message.get("parts") or ()):
        return _no_place(name, f"{pointer}/parts", "media")
    if message.get("refusal"):
        return _no_place(name, f"{pointer}/refusal", "a refusal")
    if not ours:
        return None
    for key in ("tool_calls", "reasoning"):
        if message.get(key):
            return _no_place(name, f"{pointer}/{key}", key)
    if message["role"] in ("tool", "developer"):
        return _no_place(name, f"{pointer}/role", f"the role {message['role']}")
    if message.get("content") is None and not message.get("parts"):
        return _no_place(name, pointer, "a message without content")
    return None


def _no_place(name: str, pointer: str, what: str) -> Hit:
    return Hit("RUN009", pointer, f"template {name} has no place for {what}")


def marked(pointer: str) -> Hit:
    """The hit of a text that holds a mark character."""
    return Hit("RUN024", pointer, "the text holds a noncharacter between U+FDD0 and U+FDD2")
