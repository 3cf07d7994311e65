"""Published sets: their cases, damaged records, and the real files where they are at hand."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import schema
from curate.codes import BY_CODE
from curate.formats import BY_NAME, shape_of
from tests.curate.formats.published_cases import (
    cases,
    no_damage_breaks,
    rows_of,
    run_read,
    run_write,
    written,
)

NAMES = (
    *("oasst", "oasst-paths", "oasst-preference", "ultrafeedback", "nectar", "ultrachat", "lmsys"),
    *("helpsteer", "helpsteer2-preference", "helpsteer3", "shp", "arena", "alpaca-eval"),
    *("stack-exchange-paired", "self-instruct", "axolotl-kto", "hh-rlhf"),
)
DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)


@pytest.mark.parametrize("case", cases("read", "published"))
def test_a_record_becomes_its_rows(case: dict[str, Any]) -> None:
    run_read(case)


@pytest.mark.parametrize("case", cases("write", "published"))
def test_a_row_is_written_with_its_losses(case: dict[str, Any]) -> None:
    run_write(case)


@pytest.mark.parametrize("name", NAMES)
def test_no_damage_that_the_schema_passes_breaks_it(name: str) -> None:
    no_damage_breaks(name)


def test_a_message_of_a_tree_keeps_its_own_keys() -> None:
    reply = {"text": "B", "role": "assistant", "rank": 0, "labels": {"spam": {"value": 0}}}
    record = {
        "message_tree_id": "t",
        "prompt": {"text": "A", "role": "prompter", "replies": [reply]},
    }
    (row,), hits = rows_of(BY_NAME["oasst"], record)
    assert hits == []
    assert json.loads(row["messages"][1]["extra"]) == {"rank": 0, "labels": {"spam": {"value": 0}}}
    assert "extra" not in row["messages"][0]


@pytest.mark.parametrize("name", ["lmsys", "self-instruct"])
def test_media_in_a_message_are_losses(name: str) -> None:
    image = {"type": "image", "media": 0}
    row = {
        "messages": [
            {"role": "user", "parts": [image, {"type": "text", "text": "Who?"}], "name": "Ann"},
            {"role": "assistant", "content": "Ada."},
        ],
        "media": [{"type": "image", "ref": "a.png"}],
    }
    record, losses = written(BY_NAME[name], row)
    assert ["LOS022", "/messages/0/parts/0"] in losses
    assert "a.png" not in json.dumps(record)
    assert "Who?" in json.dumps(record)


def test_a_tree_may_be_deep() -> None:
    said: dict[str, Any] = {"text": "end", "role": "assistant"}
    for number in range(40):
        role = "assistant" if number % 2 else "prompter"
        said = {"text": str(number), "role": role, "replies": [said]}
    rows, hits = rows_of(BY_NAME["oasst-paths"], {"message_tree_id": "t", "prompt": said})
    assert len(rows[0]["messages"]) == 41
    assert hits == []


WORDS = st.text(max_size=6) | st.sampled_from(["a\n\nHuman: b", "\n\nAssistant:", " x", "Human:"])


def message(role: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"role": st.just(role), "content": WORDS})


TURNS = st.lists(st.sampled_from(["system", "user", "assistant"]).flatmap(message), max_size=3)
PAIRS = st.fixed_dictionaries(
    {"prompt": TURNS.filter(bool), "chosen": TURNS.filter(bool), "rejected": TURNS.filter(bool)}
)
CHATS = st.fixed_dictionaries({"messages": TURNS.filter(bool)})


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("hh-rlhf", PAIRS),
        ("stack-exchange-paired", PAIRS),
        ("ultrachat", CHATS),
        ("lmsys", CHATS),
        ("self-instruct", CHATS),
    ],
)
@given(data=st.data())
def test_any_row_comes_back_or_its_loss_is_declared(
    name: str, rows: st.SearchStrategy[dict[str, Any]], data: st.DataObject
) -> None:
    form, row = BY_NAME[name], data.draw(rows)
    record, losses = written(form, row)
    errors = [code for code, _ in losses if BY_CODE[code].severity == "error"]
    assert record is not None or errors
    emptied = any(code == "LOS030" for code, _ in losses)
    if record is not None and not errors and not emptied:
        (back,), hits = rows_of(form, record)
        assert hits == []
        assert {key: back[key] for key in row} == row


ANNOTATIONS = "tatsu-lab+alpaca_eval/results/alpaca-7b/alpaca_eval_gpt4/annotations.json"
TREES = "LAION-AI+Open-Assistant/model/model_eval/manual/data/en_100_tree.jsonl"
REAL = [
    (TREES, "oasst", 100, {"LOS042": 100}),
    (TREES, "oasst-paths", 546, {"LOS042": 70}),
    (TREES, "oasst-preference", 212, {"LOS042": 97}),
    (ANNOTATIONS, "alpaca-eval", 789, {"PRF012": 16}),
    (
        "pytorch+torchtune/tests/assets/stack_exchange_paired_tiny.json",
        "stack-exchange-paired",
        25,
        {},
    ),
    ("tatsu-lab+stanford_alpaca/seed_tasks.jsonl", "self-instruct", 175, {}),
    ("gpt4life+alpagasus/test_data/sinstruct_test_set.jsonl", "self-instruct", 252, {}),
    (
        "yizhongw+self-instruct/human_eval/user_oriented_instructions.jsonl",
        "self-instruct",
        252,
        {},
    ),
]


@needs_data
@pytest.mark.parametrize(("path", "name", "count", "codes"), REAL, ids=lambda v: str(v)[-30:])
def test_real_files(path: str, name: str, count: int, codes: dict[str, int]) -> None:
    text = (DATA / path).read_text(encoding="utf-8")
    records = json.loads(text) if text.startswith("[") else list(map(json.loads, text.splitlines()))
    form = BY_NAME[name]
    found: Counter[str] = Counter()
    total = 0
    for whole in records:
        record = {key: value for key, value in whole.items() if key != "id"}
        assert shape_of(whole) == name.removesuffix("-paths").replace("oasst-preference", "oasst")
        assert schema.check(form.schema, record) == []
        rows, hits = rows_of(form, record)
        found.update(hit.code for hit in hits)
        total += len(rows)
        assert bool(rows) != any(BY_CODE[hit.code].severity == "error" for hit in hits)
        if form.encode is not None:
            assert written(form, rows[0]) == (record, [])
    assert (total, found) == (count, codes)
