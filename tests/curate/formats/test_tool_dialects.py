"""Tool calls in the dialects of ShareGPT and of function-calling sets: every case, and any row."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

import curate
from curate.build.settings import Settings
from curate.formats import BY_NAME, shape_of
from curate.formats.pieces.literals import record_as_json
from curate.schema import check, load, validator
from tests.curate.formats.format_cases import (
    CASES,
    canonical,
    decode,
    encode,
    errors,
    expected,
    places,
    rows,
    run_rows,
    run_stable,
)

OWN = ("sharegpt-hermes", "glaive", "glaive-sharegpt", "xlam", "sharegpt", "alpaca")
WRITTEN = ("sharegpt-hermes", "xlam", "sharegpt", "alpaca")
ODD: tuple[Any, ...] = (None, 0, "", [], {}, True, "x", [[]], {"a": 1})
GLAIVE = (
    "hiyouga+LLaMA-Factory/data/glaive_toolcall_en_demo.json",
    "hiyouga+LLaMA-Factory/data/glaive_toolcall_zh_demo.json",
    "shibing624+MedicalGPT/data/sft/glaive_toolcall_zh_demo.jsonl",
)


def cases(part: str) -> list[Any]:
    loaded = yaml.safe_load((CASES / "tools.yaml").read_text("utf-8"))[part]
    return [pytest.param(case, id=case["name"]) for case in loaded]


@pytest.mark.parametrize("case", cases("read"))
def test_a_record_is_read_and_written_again(case: dict[str, Any]) -> None:
    form, record = BY_NAME[case["format"]], case["record"]
    assert check(form.schema, record) == []
    row, hits = decode(form, record)
    assert places(hits) == expected(case.get("hits"))
    if errors(hits):
        assert case.keys() <= {"name", "format", "record", "hits"}
        return
    if "row" in case:
        assert row == case["row"]
    if form.encode is None:
        return
    again, losses = encode(form, row)
    assert places(losses) == expected(case.get("losses"))
    assert canonical(again) == canonical(record if case.get("exact") else case["written"])


@pytest.mark.parametrize("case", cases("write"))
def test_a_row_is_written(case: dict[str, Any]) -> None:
    form = BY_NAME[case["format"]]
    record, losses = encode(form, case["row"])
    assert places(losses) == expected(case["losses"])
    assert record == case["record"]
    assert record is None or check(form.schema, record) == []


@pytest.mark.parametrize("case", cases("convert"))
def test_a_record_becomes_one_of_another_format(case: dict[str, Any]) -> None:
    row, hits = decode(BY_NAME[case["from"]], case["record"])
    assert places(hits) == expected(case.get("hits"))
    record, losses = encode(BY_NAME[case["to"]], row)
    assert record == case["becomes"]
    assert places(losses) == expected(case.get("losses"))


@pytest.mark.parametrize("name", ["sharegpt-hermes", "xlam"])
@given(row=rows)
def test_any_row_comes_back_or_its_losses_are_declared(name: str, row: dict[str, Any]) -> None:
    run_rows(BY_NAME[name], row)


@pytest.mark.parametrize("name", ["sharegpt-hermes", "xlam"])
@given(row=rows)
def test_a_written_record_is_stable(name: str, row: dict[str, Any]) -> None:
    run_stable(BY_NAME[name], row)


def test_hermes_is_never_guessed() -> None:
    for example in load("sharegpt-hermes")["examples"]:
        assert shape_of(example) == "sharegpt"


def mutants(value: Any) -> list[Any]:
    """Return the value with each place in it, and itself, replaced by each odd value."""
    found = list(ODD)
    if isinstance(value, dict):
        for key in value:
            found += [{**value, key: other} for other in mutants(value[key])]
            found.append({k: v for k, v in value.items() if k != key})
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += [[*value[:index], other, *value[index + 1 :]] for other in mutants(item)]
    if isinstance(value, str):
        found += [value[: len(value) // 2], value * 2, value.replace('"', "'"), f"{value}\n{value}"]
    return found


@pytest.mark.parametrize("name", OWN)
def test_what_the_schema_lets_through_is_read_without_an_error_of_ours(name: str) -> None:
    form = BY_NAME[name]
    texts = [case.values[0] for case in cases("read")]
    records = [*load(form.schema)["examples"], *(c["record"] for c in texts if c["format"] == name)]
    valid, tried = validator(form.schema).is_valid, 0
    for record in records:
        for mutant in mutants(record):
            if not isinstance(mutant, dict) or not valid(mutant):
                continue
            tried += 1
            record_as_json(mutant)
            row, hits = decode(form, mutant)
            if row is None or errors(hits) or form.encode is None:
                continue
            again, losses = encode(form, row)
            if not losses and again is not None:
                assert canonical(again) == canonical(mutant)
    assert tried > 20


@pytest.mark.parametrize("path", GLAIVE)
@pytest.mark.parametrize("via", ["openai", "trl-messages", "sharegpt-hermes"])
def test_real_calls_come_back_but_for_the_wrapping_of_tools(
    data: Path, path: str, via: str
) -> None:
    text = (data / path).read_text("utf-8")
    records = json.loads(text) if path.endswith(".json") else map(json.loads, text.splitlines())
    source, other = BY_NAME["sharegpt"], BY_NAME[via]
    said = set()
    for record in records:
        row, hits = decode(source, record)
        same, losses = encode(source, row)
        assert (hits, losses, same) == ([], [], record)
        there, losses = encode(other, row)
        assert other.decode is not None
        back, hits = decode(other, copy.deepcopy(there))
        assert hits == []
        again, more = encode(source, back)
        said |= {hit.code for hit in (*losses, *more)}
        if via == "sharegpt-hermes":
            assert again == record
        bare = [tool.get("function", tool) for tool in json.loads(again["tools"])]
        assert {**again, "tools": bare} == {**record, "tools": json.loads(record["tools"])}
    declared = {"openai": {"LOS012", "LOS013", "LOS016"}, "trl-messages": {"LOS016"}}
    assert said == declared.get(via, set())


@pytest.mark.parametrize("to", ["sharegpt", "alpaca", "openai"])
def test_a_system_column_beside_a_system_turn_is_kept_or_said_to_be_lost(
    tmp_path: Path, to: str
) -> None:
    turns = [{"from": "system", "value": "s"}, {"from": "human", "value": "a"}]
    record = {"system": "c", "conversations": [*turns, {"from": "gpt", "value": "b"}]}
    (tmp_path / "a.jsonl").write_text(json.dumps(record) + "\n")
    report = curate.convert(tmp_path / "a.jsonl", str(tmp_path / "out.jsonl"), to=to)
    written = json.loads((tmp_path / "out.jsonl").read_text())
    assert report.ledger.findings["LOS001"] == (to == "alpaca")
    assert written.get("system") == ("s" if to == "alpaca" else "c")


def test_markup_in_the_text_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    call = '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>'
    turns = [{"from": "human", "value": "a"}, {"from": "gpt", "value": call}]
    (tmp_path / "a.jsonl").write_text(json.dumps({"conversations": turns}) + "\n")
    plain, asked = tmp_path / "plain.jsonl", tmp_path / "asked.jsonl"
    curate.convert(tmp_path / "a.jsonl", str(plain), to="openai")
    settings = Settings(source_format="sharegpt-hermes")
    curate.convert(tmp_path / "a.jsonl", str(asked), to="openai", settings=settings)
    assert json.loads(plain.read_text())["messages"][1]["content"] == call
    assert json.loads(asked.read_text())["messages"][1]["tool_calls"][0]["function"]["name"] == "f"
