"""A mixture of several inputs: how much of each, and which of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.line.base import Addition, Context, Decision, Removal, Rows
from curate.build.steps.balance.values import balanced_rows
from curate.build.steps.draws import draws, id_keys, shares_of
from curate.build.steps.facets import numbers_of
from curate.build.steps.mix.plan import Part, Plan, check_options, planned
from curate.build.steps.mix.report import faults, lines, report
from curate.build.steps.scores import score_file
from curate.checks.columns import mask_of
from curate.errors import UsageError, printable
from curate.files.json_text import dumps, loads
from curate.mixing import drawn
from curate.recipe import option
from curate.row import TEXT

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Counts = NDArray[np.int32]
    Keys = NDArray[np.uint64]
else:
    Indices = Counts = Keys = Any


@dataclass(frozen=True)
class MixOptions:
    """Options of `curate mix`."""

    weights: list[str] = option(
        factory=list,
        doc="INPUT=WEIGHT for every input, as it was typed; only their proportions count.",
    )
    epochs: list[str] = option(
        factory=list,
        doc="INPUT=EPOCHS: how often an input is gone through, 0.5 being half of its rows; more "
        "than once with `upsample`. Inputs that are not named: once.",
    )
    strategy: Literal["weights", "concatenate", "proportional", "equal", "temperature"] | None = (
        option(
            None,
            doc="How shares are found: weights (where weights are given), concatenate (all rows), "
            "proportional (to what each input has; where only a budget is given), equal, or "
            "temperature.",
        )
    )
    temperature: float | None = option(
        None,
        doc="Shares are what an input has to the power of 1/temperature: 1 is proportional, and a "
        "high one nearly equal.",
        above=0,
    )
    rows: int | None = option(None, doc="Rows of the whole mixture.", minimum=1)
    tokens: int | None = option(
        None, doc="Tokens of the whole mixture, at most; shares are of tokens.", minimum=1
    )
    chars: int | None = option(
        None, doc="Characters of the whole mixture, at most; shares are of characters.", minimum=1
    )
    upsample: bool = option(False, doc="Repeat rows of an input that has less than is asked of it.")
    mark: str | None = option(
        "mixed_from", doc="Key of extra that tells which input a row came from; null for none."
    )
    splits: list[str] = option(
        names=True,
        factory=lambda: ["train"],
        doc="The splits that are mixed; other splits pass as they are. A set of one split is mixed "
        "whatever its name is.",
    )
    seed: int = option(42, doc="Seed of the draw.")


class Mix:
    """Draws rows of each input in given shares.

    Rows are taken in the order of a seeded hash of their ids, until what is asked of their input
    is full: a row is drawn or not whatever the order of the rows and inputs, a larger amount keeps
    what a smaller one drew, and an added row pushes out at most as much as it brings. The output
    keeps the input's order. Rows of splits that are not mixed all stay.

    Without a budget the mixture is the largest in these shares that repeats no row, or with
    `upsample` the smallest that leaves no row out. With one, each input gets its share of it: an
    input that has less is taken whole, and others do not fill its place.

    Args:
        options: The options.

    Raises:
        UsageError: If options contradict each other, or a weight is no number above 0.
    """

    name = "mix"

    def __init__(self, options: MixOptions) -> None:
        check_options(options)
        self.options = options

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Draw the rows.

        Raises:
            UsageError: If a weight names no input, an input has none, a split is unknown, there is
                no row to draw, no row fits the budget, or `extra` holds the mark already.
        """
        options = self.options
        several = len(rows.inputs.names) > 1
        if several and options.mark is not None:
            _check_mark(rows, options.mark)
        sizes = _sizes(rows, options, context)
        plan = planned(
            rows.inputs.names, _mixed_rows(rows, options.splits), sizes, len(rows), options
        )
        drawn_at = draws(id_keys(rows), options.seed)
        times = np.ones(len(rows), np.int32)
        for part in plan.parts:
            of_part = None if sizes is None else sizes[part.rows]
            times[part.rows] = drawn(
                drawn_at[part.rows], part.asked, of_part, repeat=options.upsample
            )
        if not any(times[part.rows].any() for part in plan.parts):
            raise UsageError(
                f"no row fits: {plan.budget:,} {plan.unit} in all are fewer than any one row has",
                hint="a larger budget",
            )
        shown = [context.clean(name) for name in rows.inputs.names]
        told = zip(plan.parts, shown, strict=True)
        plan = replace(plan, parts=tuple(replace(part, name=name) for part, name in told))
        decision = Decision(findings=faults(plan, times, sizes))
        decision.removals = list(_removals(plan, times, drawn_at))
        if times.max() > 1:
            again = np.flatnonzero(times > 1)
            decision.additions = [Addition("BAL031", np.repeat(again, times[again] - 1))]
        names = _names(rows, shown)
        if several and options.mark is not None:
            decision.extra[options.mark] = names
        decision.report = report(plan, times, sizes, options.seed)
        decision.lines = lines(decision.report)
        columns = {"input": names, "draw": shares_of(drawn_at), "times": times}
        if sizes is not None:
            columns[plan.unit] = sizes
        decision.files["scores/mix.arrow"] = score_file(rows, columns)
        return decision


