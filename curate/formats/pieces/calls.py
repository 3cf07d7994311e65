"""Tool calls in OpenAI's and TRL's spelling, and the ids that tie results to them.

Source: OpenAI API specification, `ChatCompletionMessageToolCall` (arguments are JSON text), and
TRL's dataset formats (arguments are an object).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from curate.finding import Hit
from curate.formats.pieces.held_json import cut_values, dump, exact_object
from curate.row import Message, ToolCall

ArgumentsForm = Literal["string", "object"]


def arguments_text(value: Any, form: ArgumentsForm, layout: dict[str, Any]) -> str:
    """Return a call's arguments as text; text stays as it is.

    Args:
        value: Text or an object.
        form: What the format usually holds.
        layout: Gets `arguments` where this call has the other form.
    """
    found: ArgumentsForm = "string" if isinstance(value, str) else "object"
    if found != form:
        layout["arguments"] = found
    return value if isinstance(value, str) else dump(value)


def arguments_value(
    text: str, form: ArgumentsForm, layout: Mapping[str, Any], hits: list[Hit], pointer: str
) -> Any:
    """Return a call's arguments in the form that a format holds.

    Args:
        text: The arguments as the row has them.
        form: What the format holds.
        layout: The row's layout.
        hits: Gets LOS016 where the spelling is not kept, LOS031 where a number changes, LOS017
            where the text is no object; such text is returned as it is.
        pointer: Where the arguments stand in the row.
    """
    unusual = layout.get("arguments", form) != form
    if form == "string":
        if unusual:
            hits.append(Hit("LOS016", pointer, "the arguments become text"))
        return text
    exact = exact_object(text)
    if exact.value is None:
        hits.append(Hit("LOS017", pointer, f"no arguments object: {exact.why}", text))
        return text
    if exact.respelled or unusual:
        hits.append(Hit("LOS016", pointer, "the arguments are kept, their spelling is not", text))
    if exact.inexact:
        hits.append(Hit("LOS031", pointer, "a number in the arguments changes", text))
    return exact.value


def decode_call(
    item: Mapping[str, Any], form: ArgumentsForm, layout: dict[str, Any]
) -> tuple[ToolCall, dict[str, Any]]:
    """Return one `tool_calls` item as a call, and the keys that a call has no place for."""
    kind = item.get("type") or "function"
    inner_key, text_key = ("custom", "input") if kind == "custom" else ("function", "arguments")
    inner = item[inner_key]
    call: ToolCall = {"type": kind, "name": inner["name"], "arguments": ""}
    if inner_key == "custom":
        call["arguments"] = inner["input"]
    else:
        call["arguments"] = arguments_text(inner["arguments"], form, layout)
    if isinstance(item.get("id"), str):
        call["id"] = item["id"]
    rest = {k: v for k, v in item.items() if k not in ("id", "type", inner_key)}
    rest.update({k: v for k, v in item.items() if k in ("id", "type") and v is None})
    if inner_rest := {k: v for k, v in inner.items() if k not in ("name", text_key)}:
        rest[inner_key] = inner_rest
    return call, rest


def encode_call(call: ToolCall, arguments: Any, rest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call as a `tool_calls` item; `rest` is what `decode_call` put aside."""
    item: dict[str, Any] = {"id": call["id"]} if "id" in call else {}
    item["type"] = call["type"]
    if not rest and call["type"] != "custom":
        item["function"] = {"name": call["name"], "arguments": arguments}
        return item
    custom = call["type"] == "custom"
    inner_key, text_key = ("custom", "input") if custom else ("function", "arguments")
    item[inner_key] = {**(rest.get(inner_key) or {}), "name": call["name"], text_key: arguments}
    if rest.get("type", "") is None and not custom:
        item["type"] = None
    return {**{k: v for k, v in rest.items() if k != inner_key}, **item}


def rests_of(value: Any, count: int) -> list[dict[str, Any]] | None:
    """Return what `decode_call` put aside for each of so many calls; None where it is not that."""
    if not isinstance(value, list) or len(value) != count:
        return None
    for rest in value:
        if not isinstance(rest, dict):
            return None
        if not all(isinstance(rest.get(key, {}), dict) for key in ("function", "custom")):
            return None
    return value


