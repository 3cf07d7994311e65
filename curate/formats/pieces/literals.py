"""Python literals where JSON was meant, `{'city': 'Rome'}`: told apart, and rewritten on request.

Such text comes from `str()` of a Python dict, as in mistralai/mistral-finetune
`utils/reformat_data_glaive.py` and NousResearch/hermes-function-calling-v1. It is parsed, never
run, and only rewritten where JSON can say exactly the same.
"""

from __future__ import annotations

import ast
import json
import warnings
from typing import Any, Final, Literal

from curate.finding import Hit
from curate.formats.pieces.held_json import exact_object, parse
from curate.formats.pieces.inline_tools import spans_of
from curate.row import MESSAGE_COLUMNS, Message, Row

State = Literal["object", "blank", "quoted", "literal", "other", "broken"]
# A longer text is no arguments of a call, and parsing it as Python would take minutes.
_MOST_CHARACTERS: Final = 1 << 18
_FUNCTION_CALL = "<functioncall>"
_CALL_ENDS = ("<|endoftext|>", "\n\n")
_CALL_WORDS = ("function_call", "function-call")
_TOOL_COLUMNS = ("tools", "functions", "function_description")


def json_of_literal(text: str) -> str | None:
    """Return a Python dict or list as JSON text; None where the text is anything else, JSON too.

    Refused is what JSON cannot say (tuples, sets, bytes, other keys than text) and what a reader
    would take in two ways (a repeated key).
    """
    bare = text.strip()
    if bare[:1] not in ("{", "[") or len(bare) > _MOST_CHARACTERS or _is_json(bare):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(bare, mode="eval")
        found = json.dumps(_value(tree.body), ensure_ascii=False, allow_nan=False)
        found.encode()
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found


