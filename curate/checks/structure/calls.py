"""TOL: calls of tools and their arguments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from curate.checks.base import Spot, rule
from curate.checks.structure.calling import Round, arguments_of, calls, is_error, rounds
from curate.checks.structure.schemas import bodies_of, dumped, types_of
from curate.checks.walk import Turn, all_turns, spoken, threads
from curate.row import Kind, Message, Row, ToolCall, message_lists

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
_SCHEMA_WORDS = frozenset({"additionalProperties", "patternProperties", "$ref", "anyOf", "oneOf"})
_BRANCHES = frozenset({"allOf", "anyOf", "oneOf", "$ref", "not", "if"})


@rule("TOL025", "call-id-reused", severity="info", kinds=_KINDS, ordinary=True)
def call_id_reused(row: Row) -> Iterator[Spot]:
    """A later turn gives a call the id of an earlier one.

    Why: which call a result answers is then known from its place alone; Anthropic refuses the
    conversation.
    Example: `call_1` in each of two turns
    Fix: number the calls through.
    Source: anomalyco/opencode#1150 (Anthropic API: tool_use ids must be unique).
    """
    seen: set[str] = set()
    for turns in threads(row):
        own: dict[str, str] = {}
        for pointer, message in turns:
            for at, call in enumerate(message.get("tool_calls") or ()):
                where = f"{pointer}/tool_calls/{at}/id"
                first = own.setdefault(call.get("id") or where, pointer)
                if first != pointer and where not in seen:
                    seen.add(where)
                    yield Spot(where, f"the id of a call of {first}", call["id"])


def _parameters(row: Row) -> dict[str, dict[str, Any]]:
    """Return the schema of each tool that has one of its own, by the tool's name."""
    found = {body.name: body.parameters for body in bodies_of(row.get("tools"))}
    return {name: schema for name, schema in found.items() if name and schema}


def _padding(schema: dict[str, Any], value: dict[str, Any]) -> list[str]:
    """Return the arguments that are null although the schema does not let them be."""
    known = schema.get("properties")
    if not isinstance(known, dict) or schema.keys() & _BRANCHES:
        return []
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return [
        key
        for key, inner in value.items()
        if inner is None and key not in needed and not _takes_null(known.get(key), schema)
    ]


def _takes_null(schema: Any, parent: dict[str, Any]) -> bool:
    if schema is None:
        return bool(parent.keys() & {"additionalProperties", "patternProperties"}) and (
            parent.get("additionalProperties") is not False
        )
    if not isinstance(schema, dict):
        return True
    if schema.keys() & _BRANCHES or schema.get("nullable") is True:
        return True
    values = schema.get("enum")
    return "null" in types_of(schema) or not (
        types_of(schema) or (isinstance(values, list) and None not in values)
    )


def null_arguments(row: Row, call: ToolCall) -> list[str]:
    """Return the names of a call's arguments that are null without leave of the tool's schema."""
    schema = _parameters(row).get(call["name"])
    value = arguments_of(call["arguments"]).value
    return _padding(schema, value) if schema and value else []


def _without_null_arguments(row: Row) -> Row:
    def changed(call: ToolCall) -> ToolCall:
        parsed = arguments_of(call["arguments"])
        gone = null_arguments(row, call) if parsed.state == "object" else []
        if not gone or parsed.repeated or parsed.value is None:
            return call
        kept = {key: value for key, value in parsed.value.items() if key not in gone}
        return {**call, "arguments": dumped(kept)}

    def rewritten(message: Message) -> Message:
        if "tool_calls" not in message:
            return message
        copy = message.copy()
        copy["tool_calls"] = [changed(call) for call in message["tool_calls"]]
        return copy

    return {**row, **{name: [rewritten(m) for m in turns] for name, turns in message_lists(row)}}


@rule(
    "TOL026",
    "null-padded-argument",
    severity="warning",
    kinds=_KINDS,
    fix=_without_null_arguments,
    fix_kind="safe",
    ordinary=True,
)
def null_argument(row: Row) -> Iterator[Spot]:
    """An argument is null, and the tool does not know it or does not take null.

    Why: a table (Arrow, Parquet) gives every call the arguments of all other calls, as null; the
    model learns to write them.
    Example: `{"city": "Rome", "amount": null}` for a tool that knows `city` alone
    Fix: the safe fix takes them out; keep arguments as JSON text in a table.
    Source: modelscope/ms-swift#10110; `datasets` 5.2 `Dataset.from_list` (fills in null).
    """
    for pointer, call in calls(row):
        for name in null_arguments(row, call):
            yield Spot(f"{pointer}/arguments", f"{call['name']}.{name} is null", name)


