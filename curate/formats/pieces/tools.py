"""Tool lists: JSON text or a list, bare or wrapped, and one canonical form in the row.

A row's `tools` is the JSON text of a list in OpenAI's wrapped form,
`[{"type": "function", "function": {"name", "description", "parameters"}}]` (OpenAI API
specification, `ChatCompletionTool`). LLaMA-Factory's ShareGPT files carry bare functions
(`{"name", "description", "parameters"}`) as JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import orjson

from curate.errors import json_type
from curate.finding import Hit
from curate.formats.pieces.held_json import dump, parse, respell, style_of

ToolsForm = Literal["string", "list"]
_EXPECTED = "expected a JSON list of tools"
_FIX = "write a JSON list of tools, [] for none"


def read_tools(
    value: str | list[Any] | None,
    hits: list[Hit],
    pointer: str,
    *,
    default: ToolsForm = "list",
) -> tuple[str | None, dict[str, Any]]:
    """Return a tools value in the row's form, and what that form does not say.

    Args:
        value: The column's value; None and "" are no tools.
        hits: Gets TOL001 where the value is no list of tools.
        pointer: Where the value stands.
        default: The form that the format usually has, which is not remembered.

    Returns:
        The canonical JSON text, or None where there are no tools (`[]` is a list of none), and the
        layout: `tools` (`string` or `list`) where the form is not `default`, `tools_style`
        (`compact`, `ascii` or `other`) where the text is spelled unusually, `tools_bare` (true, or
        the indexes) where tools are not wrapped.
    """
    if value is None or value == "":
        return None, {}
    form: ToolsForm = "string" if isinstance(value, str) else "list"
    known = _of_text(value) if isinstance(value, str) else _of_list(value)
    layout = dict(known.layout)
    if form != default:
        layout["tools"] = form
    if known.fault is not None:
        why, found, at = known.fault
        place = pointer if at is None or form == "string" else f"{pointer}/{at}"
        hits.append(Hit("TOL001", place, why, found, _FIX))
    return known.text, layout


class _Known(NamedTuple):
    """Tools in the row's form, what that form does not say, and what is wrong with them.

    A fault is its message, the value found and, where it is one tool's, the tool's index.
    """

    text: str | None
    layout: dict[str, Any]
    fault: tuple[str, Any, int | None] | None = None


# Rows of one set mostly share their tools, so the last ones are kept.
@lru_cache(maxsize=512)
def _of_text(text: str) -> _Known:
    try:
        tools = parse(text)
    except ValueError as error:
        return _Known(None, {}, (f"{_EXPECTED}, but {error}", text, None))
    style = style_of(text, tools)
    layout = {"tools_style": style} if style else {}
    if not isinstance(tools, list):
        found = json_type(tools)
        return _Known(None, layout, (f"{_EXPECTED}, found {found}", text, None))
    return _wrapped(tools, layout)


def _of_list(tools: list[Any]) -> _Known:
    try:
        return _of_bytes(orjson.dumps(tools))
    except TypeError:  # integers beyond 64 bits, or nesting beyond orjson's 254 levels
        return _wrapped(tools, {})


@lru_cache(maxsize=512)
def _of_bytes(text: bytes) -> _Known:
    return _wrapped(orjson.loads(text), {})


def _wrapped(tools: list[Any], layout: dict[str, Any]) -> _Known:
    bare: list[int] = []
    result = []
    for index, tool in enumerate(tools):
        if not isinstance(tool, dict) or not ({"name", "type", "function"} & tool.keys()):
            why = f"item {index} is no tool: {_EXPECTED}"
            return _Known(None, layout, (why, tool, index))
        if isinstance(tool.get("name"), str) and not ({"type", "function"} & tool.keys()):
            bare.append(index)
            result.append({"type": "function", "function": tool})
        else:
            result.append(tool)
    if bare:
        layout = {**layout, "tools_bare": True if len(bare) == len(tools) else bare}
    return _Known(dump(result), layout)


def write_tools(
    tools: str,
    hits: list[Hit],
    pointer: str,
    *,
    form: ToolsForm = "list",
    bare: bool = False,
    layout: Mapping[str, Any] | None = None,
) -> str | list[Any]:
    """Return a row's tools in the form that a format has.

    One form for every row of a file, since a column of strings and lists mixed is misread by Arrow
    readers; where the row came with another form, LOS016 says so.

    Args:
        tools: The row's `tools`.
        hits: Gets LOS016 where the form or spelling that the row came with is not kept.
        pointer: Where the tools stand in the row.
        form: What the format asks for.
        bare: Whether the format may hold bare functions; they are then unwrapped if they were bare.
        layout: The row's layout.
    """
    layout = layout or {}
    was_bare = layout.get("tools_bare")
    style = layout.get("tools_style")
    other_form = layout.get("tools", form) != form
    if other_form or (was_bare and not bare) or (form == "string" and style == "other"):
        hits.append(Hit("LOS016", pointer, "the tools are kept, their spelling is not"))
    unwrapped: bool | tuple[int, ...] = False
    if was_bare and bare:
        unwrapped = True if was_bare is True else tuple(was_bare)
    return _written(tools, form, unwrapped, style)


@lru_cache(maxsize=512)
def _written(
    tools: str, form: ToolsForm, bare: bool | tuple[int, ...], style: str | None
) -> str | list[Any]:
    """Return tools as a format has them; a list is shared by the rows that have the same tools."""
    value: list[Any] = parse(tools)
    if bare is not False:
        at = range(len(value)) if bare is True else bare
        value = [_unwrapped(tool) if i in at else tool for i, tool in enumerate(value)]
    return respell(value, style) if form == "string" else value


def _unwrapped(tool: Any) -> Any:
    wrapped = isinstance(tool, dict) and tool.keys() == {"type", "function"}
    if not wrapped or tool["type"] != "function":
        return tool
    inner = tool["function"]
    # Without a name it would not be told from other objects.
    return inner if isinstance(inner, dict) and isinstance(inner.get("name"), str) else tool
