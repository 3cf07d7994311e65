"""Run folders: claimed, continued, opened. No torch here."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate import recipe as recipes
from curate.errors import InputError, LockedError, OutputError, UsageError
from curate.render.template import Template, foreign, shipped
from train import checkpoints
from train.base import fetched
from train.recipe import AdapterSection, DataSection, ModelSection

if TYPE_CHECKING:
    from train.plan import Plan

PLAN, MANIFEST, TEMPLATE, BASE = "plan.json", "manifest.json", "template.jinja", "base"
SCHEMA_VERSION = 1
_VERSIONED = ("torch", "transformers", "trl", "peft", "accelerate", "bitsandbytes", "tokenizers")
# Sections that say when something is written, and never what is trained.
_FREE = ("output", "logging.", "saving.", "evaluation.")


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder, opened.

    Attributes:
        folder: The folder.
        plan: What was planned, as `plan.json` has it.
        weights: The folder of the adapter or of the whole model.
        is_adapter: Which of them it is.
    """

    folder: Path
    plan: dict[str, Any]
    weights: Path
    is_adapter: bool

    @property
    def tokenizer_folder(self) -> Path:
        """Where the tokenizer is: beside the weights."""
        return self.weights

    @property
    def model(self) -> ModelSection:
        """How the base was loaded."""
        return ModelSection(**_section(self.plan["values"], "model"))

    @property
    def data(self) -> DataSection:
        """What it was trained on; `dataset` is the path from here."""
        values = _section(self.plan["values"], "data")
        return DataSection(**{**values, "dataset": str(self._from_here(values["dataset"]))})

    def template(self) -> Template:
        """The chat template that it was trained with."""
        name = self.plan["template"]["name"]
        source = (self.folder / TEMPLATE).read_text("utf-8")
        try:
            ours = shipped(name)
        except (KeyError, OSError):
            return foreign(name, source)
        return ours if ours.source == source else foreign(name, source)

    def base_folder(self) -> Path:
        """The folder of the base model, fetched if it is a hub id.

        Raises:
            BackendError: If it is not there.
        """
        base = self.plan["base"]
        if base["kind"] == "hub":
            patterns = ("*.safetensors", "*.json", "tokenizer*", "chat_template*")
            return fetched(base["name"], base["revision"], patterns)
        path = self._from_here(base["name"])
        if base["kind"] == "run":
            start = open_run(str(path))
            return start.base_folder() if start.is_adapter else start.weights
        if not path.is_dir():
            raise InputError(f"the base model of {self.folder} is not at {path}", code="RUN016")
        return path

    def _from_here(self, name: str) -> Path:
        return Path(os.path.normpath(self.folder / name))