@rule("TOL027", "unexpected-argument", severity="warning", kinds=_KINDS, ordinary=True)
def unexpected_argument(row: Row) -> Iterator[Spot]:
    """A call has an argument that its tool does not describe.

    Why: JSON Schema lets it pass, but the function does not take it: the model learns to make
    arguments up.
    Example: `{"city": "Rome", "planet": "Earth"}` for a tool that knows `city` alone
    Fix: correct the name, or describe the parameter. A tool that takes any says so with
    `additionalProperties`.
    Source: Berkeley Function Calling Leaderboard `ast_checker.py` (unexpected_param); OpenAI API
    reference (the model may hallucinate parameters).
    """
    schemas = _parameters(row)
    for pointer, call in calls(row):
        schema = schemas.get(call["name"])
        value = arguments_of(call["arguments"]).value
        if schema is None or not value or schema.keys() & (_SCHEMA_WORDS | _BRANCHES):
            continue
        known = schema.get("properties")
        if not isinstance(known, dict):
            continue
        odd = [key for key, inner in value.items() if key not in known and inner is not None]
        for key in odd:
            names = ", ".join(list(known)[:10]) or "none"
            message = f"{call['name']} does not take {key}; its parameters are {names}"
            yield Spot(f"{pointer}/arguments", message, key)


def _signature(call: ToolCall) -> tuple[str, str]:
    value = arguments_of(call["arguments"]).value
    said = call["arguments"] if value is None else json.dumps(value, sort_keys=True)
    return call["name"], said


@rule("TOL030", "call-twice-in-a-turn", severity="info", kinds=_KINDS, ordinary=True)
def call_twice_in_a_turn(row: Row) -> Iterator[Spot]:
    """One turn makes the same call with the same arguments twice.

    Why: the second call brings nothing, and models are known for repeating a call in a turn; the
    set teaches it. Calls that have an effect, or draw at random, may be meant twice.
    Example: `get_weather {"city": "Rome"}` twice in `tool_calls`
    Fix: take out the second call and its result, where it is not meant.
    Source: lmstudio-ai/lmstudio-bug-tracker#1756; langchain-ai/langchain#38969.
    """
    for pointer, message in all_turns(row):
        seen: set[tuple[str, str]] = set()
        for at, call in enumerate(message.get("tool_calls") or ()):
            if (mark := _signature(call)) in seen:
                where = f"{pointer}/tool_calls/{at}"
                yield Spot(where, f"an earlier call of this turn again: {mark[0]}", mark[1])
            seen.add(mark)


@rule("TOL031", "call-made-again", severity="warning", kinds=_KINDS, ordinary=True)
def call_made_again(row: Row) -> Iterator[Spot]:
    """The assistant makes the same call with the same arguments again, right after its result.

    Why: the model learns to loop: it calls again instead of using what it got. After a result
    that is an error, or where the results differ, a second try is no fault.
    Example: `search {"q": "Rome"}`, its result, and `search {"q": "Rome"}` once more
    Fix: cut the repeated rounds.
    Source: QwenLM/Qwen-Agent#121 (a fine-tuned model calls its tool for ever);
    HKUDS/nanobot#3077.
    """
    seen: set[str] = set()
    for thread in threads(row):
        for before, after in pairwise(rounds(thread)[0]):
            pointer = after.turn.pointer
            if pointer in seen or not _follows(thread, before, after):
                continue
            if _same_calls(before, after) and _nothing_new(before, after):
                seen.add(pointer)
                names = ", ".join(call["name"] for call in after.calls)
                yield Spot(pointer, f"the calls of {before.turn.pointer} again", names)


def _follows(thread: list[Turn], before: Round, after: Round) -> bool:
    """Return whether nothing but results stands between two rounds."""
    pointers = [turn.pointer for turn in thread]
    start, end = pointers.index(before.turn.pointer), pointers.index(after.turn.pointer)
    between = thread[start + 1 : end]
    return bool(between) and all(turn.message["role"] == "tool" for turn in between)


def _same_calls(before: Round, after: Round) -> bool:
    return [_signature(call) for call in before.calls] == [_signature(c) for c in after.calls]


def _nothing_new(before: Round, after: Round) -> bool:
    """Return whether a repeated round brought what was known, or was made without a reason."""
    first, second = ([spoken(turn.message) for turn in r.results] for r in (before, after))
    if not second:
        return bool(first) and not any(map(is_error, first))
    return first == second


RULES = (
    call_id_reused,
    null_argument,
    unexpected_argument,
    call_twice_in_a_turn,
    call_made_again,
)
