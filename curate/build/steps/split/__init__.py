"""Train, validation and test: whole groups and near-duplicates, by a seeded draw of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.line.base import Context, Decision, Rows, Splits
from curate.build.steps.draws import draws, id_keys, shares_of
from curate.build.steps.scores import score_file
from curate.build.steps.split.report import Outcome, faults, lines, prevented, report
from curate.build.steps.split.strata import strata_of
from curate.build.steps.split.together import Near, Together, kept_together
from curate.checks.whole.base import counted
from curate.deduplication.minhash import NearOptions
from curate.errors import UsageError
from curate.recipe import option
from curate.splitting import Units, Wanted, assign

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Marks = NDArray[np.uint16]
else:
    Marks = Any

TRAIN = "train"
NO_GROUP = "none"
# Each takes from another end of the draws, so that one can grow without moving the other.
_FROM_TOP = {"validation": True, "test": False}


@dataclass(frozen=True)
class SplitOptions:
    """Options of `curate split`."""

    validation_ratio: float | None = option(
        None, doc="Share of the rows for validation: above 0 and below 1.", above=0, maximum=1
    )
    test_ratio: float | None = option(
        None, doc="Share of the rows for test: above 0 and below 1.", above=0, maximum=1
    )
    validation_rows: int | None = option(None, doc="Number of rows for validation.", minimum=1)
    test_rows: int | None = option(None, doc="Number of rows for test.", minimum=1)
    stratify: list[str] = option(
        names=True,
        factory=list,
        doc="Facets whose values keep their shares in each split: category, language, source, "
        "label, turns, length_chars, length_tokens, extra.FIELD …",
    )
    group: list[str] = option(
        names=True,
        factory=list,
        doc="What rows have in common that are never parted: group, conversation, thread, author, "
        "source, or extra.FIELD; several are joined. Without it `group`, where rows have one; "
        "`none` is for no group.",
    )
    near_duplicates: bool = option(
        True, doc="Near-duplicates and rows with identical prompts are never parted."
    )
    on: Literal["prompt", "response", "prompt+response", "conversation"] = option(
        "prompt", doc="The text by which rows are near-duplicates."
    )
    threshold: float = option(
        0.7,
        doc="Least Jaccard similarity of the 5-grams of words of near-duplicates.",
        above=0,
        maximum=1,
    )
    seed: int = option(42, doc="Seed of the draw.")
    resplit: bool = option(False, doc="Split rows anew that have validation or test already.")


class Split:
    """Assigns each row to a split; nothing is removed.

    Units are drawn, and a unit is what `kept_together` holds together. A unit's draw is a seeded
    hash of what its rows have in common (group, else prompt, else id), not of where they stand.

    What stays when rows are added, with the same options:

    - By ratio, without `stratify`: every unit stays in its split, however many are added. One can
      move where it is no longer the same: where an added row joins it (its group, if it has one,
      keeps it in place; among near-duplicates it moves where the new row's key is the lower one),
      or where so many rows share a sentence now that it counts as a template's. One can also move
      that was larger than the split, or stood in for an empty split, while there were few rows.
    - By rows, or with `stratify`: the lowest draws are taken, so an added unit can push units at
      the boundary out, about as many rows as it brings, and a ratio that now asks for more rows
      takes them at the boundary. Rows move only between train and one other split.

    The order of the rows makes no difference, but where more than eight prompts are so alike that
    `dedup` compares each with some of the others only.

    Args:
        options: The options.

    Raises:
        UsageError: If no split is asked for, one by ratio and by rows, or a ratio is out of range.
    """

    name = "split"

    def __init__(self, options: SplitOptions) -> None:
        self.options = options
        self.wanted = _wanted(options)
        near = Near(options.on, NearOptions(threshold=options.threshold))
        self.near = near if options.near_duplicates else None

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Assign rows to splits.

        Raises:
            UsageError: If rows have splits already, or a split would be empty.
        """
        options = self.options
        _check_rows(rows, options, len(self.wanted) + 1)
        together = kept_together(rows, _groups(rows, options.group), self.near, context)
        strata = strata_of(rows, options.stratify, context) if options.stratify else None
        units = Units.of(together.unit_of_row, None if strata is None else strata.of_row)
        drawn = draws(together.unit_keys, options.seed)
        _check_wanted(self.wanted, len(rows), len(units), together)
        found = assign(
            units,
            drawn,
            list(self.wanted.values()),
            None if strata is None else draws(strata.keys, options.seed),
        )
        names = (TRAIN, *(name for name in _FROM_TOP if name in self.wanted))
        places = np.array([0, *(names.index(name) for name in self.wanted)], np.uint16)
        of_row: Marks = places[found.split_of_unit][together.unit_of_row]
        splits = Splits(names, of_row)
        asked = dict(zip(self.wanted, found.asked, strict=True))
        _check_found(splits, asked, units, together)
        outcome = Outcome(splits, asked, together, units, strata, found)
        parted = prevented(outcome, draws(id_keys(rows), options.seed))
        decision = Decision(splits=splits, findings=faults(outcome))
        decision.report = report(outcome, parted, options.seed)
        decision.lines = lines(decision.report)
        decision.files["scores/split.arrow"] = score_file(
            rows,
            {"unit": together.unit_of_row, "draw": shares_of(drawn)[together.unit_of_row]},
        )
        return decision


def _wanted(options: SplitOptions) -> dict[str, Wanted]:
    """Return the splits asked for, test first, so that it is the one that is drawn freely."""
    found = {}
    for name in ("test", "validation"):
        ratio, rows = getattr(options, f"{name}_ratio"), getattr(options, f"{name}_rows")
        if ratio is not None and rows is not None:
            raise UsageError(f"{name}_ratio and {name}_rows are both given: one says it all")
        if ratio is not None and not 0 < ratio < 1:
            raise UsageError(
                f"{name}_ratio must be above 0 and below 1, found {ratio}",
                hint=f"leave it out where there is to be no {name} split",
            )
        if rows is not None and rows < 1:
            raise UsageError(
                f"{name}_rows must be at least 1, found {rows}",
                hint=f"leave it out where there is to be no {name} split",
            )
        if ratio is not None or rows is not None:
            found[name] = Wanted(ratio, rows, _FROM_TOP[name])
    if not found:
        raise UsageError(
            "no split is asked for",
            hint="validation_ratio, test_ratio, validation_rows or test_rows",
        )
    ratios = [want.ratio for want in found.values() if want.ratio is not None]
    if sum(ratios) >= 1:
        asked = " and ".join(f"{ratio:g}" for ratio in ratios)
        raise UsageError(f"ratios of {asked} leave no rows to train on")
    return found


def _groups(rows: Rows, asked: list[str]) -> list[str]:
    """Return what holds rows together: where nothing was asked for, the group that they have."""
    if asked:
        return [] if asked == [NO_GROUP] else asked
    return ["group"] if any(_has_text(batch) for _, batch in rows.batches(["group"])) else []


def _has_text(batch: pa.RecordBatch) -> bool:
    trimmed = pc.utf8_trim_whitespace(batch.column(0).drop_null())
    return bool(pc.any(pc.not_equal(trimmed, "")).as_py())


def _check_rows(rows: Rows, options: SplitOptions, n_splits: int) -> None:
    there = {name: n for name, n in rows.splits.counts().items() if n and name != TRAIN}
    if there and not options.resplit:
        counts = ", ".join(f"{name} {n:,}" for name, n in there.items())
        raise UsageError(
            f"the rows are split already: {counts}",
            hint="resplit forgets these splits and makes new ones",
        )
    if len(rows) < n_splits:
        raise UsageError(f"{counted(len(rows), 'row')} cannot make {n_splits} splits")


def _check_wanted(wanted: dict[str, Wanted], n_rows: int, n_units: int, together: Together) -> None:
    asked = {name: want.asked(n_rows) for name, want in wanted.items()}
    for name, want in wanted.items():
        if not asked[name]:
            raise UsageError(
                f"a {name}_ratio of {want.ratio:g} of {n_rows:,} rows is less than half a row",
                hint=f"{name}_rows, or a larger ratio",
            )
    if sum(asked.values()) >= n_rows:
        raise UsageError(
            f"{_listed(asked)} of {n_rows:,} rows leave none to train on",
            hint="ask for fewer",
        )
    if n_units <= len(wanted):
        raise UsageError(
            f"{n_rows:,} rows are {n_units} group{'s' if n_units > 1 else ''} by "
            f"{together.reasons()}, and {len(wanted) + 1} splits are asked for",
            hint="group by something finer" + together.finer(),
        )


def _listed(asked: dict[str, int]) -> str:
    return " and ".join(f"{n:,} rows for {name}" for name, n in asked.items())


def _check_found(splits: Splits, asked: dict[str, int], units: Units, together: Together) -> None:
    for name, n_rows in splits.counts().items():
        if n_rows:
            continue
        if name == TRAIN:
            raise UsageError(
                "every group was drawn for another split, and none is left to train on",
                hint="a smaller ratio, a number of rows, or another seed",
            )
        raise UsageError(
            f"{name} would be empty: {asked[name]:,} rows are asked for, and no group of rows "
            f"({together.reasons()}) fits; the smallest has {int(units.sizes.min()):,}",
            hint=f"ask for more rows for {name}, or group by something finer{together.finer()}",
        )


__all__ = ["Split", "SplitOptions"]
