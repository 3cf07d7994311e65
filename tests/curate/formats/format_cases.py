"""How the cases of `tests/cases/formats/` are run, and random rows for round trips."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import strategies as st

from curate.codes import BY_CODE
from curate.finding import Hit
from curate.formats import BY_NAME
from curate.formats.base import Format
from curate.row import SCHEMAS, to_batch
from curate.schema import check

FORMATS = BY_NAME
CASES = Path(__file__).parents[2] / "cases" / "formats"


def cases(name: str, part: str) -> list[Any]:
    loaded = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))[part]
    return [pytest.param(case, id=case["name"]) for case in loaded]


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def places(hits: list[Hit]) -> list[str]:
    return [f"{hit.code} {hit.pointer}".rstrip() for hit in hits]


def expected(listed: list[str] | None) -> list[str]:
    return [item.replace('""', "").rstrip() for item in listed or []]


def errors(hits: list[Hit]) -> list[Hit]:
    return [hit for hit in hits if BY_CODE[hit.code].severity == "error"]


def decode(form: Format, record: dict[str, Any]) -> tuple[Any, list[Hit]]:
    assert form.decode is not None
    hits: list[Hit] = []
    before = copy.deepcopy(record)
    row = form.decode(record, hits)
    assert record == before, "a decoder must not change the record"
    return row, hits


def encode(form: Format, row: dict[str, Any]) -> tuple[Any, list[Hit]]:
    """Encode, and put extra back as the caller of an encoder does."""
    assert form.encode is not None
    hits: list[Hit] = []
    before = copy.deepcopy(row)
    record = form.encode(row, hits)
    assert row == before, "an encoder must not change the row"
    if record is not None and form.name != "row":
        record = {**(row.get("extra") or {}), **record}
    return record, hits


def fits_arrow(form: Format, row: dict[str, Any]) -> None:
    kind = form.kind if form.name != "row" else "sft"
    if set(row) <= set(SCHEMAS[kind].names):
        text = {k: json.dumps(row[k]) for k in ("extra", "layout") if k in row}
        to_batch(kind, [{**row, **text}])


def run_decode(case: dict[str, Any]) -> None:
    form, record = FORMATS[case["format"]], case["record"]
    faults = check(form.schema, record)
    assert faults == []
    row, hits = decode(form, record)
    assert places(hits) == expected(case.get("hits"))
    if "fix" in case:
        assert hits[0].fix == case["fix"]
    if errors(hits):
        return
    fits_arrow(form, row)
    if "messages" in case:
        found = [[m["role"], m.get("content")] for m in row["messages"]]
        assert found == case["messages"]
        calls = [
            [c["name"], c["arguments"]] for m in row["messages"] for c in m.get("tool_calls", ())
        ]
        assert calls == case.get("calls", [])
    assert row.get("layout", {}) == case.get("layout", {})
    assert row.get("extra", {}) == case.get("extra", {})
    assert row.get("category") == case.get("category")
    media = [[m["type"], m["ref"], m.get("mime")] for m in row.get("media", ())]
    assert media == case.get("media", [])
    again, losses = encode(form, row)
    assert places(losses) == expected(case.get("losses"))
    if case.get("exact"):
        assert canonical(again) == canonical(record)
    else:
        assert canonical(again) != canonical(record)


def run_encode(case: dict[str, Any]) -> None:
    form = FORMATS[case["format"]]
    record, losses = encode(form, case["row"])
    assert places(losses) == expected(case.get("losses"))
    assert record == case["record"]
    if record is not None:
        assert check(form.schema, record) == []


def run_rows(form: Format, row: dict[str, Any]) -> None:
    """Any row: the encoding is valid, and where no loss is declared it comes back the same."""
    record, losses = encode(form, row)
    if record is None:
        assert errors(losses)
        return
    assert check(form.schema, record) == []
    again, hits = decode(form, record)
    if errors(losses):
        return
    assert errors(hits) == []
    if not losses:
        gone = ("layout",)
        assert {k: v for k, v in again.items() if k not in gone} == {
            k: v for k, v in row.items() if k not in gone
        }


def run_stable(form: Format, row: dict[str, Any]) -> None:
    """A record that was written is read and written again without a change or an error."""
    record, losses = encode(form, row)
    if record is None or errors(losses):
        return
    first, _ = decode(form, record)
    again, more = encode(form, first)
    assert errors(more) == []
    assert canonical(again) == canonical(record)


words = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["a\nb", "<think>x</think>", "\n", '{"a": 1}', "[]", " "]
)
objects = st.dictionaries(words, st.integers(-9, 9) | words | st.none(), max_size=2)
arguments = objects.map(lambda v: json.dumps(v, ensure_ascii=False)) | words
calls = st.lists(
    st.fixed_dictionaries(
        {"type": st.just("function"), "name": words, "arguments": arguments},
        optional={"id": st.sampled_from(["call_1", "call_2", "x"])},
    ),
    min_size=1,
    max_size=3,
)
_text = {"content": words}
_more = {
    "name": words,
    "weight": st.sampled_from([0.0, 1.0, 0.5]),
    "extra": st.sampled_from(['{"x": 1}', '{"y": [null]}']),
}
messages = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system"]), **_text})
    | st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system"]), **_text})
    | st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "developer"])}, optional={**_text, **_more}
    )
    | st.fixed_dictionaries(
        {"role": st.just("assistant"), "tool_calls": calls},
        optional={**_text, "reasoning": words, "refusal": words},
    )
    | st.fixed_dictionaries(
        {"role": st.just("tool"), **_text}, optional={"tool_call_id": st.just("x"), "name": words}
    ),
    min_size=1,
    max_size=5,
)
tools = objects.map(
    lambda v: json.dumps([{"type": "function", "function": {"name": "f", **v}}], ensure_ascii=False)
)
exchange = st.tuples(words, words).map(
    lambda pair: [
        {"role": "user", "content": pair[0]},
        {"role": "assistant", "content": pair[1]},
    ]
)
chats = st.builds(
    lambda system, pairs: system + [message for pair in pairs for message in pair],
    st.just([]) | words.map(lambda text: [{"role": "system", "content": text}]),
    st.lists(exchange, min_size=1, max_size=3),
)
rows = st.fixed_dictionaries(
    {"messages": messages},
    optional={"tools": tools, "category": words, "extra": st.just({"source": 1})},
) | st.fixed_dictionaries({"messages": chats}, optional={"category": words})
