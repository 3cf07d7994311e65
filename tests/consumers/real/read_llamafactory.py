"""LLaMA-Factory's own loader: `get_dataset`, with its converters, processors and a template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import no_audio  # noqa: F401  (before LLaMA-Factory, which looks for it)
from byte_tokenizer import byte_tokenizer, trained
from exchange import Job, View, call, opened, serve, tools_of, turn
from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.data.loader import _get_merged_dataset
from llamafactory.hparams import DataArguments, ModelArguments
from transformers import Seq2SeqTrainingArguments

ROLES = {"function": "assistant", "observation": "tool"}


def read(job: Job) -> list[View]:
    folder = Path(job["scratch"])
    folder.mkdir(parents=True)
    (folder / "dataset_info.json").write_text(json.dumps({"it": job["entry"]}))
    data = DataArguments(
        template=job["template"],
        dataset="it",
        dataset_dir=str(folder),
        media_dir=job.get("media", str(folder)),
        cutoff_len=1 << 16,
        overwrite_cache=True,
    )
    model = ModelArguments(model_name_or_path="none", cache_dir=str(folder / "cache"))
    training = Seq2SeqTrainingArguments(output_dir=str(folder / "out"), report_to="none")
    tokenizer = byte_tokenizer()
    template = get_template_and_fix_tokenizer(tokenizer, data)
    stage = job["stage"]
    whole = get_dataset(template, model, data, training, stage, tokenizer)["train_dataset"]
    aligned = _get_merged_dataset(["it"], model, data, training, stage)
    views = [view for row in aligned if (view := _view(row, stage)) is not None]
    if len(views) != len(whole):
        raise AssertionError(f"{len(views)} of the converter, {len(whole)} of the processor")
    for view, row in zip(views, whole, strict=True):
        if "labels" in row:
            view["trains"] = trained(tokenizer, row["labels"])
        if "kto_tags" in row:
            view["label"] = row["kto_tags"]
    return views


def _view(row: dict[str, Any], stage: str) -> View | None:
    """Return the view of an aligned row, or None where the stage's processor drops it."""
    prompt, response = row["_prompt"], row["_response"]
    if stage == "pt":
        return {"text": prompt[0]["content"]}
    if len(prompt) % 2 != 1 or len(response) != (1 if stage == "sft" else 2):
        return None
    head = [turn("system", row["_system"])] if row["_system"] else []
    view: View = {"turns": head + [_turn(item) for item in prompt]}
    if stage == "sft":
        view["turns"].append(_turn(response[0]))
    elif stage == "rm":
        view |= {"chosen": [_turn(response[0])], "rejected": [_turn(response[1])]}
    else:
        view["turns"].append(_turn(response[0] if response[0]["content"] else response[1]))
    for name in ("tools", "images"):
        value = row[f"_{name}"]
        if value:
            view[name] = tools_of(value) if name == "tools" else value
    return view


def _turn(item: dict[str, Any]) -> View:
    role, text = item["role"], item["content"]
    if role != "function":
        return turn(ROLES.get(role, role), text)
    thought, mark, rest = text.rpartition("</think>")
    called = opened(rest)
    if not isinstance(called, (dict, list)):
        return turn("assistant", text, [])
    listed = called if isinstance(called, list) else [called]
    calls = [call(one["name"], one["arguments"]) for one in listed]
    return turn("assistant", thought + mark or None, calls)


if __name__ == "__main__":
    serve(["llamafactory", "datasets", "pyarrow", "transformers"], read)
