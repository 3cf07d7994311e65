"""Ids that come again: the later row gets `~2`, `~3`, … in input order."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa

from curate.build.chunk import Outcome
from curate.build.settings import Settings
from curate.files.ids import SeenHashes
from curate.files.json_text import dumps, loads
from curate.finding import Finding
from curate.row import SCHEMAS


class Repeats:
    """Watches the ids of a run's rows, which must come in input order."""

    def __init__(self, settings: Settings) -> None:
        self._seen = SeenHashes()
        self._counts: Counter[str] = Counter()
        # The export's own ids that end like one of our suffixes: rare, and all that could clash.
        self._tilde: set[str] = set()
        self._settings = settings

    def settle(self, path: str, outcome: Outcome) -> list[Finding]:
        """Give repeated ids their suffix in the outcome's payload; report those of the export.

        An id that was made here from a record's hash repeats where the record does; that is no
        finding.
        """
        repeated = self._seen.add(np.frombuffer(outcome.hashes, np.uint64))
        at = set(np.flatnonzero(repeated).tolist())
        own = set(outcome.own)
        at |= {position for position in own if self._suffixed(outcome.ids[position])}
        if not at:
            return []
        findings: list[Finding] = []
        ids = list(outcome.ids)
        for position in sorted(at):
            old = ids[position]
            ids[position] = self._next(old)
            if position in own:
                message = f"the id {old!r} was used before"
                if self._settings.to == "row":
                    message += f"; this row is {ids[position]!r}"
                line = outcome.lines[position]
                findings.append(
                    Finding("SRC024", "repeated-id", "warning", message, path, line, id=old)
                )
        if self._settings.to == "row" and outcome.payload:
            self._rewrite(outcome, ids)
        return findings

    def _suffixed(self, own: str) -> bool:
        """Note an own id that looks like one with a suffix; return whether it was given already."""
        base, sign, number = own.rpartition("~")
        if not (sign and number.isdigit()):
            return False
        self._tilde.add(own)
        return 2 <= int(number) <= self._counts[base] + 1 if base in self._counts else False

    def _next(self, old: str) -> str:
        while True:
            self._counts[old] += 1
            new = f"{old}~{self._counts[old] + 1}"
            if new not in self._tilde:
                return new

    def _rewrite(self, outcome: Outcome, ids: list[str]) -> None:
        if self._settings.payload == "arrow":
            (kind,) = outcome.kinds
            schema = SCHEMAS[kind]
            batch = pa.ipc.read_record_batch(pa.py_buffer(outcome.payload), schema)
            column = pa.array(ids, schema.field("id").type)
            arrays = [column, *batch.columns[1:]]
            batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
            outcome.payload = batch.serialize()
        elif self._settings.payload == "jsonl":
            lines = bytes(outcome.payload).split(b"\n")[:-1]
            records = [{**loads(line), "id": new} for line, new in zip(lines, ids, strict=True)]
            outcome.payload = b"".join(dumps(record).encode() + b"\n" for record in records)
