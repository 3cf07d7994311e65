"""axolotl: the `datasets:` block of a training config.

Source: axolotl-ai-cloud/axolotl 0.19.0, `prompt_strategies/` and `utils/schemas/datasets.py`. Only
keys of a message that are mapped reach the chat template, so all that the format has are mapped;
roles are listed in full, since a dialogue of preferences knows those and no others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from curate.consumers.base import Consumer, Written, said

_TURNS = {"role": "from", "content": "value"}
_MESSAGES = {"role": "role", "content": "content"}
_CALLS = {"tool_calls": "tool_calls", "tool_call_id": "tool_call_id", "name": "name"}
_TURN_ROLES = {
    "user": ["human", "user"],
    "assistant": ["gpt", "assistant", "function_call"],
    "system": ["system"],
    "tool": ["observation", "tool"],
}
_ROLES = {"user": ["user"], "assistant": ["assistant"], "system": ["system"], "tool": ["tool"]}
_TRAINED: dict[str, Any] = {"roles_to_train": ["assistant"], "train_on_eos": "turn"}
_KINDS = {"jsonl": "json"}
_CHAT = {
    "type": "chat_template",
    "field_messages": "messages",
    "field_tools": "tools",
    "message_property_mappings": {
        **_MESSAGES,
        **_CALLS,
        "reasoning_content": "reasoning_content",
    },
    "roles": {**_ROLES, "developer": ["developer"]},
    **_TRAINED,
}
_PAIR = {
    "type": "chat_template.default",
    "field_messages": "messages",
    "message_property_mappings": _MESSAGES,
    "roles": _ROLES,
}
# Formats that are one of axolotl's own types, columns and all.
_TYPES = {
    "alpaca": "alpaca",
    "context-qa": "context_qa",
    "explainchoice": "explainchoice",
    "gpteacher": "gpteacher",
    "input-output": "input_output",
    "jeopardy": "jeopardy",
    "metharme": "metharme",
    "oasst-instruct": "oasst",
    "open-orca": "alpaca_w_system.load_open_orca",
    "pygmalion": "pygmalion",
    "reflection": "reflection",
    "summarizetldr": "summarizetldr",
}

# By format: the lines before `datasets:`, and the keys of the entry.
_BLOCKS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "text": ([], {"type": "completion", "field": "text"}),
    "sharegpt": (
        [
            "# A function_call turn is trained as the text that it is; write --to openai to have",
            "# calls rendered by the model's own template.",
        ],
        {
            "type": "chat_template",
            "field_messages": "conversations",
            "field_tools": "tools",
            "message_property_mappings": _TURNS,
            "roles": _TURN_ROLES,
            **_TRAINED,
        },
    ),
    "openai": ([], {**_CHAT, "message_field_training": "weight"}),
    "trl-messages": ([], _CHAT),
    "axolotl": (
        [],
        {
            **_CHAT,
            "message_field_training": "train",
            "message_field_training_detail": "train_detail",
        },
    ),
    **{form: ([], {"type": name}) for form, name in _TYPES.items()},
    "trl-stepwise": (["process_reward_model: true"], {"type": "stepwise_supervised"}),
    "chat-preference": (["rl: dpo"], _PAIR),
    "axolotl-preference": (["rl: dpo"], {"type": "chatml.intel"}),
    "trl-preference": (["rl: dpo"], {**_PAIR, "field_messages": "prompt"}),
    "trl-preference-implicit": (
        ["rl: dpo"],
        {
            "type": "chat_template.argilla_chat",
            "message_property_mappings": _MESSAGES,
            "roles": _ROLES,
        },
    ),
    "sharegpt-preference": (
        ["rl: dpo"],
        {
            "type": "chat_template.default",
            "field_messages": "conversations",
            "message_property_mappings": _TURNS,
            "roles": _TURN_ROLES,
        },
    ),
    "alpaca-kto": (
        [
            "rl: kto",
            "remove_unused_columns: false",
            "# The prompt goes to the model as it stands: write the chat template's own marks into",
            "# prompt_format, with {prompt} where the instruction belongs.",
        ],
        {
            "type": {
                "field_prompt": "instruction",
                "field_system": "system",
                "field_completion": "output",
                "field_label": "kto_tag",
                "prompt_format": "{prompt}\n",
                "completion_format": "{completion}",
            }
        },
    ),
}


def text(written: Written) -> str:
    """Return the block as YAML; strings are written as JSON, which YAML reads the same."""
    head, keys = _BLOCKS[written.form]
    place: dict[str, Any] = {"path": written.data}
    if not written.is_folder:
        place["ds_type"] = _KINDS.get(written.container, written.container)
    place["split"] = "train"
    lines = [
        "# For axolotl: put this into the training config. The path is relative to where it runs.",
        *head,
        "datasets:",
        *_entry(place | keys),
    ]
    return "\n".join(lines) + "\n"


def _entry(keys: Mapping[str, Any]) -> Iterable[str]:
    first = "  - "
    for key, value in keys.items():
        if isinstance(value, dict):
            yield f"{first}{key}:"
            for name, item in value.items():
                yield f"      {name}: {_plain(item)}"
        else:
            yield f"{first}{key}: {_plain(value)}"
        first = "    "


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def unread(form: str, record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the columns and keys that axolotl's reader of the format leaves out."""
    if form == "alpaca":
        for name in said(record, "system", "history"):
            yield f"/{name}", f"axolotl's alpaca type does not read {name}; write --to openai"
    elif form == "alpaca-kto":
        for name in said(record, "input", "system", "history"):
            yield f"/{name}", f"axolotl's type for KTO reads one prompt and no {name}"
    elif form in ("openai", "trl-messages", "axolotl"):
        for index, message in enumerate(record.get("messages") or ()):
            for name in said(message, "refusal", "thinking", "reasoning"):
                yield f"/messages/{index}/{name}", f"axolotl's mapping has no {name}"
    elif form.endswith(("preference", "implicit")):
        yield from _unread_sides(record)


def _unread_sides(record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield what is no text of a role: axolotl's preferences keep role and content only."""
    for name in said(record, "tools", "system"):
        yield f"/{name}", f"axolotl's preference types do not read {name}"
    for column in ("messages", "prompt", "chosen", "rejected"):
        messages = record.get(column)
        for index, message in enumerate(messages if isinstance(messages, list) else ()):
            for name in said(message, "tool_calls", "reasoning_content", "thinking", "reasoning"):
                yield f"/{column}/{index}/{name}", f"axolotl's preference types drop {name}"
        answer = column in ("chosen", "rejected") and ("prompt" in record or "messages" in record)
        if answer and isinstance(messages, list) and len(messages) > 1:
            yield f"/{column}", "axolotl takes the last message of the answer only"


AXOLOTL = Consumer(
    name="axolotl",
    version="0.19.0",
    formats=tuple(_BLOCKS),
    containers=frozenset({"arrow", "parquet", "jsonl", "json"}),
    file="axolotl.yaml",
    text=text,
    unread=unread,
)
