"""What readers of documents make of a file: rows, faults and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS
from curate.sources.base import Reading


@dataclass
class Made:
    """What was read, in order."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[str, int]] = field(default_factory=list)
    notes: list[tuple[str, int]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)

    @property
    def row(self) -> dict[str, Any]:
        assert len(self.rows) == 1
        return self.rows[0]


@pytest.fixture
def made():
    """Read a file with an export; every value is plain JSON, and no message shows its content."""

    def read(export, path, limits=DEFAULT_LIMITS, member=None, **reading):
        result = Made()
        for chunk in export.chunks(
            Source(path.name, path, member=member), Reading(**reading), limits
        ):
            values = chunk.values or []
            assert len(values) == len(chunk.records) == len(chunk.lines) == len(chunk.offsets)
            for at, value in enumerate(values):
                orjson.dumps(value)
                if at in chunk.faults:
                    assert value == {}
                    result.faults.append((chunk.faults[at].code, chunk.lines[at]))
                else:
                    result.rows.append(value)
                    result.paths.append(chunk.source.path)
            hits = [*chunk.faults.values(), *(hit for _, _, hit in chunk.notes)]
            assert all(hit.value is None for hit in hits)
            result.messages += [hit.message for hit in hits]
            result.notes += [(hit.code, line) for line, _, hit in chunk.notes]
            result.records += chunk.records
        return result

    return read
