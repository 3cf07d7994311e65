"""Rules about whole files and sets: chunks are reduced where they are read, and concluded here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from curate.build.lint.masking import hidden, hidden_value
from curate.checks import Selection
from curate.checks.whole import Fault, WholeRule
from curate.checks.whole.cells import Table, table_of
from curate.checks.whole.rows import Gathered, Part, part_of
from curate.checks.whole.tree import Tree, Watch
from curate.files.chunks import Chunk
from curate.finding import Finding
from curate.row import Kind

_JSON = ("json", "jsonl")
_MOST_FAULTS = 10  # of one rule in one file


@dataclass(slots=True)
class Reduced:
    """What is kept of one chunk."""

    tree: Tree | None = None
    table: Table | None = None
    parts: list[Part] = field(default_factory=list)


class Reducer:
    """Reduces one chunk to what rules about wholes look at; a pure function of the chunk.

    Args:
        chunk: The chunk.
        rules: The rules in force.
    """

    def __init__(self, chunk: Chunk, rules: Iterable[WholeRule]) -> None:
        self._chunk = chunk
        over = {rule.over for rule in rules}
        self._kinds = {kind for rule in rules if rule.over == "rows" for kind in rule.kinds}
        self._reduced = Reduced()
        container = chunk.source.container
        self.watch = Watch() if "records" in over and container in _JSON else None
        if "cells" in over and container == "csv" and chunk.values is not None:
            good = [at for at in range(len(chunk.values)) if at not in chunk.faults]
            lines = [chunk.lines[at] for at in good]
            self._reduced.table = table_of([chunk.values[at] for at in good], lines)

    def rows(self, batch: pa.RecordBatch, kind: Kind, at: list[int]) -> None:
        """Take rows of one kind, with the record of each."""
        if kind in self._kinds and batch.num_rows:
            lines = [self._chunk.lines[index] for index in at]
            self._reduced.parts.append(part_of(batch, kind, lines))

    def result(self) -> Reduced:
        """Return what is kept."""
        if self.watch is not None:
            self._reduced.tree = self.watch.tree(self._chunk.offsets, self._chunk.lines)
        return self._reduced


class Whole:
    """Merges what is kept of the chunks of a run, which must come in input order.

    Args:
        selection: The rules in force and their severities.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._tree: Tree | None = None
        self._table: Table | None = None
        self._gathered: dict[Kind, Gathered] = {}

    def add(self, reduced: Reduced, path: str, container: str | None) -> None:
        """Take what is kept of the next chunk of a file."""
        if reduced.tree is not None:
            if self._tree is None:
                self._tree = Tree(lines=container == "jsonl", file=path)
            self._tree.add(reduced.tree)
        if reduced.table is not None:
            if self._table is None:
                self._table = Table(file=path)
            self._table.add(reduced.table)
        for part in reduced.parts:
            self._gathered.setdefault(part.kind, Gathered(part.kind)).add(part, path)

    def after_file(self) -> Iterator[Finding]:
        """Yield what is wrong with the file that ended."""
        for rule in self._selection.whole:
            if rule.over == "records" and self._tree is not None:
                yield from self._findings(rule, rule.conclude(self._tree))
            elif rule.over == "cells" and self._table is not None:
                yield from self._findings(rule, rule.conclude(self._table))
        self._tree = self._table = None

    def after_all(self) -> Iterator[Finding]:
        """Yield what is wrong with the rows of all files."""
        sets = {kind: gathered.whole() for kind, gathered in self._gathered.items()}
        self._gathered = {}
        for rule in self._selection.whole:
            for kind, rows in sets.items():
                if rule.over == "rows" and kind in rule.kinds:
                    yield from self._findings(rule, rule.conclude(rows))

    def _findings(self, rule: WholeRule, faults: Iterator[Fault]) -> Iterator[Finding]:
        kept = list(islice(faults, _MOST_FAULTS))
        more = sum(1 for _ in faults)
        if more:
            kept[-1] = kept[-1]._replace(message=f"{kept[-1].message} (and {more:,} more like it)")
        for fault in kept:
            severity = self._selection.in_force(rule.code, None, fault.pointer)
            if severity is not None:
                yield Finding(
                    code=rule.code.code,
                    slug=rule.code.slug,
                    severity=severity,
                    message=hidden(fault.message),
                    file=fault.place.file,
                    line=fault.place.line,
                    byte_offset=fault.place.offset,
                    pointer=fault.pointer,
                    value=hidden_value(fault.value),
                    fix=fault.fix or rule.code.remedy,
                )
