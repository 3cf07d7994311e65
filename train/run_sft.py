"""Run a plan: load, train, measure, save. What was planned is what runs."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import HardwareError, UsageError
from curate.files.hashes import sha256_of
from train import checkpoints, runs
from train.evaluate import held_out_loss
from train.progress import Progress
from train.trainer import METRICS, Watch

if TYPE_CHECKING:
    from train.packing import Documents
    from train.plan import Plan
    from train.prepare import Prepared
    from train.recipe import TrainRecipe


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    Attributes:
        folder: Its folder.
        state: `finished`, `already_finished` or `interrupted`.
        step: Steps done.
        manifest: The manifest; empty where the run is not finished.
    """

    folder: Path
    state: str
    step: int
    manifest: dict[str, Any]


def run_sft(plan: Plan, *, resume: bool = False, progress: Progress | None = None) -> Outcome:
    """Train.

    Args:
        plan: A plan without refusals.
        resume: Continue the run in the output folder from its newest whole checkpoint.
        progress: Where it is shown; stderr by default.

    Raises:
        OutputError, UsageError, LockedError: If the output folder may not be written to.
        DivergedError: If the loss stops being a number (RUN021).
    """
    prepared = plan.prepared
    if prepared is None or plan.refusals:
        raise UsageError("a refused plan does not run")
    folder = Path(plan.recipe.output)
    if runs.check_output(plan, resume=resume):
        return Outcome(folder, "already_finished", plan.steps, _read(folder / runs.MANIFEST))
    with runs.locked(folder):
        shown = progress or Progress(plan.steps)
        try:
            return _run(plan, prepared, folder, shown, resume=resume)
        finally:
            shown.close()


def _run(plan: Plan, prepared: Prepared, folder: Path, shown: Progress, *, resume: bool) -> Outcome:
    began = time.monotonic()
    _begin(plan, prepared, folder)
    shown.say("loading the model")
    trainer, watch = _trainer(plan, prepared, folder, shown)
    docs = prepared.evaluation.docs if prepared.evaluation else None
    start = checkpoints.newest_whole(folder) if resume else None
    if resume:
        at = checkpoints.step_of(start) if start else 0
        shown.say(f"continuing from step {at}" if start else "no checkpoint yet: from the start")
        _cut_metrics(folder / METRICS, at)
    before = _loss_before(trainer, watch, docs, folder)
    if start is not None and checkpoints.step_of(start) >= plan.steps:
        # Trainer would train a step beyond the last one (transformers 5.23).
        trainer._load_from_checkpoint(str(start))
        trainer.state.global_step = plan.steps
    else:
        with _stoppable(watch):
            trainer.train(resume_from_checkpoint=str(start) if start else None)
    step = int(trainer.state.global_step)
    if watch.stop and step < plan.steps:
        return Outcome(folder, "interrupted", step, {})
    after = None if docs is None else _measured(trainer, watch, docs)
    name = _save(trainer, folder, plan.recipe, watch.base_name)
    if after is not None and before is not None:
        shown.say(f"held-out loss {before:.4f} before, {after:.4f} after")
    seconds = round(time.monotonic() - began, 3)
    watch.write(step=step, event="end", eval_loss=after, seconds=seconds)
    losses = {"held_out_before": before, "held_out_after": after, **_last_loss(trainer)}
    manifest = _manifest(plan, folder, name, losses)
    checkpoints.write_json(folder / runs.MANIFEST, manifest)
    return Outcome(folder, "finished", step, manifest)


def _begin(plan: Plan, prepared: Prepared, folder: Path) -> None:
    from train.model import make_tiny, quiet

    quiet()
    (folder / runs.TEMPLATE).write_text(prepared.template.source, "utf-8")
    base = folder / runs.BASE
    if prepared.base.files is not None and not base.is_dir():
        staged = folder / f".{runs.BASE}.new"
        shutil.rmtree(staged, ignore_errors=True)
        make_tiny(prepared.base, plan.recipe, staged)
        checkpoints.replace_folder(staged, base)
    checkpoints.write_json(folder / runs.PLAN, runs.planned(plan))


