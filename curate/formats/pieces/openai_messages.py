"""OpenAI messages to the row's messages and back: the codec that every messages format uses.

Source: OpenAI API specification, `ChatCompletionRequestMessage`. Three states of `content` stay
apart: text, null (the default where a row has none) and missing (`layout.absent`). Keys of a
message that the row has no place for are kept in its `extra`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from curate.finding import Hit
from curate.formats.pieces.calls import (
    ArgumentsForm,
    arguments_text,
    arguments_value,
    decode_call,
    encode_call,
    rests_of,
)
from curate.formats.pieces.columns import mark, marked
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import extra_of, unknown_role, without_taken
from curate.formats.pieces.parts import Media, decode_parts, encode_parts
from curate.row import Message, Role, ToolCall

ROLE_WORDS: Mapping[str, str] = {
    "system": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "developer": "developer",
    "function": "tool",
}
CARRIERS = ("reasoning_content", "reasoning", "thinking")
_TextKey = Literal["name", "refusal", "tool_call_id"]
_TEXT_KEYS: tuple[_TextKey, ...] = ("name", "refusal", "tool_call_id")
_KEYS = ("role", "content", "tool_calls", "function_call", "weight", *_TEXT_KEYS, *CARRIERS)
_KNOWN, _TEXTS = frozenset(_KEYS), frozenset(_TEXT_KEYS)
_PLAIN = frozenset({"system", "user", "assistant", "tool", "developer"})


@dataclass(slots=True)
class _Reader:
    hits: list[Hit]
    form: ArgumentsForm
    layout: dict[str, Any]
    media: list[Media] | None


def decode_messages(
    items: Sequence[Mapping[str, Any]],
    hits: list[Hit],
    pointer: str,
    *,
    arguments: ArgumentsForm = "string",
    layout: dict[str, Any] | None = None,
    media: list[Media] | None = None,
) -> list[Message]:
    """Return a list of OpenAI messages as the row's messages, one for one.

    Args:
        items: The messages, of the types that the schema states.
        hits: Gets TRN001 for unknown roles and LOS004 for the legacy function role and call.
        pointer: Where the list stands in the record.
        arguments: The form that calls' arguments usually have in the format.
        layout: Gets what the messages cannot say (`absent`, `null`, `legacy`, `arguments`,
            `reasoning`, `weights`), with pointers into the record; without it that is forgotten.
        media: The row's media list, which grows; without it media parts are kept as they are.
    """
    reader = _Reader(hits, arguments, {} if layout is None else layout, media)
    messages: list[Message] = []
    for index, item in enumerate(items):
        content = item.get("content")
        if len(item) == 2 and isinstance(content, str) and item["role"] in _PLAIN:
            messages.append({"role": item["role"], "content": content})
        else:
            messages.append(_decode(item, f"{pointer}/{index}", reader))
    if reader.layout.get("reasoning") == CARRIERS[0]:
        del reader.layout["reasoning"]
    return messages


def _decode(item: Mapping[str, Any], at: str, reader: _Reader) -> Message:
    message: Message = {"role": _role(item["role"], at, reader)}
    content = item.get("content")
    if isinstance(content, str):
        message["content"] = content
    elif content is not None:
        message["parts"] = decode_parts(content, reader.media)
    elif "content" not in item:
        mark(reader.layout, "absent", f"{at}/content")
    extra: dict[str, Any] = {}
    nulls = False
    for key, value in item.items():
        if key not in _KNOWN:
            extra[key] = value
        elif value is None:
            nulls = nulls or key != "content"
        elif key in _TEXTS:
            message[key] = value
    for key in _KEYS if nulls else ():
        if key in item and item[key] is None and key != "content":
            mark(reader.layout, "null", f"{at}/{key}")
    _read_weight(item, message, reader)
    _read_reasoning(item, message, extra, reader)
    _read_calls(item, message, extra, at, reader)
    if message.get("tool_calls") and message["role"] != "assistant":
        _report_calls(item, at, reader)
    if extra:
        message["extra"] = dump(extra)
    return message


def _report_calls(item: Mapping[str, Any], at: str, reader: _Reader) -> None:
    """Report calls in a message that is not the assistant's, as far as its role is known."""
    if (role := item["role"]) in ROLE_WORDS:
        key = "tool_calls" if item.get("tool_calls") is not None else "function_call"
        why = f"only assistant messages call tools, this one is of the role {role}"
        reader.hits.append(Hit("SCH003", f"{at}/{key}", why))


