"""The options of `curate balance`, and what they ask for together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from curate.build.line.base import Rows
from curate.build.steps.facets import EXTRA, NUMBERS, check_name
from curate.errors import UsageError, printable
from curate.recipe import option

Mode = Literal["cap_rows", "cap_ratio", "target", "temperature"]
Unit = Literal["rows", "chars", "tokens"]
Select = Literal["random", "first", "diverse", "best"]
_MODES: tuple[Mode, ...] = ("cap_rows", "cap_ratio", "target", "temperature")
_UNITS: tuple[Unit, ...] = ("rows", "chars", "tokens")
_BEST = "best:"


@dataclass(frozen=True)
class BalanceOptions:
    """Options of `curate balance`."""

    by: list[str] = option(
        names=True,
        factory=list,
        doc="Facets whose values are balanced: category, language, group, source, format, model, "
        "label, turns, length_chars, length_tokens, extra.FIELD; of several, every combination.",
    )
    cap_rows: int | None = option(None, doc="Most rows of a value.", minimum=1)
    cap_ratio: float | None = option(
        None, doc="Largest share of a value in what is kept, 0 to 1.", above=0, maximum=1
    )
    target: list[str] = option(
        factory=list,
        doc="What values are to have: VALUE=ROWS or VALUE=SHARE%; * is every other value. A value "
        "without a target keeps its rows; of several facets, VALUE is as the report shows it.",
    )
    temperature: float | None = option(
        None,
        doc="Gives a value of the share p one in proportion to p^(1/T): 1 keeps the shares, more "
        "makes them alike.",
        above=0,
    )
    upsample: bool = option(
        False, doc="Copy rows of values that have fewer than target or temperature give them."
    )
    rows: int | None = option(None, doc="Rows to keep in all.", minimum=1)
    chars: int | None = option(None, doc="Characters of text to keep in all.", minimum=1)
    tokens: int | None = option(
        None, doc="Tokens of text to keep in all; needs a tokenizer.", minimum=1
    )
    select: str = option(
        "random",
        doc="Which rows of a value stay: random (by a seeded hash of the id), first, diverse (the "
        "most different), or best:FIELD (the highest number).",
    )
    on: Literal["prompt", "response", "prompt+response", "conversation"] = option(
        "conversation", doc="The text by which rows are different, for `select: diverse`."
    )
    model: str | None = option(
        None,
        doc="Embedding model by which rows are different, a folder or a hub id that is in the "
        "cache; without one their words are compared.",
    )
    backend: Literal["model2vec", "sentence-transformers"] = option(
        "model2vec", doc="What loads the model."
    )
    splits: list[str] = option(
        names=True,
        factory=lambda: ["train"],
        doc="The splits that are balanced; other splits pass as they are. A set of one split is "
        "balanced whatever its name.",
    )
    seed: int = option(42, doc="Seed of the hash that orders rows.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options ask for.

    Attributes:
        mode: What says how many rows a value is to have, or None.
        unit: What the budget counts; `rows` where there is none.
        budget: The budget, or None.
        select: Which rows of a value stay.
        field: The number that the best rows are chosen by, or None.
        options: The options.
    """

    mode: Mode | None
    unit: Unit
    budget: int | None
    select: Select
    field: str | None
    options: BalanceOptions

    @property
    def limit(self) -> str:
        """The mode and its number, as messages name them; a target's is the value's own."""
        if self.mode is None:
            return ""
        value = getattr(self.options, self.mode)
        return f"{self.mode} {value:,}" if isinstance(value, int) else f"{self.mode} {value:g}"

    @property
    def shares_budget(self) -> bool:
        """Whether values get shares of the budget itself, not of the rows they would keep."""
        return self.mode == "temperature" and self.budget is not None

    def check_rows(self, rows: Rows) -> None:
        """Check that there is something to do with rows of a kind.

        Raises:
            UsageError: If there is not.
        """
        if self.mode is not None or self.budget is not None:
            return
        if rows.kind == "unpaired" and not self.options.by:
            return
        given = (
            f"by {', '.join(self.options.by)} says what to balance"
            if self.options.by
            else ("nothing says how to balance")
        )
        raise UsageError(
            f"{printable(given)}, expected cap_rows, cap_ratio, target, temperature or a budget",
            hint="unpaired rows with no option at all only get the weights of their labels"
            if rows.kind == "unpaired"
            else "for example --by category --cap-rows 1000, or --rows 1000 --select diverse",
        )


def asked_of(options: BalanceOptions) -> Asked:
    """Return what options ask for.

    Raises:
        UsageError: If they contradict each other or are out of range.
    """
    _check_ranges(options)
    modes = [name for name in _MODES if getattr(options, name) not in (None, [])]
    units = [name for name in _UNITS if getattr(options, name) is not None]
    for given, what in ((modes, "how many rows a value has"), (units, "the budget")):
        if len(given) > 1:
            raise UsageError(f"{' and '.join(given)} both say {what}: give one")
    mode, unit = next(iter(modes), None), next(iter(units), None)
    if mode is not None and not options.by:
        raise UsageError(f"{mode} needs by: what rows are told apart by", hint="--by category")
    for name in options.by:
        check_name(name)
        if options.by.count(name) > 1:
            raise UsageError(f"by names {printable(name)} twice")
    if options.upsample and mode not in ("target", "temperature"):
        raise UsageError("upsample needs a target or a temperature: they say how many copies")
    if options.upsample and unit in ("chars", "tokens"):
        raise UsageError(f"upsample cannot fill a budget of {unit}: give rows")
    if mode == "target" and unit in ("chars", "tokens"):
        raise UsageError(f"a target counts rows, and {unit} is a budget of {unit}: give rows")
    select, field = _selected(options.select)
    if options.model is not None and select != "diverse":
        raise UsageError(f"`model` means nothing with select {printable(options.select)}")
    budget = None if unit is None else getattr(options, unit)
    return Asked(mode, unit or "rows", budget, select, field, options)


def _check_ranges(options: BalanceOptions) -> None:
    """Check what recipes check by themselves, for options that were made in Python."""
    for name in ("cap_rows", *_UNITS):
        value = getattr(options, name)
        if value is not None and value < 1:
            raise UsageError(f"{name} must be at least 1, found {value}")
    ratio, temperature = options.cap_ratio, options.temperature
    if ratio is not None and not 0 < ratio <= 1:
        raise UsageError(f"cap_ratio must be above 0 and at most 1, found {ratio}")
    if temperature is not None and not (temperature > 0 and math.isfinite(temperature)):
        raise UsageError(
            f"temperature must be a number above 0, found {temperature}",
            hint="a large one, such as 1000, makes all values alike",
        )
    if not options.splits:
        raise UsageError("splits names no split")


def _selected(text: str) -> tuple[Select, str | None]:
    field = text.removeprefix(_BEST)
    if field != text and field:
        own = field if field in NUMBERS or field.startswith(EXTRA) else EXTRA + field
        check_name(own, NUMBERS)
        return "best", own
    for name in ("random", "first", "diverse"):
        if text == name:
            return name, None
    raise UsageError(
        f"select is {printable(text)}, expected random, first, diverse or best:FIELD",
        hint="best:extra.score keeps the rows with the highest score",
    )
