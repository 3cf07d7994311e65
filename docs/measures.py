"""What was measured of each rule on published files, from `tests/cases/measured/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import yaml

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases" / "measured"
# Of fewer, a share says nothing that the numbers do not.
_LEAST_FOR_A_SHARE = 5

Way = Literal["row", "rendered", "whole"]


def measures() -> dict[str, list[dict[str, Any]]]:
    """Return, by code, each file with its records, those hit, those read, and those rightly hit."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(CASES.glob("*.yaml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        found[path.stem] = [
            {
                "file": published(each["file"]),
                "rows": each["rows"],
                "hits": each["hits"],
                "read": len(each.get("right", ())) + len(each.get("wrong", ())),
                "right": len(each.get("right", ())),
            }
            for each in entries
        ]
    return found


def published(path: str) -> str:
    """Return a file's path as it is on GitHub, the repository's owner and name first."""
    return path.replace("+", "/", 1)


def short(path: str) -> str:
    """Return the name of a file without its folders."""
    return path.rsplit("/", 1)[-1]


def as_json(found: dict[str, list[dict[str, Any]]]) -> str:
    """Return the document that `curate rule` and SARIF read, one file a line."""
    parts = []
    for code, entries in found.items():
        lines = ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in entries)
        parts.append(f' "{code}": [\n{lines}\n ]' if lines else f' "{code}": []')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def said(entries: list[dict[str, Any]], way: Way) -> str:
    """Return one paragraph of Markdown.

    Args:
        entries: What `measures` has of the rule.
        way: What the rule looks at: a row, a rendered row, or a whole file or set, of which it
            finds a fault and not records.
    """
    if way == "rendered":
        return (
            "not on the published files, which come without a tokenizer; its cases are the tests."
        )
    if not entries:
        what = "no record of" if way == "row" else "nothing in"
        return f"hits {what} the published files that rules are measured on."
    read, right = (sum(each[key] for each in entries) for key in ("read", "right"))
    judged = f" Of {read} read, {right} {_were(right)} right" if read else ""
    share = f" ({right / read:.0%})." if read >= _LEAST_FOR_A_SHARE else "." if read else ""
    return f"{'; '.join(_hit(each, way) for each in entries)}.{judged}{share}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _hit(each: dict[str, Any], way: Way) -> str:
    name = f"`{short(each['file'])}`"
    if way == "row":
        return f"{each['hits']:,} of {each['rows']:,} in {name}"
    times = "once" if each["hits"] == 1 else f"{each['hits']:,} times"
    return f"{times} in {name}"
