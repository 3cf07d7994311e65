"""Tool schemas, calls and results as the tool rules read them; everything parsed is kept."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from curate.checks.structure.schemas import unpadded
from curate.checks.walk import Turn, all_turns, threads
from curate.errors import json_type, printable
from curate.row import Row, ToolCall

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator


@dataclass(frozen=True, slots=True)
class Tool:
    """One entry of the tools column.

    Attributes:
        pointer: JSON Pointer into the row, `/tools/0`.
        name: Its name, or None where it has none.
        fault: What is wrong with its shape, or None.
        schema: The JSON Schema of its parameters as text, or None where it states none.
        text: The whole entry as canonical JSON.
    """

    pointer: str
    name: str | None
    fault: str | None
    schema: str | None
    text: str


@lru_cache(maxsize=512)
def tools_of(text: str | None) -> tuple[Tool, ...]:
    """Return the tools of a row's `tools` column; text that is no JSON list is one faulty tool."""
    if text is None:
        return ()
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return (Tool("/tools", None, "the tools column is not JSON", None, text),)
    if not isinstance(entries, list):
        return (Tool("/tools", None, "the tools column is not a list", None, text),)
    return tuple(_tool(f"/tools/{at}", entry) for at, entry in enumerate(entries))


def _tool(pointer: str, entry: Any) -> Tool:
    text = json.dumps(entry, sort_keys=True, ensure_ascii=False)
    body = entry
    if isinstance(entry, dict) and isinstance(entry.get("type"), str) and entry["type"] in entry:
        body = entry[entry["type"]]
    if not isinstance(body, dict):
        why = f"the tool is {json_type(body)}, expected an object"
        return Tool(pointer, None, why, None, text)
    name = body.get("name")
    if not isinstance(name, str) or not name:
        if isinstance(entry.get("function"), dict) and body is entry:
            found = printable(json.dumps(entry["type"])) if "type" in entry else "missing"
            why = f"the type of the tool is {found}, expected function"
            return Tool(pointer, None, why, None, text)
        return Tool(pointer, None, "the tool has no name", None, text)
    parameters = body.get("parameters", body.get("input_schema"))
    if parameters is not None and not isinstance(parameters, dict):
        fault = f"parameters of {name} is {json_type(parameters)}, expected an object"
        return Tool(pointer, name, fault, None, text)
    return Tool(pointer, name, None, json.dumps(unpadded(parameters)) if parameters else None, text)


@lru_cache(maxsize=512)
def schema_fault(schema: str) -> str | None:
    """Return why a text is no JSON Schema (draft 2020-12), or None where it is one."""
    try:
        _validator(schema)
    except ValueError as error:
        return _first_line(error)
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["invalid"])[0]


@lru_cache(maxsize=512)
def _validator(schema: str) -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(json.loads(schema), retriever=_refuse)


def _refuse(uri: str) -> Any:
    """Keep the validator off the network: a reference may not leave the schema."""
    raise ValueError(f"the reference {uri} leaves the schema")


