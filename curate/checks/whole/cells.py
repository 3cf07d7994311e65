"""What the cells of one CSV file hold, column by column, and what pandas makes of them.

`datasets` reads CSV with pandas, 10,000 rows at a time, and takes the types of the first of these.
Measured with `datasets` 5.2.0 and pandas 2.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.whole.base import Fault, Place, WholeRule, counted, whole_rule

BLOCK_ROWS = 10_000
EMPTY, NA, BOOL, INTEGER, REAL, OTHER = "empty", "null", "boolean", "integer", "real", "text"
KINDS = (EMPTY, NA, BOOL, INTEGER, REAL, OTHER)
# pandas 2.3 `_libs/parsers.pyx:STR_NA_VALUES`, but for the empty text.
_NULLS = (
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
_BOOLS = ("True", "TRUE", "true", "False", "FALSE", "false")
_INTEGER = r"^ *[+-]?\d+ *$"
_REAL = r"^ *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *$|^ *[+-]?(?i:inf|infinity) *$"
# Longer cells than this are taken for text.
_LONGEST_CHARS = 64
# The columns that trainers read as text.
_TEXTS = {
    "instruction", "input", "output", "prompt", "response", "completion", "text", "question",
    "answer", "query", "content", "system", "chosen", "rejected", "context",
}  # fmt: skip


@dataclass(slots=True)
class Cells:
    """The cells of one kind in a column: how many, and the first by row (from 0) and line."""

    count: int
    row: int
    line: int


@dataclass(slots=True)
class Table:
    """The cells of one CSV file.

    Attributes:
        rows: How many rows there are.
        columns: By column, by kind of cell.
        file: The file as typed.
    """

    rows: int = 0
    columns: dict[str, dict[str, Cells]] = field(default_factory=dict)
    file: str | None = None

    def add(self, later: Table) -> None:
        """Add the rows behind."""
        for name, kinds in later.columns.items():
            mine = self.columns.setdefault(name, {})
            for kind, cells in kinds.items():
                if kind in mine:
                    mine[kind].count += cells.count
                else:
                    mine[kind] = Cells(cells.count, cells.row + self.rows, cells.line)
        self.rows += later.rows

    def place(self, cells: Cells) -> Place:
        """Return where the first of some cells stands."""
        return Place(self.file, cells.line)


def table_of(records: Sequence[dict[str, str]], lines: Sequence[int]) -> Table:
    """Return what the rows of a chunk hold; they have the same columns."""
    table = Table(len(records))
    for name in records[0] if records else ():
        kinds = _kinds([record[name] for record in records])
        found = table.columns[name] = {}
        for number in np.unique(kinds).tolist():
            at = kinds == number
            first = int(at.argmax())
            found[KINDS[number]] = Cells(int(at.sum()), first, lines[first])
    return table


def _kinds(cells: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return for each cell its kind as a place in `KINDS`."""
    kinds = np.full(len(cells), KINDS.index(OTHER))
    # Long cells are the most and stay Python's.
    short = np.flatnonzero(np.fromiter(map(len, cells), np.int64, len(cells)) <= _LONGEST_CHARS)
    values = pa.array([cells[at] for at in short.tolist()], pa.large_string())
    for pattern, kind in ((_REAL, REAL), (_INTEGER, INTEGER)):
        found = pc.match_substring_regex(values, pattern)
        kinds[short[found.to_numpy(zero_copy_only=False)]] = KINDS.index(kind)
    for words, kind in ((_BOOLS, BOOL), (_NULLS, NA), (("",), EMPTY)):
        found = pc.is_in(values, value_set=pa.array(words, pa.large_string()))
        kinds[short[found.to_numpy(zero_copy_only=False)]] = KINDS.index(kind)
    return kinds


@whole_rule("ARW019", "cell-read-as-null", severity="warning", over="cells")
def cell_read_as_null(table: Table) -> Iterator[Fault]:
    """Cells of a text column hold a word that pandas reads as no value.

    Why: `None`, `NA`, `N/A`, `null` and `nan` become null when `datasets` loads a CSV file, also
    between quotes; a row whose answer is "None" loses it, and trainers drop it or stop.
    Example: `Which city is meant?,None`
    Fix: convert the file to JSON Lines, or load it with `keep_default_na=False`.
    Source: pandas 2.3 `_libs/parsers.pyx:STR_NA_VALUES`; datasets 5.2.0
    `packaged_modules/csv/csv.py`, measured.
    """
    for name, kinds in table.columns.items():
        cells, others = kinds.get(NA), kinds.keys() & {OTHER, BOOL}
        if cells is not None and (others or name in _TEXTS):
            message = (
                f"column `{name}` has {counted(cells.count, 'cell')} that pandas reads as null "
                f"(first line {cells.line})"
            )
            yield Fault(table.place(cells), message, _pointer(name))


@whole_rule("ARW020", "text-column-of-numbers", severity="warning", over="cells")
def text_column_of_numbers(table: Table) -> Iterator[Fault]:
    """Every cell of a column of texts is a number or a truth value.

    Why: pandas makes numbers of them, so that `007` is 7 and trainers, which expect text, drop the
    rows or stop.
    Example: an `output` column of `1`, `0`, `1`
    Fix: convert the file to JSON Lines, where they stay text.
    Source: datasets 5.2.0 `packaged_modules/csv/csv.py`, measured; LLaMA-Factory 0.9.5
    `converter.py` takes an output that is no text for none.
    """
    for name, kinds in table.columns.items():
        found = kinds.keys() - {EMPTY, NA}
        numbers = found <= {INTEGER, REAL}
        # Truth values beside an empty cell stay objects, which are no text either.
        if name in _TEXTS and found and (numbers or found == {BOOL}) and table.rows > 1:
            first = min((kinds[kind] for kind in found), key=lambda cells: cells.row)
            what = "numbers" if numbers else "truth values"
            message = f"column `{name}` has {what} only and is read as such"
            yield Fault(table.place(first), message, _pointer(name))


@whole_rule("ARW021", "late-cell-type", severity="warning", over="cells")
def late_cell_type(table: Table) -> Iterator[Fault]:
    """A column that is empty or has numbers only in the first 10,000 rows has others later.

    Why: `datasets` takes a column's type from the first 10,000 rows, and stops at the first other
    value ("Failed to parse string … as a scalar of type double").
    Example: a `system` column that is empty in the first 10,000 rows, then a text
    Fix: convert the file to JSON Lines, or load it with explicit features.
    Source: datasets 5.2.0 `packaged_modules/csv/csv.py`, measured.
    """
    for name, kinds in table.columns.items():
        early = {kind for kind, cells in kinds.items() if cells.row < BLOCK_ROWS}
        late = [
            (cells.row, kind)
            for kind, cells in kinds.items()
            if cells.row >= BLOCK_ROWS and kind in _unfit(early)
        ]
        if late:
            _, kind = min(late)
            was = " or ".join(name for name in KINDS if name in early)
            message = (
                f"column `{name}` is {was} in the first {BLOCK_ROWS:,} rows, and {kind} in line "
                f"{kinds[kind].line}"
            )
            yield Fault(table.place(kinds[kind]), message, _pointer(name))


def _unfit(early: set[str]) -> set[str]:
    """Return the kinds of cell that a column does not take whose first rows are of some kinds."""
    if OTHER in early or (BOOL in early and early & {INTEGER, REAL}):
        return set()
    return {OTHER, REAL} if early == {INTEGER} else {OTHER}


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


RULES: tuple[WholeRule, ...] = (cell_read_as_null, text_column_of_numbers, late_cell_type)
