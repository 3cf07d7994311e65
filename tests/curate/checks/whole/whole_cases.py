"""The cases of `tests/cases/whole/CODE.yaml`, written to files.

A case has `rows` (of `f.jsonl`, or of the `file` it names), `files` with rows of each, or the
`text` of a file. `{times: N, row: R}` stands for N rows, in whose texts `{n}` is their number;
`{pad}` is a text of a million bytes. A CSV file may be `head`, `times` a `line`, and a `tail`.
`hazard` names the rule that a case which passes breaks, or would break with more rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from curate.build import Settings, validate
from curate.finding import Finding

CASES = Path(__file__).parents[3] / "cases" / "whole"
FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in CASES.glob("*.yaml")}
_PAD = "word " * 200_000


def write(case: dict[str, Any], folder: Path) -> list[str]:
    """Write a case's files; return their paths in order."""
    files = case.get("files") or {case.get("file", "f.jsonl"): case.get("rows", [])}
    for name, rows in files.items():
        (folder / name).write_text(_text(case, name, rows), "utf-8")
    return [str(folder / name) for name in files]


def _text(case: dict[str, Any], name: str, rows: list[Any]) -> str:
    if "text" in case:
        return str(case["text"])
    if "head" in case:
        return f"{case['head']}\n" + f"{case['line']}\n" * case["times"] + str(case["tail"])
    lines = [json.dumps(row, ensure_ascii=False) for row in _rows(rows)]
    return "[\n" + ",\n".join(lines) + "\n]" if name.endswith(".json") else "\n".join(lines) + "\n"


def _rows(rows: list[Any]) -> Iterator[Any]:
    for row in rows:
        if set(row) != {"times", "row"}:
            yield row
            continue
        short = json.dumps(row["row"], ensure_ascii=False)
        for n in range(row["times"]):
            yield json.loads(short.replace("{n}", str(n)).replace("{pad}", _PAD))


def findings(code: str, paths: list[str], jobs: int = 1) -> list[Finding]:
    """Return what a rule finds in files."""
    found: list[Finding] = []
    settings = Settings(profiles=("all",), select=(code,))
    validate(paths, settings=settings, jobs=jobs, on_finding=found.append)
    return [finding for finding in found if finding.code == code]
