"""Keeping book of one chunk: which hit becomes which finding, and which record leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from curate.build.lint.effects import Effects
from curate.build.lint.hiding import Hiding
from curate.build.lint.masking import hidden, hidden_value
from curate.checks import RULE_CODES
from curate.checks.selection import Selection
from curate.checks.suppression import Suppressor
from curate.codes import BY_CODE
from curate.codes.base import Code, Severity
from curate.files.chunks import Chunk, Cut
from curate.files.limits import RAW_KEPT_BYTES
from curate.finding import Finding, Hit, Removed, cut, shown
from curate.row import IGNORED, Row

if TYPE_CHECKING:
    from curate.build.chunk import Outcome

# A message or a pointer can hold a key of the data, which may be a megabyte.
_MESSAGE_CHARS = 1_000


def code_of(name: str) -> Code:
    """Return a code's declaration, whether a rule or reading reports it."""
    return BY_CODE[name] if name in BY_CODE else RULE_CODES[name]


@dataclass(slots=True)
class Verdict:
    """The findings and removals of one chunk, gathered by record and settled once.

    Attributes:
        chunk: The chunk.
        out: The outcome that `settle` fills.
        selection: The codes in force and their severities. An error that reading reports is
            never dropped, since its record cannot be used.
        allow_loss: LOS codes that never remove a row: an error of theirs is a warning.
        suppressor: What says which findings are hidden.
        effects: Takes what consumers make of what is found; None where none is asked for.

    A record that makes several rows is told of by `grow`; its rows then leave one by one, by id.
    """

    chunk: Chunk
    out: Outcome
    selection: Selection
    allow_loss: frozenset[str]
    suppressor: Suppressor
    effects: Effects | None = None
    _by_record: dict[int, list[Finding]] = field(default_factory=dict)
    _gone: dict[int, dict[str | None, str | None]] = field(default_factory=dict)
    _grown: set[int] = field(default_factory=set)
    _wished: dict[int, str | None] = field(default_factory=dict)
    hiding: Hiding = field(init=False)

    def __post_init__(self) -> None:
        self.hiding = Hiding(self.suppressor, self.chunk.source.path)

    def grow(self, index: int, code: str, rows: int) -> None:
        """Count rows that a record makes beside its first, under the code that says why."""
        self._grown.add(index)
        self.out.ledger.added[code] += rows

    def weigh(
        self,
        index: int,
        hits: Sequence[Hit],
        row_id: str | None,
        *,
        form: str | None = None,
        always: bool = False,
    ) -> bool:
        """Note a record's hits; return whether one of them removes the record.

        Args:
            index: The record.
            hits: What was found.
            row_id: The row's id, where it has one.
            form: The format of a record that is no row yet.
            always: Note also what was not selected.
        """
        fatal = False
        if self.effects is not None:
            form = form or self.effects.form(index)
            for hit in hits:
                self.effects.found(index, hit, form)
        for hit in hits:
            severity = self._severity(hit, form, leaves=always)
            if severity is None:
                continue
            finding = self._finding(hit, severity, self._place(index), row_id)
            if not always and self.hiding.hides(finding, index):
                continue
            self._by_record.setdefault(index, []).append(finding)
            fatal = fatal or finding.severity == "error"
        if fatal:
            self._leave(index, row_id)
        return fatal

    def wish(self, index: int, value: object, row_id: str | None) -> bool:
        """Note a row's `curate_ignore`; return whether what is wrong with it removes the row."""
        wish = self.hiding.wish(index, value)
        self._wished[index] = row_id
        return bool(wish.hits) and self.weigh(index, wish.hits, row_id)

    def remove(
        self,
        index: int,
        hits: Sequence[Hit],
        row_id: str | None = None,
        form: str | None = None,
    ) -> None:
        """Set a record aside for these hits, whatever their severity."""
        self.weigh(index, hits, row_id, form=form, always=True)
        self._leave(index, row_id)

    def is_row(self, hits: Sequence[Hit], rows: Sequence[Row]) -> bool:
        """Return whether only consumers take offence at hits: the rows are still checked."""
        if self.effects is None or not rows:
            return False
        return all(code_of(hit.code).severity != "error" for hit in hits)

    def has_left(self, index: int) -> bool:
        """Return whether a record left as a whole."""
        return None in self._gone.get(index, ())

    def _leave(self, index: int, row_id: str | None) -> None:
        key = row_id if index in self._grown else None
        self._gone.setdefault(index, {})[key] = row_id

    def _place(self, index: int) -> tuple[str, int, int]:
        chunk = self.chunk
        return chunk.path_of(index), chunk.lines[index], chunk.offsets[index]

    def _severity(
        self, hit: Hit, form: str | None = None, *, leaves: bool = False
    ) -> Severity | None:
        """Return what a hit is worth, None where nobody asked for it."""
        code = code_of(hit.code)
        severity = self.selection.in_force(code, form, hit.pointer)
        if severity is None and (leaves or hit.code in self.allow_loss):
            severity = self.selection.severities.get(hit.code, code.severity)
        if severity == "error" and hit.code in self.allow_loss and not leaves:
            return "warning"
        return severity

    def _finding(
        self, hit: Hit, severity: Severity, place: tuple[str, int, int], row_id: str | None
    ) -> Finding:
        code = code_of(hit.code)
        message = cut(hit.message, _MESSAGE_CHARS)
        own = hit.code.startswith(("PII", "SEC"))  # masked already
        return Finding(
            code=hit.code,
            slug=code.slug,
            severity=severity,
            message=message if own else hidden(message),
            file=place[0],
            line=place[1],
            byte_offset=place[2],
            id=row_id,
            pointer=cut(hit.pointer, _MESSAGE_CHARS),
            value=shown(hit.value) if own else hidden_value(hit.value),
            fix=hit.fix or code.remedy,
        )

    def settle(self) -> None:
        """Write findings, removed records and counts to the outcome, in the records' order."""
        out = self.out
        whole = self.chunk.source.path
        for line, offset, hit in self.chunk.notes:
            severity = self._severity(hit)
            if severity is None:
                continue
            finding = self._finding(hit, severity, (whole, line, offset), None)
            if not self.hiding.hides(finding):
                out.findings.append(finding)
        self._settle_wishes()
        for index in sorted(self._by_record.keys() | self._gone.keys()):
            found = self._by_record.get(index, [])
            out.findings.extend(found)
            for key, row_id in self._gone.get(index, {}).items():
                own = found if key is None else [f for f in found if f.id in (key, None)]
                removed = self._removed(index, row_id, tuple(own))
                out.removed.append(removed)
                out.ledger.removed[removed.code] += 1
        out.ledger.findings.update(f.code for f in out.findings)
        out.diffs.sort(key=itemgetter(0))
        out.suppressed, out.patterns_used = self.hiding.hidden, self.hiding.patterns_used
        if self.effects is not None:
            out.effects = self.effects.settle()
        out.ledger.rows_out = out.rows
        out.ledger.check()

    def _settle_wishes(self) -> None:
        """Hide what was found before a row's wish was known; report wishes that did nothing."""
        for index in self.hiding.wishes:
            if index in self._grown and index in self._gone:
                continue  # what was found is why one of the record's rows left
            found = self._by_record.get(index, [])
            self._by_record[index] = [f for f in found if not self.hiding.hides(f, index)]
        for index in self._gone:
            if IGNORED.encode() in self.chunk.records[index]:
                found = self._by_record.get(index, [])
                errors = [f.code for f in found if f.severity == "error"]
                values = self.chunk.values
                record = values[index] if values else self.chunk.records[index]
                self._note(index, self.hiding.refused(index, record, errors))
        for index, hits in self.hiding.unused():
            self._note(index, hits)

    def _note(self, index: int, hits: Sequence[Hit]) -> None:
        """Note hits that remove nothing."""
        found = self._by_record.setdefault(index, [])
        place, own = self._place(index), self._wished.get(index)
        for hit in hits:
            if (severity := self._severity(hit)) is not None:
                found.append(self._finding(hit, severity, place, own))

    def _removed(self, index: int, row_id: str | None, findings: tuple[Finding, ...]) -> Removed:
        raw = self.chunk.records[index]
        size = self.chunk.cuts.get(index) or Cut(len(raw), hashlib.sha256(raw).hexdigest())
        path, line, offset = self._place(index)
        origin: dict[str, Any] = {
            "path": path,
            "line": line,
            "byte_offset": offset,
            "sha256": size.sha256,
        }
        return Removed(origin, row_id, findings, raw[:RAW_KEPT_BYTES], size.length_bytes)
