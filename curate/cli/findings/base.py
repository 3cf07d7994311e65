"""What all ways of printing findings share: what is counted, and what there is at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from curate.build.reports import Report
from curate.build.verdict import code_of
from curate.checks.profiles import SEVERITIES
from curate.codes.base import Code, FixKind, Severity
from curate.finding import Finding


@dataclass(slots=True)
class Count:
    """How often a code was found.

    Attributes:
        code: The code.
        slug: Its slug.
        severity: The worst that one of its findings has.
        fix: The kind of its fix, None where it has none.
        findings: How many findings there are.
        rows: In how many records.
    """

    code: str
    slug: str
    severity: Severity
    fix: FixKind | None
    findings: int = 0
    rows: int = 0
    _last: tuple[str | None, int | None, int | None] | None = None

    def add(self, finding: Finding) -> None:
        """Count one more; findings of one record come together."""
        self.findings += 1
        if SEVERITIES.index(finding.severity) < SEVERITIES.index(self.severity):
            self.severity = finding.severity
        where = finding.file, finding.line, finding.byte_offset
        if finding.line is not None and where != self._last:
            self.rows += 1
            self._last = where

    @property
    def rank(self) -> tuple[int, int, str]:
        """Errors first, then what was found most."""
        return SEVERITIES.index(self.severity), -self.findings, self.code


@dataclass(slots=True)
class Tally:
    """Counts of findings by code and by severity; it does not grow with their number."""

    by_code: dict[str, Count] = field(default_factory=dict)
    by_severity: Counter[Severity] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count one finding."""
        count = self.by_code.get(finding.code)
        if count is None:
            fix = code_of(finding.code).fix
            count = Count(finding.code, finding.slug, finding.severity, fix)
            self.by_code[finding.code] = count
        count.add(finding)
        self.by_severity[finding.severity] += 1

    def ranked(self) -> list[Count]:
        """Return the counts, errors first, then by number."""
        return sorted(self.by_code.values(), key=lambda count: count.rank)

    def fixable(self, kind: FixKind) -> int:
        """Return how many findings have a fix of a kind."""
        return sum(count.findings for count in self.by_code.values() if count.fix == kind)

    def totals(self) -> str:
        """Return `3 errors, 1 warning`, or `no findings`."""
        return ", ".join(
            f"{number:,} {severity}" + ("s" if number != 1 and severity != "info" else "")
            for severity in SEVERITIES
            if (number := self.by_severity[severity])
        ) or ("no findings")


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known when all is read.

    Attributes:
        report: What the run did.
        exit_code: The command's.
        tally: The counts.
        rules: The codes of the rules that were run.
    """

    report: Report
    exit_code: int
    tally: Tally
    rules: Sequence[Code]


class Printer(ABC):
    """One way of printing findings."""

    @abstractmethod
    def add(self, finding: Finding) -> None:
        """Take one finding, in input order."""

    @abstractmethod
    def end(self, ending: Ending) -> None:
        """Print what can only be printed at the end."""
