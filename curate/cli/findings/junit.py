"""Findings as JUnit XML: a suite for each input, a test case for each rule.

What fails is a rule's errors; warnings and information are the output of a case that passes.

Source: the schema of Jenkins' xUnit plug-in (`junit-10.xsd`); docs.gitlab.com, "Unit test reports".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from curate import console
from curate.cli.findings.base import Ending, Printer
from curate.codes.base import FAMILIES, Code
from curate.errors import printable
from curate.finding import Finding

PLACES = 10  # that a test case lists
_NOT_XML = re.compile("[\ufffe\uffff]")  # beyond what `printable` escapes; XML 1.0 section 2.2
_THE_SET = "the set"


@dataclass(slots=True)
class _Case:
    """What one rule found in one input."""

    slug: str
    errors: int = 0
    others: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        if finding.severity == "error":
            if not self.errors:
                self.places.clear()
            self.errors += 1
        else:
            self.others += 1
            if self.errors:
                return
        if len(self.places) < PLACES:
            pointer = f" {printable(finding.pointer, 200)}" if finding.pointer else ""
            self.places.append(f"{console.place(finding)}{pointer}: {console.what(finding)}")


class JUnit(Printer):
    """One suite for each input, with a case for each rule that was run or that found something."""

    def __init__(self) -> None:
        self._cases: dict[str, dict[str, _Case]] = {}

    def add(self, finding: Finding) -> None:
        """Count it and keep the first places."""
        of_file = self._cases.setdefault(finding.file or _THE_SET, {})
        of_file.setdefault(finding.code, _Case(finding.slug)).add(finding)

    def end(self, ending: Ending) -> None:
        """Print the document, suite by suite."""
        files = [each.path for each in ending.report.inputs]
        names = list(dict.fromkeys([*files, *self._cases]))
        ran = {name: ending.rules if name in files else () for name in names}
        totals = [self._totals(name, ran[name]) for name in names]
        tests, failures = (sum(total[at] for total in totals) for at in (0, 1))
        console.out('<?xml version="1.0" encoding="UTF-8"?>')
        console.out(f'<testsuites name="curate validate" tests="{tests}" failures="{failures}">')
        for name, (own, failed) in zip(names, totals, strict=True):
            head = f'tests="{own}" failures="{failed}" errors="0" skipped="0"'
            console.out(f"  <testsuite name={_quoted(name)} {head}>")
            for line in self._suite(name, ran[name]):
                console.out(line)
            console.out("  </testsuite>")
        console.out("</testsuites>")

    def _totals(self, name: str, ran: Iterable[Code]) -> tuple[int, int]:
        cases = self._cases.get(name, {})
        tests = len(cases.keys() | {code.code for code in ran})
        return tests, sum(case.errors > 0 for case in cases.values())

    def _suite(self, name: str, ran: Iterable[Code]) -> Iterator[str]:
        cases = self._cases.get(name, {})
        slugs = {code.code: code.slug for code in ran} | {c: case.slug for c, case in cases.items()}
        for code in sorted(slugs):
            about = (
                f"classname={_quoted(FAMILIES[code[:3]])} name={_quoted(f'{code} {slugs[code]}')}"
            )
            about += f" file={_quoted(name)}"
            if code not in cases:
                yield f"    <testcase {about}/>"
                continue
            yield f"    <testcase {about}>{_inside(cases[code])}</testcase>"


def _inside(case: _Case) -> str:
    counted = case.errors or case.others
    text = "\n".join(case.places)
    if more := counted - len(case.places):
        text += f"\n+{more:,} more"
    if not case.errors:
        return f"<system-out>{_text(text)}</system-out>"
    if case.others:
        text += f"\n{case.others:,} that are no errors"
    noun = "finding" if case.errors == 1 else "findings"
    message = _quoted(f"{case.errors:,} {noun}")
    return f'<failure message={message} type="error">{_text(text)}</failure>'


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", printable(text, 4_000)))
