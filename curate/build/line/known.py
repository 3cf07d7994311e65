"""The steps there are, in the order in which a recipe runs them; their modules come late."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
from collections.abc import Mapping
from typing import Any

from curate.build.line.base import Step
from curate.errors import UsageError
from curate.recipe import listed

# Step → (module, options, class).
STEPS: dict[str, tuple[str, str, str]] = {
    "redact": ("redact", "RedactOptions", "Redact"),
    "dedup": ("dedup", "DedupOptions", "Dedup"),
    "decontaminate": ("decontaminate", "DecontaminateOptions", "Decontaminate"),
    "filter": ("filter", "FilterOptions", "Filter"),
    "balance": ("balance", "BalanceOptions", "Balance"),
    "mix": ("mix", "MixOptions", "Mix"),
    "split": ("split", "SplitOptions", "Split"),
}


def options_of(name: str) -> type[Any]:
    """Return the dataclass of a step's options."""
    module, options, _ = STEPS[name]
    found: type[Any] = getattr(importlib.import_module(f"curate.build.steps.{module}"), options)
    return found


def made(name: str, options: Any) -> Step:
    """Return a step with its options.

    Raises:
        UsageError: If the options contradict each other.
    """
    module, _, step = STEPS[name]
    named = {
        field.name: listed(getattr(options, field.name))
        for field in dataclasses.fields(options)
        if field.metadata.get("names")
    }
    made_of = dataclasses.replace(options, **named)
    found: Step = getattr(importlib.import_module(f"curate.build.steps.{module}"), step)(made_of)
    return found


def step_of(name: str, given: Mapping[str, Any]) -> Step:
    """Return a step with options by name; a missing one has its default.

    Raises:
        UsageError: If there is no such option, or the options contradict each other.
    """
    kind = options_of(name)
    known = [field.name for field in dataclasses.fields(kind)]
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            meant = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}"
            raise UsageError(f"{name}: there is no option {key!r}", hint=meant)
    required = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    if absent := sorted(required - given.keys()):
        raise UsageError(f"{name}: the option {absent[0]!r} is missing")
    return made(name, kind(**{k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}))
