"""TRL's SFTTrainer, subclassed once: whole checkpoints, exact resume, summed losses, no NaN.

The trainer gets `input_ids`, `labels` and `seq_lengths`, so TRL neither tokenises, masks, cuts nor
packs anything.
"""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import CurateError
from train import checkpoints
from train.evaluate import held_out_loss
from train.model import name_base

if TYPE_CHECKING:
    from datasets import Dataset

    from train.packing import Documents, Sequences
    from train.progress import Progress
    from train.recipe import TrainRecipe

METRICS = "metrics.jsonl"


class DivergedError(CurateError):
    """The loss is not a number any more."""


@dataclass(slots=True)
class Watch:
    """What the trainer tells the run, and the run the trainer.

    Attributes:
        folder: The run's folder.
        progress: Where steps are shown.
        keep: Checkpoints to keep, or None for all.
        base_name: The base's name in saved adapters.
        docs: The held-out documents, or None.
        pad_id: For padding them.
        answer: Answers the recipe's prompts, or None.
        stop: Set to end after the current step, with a checkpoint.
        tokens: Tokens trained on in this process.
        step_loss: Loss of the step under way.
        began: When training began, by the monotonic clock.
    """

    folder: Path
    progress: Progress
    keep: int | None
    base_name: str
    docs: Documents | None
    pad_id: int
    answer: Callable[[Any], list[dict[str, str]]] | None = None
    stop: bool = False
    tokens: int = 0
    step_loss: float = 0.0
    began: float = 0.0

    def write(self, **values: Any) -> None:
        """Add one line to metrics.jsonl."""
        with (self.folder / METRICS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(values, ensure_ascii=False) + "\n")


def to_dataset(sequences: Sequences) -> Dataset:
    """Return sequences as the columns that TRL's collator reads."""
    import numpy as np
    import pyarrow as pa
    from datasets import Dataset

    tokens = sequences.tokens
    offsets = pa.array(tokens.starts, pa.int64())
    labels = np.where(tokens.trained, tokens.ids, -100).astype(np.int64)
    columns = {
        "input_ids": pa.LargeListArray.from_arrays(offsets, pa.array(tokens.ids)),
        "labels": pa.LargeListArray.from_arrays(offsets, pa.array(labels)),
    }
    if sequences.seq_lengths is not None:
        columns["seq_lengths"] = pa.array(sequences.seq_lengths, pa.list_(pa.int64()))
    return Dataset(pa.table(columns))


def config_of(recipe: TrainRecipe, folder: Path, *, evaluates: bool, cuda: bool) -> Any:
    """Return the SFTConfig of a recipe: what is ours by explicit keyword, then `extra`."""
    from trl.trainer.sft_config import SFTConfig

    training = recipe.training
    names = {field.name for field in dataclasses.fields(SFTConfig)}
    # transformers 5.23 renamed it; the old name warns on every run.
    renamed = "activation_checkpointing" in names
    checkpointing = "activation_checkpointing" if renamed else "gradient_checkpointing"
    packed = recipe.data.packing in ("bfd", "bfd_split")
    settings: dict[str, Any] = {checkpointing: training.gradient_checkpointing}
    if training.tf32:
        settings["tf32"] = True
    return SFTConfig(
        output_dir=str(folder),
        seed=training.seed,
        num_train_epochs=training.num_train_epochs,
        max_steps=training.max_steps or -1,
        per_device_train_batch_size=training.per_device_train_batch_size,
        gradient_accumulation_steps=training.gradient_accumulation_steps,
        learning_rate=training.learning_rate,
        lr_scheduler_type=training.lr_scheduler_type,
        warmup_steps=training.warmup_steps,
        max_grad_norm=training.max_grad_norm,
        weight_decay=training.weight_decay,
        optim=training.optim,
        bf16=training.bf16,
        use_cpu=not cuda,
        max_length=recipe.data.max_length,
        packing=packed,
        packing_strategy=recipe.data.packing if packed else "bfd",
        dataset_kwargs={"skip_prepare_dataset": True},
        logging_steps=recipe.logging.every,
        logging_nan_inf_filter=False,
        report_to=recipe.logging.to or "none",
        disable_tqdm=True,
        push_to_hub=False,
        **_when("save", recipe.saving.every),
        **_when("eval", recipe.evaluation.every if evaluates else "never"),
        **settings,
        **recipe.extra,
    )


