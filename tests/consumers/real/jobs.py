"""Which consumer reads which format, by what settings of its own, and what it must see then."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from tests.consumers.real.exchange import Job, View, turn

FILES = ("jsonl", "parquet")
TABLES = ("jsonl", "parquet", "arrow")
# consumer → format → (sources, containers, name of the dialect)
READS: dict[str, dict[str, tuple[list[str], tuple[str, ...], str]]] = {
    "llamafactory": {
        "alpaca": (["chats", "dolly"], FILES, "alpaca"),
        "sharegpt": (["chats", "calls", "parallel calls", "dolly"], FILES, "sharegpt"),
        "openai": (["chats", "calls"], ("jsonl",), "openai"),
        # As tables these have JSON columns, which its `datasets` cannot open.
        "llamafactory-messages": (["chats", "calls"], ("jsonl",), "openai"),
        "alpaca-preference": (["pairs"], FILES, "alpaca-preference"),
        "sharegpt-preference": (["pairs"], FILES, "sharegpt-preference"),
        "alpaca-kto": (["judged"], FILES, "alpaca-kto"),
        "sharegpt-kto": (["judged"], FILES, "sharegpt-kto"),
        "text": (["texts"], FILES, "text"),
    },
    "trl": {
        "trl-messages": (["chats", "calls", "parallel calls", "dolly"], TABLES, "messages"),
        "trl-prompt-completion": (["chats", "parallel calls"], TABLES, "completions"),
        "text": (["texts"], TABLES, "messages"),
        "trl-preference": (["pairs", "text pairs"], TABLES, "dpo"),
        "trl-preference-implicit": (["pairs"], TABLES, "dpo"),
        "trl-kto": (["judged"], TABLES, "kto"),
    },
    "axolotl": {
        "alpaca": (["single turns", "dolly"], FILES, "alpaca"),
        # As tables these have a column `system`, which makes an empty turn where it is null.
        "sharegpt": (["chats", "dolly"], ("jsonl",), "sharegpt"),
        "axolotl": (["chats", "calls", "parallel calls", "dolly"], ("jsonl",), "messages"),
        "openai": (["chats", "calls", "parallel calls"], FILES, "messages"),
        "trl-messages": (["chats", "calls", "parallel calls"], TABLES, "messages"),
        "text": (["texts"], FILES, "text"),
        "chat-preference": (["plain pairs"], FILES, "chat-preference"),
        "trl-preference": (["plain pairs"], TABLES, "preference"),
        "trl-preference-implicit": (["plain pairs"], TABLES, "implicit"),
        "trl-kto": (["text judged"], ("jsonl",), "kto"),
    },
    "ms-swift": {
        "alpaca": (["chats", "dolly"], FILES, "alpaca"),
        "sharegpt": (["chats", "calls"], FILES, "sharegpt"),
        "openai": (["chats", "calls", "parallel calls"], FILES, "messages"),
        "trl-messages": (["chats", "calls", "parallel calls"], TABLES, "messages"),
        "openai-kto": (["judged"], FILES, "messages"),
        "swift": (["chats", "calls", "parallel calls", "dolly"], FILES, "messages"),
        "swift-query": (["single turns", "dolly"], FILES, "response"),
        "swift-pairs": (["chats", "dolly"], FILES, "messages"),
        "swift-preference": (["pairs"], FILES, "swift-preference"),
        "swift-kto": (["judged"], FILES, "messages"),
        "text": (["texts"], FILES, "text"),
    },
    "torchtune": {
        "alpaca": (["single turns", "dolly"], FILES, "alpaca"),
        "sharegpt": (["chats", "dolly"], FILES, "sharegpt"),
        "openai": (["chats"], FILES, "messages"),
        "trl-preference-implicit": (["plain pairs"], TABLES, "implicit"),
        "trl-prompt-completion": (["completions"], ("jsonl",), "instruct"),
        "torchtune-instruct": (["single turns", "dolly"], FILES, "input-output"),
        "text": (["texts"], FILES, "text"),
    },
}
TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "function_tag": "function",
    "system_tag": "system",
}
# As its documentation shows the tags: what is not named has no tag, a tool's result for one.
_SOME = {key: TAGS[key] for key in ("role_tag", "content_tag", "user_tag", "assistant_tag")}
_ALPACA = {
    "prompt": "instruction",
    "query": "input",
    "system": "system",
    "history": "history",
    "tools": "tools",
}
_SHAREGPT = {"messages": "conversations", "system": "system", "tools": "tools"}
_PAIR = {"chosen": "chosen", "rejected": "rejected"}
# The dialect's stage, the keys of its entry in dataset_info.json, and all columns it may name.
LLAMA_FACTORY: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "alpaca": ("sft", {}, _ALPACA | {"response": "output"}),
    "sharegpt": ("sft", {"formatting": "sharegpt"}, _SHAREGPT | {"images": "images"}),
    "sharegpt-reasoning": ("sft", {"formatting": "sharegpt"}, _SHAREGPT),
    "openai": ("sft", {"formatting": "openai", "tags": TAGS}, _SHAREGPT | {"messages": "messages"}),
    "tagged": ("sft", {"formatting": "sharegpt", "tags": _SOME}, {"messages": "messages"}),
    "alpaca-preference": ("rm", {"ranking": True}, _ALPACA | _PAIR),
    "sharegpt-preference": ("rm", {"formatting": "sharegpt", "ranking": True}, _SHAREGPT | _PAIR),
    "alpaca-kto": ("kto", {}, _ALPACA | {"response": "output", "kto_tag": "kto_tag"}),
    "sharegpt-kto": ("kto", {"formatting": "sharegpt"}, _SHAREGPT | {"kto_tag": "kto_tag"}),
    "text": ("pt", {}, {"prompt": "text"}),
    "text-in-sft": ("sft", {}, {"prompt": "text"}),
}
_FROM_VALUE = {
    "field_messages": "conversations",
    "message_property_mappings": {"role": "from", "content": "value"},
}
AXOLOTL: dict[str, tuple[str, dict[str, Any]]] = {
    "alpaca": ("sft", {"type": "alpaca"}),
    "sharegpt": ("sft", {"type": "chat_template", **_FROM_VALUE}),
    "messages": ("sft", {"type": "chat_template"}),
    "split-thinking": ("sft", {"type": "chat_template", "split_thinking": True}),
    "trained-flag": ("sft", {"type": "chat_template", "message_field_training": "train"}),
    "text": ("sft", {"type": "completion", "field": "text"}),
    "segments": ("sft", {"type": "input_output"}),
    "preference": ("dpo", {"type": "chat_template.default", "field_messages": "prompt"}),
    "chat-preference": ("dpo", {"type": "chat_template.default"}),
    "implicit": ("dpo", {"type": "chat_template.argilla_chat"}),
    "chatml": ("dpo", {"type": "chatml.icr"}),
    "kto": ("kto", {"type": "chatml.prompt_pairs"}),
}
TORCHTUNE: dict[str, dict[str, Any]] = {
    "alpaca": {"builder": "alpaca"},
    "sharegpt": {
        "builder": "chat",
        "conversation_style": "sharegpt",
        "conversation_column": "conversations",
    },
    "messages": {
        "builder": "chat",
        "conversation_style": "openai",
        "conversation_column": "messages",
    },
    "implicit": {"builder": "preference"},
    "instruct": {"builder": "instruct", "column_map": {"input": "prompt", "output": "completion"}},
    "input-output": {"builder": "instruct"},
    "text": {"builder": "text", "column": "text", "add_eos": False},
}
TRL = {
    "messages": ("sft", {}),
    "assistant-only": ("sft", {"assistant_only_loss": True}),
    "completions": ("sft", {}),
    "sharegpt": ("sft", {}),
    "dpo": ("dpo", {}),
    "kto": ("kto", {}),
}


def job(consumer: str, dialect: str, path: Path, name: str, scratch: Path) -> Job:
    """Return the job by which a consumer reads a file or folder of a dialect."""
    made: Job = {"name": name, "scratch": str(scratch), "path": str(path)}
    kind = {".jsonl": "json", ".json": "json"}.get(path.suffix, path.suffix[1:])
    load = {"path": kind, "data_files": str(path)}
    if consumer == "llamafactory":
        stage, entry, columns = LLAMA_FACTORY[dialect]
        there = column_names(path)
        named = {key: column for key, column in columns.items() if column in there}
        return made | {
            "stage": stage,
            "template": "qwen3" if dialect == "sharegpt-reasoning" else "qwen",
            "entry": {"file_name": str(path), **entry, "columns": named},
        }
    if consumer == "axolotl":
        stage, entry = AXOLOTL[dialect]
        return made | {
            "stage": stage,
            "entry": {"path": str(path), "ds_type": kind, "split": "train", **entry},
        }
    if consumer == "torchtune":
        return made | {
            "options": {**TORCHTUNE[dialect], "source": kind, "data_files": load["data_files"]}
        }
    if consumer == "trl":
        stage, settings = TRL[dialect]
        return made | {"stage": stage, "settings": settings, "load": load}
    return made


def column_names(path: Path) -> set[str]:
    """Return the names of all columns of a file: a name that is not there stops LLaMA-Factory."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return set(pq.read_schema(path).names)
    text = path.read_text()
    rows = json.loads(text) if text.startswith("[") else map(json.loads, text.split("\n")[:-1])
    return {key for row in rows for key in row}


