"""Whole runs on the CPU: it learns, it repeats, it resumes to the bit, it refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curate.errors import CurateError, LockedError, OutputError, UsageError
from train import checkpoints, runs

pytestmark = pytest.mark.filterwarnings("ignore")

Train = Callable[..., Any]
LORA = ("adapter.r=4", "adapter.lora_dropout=0.1", "training.learning_rate=2e-3")
QLORA = (*LORA, "model.quantization=nf4", "model.double_quant=true", "model.dtype=bfloat16")


def losses(folder: Path) -> list[float]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [held["loss"] for held in map(json.loads, lines) if "loss" in held]


def weights(folder: Path, name: str = "adapter") -> str:
    file = "adapter_model.safetensors" if name == "adapter" else "model.safetensors"
    return checkpoints.sha256_of(folder / name / file)


def test_it_learns_and_says_so(train_of: Train) -> None:
    outcome = train_of(
        "training.max_steps=12", "data.eval_ratio=0.2", "training.learning_rate=3e-3"
    )
    assert outcome.state == "finished"
    found = outcome.manifest["losses"]
    assert found["held_out_after"] < found["held_out_before"] - 1
    assert losses(outcome.folder)[-1] < losses(outcome.folder)[0] - 1
    written = {path.name for path in outcome.folder.iterdir()}
    assert written == {
        "base", "model", "manifest.json", "plan.json", "metrics.jsonl", "template.jinja"
    }  # fmt: skip
    assert not list(outcome.folder.rglob("*.bin"))
    everything = " ".join(
        path.read_text() for path in outcome.folder.rglob("*.json") if path.name != "tokenizer.json"
    )
    assert str(outcome.folder.parent) not in everything
    manifest = json.loads((outcome.folder / "manifest.json").read_text())
    assert manifest["steps"] == 12
    assert manifest["files"]["model/model.safetensors"] == weights(outcome.folder, "model")
    assert runs.open_run(str(outcome.folder)).is_adapter is False


def test_large_and_small_batches_give_one_trajectory(train_of: Train, tmp_path: Path) -> None:
    sizes = {"a": (8, 1), "b": (1, 8)}
    for name, (batch, accumulation) in sizes.items():
        train_of(
            f"output={tmp_path / name}",
            f"training.per_device_train_batch_size={batch}",
            f"training.gradient_accumulation_steps={accumulation}",
        )
    one, other = losses(tmp_path / "a"), losses(tmp_path / "b")
    assert one == pytest.approx(other, abs=2e-5)
    assert len(one) == 4


@pytest.mark.parametrize("packing", ["bfd", "bfd_split"])
def test_per_document_attention_is_exact(train_of: Train, tmp_path: Path, packing: str) -> None:
    for name in ("per_document", "sdpa"):
        train_of(
            f"output={tmp_path / name}",
            f"model.attention={name}",
            f"data.packing={packing}",
            "data.too_long=" + ("error" if packing == "bfd" else "split"),
        )
    one, other = losses(tmp_path / "per_document"), losses(tmp_path / "sdpa")
    assert one == pytest.approx(other, abs=2e-5)


def test_packed_rows_do_not_see_each_other(train_of: Train, tmp_path: Path) -> None:
    """The first step's loss, taken before any update, is that of the rows apart."""
    shared = ("training.per_device_train_batch_size=32", "training.max_steps=1")
    train_of(f"output={tmp_path / 'packed'}", "data.packing=bfd", *shared)
    train_of(f"output={tmp_path / 'apart'}", *shared)
    assert losses(tmp_path / "packed") == pytest.approx(losses(tmp_path / "apart"), abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        pytest.param("lora", LORA, id="lora"),
        pytest.param("qlora", QLORA, id="qlora"),
        pytest.param("full", (), id="full", marks=pytest.mark.slow),
        pytest.param(
            "packed", (*QLORA, "data.packing=bfd"), id="packed-qlora", marks=pytest.mark.slow
        ),
    ],
)
def test_a_resumed_run_is_the_uninterrupted_one(
    train_of: Train, tmp_path: Path, kind: str, settings: tuple[str, ...]
) -> None:
    name = "model" if kind == "full" else "adapter"
    shared = (*settings, "saving.every=2", "data.eval_ratio=0.2")
    whole = train_of(*shared, f"output={tmp_path / 'whole'}").folder
    cut = tmp_path / "cut"
    shutil.copytree(whole, cut)
    for path in ("manifest.json", "checkpoint-4", name):
        target = cut / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    outcome = train_of(*shared, f"output={cut}", resume=True)
    assert outcome.state == "finished"
    assert weights(cut, name) == weights(whole, name)
    assert losses(cut) == losses(whole)
    before = [json.loads((f / "manifest.json").read_text())["losses"] for f in (cut, whole)]
    assert before[0] == before[1]
    again = train_of(*shared, f"output={cut}", resume=True)
    assert again.state == "already_finished"


def test_an_evaluation_does_not_change_the_training(train_of: Train, tmp_path: Path) -> None:
    shared = (*QLORA, "data.eval_ratio=0.2")
    train_of(*shared, "evaluation.every=1", f"output={tmp_path / 'often'}")
    train_of(*shared, "evaluation.every=never", f"output={tmp_path / 'seldom'}")
    assert weights(tmp_path / "often") == weights(tmp_path / "seldom")


