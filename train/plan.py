"""The plan: every resolved value with its origin, what it amounts to, and why it would not run.

Arithmetic on what `train.prepare` counted; no torch here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from curate import recipe as recipes
from curate.errors import CurateError
from train.extra import extra_faults
from train.hardware import hardware
from train.machine import fitted, keeps_documents_apart, plain_causal
from train.memory import memory_bytes
from train.prepare import Prepared, prepare
from train.tokens import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from curate.recipe import Loaded
    from train.recipe import TrainRecipe

SCHEMA_VERSION = 1
REFUSED = 1


@dataclass(frozen=True, slots=True)
class Value:
    """A resolved value: `origin` is `default`, `recipe:LINE`, `--set` or `machine`."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would run. What was planned is what runs.

    Attributes:
        recipe: The recipe as this machine runs it.
        values: Dotted key → value with origin.
        rows: Rows read for training.
        tokens: Tokens that the model is fed in one epoch.
        trained_tokens: Those that carry loss.
        truncated_rows: Rows cut to `max_length`.
        untrained_rows: Rows without a trained token.
        dropped_rows: Rows left out as too long.
        eval_rows: Rows held out.
        packed_sequences: Sequences of one epoch.
        packing_efficiency_ratio: Share of the packed length that holds tokens, 0–1; None unpacked.
        steps: Optimizer steps of the whole run.
        steps_per_epoch: Optimizer steps of one epoch.
        memory_bytes: Estimated peak memory, None where the architecture is not known.
        refusals: Why it does not run; empty where it does.
        notes: What a value does not do, and what was replaced.
        exit_code: 0, or the exit code of the refusal.
        hint: What to do about a refusal that ended the planning.
        prepared: The materials; None where they could not be opened.
    """

    recipe: TrainRecipe
    values: Mapping[str, Value]
    rows: int = 0
    tokens: int = 0
    trained_tokens: int = 0
    truncated_rows: int = 0
    untrained_rows: int = 0
    dropped_rows: int = 0
    eval_rows: int = 0
    packed_sequences: int = 0
    packing_efficiency_ratio: float | None = None
    steps: int = 0
    steps_per_epoch: int = 0
    memory_bytes: int | None = None
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    exit_code: int = 0
    hint: str | None = None
    prepared: Prepared | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as `train plan --json` prints it."""
        numbers = (
            "rows",
            "tokens",
            "trained_tokens",
            "truncated_rows",
            "untrained_rows",
            "dropped_rows",
            "eval_rows",
            "packed_sequences",
            "packing_efficiency_ratio",
            "steps",
            "memory_bytes",
        )
        return {
            "schema_version": SCHEMA_VERSION,
            "command": "plan",
            "exit": self.exit_code,
            "method": self.recipe.method,
            "values": {k: {"value": v.value, "origin": v.origin} for k, v in self.values.items()},
            **{name: getattr(self, name) for name in numbers},
            "refusals": [{"code": r.code, "message": r.message} for r in self.refusals],
            "notes": list(self.notes),
        }


def make_plan(loaded: Loaded[TrainRecipe], *, makes: tuple[str, ...] = ()) -> Plan:
    """Plan a recipe; a refusal is in the plan, not raised.

    Args:
        loaded: The checked recipe.
        makes: The commands that make its dataset, for the refusal where it does not exist.

    Raises:
        CurateError: For faults that are no refusal of ours (an unreadable file).
    """
    recipe = loaded.recipe
    early = _conflicts(recipe)
    if early:
        return Plan(recipe, _values(loaded, recipe, {}), refusals=early, exit_code=2)
    try:
        prepared = prepare(recipe, makes=makes)
    except CurateError as error:
        if not (error.code or "").startswith("RUN"):
            raise
        refusal = Refusal(error.code or "", error.message)
        return Plan(
            recipe,
            _values(loaded, recipe, {}),
            refusals=(refusal,),
            exit_code=error.exit_code,
            hint=error.hint,
        )
    run_as, changed = fitted(recipe, hardware(), prepared.config)
    plan = _counted(run_as, _values(loaded, run_as, changed), prepared)
    refusals = _refusals(plan, prepared)
    replaced = [text for text in changed.values() if not text.startswith("auto:")]
    notes = (*replaced, *_notes(plan, prepared))
    return replace(plan, refusals=refusals, notes=notes, exit_code=REFUSED if refusals else 0)


def steps_of(n_sequences: int, recipe: TrainRecipe) -> tuple[int, int]:
    """Return (steps of the run, steps of an epoch), as transformers' Trainer counts them."""
    training = recipe.training
    batches = math.ceil(n_sequences / training.per_device_train_batch_size)
    per_epoch = math.ceil(batches / training.gradient_accumulation_steps)
    whole = math.ceil(training.num_train_epochs * per_epoch)
    return (training.max_steps or whole) if per_epoch else 0, per_epoch


def _values(
    loaded: Loaded[TrainRecipe], recipe: TrainRecipe, changed: Mapping[str, str]
) -> dict[str, Value]:
    flat = recipes.values(recipe)
    return {
        key: Value(value, "machine" if key in changed else loaded.origins.get(key, "default"))
        for key, value in flat.items()
    }


