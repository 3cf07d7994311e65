"""What was measured of each rule on published files, from `tests/cases/measured/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases" / "measured"


def measures() -> dict[str, list[dict[str, Any]]]:
    """Return, by code, each file with its records, those hit, those read, and those rightly hit."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(CASES.glob("*.yaml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        found[path.stem] = [
            {
                "file": each["file"],
                "rows": each["rows"],
                "hits": each["hits"],
                "read": len(each.get("right", ())) + len(each.get("wrong", ())),
                "right": len(each.get("right", ())),
            }
            for each in entries
        ]
    return found


def said(entries: list[dict[str, Any]]) -> str:
    """Return one paragraph of Markdown."""
    if not entries:
        return "hits no record of the published files that the rules are measured on."
    hits = [
        f"{each['hits']:,} of {each['rows']:,} in `{each['file'].rsplit('/', 1)[-1]}`"
        for each in entries
    ]
    read, right = (sum(each[key] for each in entries) for key in ("read", "right"))
    judged = f" Of {read} read, {right} were right ({right / read:.0%})." if read else ""
    return f"{'; '.join(hits)}.{judged}"
