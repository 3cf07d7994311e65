"""A killed run goes on where its last whole checkpoint was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from train import checkpoints

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing(
    recipe: str, train_of: Callable[..., Any], tmp_path: Path
) -> None:
    settings = ("adapter.r=4", "saving.every=1", "training.max_steps=40", "saving.keep=2")
    whole = train_of(*settings, f"output={tmp_path / 'whole'}").folder
    cut = tmp_path / "cut"
    arguments = [sys.executable, "-m", "train", "sft", recipe, f"--set=output={cut}"]
    arguments += [f"--set={text}" for text in settings]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for attempt in range(3):
        resume = ["--resume"] if (cut / "plan.json").exists() else []
        before = len(checkpoints.checkpoints(cut)) and checkpoints.checkpoints(cut)[-1]
        running = subprocess.Popen(
            arguments + resume, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            now = checkpoints.checkpoints(cut)
            if running.poll() is not None or (now and now[-1] != before):
                break
            time.sleep(0.05)
        time.sleep(0.11 * attempt)
        running.send_signal(signal.SIGKILL)
        running.wait()
    train_of(*settings, f"output={cut}", resume=True)
    name = "adapter/adapter_model.safetensors"
    assert checkpoints.sha256_of(cut / name) == checkpoints.sha256_of(whole / name)
