"""TOL: the results that answer calls, and tools that are told twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.structure.calling import Round, is_error, rounds_of
from curate.checks.structure.schemas import bodies_of
from curate.checks.walk import (
    SYSTEM_ROLES,
    all_turns,
    dialogue,
    says_nothing,
    spoken,
    without_layout,
)
from curate.row import Kind, Row, message_lists

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
_MARKUP = re.compile(r"</?tool_response>")


@rule("TOL033", "result-is-an-error", severity="info", kinds=_KINDS, ordinary=True)
def result_is_an_error(row: Row) -> Iterator[Spot]:
    """A tool's result says that the call failed, and nothing else.

    Why: rows that recover from an error are worth having; a set in which most calls fail teaches
    calls that fail. Look at how many there are.
    Example: `{"error": "invalid date"}`, or a traceback
    Fix: none for one row; else correct the call, or remove the row.
    Source: Zeng et al. 2023, AgentTuning (arXiv:2310.12823), section 2.1.3 (trajectories are
    filtered by whether they succeed).
    """
    for waiting in rounds_of(row):
        for pointer, message in waiting.results:
            if is_error(text := spoken(message)):
                yield Spot(f"{pointer}/content", "the call failed", text)


@rule("TOL034", "empty-result", severity="info", kinds=_KINDS, ordinary=True)
def empty_result(row: Row) -> Iterator[Spot]:
    """A tool's result is missing or shows nothing.

    Why: templates print `None` or an empty block, ms-swift deletes a row whose content is null,
    and the answer behind it rests on nothing. Some tools do return nothing.
    Example: `{"role": "tool", "tool_call_id": "a", "content": ""}`
    Fix: write what the tool returned; `null` or "done" where it returns nothing.
    Source: ms-swift 4.6 `core.py:_check_messages`; OpenAI API specification (content is required).
    """
    for pointer, message in all_turns(row):
        if message["role"] == "tool" and says_nothing(message):
            yield Spot(f"{pointer}/content", "the result is empty", message.get("content"))


def _order(waiting: Round) -> list[int] | None:
    """Return each result's call, or None where ids do not pair all of them."""
    ids = [call.get("id") for call in waiting.calls]
    named = [turn.message.get("tool_call_id") for turn in waiting.results]
    if None in ids or len(set(ids)) < len(ids) or sorted(map(str, ids)) != sorted(map(str, named)):
        return None
    return [ids.index(name) for name in named]


def _with_ordered_results(row: Row) -> Row:
    moved: dict[str, str] = {}
    for waiting in rounds_of(row):
        order = _order(waiting)
        if order is not None and order != sorted(order):
            places = [turn.pointer for turn in waiting.results]
            moved |= {places[to]: places[at] for at, to in enumerate(order)}
    if not moved:
        return row
    at = {turn.pointer: turn.message for turn in all_turns(row)}
    changed = dict(row)
    for name, messages in message_lists(row):
        pointers = [f"/{name}/{number}" for number in range(len(messages))]
        changed[name] = [at[moved.get(pointer, pointer)] for pointer in pointers]
    return without_layout(changed)


@rule(
    "TOL035",
    "results-not-in-call-order",
    severity="info",
    kinds=_KINDS,
    fix=_with_ordered_results,
    fix_kind="safe",
    ordinary=True,
)
def results_not_in_call_order(row: Row) -> Iterator[Spot]:
    """The results of a turn's calls stand in another order than the calls.

    Why: formats without ids (ShareGPT, ms-swift, the templates of Qwen and Llama) pair them by
    place, so each result goes to the wrong call.
    Example: calls a, b and results b, a
    Fix: the safe fix puts the results in the order of the calls.
    Source: ms-swift 4.6 `template_inputs.py` (sorts results before it drops the ids);
    LLaMA-Factory 0.9.5 `converter.py:OpenAIDatasetConverter` (ids are ignored).
    """
    for waiting in rounds_of(row):
        order = _order(waiting)
        if order is not None and order != sorted(order):
            first = waiting.results[0]
            said = first.message.get("tool_call_id")
            yield Spot(first.pointer, "the first result answers a later call", said)