def _mixed_rows(rows: Rows, splits: list[str]) -> list[Indices]:
    """Return the indices of the rows of each input that are mixed."""
    mixed = balanced_rows(rows, splits)
    of_row = rows.inputs.of_row[mixed]
    return [mixed[of_row == number] for number in range(len(rows.inputs.names))]


def _sizes(rows: Rows, options: MixOptions, context: Context) -> Indices | None:
    """Return what each row brings in the budget's unit, `(n_rows,) int64`; None for rows."""
    for unit in ("tokens", "chars"):
        if getattr(options, unit) is not None:
            return numbers_of(rows, f"length_{unit}", context).astype(np.int64)
    return None


def _names(rows: Rows, shown: Sequence[str]) -> pa.Array:
    """Return the input of each row as text, each name held once.

    Args:
        rows: The rows.
        shown: The names of the inputs as they may leave; two may be the same.
    """
    return pa.DictionaryArray.from_arrays(
        pa.array(rows.inputs.of_row.astype(np.int32)), pa.array(shown, TEXT)
    )


def _removals(plan: Plan, times: Counts, drawn_at: Keys) -> Iterator[Removal]:
    for part in plan.parts:
        left = part.rows[times[part.rows] == 0]
        if len(left):
            judged = shares_of(drawn_at[left])
            yield Removal("BAL030", left, _Saying(plan, part, times, judged), scores=judged)


class _Saying:
    """Says why a row of an input was not drawn."""

    def __init__(self, plan: Plan, part: Part, times: Counts, judged: Any) -> None:
        taken = int(np.sum(times[part.rows] > 0))
        unit = "" if plan.unit == "rows" else f" ({part.asked:,} {plan.unit} asked for)"
        self.why = (
            f"{printable(part.name)}: drawn {taken:,} of {len(part.rows):,} rows{unit} for "
            f"{part.why()}"
        )
        self.judged = judged

    def __call__(self, at: int) -> str:
        return f"{self.why}; the row's draw of {self.judged[at]:.5g} is not among the lowest"


def _check_mark(rows: Rows, mark: str) -> None:
    """Refuse to put a mark where a row has something else.

    Raises:
        UsageError: If a row's extra has the key.
    """
    found = mark in rows.extra
    for _, batch in rows.batches(["extra"]):
        if found:
            break
        column = batch.column("extra")
        likely = mask_of(pc.match_substring(column, dumps(mark)).fill_null(False))
        if likely.any():
            texts = column.filter(pa.array(likely)).to_pylist()
            found = any(mark in value for text in texts if isinstance(value := loads(text), dict))
    if found:
        raise UsageError(
            f"rows have {printable(mark)} in extra already, from an earlier mixture",
            hint="mark with another key, or with null for none",
        )


__all__ = ["Mix", "MixOptions"]
