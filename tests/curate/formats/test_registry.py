"""Every format has a name, a schema with examples, cases, and directions that agree."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from curate import schema
from curate.formats import ALIASES, BY_NAME, FORMATS, readers, shape_of, writers
from curate.formats.pieces.arrow import in_columns
from curate.row import KINDS, to_batch

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "formats"
# Shapes that a flag has to answer for, whose examples therefore are not named by themselves.
ASKED_FOR = {
    "autotrain-preference",
    "sharegpt-hermes",
    "jeopardy",
    "torchtune-instruct",
    "torchtune-vqa",
    "oasst-paths",
    "oasst-preference",
    *("chatgpt-paths", "chatgpt-preference", "claude-paths", "claude-preference"),
    "trl-prompt-only",
}
# trl-messages is told from openai by the arguments of its calls only.
TWINS = {
    "trl-messages": {"openai", "trl-messages"},
    # Read as OpenAI's, which has the same columns of text.
    "llamafactory-messages": {"openai"},
    # Services that read OpenAI's lines.
    **{name: {"openai"} for name in ("together", "fireworks", "azure")},
}


def by_name(form):
    return form.name


def examples_of(form):
    """Of a schema that several formats share, the examples that this one reads."""
    examples = schema.load(form.schema)["examples"]
    if sum(other.schema == form.schema for other in FORMATS) == 1:
        return examples
    own = []
    for example in examples:
        hits = []
        form.decode(example, hits)
        own += [] if hits else [example]
    assert own
    return own


def test_names_are_unique_and_aliases_lead_to_formats():
    assert len({form.name for form in FORMATS}) == len(FORMATS)
    assert set(BY_NAME) == {form.name for form in FORMATS} | set(ALIASES)
    assert BY_NAME["preference"].name == "trl-preference"
    assert BY_NAME["kto"].name == "trl-kto"


def test_readers_and_writers_keep_the_registry_order():
    assert [form for form in FORMATS if form.decode] == list(readers())
    assert [form for form in FORMATS if form.encode] == list(writers())
    assert set(readers()) | set(writers()) == set(FORMATS)


@pytest.mark.parametrize("form", FORMATS, ids=by_name)
def test_it_has_a_schema_whose_examples_hold(form):
    text = (ROOT / "schemas" / f"{form.schema}.schema.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    assert loaded["$id"].endswith(f"/{form.schema}.schema.json")
    assert loaded["examples"]
    for example in loaded["examples"]:
        assert schema.check(form.schema, example) == []


@pytest.mark.parametrize("form", FORMATS, ids=by_name)
def test_it_has_cases(form):
    texts = [path.read_text(encoding="utf-8") for path in CASES.glob("*.yaml")]
    own = (CASES / f"{form.name}.yaml").is_file()
    named = any(
        f"format: {form.name}\n" in text or f"format: {form.name}," in text for text in texts
    )
    assert own or named


@pytest.mark.parametrize("form", [form for form in FORMATS if form.name != "row"], ids=by_name)
def test_its_examples_are_recognised_decoded_and_written(form):
    assert form.kind in KINDS
    assert form.title
    for example in examples_of(form):
        if form.name not in ASKED_FOR and not form.name.startswith("rendered:"):
            assert shape_of(example) in TWINS.get(form.name, {form.name})
        before = json.dumps(example)
        hits = []
        made = form.decode(example, hits)
        row = made[0] if isinstance(made, list) else made
        assert hits == []
        assert json.dumps(example) == before, "a decoder must not change the record"
        if form.encode is not None:
            lost = []
            record = form.encode(row, lost)
            again = form.decode(json.loads(json.dumps(record)), [])
            content = {k: v for k, v in row.items() if k not in ("extra", "layout")}
            assert {k: again[k] for k in content} == content
            assert {hit.code for hit in lost} <= {"LOS016"}
        own = {k: v for k, v in row.items() if k not in ("extra", "layout")}
        assert to_batch(form.kind, [own]).num_rows == 1


@pytest.mark.parametrize("form", [form for form in writers() if form.name != "row"], ids=by_name)
def test_its_columns_hold_what_it_writes(form):
    assert isinstance(form.columns, pa.Schema)
    for example in examples_of(form):
        row = in_columns(form.columns, form.decode(example, []))
        record = form.encode(row, [])
        assert set(record) <= set(form.columns.names)


def test_cases_name_formats_that_exist():
    for name in ("preference", "kto"):
        text = (CASES / f"{name}.yaml").read_text(encoding="utf-8")
        assert {case["format"] for case in yaml.safe_load(text)} <= set(BY_NAME)
