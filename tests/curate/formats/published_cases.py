"""How the cases of `published.yaml` and `steps.yaml` are run, and damaged records of schemas."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate import schema
from curate.codes import BY_CODE
from curate.finding import Hit
from curate.formats import BY_NAME
from curate.row import MESSAGE_COLUMNS, to_batch

FOLDER = Path(__file__).parents[2] / "cases" / "formats"
DAMAGE: tuple[Any, ...] = (None, 0, 1.5, "", [], {}, True, "x", [[]], [None], {"a": 1})


def cases(part: str, *names: str) -> list[Any]:
    found = [
        case
        for name in names
        for case in yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))[part]
    ]
    return [pytest.param(case, id=f"{case['format']}: {case['name']}") for case in found]


def places(hits: list[Hit]) -> list[list[str]]:
    return [[hit.code, hit.pointer] for hit in hits]


def said(value: Any) -> Any:
    """Return messages as a case writes them."""
    return [{message["role"]: message.get("content")} for message in value]


def as_messages(row: dict[str, Any]) -> dict[str, Any]:
    """Return a case's row with its messages written out."""
    full = dict(row)
    for column in MESSAGE_COLUMNS:
        if column in full:
            full[column] = [
                {"role": role, "content": text}
                for one in full[column]
                for role, text in one.items()
            ]
    return full


def fits_arrow(kind: Any, row: dict[str, Any]) -> None:
    text = {key: json.dumps(row[key]) for key in ("extra", "layout") if key in row}
    assert to_batch(kind, [{**row, **text}]).num_rows == 1


def rows_of(form: Any, record: dict[str, Any]) -> tuple[list[dict[str, Any]], list[Hit]]:
    hits: list[Hit] = []
    before = copy.deepcopy(record)
    made = form.decode(record, hits)
    assert record == before, "a decoder must not change the record"
    return (made if isinstance(made, list) else [] if made is None else [made]), hits


def run_read(case: dict[str, Any]) -> None:
    form, record = BY_NAME[case["format"]], case["record"]
    faults = schema.check(form.schema, record)
    assert places(faults) == case.get("schema", [])
    if faults:
        return
    rows, hits = rows_of(form, record)
    assert places(hits) == case.get("hits", [])
    assert case.get("says", "") in "".join(hit.message for hit in hits)
    if any(BY_CODE[hit.code].severity == "error" for hit in hits):
        assert rows == [] or "TRN001" in {hit.code for hit in hits}
        return
    wanted = case.get("rows") or [case.get("row", {})]
    assert len(rows) == len(wanted)
    for row, columns in zip(rows, wanted, strict=True):
        fits_arrow(form.kind, row)
        for column, expected in columns.items():
            value = said(row[column]) if column in MESSAGE_COLUMNS else row[column]
            assert value == expected, column
    if case.get("exact"):
        assert written(form, rows[0]) == (record, [])


def written(form: Any, row: dict[str, Any]) -> tuple[Any, list[list[str]]]:
    """Encode, and put extra back as the caller of an encoder does."""
    losses: list[Hit] = []
    before = copy.deepcopy(row)
    record = form.encode(row, losses)
    assert row == before, "an encoder must not change the row"
    if record is not None:
        assert schema.check(form.schema, record) == []
        record = {**(row.get("extra") or {}), **record}
    return record, places(losses)


def run_write(case: dict[str, Any]) -> None:
    form = BY_NAME[case["format"]]
    assert written(form, as_messages(case["row"])) == (case["record"], case["losses"])


def damaged(value: Any) -> Iterator[Any]:
    """Yield a value with one place replaced or one key left out, for every place."""
    yield from DAMAGE
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {k: v for k, v in value.items() if k != key}
            for other in damaged(inner):
                yield {**value, key: other}
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield value[:index] + value[index + 1 :]
            for other in damaged(inner):
                yield [*value[:index], other, *value[index + 1 :]]


def no_damage_breaks(name: str) -> None:
    """Whatever the schema passes is decoded to rows that Arrow holds, and written, or set aside."""
    form = BY_NAME[name]
    found = 0
    records = [
        c.values[0]["record"]
        for c in cases("read", "published", "steps")
        if c.values[0]["format"] == name
    ]
    for example in [*schema.load(form.schema)["examples"], *records]:
        for record in damaged(example):
            if not isinstance(record, dict) or schema.check(form.schema, record):
                continue
            rows, hits = rows_of(form, record)
            found += 1
            assert rows or hits
            if any(BY_CODE[hit.code].severity == "error" for hit in hits):
                continue
            for row in rows:
                fits_arrow(form.kind, row)
                if form.encode is not None:
                    form.encode(row, [])
    assert found
