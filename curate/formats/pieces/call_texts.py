"""A tool call as the JSON text of `{"name", "arguments"}`, its arguments never re-spelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curate.finding import Hit
from curate.formats.pieces.call_spelling import name_and_arguments, usual_call
from curate.formats.pieces.held_json import cut_objects, dump, exact_object, is_sure_object
from curate.row import ToolCall

_FIX = 'write {"name": …, "arguments": {…}}'


def read_call(text: str, hits: list[Hit], pointer: str, layout: dict[str, Any]) -> ToolCall | None:
    """Return the call that a text holds, or None with a TOL002 hit.

    Args:
        text: The text.
        hits: Gets the fault.
        pointer: Where the text stands in the record.
        layout: Gets `call_arguments` where they are text inside the text, and `call_text`, by
            pointer, where it is spelled unusually: `compact`, or `other`, which is not kept.
    """
    if (usual := usual_call(text)) is not None:
        return usual
    try:
        found, listed = cut_objects(text)
        if listed or len(found) != 1:
            raise ValueError("it is a list")
        name, arguments = name_and_arguments(found[0])
    except ValueError as error:
        hits.append(Hit("TOL002", pointer, f"no tool call: {error}", text, _FIX))
        return None
    inner = arguments.value
    inside = isinstance(inner, str)
    if inside:
        layout["call_arguments"] = "text"
    call: ToolCall = {
        "type": "function",
        "name": name,
        "arguments": inner if isinstance(inner, str) else arguments.text,
    }
    if text != _spelled(call, inside, ": ", ", "):
        compact = text == _spelled(call, inside, ":", ",")
        layout.setdefault("call_text", {})[pointer] = "compact" if compact else "other"
    return call


def write_call(
    call: ToolCall, hits: list[Hit], pointer: str, layout: Mapping[str, Any], at: str
) -> str:
    """Return a call as text; its id is lost (LOS012), and a type other than function (LOS010).

    Args:
        call: The call.
        hits: Gets the losses, LOS016 and LOS017 for the arguments.
        pointer: Where the call stands in the row.
        layout: The row's layout.
        at: Where the text stands in the record, as the layout names it.
    """
    if "id" in call:
        hits.append(Hit("LOS012", f"{pointer}/id", "the call's id has no place", call["id"]))
    if call["type"] != "function":
        why = f"a call of type {call['type']} becomes a function call"
        hits.append(Hit("LOS010", f"{pointer}/type", why))
    inside = layout.get("call_arguments") == "text"
    style = (layout.get("call_text") or {}).get(at)
    if style == "other":
        hits.append(Hit("LOS016", pointer, "the call is kept, its spelling is not"))
    written: ToolCall = {**call}
    if not inside:
        written["arguments"] = _object_text(call["arguments"], hits, f"{pointer}/arguments")
    colon, comma = (":", ",") if style == "compact" else (": ", ", ")
    return _spelled(written, inside, colon, comma)


def _spelled(call: ToolCall, inside: bool, colon: str, comma: str) -> str:
    value = dump(call["arguments"]) if inside else call["arguments"]
    return f'{{"name"{colon}{dump(call["name"])}{comma}"arguments"{colon}{value}}}'


def _object_text(text: str, hits: list[Hit], pointer: str) -> str:
    """Return arguments as they can stand in a call: their own text, where it is an object's."""
    if is_sure_object(text):
        return text
    if not text.strip():
        hits.append(Hit("LOS016", pointer, "blank arguments become {}"))
        return "{}"
    try:
        whole = not cut_objects(text)[1]
    except ValueError:
        whole = False
    exact = exact_object(text)
    if not whole or exact.why == "a key is repeated":
        hits.append(Hit("LOS017", pointer, f"no arguments object: {exact.why}", text))
        return text if whole else dump(text)
    if text != text.strip():
        hits.append(Hit("LOS016", pointer, "white space around the arguments is dropped"))
    return text.strip()
