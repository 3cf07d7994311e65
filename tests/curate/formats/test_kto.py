"""Judged answers: labels, losses, round trips, and the real file."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import schema
from curate.formats import BY_NAME, FORMATS, read_label, shape_of
from curate.row import from_batch, to_batch

DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)
WRITTEN = [form.name for form in FORMATS if form.kind == "unpaired" and form.encode]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@pytest.mark.parametrize(
    ("value", "label_map", "expected"),
    [
        (True, {}, True),
        (False, {"False": True}, False),
        ("good", {"good": True, "bad": False}, True),
        ("bad", {"good": True, "bad": False}, False),
        ("Good", {"good": True}, None),
        ("true", {}, None),
        (1, {}, None),
        (1, {"1": True}, True),
        (0, {"0": False}, False),
        (0.5, {"0.5": True}, True),
        (None, {}, None),
        (None, {"null": False}, False),
        (["good"], {"good": True}, None),
    ],
)
def test_only_booleans_and_what_the_map_says_are_labels(value, label_map, expected):
    assert read_label(value, label_map) is expected


def test_a_label_that_is_none_is_shown_with_what_to_do():
    hits = []
    assert BY_NAME["trl-kto"].decode({"prompt": "a", "completion": "b", "label": 1}, hits) is None
    assert hits[0].value == 1
    assert "--label-map" in hits[0].fix


@pytest.mark.parametrize("name", ["alpaca-kto", "sharegpt-kto", "openai-kto"])
def test_an_answer_of_several_messages_is_a_loss(name):
    row = {
        "prompt": [{"role": "user", "content": "a"}],
        "completion": [
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c"},
            {"role": "assistant", "content": "d", "name": "Ann"},
        ],
        "label": True,
    }
    hits = []
    assert BY_NAME[name].encode(row, hits) is not None
    found = {(hit.code, hit.pointer) for hit in hits}
    assert ("LOS025", "/completion") in found
    assert name == "openai-kto" or ("LOS019", "/completion/2/name") in found


@pytest.mark.parametrize("name", WRITTEN)
def test_a_row_of_another_kind_is_refused(name):
    hits = []
    assert BY_NAME[name].encode({"messages": []}, hits) is None
    assert [hit.code for hit in hits] == ["LOS034"]


@pytest.mark.parametrize(("name", "column"), [("alpaca-kto", "kto_tag"), ("openai-kto", "label")])
def test_the_label_has_the_column_that_its_tools_expect(name, column):
    row = {
        "prompt": [{"role": "user", "content": "a"}],
        "completion": [{"role": "assistant", "content": "b"}],
        "label": False,
    }
    assert BY_NAME[name].encode(row, [])[column] is False


def message(role):
    return st.builds(lambda text: {"role": role, "content": text}, TEXTS)


ROWS = st.builds(
    lambda before, question, answer, label: {
        "prompt": [*(m for pair in before for m in pair), question],
        "completion": [answer],
        "label": label,
    },
    st.lists(st.tuples(message("user"), message("assistant")), max_size=2),
    message("user"),
    message("assistant"),
    st.booleans(),
)


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=60, deadline=None)
@given(row=ROWS)
def test_what_is_written_reads_as_the_same_row(name, row):
    form = BY_NAME[name]
    lost, hits = [], []
    record = json.loads(json.dumps(form.encode(row, lost)))
    assert schema.check(form.schema, record) == []
    back = form.decode(record, hits)
    assert {hit.code for hit in lost} <= {"LOS009"}
    assert hits == []
    assert {k: back[k] for k in ("prompt", "completion", "label")} == row
    again = []
    assert form.encode(back, again) == record
    assert again == []


@needs_data
def test_the_real_file_goes_through_every_format_and_back():
    path = DATA / "hiyouga+LLaMA-Factory" / "data" / "kto_en_demo.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    labels = []
    for record in records:
        form = BY_NAME[shape_of(record)]
        hits = []
        assert schema.check(form.schema, record) == []
        row = form.decode(record, hits)
        assert hits == []
        assert form.encode(row, hits) == record
        labels.append(row["label"])
        plain = {column: row[column] for column in ("prompt", "completion", "label")}
        for name in WRITTEN:
            other = BY_NAME[name]
            back = other.decode(other.encode(row, []), [])
            assert {column: back[column] for column in plain} == plain
        assert from_batch(to_batch("unpaired", [plain])) == [plain]
    assert [labels.count(True), labels.count(False)] == [150, 150]