def _trainer(plan: Plan, prepared: Prepared, folder: Path, shown: Progress) -> tuple[Any, Watch]:
    import torch

    from train import model as models
    from train.trainer import config_of, to_dataset, trainer_class, watching

    if torch.cuda.device_count() > 1:
        raise HardwareError(
            f"{torch.cuda.device_count()} GPUs are visible; a run uses one",
            hint="CUDA_VISIBLE_DEVICES=0 train sft …",
        )
    recipe = plan.recipe
    tiny = prepared.base.files is not None
    source = folder / runs.BASE if tiny else None
    weights = source or models.weights_folder(prepared.base, recipe.model.revision)
    model = models.load_base(weights, recipe.model, full=recipe.adapter is None)
    tokenizer = models.load_tokenizer(_tokenizer_folder(prepared, weights))
    tokenizer.chat_template = prepared.template.source
    adapter = None
    if recipe.adapter is not None:
        run = _starting_run(prepared, recipe)
        if run is not None:
            model = models.load_adapter(model, run.weights, trainable=True)
        else:
            models.check_adapter(model, recipe.adapter)
            adapter = models.lora(recipe.adapter)
    docs = prepared.evaluation.docs if prepared.evaluation else None
    watch = Watch(
        folder,
        shown,
        None if recipe.saving.keep == "all" else recipe.saving.keep,
        f"../{runs.BASE}" if tiny else runs.planned(plan)["base"]["name"],
        docs,
        tokenizer.pad_token_id,
    )
    if recipe.evaluation.prompts:
        watch.answer = _answers(prepared, recipe)
    args = config_of(recipe, folder, evaluates=docs is not None, cuda=torch.cuda.is_available())
    dataset = to_dataset(prepared.sequences)
    trainer = trainer_class()(
        model=model,
        args=args,
        train_dataset=dataset,
        eval_dataset=dataset if docs is not None else None,  # asked for, never read
        processing_class=tokenizer,
        peft_config=adapter,
        callbacks=[watching(watch)],
    )
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    trainer.watch = watch
    return trainer, watch


def _starting_run(prepared: Prepared, recipe: TrainRecipe) -> runs.Run | None:
    if prepared.base.run is None:
        return None
    run = runs.open_run(recipe.model.base)
    if not run.is_adapter:
        return None
    if runs.adapter_of(run) != recipe.adapter:
        raise UsageError(
            f"the adapter of {recipe.model.base} has other settings than the recipe's",
            hint="give the same adapter section, or merge the run first: train merge RUN -o DIR",
            code="RUN014",
        )
    return run


def _tokenizer_folder(prepared: Prepared, weights: Path) -> Path:
    if prepared.base.run is not None:
        return prepared.base.run
    return weights if (weights / "tokenizer.json").is_file() else prepared.base.folder or weights


def _answers(prepared: Prepared, recipe: TrainRecipe) -> Any:
    from train.generate import Sampling, answer

    def answers(model: Any) -> list[dict[str, str]]:
        found = []
        for prompt in recipe.evaluation.prompts:
            row = {"messages": [{"role": "user", "content": prompt}]}
            text = answer(model, prepared.base.tokenizer, prepared.template, row, Sampling())
            found.append({"prompt": prompt, "completion": text})
        return found

    return answers


def _loss_before(trainer: Any, watch: Watch, docs: Documents | None, folder: Path) -> float | None:
    if docs is None:
        return None
    path = folder / METRICS
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    for line in lines:
        held = json.loads(line)
        if held.get("event") == "begin":
            return float(held["eval_loss"])
    loss = _measured(trainer, watch, docs)
    watch.write(step=0, event="begin", eval_loss=loss)
    watch.progress.say(f"held-out loss {loss:.4f} before training")
    return loss


def _measured(trainer: Any, watch: Watch, docs: Documents) -> float:
    with trainer.compute_loss_context_manager():
        return held_out_loss(trainer.model, docs, pad_id=watch.pad_id)


def _cut_metrics(path: Path, step: int) -> None:
    """Drop the lines beyond the checkpoint, which will be written again."""
    if path.is_file():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        kept = [line for line in whole if json.loads(line).get("step", 0) <= step]
        path.write_text("".join(kept), "utf-8")


def _save(trainer: Any, folder: Path, recipe: TrainRecipe, base_name: str) -> str:
    from train.model import name_base

    name = "model" if recipe.adapter is None else "adapter"
    staged = folder / f".{name}.new"
    shutil.rmtree(staged, ignore_errors=True)
    trainer.model.save_pretrained(str(staged))
    trainer.processing_class.save_pretrained(str(staged))
    (staged / "README.md").unlink(missing_ok=True)
    name_base(staged, base_name)
    checkpoints.replace_folder(staged, folder / name)
    return name


def _last_loss(trainer: Any) -> dict[str, float | None]:
    logged = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    return {"train_last": logged[-1] if logged else None}


def _manifest(
    plan: Plan, folder: Path, name: str, losses: dict[str, float | None]
) -> dict[str, Any]:
    from train.hardware import hardware

    files = sorted(p for p in (folder / name).iterdir() if p.is_file())
    return {
        "schema_version": runs.SCHEMA_VERSION,
        **{k: v for k, v in runs.planned(plan).items() if k != "schema_version"},
        "plan_sha256": sha256_of(folder / runs.PLAN),
        "weights": name,
        "files": {f"{name}/{p.name}": sha256_of(p) for p in files},
        "seed": plan.recipe.training.seed,
        "rows": plan.rows,
        "tokens": plan.tokens,
        "trained_tokens": plan.trained_tokens,
        "eval_rows": plan.eval_rows,
        "losses": losses,
        "device": hardware().name,
    }


@contextmanager
def _stoppable(watch: Watch) -> Iterator[None]:
    """Let the first signal end the run after its step; the second ends it at once."""

    def stop(number: int, frame: Any) -> None:
        if watch.stop:
            raise KeyboardInterrupt
        watch.stop = True
        watch.progress.say("stopping after this step; once more to stop at once")

    try:
        old = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not the main thread: signals are someone else's
        old = {}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
