"""Calls as JSON text of `{"name", "arguments"}` or a list of them, and how that text is spelled.

A spelling is words: `compact` (nothing behind colons and commas), `swapped` (arguments before the
name), `list` (a list that holds one call); none of them is the usual one, which Python's `json`
writes. What no words say is `other`, which is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import orjson

from curate.finding import Hit
from curate.formats.pieces.held_json import (
    Cut,
    cut_objects,
    dump,
    exact_object,
    is_sure_object,
)
from curate.row import ToolCall

OTHER = "other"
# One call as Python's `json` writes it; whether the arguments are JSON is not said by it.
_USUAL = re.compile(r'\{"name": "([^"\\\x00-\x1f]*)", "arguments": (\{.*\})\}', re.DOTALL)
_SPELLINGS = ("", "compact", "swapped", "compact swapped")


class Calls(NamedTuple):
    """The calls of a text.

    Attributes:
        calls: The calls; `arguments` is cut out as it was spelled.
        quoted: Indexes of the calls whose arguments are text in a JSON string.
        spelling: How the text is spelled.
    """

    calls: list[ToolCall]
    quoted: list[int]
    spelling: str


def usual_call(text: str) -> ToolCall | None:
    """Return the call of a text that is one call in the usual spelling; None for any other text."""
    usual = _USUAL.fullmatch(text)
    if usual is not None:
        name, arguments = usual.groups()
        with suppress(ValueError):  # a JSON object from brace to brace: nothing else is in the text
            if type(orjson.loads(arguments)) is dict:
                return {"type": "function", "name": name, "arguments": arguments}
    return None


def read_calls(text: str) -> Calls:
    """Return the calls of a text that holds nothing else.

    Raises:
        ValueError: If the text is anything else; the message says what.
    """
    if (usual := usual_call(text)) is not None:
        return Calls([usual], [], "")
    found, listed = cut_objects(text, unique=True)
    if not found:
        raise ValueError("the list is empty")
    quoted: list[int] = []
    calls = [_call(members, quoted, index) for index, members in enumerate(found)]
    alone = " list" if listed and len(calls) == 1 else ""
    for words in _SPELLINGS:
        if write_calls(calls, quoted, words + alone) == text:
            return Calls(calls, quoted, (words + alone).strip())
    return Calls(calls, quoted, OTHER)


def name_and_arguments(members: Mapping[str, Cut]) -> tuple[str, Cut]:
    """Return a call's name and its arguments, an object or the text of one.

    Raises:
        ValueError: If the members are not those of a call.
    """
    name, arguments = members.get("name"), members.get("arguments")
    if name is None or not isinstance(name.value, str):
        raise ValueError("it has no name")
    if arguments is None or not isinstance(arguments.value, dict | str):
        raise ValueError("arguments is no object")
    if unknown := members.keys() - {"name", "arguments"}:
        raise ValueError(f"{', '.join(sorted(unknown))} has no place in a call")
    return name.value, arguments


def _call(members: Mapping[str, Cut], quoted: list[int], index: int) -> ToolCall:
    name, arguments = name_and_arguments(members)
    if isinstance(arguments.value, str):
        quoted.append(index)
        return {"type": "function", "name": name, "arguments": arguments.value}
    return {"type": "function", "name": name, "arguments": arguments.text}


def write_calls(calls: Sequence[ToolCall], quoted: Sequence[int], spelling: str = "") -> str:
    """Return calls as text: one call alone, several as a list.

    Args:
        calls: The calls.
        quoted: Indexes of the calls whose arguments are written as text in a JSON string.
        spelling: The words.
    """
    words = spelling.split()
    colon, comma = (":", ",") if "compact" in words else (": ", ", ")
    texts = []
    for index, call in enumerate(calls):
        value = dump(call["arguments"]) if index in quoted else call["arguments"]
        members = [f'"name"{colon}{dump(call["name"])}', f'"arguments"{colon}{value}']
        if "swapped" in words:
            members.reverse()
        texts.append(f"{{{comma.join(members)}}}")
    return f"[{comma.join(texts)}]" if len(texts) > 1 or "list" in words else texts[0]


def lose_in_calls(calls: Sequence[ToolCall], hits: list[Hit], pointer: str) -> None:
    """Report what a call of a name and arguments has no place for: ids (LOS012), types (LOS010).

    Args:
        calls: The calls of one message.
        hits: Gets the losses.
        pointer: Where the message stands in the row.
    """
    for index, call in enumerate(calls):
        place = f"{pointer}/tool_calls/{index}"
        if "id" in call:
            hits.append(Hit("LOS012", f"{place}/id", "the call's id has no place", call["id"]))
        if call["type"] != "function":
            why = f"a call of type {call['type']} becomes a function call"
            hits.append(Hit("LOS010", f"{place}/type", why))


def object_text(text: str, hits: list[Hit], pointer: str) -> str:
    """Return arguments as they can stand in a call: their own text, where it is an object's.

    Args:
        text: The arguments.
        hits: Gets LOS016 where blank text becomes `{}` or white space is dropped, LOS017 where the
            text is no object, which is then written as text.
        pointer: Where the arguments stand in the row.
    """
    if is_sure_object(text):
        return text
    if not text.strip():
        hits.append(Hit("LOS016", pointer, "blank arguments become {}"))
        return "{}"
    exact = exact_object(text)
    ok = exact.value is not None
    if not ok:
        with suppress(ValueError):
            ok = not cut_objects(text)[1]
    if not ok or exact.why == "a key is repeated":
        hits.append(Hit("LOS017", pointer, f"no arguments object: {exact.why}", text))
        return text if ok else dump(text)
    if text != text.strip():
        hits.append(Hit("LOS016", pointer, "white space around the arguments is dropped"))
    return text.strip()