_MARGINS = ("trl-preference", "trl-preference-implicit", "swift-preference")
_FIELDS = ("openai", "openai-kto", "trl-messages", "llamafactory-messages")


def seen(view: View, consumer: str, to: str, container: str) -> View:
    """Return what a consumer must see of a row's meaning, by what is known of that consumer."""
    view = copy.deepcopy(view)
    # A field of its own is read by templates alone; inside the text a thought is seen by all.
    drops_thoughts = consumer in ("ms-swift", "torchtune", "llamafactory") and to in _FIELDS
    for turns in (view.get(side, ()) for side in ("turns", "chosen", "rejected", "completion")):
        if isinstance(turns, list):
            _spell_thoughts(turns, kept=not drops_thoughts)
    if to == "sharegpt" or to.startswith("sharegpt-"):
        view["turns"] = _joined(view["turns"], lambda texts: json.dumps(texts, ensure_ascii=False))
    if to == "text" and consumer == "ms-swift":
        return {"turns": [turn("assistant", view["text"])]}
    view.pop("asked", None) if to != "alpaca" else None
    if to.endswith("-kto") or to == "trl-prompt-completion":
        view = _with_completion(view, consumer, to)
    if "turns" not in view and container in ("parquet", "arrow") and "prompt" in view:
        view["turns"] = [turn("user", view.pop("prompt"))]
        for side in ("chosen", "rejected"):
            if isinstance(view.get(side), str):
                view[side] = [turn("assistant", view[side])]
    if to == "alpaca":
        view = _alpaca(view, consumer)
    if consumer == "llamafactory" and to in ("openai", "llamafactory-messages"):
        view["turns"] = _with_thinking_off(view)
    if container in ("parquet", "arrow") and (consumer == "trl" or to == "swift-preference"):
        if to in _MARGINS:
            # A table of margins has one on every row: 0 trains as none does.
            view.setdefault("margin", 0.0)
    elif consumer in ("torchtune", "axolotl", "llamafactory"):
        view.pop("margin", None)
    return view


