"""The command: exit codes, streams, and what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from train.cli import main

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]


def call(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


def in_process(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_plan_prints_every_value_with_its_origin(recipe: str) -> None:
    result = call("plan", recipe, "--set", "training.seed=7")
    assert result.exit_code == 0
    line = next(at for at in result.stdout.splitlines() if at.startswith("training.seed"))
    assert line.split() == ["training.seed", "7", "--set"]
    assert "steps             4 (8 an epoch)" in result.stdout


def test_plan_json_is_one_document(recipe: str) -> None:
    result = call("plan", recipe, "--json")
    document = json.loads(result.stdout)
    assert document["rows"] == 32
    assert document["values"]["data.template"]["value"] == "instruction"
    assert document["refusals"] == []
    assert result.stderr == ""


def test_a_refused_plan_exits_1_and_says_why(recipe: str) -> None:
    for command in (["plan"], ["sft"], ["sft", "--dry-run"]):
        result = call(*command, recipe, "--set", "data.max_length=16", "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["refusals"][0]["code"] == "RUN012"
        assert "refused: RUN012" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code", "expected"),
    [
        (["plan", "nowhere"], 2, "there is no recipe nowhere"),
        (["plan", "RECIPE", "--set", "model.bse=x"], 2, "did you mean `base`?"),
        (["plan", "RECIPE", "--set", "data.dataset=nowhere"], 3, "RUN002"),
        (["plan", "RECIPE", "--set", "model.base=a/b"], 4, "RUN016"),
        (["plan", "RECIPE", "--set", "method=dpo"], 2, "RUN001"),
        (["plan", "RECIPE", "--set", "data.too_long=split"], 2, "RUN014"),
        (["sft", "RECIPE", "--resume"], 7, "RUN020"),
        (["generate", "nowhere", "--prompt", "x"], 3, "RUN026"),
        (["generate", "nowhere"], 2, "give one of --prompt and --input"),
        (["merge", "nowhere", "-o", "x"], 3, "RUN026"),
        (["dpo", "RECIPE"], 2, "No such command"),
    ],
)
def test_exit_codes(recipe: str, arguments: list[str], exit_code: int, expected: str) -> None:
    result = call(*[recipe if argument == "RECIPE" else argument for argument in arguments])
    assert result.exit_code == exit_code, result.output
    assert expected in result.stderr
    assert "Traceback" not in result.output


def test_the_commands_that_make_the_dataset_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("plan", "demo")
    assert result.exit_code == 3
    assert "curate convert recipes/data/dolly_style.jsonl --reverse" in result.stderr


def test_a_run_from_end_to_end(recipe: str, tmp_path: Path) -> None:
    result = call("sft", recipe, "--json", "--set", "training.max_steps=2", "--set", "adapter.r=4")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert (document["state"], document["step"]) == ("finished", 2)
    run = document["outputs"][0]
    assert call("sft", recipe).exit_code == 7
    answered = call("generate", run, "--prompt", "Hello", "--max-new-tokens", "3", "--json")
    assert "### Instruction:\nHello" in json.loads(answered.stdout)["prompt"]
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text('{"prompt": "a"}\n{"prompt": "b"}\n')
    many = call("generate", run, "--input", str(prompts), "--max-new-tokens", "2")
    assert len(many.stdout.splitlines()) == 2
    merged = call("merge", run, "-o", str(tmp_path / "merged"), "--json")
    assert json.loads(merged.stdout)["onto"] == "original"


def test_recipes_lists_what_ships() -> None:
    found = json.loads(call("recipes", "--json").stdout)["recipes"]
    assert {"demo", "llama2_dolly", "product_descriptions"} <= {r["name"] for r in found}
    assert all(r["title"] for r in found)
    assert "demo" in call("recipes").stdout


def test_doctor_knows_this_machine() -> None:
    result = call("doctor", "--json")
    found = json.loads(result.stdout)
    assert found["device"] in ("cpu", "cuda")
    assert found["versions"]["tokenizers"]
    assert result.exit_code == (5 if found["missing"] else 0)


HEAVY = "torch transformers trl peft datasets bitsandbytes pandas"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from train.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        f"assert not set('{HEAVY} pyarrow tokenizers jinja2 yaml'.split()) & set(sys.modules)"
    )
    done = in_process(code)
    assert done.returncode == 0, done.stderr


def test_help_starts_quickly() -> None:
    def best(code: str) -> float:
        spans = []
        for _ in range(3):
            began = time.perf_counter()
            in_process(code)
            spans.append(time.perf_counter() - began)
        return min(spans)

    assert best("import train.cli") - best("pass") < 0.3  # about 0.05 on an idle machine


@pytest.mark.parametrize(
    "overrides",
    [
        [],
        ["model.bse=x"],
        ["training.learning_rate=fast"],
        ["data.dataset=nowhere"],
        ["data.max_length=16"],
        ["data.max_length=8", "data.too_long=cut"],
        ["data.max_length=16", "data.too_long=drop"],
        ["data.eval_split=validation"],
        ["data.template=tokenizer"],
        ["model.base=owner/absent"],
        ["model.quantization=nf4"],
        ["extra.unknown_key=1"],
    ],
    ids=lambda overrides: ",".join(overrides) or "sound",
)
def test_no_refusal_needs_torch(recipe: str, overrides: list[str]) -> None:
    arguments = ["sft", recipe, *(f"--set={text}" for text in overrides)]
    arguments += ["--dry-run"] if not overrides else []
    code = (
        "import sys; from click.testing import CliRunner; from train.cli import main\n"
        f"result = CliRunner().invoke(main, {arguments!r})\n"
        f"assert (result.exit_code == 0) == {not overrides}, result.output\n"
        f"assert not set('{HEAVY}'.split()) & set(sys.modules), sorted(sys.modules)"
    )
    done = in_process(code)
    assert done.returncode == 0, done.stderr


def test_a_changed_dataset_is_refused_without_torch(
    recipe: str, tmp_path: Path, rows: Callable[..., Any]
) -> None:
    del rows
    next((tmp_path / "data" / "data").iterdir()).open("ab").write(b"x")
    code = (
        "import sys; from click.testing import CliRunner; from train.cli import main\n"
        f"result = CliRunner().invoke(main, ['sft', {recipe!r}])\n"
        "assert result.exit_code == 3 and 'RUN006' in result.stderr, result.output\n"
        "assert 'torch' not in sys.modules"
    )
    done = in_process(code)
    assert done.returncode == 0, done.stderr
