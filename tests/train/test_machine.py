"""What a machine cannot honour is replaced, and said."""

from __future__ import annotations

from typing import Any

import pytest

from train.hardware import Hardware
from train.machine import fitted
from train.recipe import load

CPU = Hardware(cuda=False, capability=0, flash_attention=False)
AMPERE = Hardware(cuda=True, capability=80, flash_attention=False)
FLASH = Hardware(cuda=True, capability=90, flash_attention=True)
LLAMA = {"model_type": "llama"}


def test_what_the_machine_cannot_honour_is_replaced() -> None:
    recipe, changed = fitted(load("llama2_dolly_2026").recipe, CPU, LLAMA)
    assert recipe.training.tf32 is False
    assert recipe.training.optim == "adamw_torch"
    assert recipe.model.attention == "per_document"
    assert {"training.tf32", "training.optim", "model.attention"} <= changed.keys()


def test_what_the_machine_can_is_kept() -> None:
    recipe, changed = fitted(load("llama2_dolly_2026").recipe, AMPERE, LLAMA)
    assert (recipe.training.tf32, recipe.training.bf16) == (True, True)
    assert recipe.training.optim == "paged_adamw_32bit"
    assert changed.keys() == {"model.attention"}
    assert fitted(recipe, FLASH, LLAMA)[0].model.attention == "per_document"
    assert fitted(load("demo").recipe, FLASH, LLAMA)[0].model.attention == "flash_attention_2"


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "mistral", "sliding_window": 4096},
        {"model_type": "gemma3_text"},
        {"model_type": "qwen3", "layer_types": ["sliding_attention"]},
    ],
)
def test_per_document_attention_is_for_plain_causal_models(config: dict[str, Any]) -> None:
    assert fitted(load("demo").recipe, CPU, config)[0].model.attention == "sdpa"
