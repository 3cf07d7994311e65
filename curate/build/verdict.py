"""Keeping book of one chunk: which hit becomes which finding, and which record leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curate.checks import BY_CODE as RULES_BY_CODE
from curate.checks.selection import Selection
from curate.codes import BY_CODE
from curate.codes.base import Code
from curate.files.chunks import Chunk, Cut
from curate.files.limits import RAW_KEPT_BYTES
from curate.finding import Finding, Hit, Removed, shown

if TYPE_CHECKING:
    from curate.build.chunk import Outcome


def code_of(name: str) -> Code:
    """Return a code's declaration, whether a rule or reading reports it."""
    return BY_CODE[name] if name in BY_CODE else RULES_BY_CODE[name].code


@dataclass(slots=True)
class Verdict:
    """The findings and removals of one chunk, gathered by record and settled once.

    Attributes:
        chunk: The chunk.
        out: The outcome that `settle` fills.
        selection: The codes in force and their severities. An error that reading reports is
            never dropped, since its record cannot be used.
        allow_loss: LOS codes that never remove a row: an error of theirs is a warning.

    A record that makes several rows is told of by `grow`; its rows then leave one by one, by id.
    """

    chunk: Chunk
    out: Outcome
    selection: Selection
    allow_loss: frozenset[str]
    _by_record: dict[int, list[Finding]] = field(default_factory=dict)
    _gone: dict[int, dict[str | None, str | None]] = field(default_factory=dict)
    _grown: set[int] = field(default_factory=set)

    def grow(self, index: int, code: str, rows: int) -> None:
        """Count rows that a record makes beside its first, under the code that says why."""
        self._grown.add(index)
        self.out.ledger.added[code] += rows

    def weigh(
        self, index: int, hits: Sequence[Hit], row_id: str | None, *, always: bool = False
    ) -> bool:
        """Note a record's hits; return whether one of them removes the record.

        Args:
            index: The record.
            hits: What was found.
            row_id: The row's id, where it has one.
            always: Note also what was not selected.
        """
        fatal = False
        for hit in hits:
            finding = self._finding(hit, self._place(index), row_id, leaves=always)
            if not (always or self._selected(finding)):
                continue
            self._by_record.setdefault(index, []).append(finding)
            fatal = fatal or finding.severity == "error"
        if fatal:
            self._leave(index, row_id)
        return fatal

    def remove(self, index: int, hits: Sequence[Hit], row_id: str | None = None) -> None:
        """Set a record aside for these hits, whatever their severity."""
        self.weigh(index, hits, row_id, always=True)
        self._leave(index, row_id)

    def _leave(self, index: int, row_id: str | None) -> None:
        key = row_id if index in self._grown else None
        self._gone.setdefault(index, {})[key] = row_id

    def _place(self, index: int) -> tuple[int, int]:
        return self.chunk.lines[index], self.chunk.offsets[index]

    def _selected(self, finding: Finding) -> bool:
        codes = self.selection.codes, self.allow_loss
        return finding.severity == "error" or any(finding.code in known for known in codes)

    def _finding(
        self, hit: Hit, place: tuple[int, int], row_id: str | None, *, leaves: bool = False
    ) -> Finding:
        code = code_of(hit.code)
        severity = self.selection.severities.get(hit.code, code.severity)
        if severity == "error" and hit.code in self.allow_loss and not leaves:
            severity = "warning"
        return Finding(
            code=hit.code,
            slug=code.slug,
            severity=severity,
            message=hit.message,
            file=self.chunk.source.path,
            line=place[0],
            byte_offset=place[1],
            id=row_id,
            pointer=hit.pointer,
            value=shown(hit.value),
            fix=hit.fix or code.remedy,
        )

    def settle(self) -> None:
        """Write findings, removed records and counts to the outcome, in the records' order."""
        out = self.out
        for line, offset, hit in self.chunk.notes:
            finding = self._finding(hit, (line, offset), None)
            if self._selected(finding):
                out.findings.append(finding)
        for index in sorted(self._by_record.keys() | self._gone.keys()):
            found = self._by_record.get(index, [])
            out.findings.extend(found)
            for key, row_id in self._gone.get(index, {}).items():
                own = found if key is None else [f for f in found if f.id in (key, None)]
                removed = self._removed(index, row_id, tuple(own))
                out.removed.append(removed)
                out.ledger.removed[removed.code] += 1
        out.ledger.findings.update(f.code for f in out.findings)
        out.ledger.rows_out = out.rows
        out.ledger.check()

    def _removed(self, index: int, row_id: str | None, findings: tuple[Finding, ...]) -> Removed:
        raw = self.chunk.records[index]
        cut = self.chunk.cuts.get(index) or Cut(len(raw), hashlib.sha256(raw).hexdigest())
        line, offset = self._place(index)
        origin: dict[str, Any] = {
            "path": self.chunk.source.path,
            "line": line,
            "byte_offset": offset,
            "sha256": cut.sha256,
        }
        return Removed(origin, row_id, findings, raw[:RAW_KEPT_BYTES], cut.length_bytes)
