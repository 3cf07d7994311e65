"""TOL: tool schemas, calls and results."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator

from curate.checks.base import Spot, rule
from curate.checks.structure.calling import (
    Arguments,
    arguments_of,
    breaks,
    calls,
    rounds,
    schema_fault,
    tools_of,
)
from curate.checks.structure.calls import null_arguments
from curate.checks.walk import all_turns, threads, without_layout
from curate.row import Kind, Message, Row, message_lists

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_INLINE = re.compile(
    r"<tool_call>|<functioncall>|<function_call>|<function=\w|<\|python_tag\|>|\[TOOL_CALLS\]"
)


@rule("TOL003", "call-name-not-in-tools", severity="error", kinds=_KINDS, ordinary=True)
def call_name_not_in_tools(row: Row) -> Iterator[Spot]:
    """A call names a tool that the row does not offer.

    Why: the model learns to call functions that nobody defined; servers answer such a call with an
    error at run time.
    Example: tools `get_weather`, call `weather`
    Fix: correct the name, or add the tool's schema.
    Source: OpenAI function calling guide; Berkeley Function Calling Leaderboard (wrong_func_name).
    """
    tools = tools_of(row.get("tools"))
    names = {tool.name for tool in tools if tool.name}
    if not names or any(tool.name is None for tool in tools):
        return
    for pointer, call in calls(row):
        if call["name"] not in names:
            offered = ", ".join(sorted(names)[:10])
            lower = {name.lower(): name for name in names}
            near = difflib.get_close_matches(call["name"].lower(), lower, n=1)
            meant = f"; did you mean {lower[near[0]]}?" if near else ""
            yield Spot(f"{pointer}/name", f"the tools are {offered}{meant}", call["name"])


def _without_repeated_tools(row: Row) -> Row:
    tools = tools_of(row.get("tools"))
    first = {tool.text: at for at, tool in reversed(list(enumerate(tools)))}
    if len(first) == len(tools):
        return row
    entries = json.loads(row["tools"])
    kept = [entries[at] for at in sorted(first.values())]
    return without_layout({**row, "tools": json.dumps(kept, ensure_ascii=False)})


@rule(
    "TOL004",
    "duplicate-tool-name",
    severity="warning",
    kinds=_KINDS,
    fix=_without_repeated_tools,
    fix_kind="safe",
    ordinary=True,
)
def duplicate_tool_name(row: Row) -> Iterator[Spot]:
    """Two tools have one name.

    Why: which schema a call is meant for cannot be told; hosted services refuse the request.
    Example: `get_weather` twice in `tools`
    Fix: the safe fix drops a tool that equals an earlier one; rename or remove the others.
    Source: Anthropic and Google Gemini APIs (tool names must be unique).
    """
    seen: set[str] = set()
    for tool in tools_of(row.get("tools")):
        if tool.name in seen:
            yield Spot(tool.pointer, "a tool of this name came before", tool.name)
        elif tool.name is not None:
            seen.add(tool.name)


def _with_json_arguments(states: tuple[str, ...]) -> Callable[[Row], Row]:
    def rewritten(message: Message) -> Message:
        if "tool_calls" not in message:
            return message
        changed = message.copy()
        changed["tool_calls"] = [
            {**call, "arguments": _as_json(parsed)}
            if (parsed := arguments_of(call["arguments"])).state in states
            else call
            for call in message["tool_calls"]
        ]
        return changed

    def fix(row: Row) -> Row:
        lists = {name: [rewritten(m) for m in messages] for name, messages in message_lists(row)}
        return {**row, **lists}

    return fix


def _as_json(arguments: Arguments) -> str:
    return json.dumps(arguments.value, ensure_ascii=False)


@rule(
    "TOL005",
    "arguments-not-json",
    severity="error",
    kinds=_KINDS,
    fix=_with_json_arguments(("literal",)),
    fix_kind="unsafe",
    ordinary=True,
)
def arguments_not_json(row: Row) -> Iterator[Spot]:
    """The arguments of a call are not JSON.

    Why: axolotl stops the run, templates that need an object fail, and the model learns calls that
    no server can parse. mistral-finetune's Glaive script writes Python dicts for JSON.
    Example: `{'city': 'Rome'}`
    Fix: write JSON; the unsafe fix rewrites a Python literal that JSON can say.
    Source: axolotl 0.19 `chat_template` (arguments); mistral-finetune `reformat_data_glaive.py`.
    """
    for pointer, call in calls(row):
        state = arguments_of(call["arguments"]).state
        if state in ("broken", "literal"):
            found = "a Python literal" if state == "literal" else "not JSON"
            message = f"arguments of {call['name']}: {found}, expected a JSON object"
            yield Spot(f"{pointer}/arguments", message, call["arguments"])


@rule(
    "TOL006",
    "arguments-not-object",
    severity="error",
    kinds=_KINDS,
    fix=_with_json_arguments(("quoted",)),
    fix_kind="safe",
    ordinary=True,
)
def arguments_not_object(row: Row) -> Iterator[Spot]:
    r"""The arguments of a call are JSON, but not an object.

    Why: a function's arguments are named; templates that walk over them raise. Text in a JSON
    string comes from encoding twice, as LLaMA-Factory's `openai` converter does.
    Example: `"{\"city\": \"Rome\"}"` in quotes, or `["Rome"]`
    Fix: write an object; the safe fix decodes an object that was encoded twice.
    Source: OpenAI API specification (function arguments); LLaMA-Factory `OpenAIDatasetConverter`.
    """
    for pointer, call in calls(row):
        if arguments_of(call["arguments"]).state in ("quoted", "other"):
            message = f"arguments of {call['name']} are no object"
            yield Spot(f"{pointer}/arguments", message, call["arguments"])


@rule("TOL007", "arguments-break-schema", severity="warning", kinds=_KINDS, ordinary=True)
def arguments_break_schema(row: Row) -> Iterator[Spot]:
    """The arguments of a call do not fit the parameters of its tool.

    Why: the model learns to leave out what is required, or to write another type, and its calls
    fail at run time.
    Example: `{"amount": "10"}` where `amount` is a number
    Fix: correct the call, or the schema.
    Source: JSON Schema 2020-12; Berkeley Function Calling Leaderboard (type errors).
    """
    schemas = {tool.name: tool.schema for tool in tools_of(row.get("tools"))}
    for pointer, call in calls(row):
        schema = schemas.get(call["name"])
        value = arguments_of(call["arguments"]).value
        if schema is None or value is None or schema_fault(schema):
            continue
        gone = {f"/{name}" for name in null_arguments(row, call)}  # TOL026 says it of these
        for path, message, found in breaks(schema, value):
            if path in gone:
                continue
            where = f"{call['name']}{path}"
            yield Spot(f"{pointer}/arguments", f"{where}: {message}", found)


@rule("TOL008", "call-id-missing", severity="warning", kinds=_KINDS, ordinary=True)
def call_id_missing(row: Row) -> Iterator[Spot]:
    """Several calls have several results, and an id that would pair them is missing.

    Why: which result belongs to which call is then a guess; OpenAI and Mistral refuse such rows.
    Example: two calls without `id`, two tool turns
    Fix: write `id` on the calls and `tool_call_id` on the results.
    Source: OpenAI API specification (tool_call_id is required).
    """
    for found in {r.turn.pointer: r for thread in threads(row) for r in rounds(thread)[0]}.values():
        if len(found.calls) < 2 or len(found.results) < 2:
            continue
        for at, call in enumerate(found.calls):
            if not call.get("id"):
                yield Spot(f"{found.turn.pointer}/tool_calls/{at}", f"{call['name']} has no id")
        for pointer, message in found.results:
            if not message.get("tool_call_id"):
                yield Spot(pointer, "the result has no tool_call_id")


@rule("TOL009", "duplicate-call-id", severity="error", kinds=_KINDS, ordinary=True)
def duplicate_call_id(row: Row) -> Iterator[Spot]:
    """Two calls of one turn have the same id.

    Why: their results cannot be told apart; OpenAI refuses the row, ms-swift sorts results by id.
    Example: two calls with `"id": "call_1"` in one turn
    Fix: give each call its own id.
    Source: OpenAI API specification; ms-swift 4.6 (results are reordered by id).
    """
    for pointer, message in all_turns(row):
        seen: set[str] = set()
        for at, call in enumerate(message.get("tool_calls") or ()):
            name = call.get("id")
            if name and name in seen:
                yield Spot(f"{pointer}/tool_calls/{at}/id", "the id of an earlier call", name)
            seen.add(name or "")


@rule("TOL010", "unanswered-call", severity="error", kinds=_KINDS, ordinary=True)
def unanswered_call(row: Row) -> Iterator[Spot]:
    """A call has no result before the next turn.

    Why: OpenAI and Mistral refuse the row, and the model learns to make results up. A conversation
    may end on a call.
    Example: user, assistant (call), user
    Fix: add the tool's turn, or remove the call.
    Source: OpenAI API ("tool_calls must be followed by tool messages responding to each id").
    """
    found = {r.turn.pointer: r for thread in threads(row) for r in rounds(thread)[0]}
    for pointer, waiting in found.items():
        for at in waiting.unanswered():
            call = waiting.calls[at]
            yield Spot(f"{pointer}/tool_calls/{at}", "no result follows the call", call["name"])


@rule("TOL011", "result-without-call", severity="error", kinds=_KINDS, ordinary=True)
def result_without_call(row: Row) -> Iterator[Spot]:
    """A tool's result answers no call before it, or one that was answered.

    Why: OpenAI and Mistral refuse the row; LLaMA-Factory v1 makes such rows when it drops a call
    that it cannot parse, and trains an answer to a result out of nowhere.
    Example: user, assistant "I will look it up.", tool
    Fix: add the call, correct `tool_call_id`, or remove the result.
    Source: OpenAI API ("messages with role tool must be a response to tool_calls").
    """
    seen: set[str] = set()
    for thread in threads(row):
        found, orphans = rounds(thread)
        spots = [
            Spot(t.pointer, "no call before it", t.message.get("tool_call_id")) for t in orphans
        ]
        for answered in found:
            ids: set[str] = set()
            for pointer, message in answered.results:
                name = message.get("tool_call_id")
                if name is not None and name in ids:
                    spots.append(Spot(pointer, "a second result of one call", name))
                ids.add(name or "")
        yield from (spot for spot in spots if spot.pointer not in seen)
        seen.update(spot.pointer for spot in spots)


@rule("TOL012", "tool-shape", severity="error", kinds=_KINDS, ordinary=True)
def tool_shape(row: Row) -> Iterator[Spot]:
    """A tool is no object with a name and, if it takes any, an object of parameters.

    Why: LLaMA-Factory's tool formatter ends the run with a KeyError after tokenising for hours;
    templates print `None`.
    Example: `{"type": "function", "function": {"description": "Weather"}}`
    Fix: write `{"name": …, "description": …, "parameters": {"type": "object", …}}`.
    Source: OpenAI API specification (FunctionObject); LLaMA-Factory `tool_utils.py`.
    """
    for tool in tools_of(row.get("tools")):
        if tool.fault:
            yield Spot(tool.pointer, tool.fault)


@rule("TOL013", "tool-name-pattern", severity="warning", kinds=_KINDS, ordinary=True)
def tool_name_pattern(row: Row) -> Iterator[Spot]:
    """A tool's name is not 1 to 64 letters, digits, `_` or `-`.

    Why: OpenAI, Mistral and Anthropic refuse the name, so what the model learns cannot be served.
    Example: `math.factorial`
    Fix: rename it in the schema and in every call.
    Source: OpenAI API specification (FunctionObject.name).
    """
    for tool in tools_of(row.get("tools")):
        if tool.name is not None and not _NAME.fullmatch(tool.name):
            message = "expected 1 to 64 of letters, digits, _ and -"
            yield Spot(tool.pointer, message, tool.name)


@rule(
    "TOL014",
    "inline-call-in-text",
    severity="warning",
    kinds=_KINDS,
    needs=_INLINE.pattern,
    roles=("assistant",),
)
def inline_call_in_text(row: Row) -> Iterator[Spot]:
    """An assistant's text holds a call in a model's own markup.

    Why: the call is trained as text, in the markup of another model, and no check sees into it.
    Example: `<functioncall> {"name": "get_news", …}`
    Fix: export the calls as `tool_calls` (or ShareGPT `function_call` turns).
    Source: glaive-function-calling-v2 and NousResearch Hermes function calling formats.
    """
    for pointer, message in all_turns(row):
        found = _INLINE.search(message.get("content") or "")
        if message["role"] == "assistant" and found:
            yield Spot(f"{pointer}/content", "a call inside the text", found.group())


@rule("TOL015", "unused-tools", severity="info", kinds=_KINDS, ordinary=True)
def unused_tools(row: Row) -> Iterator[Spot]:
    """The row offers tools and calls none.

    Why: such rows teach when not to call, which is wanted in part; a set of only such rows teaches
    never to call.
    Example: tools `get_weather`, a conversation about cooking
    Fix: none where it is meant; else export the calls.
    Source: ToolACE and Hammer (irrelevance rows as part of the mix).
    """
    tools = tools_of(row.get("tools"))
    if tools and next(calls(row), None) is None:
        yield Spot("/tools", f"{len(tools)} tools, no call")


@rule("TOL016", "duplicate-argument", severity="warning", kinds=_KINDS, ordinary=True)
def duplicate_argument(row: Row) -> Iterator[Spot]:
    """An object in the arguments of a call has one key twice.

    Why: readers keep the last value, or the first, and templates that parse the text lose the
    other.
    Example: `{"city": "Rome", "city": "Oslo"}`
    Fix: keep one of them.
    Source: RFC 8259 section 4.
    """
    for pointer, call in calls(row):
        for key in arguments_of(call["arguments"]).repeated:
            yield Spot(f"{pointer}/arguments", "the key stands twice", key)


@rule("TOL017", "calls-without-tools", severity="warning", kinds=_KINDS, ordinary=True)
def calls_without_tools(row: Row) -> Iterator[Spot]:
    """The row has calls and offers no tool.

    Why: the template shows the model no schema, so it learns to call from memory.
    Example: an assistant turn with `tool_calls`, no `tools`
    Fix: add the `tools` column.
    Source: OpenAI fine-tuning guide (tools belong to every example that calls one).
    """
    if tools_of(row.get("tools")):
        return
    first = next(calls(row), None)
    if first is not None:
        yield Spot(first[0], "a call, and no tools in the row", first[1]["name"])


@rule("TOL018", "parameters-not-schema", severity="warning", kinds=_KINDS, ordinary=True)
def parameters_not_schema(row: Row) -> Iterator[Spot]:
    """A tool's parameters are not valid JSON Schema.

    Why: servers that constrain output by the schema refuse it, and no call can be checked by it.
    Example: `{"type": "dict", …}` or `{"type": "float"}` (Python's names)
    Fix: write JSON Schema types: object, array, string, number, integer, boolean, null.
    Source: JSON Schema 2020-12; Berkeley Function Calling Leaderboard data (type dict).
    """
    for tool in tools_of(row.get("tools")):
        if tool.schema is not None and (fault := schema_fault(tool.schema)):
            yield Spot(tool.pointer, f"{tool.name}: {fault}")


RULES = (
    call_name_not_in_tools,
    duplicate_tool_name,
    arguments_not_json,
    arguments_not_object,
    arguments_break_schema,
    call_id_missing,
    duplicate_call_id,
    unanswered_call,
    result_without_call,
    tool_shape,
    tool_name_pattern,
    inline_call_in_text,
    unused_tools,
    duplicate_argument,
    calls_without_tools,
    parameters_not_schema,
)
