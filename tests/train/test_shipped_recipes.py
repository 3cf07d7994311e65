"""Every shipped recipe trains: with the tiny base, on rows like its own, for a few steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curate import recipe as recipes
from train.plan import make_plan
from train.recipe import load
from train.run_sft import run_sft

pytestmark = pytest.mark.filterwarnings("ignore")
# Short, so that a step takes a moment; `demo` is run as it is by the slow test below.
SMALL = ("training.max_steps=2", "data.max_length=256", "model.base=tiny")


@pytest.mark.parametrize("name", recipes.shipped_names())
def test_it_trains(
    name: str, rows: Callable[..., Any], dataset: Callable[..., Path], tmp_path: Path, silent: Any
) -> None:
    folder = dataset(rows(120, reverse=name != "product_descriptions"))
    overrides = [f"data.dataset={folder}", f"output={tmp_path / 'run'}", *SMALL]
    plan = make_plan(load(name, overrides=overrides))
    assert plan.refusals == ()
    assert plan.steps == 2
    outcome = run_sft(plan, progress=silent)
    assert outcome.state == "finished"
    assert outcome.manifest["values"]["training.learning_rate"] > 0


@pytest.mark.slow
def test_the_demo_learns(
    rows: Callable[..., Any], dataset: Callable[..., Path], tmp_path: Path, silent: Any
) -> None:
    folder = dataset(rows(200, reverse=True))
    overrides = [f"data.dataset={folder}", f"output={tmp_path / 'run'}"]
    outcome = run_sft(make_plan(load("demo", overrides=overrides)), progress=silent)
    losses = outcome.manifest["losses"]
    assert losses["held_out_after"] < losses["held_out_before"] - 1.5
