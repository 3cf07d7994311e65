"""The scores that there are, and how a rule names one.

A text is measured on a side of the row: `response_words` is the words of the response. Without a
side, `words` is measured on the text that the run looks at (`on`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from curate.errors import UsageError, printable
from curate.filtering import characters, languages, lengths, lines, repetition, wording
from curate.filtering.score import Measure, Score, Tools, Values
from curate.filtering.texts import Texts, blocks

Side = Literal["prompt", "response", "rejected", "conversation"]
SIDES: tuple[Side, ...] = get_args(Side)

SCORES: tuple[Score, ...] = (
    *lengths.SCORES,
    *characters.SCORES,
    *wording.SCORES,
    *lines.SCORES,
    *repetition.SCORES,
    *languages.SCORES,
)
BY_NAME = {score.name: score for score in SCORES}


@dataclass(frozen=True, slots=True)
class Column:
    """A score of one side of the row, or of the row.

    Attributes:
        score: The score.
        side: The side; None where the score is of the row.
    """

    score: Score
    side: Side | None

    @property
    def name(self) -> str:
        """As it is called in files and in the rows' `extra`: always with its side."""
        return self.score.name if self.side is None else f"{self.side}_{self.score.name}"


def column_named(name: str, on: Side) -> Column:
    """Return what a rule names.

    Args:
        name: A score, with or without a side before it.
        on: The side of a score without one.

    Raises:
        UsageError: If there is no such score.
    """
    if name in BY_NAME:
        score = BY_NAME[name]
        return Column(score, on if score.open is not None else None)
    side, _, rest = name.partition("_")
    for known in SIDES:
        if side == known and rest in BY_NAME and BY_NAME[rest].open is not None:
            return Column(BY_NAME[rest], known)
    raise UsageError(
        f"there is no score {printable(name)}{_meant(name)}",
        hint="the scores are "
        + ", ".join(BY_NAME)
        + "; a side can stand before most of them: "
        + ", ".join(f"{known}_words" for known in SIDES),
    )


def _meant(name: str) -> str:
    sided = [f"{side}_{s.name}" for s in SCORES if s.open is not None for side in SIDES]
    near = difflib.get_close_matches(name, [*BY_NAME, *sided], n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""


def needed(columns: Iterable[Column]) -> list[Column]:
    """Return the columns that must be measured for these, before those that are made of them."""
    found: dict[str, Column] = {}
    for column in columns:
        for part in column.score.of:
            inner = column_named(part, "response")
            found.setdefault(inner.name, inner)
        found.setdefault(column.name, column)
    return list(found.values())


class Meter:
    """Measures columns of rows, batch by batch.

    Args:
        columns: What `needed` returned.
        tools: What scores may need beyond texts.

    Raises:
        UsageError: If a score needs a tool that is not there.
    """

    def __init__(self, columns: Sequence[Column], tools: Tools) -> None:
        self.columns = tuple(columns)
        self._measures: dict[Side, dict[str, Measure]] = {}
        for column in columns:
            if column.side is not None and column.score.open is not None:
                measures = self._measures.setdefault(column.side, {})
                measures[column.name] = column.score.open(tools)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides whose texts are looked at."""
        return tuple(self._measures)

    def measure(
        self, texts: Mapping[Side, Sequence[str]], given: Mapping[str, Values]
    ) -> dict[str, Values]:
        """Return the values of each column, `(n_rows,)`, whatever rows stand beside each other.

        Args:
            texts: One text for each row, for each of `sides`.
            given: Columns of the row that are measured elsewhere (`turns`).
        """
        found = dict(given)
        for side, measures in self._measures.items():
            found |= _measured(texts[side], measures)
        for column in self.columns:
            if column.score.derive is not None:
                found[column.name] = column.score.derive(found)
        return {column.name: found[column.name] for column in self.columns}


def _measured(texts: Sequence[str], measures: Mapping[str, Measure]) -> dict[str, Values]:
    parts: dict[str, list[Values]] = {name: [] for name in measures}
    for block in blocks(texts):
        _add(block, measures, parts)
    if not texts:
        _add(Texts([]), measures, parts)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _add(block: Texts, measures: Mapping[str, Measure], parts: dict[str, list[Values]]) -> None:
    for name, measure in measures.items():
        parts[name].append(measure(block))
