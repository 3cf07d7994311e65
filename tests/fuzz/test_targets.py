"""Every fuzz target takes its own seeds, cut anywhere and with bytes changed."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_seeds(name: str) -> None:
    target = TARGETS[name]
    draw = random.Random(name)
    for seed in target.seeds:
        target.run(seed)
        for _ in range(20):
            changed = bytearray(seed[: draw.randrange(len(seed) + 1)])
            for _ in range(min(3, len(changed))):
                changed[draw.randrange(len(changed))] = draw.randrange(256)
            target.run(bytes(changed))
