"""Axolotl's own loaders: `prepare_datasets` and `prepare_preference_datasets`."""

from __future__ import annotations

import re
from pathlib import Path

from axolotl.utils.data import rl, sft
from axolotl.utils.dict import DictDefault
from axolotl.utils.schemas.enums import RLType
from byte_tokenizer import byte_tokenizer, rendered_view, trained
from exchange import Job, View, serve, turn


def _keep(*_: object) -> None:
    """Leave the prepared rows in memory: they are written after all reading is done."""


rl.save_preprocessed_dataset = sft.save_preprocessed_dataset = _keep
_ALPACA = re.compile(
    r"Below is an instruction .*?\n\n### Instruction:\n(.*?)"
    r"(?:\n\n### Input:\n(.*?))?\n\n### Response:\n(.*?)<\|im_end\|>",
    re.DOTALL,
)


def read(job: Job) -> list[View]:
    folder = Path(job["scratch"])
    folder.mkdir(parents=True)
    tokenizer = byte_tokenizer()
    tokenizer.save_pretrained(folder / "tokenizer")
    (folder / "tokenizer" / "config.json").write_text('{"model_type": "llama"}')
    settings = {
        "base_model": str(folder / "tokenizer"),
        "tokenizer_config": str(folder / "tokenizer"),
        "tokenizer_type": "PreTrainedTokenizerFast",
        "sequence_len": 1 << 16,
        "is_preprocess": True,
        "val_set_size": 0.0,
        "dataset_num_proc": 1,
        "dataset_prepared_path": str(folder / "prepared"),
        "chat_template": "tokenizer_default",
        "train_on_inputs": False,
        "seed": 42,
        "rl": RLType(job["stage"]) if job["stage"] != "sft" else None,
        "datasets": [job["entry"]],
    }
    config = DictDefault(settings)
    if config.rl:
        rows, _ = rl.prepare_preference_datasets(config, tokenizer)
        return [_side_by_side(row) for row in rows]
    rows, *_ = sft.prepare_datasets(config, tokenizer)
    kind = str(job["entry"]["type"])
    views = []
    for row in rows:
        text = tokenizer.decode(row["input_ids"], skip_special_tokens=False)
        views.append(_view(kind, text) | {"trains": trained(tokenizer, row["labels"])})
    return views


def _view(kind: str, text: str) -> View:
    if kind == "completion":
        return {"text": text.removesuffix("<|im_end|>")}
    if kind == "alpaca" and (parts := _ALPACA.match(text)):
        said = {"instruction": parts[1], "input": parts[2], "output": parts[3]}
        return {key: value for key, value in said.items() if value is not None}
    return rendered_view(text)


def _side_by_side(row: View) -> View:
    view = rendered_view(row["prompt"])
    for side in ("chosen", "rejected", "completion"):
        if side in row:
            view[side] = [turn("assistant", row[side].removesuffix("<|im_end|>"))]
    return view | ({"label": row["label"]} if "label" in row else {})


if __name__ == "__main__":
    serve(["axolotl", "datasets", "pyarrow", "transformers"], read)