def other_calls(messages: Sequence[Message]) -> set[str]:
    """Return the ids of the calls that are no function calls."""
    return {
        call["id"]
        for message in messages
        for call in message.get("tool_calls") or ()
        if call["type"] != "function" and "id" in call
    }


def answer_order(caller: Message, results: Sequence[Message]) -> list[int]:
    """Return the results' indexes in the order of the calls that they answer.

    Where results carry no ids, a reader pairs them with the calls by their order. The results'
    own order is kept where an id is missing, names no call or is there twice.

    Args:
        caller: The message with the calls.
        results: The tool messages behind it.
    """
    order = list(range(len(results)))
    calls = [call.get("id") for call in caller.get("tool_calls") or ()]
    answers = [message.get("tool_call_id") for message in results]
    if None in calls or len(set(calls)) < len(calls) or len(set(answers)) < len(answers):
        return order
    if not set(answers) <= set(calls):
        return order
    return sorted(order, key=lambda index: calls.index(answers[index]))


def give_ids(
    messages: Sequence[Message],
    hits: list[Hit],
    pointer: str,
    legacy: frozenset[int] = frozenset(),
) -> list[tuple[int, Message]]:
    """Return the messages with an id on every call and result, each with its index in the row.

    Ids are `call_1`, `call_2`, … in the row's order, past those in use (LOS013, once a row).
    Results without an id answer the open calls in order. One result for several calls is divided
    if it is a JSON list of as many items, else it goes whole to the first call (LOS014).

    Args:
        messages: The messages; they are not changed.
        hits: Gets the losses.
        pointer: Where the messages stand in the row.
        legacy: Indexes of messages whose calls have no ids by their nature.
    """
    for index, message in enumerate(messages):
        if _lacks_id(message) and index not in legacy:
            break
    else:
        return list(enumerate(messages))
    taken = {c["id"] for m in messages for c in m.get("tool_calls") or () if "id" in c}
    new_ids = (name for n in range(1, 10**9) if (name := f"call_{n}") not in taken)
    given: list[tuple[int, Message]] = []
    open_ids: list[str] = []
    for index, message in enumerate(messages):
        at = f"{pointer}/{index}"
        if index in legacy:
            given.append((index, message))
        elif message["role"] == "tool":
            alone = index + 1 == len(messages) or messages[index + 1]["role"] != "tool"
            first = index == 0 or messages[index - 1]["role"] != "tool"
            answers = _answers(message, open_ids, alone and first, hits, at)
            given.extend((index, answer) for answer in answers)
        elif calls := message.get("tool_calls"):
            named = [cast(ToolCall, {"id": c.get("id") or next(new_ids), **c}) for c in calls]
            open_ids = [call["id"] for call in named]
            given.append((index, {**message, "tool_calls": named}))
        else:
            open_ids = []
            given.append((index, message))
    hits.append(Hit("LOS013", pointer, "calls have no ids; call_1, call_2, … are given"))
    return given


def _lacks_id(message: Message) -> bool:
    if message["role"] == "tool":
        return "tool_call_id" not in message
    if not (calls := message.get("tool_calls")):
        return False
    return any("id" not in call for call in calls)


def _answers(
    message: Message, open_ids: list[str], only: bool, hits: list[Hit], pointer: str
) -> list[Message]:
    own = message.get("tool_call_id")
    if own is not None:
        if own in open_ids:
            open_ids.remove(own)
        return [message]
    if not open_ids:
        return [message]
    if only and len(open_ids) > 1:
        texts = _items(message.get("content"), len(open_ids))
        if texts is not None:
            return [
                {**message, "content": text, "tool_call_id": name}
                for name, text in zip(open_ids, texts, strict=True)
            ]
        why = f"one result for {len(open_ids)} calls is no list of as many; the first gets it whole"
        hits.append(Hit("LOS014", pointer, why, message.get("content")))
    return [{**message, "tool_call_id": open_ids.pop(0)}]


def _items(text: str | None, count: int) -> list[str] | None:
    """Return the items of a JSON list of so many: texts as they are, others as they are spelled."""
    try:
        items = cut_values(text or "")
    except ValueError:
        return None
    if len(items) != count:
        return None
    return [item.value if isinstance(item.value, str) else item.text for item in items]
