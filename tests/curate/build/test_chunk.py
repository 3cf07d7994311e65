"""Conservation: whatever bytes come, every record is a row or a removal with a code."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build.chunk import ChunkWorker
from curate.build.settings import Settings
from curate.files.chunks import Chunk, Span
from curate.files.inputs import Source
from curate.files.json_text import loads
from curate.row import SCHEMAS, from_batch

SHIPPED = Path(__file__).parents[3] / "recipes" / "data"
WORKERS = {
    "row": ChunkWorker(Settings()),
    "all": ChunkWorker(Settings(profiles=("all",))),
    "openai": ChunkWorker(Settings(to="openai", payload="jsonl", kind="sft")),
    "reverse": ChunkWorker(Settings(reverse=True)),
    "fixed": ChunkWorker(Settings(fix="unsafe", profiles=("all",))),
    "mapped": ChunkWorker(Settings(mapping=(("text", "instruction"),))),
}

texts = st.text(st.characters(codec="utf-8"), max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
KEYS = """
    id text instruction input output messages conversations role from value content tools prompt
    completion chosen rejected label kto_tag margin tool_calls function name arguments weight
    system history category context response layout origin extra images media
"""
keys = st.sampled_from(KEYS.split())
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | texts, inner, max_size=4),
    max_leaves=12,
)
EXAMPLES = [
    {"instruction": "a", "input": "b", "output": "c", "history": [["x", "y"]], "system": "s"},
    {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]},
    {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "a"}]},
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
            },
            {"role": "tool", "tool_call_id": "1", "content": "x"},
            {"role": "assistant", "content": "b", "weight": 1},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
    },
    {"prompt": "a", "chosen": "b", "rejected": "c", "margin": 0.5},
    {"prompt": [{"role": "user", "content": "a"}], "completion": "b", "label": True},
    {"text": "a"},
]


@st.composite
def mutated(draw):
    """Return an example in which one value somewhere is another."""
    record = json.loads(json.dumps(draw(st.sampled_from(EXAMPLES))))
    spots = []

    def walk(value):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            spots.append((value, key))
            if isinstance(value[key], (dict, list)):
                walk(value[key])

    walk(record)
    parent, key = draw(st.sampled_from(spots))
    if draw(st.booleans()) and isinstance(parent, dict):
        parent[draw(keys)] = parent.pop(key)
    else:
        parent[key] = draw(values)
    return record


good = st.sampled_from(EXAMPLES).map(lambda r: json.dumps(r).encode())
free = st.dictionaries(keys, values, max_size=5).map(lambda r: json.dumps(r).encode())
changed = mutated().map(lambda r: json.dumps(r).encode())
lines = st.one_of(good, free, changed, st.binary(max_size=30)).map(
    lambda raw: raw.replace(b"\n", b" ")
)


def conserved(worker, records):
    source = Source("in.jsonl", Path("in.jsonl"), "jsonl")
    raw = b"\n".join(records)
    chunk = Span(source, 1, 0, len(raw), lines=raw.split(b"\n")).read()
    outcome = worker.run(chunk)
    ledger = outcome.ledger
    assert ledger.rows_in == len(chunk.records)
    # Rows of several kinds are refused by the caller, with the counts.
    assert ledger.rows_out + ledger.removed.total() == ledger.rows_in + ledger.added.total()
    assert outcome.rows == len(outcome.ids)
    assert len(outcome.removed) == ledger.removed.total()
    for removed in outcome.removed:
        assert removed.findings
        json.dumps([finding.to_dict() for finding in removed.findings])
    return outcome


@settings(max_examples=150, deadline=None)
@given(st.lists(lines, max_size=6), st.sampled_from(sorted(WORKERS)))
def test_any_lines_are_conserved(records, name):
    conserved(WORKERS[name], records)


@settings(max_examples=150, deadline=None)
@given(st.lists(changed, min_size=1, max_size=3), st.sampled_from(sorted(WORKERS)))
def test_records_with_one_wrong_value_are_conserved(records, name):
    conserved(WORKERS[name], records)


@pytest.mark.parametrize("seed", range(4))
def test_real_records_with_flipped_bytes_are_conserved(seed):
    dice = random.Random(seed)
    records = (SHIPPED / "dolly_style.jsonl").read_bytes().split(b"\n")[:-1]
    for _ in range(10):
        broken = []
        for record in records[:60]:
            raw = bytearray(record)
            for _ in range(dice.randrange(3)):
                at = dice.randrange(len(raw))
                raw[at : at + dice.randrange(2)] = dice.choice([b"", b'"', b"\\", b"{", b"\xff"])
            broken.append(bytes(raw))
        conserved(WORKERS["row"], broken)


@pytest.mark.slow
def test_records_of_published_sets_with_wrong_values_are_conserved(data):
    dice = random.Random(0)
    pieces = [None, 0, -1, 1.5, "", " ", "x", True, [], {}, [None], [[]], {"role": "user"}, "\x00"]
    for path in sorted(data.rglob("*.json")):
        if "robustness" in path.parts or path.stat().st_size > 3 << 20:
            continue
        try:
            rows = loads(path.read_bytes())
        except ValueError:
            continue
        if not isinstance(rows, list):
            continue
        records = []
        for row in rows[:40]:
            for _ in range(20):
                record = json.loads(json.dumps(row))
                spot = record
                while isinstance(spot, (dict, list)) and spot:
                    key = dice.choice(list(spot) if isinstance(spot, dict) else range(len(spot)))
                    if dice.random() < 0.4 or not isinstance(spot[key], (dict, list)):
                        spot[key] = dice.choice(pieces)
                        break
                    spot = spot[key]
                records.append(json.dumps(record).encode())
        for worker in WORKERS.values():
            conserved(worker, records)


def test_an_empty_chunk_is_nothing():
    outcome = WORKERS["row"].run(Chunk(Source("in.jsonl", Path("in.jsonl"), "jsonl")))
    assert (outcome.rows, outcome.ledger.rows_in, bytes(outcome.payload)) == (0, 0, b"")


def test_rows_fit_the_schema_of_their_kind():
    outcome = conserved(WORKERS["row"], [json.dumps(EXAMPLES[2]).encode()])
    import pyarrow as pa

    batch = pa.ipc.read_record_batch(pa.py_buffer(outcome.payload), SCHEMAS["sft"])
    batch.validate(full=True)
    (row,) = from_batch(batch)
    assert row["messages"][1]["tool_calls"][0]["arguments"] == "{}"
