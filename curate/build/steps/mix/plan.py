"""How much is asked of each input of a mixture."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.errors import UsageError, printable
from curate.mixing import amounts, shares

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    from curate.build.steps.mix import MixOptions

    Indices = NDArray[np.int64]
    Shares = NDArray[np.float64]
else:
    Indices = Shares = Any

UNITS = ("rows", "tokens", "chars")


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a mixture.

    Attributes:
        name: As it was typed.
        rows: `(n,) int64`, ascending: the indices of its rows that are mixed.
        size: What they have in the plan's unit.
        weight: The weight or epochs that were given, or None.
        share: Its share of the mixture, 0 to 1; 0 where it has nothing.
        asked: How much is asked of it.
        way: `weight`, `epochs` or the strategy's name.
    """

    name: str
    rows: Indices
    size: int
    weight: float | None
    share: float
    asked: int
    way: str

    def why(self) -> str:
        """Return what decided how much is drawn, as it is said in a message."""
        if self.way == "epochs":
            return f"{self.weight:g} epochs"
        if self.weight is not None:
            return f"its weight of {self.weight:g}, a share of {self.share:.2%}"
        return f"its {self.way} share of {self.share:.2%}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A mixture before it is drawn.

    Attributes:
        parts: The inputs, in their order.
        strategy: `weights`, `epochs`, `concatenate`, `proportional`, `equal` or `temperature`.
        unit: `rows`, `tokens` or `chars`.
        budget: What the mixture is to have in all, or None.
        n_other: Rows of other splits, which stay as they are.
    """

    parts: tuple[Part, ...]
    strategy: str
    unit: str
    budget: int | None
    n_other: int


def check_options(options: MixOptions) -> None:
    """Check what of the options can be checked without rows.

    Raises:
        UsageError: If they contradict each other, or a weight is no number above 0.
    """
    budgets = [unit for unit in UNITS if getattr(options, unit) is not None]
    if len(budgets) > 1:
        raise UsageError(f"{' and '.join(budgets)} are both given: a mixture has one budget")
    for unit in budgets:
        if getattr(options, unit) < 1:
            raise UsageError(f"{unit} must be at least 1, found {getattr(options, unit)}")
    if options.weights and options.epochs:
        raise UsageError("weights and epochs are both given: each says how much of an input")
    if options.epochs and (options.strategy or budgets):
        beside = options.strategy or budgets[0]
        raise UsageError(f"epochs say how much of each input, and so does {beside}")
    if options.weights and options.strategy not in (None, "weights"):
        raise UsageError(f"weights go with the strategy weights, not with {options.strategy}")
    if options.strategy == "weights" and not options.weights:
        raise UsageError("the strategy weights needs weights", hint="weights: INPUT=2 …")
    if options.strategy == "concatenate" and budgets:
        raise UsageError(
            f"concatenate takes all rows, so {budgets[0]} cannot be kept",
            hint="proportional takes a part of each input in proportion to what it has",
        )
    _check_temperature(options)
    if not options.splits:
        raise UsageError("splits names no split")
    for option, texts in (("weights", options.weights), ("epochs", options.epochs)):
        named(texts, option)


def _check_temperature(options: MixOptions) -> None:
    if (options.strategy == "temperature") != (options.temperature is not None):
        raise UsageError("the strategy temperature and a temperature go together")
    value = options.temperature
    if value is not None and not (math.isfinite(value) and value > 0):
        raise UsageError(f"temperature must be above 0, found {value}")
    if options.mark is not None and not options.mark.strip():
        raise UsageError("mark is blank", hint="null for no mark")


def named(texts: Sequence[str], option: str) -> dict[str, float]:
    """Read `INPUT=NUMBER`; the last `=` counts.

    Raises:
        UsageError: If one is not of this form, the number is not above 0, or a name comes twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, sign, number = text.rpartition("=")
        value = _number(number)
        if not sign or not name or value is None:
            raise UsageError(
                f"{option}: expected INPUT=NUMBER, found {printable(text)}",
                hint=f"{option} data/a=0.5",
            )
        if value <= 0:
            raise UsageError(
                f"{option}: {printable(name)} must have a number above 0, found {number.strip()}",
                hint="leave the input out of the mixture",
            )
        if name in found:
            raise UsageError(f"{option}: {printable(name)} is named twice")
        found[name] = value
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def planned(
    names: Sequence[str],
    mixed: Sequence[Indices],
    sizes: Indices | None,
    n_rows: int,
    options: MixOptions,
) -> Plan:
    """Return how much is asked of each input.

    Args:
        names: The inputs.
        mixed: For each the indices of its rows that are mixed.
        sizes: What each row brings in the budget's unit; None where it is rows.
        n_rows: How many rows there are, those included that are not mixed.
        options: The options.

    Raises:
        UsageError: If a weight names no input, an input has none, or there is no row to draw.
    """
    strategy, unit, budget = _chosen(options)
    of_each = np.array([len(at) if sizes is None else int(sizes[at].sum()) for at in mixed])
    if not sum(map(len, mixed)):
        raise UsageError("no input has a row to draw")
    if not of_each.any():
        raise UsageError(f"no row has any {unit}")
    weights = _of_inputs(names, options)
    # By name, so that the order of the inputs does not decide which is rounded up.
    ranks = np.argsort(np.argsort(np.array(names, dtype=object), kind="stable"), kind="stable")
    asked, share = _asked(strategy, of_each, weights, budget, ranks, options)
    way = {"weights": "weight", "epochs": "epochs"}.get(strategy, strategy)
    parts = tuple(
        Part(name, at, int(size), weight, float(of), int(n), way)
        for name, at, size, weight, of, n in zip(
            names, mixed, of_each, weights, share, asked, strict=True
        )
    )
    return Plan(parts, strategy, unit, budget, n_rows - sum(map(len, mixed)))


