"""Glaive's transcripts: turns in one text, calls with quoted arguments, schemas in a row.

Source: the cards and records of glaiveai/glaive-function-calling (v1, one `sample` text) and
glaive-function-calling-v2 (`system` and `chat`); mistralai/mistral-finetune
`utils/reformat_data_glaive.py` for schemas that stand one behind another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from curate.formats.pieces.call_spelling import read_calls
from curate.formats.pieces.held_json import exact_object
from curate.row import Message, Role, ToolCall

FUNCTION_CALL: Final = "<functioncall>"
_END = "<|endoftext|>"
_SPEAKER = re.compile(r"\n[ \t]*(SYSTEM|USER|ASSISTANT|FUNCTION RESPONSE):")
_ROLES: Mapping[str, Role] = {
    "SYSTEM": "system",
    "USER": "user",
    "ASSISTANT": "assistant",
    "FUNCTION RESPONSE": "tool",
}
_QUOTED = re.compile(
    r"""\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:\s*'(.*)'\s*\}""", re.DOTALL
)
_DECODER = json.JSONDecoder()


def read_turns(text: str) -> list[Message]:
    """Return the turns of a transcript; a speaker stands at the start of a line.

    White space around a turn and the `<|endoftext|>` behind it separate turns and are no text.

    Raises:
        ValueError: If text stands before the first speaker, or there is none.
    """
    pieces = _SPEAKER.split(f"\n{text}")
    if pieces[0].strip() or len(pieces) == 1:
        raise ValueError("the text does not begin with USER:, ASSISTANT: or SYSTEM:")
    return [
        {"role": _ROLES[word], "content": _bare(said)}
        for word, said in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def _bare(text: str) -> str:
    return text.strip().removesuffix(_END).rstrip()


class Said(NamedTuple):
    """The text of a turn before its calls, and the calls."""

    content: str
    calls: list[ToolCall]


def read_said(text: str) -> Said:
    """Return the text and the calls of an assistant's turn that holds `<functioncall>`.

    Raises:
        ValueError: If what stands behind a mark is no call; the message says why.
    """
    head, *bodies = text.split(FUNCTION_CALL)
    calls = [call for body in bodies for call in read_quoted(_bare(body))]
    return Said(head.rstrip(), calls)


def read_quoted(text: str) -> list[ToolCall]:
    r"""Return the calls of a text; arguments may be an object in single quotes, Glaive's own way.

    Inside the quotes a `\'` stands for `'` where the text is no JSON otherwise.

    Raises:
        ValueError: If the text is no call.
    """
    found = _QUOTED.fullmatch(text)
    if found is None:
        return read_calls(text).calls
    name = found[1][1:-1] if "\\" not in found[1] else json.loads(found[1], strict=False)
    arguments = found[2]
    if r"\'" in arguments and exact_object(arguments).value is None:
        plain = arguments.replace(r"\'", "'")
        if exact_object(plain).value is not None:
            arguments = plain
    return [{"type": "function", "name": name, "arguments": arguments}]


def cut_schemas(text: str) -> tuple[str, list[Any]] | None:
    """Return a system text up to its tool schemas, and the schemas; None where it has none.

    Raises:
        ValueError: If what begins like a schema is none, or text stands behind it.
    """
    start = text.find("{")
    if start < 0:
        return None
    schemas = read_schemas(text[start:])
    if not all(isinstance(schema, dict) and "name" in schema for schema in schemas):
        raise ValueError("an object has no name")
    return text[:start].rstrip(), schemas


def read_schemas(text: str) -> list[Any]:
    """Return the JSON values of a text that holds a list, or values one behind another.

    Raises:
        ValueError: If the text holds anything else.
    """
    values: list[Any] = []
    at = _skip(text, 0)
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except RecursionError:
            raise ValueError("it is nested too deep") from None
        values.append(value)
        at = _skip(text, at)
    return values[0] if len(values) == 1 and isinstance(values[0], list) else values


_SPACE = re.compile(r"[ \t\n\r]*,?[ \t\n\r]*")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
