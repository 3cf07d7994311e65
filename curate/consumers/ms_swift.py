"""ms-swift: the command that reads the data set.

Source: modelscope/ms-swift 4.6.0, `swift/dataset/preprocessor/core.py` (`AutoPreprocessor`) and its
command line. Columns with a name of their own are renamed with `--columns`. Keys of a message other
than role, content, loss and loss_scale are taken out of it without a word (`_check_messages`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Any

from curate.consumers.base import Consumer, Written, said

# By format: the command, and the columns that are renamed.
_COMMANDS: dict[str, tuple[str, dict[str, str]]] = {
    "alpaca": ("swift sft", {}),
    "dolly": ("swift sft", {"context": "input", "response": "output"}),
    "sharegpt": ("swift sft", {}),
    "openai": ("swift sft", {}),
    "text": ("swift pt", {"text": "response"}),
    "alpaca-kto": ("swift rlhf --rlhf_type kto", {"kto_tag": "label"}),
    "sharegpt-kto": ("swift rlhf --rlhf_type kto", {"kto_tag": "label"}),
    "openai-kto": ("swift rlhf --rlhf_type kto", {}),
    "swift": ("swift sft", {}),
    "swift-query": ("swift sft", {}),
    "swift-pairs": ("swift sft", {}),
    "swift-kto": ("swift rlhf --rlhf_type kto", {}),
    "swift-preference": ("swift rlhf --rlhf_type dpo", {}),
}


def text(written: Written) -> str:
    """Return the command as a shell script."""
    command, columns = _COMMANDS[written.form]
    words = [command, '--model "$MODEL"', f"--dataset {quote(written.data)}"]
    if columns:
        words.append(f"--columns {quote(json.dumps(columns))}")
    # One row that it cannot read ends the run; without this it deletes the row.
    words.append("--strict true")
    lines = ["#!/bin/sh", "# For ms-swift: MODEL is the model's id or folder."]
    return "\n".join([*lines, " \\\n  ".join(words), ""])


def unread(form: str, record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the keys of messages that ms-swift takes out, and calls that it reads as one."""
    if form.startswith("openai"):
        for index, message in enumerate(record.get("messages") or ()):
            at = f"/messages/{index}"
            if message.get("weight") == 0:
                yield f"{at}/weight", "ms-swift calls it loss, and takes weight out of the turn"
            for name in said(message, "reasoning_content", "refusal"):
                yield f"{at}/{name}", f"ms-swift takes {name} out of the turn"
    elif form.startswith("sharegpt"):
        for index, turn in enumerate(record.get("conversations") or ()):
            if turn.get("from") == "function_call" and str(turn.get("value")).startswith("["):
                why = "ms-swift reads one call of a turn, not a list; write --to openai"
                yield f"/conversations/{index}/value", why


MS_SWIFT = Consumer(
    name="ms-swift",
    version="4.6.0",
    formats=tuple(_COMMANDS),
    containers=frozenset({"jsonl", "json", "arrow", "parquet"}),
    file="ms-swift.sh",
    text=text,
    unread=unread,
)
