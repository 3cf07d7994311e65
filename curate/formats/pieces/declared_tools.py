"""Tool schemas in the spelling of services that do not take OpenAI's, and the row's form of them.

The row has OpenAI's wrapped form. Keys of a declaration beside name, description and parameters
stay with the function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

import orjson

from curate.finding import Hit
from curate.formats.pieces.held_json import parse

Tool = dict[str, Any]
Found = TypeVar("Found")
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
    if "type" not in tool:
        hits.append(Hit("LOS030", pointer, "a tool without a type becomes a function"))
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
        code = "LOS030" if parameters is None else "LOS032"
        why = "a tool without a schema of parameters gets an empty one"
        hits.append(Hit(code, pointer, why, parameters))
        declared[key] = dict(_EMPTY)
    if not isinstance(declared.get("description", ""), str):
        value = declared.pop("description")
        code = "LOS030" if value is None else "LOS032"
        hits.append(Hit(code, pointer, "a tool's description that is no text is left out", value))
    if not isinstance(declared.get("name"), str):
        hits.append(Hit("LOS010", pointer, "a tool without a name has no place"))
        return None
    return declared


# Rows of one set mostly share their tools, so the last ones are kept, read and written.
@lru_cache(maxsize=512)
def _read(read: Callable[[list[Any]], Any], text: bytes) -> Any:
    return read(orjson.loads(text))


@lru_cache(maxsize=512)
def _written(write: Callable[[str, list[Hit]], list[Any]], tools: str) -> list[Any] | None:
    hits: list[Hit] = []
    found = write(tools, hits)
    return None if hits else found


def read_once(read: Callable[[list[Any]], Found], tools: list[Any]) -> Found:
    """Return what a dialect reads in tools, shared by the rows that have the same.

    Args:
        read: Reads them; a function of the tools alone.
        tools: The tools as the record has them.
    """
    try:
        text = orjson.dumps(tools)
    except TypeError:  # integers beyond 64 bits, or nesting beyond orjson's 254 levels
        return read(tools)
    found: Found = _read(read, text)
    return found


def write_once(
    write: Callable[[str, list[Hit]], list[Any]], tools: str, hits: list[Hit]
) -> list[Any]:
    """Return tools as a dialect writes them, shared by the rows that have the same.

    Args:
        write: Writes them; a function of the tools alone.
        tools: The row's tools.
        hits: Gets the losses.
    """
    found = _written(write, tools)
    return write(tools, hits) if found is None else found


def listed(tools: str) -> list[Any]:
    """Return the row's tools as a list."""
    value = parse(tools)
    return value if isinstance(value, list) else [value]
