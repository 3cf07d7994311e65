"""Answer pairs: losses, round trips over generated rows, and the real files."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import schema
from curate.formats import BY_NAME, FORMATS, shape_of
from curate.row import from_batch, to_batch

DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)
WRITTEN = [form.name for form in FORMATS if form.kind == "preference" and form.encode]
# Formats that lose system turns or exchanges; test_published.py and test_axolotl.py have their way
# back.
FLAT = {"axolotl-preference", "hh-rlhf", "stack-exchange-paired"}
WHOLE = [name for name in WRITTEN if name not in FLAT]
COLUMNS = ("prompt", "chosen", "rejected", "margin", "tools")
CALL = {"id": "c1", "type": "function", "name": "weather", "arguments": '{"city": "Bonn"}'}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


def a_row(**changes):
    row = {
        "prompt": [{"role": "user", "content": "A colour?"}],
        "chosen": [{"role": "assistant", "content": "Blue."}],
        "rejected": [{"role": "assistant", "content": "Table."}],
    }
    return row | changes


def losses(name, row):
    hits = []
    record = BY_NAME[name].encode(row, hits)
    return record, [(hit.code, hit.pointer) for hit in hits]


@pytest.mark.parametrize("name", ["alpaca-preference", "sharegpt-preference", "openai-preference"])
def test_a_margin_without_a_place_is_a_loss(name):
    assert losses(name, a_row(margin=0.5))[1] == [("LOS026", "/margin")]


@pytest.mark.parametrize("name", ["trl-preference", "trl-preference-implicit"])
def test_trl_keeps_the_margin(name):
    record, lost = losses(name, a_row(margin=0.5))
    assert record["margin"] == 0.5
    assert lost == []


@pytest.mark.parametrize("name", ["alpaca-preference", "sharegpt-preference", "openai-preference"])
def test_an_answer_of_several_messages_is_a_loss(name):
    calls = {"role": "assistant", "tool_calls": [CALL]}
    result = {"role": "tool", "content": "19", "tool_call_id": "c1"}
    row = a_row(chosen=[calls, result, {"role": "assistant", "content": "19 degrees."}])
    record, lost = losses(name, row)
    assert ("LOS025", "/chosen") in lost
    assert "19 degrees." in json.dumps(record)


def test_losses_point_into_the_row():
    row = a_row(
        prompt=[{"role": "user", "content": "A colour?", "name": "Ann"}],
        chosen=[{"role": "assistant", "content": "Blue.", "weight": 0.0}],
    )
    assert losses("alpaca-preference", row)[1] == [
        ("LOS019", "/prompt/0/name"),
        ("LOS018", "/chosen/0/weight"),
    ]
    assert losses("sharegpt-preference", row)[1] == [
        ("LOS019", "/prompt/0/name"),
        ("LOS018", "/chosen/0/weight"),
    ]
    assert losses("trl-preference", row)[1] == [("LOS018", "/chosen/0/weight")]
    assert losses("trl-preference-implicit", row)[1] == [("LOS018", "/chosen/0/weight")]
    assert losses("openai-preference", row)[1] == []


def test_openai_gives_ids_to_calls_that_have_none():
    call = {key: value for key, value in CALL.items() if key != "id"}
    row = a_row(
        prompt=[
            {"role": "user", "content": "How warm?"},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "content": "19"},
        ]
    )
    record, lost = losses("openai-preference", row)
    messages = record["input"]["messages"]
    assert messages[1]["tool_calls"][0]["id"] == messages[2]["tool_call_id"] == "call_1"
    assert lost == [("LOS013", "/prompt")]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_row_of_another_kind_is_refused(name):
    record, lost = losses(name, {"messages": [{"role": "user", "content": "Hi"}]})
    assert record is None
    assert lost == [("LOS034", "")]


def message(role):
    return st.builds(lambda text: {"role": role, "content": text}, TEXTS)


ROWS = st.builds(
    lambda system, before, question, chosen, rejected, margin: {
        "prompt": [*system, *(m for pair in before for m in pair), question],
        "chosen": [chosen],
        "rejected": [rejected],
        **({} if margin is None else {"margin": margin}),
    },
    st.lists(message("system"), max_size=1),
    st.lists(st.tuples(message("user"), message("assistant")), max_size=2),
    message("user"),
    message("assistant"),
    message("assistant"),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
)


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60, deadline=None)
@given(row=ROWS)
def test_what_is_written_reads_as_the_same_row(name, row):
    form = BY_NAME[name]
    lost, hits = [], []
    record = json.loads(json.dumps(form.encode(row, lost)))
    assert schema.check(form.schema, record) == []
    back = form.decode(record, hits)
    codes = {hit.code for hit in lost}
    assert codes <= {"LOS009", "LOS026", "LOS030"}
    expected = {
        k: row[k] for k in COLUMNS if k in row and not (k == "margin" and "LOS026" in codes)
    }
    in_column = name in ("alpaca-preference", "swift-query-preference")
    if in_column and row["prompt"][0] == {"role": "system", "content": ""}:
        expected["prompt"] = row["prompt"][1:]  # an empty system column says that there is none
    assert hits == []
    assert {k: back[k] for k in COLUMNS if k in back} == expected


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=30, deadline=None)
@given(row=ROWS)
def test_what_is_read_is_written_as_the_same_record(name, row):
    form = BY_NAME[name]
    record = form.encode(row, [])
    lost = []
    assert form.encode(form.decode(record, []), lost) == record
    assert lost == []


@needs_data
@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("hiyouga+LLaMA-Factory/data/dpo_en_demo.json", 300),
        ("hiyouga+LLaMA-Factory/data/dpo_zh_demo.json", 300),
        ("pytorch+torchtune/tests/assets/hh_rlhf_tiny.json", 1),
    ],
)
def test_real_files_go_through_every_format_and_back(file, rows):
    records = json.loads((DATA / file).read_text(encoding="utf-8"))
    assert len(records) == rows
    for record in records:
        form = BY_NAME[shape_of(record)]
        hits = []
        assert schema.check(form.schema, record) == []
        row = form.decode(record, hits)
        assert hits == []
        assert form.encode(row, hits) == record
        for name in WHOLE:
            other = BY_NAME[name]
            lost = []
            back = other.decode(other.encode(row, lost), [])
            assert {hit.code for hit in lost} <= {"LOS009"}
            assert [back[c] for c in COLUMNS[:3]] == [row[c] for c in COLUMNS[:3]]
        plain = {column: row[column] for column in COLUMNS if column in row}
        assert from_batch(to_batch("preference", [plain])) == [plain]
