"""Findings as JSON: one document, or one line each."""

from __future__ import annotations

from typing import Any

from curate import console
from curate.cli.findings.base import Ending, Printer
from curate.finding import Finding

ITEMS = 1_000  # findings that the one document holds


class OneDocument(Printer):
    """The command's report with the first findings."""

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] = []
        self._cut = 0

    def add(self, finding: Finding) -> None:
        """Keep it, or count it where enough are kept."""
        if len(self._items) < ITEMS:
            self._items.append(finding.to_dict())
        else:
            self._cut += 1

    def end(self, ending: Ending) -> None:
        """Print the document."""
        more = {"exit": ending.exit_code, "items": self._items, "items_cut": self._cut}
        console.out_json(ending.report.to_dict() | more)


class Jsonl(Printer):
    """One finding a line."""

    def add(self, finding: Finding) -> None:
        """Print it."""
        console.out_json_line(finding.to_dict())

    def end(self, ending: Ending) -> None:
        """All is printed."""