def _role(role: str, at: str, reader: _Reader) -> Role:
    if role not in ROLE_WORDS:
        unknown_role(role, ROLE_WORDS, reader.hits, f"{at}/role")
    elif role == "function":
        reader.hits.append(Hit("LOS004", f"{at}/role", "the legacy role function becomes tool"))
        mark(reader.layout, "legacy", at)
    return cast(Role, ROLE_WORDS.get(role, role))


def _read_weight(item: Mapping[str, Any], message: Message, reader: _Reader) -> None:
    weight = item.get("weight")
    if weight is not None:
        message["weight"] = float(weight)
        if isinstance(weight, float) and weight.is_integer():
            reader.layout["weights"] = "float"


def _read_reasoning(
    item: Mapping[str, Any], message: Message, extra: dict[str, Any], reader: _Reader
) -> None:
    """Take the first text carrier; further ones, and those unlike the row's, stay in extra."""
    layout = reader.layout
    for key in CARRIERS:
        value = item.get(key)
        if value is None:
            continue
        usual = layout.get("reasoning", key)
        if isinstance(value, str) and "reasoning" not in message and usual == key:
            message["reasoning"] = value
            layout["reasoning"] = key
        else:
            extra[key] = value


def _read_calls(
    item: Mapping[str, Any], message: Message, extra: dict[str, Any], at: str, reader: _Reader
) -> None:
    legacy = item.get("function_call")
    found = item.get("tool_calls")
    if found is not None:
        pairs = [decode_call(call, reader.form, reader.layout) for call in found]
        message["tool_calls"] = [call for call, _ in pairs]
        for index, call in enumerate(found):
            if "type" not in call:
                mark(reader.layout, "absent", f"{at}/tool_calls/{index}/type")
        if any(rest for _, rest in pairs):
            extra["tool_calls"] = [rest for _, rest in pairs]
        if legacy is not None:
            extra["function_call"] = legacy
    elif legacy is not None:
        text = arguments_text(legacy["arguments"], reader.form, reader.layout)
        message["tool_calls"] = [{"type": "function", "name": legacy["name"], "arguments": text}]
        if rest := {k: v for k, v in legacy.items() if k not in ("name", "arguments")}:
            extra["function_call"] = rest
        why = "the legacy function_call becomes a tool call"
        reader.hits.append(Hit("LOS004", f"{at}/function_call", why))
        mark(reader.layout, "legacy", at)


@dataclass(slots=True)
class _Writer:
    hits: list[Hit]
    form: ArgumentsForm
    layout: Mapping[str, Any]
    media: Sequence[Media]
    absent: frozenset[str] = field(init=False)
    null: frozenset[str] = field(init=False)
    legacy: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.absent = marked(self.layout, "absent")
        self.null = marked(self.layout, "null")
        self.legacy = marked(self.layout, "legacy")


