"""What starting a command loads, and that `curate` needs none of the training packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

HEAVY = (
    "torch", "transformers", "trl", "peft", "datasets", "pandas", "bitsandbytes", "accelerate",
    "huggingface_hub", "tokenizers", "jsonschema", "rich", "zstandard", "pyarrow", "numpy",
)  # fmt: skip
TRAINING = (
    "torch", "transformers", "trl", "peft", "datasets", "pandas", "bitsandbytes", "accelerate",
    "huggingface_hub", "tokenizers", "jinja2", "safetensors",
)  # fmt: skip
LOADED = "import json, sys; sys.stderr.write(json.dumps([n for n in sys.modules if '.' not in n]))"
# A finder that says of the named packages that they are not installed.
WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names}:
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Absent())
"""


def run(code: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("statement", "arguments"),
    [
        ("import curate", []),
        ("from curate.cli import main", ["--help"]),
        ("from curate.cli import main", ["--version"]),
        ("from train.cli import main", ["--help"]),
    ],
)
def test_a_start_loads_no_heavy_package(statement: str, arguments: list[str]) -> None:
    call = "main()" if "main" in statement else "pass"
    code = f"{statement}\ntry:\n    {call}\nexcept SystemExit as end:\n    assert not end.code\n"
    done = run(code + LOADED, *arguments)
    assert done.returncode == 0, done.stderr
    assert sorted(set(HEAVY) & set(json.loads(done.stderr))) == []


def test_planning_modules_load_no_torch() -> None:
    done = run("import train.plan, train.recipe\n" + LOADED)
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stderr)
    assert {"torch", "transformers", "trl"} & set(loaded) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["convert", "in.jsonl", "-o", "out"],
        ["convert", "in.jsonl", "--to", "openai", "-o", "out.jsonl"],
        ["validate", "in.jsonl"],
        ["inspect", "in.jsonl"],
        ["stats", "in.jsonl", "--for", "lint"],
        ["report", "in.jsonl", "-o", "report.html"],
        ["diff", "in.jsonl", "in.jsonl"],
        ["formats"],
        ["rules"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_curate_runs_without_the_training_packages(tmp_path: Path, arguments: list[str]) -> None:
    record = {"instruction": "Name the colour.", "input": "a ripe tomato", "output": "Red."}
    (tmp_path / "in.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    code = WITHOUT.format(names=set(TRAINING)) + "from curate.cli import main\nmain()"
    done = run(code, *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_finder_of_these_tests_hides_packages() -> None:
    done = run(WITHOUT.format(names={"torch"}) + "import torch")
    assert done.returncode == 1
    assert "No module named torch" in done.stderr
