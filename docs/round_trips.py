"""What round trips between formats cost, measured on the cases of the tests and the examples."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from curate.codes import BY_CODE
from curate.finding import Hit
from curate.formats import BY_NAME, FORMATS, Format
from curate.formats.trips import same, trip
from curate.schema import check, load

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases" / "formats"


def records() -> dict[str, list[dict[str, Any]]]:
    """Return the good records of each format: its decode cases and its schema's examples."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(CASES.glob("*.yaml")):
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in _cases(loaded):
            found[case["format"]].append(case["record"])
    for form in FORMATS:
        found[form.name] += load(form.schema)["examples"]
    return {form.name: [r for r in found[form.name] if _is_good(r, form)] for form in FORMATS}


def _cases(loaded: Any) -> Iterator[dict[str, Any]]:
    """Yield every case of a file that has a format and a record which is read."""
    if isinstance(loaded, list):
        for item in loaded:
            yield from _cases(item)
    elif isinstance(loaded, dict):
        if loaded.get("format") in BY_NAME and isinstance(loaded.get("record"), dict):
            yield loaded
        else:
            for item in loaded.values():
                yield from _cases(item)


def _is_good(record: dict[str, Any], form: Format) -> bool:
    hits: list[Hit] = []
    if form.name == "row" or form.decode is None or check(form.schema, record):
        return False
    row = form.decode(record, hits)
    return row is not None and all(BY_CODE[hit.code].severity != "error" for hit in hits)


def measured() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return the codes that were reported from each format to each of its kind and back.

    `usual` are those of the schema's examples, `any` those of all records.

    Raises:
        AssertionError: If a record came back different and nothing was reported.
    """
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    known = records()
    for own in FORMATS:
        if own.encode is None or not known[own.name]:
            continue
        found[own.name] = {}
        for other in FORMATS:
            if other.kind == own.kind and other.encode is not None and other.name != "row":
                examples = load(own.schema)["examples"]
                codes: dict[str, set[str]] = {"usual": set(), "any": set()}
                for record in known[own.name]:
                    lost = _codes(record, own, other)
                    codes["any"].update(lost)
                    if record in examples:
                        codes["usual"].update(lost)
                found[own.name][other.name] = {name: sorted(all_) for name, all_ in codes.items()}
    return found


def _codes(record: dict[str, Any], own: Format, other: Format) -> tuple[str, ...]:
    done = trip(record, own, other)
    if done is None:
        return ()
    if not done.codes and other.decode is not None:
        said = json.dumps(record, ensure_ascii=False)
        assert done.back is not None, f"{own.name} → {other.name}: nothing came back of {said}"
        assert same(done.back, record), f"{own.name} → {other.name}: lost in silence: {said}"
    return done.codes
