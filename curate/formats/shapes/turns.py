"""What the turns of a conversation say of its format, where a record's columns do not."""

from __future__ import annotations

from typing import Any, cast

_SWIFT_ROLES = ("tool_call", "tool_response")


def messages_dialect(turns: list[Any]) -> str:
    """Return swift or axolotl by their roles and flags, trl-messages by its arguments."""
    found: str | None = None
    for turn in turns:
        if not isinstance(turn, dict):
            continue
        if turn.get("role") in _SWIFT_ROLES:
            return "swift"
        if len(turn) == _PLAIN_KEYS and "content" in turn:
            continue
        if "loss" in turn or "loss_scale" in turn:
            return "swift"
        if "train" in turn or "train_detail" in turn:
            return "axolotl"
        if found is None and turn.get("tool_calls"):
            found = "trl-messages" if has_object_arguments([turn]) else "openai"
    return found or "openai"


_PLAIN_KEYS = 2


def is_pygmalion(turns: list[Any]) -> bool:
    """Return whether a turn of `{role, value}` is a bot's, which ShareGPT does not know."""
    return "value" in turns[0] and any(
        isinstance(turn, dict) and turn.get("role") == "bot" for turn in turns
    )


def pairs_of(turns: object) -> str | None:
    """Return the format of a list of pairs: swift-pairs, xtuner or xtuner-text, else None."""
    if is_turn(turns, "human") and is_turn(turns, "assistant"):
        return "swift-pairs"
    if not (is_turn(turns, "input") and is_turn(turns, "output")):
        return None
    (first, *more) = cast("list[dict[str, Any]]", turns)
    is_text = not more and first["input"] == "" and _OF_CHATS.isdisjoint(first)
    return "xtuner-text" if is_text else "xtuner"


# What a pair of a conversation may have beside input and output.
_OF_CHATS = frozenset({"system", "need_eos_token", "sep"})


def is_turn(turns: object, key: str) -> bool:
    """Return whether the first turn has a key."""
    return (
        isinstance(turns, list) and bool(turns) and isinstance(turns[0], dict) and key in turns[0]
    )


def has_object_arguments(turns: object) -> bool:
    """Return whether a tool call keeps its arguments as an object, as TRL wants it."""
    for turn in turns if isinstance(turns, list) else ():
        if isinstance(turn, dict) and turn.get("tool_calls"):
            calls = turn["tool_calls"]
            call = calls[0] if isinstance(calls, list) else None
            function = call.get("function") if isinstance(call, dict) else None
            return isinstance(function, dict) and isinstance(function.get("arguments"), dict)
    return False