def breaks(schema: str, arguments: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Return (pointer, message, value) for each way in which arguments break a schema."""
    try:
        errors = list(_validator(schema).iter_errors(arguments))
    except UnicodeEncodeError:
        return [("", "the arguments hold a lone surrogate", None)]
    return [
        ("".join(f"/{_escaped(step)}" for step in error.instance_path), error.message, _of(error))
        for error in errors
    ]


def _of(error: Any) -> Any:
    return error.instance if error.instance_path else None


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the text of a call's arguments means.

    Attributes:
        value: The object; None where nothing can be made of the text.
        state: `object` as it should be, `quoted` (JSON text inside a JSON string), `literal`
            (a Python dict), `other` (JSON, but no object) or `broken`.
        repeated: The keys that stand twice in one object.
    """

    value: dict[str, Any] | None
    state: str
    repeated: tuple[str, ...] = ()


class _Pairs:
    def __init__(self) -> None:
        self.repeated: list[str] = []

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            self.repeated += [key for key in found if keys.count(key) > 1]
        return found


def _not_json(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


@lru_cache(maxsize=512)
def arguments_of(text: str) -> Arguments:
    """Read a call's arguments; an empty text means none, as OpenAI's API writes it."""
    if not text.strip():
        return Arguments({}, "object")
    pairs = _Pairs()
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=_not_json)
    except (ValueError, RecursionError):
        literal = _literal(text)
        return Arguments(literal, "broken" if literal is None else "literal")
    if isinstance(value, dict):
        return Arguments(value, "object", tuple(pairs.repeated))
    if isinstance(value, str):
        inner = arguments_of(value) if value.strip() else Arguments(None, "other")
        if inner.state == "object":
            return Arguments(inner.value, "quoted", inner.repeated)
    return Arguments(None, "other")


def _literal(text: str) -> dict[str, Any] | None:
    """Return the dict that a Python literal is, if JSON can say the same."""
    try:
        value = ast.literal_eval(text.strip())
        if isinstance(value, dict) and json.loads(json.dumps(value, allow_nan=False)) == value:
            return value
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return None


def calls(row: Row) -> Iterator[tuple[str, ToolCall]]:
    """Yield every call of the row once, with its pointer."""
    for pointer, message in all_turns(row):
        for at, call in enumerate(message.get("tool_calls") or ()):
            yield f"{pointer}/tool_calls/{at}", call


@dataclass(slots=True)
class Round:
    """A turn with calls and the results that follow it before anyone else speaks."""

    turn: Turn
    last: bool
    results: list[Turn] = field(default_factory=list)

    @property
    def calls(self) -> list[ToolCall]:
        """The calls of the turn."""
        return self.turn.message.get("tool_calls") or []

    @property
    def ids(self) -> list[str]:
        """The ids of the calls that have one, in order."""
        return [call["id"] for call in self.calls if call.get("id")]

    def unanswered(self) -> list[int]:
        """Return the positions of calls that no result answers.

        A result without an id may answer any call, as one ShareGPT observation answers several.
        """
        if not self.results:
            return [] if self.last else list(range(len(self.calls)))
        answered = {turn.message.get("tool_call_id") for turn in self.results}
        if None in answered or len(self.ids) < len(self.calls):
            return []
        return [at for at, call in enumerate(self.calls) if call.get("id") not in answered]


def rounds(thread: list[Turn]) -> tuple[list[Round], list[Turn]]:
    """Return the rounds of calls of a conversation, and the results that follow no call.

    Consecutive turns with calls and no result between them are one round each.
    """
    found: list[Round] = []
    orphans: list[Turn] = []
    current: list[Round] = []
    for at, turn in enumerate(thread):
        message = turn.message
        if message["role"] == "tool":
            _give(turn, current, orphans)
        elif message["role"] == "assistant" and message.get("tool_calls"):
            if any(waiting.results for waiting in current):
                current = []
            current.append(Round(turn, last=at == len(thread) - 1))
            found.append(current[-1])
        else:
            current = []
    return found, orphans


def _give(result: Turn, waiting: list[Round], orphans: list[Turn]) -> None:
    wanted = result.message.get("tool_call_id")
    fitting = [r for r in waiting if wanted is None or wanted in r.ids or not r.ids]
    if not fitting:
        orphans.append(result)
        return
    hungry = [r for r in fitting if len(r.results) < len(r.calls)]
    (hungry or fitting[-1:])[0].results.append(result)


def rounds_of(row: Row) -> list[Round]:
    """Return the rounds of calls of a row, those of a shared prompt once."""
    found = {r.turn.pointer: r for thread in threads(row) for r in rounds(thread)[0]}
    return list(found.values())


_ERROR_TEXT = re.compile(r"\s*(?:Traceback \(most recent call last\)|\w*(?:Error|Exception):)")
_ERROR_KEYS = frozenset({"error", "errors"})
_BESIDE_ERROR = frozenset({"status", "success", "code", "message", "detail", "type", "status_code"})


def is_error(text: str) -> bool:
    """Tell whether the text of a result says that the tool failed, and nothing else."""
    if _ERROR_TEXT.match(text):
        return True
    if "error" not in text[:200].lower():
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    said = value.keys() & _ERROR_KEYS
    return any(value[key] for key in said) and value.keys() <= _ERROR_KEYS | _BESIDE_ERROR
