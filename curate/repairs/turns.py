"""Repairs of a conversation's turns: order, repetition, emptiness and length.

What they are for: LLaMA-Factory drops rows with turns out of order (hiyouga/LLaMA-Factory#10178,
#3535, #4023), chat templates of Mistral and Gemma raise on them, ms-swift joins them without a
separator.
"""

from __future__ import annotations

from collections.abc import Callable

from curate.finding import Hit
from curate.repairs.base import Apply, Repair
from curate.row import Message, Row, message_lists

_INSTRUCTIONS = ("system", "developer")
_JOINABLE = {"role", "content", "weight"}
Turns = list[Message]
Change = Callable[[Turns, str, str, list[Hit]], Turns]


def _over(change: Change, *columns: str) -> Apply:
    """Return a repair that changes each of the row's message lists, or those named."""

    def apply(row: Row, argument: str, hits: list[Hit]) -> list[Row]:
        new = row
        for column, messages in message_lists(row):
            if columns and column not in columns:
                continue
            changed = change(messages, argument, f"/{column}", hits)
            if changed is not messages:
                new = {**new, column: changed}
        return [without_places(new) if new is not row else row]

    return apply


def without_places(row: Row) -> Row:
    """Return the row without those parts of its layout that point at places in its messages."""
    layout = row.get("layout")
    if not layout:
        return row
    kept = {k: v for k, v in layout.items() if k not in _OF_PLACES and not _points(v)}
    rest = {key: value for key, value in row.items() if key != "layout"}
    return {**rest, "layout": kept} if kept else rest


_OF_PLACES = ("completion_from", "alpaca_split", "system_from")


def _points(value: object) -> bool:
    return isinstance(value, list) and any(
        isinstance(item, str) and item.startswith("/") and item.count("/") > 1 for item in value
    )


def _merge(messages: Turns, separator: str, pointer: str, hits: list[Hit]) -> Turns:
    merged: Turns = []
    for index, message in enumerate(messages):
        before = merged[-1] if merged else None
        if before is None or not _alike(before, message):
            merged.append(message)
            continue
        why = f"joined to the {message['role']} turn before it"
        hits.append(Hit("LOS005", f"{pointer}/{index}", why, message["content"]))
        joined = f"{before['content']}{separator}{message['content']}"
        merged[-1] = {**before, "content": joined}
    return merged if len(merged) < len(messages) else messages


def _alike(first: Message, second: Message) -> bool:
    """Return whether two turns can become one: same role, texts alone, trained alike."""
    return (
        first["role"] == second["role"]
        and first["role"] != "tool"
        and all("content" in m and m.keys() <= _JOINABLE for m in (first, second))
        and first.get("weight") == second.get("weight")
    )


def _hoist(messages: Turns, separator: str, pointer: str, hits: list[Hit]) -> Turns:
    """Move later system turns to the head, joined to the one that is there."""
    head = next((i for i, m in enumerate(messages) if m["role"] not in _INSTRUCTIONS), None)
    if head is None:
        return messages
    late = [i for i, m in enumerate(messages) if m["role"] in _INSTRUCTIONS and i >= head]
    texts = [m.get("content") for m in messages if m["role"] in _INSTRUCTIONS]
    if not late or None in texts:
        return messages
    for index in late:
        why = "the turn moves to the beginning"
        hits.append(Hit("LOS043", f"{pointer}/{index}", why, messages[index].get("content")))
    first = next(m for m in messages if m["role"] in _INSTRUCTIONS)
    joined: Message = {**first, "content": separator.join(str(text) for text in texts)}
    return [joined, *(m for m in messages if m["role"] not in _INSTRUCTIONS)]


