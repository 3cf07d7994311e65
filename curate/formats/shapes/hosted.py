"""What tells the records of hosted services from OpenAI's, whose columns they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_COHERE: Final = frozenset({"System", "User", "Chatbot"})
_ANTHROPIC: Final = frozenset(
    {"tool_use", "tool_result", "redacted_thinking", "server_tool_use", "document"}
)
_NOVA: Final = frozenset(
    {"text", "image", "video", "document", "toolUse", "toolResult", "reasoningContent"}
)
_MISTRAL: Final = ("interactions", "available_tools", "system_prompt")


def service_of(record: Mapping[str, Any]) -> str | None:
    """Return the service's format of a record with `messages`, by its values; None for OpenAI's.

    Azure, Fireworks and Together read OpenAI's lines, so they are not told from them.
    """
    turns = record["messages"]
    if not isinstance(turns, list) or not turns:
        return None
    last = turns[-1]
    found = last.get("candidates") if type(last) is dict else None
    if type(found) is list or (found is not None and "content" not in last):
        return "nova-preference"
    for turn in turns:
        if type(turn) is not dict:
            continue
        content = turn.get("content")
        if type(content) is str:
            continue
        if type(content) is list:
            if (found := _by_blocks(content)) is not None:
                return found
        elif type(turn.get("text")) is str and "content" not in turn and "from" not in turn:
            return "mistral"
    first = turns[0]
    role = first.get("role") if type(first) is dict else None
    if type(role) is str and role in _COHERE and _all_cohere(turns):
        return "cohere"
    return _by_columns(record) if len(record) > 1 else None


def _by_blocks(content: list[Any]) -> str | None:
    for block in content:
        if type(block) is not dict:
            continue
        kind = block.get("type")
        if kind is None:
            return "nova" if not _NOVA.isdisjoint(block) else None
        if type(kind) is not str:
            return None
        if kind in _ANTHROPIC or (kind == "image" and "source" in block):
            return "anthropic"
        if kind == "thinking" and type(block.get("thinking")) is str:
            return "anthropic"
    return None


def _all_cohere(turns: list[Any]) -> bool:
    """Return whether the roles are Cohere's; one word that other formats misspell is too few."""
    roles = {turn.get("role") for turn in turns if type(turn) is dict and _has_text_role(turn)}
    return roles <= _COHERE


def _has_text_role(turn: dict[str, Any]) -> bool:
    return type(turn.get("role")) is str


def _by_columns(record: Mapping[str, Any]) -> str | None:
    for column in _MISTRAL:
        if column in record:
            return "mistral"
    if "toolConfig" in record:
        return "nova"
    system, tools = record.get("system"), record.get("tools")
    if type(system) is list and system and type(system[0]) is dict:
        return "anthropic" if "type" in system[0] else "nova"
    first = tools[0] if type(tools) is list and tools else None
    return "anthropic" if type(first) is dict and "input_schema" in first else None


def contents(record: Mapping[str, Any]) -> str | None:
    """Return gemini for a record whose `contents` are a list of turns with parts."""
    turns = record["contents"]
    if not isinstance(turns, list):
        return None
    first = turns[0] if turns else None
    if turns and not (isinstance(first, dict) and "parts" in first):
        return None
    return "gemini-preference" if isinstance(record.get("completions"), list) else "gemini"
