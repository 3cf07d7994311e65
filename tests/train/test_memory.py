"""Parameter counts are exact; memory is an estimate of the right size."""

from __future__ import annotations

import pytest

from train.memory import memory_bytes, shape_of, trainable_parameters
from train.recipe import load

LLAMA_7B = {
    "model_type": "llama",
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
}
DISTILGPT2 = {"model_type": "gpt2", "n_embd": 768, "n_layer": 6, "vocab_size": 50257}


def test_the_adapters_of_a_7b() -> None:
    shape = shape_of(LLAMA_7B)
    assert shape is not None
    assert shape.n_linear + shape.n_embedding == 6_738_149_376  # all but the norms
    assert trainable_parameters(shape, load("llama2_dolly").recipe) == 33_554_432
    assert trainable_parameters(shape, load("llama2_dolly_2026").recipe) == 159_907_840


def test_qlora_of_a_7b_takes_a_few_gigabytes() -> None:
    estimate = memory_bytes(LLAMA_7B, load("llama2_dolly").recipe)
    assert estimate is not None
    assert 4e9 < estimate < 12e9


def test_full_training_of_distilgpt2() -> None:
    estimate = memory_bytes(DISTILGPT2, load("product_descriptions").recipe)
    assert estimate == pytest.approx(1.5e9, rel=0.3)


def test_an_unknown_architecture_is_not_guessed() -> None:
    assert memory_bytes({"model_type": "mamba"}, load("demo").recipe) is None
