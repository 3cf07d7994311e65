"""How findings are printed: one file for each way, those alike together."""

from __future__ import annotations

from curate.cli.findings.base import Ending, Printer, Tally
from curate.cli.findings.documents import Jsonl, OneDocument
from curate.cli.findings.github import GitHub
from curate.cli.findings.human import Concise, Full, Grouped, Statistics
from curate.cli.findings.junit import JUnit
from curate.cli.findings.sarif import Sarif

# The names are those of `--output-format`.
PRINTERS: dict[str, type[Printer]] = {
    "human": Grouped,
    "full": Full,
    "concise": Concise,
    "json": OneDocument,
    "jsonl": Jsonl,
    "sarif": Sarif,
    "github": GitHub,
    "junit": JUnit,
}

__all__ = ["PRINTERS", "Ending", "Grouped", "Printer", "Statistics", "Tally"]
