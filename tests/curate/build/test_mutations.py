"""Every format's examples with one wrong value at every place: a row or a finding, never more."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curate.build.chunk import ChunkWorker, Outcome
from curate.build.settings import Settings
from curate.files.chunks import Chunk, Span
from curate.files.inputs import Source
from curate.formats import BY_NAME, FORMATS, Format, writers
from curate.schema import load

WRONG: tuple[Any, ...] = (
    *(None, 0, -1, 1.5, 2**70, "", " ", "x", "[", '{"a": 1}', "[1]", True, [], {}, [None], [[]]),
    *([1], ["a", "b"], [["a", "b"]], {"a": 1}, {"role": "user"}, {"type": "text"}),
    *("<image>", "\x00", "human"),
)
READERS = [form for form in FORMATS if form.decode is not None]


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield (key,)
        if isinstance(value[key], dict | list):
            yield from ((key, *rest) for rest in places(value[key]))


def mutated(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the record with each value replaced, taken out, doubled, or under another key."""
    for place in places(record):
        for wrong in (*WRONG, "out", "twice"):
            new = copy.deepcopy(record)
            spot: Any = new
            for key in place[:-1]:
                spot = spot[key]
            last = place[-1]
            if wrong == "out":
                del spot[last]
            elif wrong == "twice" and isinstance(spot, list):
                spot.insert(last, copy.deepcopy(spot[last]))
            elif wrong == "twice":
                spot[f"{last}s"] = spot.pop(last)
            else:
                spot[last] = wrong
            yield new


def run(worker: ChunkWorker, records: list[dict[str, Any]]) -> Outcome:
    lines = [json.dumps(record).encode() for record in records]
    raw = b"\n".join(lines)
    source = Source("in.jsonl", Path("in.jsonl"), "jsonl")
    chunk: Chunk = Span(source, 1, 0, len(raw), lines=lines).read()
    out = worker.run(chunk)
    ledger = out.ledger
    assert ledger.rows_in == len(records)
    assert ledger.rows_in + ledger.added.total() == ledger.rows_out + ledger.removed.total()
    assert all(gone.findings for gone in out.removed)
    json.dumps([finding.to_dict() for finding in out.findings])
    return out


def wrong_records(form: Format) -> list[dict[str, Any]]:
    return [new for example in load(form.schema)["examples"][:3] for new in mutated(example)]


@pytest.mark.parametrize("form", READERS, ids=lambda form: form.name)
def test_a_wrong_value_is_a_row_or_a_finding(form: Format) -> None:
    records = wrong_records(form)
    run(ChunkWorker(Settings(source_format=form.name, kind=kind_of(form))), records)
    run(ChunkWorker(Settings(kind=kind_of(form), profiles=("all",), payload="none")), records)


@pytest.mark.parametrize("form", writers(), ids=lambda form: form.name)
@pytest.mark.parametrize("payload", ["jsonl", "arrow"])
def test_what_is_left_of_wrong_values_can_be_written(form: Format, payload: Any) -> None:
    if form.name == "row":
        return
    settings = Settings(to=form.name, payload=payload)
    for other in READERS:
        if other.kind == form.kind:
            records = wrong_records(other)[::17]
            run(ChunkWorker(Settings(**_fields(settings) | {"source_format": other.name})), records)


def _fields(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.__slots__}


def kind_of(form: Format) -> Any:
    return BY_NAME[form.name].kind if form.name != "row" else None