def open_run(name: str) -> Run:
    """Open `RUN` or `RUN@checkpoint-N`.

    Raises:
        InputError: If it is not a finished run, or has no such whole checkpoint (RUN026).
    """
    typed, _, checkpoint = name.partition("@")
    folder = Path(typed)
    try:
        plan = json.loads((folder / PLAN).read_text("utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{typed} is not a run of `train`", code="RUN026") from None
    if checkpoint:
        weights = folder / checkpoint
        if checkpoints.step_of(weights) < 0 or not checkpoints.is_whole(weights):
            known = ", ".join(p.name for p in checkpoints.checkpoints(folder)) or "none"
            raise InputError(f"{typed} has no whole {checkpoint}; it has: {known}", code="RUN026")
        return Run(folder, plan, weights, (weights / "adapter_config.json").is_file())
    if not (folder / MANIFEST).is_file():
        raise InputError(
            f"the run {typed} is not finished",
            hint="continue it with `train sft RECIPE --resume`, or name RUN@checkpoint-N",
            code="RUN026",
        )
    is_adapter = (folder / "adapter").is_dir()
    return Run(folder, plan, folder / ("adapter" if is_adapter else "model"), is_adapter)


def versions() -> dict[str, str]:
    """Return the versions of the libraries that decide what a run computes."""
    found = {}
    for name in _VERSIONED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def planned(plan: Plan) -> dict[str, Any]:
    """Return what `plan.json` holds: all that decides the weights; no absolute path."""
    prepared = plan.prepared
    if prepared is None:
        raise UsageError("a refused plan does not run")
    output = plan.recipe.output
    values = recipes.values(plan.recipe)
    if plan.recipe.adapter is None:
        values["adapter"] = None
    values["data.dataset"] = os.path.relpath(plan.recipe.data.dataset, output)
    name = plan.recipe.model.base
    local = prepared.base.run is not None or Path(name).is_dir()
    kind = "run" if prepared.base.run else "folder" if local else "hub"
    shown = os.path.relpath(name, output) if local else name
    if name == "tiny":
        kind, shown = "tiny", BASE
    values["model.base"] = shown if name != "tiny" else "tiny"
    ids = prepared.sequences.tokens.ids.tobytes() + prepared.sequences.tokens.trained.tobytes()
    return {
        "schema_version": SCHEMA_VERSION,
        "method": plan.recipe.method,
        "values": {k: v for k, v in values.items() if k != "output"},
        "base": {"kind": kind, "name": shown, "revision": plan.recipe.model.revision},
        "dataset": {"card_sha256": prepared.dataset.card_sha256},
        "tokens_sha256": hashlib.sha256(ids).hexdigest(),
        "template": {"name": prepared.template.name, "sha256": prepared.template.sha256},
        "steps": plan.steps,
        "versions": versions(),
    }


def check_output(plan: Plan, *, resume: bool) -> bool:
    """Check that the output folder may be written to; True where its run is finished already.

    Raises:
        OutputError: If it is in use (RUN018) or holds nothing to continue (RUN020).
        UsageError: If the run there was planned otherwise (RUN019).
    """
    folder = Path(plan.recipe.output)
    held = folder / PLAN
    if not resume:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what = "holds a run" if held.is_file() else "is not empty"
            raise OutputError(
                f"the output {plan.recipe.output} {what}",
                hint="continue with --resume, or name another folder: --set output=…",
                code="RUN018",
            )
        return False
    if not held.is_file():
        raise OutputError(
            f"there is no run to continue in {plan.recipe.output}",
            hint="start it without --resume",
            code="RUN020",
        )
    before, now = json.loads(held.read_text("utf-8")), planned(plan)
    differs = [line for line in _differences(before, now) if line]
    if differs:
        raise UsageError(
            f"the run in {plan.recipe.output} was planned otherwise:\n  " + "\n  ".join(differs),
            hint="undo the change, or start a new run: --set output=…",
            code="RUN019",
        )
    return (folder / MANIFEST).is_file()


def _differences(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    old, new = before["values"], now["values"]
    for key in sorted(old.keys() | new.keys()):
        if not key.startswith(_FREE) and old.get(key) != new.get(key):
            yield f"{key}: was {old.get(key)!r}, is {new.get(key)!r}"
    if before["dataset"] != now["dataset"] or before["tokens_sha256"] != now["tokens_sha256"]:
        yield "the data: was another"
    if before["template"] != now["template"]:
        yield "the template: was another"
    if before["steps"] != now["steps"]:
        yield f"steps: was {before['steps']}, is {now['steps']}"
    for name in sorted(before["versions"].keys() | now["versions"].keys()):
        was, is_now = before["versions"].get(name), now["versions"].get(name)
        if was != is_now:
            yield f"{name}: was {was}, is {is_now}"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run's folder for one process.

    Raises:
        LockedError: If another holds it.
        OutputError: If it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise LockedError(f"another run is writing to {folder}") from None
    try:
        yield
    finally:
        (folder / ".lock").unlink(missing_ok=True)
        os.close(handle)


def adapter_of(run: Run) -> AdapterSection:
    """Return the adapter section that a run was trained with."""
    return AdapterSection(**_section(run.plan["values"], "adapter"))


def _section(values: dict[str, Any], name: str) -> dict[str, Any]:
    prefix = f"{name}."
    return {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
