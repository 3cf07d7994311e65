"""LLaMA-Factory: an entry of `dataset_info.json`, with every column and every tag.

Source: hiyouga/LLaMA-Factory 0.9.5, `src/llamafactory/data/parser.py` and `converter.py`. An entry
that lists some columns or tags has None for the others, so all are listed. Messages of roles are
entered as `sharegpt` with tags: the `openai` formatting writes "detailed thinking off" into every
row without tools.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from curate.consumers.base import Consumer, Written, said
from curate.files.registry import TURN_TAGS

FILE = "dataset_info.json"
_MEDIA = ("images", "videos", "audios")
_COLUMNS: dict[str, dict[str, str]] = {
    "alpaca": {"prompt": "instruction", "query": "input", "response": "output"},
    "dolly": {"prompt": "instruction", "query": "context", "response": "response"},
    "alpaca-preference": {
        **{"prompt": "instruction", "query": "input"},
        **{"chosen": "chosen", "rejected": "rejected"},
    },
    "alpaca-kto": {
        **{"prompt": "instruction", "query": "input", "response": "output"},
        **{"kto_tag": "kto_tag"},
    },
    "sharegpt": {"messages": "conversations"},
    "sharegpt-preference": {
        **{"messages": "conversations", "chosen": "chosen", "rejected": "rejected"}
    },
    "sharegpt-kto": {"messages": "conversations", "kto_tag": "kto_tag"},
    "openai": {"messages": "messages"},
    "openai-kto": {"messages": "messages", "kto_tag": "label"},
    "text": {"prompt": "text"},
}
_MESSAGE_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "function_tag": "function_call",
    "system_tag": "system",
}


def entry(written: Written) -> dict[str, Any]:
    """Return the registry's entry for what was written; `data` is relative to the registry."""
    form = written.form
    made: dict[str, Any] = {"file_name": written.data}
    tags = None
    if form.startswith(("sharegpt", "openai")):
        made["formatting"] = "sharegpt"
        tags = TURN_TAGS if form.startswith("sharegpt") else _MESSAGE_TAGS
    else:
        made["formatting"] = "alpaca"
    if form.endswith("-preference"):
        made["ranking"] = True
    columns = dict(_COLUMNS[form])
    if form != "text":
        optional = ("history", "system", "tools", *_MEDIA)
        columns |= {name: name for name in optional if name in written.columns}
    made["columns"] = columns
    if tags is not None:
        made["tags"] = dict(tags)
    return made


def text(written: Written) -> str:
    """Return a registry that holds the one entry."""
    return merged(None, written.name, entry(written))


def merged(old: str | None, name: str, value: Mapping[str, Any]) -> str:
    """Return a registry with one entry more; every byte of the other entries stays.

    Args:
        old: The registry's text, or None where there is none yet.
        name: The entry's name. An entry that stands there and is the same is left as it is.
        value: The entry.

    Raises:
        ValueError: If the text is no JSON object, or has another entry of that name.
    """
    known = {} if old is None or not old.strip() else json.loads(old.lstrip("\ufeff"))
    if not isinstance(known, dict):
        raise ValueError("it is no JSON object")
    if name in known:
        if known[name] == value:
            return old or ""
        raise ValueError(f"it has another entry {name!r}")
    end = "\r\n" if old and "\r\n" in old else "\n"
    indent = _indent(old) if known and old else "  "
    lines = json.dumps({name: value}, indent=indent or None).splitlines()
    body = lines[1:-1] if indent else [lines[0][1:-1]]
    if not known:
        return end.join(["{", *body, "}"]) + end
    assert old is not None
    head, _, tail = old.rpartition("}")
    kept = head.rstrip()
    gap = end if indent else " "
    return f"{kept},{gap}{end.join(body)}{end if indent else ''}}}{tail}"


def _indent(old: str) -> str:
    """Return the white space before the first key; "" where the text is on one line."""
    head = old.lstrip("\ufeff").lstrip()[1:].partition('"')[0]
    return head.rpartition("\n")[2] if "\n" in head else ""


def unread(form: str, record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield what LLaMA-Factory would not read, or would read as something else."""
    if form.endswith("-kto") and _answer(form, record) == "":
        label = _COLUMNS[form]["kto_tag"]
        if record.get(label) is True:
            yield f"/{label}", "LLaMA-Factory takes an empty answer for one that is not wanted"
    if form.startswith("sharegpt"):
        turns = record.get("conversations") or ()
        yield from _out_of_order(form, turns, "/conversations", TURN_TAGS)
    elif form.startswith("openai"):
        for name in said(record, "tools"):
            yield f"/{name}", "LLaMA-Factory reads calls as turns of their own; write --to sharegpt"
        messages = record.get("messages") or ()
        for index, message in enumerate(messages):
            yield from _unread_message(message, f"/messages/{index}")
        yield from _out_of_order(form, messages, "/messages", _MESSAGE_TAGS)


def _answer(form: str, record: Mapping[str, Any]) -> Any:
    """Return the text that the label is about."""
    columns = _COLUMNS[form]
    if "response" in columns:
        return record.get("output")
    turns: Sequence[Mapping[str, Any]] = record.get(columns["messages"]) or ({},)
    return turns[-1].get("value" if form.startswith("sharegpt") else "content")


def _unread_message(message: Mapping[str, Any], at: str) -> Iterable[tuple[str, str]]:
    if message.get("tool_calls") or message.get("function_call"):
        yield f"{at}/tool_calls", "LLaMA-Factory drops calls beside roles; write --to sharegpt"
    if message.get("weight") == 0:
        yield f"{at}/weight", "LLaMA-Factory has no weights and trains the turn"
    if not isinstance(message.get("content"), str | None):
        yield f"{at}/content", "LLaMA-Factory reads text, not parts; write --to sharegpt"
    for name in said(message, "reasoning_content", "refusal"):
        yield f"{at}/{name}", f"LLaMA-Factory does not read {name}"


def _out_of_order(
    form: str, turns: Sequence[Mapping[str, Any]], at: str, tags: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Yield the first turn for whose place LLaMA-Factory drops the whole row ("Invalid role tag").

    Questions and results stand at odd places, answers and calls at even ones, behind a system turn
    that may come first; a row ends on an answer, the prompt of a pair on a question.
    """
    role = tags["role_tag"]
    asks = (tags["user_tag"], tags["observation_tag"])
    says = (tags["assistant_tag"], tags["function_tag"])
    words = [turn.get(role) for turn in turns]
    first = 1 if words[:1] == [tags["system_tag"]] else 0
    for place, word in enumerate(words[first:]):
        if word not in (asks, says)[place % 2]:
            wanted = " or ".join((asks, says)[place % 2])
            why = f"LLaMA-Factory drops the row: {word!r} stands where {wanted} is expected"
            yield f"{at}/{first + place}/{role}", why
            return
    ends_on_question = form.endswith("-preference")
    if (len(words) - first) % 2 != ends_on_question:
        wanted = "a question" if ends_on_question else "an answer"
        yield at, f"LLaMA-Factory drops the row: it does not end on {wanted}"


LLAMA_FACTORY = Consumer(
    name="llama-factory",
    version="0.9.5",
    formats=tuple(_COLUMNS),
    containers=frozenset({"arrow", "parquet", "jsonl", "json"}),
    file=FILE,
    text=text,
    unread=unread,
)
