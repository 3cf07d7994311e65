"""ShareGPT turns to the row's messages and back, with LLaMA-Factory's calls and observations.

Source: hiyouga/LLaMA-Factory `data/README.md` and `converter.py:SharegptDatasetConverter`. A
`function_call` turn holds JSON of `{"name", "arguments"}` or a list of them, possibly after a
`<think>` block; an `observation` turn answers it. The order of turns is kept as it is: whether a
trainer takes it is for the profile that is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from curate.finding import Hit
from curate.formats.pieces.call_spelling import (
    OTHER,
    lose_in_calls,
    object_text,
    read_calls,
    write_calls,
)
from curate.formats.pieces.calls import answer_order
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import (
    extra_of,
    report_lost,
    text_of,
    unknown_role,
    with_reasoning,
    without_taken,
)
from curate.formats.pieces.reasoning import cut_thought, put_thought
from curate.row import Message, Role, ToolCall

ROLE_WORDS: Mapping[str, str] = {
    "human": "user",
    "gpt": "assistant",
    "system": "system",
    "function_call": "function_call",
    "observation": "tool",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_WORD = {"user": "human", "assistant": "gpt", "system": "system", "tool": "observation"}
_PLAIN_WORD = {"user": "human", "assistant": "gpt", "system": "system"}
KEYS = ("from", "value")
_CALL_FIX = 'write {"name": …, "arguments": {…}} or a list of them'


def turns_to_messages(
    turns: Sequence[Mapping[str, Any]],
    hits: list[Hit],
    pointer: str,
    *,
    layout: dict[str, Any] | None = None,
    keys: tuple[str, str] = KEYS,
) -> list[Message]:
    """Return ShareGPT turns as messages, one for one.

    Args:
        turns: The turns, of the types that the schema states.
        hits: Gets TRN001 for unknown roles and TOL002 for calls that are no calls.
        pointer: Where the list stands in the record.
        layout: Gets what the messages cannot say (`role_words`, `call_style`, `think`,
            `arguments`, `string_arguments`); without it that is forgotten.
        keys: The keys of a turn's role and text.
    """
    layout = {} if layout is None else layout
    role_key, text_key = keys
    messages: list[Message] = []
    quoted: list[str] = []
    usual = True
    for index, turn in enumerate(turns):
        word = turn[role_key]
        role = ROLE_WORDS.get(word)
        if role is None:
            unknown_role(word, ROLE_WORDS, hits, f"{pointer}/{index}/{role_key}")
            role = "user"
        message: Message
        if role == "function_call":
            message = {"role": "assistant"}
            at = f"{pointer}/{index}/{text_key}"
            _read_calls(turn[text_key], message, hits, at, layout, quoted)
        else:
            usual = usual and _WORD[role] == word
            message = {"role": cast(Role, role), "content": turn[text_key]}
        if len(turn) > 2 and (extra := {k: v for k, v in turn.items() if k not in keys}):
            message["extra"] = dump(extra)
        messages.append(message)
    if not usual:
        layout["role_words"] = [turn[role_key] for turn in turns]
    if quoted:
        _mark_quoted(quoted, messages, layout)
    return messages


def _read_calls(
    text: str,
    message: Message,
    hits: list[Hit],
    pointer: str,
    layout: dict[str, Any],
    quoted: list[str],
) -> None:
    """Read the calls of a turn; `quoted` gets the pointers of those whose arguments are text."""
    at = pointer.rpartition("/")[0]
    thought = cut_thought(text, before="{") if text.startswith("<think>") else None
    rest = text if thought is None else thought.rest
    body = rest.lstrip() if thought else rest
    try:
        found = read_calls(body)
    except ValueError as error:
        hits.append(Hit("TOL002", pointer, f"no function call: {error}", text, _CALL_FIX))
        return
    message["tool_calls"] = found.calls
    quoted.extend(f"{at}/{index}" for index in found.quoted)
    if found.spelling:
        layout.setdefault("call_style", {})[at] = found.spelling
    if thought is not None:
        message["reasoning"] = thought.reasoning
        before, after, gap = thought.shape or ("\n", "\n", "\n\n")
        shape = [before, after, gap + rest[: len(rest) - len(body)]]
        if shape != ["\n", "\n", "\n\n"]:
            layout.setdefault("think", {})[at] = shape


def _mark_quoted(quoted: list[str], messages: list[Message], layout: dict[str, Any]) -> None:
    """Say which calls have their arguments as text: `string` for all of them, else by pointer."""
    if len(quoted) == sum(len(message.get("tool_calls") or ()) for message in messages):
        layout["arguments"] = "string"
    else:
        layout["arguments"] = "mixed"
        layout["string_arguments"] = quoted


def messages_to_turns(
    messages: Sequence[Message],
    hits: list[Hit],
    pointer: str,
    *,
    layout: Mapping[str, Any] | None = None,
    at: str | None = None,
    keys: tuple[str, str] = KEYS,
) -> list[dict[str, Any]]:
    """Return messages as ShareGPT turns; the results of parallel calls become one turn.

    Args:
        messages: The messages.
        hits: Gets the losses: LOS003, LOS010 to LOS012, LOS015 to LOS023 and LOS030.
        pointer: Where the messages stand in the row.
        layout: The row's layout.
        at: Where the list stands in the record, as `layout` names it; `pointer` if not given.
        keys: The keys of a turn's role and text.
    """
    layout = layout or {}
    base = pointer if at is None else at
    turns: list[dict[str, Any]] = []
    index = 0
    while index < len(messages):
        message, place = messages[index], f"{pointer}/{index}"
        if len(message) == 2 and "content" in message and message["role"] in _PLAIN_WORD:
            turns.append(
                {keys[0]: _PLAIN_WORD[message["role"]], keys[1]: message["content"]}
            )  # fmt: skip
            index += 1
            continue
        extra: dict[str, Any] = {}
        if "extra" in message:
            extra = without_taken(extra_of(message), (*KEYS, *keys), hits, place)
        count = 1
        if message.get("tool_calls"):
            word = "function_call"
            text = _write_calls(message, hits, place, layout, f"{base}/{len(turns)}")
        elif message["role"] == "tool" and (count := _parallel(messages, index)) > 1:
            word = _WORD["tool"]
            text = _joined(messages[index - 1 : index + count], hits, pointer, index)
        else:
            word = _word(message, hits, place)
            text = with_reasoning(message, text_of(message, hits, place), hits, place)
            report_lost(message, ("tool_call_id", "name", "refusal", "weight"), hits, place)
        turns.append({keys[0]: word, keys[1]: text, **extra})
        index += count
    return _reworded(turns, layout, keys[0])


def _word(message: Message, hits: list[Hit], pointer: str) -> str:
    if message["role"] == "developer":
        hits.append(Hit("LOS003", f"{pointer}/role", "the developer role becomes system"))
        return "system"
    return _WORD.get(message["role"], message["role"])


def _reworded(
    turns: list[dict[str, Any]], layout: Mapping[str, Any], role_key: str
) -> list[dict[str, Any]]:
    """Give turns the role words they came with, where those still say the same."""
    words = layout.get("role_words") or ()
    if len(words) == len(turns) and all(
        ROLE_WORDS.get(word) == ROLE_WORDS.get(turn[role_key])
        for word, turn in zip(words, turns, strict=True)
    ):
        for word, turn in zip(words, turns, strict=True):
            turn[role_key] = word
    return turns


def _write_calls(
    message: Message, hits: list[Hit], pointer: str, layout: Mapping[str, Any], at: str
) -> str:
    if message.get("content") or message.get("parts"):
        why = "text beside a call has no place in a function_call turn"
        hits.append(Hit("LOS011", pointer, why, message.get("content")))
    elif message.get("content") == "":
        hits.append(Hit("LOS030", f"{pointer}/content", "an empty content becomes none"))
    report_lost(message, ("name", "refusal", "weight", "tool_call_id"), hits, pointer)
    calls = message["tool_calls"]
    lose_in_calls(calls, hits, pointer)
    quoted = quoted_calls(layout, at, len(calls))
    written: list[ToolCall] = [
        {
            **call,
            "arguments": object_text(
                call["arguments"], hits, f"{pointer}/tool_calls/{n}/arguments"
            ),
        }
        if n not in quoted
        else call
        for n, call in enumerate(calls)
    ]
    style = (layout.get("call_style") or {}).get(at, "")
    if style == OTHER:
        hits.append(Hit("LOS016", pointer, "the call is kept, its spelling is not"))
    text = write_calls(written, quoted, style)
    if (reasoning := message.get("reasoning")) is None:
        return text
    if "think>" in reasoning:
        why = "the reasoning holds a tag of the <think> block that it becomes"
        hits.append(Hit("LOS021", f"{pointer}/reasoning", why, reasoning))
    return put_thought(reasoning, text, (layout.get("think") or {}).get(at))


def quoted_calls(layout: Mapping[str, Any], at: str, count: int) -> list[int]:
    """Return which of a turn's calls have their arguments as text in a JSON string.

    Args:
        layout: The row's layout.
        at: Where the turn stands in the record.
        count: How many calls it has.
    """
    if layout.get("arguments") == "string":
        return list(range(count))
    listed = frozenset(layout.get("string_arguments") or ())
    return [n for n in range(count) if f"{at}/{n}" in listed] if listed else []


def _parallel(messages: Sequence[Message], index: int) -> int:
    """Return how many results from `index` on answer several calls of one message; else 1."""
    if index == 0 or len(messages[index - 1].get("tool_calls") or ()) < 2:
        return 1
    end = index
    while end < len(messages) and messages[end]["role"] == "tool":
        end += 1
    return end - index


def _joined(exchange: Sequence[Message], hits: list[Hit], pointer: str, first: int) -> str:
    """Return the results behind a message of calls as a JSON list, in the order of the calls."""
    caller, *results = exchange
    why = f"{len(results)} results become one turn, a JSON list in the order of the calls"
    hits.append(Hit("LOS015", f"{pointer}/{first}", why))
    texts = []
    for index, message in enumerate(results, start=first):
        place = f"{pointer}/{index}"
        texts.append(text_of(message, hits, place))
        fields = ("tool_call_id", "name", "refusal", "reasoning", "weight", "extra")
        report_lost(message, fields if index > first else fields[:-1], hits, place)
    return dump([texts[index] for index in answer_order(caller, results)])
