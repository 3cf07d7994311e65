"""Gemini's spelling: keys in two cases, and tools in groups of function declarations.

Source: Gemini API `Tool` and `FunctionDeclaration`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from curate.finding import Hit
from curate.formats.pieces.declared_tools import (
    declared_of,
    function_of,
    listed,
    read_once,
    write_once,
)
from curate.formats.pieces.held_json import dump

_SNAKE: Final[Mapping[str, str]] = {
    "systemInstruction": "system_instruction",
    "functionCall": "function_call",
    "functionResponse": "function_response",
    "inlineData": "inline_data",
    "fileData": "file_data",
    "mimeType": "mime_type",
    "fileUri": "file_uri",
    "functionDeclarations": "function_declarations",
}
_CAMEL: Final[Mapping[str, str]] = {snake: camel for camel, snake in _SNAKE.items()}
_SNAKED: Final = frozenset(_CAMEL)


def camel(value: Mapping[str, Any], layout: dict[str, Any]) -> dict[str, Any]:
    """Return an object with its known keys in camel case; what was spelled otherwise is noted."""
    if _SNAKED.isdisjoint(value):
        return dict(value)
    found = {}
    for key, item in value.items():
        known = _CAMEL.get(key)
        if known is not None and known not in value:
            seen: list[str] = layout.setdefault("snake", [])
            if known not in seen:
                seen.append(known)
        found[key if known is None or known in value else known] = item
    return found


def snake(value: dict[str, Any], layout: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with its keys spelled as they came."""
    seen = layout.get("snake")
    if not isinstance(seen, list):
        return value
    return {(_SNAKE.get(k, k) if k in seen else k): v for k, v in value.items()}


def read_groups(tools: list[Any], layout: dict[str, Any]) -> str:
    """Return the declarations of all tools as one list; several groups are remembered."""
    text, own = read_once(_read_groups, tools)
    if own:
        for key in own.get("snake", ()):
            seen: list[str] = layout.setdefault("snake", [])
            if key not in seen:
                seen.append(key)
        if "tool_groups" in own:
            layout["tool_groups"] = own["tool_groups"]
    return text


def _read_groups(tools: list[Any]) -> tuple[str, dict[str, Any]]:
    layout: dict[str, Any] = {}
    found: list[Any] = []
    counts: list[int] = []
    for tool in tools:
        group = camel(tool, layout)
        declared = group.get("functionDeclarations")
        if declared is not None and len(group) == 1:
            found += [function_of(one, "parameters") for one in declared]
            counts.append(len(declared))
        else:
            found.append({"type": next(iter(group), ""), **tool})
            counts.append(1)
    if counts != _groups(found):
        layout["tool_groups"] = counts
    return dump(found), layout


def _groups(tools: list[Any]) -> list[int]:
    """Return how many tools each usual group has: all functions are one, at the head."""
    functions = 0
    while functions < len(tools) and _is_function(tools[functions]):
        functions += 1
    return [*([functions] if functions else []), *(1 for _ in tools[functions:])]


def _is_function(tool: Any) -> bool:
    return isinstance(tool, dict) and tool.get("type", "function") == "function"


def write_groups(tools: str, hits: list[Hit], layout: Mapping[str, Any]) -> list[Any]:
    """Return the row's tools in the groups that they came in, or in one.

    Args:
        tools: The row's `tools`.
        hits: Gets LOS010 for tools that are no functions.
        layout: The row's layout.
    """
    if not layout:
        return write_once(_write_usual, tools, hits)
    return _write_groups(tools, hits, layout)


def _write_usual(tools: str, hits: list[Hit]) -> list[Any]:
    return _write_groups(tools, hits, {})


def _write_groups(tools: str, hits: list[Hit], layout: Mapping[str, Any]) -> list[Any]:
    found = listed(tools)
    counts: list[int] = layout.get("tool_groups") or []
    if not _divides(counts, found):
        counts = _groups(found)
    groups: list[Any] = []
    start = 0
    for count in counts:
        group = found[start : start + count]
        if group and not _is_function(group[0]) and isinstance(group[0], dict):
            kind = group[0].get("type")
            if isinstance(kind, str) and kind != "custom" and kind in group[0]:
                groups.append({k: v for k, v in group[0].items() if k != "type"})
            else:
                why = "a tool that is no function has no place"
                hits.append(Hit("LOS010", f"/tools/{start}", why, kind))
        else:
            made = (
                declared_of(tool, "parameters", hits, f"/tools/{start + n}", needs=False)
                for n, tool in enumerate(group)
            )
            declared = [one for one in made if one is not None]
            groups.append(snake({"functionDeclarations": declared}, layout))
        start += count
    return groups


def _divides(counts: Any, tools: list[Any]) -> bool:
    """Return whether remembered groups still hold functions together and other tools alone."""
    if not isinstance(counts, list) or not all(type(n) is int and n >= 0 for n in counts):
        return False
    start = 0
    for count in counts:
        group = tools[start : start + count]
        if count > 1 and not all(map(_is_function, group)):
            return False
        start += count
    return start == len(tools)
