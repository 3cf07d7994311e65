"""TRL: a Python file that loads the data set and names the trainer.

Source: huggingface/trl 1.16.0, `docs/source/dataset_formats` and the trainers' configs.
"""

from __future__ import annotations

from typing import Any

from curate.consumers.base import Consumer, Written, nothing_unread

_ALL_TOKENS = """\
# `messages` trains every token, the questions too. assistant_only_loss trains the answers; it needs
# a chat template with {% generation %} marks, which TRL has for some models and others lack: then
# write --to trl-prompt-completion, which trains the last answer."""

# By format: trainer, config, its arguments, and what is to be known.
_TRAINERS: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "trl-messages": ("SFTTrainer", "SFTConfig", {"assistant_only_loss": True}, _ALL_TOKENS),
    "trl-prompt-completion": (
        *("SFTTrainer", "SFTConfig", {"completion_only_loss": True}),
        "# Only the completion is trained.",
    ),
    "text": ("SFTTrainer", "SFTConfig", {}, "# Every token is trained."),
    "trl-preference": ("DPOTrainer", "DPOConfig", {}, ""),
    "trl-preference-implicit": ("RewardTrainer", "RewardConfig", {}, ""),
    "trl-kto": ("KTOTrainer", "KTOConfig", {"per_device_train_batch_size": 2}, ""),
}


def text(written: Written) -> str:
    """Return the file."""
    trainer, config, given, note = _TRAINERS[written.form]
    kind = {"jsonl": "json"}.get(written.container, written.container)
    load = f'load_dataset("{kind}", data_files={written.data!r}, split="train")'
    if written.is_folder:
        load = f'load_dataset({written.data!r}, split="train")'
    options = "".join(f", {key}={value!r}" for key, value in given.items())
    lines = [
        '"""For TRL: load the data set and train on it. Paths are relative to where it runs."""',
        "",
        "import sys",
        "",
        "from datasets import load_dataset",
        f"from trl import {config}, {trainer}",
        "",
        f"dataset = {load}",
        *([note] if note else []),
        "# Rows longer than max_length tokens are cut at the end.",
        f"config = {config}(output_dir={f'runs/{written.name}'!r}, max_length=2048{options})",
        f"{trainer}(model=sys.argv[1], args=config, train_dataset=dataset).train()",
    ]
    return "\n".join(lines) + "\n"


TRL = Consumer(
    name="trl",
    version="1.16.0",
    formats=tuple(_TRAINERS),
    containers=frozenset({"jsonl", "json", "arrow", "parquet"}),
    file="trl.py",
    text=text,
    unread=nothing_unread,
)
