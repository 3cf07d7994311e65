"""Tool schemas in the spelling of services that do not take OpenAI's, and the row's form of them.

The row has OpenAI's wrapped form. Keys of a declaration beside name, description and parameters
stay with the function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from curate.finding import Hit
from curate.formats.pieces.held_json import parse

Tool = dict[str, Any]
_EMPTY: Final[Mapping[str, Any]] = {"type": "object", "properties": {}}


def function_of(declared: Mapping[str, Any], key: str) -> Tool:
    """Return a declaration as a tool; `key` is the dialect's word for parameters."""
    return {
        "type": "function",
        "function": {("parameters" if k == key else k): v for k, v in declared.items()},
    }


def declared_of(
    tool: Any, key: str, hits: list[Hit], pointer: str, *, needs: bool = True
) -> Tool | None:
    """Return a tool as a declaration; None, with LOS010, for what is no function.

    Args:
        tool: An item of the row's tools.
        key: The dialect's word for parameters.
        hits: Gets the losses.
        pointer: Where the tool stands in the row.
        needs: Whether the dialect needs parameters; an empty schema is then put (LOS030).
    """
    inner = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(inner, dict) or tool.get("type", "function") != "function":
        kind = tool.get("type") if isinstance(tool, dict) else None
        hits.append(Hit("LOS010", pointer, "a tool that is no function has no place", kind))
        return None
    for name in tool.keys() - {"type", "function"}:
        hits.append(Hit("LOS032", pointer, f"the key {name} of the tool has no place", tool[name]))
    declared = dict(inner)
    parameters = inner.get("parameters")
    if key != "parameters":
        if key in inner:
            why = f"the key {key} of the tool means its parameters here"
            hits.append(Hit("LOS032", pointer, why, inner[key]))
        declared = {(key if k == "parameters" else k): v for k, v in inner.items() if k != key}
    if not isinstance(parameters, dict) and (needs or parameters is not None):
        hits.append(Hit("LOS030", pointer, "a tool without parameters gets an empty schema"))
        declared[key] = dict(_EMPTY)
    if not isinstance(declared.get("name"), str):
        hits.append(Hit("LOS010", pointer, "a tool without a name has no place"))
        return None
    return declared


def listed(tools: str) -> list[Any]:
    """Return the row's tools as a list."""
    value = parse(tools)
    return value if isinstance(value, list) else [value]