def _spell_thoughts(turns: list[View], *, kept: bool) -> None:
    for item in turns:
        thought = item.pop("reasoning", None)
        if thought is not None and kept:
            item["text"] = f"<think>{thought}</think>{item.get('text') or ''}"


def _joined(turns: list[View], join: Any) -> list[View]:
    """Return the turns with tool results that follow one another joined in one."""
    made: list[View] = []
    for item in turns:
        if item["role"] == "tool" and made and made[-1]["role"] == "tool":
            made[-1].setdefault("all", [made[-1]["text"]]).append(item["text"])
        else:
            made.append(dict(item))
    for item in made:
        if texts := item.pop("all", None):
            item["text"] = join(texts)
    return made


def _with_completion(view: View, consumer: str, to: str) -> View:
    """Return the view with the completion as its last turns, where a consumer shows it so."""
    completion = view.pop("completion", None)
    if isinstance(completion, str):
        if consumer == "trl" and to == "trl-kto":
            return view | {"completion": completion}
        asked = view.pop("prompt")
        if consumer == "trl":
            return view | {"text": asked + completion}
        turns = [turn("user", asked)]
        if to == "trl-kto":
            return view | {"turns": turns, "completion": [turn("assistant", completion)]}
        return view | {"turns": [*turns, turn("assistant", completion)]}
    if completion is not None and to == "trl-kto":
        return view | {"completion": completion}
    return view | {"turns": view["turns"] + (completion or [])}


