"""A merged model answers as its adapter did."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curate.errors import OutputError, UsageError
from train import runs
from train.generate import load_run
from train.merge import merge

pytestmark = pytest.mark.filterwarnings("ignore")

LORA = ("adapter.r=8", "training.learning_rate=5e-3", "training.max_steps=8")


def logits(model: Any) -> Any:
    import torch

    with torch.no_grad():
        return model(input_ids=torch.arange(5, 45)[None], use_cache=False).logits.float()


def test_merging_a_plain_adapter_is_exact_but_for_rounding(
    train_of: Callable[..., Any], tmp_path: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    run = runs.open_run(str(train_of(*LORA, "data.eval_ratio=0.2").folder))
    merged = merge(run, str(tmp_path / "merged"))
    assert merged.onto == "original"
    assert merged.losses["original"] == pytest.approx(merged.losses["adapter"], abs=0.02)
    model = AutoModelForCausalLM.from_pretrained(str(merged.folder), dtype=torch.bfloat16)
    assert torch.allclose(logits(model), logits(load_run(run)), atol=0.08)
    names = {path.name for path in merged.folder.iterdir()}
    assert {"model.safetensors", "tokenizer.json", "chat_template.jinja", "README.md"} <= names
    assert not [name for name in names if name.endswith((".bin", ".pt", ".pkl"))]
    assert "quantization_config" not in json.loads((merged.folder / "config.json").read_text())


def test_a_quantized_base_is_merged_into_what_was_trained_on(
    train_of: Callable[..., Any], tmp_path: Path
) -> None:
    shared = ("model.quantization=nf4", "model.dtype=bfloat16", "data.eval_ratio=0.2")
    run = runs.open_run(str(train_of(*LORA, *shared).folder))
    merged = merge(run, str(tmp_path / "merged"))
    assert merged.onto == "dequantized"
    assert set(merged.losses) == {"adapter", "dequantized", "original"}
    assert merged.losses["dequantized"] == pytest.approx(merged.losses["adapter"], abs=0.02)
    config = json.loads((merged.folder / "config.json").read_text())
    assert "quantization_config" not in config
    assert f"{merged.losses['adapter']:.4f}" in (merged.folder / "README.md").read_text()
    other = merge(run, str(tmp_path / "other"), onto="original")
    assert other.onto == "original"


def test_what_cannot_be_merged(train_of: Callable[..., Any], tmp_path: Path) -> None:
    run = runs.open_run(str(train_of("training.max_steps=1").folder))
    with pytest.raises(UsageError) as caught:
        merge(run, str(tmp_path / "merged"))
    assert caught.value.code == "RUN027"
    adapter = train_of(*LORA, "training.max_steps=1", f"output={tmp_path / 'lora'}")
    with pytest.raises(OutputError) as refused:
        merge(runs.open_run(str(adapter.folder)), str(tmp_path))
    assert refused.value.code == "RUN018"


def test_without_held_out_rows_nothing_is_measured(
    train_of: Callable[..., Any], tmp_path: Path
) -> None:
    run = runs.open_run(str(train_of(*LORA, "training.max_steps=1").folder))
    assert merge(run, str(tmp_path / "merged")).losses == {}
