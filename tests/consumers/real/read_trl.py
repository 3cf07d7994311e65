"""TRL's own trainers: what they hold of a file once they have prepared it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import torch
import trl
from byte_tokenizer import byte_tokenizer, rendered_view, trained
from exchange import Job, View, serve
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification

TRAINERS = {
    "sft": (trl.SFTConfig, trl.SFTTrainer),
    "dpo": (trl.DPOConfig, trl.DPOTrainer),
    "reward": (trl.RewardConfig, trl.RewardTrainer),
    "kto": (trl.KTOConfig, trl.KTOTrainer),
}


def read(job: Job) -> list[View]:
    scratch = Path(job["scratch"])
    rows = datasets.load_dataset(**job["load"], split="train", cache_dir=str(scratch / "cache"))
    tokenizer, method = byte_tokenizer(), job["stage"]
    config, trainer = TRAINERS[method]
    arguments = config(
        output_dir=str(scratch / "run"),
        per_device_train_batch_size=2,
        gradient_checkpointing=False,
        max_length=1 << 15,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        **job.get("settings", {}),
    )
    more = {"ref_model": _model(tokenizer, method)} if method in ("dpo", "kto") else {}
    made = trainer(
        _model(tokenizer, method),
        args=arguments,
        train_dataset=rows,
        processing_class=tokenizer,
        **more,
    )
    return [_view(tokenizer, row) for row in made.train_dataset]


def _model(tokenizer: Any, method: str) -> torch.nn.Module:
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=1 << 15,
        num_labels=1,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    return (LlamaForSequenceClassification if method == "reward" else LlamaForCausalLM)(config)


def _view(tokenizer: Any, row: dict[str, Any]) -> View:
    def text(key: str) -> str:
        return tokenizer.decode(row[key], skip_special_tokens=False)

    if "input_ids" in row:
        said = text("input_ids")
        labels = row.get("labels") or row["input_ids"]
        view = _whole(said) | {"trains": trained(tokenizer, labels)}
        return view
    prompt = text("prompt_ids") if "prompt_ids" in row else ""
    head = _whole(prompt)
    view = {"turns": head["turns"]} if "turns" in head else {"prompt": prompt}
    view |= {"tools": head["tools"]} if "tools" in head else {}
    for side in ("chosen", "rejected", "completion"):
        if f"{side}_ids" in row:
            whole = _whole(prompt + text(f"{side}_ids"))
            if "turns" in whole:
                view[side] = whole["turns"][len(view.get("turns", [])) :]
            else:
                view[side] = text(f"{side}_ids").removesuffix("<|im_end|>")
    return view | {key: row[key] for key in ("label", "margin") if key in row}


def _whole(text: str) -> View:
    """Return the view of a text: the template's turns, or the text where it has none."""
    view = rendered_view(text)
    return view if view["turns"] else {"text": text.removesuffix("<|im_end|>")}


if __name__ == "__main__":
    serve(["trl", "datasets", "pyarrow", "transformers"], read)