_STANFORD = "Below is an instruction that describes a task{}.{}\n\n### Instruction:\n{}\n\n{}"


def _alpaca(view: View, consumer: str) -> View:
    """Return an Alpaca row as its reader joins instruction and input."""
    asked, *rest = view.pop("asked", [view["turns"][-2]["text"]])
    given = rest[0] if rest else None
    said = view["turns"][-1]["text"]
    if consumer == "axolotl":
        made = {"instruction": asked, "input": given, "output": said}
        return {key: value for key, value in made.items() if value is not None}
    if consumer == "torchtune":
        more = ", paired with an input that provides further context" if given else ""
        then = " Write a response that appropriately completes the request."
        tail = f"### Input:\n{given}\n\n### Response:\n" if given else "### Response:\n"
        asked = _STANFORD.format(more, then, asked, tail)
    elif given:
        asked = f"{asked}\n{given}"
    head = view["turns"][:-2]
    return view | {"turns": [*head, turn("user", asked), turn("assistant", said)]}


def _with_thinking_off(view: View) -> list[View]:
    """Return the turns with what LLaMA-Factory's `openai` reader puts into the system text."""
    turns = view["turns"]
    has_system = turns[0]["role"] == "system"
    if view.get("tools"):
        more = "\n" if has_system else None
    else:
        more = "\ndetailed thinking off" if has_system else "detailed thinking off"
    if more is None:
        return turns
    if has_system:
        return [turn("system", turns[0]["text"] + more), *turns[1:]]
    return [turn("system", more), *turns]


_THOUGHT = re.compile(r"<think>\s*(.*?)\s*</think>\s*", re.DOTALL)
_SIDES = ("turns", "chosen", "rejected", "completion")


def canonical(view: View, consumer: str) -> View:
    """Return a view less what is no content: wrappers, empty texts beside calls."""
    made = {key: value for key, value in view.items() if key in _SIDES or key in _PLAIN}
    if isinstance(made.get("output"), str):
        made["output"] = _THOUGHT.sub(r"<think>\1</think>", made["output"])
    for side in _SIDES:
        if isinstance(made.get(side), list):
            made[side] = [_turn(item, consumer) for item in made[side]]
    if view.get("tools"):
        tools = view["tools"]
        made["tools"] = [t.get("function", t) if isinstance(t, dict) else t for t in tools]
    return made


_PLAIN = ("text", "prompt", "label", "margin", "instruction", "input", "output", "images")


def _turn(item: View, consumer: str) -> View:
    made = {"role": item["role"]}
    if item.get("loss") is False:
        made["loss"] = False
    text = item.get("text")
    if isinstance(text, str):
        text = _THOUGHT.sub(r"<think>\1</think>", text)
    if text or not item.get("calls"):
        made["text"] = text
    if calls := item.get("calls"):
        # Axolotl takes every null out of a row, those of arguments too.
        made["calls"] = [_less_null(c) if consumer == "axolotl" else c for c in calls]
    return made


def _less_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _less_null(item) for key, item in value.items() if item is not None}
    return value
