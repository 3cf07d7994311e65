"""Records whose texts and calls readers are known to change, and what each is written as."""

from __future__ import annotations

import json
from typing import Any

import pytest

Record = dict[str, Any]


def user(text: str) -> Record:
    return {"role": "user", "content": text}


def answer(text: str) -> Record:
    return {"role": "assistant", "content": text}


def calling(*calls: Record, **more: Any) -> Record:
    return {"role": "assistant", "content": None, "tool_calls": list(calls), **more}


def call(call_id: str, name: str, **arguments: Any) -> Record:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def result(call_id: str, name: str, text: str) -> Record:
    return {"role": "tool", "tool_call_id": call_id, "name": name, "content": text}


def _tool(name: str, **properties: str) -> Record:
    typed = {key: {"type": kind} for key, kind in properties.items()}
    parameters = {"type": "object", "properties": typed}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


_WEATHER = _tool("weather", city="string", day="string", unit=["string", "null"])
_ADD = _tool("add", a="number", b="number", opts="object")
TOOLS = json.dumps([_WEATHER, _ADD])
TRACE = [
    user("Weather in Óslo, and 1 + 2?"),
    calling(
        call("c1", "weather", city="Óslo", day="2024-01-02", unit=None),
        call("c2", "add", b=2, a=1.5, opts={"round": True, "to": ["1", 2]}),
    ),
    result("c1", "weather", '{"sky": "☀"}'),
    result("c2", "add", "3"),
    answer("Sunny; 3."),
]
# Texts that readers are known to turn into something else.
TRICKY = ["42", "1.0", "null", "true", "2024-01-02", '{"a": 1}', "[]", "NaN", " x ", "a\u2028b\r\n"]

CHATS: list[Record] = [
    {"messages": [user("Hi"), answer("Hello 🙂 – здравствуй")]},
    {"messages": [{"role": "system", "content": "Be brief."}, user("Hi"), answer("Yo")]},
    {"messages": [user("a"), answer("b"), user("c"), answer("d")], "category": "chat"},
    {"messages": TRACE, "tools": TOOLS},
    {"messages": [user("thanks"), {**answer("!"), "reasoning_content": "be kind"}], "tools": ""},
    {"messages": [user("a"), {**answer("b"), "thinking": "hm"}], "tools": "[]"},
    {"id": "own-1", "messages": [user("q"), answer("w")], "note": "2024", "score": 1},
    {"id": "own-2", "messages": [user("q"), answer("w")], "note": "x", "tags": ["1", "b"]},
    *({"messages": [user(text), answer(text)], "category": text} for text in TRICKY),
]
PAIRS: list[Record] = [
    {"prompt": [user("2+2?")], "chosen": [answer("4")], "rejected": [answer("5")]},
    {
        "id": "own-1",
        "prompt": [{"role": "system", "content": "S"}, user("a"), answer("b"), user("c")],
        "chosen": [answer("2024-01-02")],
        "rejected": [answer("null")],
        "category": "dates",
        "note": "42",
    },
    {
        "prompt": TRACE[:1],
        "chosen": TRACE[1:],
        "rejected": [answer("No idea.")],
        "tools": TOOLS,
    },
    {"prompt": [user("ü")], "chosen": [answer("ß\u2028")], "rejected": [answer("42")]},
]
MARGINS = [{**pair, "margin": n / 4} for n, pair in enumerate(PAIRS)]
TEXT_PAIRS = [
    {"prompt": "The sky is", "chosen": " blue", "rejected": " green"},
    {"prompt": "2024-01-02", "chosen": "42", "rejected": "null", "id": "own", "category": "c"},
    {"prompt": "ü", "chosen": "x", "rejected": "y", "note": "1"},
]
JUDGED: list[Record] = [
    {"prompt": pair["prompt"], "completion": pair[side], "label": side == "chosen"}
    | {key: pair[key] for key in ("tools", "category", "note") if key in pair}
    for pair in PAIRS
    for side in ("chosen", "rejected")
]
TEXT_JUDGED = [
    {"prompt": "The sky is", "completion": " blue", "label": True},
    {"prompt": "2024-01-02", "completion": "42", "label": False, "category": "c"},
    {"prompt": "ü", "completion": "x", "label": True, "id": "own"},
]
COMPLETIONS = [
    {"prompt": "The sky is", "completion": " blue"},
    {"prompt": "42", "completion": "2024-01-02", "category": "c"},
    {"prompt": "ü", "completion": "null", "id": "own", "note": "1"},
]
TEXTS = [{"text": text, "category": "c"} for text in TRICKY] + [
    {"text": "Once upon a time 🙂", "id": "own", "note": "42"}
]

CORPORA = {
    "alpaca": "alpaca_en_demo",
    "glaive": "glaive_toolcall_en_demo",
    "dpo": "dpo_en_demo",
    "kto": "kto_en_demo",
}
WRITTEN: dict[str, tuple[list[Record], str]] = {
    "chats": (CHATS, "trl-messages"),
    "completions": (COMPLETIONS, "trl-prompt-completion"),
    "pairs": (PAIRS, "trl-preference"),
    "margins": (MARGINS, "trl-preference"),
    "text pairs": (TEXT_PAIRS, "trl-preference"),
    "judged": (JUDGED, "trl-kto"),
    "text judged": (TEXT_JUDGED, "trl-kto"),
    "texts": (TEXTS, "text"),
}
TARGETS = {
    "chats": ["trl-messages", "trl-prompt-completion"],
    "alpaca": ["trl-messages", "trl-prompt-completion"],
    "glaive": ["trl-messages", "trl-prompt-completion"],
    "completions": ["trl-prompt-completion", "trl-messages"],
    "pairs": ["trl-preference", "trl-preference-implicit"],
    "margins": ["trl-preference", "trl-preference-implicit"],
    "text pairs": ["trl-preference", "trl-preference-implicit"],
    "dpo": ["trl-preference", "trl-preference-implicit"],
    "judged": ["trl-kto"],
    "text judged": ["trl-kto"],
    "kto": ["trl-kto"],
    "texts": ["text"],
}
CONTAINERS = ["jsonl", "arrow", "parquet"]
CASES = [
    pytest.param(source, to, container, id=f"{source}-{to}-{container}")
    for source, targets in TARGETS.items()
    for to in targets
    for container in CONTAINERS
]
