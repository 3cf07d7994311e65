"""Dataset folders, recipes and quick runs for the tests of `train`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from curate.row import to_batch

_NOUNS = [
    "river",
    "lamp",
    "garden",
    "letter",
    "bridge",
    "kettle",
    "stone",
    "window",
    "market",
    "coat",
]
_VERBS = ["paint", "carry", "mend", "sell", "describe", "clean", "find", "draw", "open", "count"]
ASKED = "Create an instruction for the input."


def sft_rows(count: int, *, reverse: bool = False) -> list[dict[str, Any]]:
    """Rows of one exchange; `reverse` asks for the instruction, with an Input block."""
    rows = []
    for i in range(count):
        noun, verb = _NOUNS[i % 10], _VERBS[(i // 10 + i) % 10]
        instruction = f"How do I {verb} a {noun}?"
        answer = f"To {verb} a {noun}, take the {noun} and {verb} it {i % 7 + 1} times."
        row: dict[str, Any] = {"id": f"r{i:04d}"}
        asked, told = (f"{ASKED}\n{answer}", instruction) if reverse else (instruction, answer)
        row["messages"] = [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": told},
        ]
        if reverse:
            row["layout"] = json.dumps({"alpaca_split": len(ASKED)})
        rows.append(row)
    return rows


def write_dataset(
    folder: Path, rows: list[dict[str, Any]], *, kind: Any = "sft", **splits: list[dict[str, Any]]
) -> Path:
    """Write a dataset folder as `curate convert` does."""
    (folder / "data").mkdir(parents=True)
    files = []
    for split, held in {"train": rows, **splits}.items():
        path = folder / "data" / f"{split}-00000-of-00001.arrow"
        batch = to_batch(kind, held)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        size, digest = path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
        name = f"data/{path.name}"
        files.append(
            {"path": name, "split": split, "rows": len(held), "bytes": size, "sha256": digest}
        )
    card = {
        "schema_version": 1,
        "kind": kind,
        "format": "row",
        "container": "arrow",
        "splits": {entry["split"]: entry["rows"] for entry in files},
        "files": files,
        "rows": sum(entry["rows"] for entry in files),
        "validated": {"profile": "default", "version": "0.1.0", "errors": 0},
        "tunesmith_version": "0.1.0",
    }
    (folder / "card.json").write_text(json.dumps(card))
    return folder


@pytest.fixture
def rows() -> Callable[..., list[dict[str, Any]]]:
    return sft_rows


@pytest.fixture
def dataset(tmp_path: Path) -> Callable[..., Path]:
    """Write a dataset folder: `dataset(rows, kind=…, name=…, validation=…)`."""

    def write(held: list[dict[str, Any]], *, name: str = "data", **options: Any) -> Path:
        return write_dataset(tmp_path / name, held, **options)

    return write


RECIPE = """\
method: sft
model: {base: tiny, dtype: float32}
data:
  dataset: DATASET
  template: instruction
  max_length: 128
training:
  max_steps: 4
  per_device_train_batch_size: 4
  learning_rate: 1.0e-3
  lr_scheduler_type: constant
adapter: null
saving: {every: never}
logging: {every: 1}
output: OUTPUT
"""


@pytest.fixture
def recipe(tmp_path: Path, dataset: Callable[..., Path]) -> str:
    """Write a small recipe over 32 rows; returns its path."""
    folder = tmp_path / "data"
    if not folder.exists():
        dataset(sft_rows(32))
    path = tmp_path / "recipe.yaml"
    text = RECIPE.replace("DATASET", str(folder)).replace("OUTPUT", str(tmp_path / "run"))
    path.write_text(text)
    return str(path)


@pytest.fixture
def plan_of(recipe: str) -> Callable[..., Any]:
    """Plan the small recipe with overrides: `plan_of("training.seed=1")`."""
    from train.plan import make_plan
    from train.recipe import load

    return lambda *overrides: make_plan(load(recipe, overrides=overrides))


class Silent:
    """A progress that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def loss(self, value: float) -> None: ...

    def step(self, done: int, tokens: int) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def silent() -> Silent:
    return Silent()


@pytest.fixture
def train_of(plan_of: Callable[..., Any], silent: Silent) -> Callable[..., Any]:
    """Run the small recipe: `train_of("output=…", resume=True)`; returns the outcome."""
    from train.run_sft import run_sft

    def run(*overrides: str, resume: bool = False) -> Any:
        plan = plan_of(*overrides)
        assert not plan.refusals, plan.refusals
        return run_sft(plan, resume=resume, progress=silent)

    return run
