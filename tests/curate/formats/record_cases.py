"""How cases of a record, its row, its faults and what is written are run."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from curate import schema
from curate.codes import BY_CODE
from curate.formats import BY_NAME
from curate.formats.base import Format
from curate.row import to_batch
from tests.curate.formats.format_cases import CASES
from tests.curate.formats.format_cases import decode as read
from tests.curate.formats.format_cases import encode as written
from tests.curate.formats.format_cases import places as spots

LISTS = ("messages", "prompt", "chosen", "rejected", "completion")


def cases(name: str) -> list[Any]:
    loaded = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))
    return [pytest.param(case, id=f"{case['format']}: {case['name']}") for case in loaded]


def run(case: dict[str, Any]) -> None:
    """Run a case.

    Keys: `record` or `row_only`, `schema` and `hits` (code and pointer), `row` (columns of the
    row), `losses`, `back` (what is written, the record itself where it is not given).
    """
    form = BY_NAME[case["format"]]
    if "row_only" in case:
        row = case["row_only"]
    else:
        faults = schema.check(form.schema, case["record"])
        assert spots(faults) == case.get("schema", [])
        if faults:
            return
        row, hits = read(form, case["record"])
        assert spots(hits) == case.get("hits", [])
        if any(BY_CODE[hit.code].severity == "error" for hit in hits):
            return
        _fits(form, row)
        for column, expected in case.get("row", {}).items():
            assert row.get(column) == expected, column
    record, losses = written(form, row)
    assert spots(losses) == case.get("losses", [])
    assert record == case.get("back", case.get("record"))
    if record is not None:
        assert schema.check(form.schema, record) == []


def _fits(form: Format, row: dict[str, Any]) -> None:
    text = {key: json.dumps(row[key]) for key in ("extra", "layout") if key in row}
    to_batch(form.kind, [{**row, **text}])


EDGES = [None, 0, 1.5, "", "x", True, [], {}, [[]], {"a": 1}, [None], "[]", "{}"]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            found += places(item, (*path, key))
    return found


def changed(record: Any, path: tuple[Any, ...], value: Any) -> Any:
    record = copy.deepcopy(record)
    inner = record
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return record


def never_raises(form: Format) -> int:
    """Put every edge value at every place of the schema's examples; what is valid must decode."""
    tried = 0
    for example in schema.load(form.schema)["examples"]:
        for path in places(example)[1:]:
            for value in EDGES:
                record = changed(example, path, value)
                if schema.check(form.schema, record):
                    continue
                row, hits = read(form, record)
                tried += 1
                if row is None or any(BY_CODE[h.code].severity == "error" for h in hits):
                    assert hits
                    continue
                _fits(form, row)
                again, _ = written(form, row)
                assert again is None or schema.check(form.schema, again) == []
    return tried
