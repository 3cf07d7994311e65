"""Files through the whole program, to another format and back: equal, or a loss is reported.

The way in between is JSON lines, or a dataset folder of Arrow or Parquet files, where a column has
one type and whatever is not of it has to be said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from curate.build import Report, Settings, convert
from curate.files.json_text import loads
from curate.formats import BY_NAME, shape_of
from curate.formats.trips import same, trip
from curate.schema import check

CALL = {"type": "function", "function": {"name": "weather", "arguments": '{"city": "Bonn"}'}}
TRL_CALL = {"type": "function", "function": {"name": "weather", "arguments": {"city": "Bonn"}}}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
ASKED = {"role": "user", "content": "How warm is it in Bonn?"}
TOLD = {"role": "assistant", "content": "19 degrees."}
CHAT = [ASKED, TOLD]
PAIR = {"chosen": [TOLD], "rejected": [{"role": "assistant", "content": "No idea."}]}
RECORDS: dict[str, list[dict[str, Any]]] = {
    "alpaca": [
        {"instruction": "Name a river.", "input": "", "output": "The Elbe."},
        {"instruction": "Sum up.", "input": "Two\nlines.", "output": "Lines.", "source": "mine"},
        {"instruction": "a", "output": "b", "system": "s", "history": [["c", "d"]]},
        {"instruction": "a\nb", "input": None, "output": "c", "category": "k"},
    ],
    "sharegpt": [
        {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]},
        {
            "conversations": [
                {"from": "human", "value": "How warm is it in Bonn?"},
                {"from": "function_call", "value": '{"name": "weather", "arguments": {"x": 1.0}}'},
                {"from": "observation", "value": "19"},
                {"from": "gpt", "value": "19 degrees."},
            ],
            "tools": json.dumps([TOOL]),
        },
        {
            "system": "Be brief.",
            "conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}],
            "score": 0.5,
        },
    ],
    "openai": [
        {"messages": CHAT},
        {
            "messages": [
                {"role": "system", "content": "s"},
                ASKED,
                {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", **CALL}]},
                {"role": "tool", "tool_call_id": "c1", "content": "19"},
                TOLD,
            ],
            "tools": [TOOL],
            "parallel_tool_calls": False,
        },
        {
            "messages": [
                {"role": "developer", "content": "d"},
                {"role": "user", "content": "a", "name": "Ann"},
                {"role": "assistant", "content": "b", "weight": 0},
                ASKED,
                {"role": "assistant", "content": None, "refusal": "No.", "weight": 1},
            ]
        },
    ],
    "trl-messages": [
        {"messages": CHAT},
        {
            "messages": [
                ASKED,
                {"role": "assistant", "content": "", "tool_calls": [TRL_CALL]},
                {"role": "tool", "name": "weather", "content": "19"},
                {**TOLD, "reasoning_content": "I look."},
            ],
            "tools": json.dumps([TOOL]),
        },
    ],
    "trl-prompt-completion": [
        {"prompt": [ASKED], "completion": [TOLD]},
        {"prompt": "Once upon", "completion": " a time"},
        {"prompt": [*CHAT, ASKED], "completion": [TOLD], "source": {"n": 1}},
    ],
    "swift": [
        {"messages": CHAT},
        {
            "messages": [
                ASKED,
                {"role": "tool_call", "content": '{"name": "weather", "arguments": {"city": "B"}}'},
                {"role": "tool_response", "content": "19"},
                {**TOLD, "loss": True},
            ],
            "tools": json.dumps([TOOL]),
        },
        {"messages": [ASKED, {**TOLD, "loss_scale": 0.5}], "system": "s"},
    ],
    "trl-preference": [
        {"prompt": [ASKED], **PAIR},
        {"prompt": [ASKED], **PAIR, "margin": 1.5, "source": "mine"},
        {"prompt": "a", "chosen": "b", "rejected": "c"},
    ],
    "trl-preference-implicit": [{side: [ASKED, *PAIR[side]] for side in PAIR}],
    "alpaca-preference": [
        {"instruction": "a", "input": "b", "chosen": "c", "rejected": "d"},
        {"instruction": "a\nb", "input": "", "chosen": "c", "rejected": "d", "history": []},
    ],
    "sharegpt-preference": [
        {
            "conversations": [{"from": "human", "value": "a"}],
            "chosen": {"from": "gpt", "value": "b"},
            "rejected": {"from": "gpt", "value": "c"},
        }
    ],
    "openai-preference": [
        {
            "input": {"messages": [ASKED], "tools": [TOOL], "parallel_tool_calls": True},
            "preferred_output": [TOLD],
            "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
        }
    ],
    "swift-preference": [
        {"messages": CHAT, "rejected_response": "No idea.", "margin": 2},
        {"messages": CHAT, "rejected_messages": [ASKED, {"role": "assistant", "content": "No."}]},
    ],
    "trl-kto": [
        {"prompt": [ASKED], "completion": [TOLD], "label": True},
        {"prompt": "a", "completion": "b", "label": False},
    ],
    "alpaca-kto": [{"instruction": "a", "input": "b", "output": "c", "kto_tag": True}],
    "sharegpt-kto": [
        {
            "conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}],
            "kto_tag": False,
        }
    ],
    "openai-kto": [{"messages": CHAT, "label": True, "source": "mine"}],
    "swift-kto": [{"messages": CHAT, "label": False}],
}
# What most rows are converted to.
USUAL = frozenset({"sharegpt", "openai", "trl-messages", "trl-preference", "trl-kto"})
KEPT = 60


def read_lines(path: Path) -> dict[str, dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    return {record["id"]: record for record in map(loads, lines)}


def lost(report: Report) -> set[str]:
    """Return the ids of the rows with a loss; each code keeps its first five findings."""
    assert all(count <= 5 for code, count in report.ledger.findings.items() if code[:3] == "LOS")
    losses = [some for code, some in report.samples.items() if code[:3] == "LOS"]
    return {str(finding.id) for some in losses for finding in some}


def step(source: Path, out: Path, came_from: str, to: str, **more: Any) -> Report:
    settings = Settings(source_format=came_from, kind=BY_NAME[to].kind)
    report = convert(source, str(out), to=to, settings=settings, **more)
    ledger = report.ledger
    assert ledger.rows_in == ledger.rows_out + ledger.removed.total()
    assert report.refused is None or ledger.rows_out == 0
    return report


def there_and_back(
    records: list[dict[str, Any]], own: str, other: str, way: str, folder: Path
) -> tuple[int, set[str]]:
    """Convert and convert back; return how many records are the same, and what was lost."""
    source, back = folder / "in.jsonl", folder / "back.jsonl"
    source.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    between = folder / ("between.jsonl" if way == "jsonl" else "between")
    more = {} if way == "jsonl" else {"container": way}
    first = step(source, between, own, other, **more)
    if not first.outputs:
        return 0, set(first.ledger.removed)
    second = step(between, back, other, own)
    gone = lost(first) | lost(second)
    again = read_lines(back)
    exact = 0
    for record in records:
        if record["id"] not in gone:
            found = again.get(record["id"])
            # A column of floats says 2 as 2.0, which is the same number.
            alike = same(found, record) if way == "jsonl" else found == record
            assert alike, (way, record, found)
            exact += 1
    return exact, gone


def ways() -> Iterator[Any]:
    """Yield every pair of formats of a kind, by every way; the usual ones are not slow."""
    for own in RECORDS:
        for other in RECORDS:
            if BY_NAME[own].kind != BY_NAME[other].kind:
                continue
            for way in ("jsonl", "arrow", "parquet"):
                usual = own == other or (way == "arrow" and other in USUAL)
                marks = () if usual else (pytest.mark.slow,)
                yield pytest.param(own, other, way, id=f"{own}-{other}-{way}", marks=marks)


@pytest.mark.parametrize(("own", "other", "way"), list(ways()))
def test_a_file_comes_back_or_a_loss_is_reported(
    own: str, other: str, way: str, tmp_path: Path
) -> None:
    records = [{"id": f"{own}-{n}", **record} for n, record in enumerate(RECORDS[own])]
    exact, _ = there_and_back(records, own, other, way, tmp_path)
    if own == other and way == "jsonl":
        assert exact == len(records)


@cache
def real_records(data: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the first records of every real file, with an id, by the format that they are of."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(data.rglob("*.json*")):
        if "robustness" in path.parts:
            continue
        try:
            value = loads(path.read_bytes()) if path.suffix == ".json" else None
            lines = path.read_bytes().splitlines()[:KEPT] if path.suffix == ".jsonl" else []
            records = value[:KEPT] if isinstance(value, list) else [loads(line) for line in lines]
        except ValueError:
            continue
        for record in records:
            shape = shape_of(record) if isinstance(record, dict) else None
            if isinstance(shape, str) and shape in RECORDS and not check(shape, record):
                some = found.setdefault(shape, [])
                some.append({**record, "id": f"r{len(some)}"})
    return found


@pytest.mark.slow
@pytest.mark.parametrize("own", RECORDS)
def test_real_files_come_back_or_a_loss_is_reported(own: str, data: Path, tmp_path: Path) -> None:
    records = real_records(data).get(own, [])
    if not records:
        pytest.skip(f"no real file is read as {own}")
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    for other in RECORDS:
        if BY_NAME[other].kind != BY_NAME[own].kind:
            continue
        between, back = tmp_path / f"{other}.jsonl", tmp_path / f"{other}-back.jsonl"
        step(source, between, own, other)
        if not between.exists():
            continue
        step(between, back, other, own)
        again = read_lines(back)
        for record in records:
            plain = {key: value for key, value in record.items() if key != "id"}
            done = trip(plain, BY_NAME[own], BY_NAME[other])
            if done is not None and not done.codes and record["id"] in again:
                assert same(again[record["id"]], record), (other, record)
