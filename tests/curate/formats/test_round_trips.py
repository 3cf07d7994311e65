"""From each format to every other of its kind and back: the same record, or a declared loss."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from curate.files.json_text import loads
from curate.formats import BY_NAME, FORMATS, Format, shape_of
from curate.formats.trips import class_of, same, table, trip
from curate.schema import check

KEPT_ROWS = 120
WRITTEN = [form for form in FORMATS if form.encode is not None and form.decode is not None]


@pytest.mark.parametrize(
    ("codes", "letter"),
    [
        ((), "A"),
        (("LOS012", "LOS013"), "B"),
        (("LOS013", "LOS016"), "C"),
        (("LOS055",), "C"),
        (("LOS016", "LOS018"), "D"),
    ],
)
def test_a_class_follows_from_the_codes(codes: tuple[str, ...], letter: str) -> None:
    assert class_of(codes) == letter


def test_the_table_knows_every_format_that_is_written_and_read() -> None:
    both = {form.name for form in WRITTEN if form.name != "row"}
    assert set(table()) == both
    for own, others in table().items():
        kind = BY_NAME[own].kind
        assert set(others) == {
            form.name
            for form in FORMATS
            if form.kind == kind and form.encode is not None and form.name != "row"
        }


def test_every_format_comes_back_to_itself() -> None:
    """The usual spelling of a format loses nothing; a rare one may lose its spelling only."""
    lossy = {name: others[name] for name, others in table().items() if class_of(others[name]) > "C"}
    assert set(lossy) <= SELF_LOSSY


# Formats that read dialects which they do not write: each loss is reported.
SELF_LOSSY: set[str] = set()


@cache
def real_records(data: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the first records of every real file, by the format that they are read as."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(data.rglob("*.json*")):
        if "robustness" in path.parts or path.suffix not in (".json", ".jsonl"):
            continue
        for record in _records(path):
            shape = shape_of(record) if isinstance(record, dict) else None
            if isinstance(shape, str) and not check(BY_NAME[shape].schema, record):
                found.setdefault(shape, []).append(record)
    return found


def _records(path: Path) -> Iterator[Any]:
    try:
        if path.suffix == ".jsonl":
            yield from (loads(line) for line in path.read_bytes().splitlines()[:KEPT_ROWS])
            return
        value = loads(path.read_bytes())
        yield from (value if isinstance(value, list) else [])[:KEPT_ROWS]
    except ValueError:
        return


@pytest.mark.slow
@pytest.mark.parametrize("own", WRITTEN, ids=lambda form: form.name)
def test_real_records_come_back_or_a_loss_is_declared(own: Format, data: Path) -> None:
    records = real_records(data).get(own.name, [])
    if not records:
        pytest.skip(f"no real file is read as {own.name}")
    for other in WRITTEN:
        if other.kind != own.kind or other.name == "row":
            continue
        for record in records:
            done = trip({k: v for k, v in record.items() if k != "id"}, own, other)
            if done is None or done.codes:
                continue
            whole = {k: v for k, v in record.items() if k != "id"}
            said = f"{own.name} → {other.name}: {json.dumps(record, ensure_ascii=False)[:300]}"
            assert done.back is not None, said
            assert same(done.back, whole), said
