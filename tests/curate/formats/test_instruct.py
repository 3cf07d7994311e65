"""Flat records of axolotl, torchtune and ms-swift: cases, round trips, the real files."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import schema
from curate.codes import BY_CODE
from curate.formats import BY_NAME, shape_of
from curate.formats.instruct.axolotl_columns import AXOLOTL_INSTRUCT
from tests.curate.formats.format_cases import rows
from tests.curate.formats.record_cases import cases, never_raises, read, run, written

DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)
NAMES = [*(form.name for form in AXOLOTL_INSTRUCT), "torchtune-instruct", "swift-query"]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["a\nb", "\n===\n", '- "x"', "\n", '- "x"\n- "y"']
)


@pytest.mark.parametrize("case", cases("instruct"))
def test_a_case(case: dict[str, Any]) -> None:
    run(case)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_valid_never_raises(name: str) -> None:
    assert never_raises(BY_NAME[name]) > 3


def records(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return records of a family with any texts."""
    loaded = schema.load(name)
    made: dict[str, Any] = {}
    for column, about in loaded["properties"].items():
        made[column] = TEXTS
        if column == "choices":
            made[column] = st.lists(TEXTS, max_size=3)
        elif column == "history":
            made[column] = st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=2)
        elif "null" in about["type"]:
            made[column] = TEXTS | st.none()
    needed = set(loaded["required"]) | ({"solution"} if name == "explainchoice" else set())
    return st.fixed_dictionaries(
        {column: made[column] for column in needed},
        optional={column: value for column, value in made.items() if column not in needed},
    )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_record_is_written_as_it_was_read(name: str, data: st.DataObject) -> None:
    record = data.draw(records(name))
    form = BY_NAME[name]
    assert schema.check(form.schema, record) == []
    row, hits = read(form, record)
    if hits:
        assert {hit.code for hit in hits} == {"SCH016"}
        return
    again, losses = written(form, row)
    assert [hit for hit in losses if hit.code != "LOS030"] == []
    assert again == record


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(row=rows)
def test_any_row_comes_back_or_its_losses_are_declared(name: str, row: dict[str, Any]) -> None:
    form = BY_NAME[name]
    record, losses = written(form, row)
    if record is None:
        assert losses
        return
    assert schema.check(form.schema, record) == []
    if not losses:
        again, hits = read(form, record)
        assert hits == []
        assert again["messages"] == row["messages"]
        assert again.get("category") == row.get("category")


@needs_data
@pytest.mark.parametrize(
    ("file", "shape", "count"),
    [
        ("teknium1+GPTeacher/Toolformer/toolformer-dedupe-only-dataset.json", "gpteacher", 7673),
        ("teknium1+GPTeacher/Toolformer/toolformer-similarity-0.9-dataset.json", "gpteacher", 5959),
    ],
)
def test_real_files_are_known_and_written_back(file: str, shape: str, count: int) -> None:
    found = json.loads((DATA / file).read_text(encoding="utf-8"))
    assert Counter(shape_of(record) for record in found) == {shape: count}
    form = BY_NAME[shape]
    for record in found[:2000]:
        assert schema.check(form.schema, record) == []
        row, hits = read(form, record)
        again, losses = written(form, row)
        assert hits == losses == []
        assert again == record


@needs_data
def test_questions_and_inputs_stay_asked_for() -> None:
    lines = (DATA / "openai+grade-school-math/grade_school_math/data/test.jsonl").read_text("utf-8")
    first = json.loads(lines.splitlines()[0])
    assert shape_of(first).name == "question-answer"
    long_form = json.loads(
        (DATA / "Lightning-AI+litgpt/tests/data/_fixtures/longform_train.json").read_text("utf-8")
    )
    assert "torchtune-instruct" in shape_of(long_form[0]).candidates
    for record in long_form:
        row, _ = read(BY_NAME["torchtune-instruct"], record)
        assert written(BY_NAME["torchtune-instruct"], row) == (record, [])


def test_the_code_of_a_text_that_is_no_list_is_an_error() -> None:
    assert BY_CODE["SCH016"].severity == "error"