def encode_messages(
    messages: Sequence[Message],
    hits: list[Hit],
    pointer: str,
    *,
    arguments: ArgumentsForm = "string",
    layout: Mapping[str, Any] | None = None,
    media: Sequence[Media] = (),
    at: str | None = None,
    indexes: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """Return the row's messages as OpenAI messages, one for one; ids are not invented.

    Args:
        messages: The messages.
        hits: Gets LOS016, LOS017 and LOS031 for arguments, LOS022 for media.
        pointer: Where the messages stand in the row.
        arguments: The form that the format holds arguments in.
        layout: The row's layout.
        media: The row's media list.
        at: Where the list stands in the record, as `layout` names it; `pointer` if not given.
        indexes: Each message's index in the row, for hits; 0, 1, 2, … if not given.
    """
    writer = _Writer(hits, arguments, layout or {}, media)
    base = pointer if at is None else at
    places = range(len(messages)) if indexes is None else indexes
    return [
        _encode(message, f"{pointer}/{place}", f"{base}/{index}", writer)
        for index, (place, message) in enumerate(zip(places, messages, strict=True))
    ]


def _encode(message: Message, pointer: str, at: str, writer: _Writer) -> dict[str, Any]:
    role = message["role"]
    item: dict[str, Any] = {"role": role}
    if role == "tool" and at in writer.legacy:
        item["role"] = "function"
    if (content := message.get("content")) is not None:
        item["content"] = content
    elif (parts := message.get("parts")) is not None:
        item["content"] = encode_parts(parts, writer.media, writer.hits, f"{pointer}/parts")
    elif not writer.absent or f"{at}/content" not in writer.absent:
        item["content"] = None
    if len(message) == 1 + ("content" in message) and not writer.null:
        return item
    extra = extra_of(message)
    if "tool_calls" in message:
        item.update(_calls(message["tool_calls"], extra, pointer, at, writer))
    _write_fields(message, item, writer.layout)
    for key in _KEYS if writer.null else ():
        if f"{at}/{key}" in writer.null and key not in item:
            item[key] = None
    if not extra:
        return item
    without_taken(extra, _taken(extra, item), writer.hits, pointer)
    return {**extra, **item}


def _taken(extra: Mapping[str, Any], item: Mapping[str, Any]) -> set[str]:
    """Return the keys of extra that a message of this format would hold something else under."""
    weight = extra.get("weight")
    free = set(CARRIERS) - item.keys()
    if isinstance(weight, int | float) and not isinstance(weight, bool):
        free.add("weight")
    legacy = extra.get("function_call")
    if "tool_calls" in item and isinstance(legacy, dict) and {"name", "arguments"} <= legacy.keys():
        free.add("function_call")
    return set(_KEYS) - (free - item.keys())


def _write_fields(message: Message, item: dict[str, Any], layout: Mapping[str, Any]) -> None:
    if (reasoning := message.get("reasoning")) is not None:
        item[layout.get("reasoning", CARRIERS[0])] = reasoning
    for key in _TEXT_KEYS:
        if (value := message.get(key)) is not None:
            item[key] = value
    if (weight := message.get("weight")) is not None:
        whole = weight.is_integer() and layout.get("weights") != "float"
        item["weight"] = int(weight) if whole else weight


def _calls(
    calls: Sequence[ToolCall], extra: dict[str, Any], pointer: str, at: str, writer: _Writer
) -> dict[str, Any]:
    """Return the key or keys that carry the calls; what was put aside for them leaves extra."""
    values = [
        _arguments(call, f"{pointer}/tool_calls/{i}/arguments", writer)
        for i, call in enumerate(calls)
    ]
    if at in writer.legacy and len(calls) == 1:
        more = extra.pop("function_call") if isinstance(extra.get("function_call"), dict) else {}
        return {"function_call": {**more, "name": calls[0]["name"], "arguments": values[0]}}
    rests = rests_of(extra.get("tool_calls"), len(calls))
    if rests is not None:
        del extra["tool_calls"]
    written = [
        encode_call(*three) for three in zip(calls, values, rests or [{}] * len(calls), strict=True)
    ]
    for index, call in enumerate(written if writer.absent else ()):
        if f"{at}/tool_calls/{index}/type" in writer.absent:
            del call["type"]
    return {"tool_calls": written}


def _arguments(call: ToolCall, pointer: str, writer: _Writer) -> Any:
    text = call["arguments"]
    if call["type"] == "custom":
        return text
    return arguments_value(text, writer.form, writer.layout, writer.hits, pointer)
