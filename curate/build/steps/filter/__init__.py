"""Rows that are kept by quality scores: every removal names its score and its threshold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from curate.build.line.base import Context, Decision, Removal, Rows
from curate.build.steps.filter.report import Outcome, lines, outcome, report
from curate.build.steps.filter.scores import PATH, Measured, check_side, measure, read_again
from curate.errors import UsageError
from curate.filtering.presets import Preset, preset_named
from curate.filtering.rules import Rule, parse, parse_all
from curate.filtering.scores import Side, column_named, needed
from curate.finding import Hit
from curate.recipe import option
from curate.row import Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
else:
    Indices = Mask = Any

MADE_FOR_WEB_PAGES = "QLT229"


@dataclass(frozen=True)
class FilterOptions:
    """Options of `curate filter`."""

    keep: list[str] = option(
        factory=list,
        doc="Rules that a row must pass to stay: `response_words >= 3`, `language in en, de`, "
        "`compression_ratio >= 0.2 and known`. A row without the score stays, unless `and known`.",
    )
    preset: list[str] = option(
        names=True,
        factory=list,
        doc="Published sets of rules, behind those of `keep`: gopher, gopher-repetition, c4, "
        "fineweb, fineweb-language. They were made for web pages, not for answers.",
    )
    on: Literal["prompt", "response", "prompt+response", "conversation"] = option(
        "response",
        doc="The text that a score without a side is measured on. Of a preference the response is "
        "the chosen answer.",
    )
    scores: list[str] = option(
        names=True,
        factory=list,
        doc="Scores that are measured and written though no rule asks for them.",
    )
    scores_from: str | None = option(
        None, doc="A folder or scores/filter.arrow of an earlier run: its scores are taken."
    )
    add_scores: bool = option(False, doc="Put the scores into the rows' extra, by name.")


class Filter:
    """Removes the rows that fail a rule.

    A row that fails several rules is counted under the first and its message names them all. The
    scores of all rows, also of those that leave, are written to `scores/filter.arrow`.

    Args:
        options: The options.

    Raises:
        UsageError: If a rule, score or preset is wrong, or none is given.
    """

    name = "filter"

    def __init__(self, options: FilterOptions) -> None:
        self.options = options
        on: Side = "conversation" if options.on == "prompt+response" else options.on
        presets = [preset_named(name) for name in options.preset]
        self._rules: list[tuple[Rule, Preset | None]] = [
            (rule, None) for rule in parse_all(options.keep, on)
        ]
        for preset in presets:
            self._rules += [(parse(text, on), preset) for text in preset.rules]
        asked = [rule.column for rule, _ in self._rules]
        self.columns = needed([*asked, *(column_named(name, on) for name in options.scores)])
        if not self.columns:
            raise UsageError(
                "a filter needs a rule", hint="--keep 'response_words >= 3', or --preset gopher"
            )

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Measure the rows and decide which stay.

        Raises:
            UsageError: If rows of this kind have no such text, tokens are asked for without a
                tokenizer, or `scores_from` is of other rows.
            InputError: If `scores_from` cannot be read.
            MissingExtraError: If a language is asked for and the extra `language` is missing.
        """
        for column in self.columns:
            check_side(rows.kind, column)
        if self.options.scores_from is None:
            measured = measure(rows, self.columns, context)
        else:
            path = Path(self.options.scores_from)
            measured = read_again(path, rows, self.columns, context)
        decision = Decision()
        outcomes = self._judge(rows, measured, decision)
        self._warn(outcomes, decision, len(rows))
        tokenizer = context.settings.tokenizer
        decision.files[PATH] = lambda path: measured.write(path, rows, tokenizer)
        if self.options.add_scores:
            decision.extra = {name: measured.plain(name) for name in measured.columns}
        decision.report = {"on": self.options.on, **report(outcomes, measured)}
        decision.lines = lines(outcomes, len(rows))
        return decision

    def _judge(self, rows: Rows, measured: Measured, decision: Decision) -> list[Outcome]:
        outcomes = []
        gone = np.zeros(len(rows), np.bool_)
        for rule, preset in self._rules:
            values = measured.values(rule.column.name)
            fails = rule.fails(values)
            leaving = np.flatnonzero(fails & ~gone)
            gone |= fails
            if len(leaving):
                decision.removals.append(self._removal(rule, leaving, measured, rows.kind))
            counts = (int(np.count_nonzero(fails)), len(leaving))
            missing = int(np.count_nonzero(rule.missing(values)))
            name = None if preset is None else preset.name
            outcomes.append(outcome(rule, name, values, counts, missing))
        return outcomes

    def _removal(self, rule: Rule, leaving: Indices, measured: Measured, kind: Kind) -> Removal:
        def say(at: int) -> str:
            row = int(leaving[at])
            said = [rule.said(measured.one(rule.column.name, row))]
            for other, _ in self._rules:
                if other is not rule and other.text != rule.text:
                    value = measured.one(other.column.name, row)
                    if _fails_one(other, value):
                        said.append(other.said(value))
            return "; ".join(said)

        column = rule.column
        scores = None if rule.codes else measured.values(column.name)[leaving]
        if scores is not None and column.score.whole and not np.isnan(scores).any():
            scores = scores.astype(np.int64)
        pointer = _pointer(kind, column.side)
        return Removal(column.score.code, leaving, say, scores=scores, pointer=pointer)

    def _warn(self, outcomes: list[Outcome], decision: Decision, n_rows: int) -> None:
        """Tell of every preset that it was made for something else, and what it removes."""
        for preset in dict.fromkeys(preset for _, preset in self._rules if preset is not None):
            removed = sum(each.removed for each in outcomes if each.preset == preset.name)
            message = f"{preset.name} ({preset.source}) was {preset.warning}"
            message += f"; it removes {removed:,} of {n_rows:,} rows"
            decision.findings.append((-1, Hit(MADE_FOR_WEB_PAGES, "", message)))


def _fails_one(rule: Rule, value: Any) -> bool:
    kind = object if rule.column.score.is_code else np.float64
    return bool(rule.fails(np.array([value], kind))[0])


def _pointer(kind: Kind, side: Side | None) -> str:
    """Return the JSON Pointer to the side of a row that a score looked at."""
    if side in (None, "conversation"):
        return ""
    prompts: dict[Kind, str] = {"sft": "/messages", "segments": "/segments"}
    responses = prompts | {
        "preference": f"/{'rejected' if side == 'rejected' else 'chosen'}",
        "unpaired": "/completion",
        "text": "/text",
        "stepwise": "/completions",
    }
    return prompts.get(kind, "/prompt") if side == "prompt" else responses.get(kind, "")


__all__ = ["Filter", "FilterOptions"]