def _chosen(options: MixOptions) -> tuple[str, str, int | None]:
    """Return the strategy, the unit and the budget."""
    unit = next((unit for unit in UNITS if getattr(options, unit) is not None), None)
    budget = None if unit is None else int(getattr(options, unit))
    if options.strategy is not None:
        strategy: str = options.strategy
    elif options.weights or options.epochs:
        strategy = "weights" if options.weights else "epochs"
    else:
        strategy = "concatenate" if unit is None else "proportional"
    return strategy, unit or "rows", budget


def _asked(
    strategy: Any,
    sizes: Indices,
    weights: list[float | None],
    budget: int | None,
    ranks: Indices,
    options: MixOptions,
) -> tuple[Indices, Shares]:
    if strategy in ("concatenate", "epochs"):
        epochs = np.array([1.0 if weight is None else weight for weight in weights])
        asked = np.floor(epochs * sizes + 0.5).astype(np.int64)
        return asked, asked / max(int(asked.sum()), 1)
    given = np.array([1.0 if weight is None else weight for weight in weights])
    share = shares(sizes, strategy, given, options.temperature or 1.0)
    return amounts(share, sizes, budget, repeat=options.upsample, ranks=ranks), share


def _of_inputs(names: Sequence[str], options: MixOptions) -> list[float | None]:
    """Return the weight or epochs of each input, None where none is given."""
    option = "weights" if options.weights else "epochs"
    given = named(options.weights or options.epochs, option)
    found: list[float | None] = [None] * len(names)
    plain = [name.rstrip("/") for name in names]
    for name, value in given.items():
        places = [at for at, known in enumerate(plain) if known == name.rstrip("/")]
        if len(places) != 1:
            raise _unknown(name, names, option, len(places))
        if found[places[0]] is not None:
            raise UsageError(f"{option}: {printable(name)} is named twice")
        found[places[0]] = value
    absent = [name for name, value in zip(names, found, strict=True) if value is None]
    if options.weights and absent:
        raise UsageError(
            f"weights: {printable(', '.join(absent))} has none; with weights every input needs one",
            hint=f"weights {printable(absent[0])}=1",
        )
    return found


def _unknown(name: str, names: Sequence[str], option: str, n_found: int) -> UsageError:
    if n_found:
        return UsageError(f"{option}: {printable(name)} is the name of {n_found} inputs")
    near = difflib.get_close_matches(name, names, n=1)
    meant = f" (did you mean {printable(near[0])}?)" if near else ""
    return UsageError(
        f"{option}: no rows were read from an input {printable(name)}{meant}",
        hint=f"the inputs are {printable(', '.join(names), 200)}",
    )