@rule("TOL036", "result-name-differs", severity="warning", kinds=_KINDS, ordinary=True)
def result_name_differs(row: Row) -> Iterator[Spot]:
    """A result carries the name of another tool than the call that it answers.

    Why: Gemma's template prints the result's name, and Gemini pairs results and calls by it.
    Example: a call of `get_weather`, a result with `"name": "get_time"`
    Fix: write the called tool's name.
    Source: ms-swift 4.6 `core.py:_check_messages` (Gemma 4 uses the result's name); Gemini API
    (FunctionResponse.name is the call's).
    """
    for waiting in rounds_of(row):
        by_id = {call["id"]: call["name"] for call in waiting.calls if call.get("id")}
        names = {call["name"] for call in waiting.calls}
        for pointer, message in waiting.results:
            name = message.get("name")
            called = by_id.get(message.get("tool_call_id", ""))
            expected = {called} if called is not None else names
            if name and name not in expected:
                message_text = f"the call is of {', '.join(sorted(expected))}"
                yield Spot(f"{pointer}/name", message_text, name)


@rule("TOL037", "tools-in-system-text", severity="warning", kinds=_KINDS, ordinary=True)
def tools_in_system_text(row: Row) -> Iterator[Spot]:
    """The system text lists the tools that the row's `tools` list already.

    Why: the template prints the tools as well, so the model reads each schema twice, once in a
    form that it will not meet again; the schemas cost tokens in every row.
    Example: `tools` with `get_weather`, and a system text with `{"name": "get_weather", …}`
    Fix: take the schemas out of the system text.
    Source: Qwen and Llama 3 chat templates (tools are written into the system turn);
    glaive-function-calling-v2 (schemas in the system text).
    """
    names = [body.name for body in bodies_of(row.get("tools")) if body.name]
    if not names:
        return
    for pointer, message in dialogue(row):
        if message["role"] not in SYSTEM_ROLES:
            continue
        told = [name for name in names if _names_schema(spoken(message), name)]
        if told:
            found = f"{len(told)} of {len(names)} tools are described here as well"
            yield Spot(f"{pointer}/content", found, ", ".join(told))


def _names_schema(text: str, name: str) -> bool:
    return name in text and any(
        f"{quote}name{quote}:{space}{quote}{name}{quote}" in text
        for quote in "\"'"
        for space in (" ", "")
    )


@rule("TOL038", "result-in-markup", severity="warning", kinds=_KINDS, ordinary=True)
def result_in_markup(row: Row) -> Iterator[Spot]:
    r"""A result holds the markup that a template writes around results.

    Why: the template writes it again, so that it stands there twice and the model meets what no
    server sends. LLaMA-Factory's `openai` converter glues several results with Qwen's markup.
    Example: "</tool_response>\n<tool_response>" between two results in one turn
    Fix: write each result into a turn of its own, without markup.
    Source: LLaMA-Factory 0.9.5 `converter.py:OpenAIDatasetConverter`; Qwen3 chat template.
    """
    for pointer, message in all_turns(row):
        if message["role"] == "tool" and (found := _MARKUP.search(spoken(message))):
            yield Spot(f"{pointer}/content", f"{found.group()} at {found.start()}", found.group())


@rule("TOL039", "parallel-calls-forbidden", severity="warning", kinds=_KINDS, ordinary=True)
def parallel_calls_forbidden(row: Row) -> Iterator[Spot]:
    """The row says `parallel_tool_calls: false`, and a turn makes several calls.

    Why: the model learns to call in parallel where it was told not to, and clients that asked for
    one call at a time get several.
    Example: `"parallel_tool_calls": false` and two entries of `tool_calls`
    Fix: split the turn, or take the column out.
    Source: OpenAI API specification (parallel_tool_calls); lmstudio-ai/lmstudio-bug-tracker#1756.
    """
    extra = row.get("extra")
    if not extra or "parallel_tool_calls" not in extra:
        return
    kept = json.loads(extra) if isinstance(extra, str) else extra
    if not isinstance(kept, dict) or kept.get("parallel_tool_calls") is not False:
        return
    for pointer, message in all_turns(row):
        if (count := len(message.get("tool_calls") or ())) > 1:
            yield Spot(f"{pointer}/tool_calls", f"{count} calls, expected one", count)


RULES = (
    result_is_an_error,
    empty_result,
    results_not_in_call_order,
    result_name_differs,
    tools_in_system_text,
    result_in_markup,
    parallel_calls_forbidden,
)