def _drop_tail(messages: Turns, argument: str, pointer: str, hits: list[Hit]) -> Turns:
    del argument
    end = len(messages)
    while end and messages[end - 1]["role"] in ("user", *_INSTRUCTIONS):
        end -= 1
    if end in (0, len(messages)):
        return messages
    for index in range(end, len(messages)):
        why = f"a {messages[index]['role']} turn behind the last answer is removed"
        hits.append(Hit("LOS047", f"{pointer}/{index}", why, messages[index].get("content")))
    return messages[:end]


def _drop_head(messages: Turns, argument: str, pointer: str, hits: list[Hit]) -> Turns:
    del argument
    asked = next((i for i, m in enumerate(messages) if m["role"] == "user"), 0)
    dropped = [i for i in range(asked) if messages[i]["role"] not in _INSTRUCTIONS]
    if not dropped:
        return messages
    for index in dropped:
        why = f"a {messages[index]['role']} turn before the first question is removed"
        hits.append(Hit("LOS048", f"{pointer}/{index}", why, messages[index].get("content")))
    return [m for i, m in enumerate(messages) if i not in dropped]


def _insert_user(messages: Turns, argument: str, pointer: str, hits: list[Hit]) -> Turns:
    start = next((i for i, m in enumerate(messages) if m["role"] not in _INSTRUCTIONS), None)
    if start is None or messages[start]["role"] == "user":
        return messages
    hits.append(Hit("LOS046", f"{pointer}/{start}", "a user turn is put before it", argument))
    asked: Message = {"role": "user", "content": argument}
    return [*messages[:start], asked, *messages[start:]]


def _strip_empty(messages: Turns, argument: str, pointer: str, hits: list[Hit]) -> Turns:
    del argument
    kept = [m for m in messages if not _is_empty(m)]
    if not kept or len(kept) == len(messages):
        return messages
    for index, message in enumerate(messages):
        if _is_empty(message):
            why = f"a {message['role']} turn that says nothing is removed"
            hits.append(Hit("LOS044", f"{pointer}/{index}", why))
    return kept


def _is_empty(message: Message) -> bool:
    """Return whether a turn says nothing; a tool's empty result answers its call and stays."""
    if message["role"] == "tool" or message.keys() & {"tool_calls", "refusal", "reasoning"}:
        return False
    return not (message.get("content") or "").strip() and not message.get("parts")


def _dedupe(messages: Turns, argument: str, pointer: str, hits: list[Hit]) -> Turns:
    del argument
    kept: Turns = []
    for index, message in enumerate(messages):
        if kept and message == kept[-1] and message["role"] != "tool":
            why = f"the {message['role']} turn repeats the one before it and is removed"
            hits.append(Hit("LOS045", f"{pointer}/{index}", why, message.get("content")))
        else:
            kept.append(message)
    return kept if len(kept) < len(messages) else messages


REPAIRS = (
    Repair(
        "merge-consecutive",
        "LOS005",
        "join turns of one role in a row, with a blank line or the text given",
        _over(_merge),
        "\n\n",
    ),
    Repair(
        "hoist-system",
        "LOS043",
        "move later system turns to the beginning, joined by a blank line or the text given",
        _over(_hoist, "messages", "prompt"),
        "\n\n",
    ),
    Repair(
        "drop-trailing-user",
        "LOS047",
        "remove user and system turns behind the last answer",
        _over(_drop_tail, "messages"),
    ),
    Repair(
        "drop-leading-assistant",
        "LOS048",
        "remove assistant turns before the first question",
        _over(_drop_head, "messages", "prompt"),
    ),
    Repair(
        "insert-empty-user",
        "LOS046",
        "put a user turn before a leading assistant turn, empty or with the text given",
        _over(_insert_user, "messages", "prompt"),
        "",
    ),
    Repair(
        "strip-empty-turns",
        "LOS044",
        "remove turns that say nothing",
        _over(_strip_empty, "messages", "prompt"),
    ),
    Repair(
        "dedupe-turn",
        "LOS045",
        "remove a turn that repeats the one before it",
        _over(_dedupe, "messages", "prompt"),
    ),
)
