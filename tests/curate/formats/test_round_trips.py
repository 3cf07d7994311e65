"""From each format to every other of its kind and back: the same record, or a declared loss."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from curate.codes import BY_CODE
from curate.files.json_text import loads
from curate.finding import Hit
from curate.formats import BY_NAME, FORMATS, Format, shape_of
from curate.formats.trips import class_of, same, table, trip
from curate.schema import check
from tests.curate.formats.declared import comparable, projected


def shipped() -> dict[str, list[dict[str, Any]]]:
    """Return the good records of each format, as the measured table is made of them."""
    path = Path(__file__).parents[3] / "docs" / "round_trips.py"
    spec = importlib.util.spec_from_file_location("round_trips", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, list[dict[str, Any]]] = module.records()
    return found


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
    """The usual spelling of a format loses nothing; a rare one loses what is listed."""
    own = {name: others[name] for name, others in table().items()}
    assert {name for name, found in own.items() if class_of(found.usual) > "C"} == set()
    assert {name for name, found in own.items() if class_of(found.any) > "C"} == SELF_LOSSY.keys()


# Formats that read what they do not write, or report what a trainer makes of their own records.
SELF_LOSSY = {
    "sharegpt": "several observations behind parallel calls; arguments with a key twice",
    "openai": "parts that hold files as axolotl has them; the legacy function role is said",
    "trl-messages": "keys that TRL ignores; arguments that are no object",
    "llamafactory-messages": "files as objects of path and bytes, as datasets has them",
    "llava": "an image that is not in the first human turn",
    "hh-rlhf": "a margin, which only TRL's formats have",
    "together": "names, keys and turns that the service refuses",
    "azure": "the legacy function role is said; a weight of 1.0 becomes 1",
    "nova": "turns that do not alternate",
}


def cases() -> Iterator[tuple[Format, dict[str, Any]]]:
    for name, records in shipped().items():
        yield from ((BY_NAME[name], record) for record in records)


def one_row(form: Format, record: dict[str, Any], hits: list[Hit]) -> dict[str, Any] | None:
    assert form.decode is not None
    made = form.decode(record, hits)
    if isinstance(made, list):
        made = made[0] if len(made) == 1 else None
    bad = any(BY_CODE[hit.code].severity == "error" and hit.code[:3] != "LOS" for hit in hits)
    return None if bad else made


def test_what_no_declared_loss_names_is_read_back() -> None:
    """In the other format, and back again: all but what was declared is the same row."""
    compared = 0
    for own, record in cases():
        row = one_row(own, record, [])
        for other in WRITTEN if row is not None else ():
            if other.kind != own.kind or other.name == "row":
                continue
            done = trip(record, own, other)
            said = f"{own.name} → {other.name}: {json.dumps(record, ensure_ascii=False)}"
            if done is None or done.there is None or not comparable(done.codes):
                continue
            for form, written in ((other, done.there), (own, done.back)):
                assert written is not None, said
                again = one_row(form, written, [])
                assert again is not None, said
                assert projected(again, done.codes) == projected(row, done.codes), said
                compared += 1
    assert compared > 5000


def test_what_is_written_without_an_error_is_valid() -> None:
    for own, record in cases():
        for other in WRITTEN:
            if other.kind != own.kind or other.name == "row":
                continue
            done = trip(record, own, other)
            if done is None or done.there is None:
                continue
            if all(BY_CODE[code].severity != "error" for code in done.codes):
                said = f"{own.name} → {other.name}: {json.dumps(record, ensure_ascii=False)}"
                assert check(other.schema, done.there) == [], said


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