def test_a_torn_checkpoint_is_passed_over(train_of: Train, tmp_path: Path) -> None:
    shared = (*LORA, "saving.every=1")
    whole = train_of(*shared).folder
    expected = weights(whole)
    for path in ("manifest.json", "checkpoint-4", "checkpoint-3", "adapter"):
        target = whole / path
        if path == "checkpoint-3":
            (target / "optimizer.pt").write_bytes(b"torn")
        else:
            shutil.rmtree(target) if target.is_dir() else target.unlink()
    (whole / ".staging" / "checkpoint-4").mkdir(parents=True)
    assert checkpoints.newest_whole(whole) == whole / "checkpoint-2"
    train_of(*shared, resume=True)
    assert weights(whole) == expected
    assert not (whole / ".staging").exists()


def test_a_run_killed_before_saving_its_weights_trains_no_further_step(train_of: Train) -> None:
    shared = (*LORA, "saving.every=2")
    folder = train_of(*shared).folder
    expected = weights(folder)
    (folder / "manifest.json").unlink()
    shutil.rmtree(folder / "adapter")
    outcome = train_of(*shared, resume=True)
    assert (outcome.state, outcome.step) == ("finished", 4)
    assert weights(folder) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("training.learning_rate=5e-3", "training.learning_rate: was 0.002, is 0.005"),
        ("training.max_steps=9", "training.max_steps: was 4, is 9"),
        ("data.max_length=127", "data.max_length: was 128, is 127"),
        ("adapter=null", "adapter.r: was 4, is None"),
    ],
)
def test_a_changed_recipe_is_not_resumed(
    train_of: Train, plan_of: Any, tmp_path: Path, change: str, expected: str
) -> None:
    plan = plan_of(*LORA)
    (tmp_path / "run").mkdir()
    checkpoints.write_json(tmp_path / "run" / "plan.json", runs.planned(plan))
    with pytest.raises(UsageError) as caught:
        train_of(*LORA, change, resume=True)
    assert caught.value.code == "RUN019"
    assert expected in caught.value.message


def test_saving_otherwise_is_no_other_run(plan_of: Any, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    checkpoints.write_json(tmp_path / "run" / "plan.json", runs.planned(plan_of()))
    plan = plan_of("saving.every=1", "logging.every=3")
    assert runs.check_output(plan, resume=True) is False


def test_an_output_in_use_is_refused(plan_of: Any, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    assert runs.check_output(plan_of(), resume=False) is False
    (folder / "note.txt").write_text("mine")
    with pytest.raises(OutputError) as caught:
        runs.check_output(plan_of(), resume=False)
    assert caught.value.code == "RUN018"
    with pytest.raises(OutputError) as caught:
        runs.check_output(plan_of(), resume=True)
    assert caught.value.code == "RUN020"


def test_one_run_a_folder(tmp_path: Path) -> None:
    with runs.locked(tmp_path), pytest.raises(LockedError), runs.locked(tmp_path):
        pass


def test_a_diverged_run_stops(train_of: Train, tmp_path: Path) -> None:
    with pytest.raises(CurateError) as caught:
        train_of("training.learning_rate=1e30", "training.max_grad_norm=0", "saving.every=1")
    assert caught.value.code == "RUN021"
    assert not (tmp_path / "run" / "manifest.json").exists()


def test_a_signal_stops_after_the_step_with_a_checkpoint(
    train_of: Train, silent: Any, tmp_path: Path
) -> None:
    silent.step = lambda done, tokens: done == 2 and os.kill(os.getpid(), signal.SIGTERM)
    outcome = train_of(*LORA)
    assert (outcome.state, outcome.step) == ("interrupted", 2)
    assert checkpoints.newest_whole(outcome.folder) == outcome.folder / "checkpoint-2"
    silent.step = lambda done, tokens: None
    assert train_of(*LORA, resume=True).state == "finished"
    train_of(*LORA, f"output={tmp_path / 'other'}")
    assert weights(outcome.folder) == weights(tmp_path / "other")


def test_old_checkpoints_are_removed(train_of: Train) -> None:
    folder = train_of(*LORA, "saving.every=1", "saving.keep=2").folder
    assert [p.name for p in checkpoints.checkpoints(folder)] == ["checkpoint-3", "checkpoint-4"]
    opened = runs.open_run(f"{folder}@checkpoint-3")
    assert opened.is_adapter
    with pytest.raises(CurateError, match="checkpoint-3, checkpoint-4"):
        runs.open_run(f"{folder}@checkpoint-1")


def test_a_run_can_be_the_base_of_another(train_of: Train, tmp_path: Path) -> None:
    first = train_of(*LORA, "training.max_steps=6", "data.eval_ratio=0.2")
    second = train_of(
        *LORA, "data.eval_ratio=0.2", f"model.base={first.folder}", f"output={tmp_path / 'second'}"
    )
    start = first.manifest["losses"]["held_out_after"]
    assert second.manifest["losses"]["held_out_before"] == pytest.approx(start, abs=1e-5)
    assert second.manifest["losses"]["held_out_after"] < start
    with pytest.raises(UsageError) as caught:
        train_of("adapter.r=2", f"model.base={first.folder}", f"output={tmp_path / 'third'}")
    assert caught.value.code == "RUN014"


def test_prompts_are_answered_at_each_evaluation(train_of: Train) -> None:
    folder = train_of(
        "data.eval_ratio=0.2", "evaluation.prompts=[Hello]", "evaluation.every=4"
    ).folder
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    (answered,) = [line for line in lines if "answers" in line]
    assert answered["step"] == 4
    assert answered["answers"][0]["prompt"] == "Hello"


def test_an_unknown_module_is_named_before_training(train_of: Train) -> None:
    with pytest.raises(UsageError) as caught:
        train_of("adapter.target_modules=[query]")
    assert "q_proj" in (caught.value.hint or "")
