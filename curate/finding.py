"""Findings, removed records, and the ledger that makes every command add up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from curate.codes.base import Severity
from curate.errors import printable


class Hit(NamedTuple):
    """A fault inside one record, before it is known where the record stands.

    Attributes:
        code: The code, `TRN001`.
        pointer: JSON Pointer (RFC 6901) to the value in the record or row; "" is the whole.
        message: What was found and what was expected.
        value: The value found, or None where there is nothing to show.
        fix: What to do, or None where the message says it.
    """

    code: str
    pointer: str
    message: str
    value: Any = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault at its exact place.

    Attributes:
        code: The code, `SRC003`.
        slug: The code's slug.
        severity: As the profile in force has it.
        message: What was found and what was expected.
        file: The input as it was typed, with `/`; None where the finding is about the set.
        line: First physical line of the record, from 1 (in a columnar file: the row, from 1).
        byte_offset: Offset of the record's first byte in the decompressed file, from 0.
        id: The row's id, where it has one.
        pointer: JSON Pointer into the record.
        value: The value found, cut and made printable.
        fix: What to do.
    """

    code: str
    slug: str
    severity: Severity
    message: str
    file: str | None = None
    line: int | None = None
    byte_offset: int | None = None
    id: str | None = None
    pointer: str = ""
    value: str | None = None
    fix: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as the JSON object of `schemas/finding.schema.json`."""
        return {name: getattr(self, name) for name in self.__slots__}


def shown(value: Any) -> str | None:
    """Return a value as a finding shows it: at most 80 printable characters, None for none."""
    if isinstance(value, (dict, list, bool)):
        value = json.dumps(value, ensure_ascii=False, default=repr)
    return None if value is None else printable(value)


def cut(text: str, limit_chars: int) -> str:
    """Return a text of at most so many characters; an ellipsis shows that it was cut."""
    return text if len(text) <= limit_chars else text[:limit_chars] + "…"


@dataclass(frozen=True, slots=True)
class Removed:
    """A record that left, with all that is needed to find it again.

    Attributes:
        origin: Where it came from: path, line, byte_offset, sha256 (64 hex), format.
        id: The id it had or would have had.
        findings: Why it left; the first error's code is the one it is counted under.
        raw: The record's bytes, cut at 64 KiB.
        length_bytes: The record's whole length.
        kept: The id of the row that stays for it, where there is one.
        score: What it was judged by, where that is a number.
    """

    origin: dict[str, Any]
    id: str | None
    findings: tuple[Finding, ...]
    raw: bytes
    length_bytes: int
    kept: str | None = None
    score: float | None = None

    @property
    def code(self) -> str:
        """The code that the removal is counted under."""
        errors = [f.code for f in self.findings if f.severity == "error"]
        return errors[0] if errors else self.findings[0].code


class ConservationError(AssertionError):
    """The funnel does not add up: a bug of ours, never the user's."""


@dataclass(slots=True)
class Ledger:
    """Counts of one command or step: `rows_in + Σ added == rows_out + Σ removed`."""

    rows_in: int = 0
    rows_out: int = 0
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)

    def add(self, other: Ledger) -> None:
        """Add another ledger's counts to this one."""
        self.rows_in += other.rows_in
        self.rows_out += other.rows_out
        self.added.update(other.added)
        self.removed.update(other.removed)
        self.findings.update(other.findings)

    @classmethod
    def of_steps(cls, steps: Sequence[Ledger]) -> Ledger:
        """Return the counts of steps that follow each other: in at the first, out at the last."""
        whole = cls()
        for step in steps:
            whole.add(step)
        whole.rows_in, whole.rows_out = steps[0].rows_in, steps[-1].rows_out
        return whole

    def check(self) -> None:
        """Assert the conservation of rows.

        Raises:
            ConservationError: If a row left or appeared without a code.
        """
        left = self.rows_in + self.added.total()
        right = self.rows_out + self.removed.total()
        if left != right:
            raise ConservationError(
                f"{self.rows_in} in + {self.added.total()} added != "
                f"{self.rows_out} out + {self.removed.total()} removed"
            )

    @classmethod
    def from_dict(cls, counts: Mapping[str, Any]) -> Ledger:
        """Return what `to_dict` made; other keys are left alone."""
        by_code = (Counter(counts[name]) for name in ("added", "removed", "findings"))
        return cls(counts["rows_in"], counts["rows_out"], *by_code)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as every command's JSON document has them, codes in order."""
        return {
            "rows_in": self.rows_in,
            "added": dict(sorted(self.added.items())),
            "removed": dict(sorted(self.removed.items())),
            "rows_out": self.rows_out,
            "findings": dict(sorted(self.findings.items())),
        }
