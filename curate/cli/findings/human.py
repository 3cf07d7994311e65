"""Findings for people: by code with some places each, or one after another."""

from __future__ import annotations

import sys

from curate import console
from curate.build.verdict import code_of
from curate.cli.findings.base import Count, Ending, Printer
from curate.errors import printable
from curate.finding import Finding

PLACES = 3


class Grouped(Printer):
    """By code: a heading, the first places, and once what to do.

    Args:
        places: How many places of a code are shown.
    """

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._shown: dict[str, list[Finding]] = {}

    def add(self, finding: Finding) -> None:
        """Keep the first findings of each code."""
        kept = self._shown.setdefault(finding.code, [])
        if len(kept) < self._places:
            kept.append(finding)

    def end(self, ending: Ending) -> None:
        """Print the codes, errors first, then by number."""
        for count in ending.tally.ranked():
            found = self._shown[count.code]
            remedy = _remedy(count.code, found)
            lines = [_heading(count), *(_place(each, remedy) for each in found)]
            if more := count.findings - len(found):
                lines.append(f"  +{more:,} more")
            if remedy:
                lines.append(f"  fix: {printable(remedy, 300)}")
            console.out("\n".join([*lines, ""]))


def _heading(count: Count) -> str:
    name = console.styled(f"{count.severity} {count.code}", count.severity, sys.stdout)
    noun = "finding" if count.findings == 1 else "findings"
    text = f"{name} {count.slug}: {count.findings:,} {noun}"
    if count.rows:
        text += f" in {count.rows:,} {'row' if count.rows == 1 else 'rows'}"
    return text + (f" [fix available: {count.fix}]" if count.fix else "")


def _remedy(code: str, found: list[Finding]) -> str | None:
    """Return what to do about all findings of a code: what they share, else what its page says."""
    fixes = {each.fix for each in found}
    return fixes.pop() if len(fixes) == 1 else code_of(code).remedy


def _place(finding: Finding, remedy: str | None) -> str:
    about = [printable(text, 200) for text in (finding.id, finding.pointer) if text]
    line = f"  {' '.join([console.place(finding), *about])}: {console.what(finding)}"
    own = finding.fix if finding.fix != remedy else None
    return f"{line}; {printable(own, 300)}" if own else line


class Statistics(Printer):
    """One line for each code: how often it was found."""

    def add(self, finding: Finding) -> None:
        """Keep nothing: the tally counts."""

    def end(self, ending: Ending) -> None:
        """Print the counts, errors first, then by number."""
        counts = ending.tally.ranked()
        width = max((len(f"{count.findings:,}") for count in counts), default=0)
        for count in counts:
            name = console.styled(f"{count.severity:7} {count.code}", count.severity, sys.stdout)
            fix = f" [fix available: {count.fix}]" if count.fix else ""
            console.out(f"{count.findings:>{width},}  {name} {count.slug}{fix}")


class Full(Printer):
    """Each finding in order: where, what, and what to do."""

    def add(self, finding: Finding) -> None:
        """Print it."""
        console.out("\n".join(console.finding_lines(finding, sys.stdout)))

    def end(self, ending: Ending) -> None:
        """All is printed."""


class Concise(Printer):
    """Each finding in order, on one line."""

    def add(self, finding: Finding) -> None:
        """Print it."""
        console.out(console.finding_lines(finding, sys.stdout)[0])

    def end(self, ending: Ending) -> None:
        """All is printed."""