def _is_json(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and (
        node.value is None or isinstance(node.value, str | int | float)
    ):
        return node.value
    if isinstance(node, ast.List):
        return [_value(item) for item in node.elts]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _value(node.operand)
        if isinstance(number, int | float) and not isinstance(number, bool):
            return -number
    if isinstance(node, ast.Dict):
        keys = [_value(key) if key is not None else None for key in node.keys]
        if all(isinstance(key, str) for key in keys) and len(set(keys)) == len(keys):
            return dict(zip(keys, map(_value, node.values), strict=True))
    raise ValueError("JSON cannot say it")


def state_of(text: str) -> State:
    """Return what the text of a call's arguments is.

    `object` as it should be; `blank`, which means none; `quoted`, an object encoded twice, as
    LLaMA-Factory's `openai` converter writes it; `literal`, a Python dict; `other`, JSON that is no
    object, or one that readers do not agree on; `broken`.
    """
    if not text.strip():
        return "blank"
    if exact_object(text).value is not None:
        return "object"
    try:
        value = parse(text)
    except ValueError:
        return "literal" if (json_of_literal(text) or "[").startswith("{") else "broken"
    if isinstance(value, str) and value.strip() and state_of(value) == "object":
        return "quoted"
    return "other"


def arguments_as_json(row: Row, hits: list[Hit]) -> Row:
    """Return a row whose calls have JSON for arguments where they were Python dicts.

    Args:
        row: The row; it is not changed.
        hits: Gets LOS016 for each call that is rewritten.
    """
    lists: dict[str, list[Message]] = {}
    for column in MESSAGE_COLUMNS:
        messages = row.get(column)
        if messages and any("tool_calls" in message for message in messages):
            found: list[Hit] = []
            rewritten = [
                _rewritten(message, f"/{column}/{index}/tool_calls", found)
                for index, message in enumerate(messages)
            ]
            if found:
                lists[column] = rewritten
                hits += found
    return {**row, **lists} if lists else row


def _rewritten(message: Message, pointer: str, hits: list[Hit]) -> Message:
    if "tool_calls" not in message:
        return message
    calls = message["tool_calls"].copy()
    for index, call in enumerate(calls):
        found = None if call["type"] == "custom" else json_of_literal(call["arguments"])
        if found is not None and found.startswith("{"):
            _report(hits, f"{pointer}/{index}/arguments", call["arguments"])
            calls[index] = {**call, "arguments": found}
    return {**message, "tool_calls": calls}


def _report(hits: list[Hit], pointer: str, text: str) -> None:
    hits.append(Hit("LOS016", pointer, "a Python literal becomes JSON", text))


def record_as_json(record: dict[str, Any]) -> tuple[dict[str, Any], list[Hit]]:
    """Return a record whose calls and tools are JSON where they were Python literals, and hits.

    Looked at are columns of tools, `function_call` turns, `tool_calls` and `function_call` keys,
    `<tool_call>` and `<tools>` tags in turns, and Glaive's `<functioncall>`; other text is never
    touched. It is done before
    the record is decoded, since a decoder refuses or leaves alone what is no JSON.

    Args:
        record: The record; it is not changed.

    Returns:
        The record, and LOS016 for each text that is rewritten, with its pointer in the record.
    """
    hits: list[Hit] = []
    changed = dict(record)
    for column in _TOOL_COLUMNS:
        if isinstance(text := record.get(column), str):
            changed[column] = _json_or_same(text, f"/{column}", hits)
    for column in ("chat", "sample"):
        text = record.get(column)
        if isinstance(text, str) and _FUNCTION_CALL in text:
            changed[column] = _function_calls(text, f"/{column}", hits)
    for column in ("conversations", "messages"):
        turns = record.get(column)
        if isinstance(turns, list):
            changed[column] = [
                _turn(turn, f"/{column}/{index}", hits) for index, turn in enumerate(turns)
            ]
    return (changed, hits) if hits else (record, hits)


def _json_or_same(text: str, pointer: str, hits: list[Hit]) -> str:
    found = json_of_literal(text)
    if found is None:
        return text
    _report(hits, pointer, text)
    return found


def _turn(turn: Any, pointer: str, hits: list[Hit]) -> Any:
    if not isinstance(turn, dict):
        return turn
    changed = dict(turn)
    role = turn.get("from", turn.get("role"))
    for key in ("value", "content"):
        text = turn.get(key)
        if not isinstance(text, str):
            continue
        if role in _CALL_WORDS:
            changed[key] = _json_or_same(text, f"{pointer}/{key}", hits)
        elif role not in ("user", "human") and "<tool" in text:
            changed[key] = _tagged(text, f"{pointer}/{key}", hits)
    if isinstance(calls := turn.get("tool_calls"), list):
        changed["tool_calls"] = [
            _tool_call(call, f"{pointer}/tool_calls/{index}", hits)
            for index, call in enumerate(calls)
        ]
    if isinstance(turn.get("function_call"), dict):
        changed["function_call"] = _function(
            turn["function_call"], f"{pointer}/function_call", hits
        )
    return changed


def _tool_call(call: Any, pointer: str, hits: list[Hit]) -> Any:
    if not isinstance(call, dict) or not isinstance(call.get("function"), dict):
        return call
    return {**call, "function": _function(call["function"], f"{pointer}/function", hits)}


def _function(function: dict[str, Any], pointer: str, hits: list[Hit]) -> dict[str, Any]:
    text = function.get("arguments")
    if not isinstance(text, str):
        return function
    return {**function, "arguments": _json_or_same(text, f"{pointer}/arguments", hits)}


def _tagged(text: str, pointer: str, hits: list[Hit]) -> str:
    """Return a text with what stands in tags of calls and tools as JSON, where it is a literal."""
    for tag in ("tool_call", "tools"):
        made, done = [], 0
        for start, end in spans_of(text, tag):
            made += [text[done:start], _body(text[start:end], pointer, hits)]
            done = end
        text = "".join([*made, text[done:]])
    return text


def _body(text: str, pointer: str, hits: list[Hit]) -> str:
    """Return a text as JSON between the white space that it stands in, where it is a literal."""
    bare = text.strip()
    found = _json_or_same(bare, pointer, hits)
    return text if found is bare else text.replace(bare, found, 1)


def _function_calls(text: str, pointer: str, hits: list[Hit]) -> str:
    head, *calls = text.split(_FUNCTION_CALL)
    made = [head]
    for call in calls:
        ends = [at for mark in _CALL_ENDS if (at := call.find(mark)) >= 0]
        end = min(ends, default=len(call))
        made.append(_body(call[:end], pointer, hits) + call[end:])
    return _FUNCTION_CALL.join(made)
