"""Plans, recipes and this machine as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from importlib import metadata
from typing import TYPE_CHECKING, Any

from curate import recipe as recipes
from curate.errors import printable

if TYPE_CHECKING:
    from train.plan import Plan

_COMMAND = re.compile(r"#\s{2,}((?:curate|python -m curate) .*)")
_NEEDED = {
    "torch": "train",
    "transformers": "train",
    "trl": "train",
    "peft": "train",
    "accelerate": "train",
    "datasets": "train",
    "tokenizers": "tokens",
    "bitsandbytes": "train",
}


def plan_lines(plan: Plan, *, short: bool = False) -> Iterator[str]:
    """Yield a plan as lines; `short` leaves the values out."""
    if not short:
        width = max(map(len, plan.values))
        for key, value in plan.values.items():
            yield f"{key:<{width}}  {printable(value.value, 60):<40}  {value.origin}"
        yield ""
    if plan.prepared is not None:
        yield from _numbers(plan)
    for note in plan.notes:
        yield f"note: {note}"


def _numbers(plan: Plan) -> Iterator[str]:
    yield f"rows              {plan.rows:,}"
    if plan.eval_rows:
        yield f"held out          {plan.eval_rows:,}"
    share = plan.trained_tokens / plan.tokens if plan.tokens else 0.0
    trained = f"{plan.trained_tokens:,} trained ({share:.1%})"
    yield f"tokens            {plan.tokens:,} an epoch, {trained}"
    if plan.truncated_rows or plan.dropped_rows:
        yield f"too long          {plan.truncated_rows:,} cut, {plan.dropped_rows:,} left out"
    if plan.packing_efficiency_ratio is not None:
        ratio = plan.packing_efficiency_ratio
        yield f"sequences         {plan.packed_sequences:,}, {ratio:.1%} full"
    yield f"steps             {plan.steps:,} ({plan.steps_per_epoch:,} an epoch)"
    if plan.memory_bytes is not None:
        yield f"memory (estimate) {plan.memory_bytes / 2**30:.2f} GiB"


def refusal_lines(plan: Plan) -> Iterator[str]:
    """Yield why a plan does not run, each with its code."""
    for refusal in plan.refusals:
        yield f"refused: {refusal.code} {refusal.message}"
    if plan.hint:
        yield "  fix: " + plan.hint.replace("\n", "\n       ")


def makes(recipe: str) -> tuple[str, ...]:
    """Return the commands at the head of a recipe that make its dataset."""
    found = []
    for line in recipes.find(recipe).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        command = _COMMAND.match(line)
        if command:
            found.append(command[1])
    return tuple(found)


def shipped_recipes() -> list[dict[str, str]]:
    """Return the shipped train recipes by name, each with the first line of its comment."""
    found = []
    for name in recipes.shipped_names():
        lines = recipes.find(name).read_text("utf-8").splitlines()
        said = [line[1:].strip() for line in lines if line.startswith("#")]
        titles = [line for line in said if line and not line.startswith("yaml-language-server")]
        found.append({"name": name, "title": titles[0] if titles else ""})
    return found


def diagnosis() -> dict[str, Any]:
    """Return versions, the device, and for each missing package the line that installs it."""
    from train.hardware import hardware

    found: dict[str, str | None] = {}
    for name in _NEEDED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    extras = {_NEEDED[name] for name, version in found.items() if version is None}
    return {
        "versions": found,
        "device": hardware().name,
        "missing": [f"pip install 'tunesmith[{extra}]'" for extra in sorted(extras)],
    }


def terminal_text(text: str) -> str:
    """Return generated text without control and format characters, line ends kept."""
    return "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
