"""Findings as SARIF 2.1.0, for code scanning and editors.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; docs.github.com,
"SARIF support for code scanning" (what is shown, and how much is taken).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from curate import __version__, console
from curate.build.verdict import code_of
from curate.checks.profiles import SEVERITIES
from curate.cli.findings.base import Ending, Printer
from curate.cli.rules import measured
from curate.codes.base import FAMILIES, Code, Severity
from curate.finding import Finding

RESULTS = 25_000  # that GitHub takes of one run
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PAGES = "https://github.com/tunesmith/tunesmith/blob/main/docs/rules.md"
_PRECISIONS = ((0.98, "very-high"), (0.9, "high"), (0.7, "medium"), (0.0, "low"))
# Hits that must have been read for their share to say something.
_ENOUGH_READ = 5
_HOME = "https://github.com/tunesmith/tunesmith"
_ROOT = "%SRCROOT%"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
# Containers whose records are rows of a table: the "line" of a finding is the row's number.
_COLUMNAR = (".parquet", ".arrow", ".feather")


class Sarif(Printer):
    """One log with one run; of more results than are taken, errors go first."""

    def __init__(self) -> None:
        self._kept: dict[Severity, list[tuple[int, Finding]]] = {name: [] for name in SEVERITIES}
        self._seen = 0

    def add(self, finding: Finding) -> None:
        """Keep it, if there is room for one of its severity."""
        self._seen += 1
        kept = self._kept[finding.severity]
        if len(kept) < RESULTS:
            kept.append((self._seen, finding))

    def end(self, ending: Ending) -> None:
        """Print the log."""
        first = [each for name in SEVERITIES for each in self._kept[name]][:RESULTS]
        findings = [finding for _, finding in sorted(first, key=lambda each: each[0])]
        codes = sorted({finding.code for finding in findings})
        places = {code: at for at, code in enumerate(codes)}
        results = [_result(finding, places) for finding in findings]
        _fingerprint(findings, results)
        run: dict[str, Any] = {
            "tool": {"driver": _driver(codes)},
            "invocations": [_invocation(ending, self._seen - len(findings))],
            "originalUriBaseIds": {
                _ROOT: {"description": {"text": "The folder that curate was started in."}}
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {"findings": self._seen, "records": ending.report.ledger.rows_in},
        }
        log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0"}
        console.out_json(log | {"runs": [run]})


def _driver(codes: list[str]) -> dict[str, Any]:
    return {
        "name": "curate",
        "fullName": f"Tunesmith curate {__version__}",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": _HOME,
        "rules": [_rule(code_of(name)) for name in codes],
    }


def _rule(code: Code) -> dict[str, Any]:
    text = code.page.strip()
    why = re.search(r"^Why: (.*?)(?=^[A-Z]\w+:|\Z)", text, re.MULTILINE | re.DOTALL)
    full = code.title + (f" {' '.join(why[1].split())}" if why else "")
    tags = [FAMILIES[code.family], *(["fixable"] if code.fix else [])]
    return {
        "id": code.code,
        "name": "".join(word.capitalize() for word in code.slug.split("-")),
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": full},
        "help": {"text": text, "markdown": _markdown(code)},
        "helpUri": f"{_PAGES}#{code.code.lower()}-{code.slug}",
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
        "properties": {"tags": tags, "precision": _precision(code)},
    }


def _markdown(code: Code) -> str:
    page = re.sub(r"\n*^([A-Z]\w+): ?", r"\n\n**\1:** ", code.page.strip(), flags=re.MULTILINE)
    return f"# {code.code} {code.slug}\n\n{page.strip()}"


def _precision(code: Code) -> str:
    """Return how often a code is right: as measured, or as its severity promises where few were."""
    hits = measured().get(code.code, [])
    read = sum(each["read"] for each in hits)
    if read < _ENOUGH_READ:
        return {"error": "very-high", "warning": "high", "info": "medium"}[code.severity]
    share = sum(each["right"] for each in hits) / read
    return next(name for least, name in _PRECISIONS if share >= least)


def _invocation(ending: Ending, cut: int) -> dict[str, Any]:
    report = ending.report
    said: list[dict[str, Any]] = []
    if cut:
        text = f"Findings left out: {cut:,}, since a run holds {RESULTS:,}, errors first."
        said.append({"level": "warning", "message": {"text": text}})
    if hidden := report.suppressed.total():
        said.append({"level": "note", "message": {"text": f"Findings suppressed: {hidden:,}."}})
    about: dict[str, Any] = {
        "executionSuccessful": not (report.empty or report.refused),
        "exitCode": ending.exit_code,
        "exitCodeDescription": ending.tally.totals(),
    }
    return about | ({"toolExecutionNotifications": said} if said else {})


def _result(finding: Finding, places: dict[str, int]) -> dict[str, Any]:
    about = {
        "byteOffset": finding.byte_offset,
        "id": finding.id,
        "pointer": finding.pointer or None,
        "value": finding.value,
        "fix": finding.fix,
    }
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": places[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
    }
    if finding.file is not None:
        result["locations"] = [_location(finding, finding.file)]
    known = {key: value for key, value in about.items() if value is not None}
    return result | ({"properties": known} if known else {})


def _message(finding: Finding) -> str:
    pointer = f"{finding.pointer}: " if finding.pointer else ""
    return pointer + console.what(finding)


def _location(finding: Finding, file: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(file)}
    if finding.line is not None and not file.endswith(_COLUMNAR):
        physical["region"] = {"startLine": finding.line}
    place: dict[str, Any] = {"physicalLocation": physical}
    name = f"{finding.id or ''}#{finding.pointer}"
    if name != "#":
        place["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "object"}]
    return place


def _artifact(file: str) -> dict[str, str]:
    """Return where a file is, as a URI: relative to the working folder, or whole."""
    if PureWindowsPath(file).drive and PureWindowsPath(file).is_absolute():
        return {"uri": PureWindowsPath(file).as_uri()}
    if file.startswith("/"):
        return {"uri": PurePosixPath(file).as_uri()}
    path, sign, entry = file.partition("#")
    uri = quote(path, safe="/:@!$&'()*+,;=~") + (f"#{quote(entry)}" if sign else "")
    if _SCHEME.match(file):
        return {"uri": uri}
    # A relative reference whose first part holds a colon would be read as a scheme.
    first, slash, rest = uri.partition("/")
    return {"uri": first.replace(":", "%3A") + slash + rest, "uriBaseId": _ROOT}


def _fingerprint(findings: list[Finding], results: list[dict[str, Any]]) -> None:
    """Give results fingerprints that stay where rows are put before them.

    A row's id is its own or made of its bytes, so its line plays no part.
    """
    seen: Counter[str] = Counter()
    for finding, result in zip(findings, results, strict=True):
        told = [finding.code, finding.file, finding.id, finding.pointer, finding.value]
        if finding.id is None:
            told.append(finding.message)
        text = "\0".join("" if part is None else part for part in told)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        result["partialFingerprints"] = {"recordHash/v1": f"{digest}:{seen[digest]}"}
