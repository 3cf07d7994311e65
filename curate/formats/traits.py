"""What a record's dialect is, beside its format: where tools, reasoning, media and weights stand.

Tools that read one format differ in these; `curate inspect` counts them over the whole input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Keys whose presence, or whose value's type, tells a dialect; those of a table of words count by
# their value.
_TYPED = {"arguments": "arguments", "tools": "tools", "content": "content", "functions": "tools"}
_KEYS = {
    "tool_calls": "calls: tool_calls",
    "function_call": "calls: function_call",
    "tool_call_id": "calls: results by id",
    "reasoning_content": "reasoning: reasoning_content",
    "reasoning": "reasoning: reasoning",
    "thinking": "reasoning: thinking",
    "weight": "weights: weight",
    "loss": "weights: loss",
    "loss_scale": "weights: loss_scale",
    "loss_weight": "weights: loss_weight",
    "train": "weights: train",
    "images": "media: images column",
    "image": "media: image column",
    "videos": "media: videos column",
    "audios": "media: audios column",
    "image_url": "media: image_url parts",
    "input_audio": "media: input_audio parts",
}
_IN_TEXT = {
    "<think>": "reasoning: <think> in text",
    "<tool_call>": "calls: <tool_call> in text",
    "<functioncall>": "calls: <functioncall> in text",
    "<image>": "media: <image> in text",
    "<video>": "media: <video> in text",
    "<audio>": "media: <audio> in text",
}
_ROLE_KEYS = ("role", "from")
_TYPE_NAMES = {str: "text", dict: "object", list: "list", type(None): "null"}
_ROLE_CHARS = 32


def traits_of(record: Mapping[str, Any]) -> set[str]:
    """Return the traits of one record, each as `about: what`."""
    found: set[str] = set()
    for key, value in _walk(record):
        if key in _ROLE_KEYS and isinstance(value, str):
            found.add(f"roles: {value[:_ROLE_CHARS]}")
        elif (name := _TYPED.get(key)) is not None:
            found.add(f"{name}: as {_TYPE_NAMES.get(type(value), 'other')}")
        elif key in _KEYS and value is not None:
            found.add(_KEYS[key])
        if isinstance(value, str) and "<" in value:
            found.update(trait for sign, trait in _IN_TEXT.items() if sign in value)
    if isinstance(record.get("system"), str):
        found.add("system: column")
    if found & {"roles: system", "roles: developer"}:
        found.add("system: turn")
    return found


def _walk(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each key with its value, at every depth but inside arguments and schemas."""
    stack: list[Any] = [record]
    push: Callable[[Any], None] = stack.append
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(item for item in value if isinstance(item, dict | list))
            continue
        for key, inner in value.items():
            yield key, inner
            if isinstance(inner, dict | list) and key not in ("arguments", "tools", "functions"):
                push(inner)
