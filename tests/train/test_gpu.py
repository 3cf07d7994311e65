"""What only a CUDA device shows: quantised training, its resolved values and its memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.gpu, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(autouse=True)
def cuda() -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device")


@pytest.mark.parametrize("packing", ["none", "bfd"])
def test_a_quantised_run_learns_on_the_device(train_of: Callable[..., Any], packing: str) -> None:
    outcome = train_of(
        "model.quantization=nf4",
        f"data.packing={packing}",
        "training.bf16=true",
        "training.optim=paged_adamw_32bit",
        "training.max_steps=60",
        "training.learning_rate=3e-3",
        "training.num_train_epochs=30",
    )
    assert outcome.manifest["values"]["training.optim"] == "paged_adamw_32bit"
    assert outcome.manifest["losses"]["train_last"] < 6