def _counted(recipe: TrainRecipe, values: dict[str, Value], prepared: Prepared) -> Plan:
    train, sequences = prepared.train, prepared.sequences
    steps, per_epoch = steps_of(len(sequences), recipe)
    n_tokens = len(sequences.tokens.ids)
    room = len(sequences) * recipe.data.max_length
    packed = recipe.data.packing != "none" and room > 0
    return Plan(
        recipe,
        values,
        rows=train.rows,
        tokens=n_tokens,
        trained_tokens=sequences.n_trained,
        truncated_rows=train.truncated_rows,
        untrained_rows=train.untrained_rows,
        dropped_rows=train.dropped_rows,
        eval_rows=len(prepared.evaluation.docs) if prepared.evaluation else 0,
        packed_sequences=len(sequences),
        packing_efficiency_ratio=round(n_tokens / room, 6) if packed else None,
        steps=steps,
        steps_per_epoch=per_epoch,
        memory_bytes=memory_bytes(prepared.config, recipe),
        prepared=prepared,
    )


def _conflicts(recipe: TrainRecipe) -> tuple[Refusal, ...]:
    found = []
    data = recipe.data
    if data.too_long == "split" and data.packing not in ("bfd_split", "wrapped"):
        text = f"data.too_long: split needs packing bfd_split or wrapped, found {data.packing}"
        found.append(Refusal("RUN014", text))
    if data.packing in ("bfd_split", "wrapped") and data.too_long == "error":
        text = (
            f"data.packing: {data.packing} cuts rows, so data.too_long must be split, drop or cut"
        )
        found.append(Refusal("RUN014", text))
    if data.eval_split is not None and data.eval_ratio is not None:
        found.append(Refusal("RUN014", "data.eval_split and data.eval_ratio are both set"))
    if data.eval_split is not None and data.eval_split == data.split:
        found.append(Refusal("RUN014", f"data.eval_split and data.split are both {data.split}"))
    if recipe.model.quantization is not None and recipe.adapter is None:
        text = f"model.quantization: {recipe.model.quantization} needs an adapter"
        found.append(Refusal("RUN023", text))
    if recipe.adapter is not None and "lm_head" in recipe.adapter.target_modules:
        text = "lm_head cannot be a target module; put it under adapter.modules_to_save"
        found.append(Refusal("RUN014", text))
    found += [Refusal("RUN022", text) for text in extra_faults(recipe.extra)]
    return tuple(found)


def _refusals(plan: Plan, prepared: Prepared) -> tuple[Refusal, ...]:
    recipe, train = plan.recipe, prepared.train
    found = train.faults.refusals()
    if prepared.evaluation is not None:
        for refusal in prepared.evaluation.faults.refusals():
            found.append(Refusal(refusal.code, f"held out: {refusal.message}"))
        if not len(prepared.evaluation.docs) and not prepared.evaluation.faults.rows:
            found.append(Refusal("RUN028", "no row is held out; data.eval_ratio is too small"))
    if not len(train.docs) and not train.faults.rows:
        where = f"{train.dropped_rows} of {train.rows} rows are longer than data.max_length"
        found.append(Refusal("RUN028", f"no row is left to train on: {where}"))
    elif plan.steps < 1 and not found:
        found.append(Refusal("RUN015", "the plan has no optimizer step"))
    positions = prepared.base.positions
    if positions is not None and recipe.data.max_length > positions:
        text = f"data.max_length is {recipe.data.max_length}, {prepared.base.name} has {positions}"
        found.append(Refusal("RUN017", f"{text} positions"))
    vocabulary = prepared.config.get("vocab_size")
    ids = prepared.sequences.tokens.ids
    if isinstance(vocabulary, int) and len(ids) and int(ids.max()) >= vocabulary:
        text = f"the tokenizer gives id {int(ids.max())}, the model has {vocabulary} embeddings"
        found.append(Refusal("RUN025", text))
    if recipe.model.attention == "per_document" and not plain_causal(prepared.config):
        kind = prepared.config.get("model_type")
        found.append(Refusal("RUN029", f"per_document attention is not exact for {kind}"))
    return tuple(found)


def _notes(plan: Plan, prepared: Prepared) -> list[str]:
    recipe, notes = plan.recipe, []
    training = recipe.training
    if training.warmup_steps and training.lr_scheduler_type == "constant":
        notes.append("warm-up has no effect under constant (constant_with_warmup has one)")
    if recipe.model.double_quant and recipe.model.quantization not in ("nf4", "fp4"):
        notes.append("double_quant has no effect without a 4-bit quantization")
    if recipe.data.packing == "wrapped":
        notes.append("wrapped packing lets a row see the rows before it in its sequence")
    if keeps_documents_apart(recipe) and recipe.model.attention == "sdpa":
        notes.append("packing under sdpa is exact but builds a full mask: slow at long sequences")
    for key, every in (("saving", recipe.saving.every), ("evaluation", recipe.evaluation.every)):
        if isinstance(every, int) and every > plan.steps:
            notes.append(f"{key}.every is {every}, beyond the run's {plan.steps} steps")
    if plan.eval_rows == 0:
        notes.append("nothing is held out: no loss says whether it learned")
    if prepared.evaluation is not None and prepared.evaluation.dropped_rows:
        notes.append(f"{prepared.evaluation.dropped_rows} held-out rows are left out as too long")
    if plan.dropped_rows:
        notes.append(f"{plan.dropped_rows} rows are left out as longer than max_length")
    if prepared.train.split_rows and recipe.data.packing == "bfd_split":
        notes.append(f"{prepared.train.split_rows} rows are split into pieces of max_length")
    for name, n_rows in sorted(prepared.train.left_out.items()):
        notes.append(f"{n_rows} messages' {name} is not shown by template {recipe.data.template}")
    return notes
