"""Findings as workflow commands, which GitHub shows as annotations of a file's lines.

Source: docs.github.com, "Workflow commands for GitHub Actions"; actions/toolkit
`packages/core/src/command.ts` (what is escaped).
"""

from __future__ import annotations

from curate import console
from curate.cli.findings.base import Ending, Printer
from curate.errors import printable
from curate.finding import Finding

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
_SHOWN = 10  # annotations of a level that GitHub shows of one step


class GitHub(Printer):
    """One annotation for each finding, and one with the totals."""

    def add(self, finding: Finding) -> None:
        """Print it."""
        about = {"title": f"{finding.code} {finding.slug}"}
        if finding.file is not None:
            about = {"file": printable(finding.file, 4_000)} | about
            if finding.line is not None:
                about |= {"line": str(finding.line), "endLine": str(finding.line)}
        pointer = f"{printable(finding.pointer, 200)}: " if finding.pointer else ""
        console.out(_command(_LEVELS[finding.severity], about, pointer + console.what(finding)))

    def end(self, ending: Ending) -> None:
        """Print the totals, since GitHub shows but a few annotations."""
        codes = ", ".join(f"{c.code} {c.findings:,}" for c in ending.tally.ranked())
        text = f"{ending.tally.totals()} in {ending.report.ledger.rows_in:,} records"
        if codes:
            text += f": {codes}"
        if max(ending.tally.by_severity.values(), default=0) > _SHOWN:
            text += f" (GitHub shows {_SHOWN} annotations of a kind; the log has all)"
        console.out(_command("notice", {"title": "curate validate"}, text))


def _command(name: str, properties: dict[str, str], message: str) -> str:
    about = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {about}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
