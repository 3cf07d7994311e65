"""What a step sees of a set of rows, and what it says is to be done with them.

A step looks and decides; it never writes rows itself. `curate.build.line.settle` carries a
decision out: it removes, adds, counts and tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa

from curate.build.settings import Settings
from curate.finding import Hit
from curate.people import Person
from curate.row import Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Marks = NDArray[np.uint16]
    Scores = NDArray[np.float64]
else:
    Indices = Marks = Scores = Any

# Rows that one batch of a step has at most.
BATCH_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Splits:
    """Which split each row belongs to, or which input it came from.

    Attributes:
        names: The names in the order in which they are written.
        of_row: `(n_rows,) uint16`: the place in `names` for each row.
    """

    names: tuple[str, ...]
    of_row: Marks

    def at(self, indices: Indices) -> Splits:
        """Return the same of the rows at these indices."""
        return Splits(self.names, self.of_row[indices])

    def counts(self) -> dict[str, int]:
        """Return the rows of each name, in order; a name without rows has 0."""
        found = np.bincount(self.of_row, minlength=len(self.names))
        return dict(zip(self.names, found.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind in input order.

    A row has an index, 0 to `len - 1`; all arrays of a decision speak of these indices.

    Attributes:
        kind: The kind of every row.
        table: Rows on disk, mapped into memory, under `SCHEMAS[kind]`; some may have left.
        positions: `(n_rows,) int64`, ascending: where in `table` each row stands. A row that was
            added as a copy has the position of its original, right behind it.
        splits: The split of each row.
        inputs: The argument, as typed, that each row came from; same shape as `splits`.
        extra: Values that steps put into the rows' `extra` by key, each of `n_rows`.
    """

    kind: Kind
    table: pa.Table
    positions: Indices
    splits: Splits
    inputs: Splits
    extra: dict[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.positions)

    def batches(self, columns: list[str] | None = None) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield `(index of the first row, batch)` in order, at most 5,000 rows each.

        Args:
            columns: The columns that are wanted; all of them where it is None.
        """
        table = self.table if columns is None else self.table.select(columns)
        starts = np.cumsum([0, *(len(chunk) for chunk in table.column(0).chunks)])
        done = 0
        for number, batch in enumerate(table.to_batches()):
            upto = int(np.searchsorted(self.positions, starts[number + 1], "left"))
            for begin in range(done, upto, BATCH_ROWS):
                wanted = self.positions[begin : min(begin + BATCH_ROWS, upto)] - starts[number]
                first, n = int(wanted[0]), len(wanted)
                if int(wanted[-1]) - first + 1 == n and (n < 2 or bool(np.all(np.diff(wanted)))):
                    yield begin, batch.slice(first, n)
                else:
                    yield begin, batch.take(pa.array(wanted))
            done = upto

    def take(self, indices: Indices, columns: list[str] | None = None) -> pa.Table:
        """Return the rows at these indices, in the order asked for."""
        table = self.table if columns is None else self.table.select(columns)
        wanted = self.positions[indices]
        order = np.argsort(wanted, kind="stable")
        ordered = wanted[order]
        # By chunk: taking from a table puts the chunks of nested columns together, all of them.
        parts, start, done = [table.schema.empty_table()], 0, 0
        for batch in table.to_batches():
            upto = int(np.searchsorted(ordered, start + batch.num_rows, "left"))
            if upto > done:
                part = batch.take(pa.array(ordered[done:upto] - start))
                parts.append(pa.Table.from_batches([part]))
            start, done = start + batch.num_rows, upto
        found = pa.concat_tables(parts).combine_chunks()
        if np.array_equal(order, np.arange(len(order))):
            return found
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return found.take(pa.array(back))

    def at(self, indices: Indices) -> Rows:
        """Return the rows at these ascending indices; one that comes again is a copy."""
        return replace(
            self,
            positions=self.positions[indices],
            splits=self.splits.at(indices),
            inputs=self.inputs.at(indices),
            extra={name: values.take(pa.array(indices)) for name, values in self.extra.items()},
        )


@dataclass(frozen=True, slots=True)
class Removal:
    """Rows that leave under one code.

    Attributes:
        code: The code.
        rows: `(n,) int64`, ascending: their indices.
        say: Given 0 to `n - 1`, says why that row leaves; made only when it is written. Where
            `kept` is given, which row stands for it is said behind the message by itself.
        kept: `(n,) int64`: the index of the row that stands for each, or None.
        scores: `(n,)`: what each was judged by, float64 with NaN for nothing, or int64 where it
            counts; or None.
        pointer: JSON Pointer to what was judged.
    """

    code: str
    rows: Indices
    say: Callable[[int], str]
    kept: Indices | None = None
    scores: Scores | Indices | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """Copies of rows that are added.

    Attributes:
        code: The code that they are counted under.
        rows: `(n,) int64`, ascending: the rows to copy; a row that comes k times gets k copies.
    """

    code: str
    rows: Indices


@dataclass(slots=True)
class Decision:
    """What a step wants done, and what it found.

    Attributes:
        removals: Rows that leave. A row named twice leaves once, under the first.
        additions: Copies that are added, of rows that stay.
        splits: The new splits, where the step makes some.
        extra: Values to put into `extra` of the rows by key, each of `n_rows`.
        findings: What is told of rows, `(index, hit)`; an index of -1 is about the set.
        files: Files that go into the output folder: path in it → what writes it. Where the output
            is a single file they lie beside it.
        card: Keys for `card.json`.
        report: The step's section of the JSON document.
        lines: What people are told at the end.
        rewritten: An Arrow stream in the step's scratch folder that holds every row once more, in
            order, with other contents; the removals are of these. None leaves the rows as they are.
        cleaner: What the step did to texts of the rows, for names of files and findings; the line
            applies it to all that it says and writes. None where nothing was hidden.
        keeps_text: With a cleaner: the records that were set aside keep their text all the same.
        then: Called once the output has been written, for what lies outside of it; None for
            nothing.
    """

    removals: list[Removal] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    splits: Splits | None = None
    extra: dict[str, pa.Array] = field(default_factory=dict)
    findings: list[tuple[int, Hit]] = field(default_factory=list)
    files: dict[str, Callable[[Path], None]] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    rewritten: Path | None = None
    cleaner: Callable[[str], str] | None = None
    keeps_text: bool = False
    then: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a step may use.

    Attributes:
        scratch: An empty folder of its own that is removed afterwards.
        settings: How the inputs were read (limits, tokenizer, chat template).
        jobs: Number of processes that it may use; its decision does not depend on it.
        tick: Called with the rows done so far, now and then.
        people: Whom the inputs name, in the order in which they were met, each once.
        output: The folder or file that the output will be; None where nothing is written.
        clean: Returns a text, as the name of an input, as it may leave: what a step before this
            one hid in the rows is hidden in it.
    """

    scratch: Path
    settings: Settings = Settings()
    jobs: int = 1
    tick: Callable[[int], None] = lambda rows: None
    people: tuple[Person, ...] = ()
    output: Path | None = None
    clean: Callable[[str], str] = lambda text: text


class Step(Protocol):
    """One step of the straight line.

    Attributes:
        name: As its command and its recipe section are called.
        options: What was asked of it, a dataclass.
    """

    name: str
    options: Any

    def decide(self, rows: Rows, context: Context) -> Decision:
        """Look at rows and say what is to be done.

        Raises:
            UsageError: If an option does not go with these rows.
        """
