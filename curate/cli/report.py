"""How a run's report and its findings are printed."""

from __future__ import annotations

import json
import re
import sys
from typing import Any
from xml.sax.saxutils import quoteattr

from curate import __version__, console
from curate.build.runner import Report
from curate.codes.base import FAMILIES
from curate.errors import printable
from curate.finding import Finding

ITEMS = 1_000  # findings that the one JSON document holds
_NOT_XML = re.compile("[\ufffe\uffff]")  # beyond what `printable` escapes; XML 1.0 section 2.2
_GITHUB = {"error": "error", "warning": "warning", "info": "notice"}
_SARIF = {"error": "error", "warning": "warning", "info": "note"}


def finish(report: Report, as_json: bool) -> int:
    """Print what a conversion did; return its exit code."""
    if as_json:
        console.out_json(report.to_dict())
    else:
        console.show_samples(report.samples, report.ledger)
    console.show_funnel(report.command, report.ledger)
    if report.refused:
        console.say(f"nothing was written: {report.refused}")
    for path in report.outputs:
        console.say(f"wrote {path}")
    return report.exit_code


class Printer:
    """Prints findings in an output format, as they come where the format allows it."""

    def __init__(self, output_format: str) -> None:
        self.output_format = output_format
        self._kept: list[Finding] = []
        self._cut = 0

    def add(self, finding: Finding) -> None:
        """Take one finding, in order."""
        if self.output_format == "human":
            console.out("\n".join(console.finding_lines(finding, sys.stdout)))
        elif self.output_format == "jsonl":
            console.out(json.dumps(finding.to_dict(), ensure_ascii=False))
        elif self.output_format == "github":
            console.out(_github(finding))
        elif self.output_format == "json" and len(self._kept) >= ITEMS:
            self._cut += 1
        else:
            self._kept.append(finding)

    def end(self, report: Report, exit_code: int) -> None:
        """Print what can only be printed at the end."""
        if self.output_format == "json":
            items = [finding.to_dict() for finding in self._kept]
            ending = {"exit": exit_code, "items": items, "items_cut": self._cut}
            console.out_json(report.to_dict() | ending)
        elif self.output_format == "sarif":
            console.out_json(_sarif(self._kept))
        elif self.output_format == "junit":
            console.out(_junit(self._kept, report))


def finish_validate(report: Report, printer: Printer, *, exit_zero: bool) -> int:
    """Print the end of a validation; return its exit code."""
    exit_code = 0 if exit_zero else report.exit_code
    printer.end(report, exit_code)
    console.show_funnel(report.command, report.ledger)
    totals = ", ".join(f"{n:,} {name}" for name, n in sorted(report.by_severity.items()))
    console.say(totals or "no findings")
    for code, count in sorted(report.fixed.items()):
        console.say(f"fixed {code} in {count:,} rows")
    for path in report.outputs:
        console.say(f"wrote {path}")
    return exit_code


def _github(finding: Finding) -> str:
    def escaped(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    where = f"file={finding.file or ''},line={finding.line or 1},title={finding.code}"
    message = printable(finding.message, 300)
    return f"::{_GITHUB[finding.severity]} {where}::{escaped(message)}"


def _sarif(findings: list[Finding]) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log (OASIS, 2020)."""
    codes = {finding.code: finding.slug for finding in findings}
    results = [
        {
            "ruleId": f.code,
            "level": _SARIF[f.severity],
            "message": {"text": f.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f.file or ""},
                        "region": {"startLine": f.line or 1},
                    },
                    "logicalLocations": [{"fullyQualifiedName": f"{f.id or ''}#{f.pointer}"}],
                }
            ],
        }
        for f in findings
    ]
    driver = {
        "name": "curate",
        "version": __version__,
        "rules": [{"id": code, "name": slug} for code, slug in sorted(codes.items())],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _junit(findings: list[Finding], report: Report) -> str:
    """Return JUnit XML with one test case for each finding, or one that passes."""
    failed = [f for f in findings if f.severity == "error"]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="curate validate" tests="{max(1, len(findings))}" '
        f'failures="{len(failed)}">',
    ]
    for f in findings:
        name = quoteattr(_NOT_XML.sub("\ufffd", f"{f.code} {console.place(f)}"))
        family = quoteattr(FAMILIES[f.code[:3]])
        text = quoteattr(_NOT_XML.sub("\ufffd", printable(f.message, 300)))
        kind = "failure" if f.severity == "error" else "skipped"
        lines.append(
            f"  <testcase classname={family} name={name}><{kind} message={text}/></testcase>"
        )
    if not findings:
        rows = report.ledger.rows_in
        lines.append(f'  <testcase classname="rows" name="{rows} rows without findings"/>')
    return "\n".join([*lines, "</testsuite>"])