def _when(prefix: str, every: int | str) -> dict[str, Any]:
    if isinstance(every, int):
        return {f"{prefix}_strategy": "steps", f"{prefix}_steps": every}
    return {f"{prefix}_strategy": "epoch" if every == "epoch" else "no"}


def _save_whole(trainer: Any, save: Callable[[], None]) -> None:
    """Let `save` write into a staging folder, then seal that and move it into place."""
    watch, step = trainer.watch, trainer.state.global_step
    staging = watch.folder / checkpoints.STAGING
    shutil.rmtree(staging, ignore_errors=True)
    trainer._staged = staging
    try:
        save()
        staged = staging / f"checkpoint-{step}"
        name_base(staged, watch.base_name)
        checkpoints.seal(staged, watch.folder / staged.name, step=step)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        trainer._staged = None
    if watch.keep is not None:
        checkpoints.rotate(watch.folder, watch.keep)


@contextmanager
def _types_kept(model: Any) -> Iterator[None]:
    """Undo PEFT's cast of a loaded adapter to float32, which would make it another run."""
    trained = {n: p.dtype for n, p in model.named_parameters() if p.requires_grad}
    yield
    for name, parameter in model.named_parameters():
        if name in trained:
            parameter.data = parameter.data.to(trained[name])


@lru_cache(maxsize=1)
def trainer_class() -> Any:
    """Return the subclass; made on the first call, since TRL takes seconds to import."""
    import torch
    from transformers import Trainer
    from trl.trainer.sft_trainer import SFTTrainer

    base: Any = SFTTrainer

    class WatchedTrainer(base):  # type: ignore[misc]
        watch: Watch
        control: Any
        _staged: Path | None = None

        def training_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            mask = inputs.get("attention_mask")
            read = inputs["input_ids"].numel() if mask is None else int(mask.sum())
            loss = super().training_step(model, inputs, *args, **kwargs)
            self.watch.tokens += read
            self.watch.step_loss += float(loss)
            if not torch.isfinite(loss):
                raise DivergedError(
                    f"the loss is {float(loss)} at step {self.state.global_step + 1}",
                    hint="lower training.learning_rate, or add warm-up; checkpoints are whole",
                    code="RUN021",
                )
            return loss

        def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
            del args, kwargs
            if self.watch.docs is None:
                return {}
            with self.compute_loss_context_manager():
                loss = held_out_loss(self.model, self.watch.docs, pad_id=self.watch.pad_id)
            metrics = {"eval_loss": loss}
            self.log(dict(metrics))
            if self.watch.answer is not None:
                answers = self.watch.answer(self.model)
                self.watch.write(step=self.state.global_step, answers=answers)
            self.control = self.callback_handler.on_evaluate(
                self.args, self.state, self.control, metrics
            )
            return metrics

        def _get_output_dir(self, trial: Any) -> str:
            if self._staged is not None:
                return str(self._staged)
            return str(super()._get_output_dir(trial))

        def _save_checkpoint(self, model: Any, trial: Any) -> None:
            # Past TRL's override, which only writes a model card.
            _save_whole(self, lambda: Trainer._save_checkpoint(self, model, trial))

        def _load_from_checkpoint(self, *args: Any, **kwargs: Any) -> None:
            with _types_kept(self.model):
                super()._load_from_checkpoint(*args, **kwargs)

    return WatchedTrainer


def watching(watch: Watch) -> Any:
    """Return the callback that writes metrics, shows progress and stops when asked."""
    from transformers import TrainerCallback

    class Watcher(TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            watch.began = time.monotonic()

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
            watch.progress.loss(watch.step_loss)
            watch.step_loss = 0.0
            watch.progress.step(state.global_step, watch.tokens)
            if watch.stop:
                control.should_save = True
                control.should_training_stop = True
            return control

        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            logs: dict[str, Any] = kwargs.get("logs") or {}
            if "train_runtime" in logs:
                return
            if "eval_loss" in logs:
                text = f"step {state.global_step}  held-out loss {logs['eval_loss']:.4f}"
                watch.progress.say(text)
            numbers = {k: v for k, v in logs.items() if _finite(v)}
            seconds = round(time.monotonic() - watch.began, 3) if watch.began else 0.0
            memory = _memory_bytes()
            watch.write(
                step=state.global_step, **numbers, seconds=seconds, peak_memory_bytes=memory
            )

    return Watcher()


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _memory_bytes() -> int:
    """Peak memory of the device, or of the process."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
