"""The held-out loss does not depend on how it is batched."""

from __future__ import annotations

from typing import Any

import pytest

from train import evaluate
from train.packing import documents


class Uniform:
    """A model that likes token 1; its loss is known."""

    training = True

    def eval(self) -> None:
        self.training = False

    def train(self, mode: bool) -> None:
        self.training = mode

    def parameters(self) -> Any:
        import torch

        return iter([torch.zeros(1)])

    def __call__(self, input_ids: Any, **_: Any) -> Any:
        import torch

        logits = torch.zeros(*input_ids.shape, 4)
        logits[..., 1] = 1.0
        return type("Out", (), {"logits": logits})


@pytest.mark.parametrize("batch_tokens", [1, 8, 8192])
def test_it_is_the_mean_over_tokens(monkeypatch: pytest.MonkeyPatch, batch_tokens: int) -> None:
    import math

    monkeypatch.setattr(evaluate, "_BATCH_TOKENS", batch_tokens)
    rows = [([1, 1, 2], [True, True, True]), ([2] * 7, [False] * 6 + [True]), ([1], [True])]
    model = Uniform()
    found = evaluate.held_out_loss(model, documents(rows), pad_id=0)
    total = math.log(3 + math.e)
    assert found == pytest.approx(((total - 1) + total + total) / 3, abs=1e-6)
    assert model.training is True
