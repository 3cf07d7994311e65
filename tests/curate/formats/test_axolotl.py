"""axolotl's chat rows, segments and pairs: cases, round trips, segments end to end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import schema
from curate.formats import BY_NAME, shape_of
from curate.formats.pieces.arrow import fit, in_columns
from tests.curate.formats.format_cases import words
from tests.curate.formats.record_cases import cases, never_raises, read, run, written


@pytest.mark.parametrize("case", cases("axolotl"))
def test_a_case(case: dict[str, Any]) -> None:
    run(case)


@pytest.mark.parametrize("name", ["chat-preference", "axolotl-preference"])
def test_what_is_valid_never_raises(name: str) -> None:
    assert never_raises(BY_NAME[name]) > 3


TURNS = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "tool"]), "content": words},
        optional={
            "train": st.booleans() | st.none(),
            "train_detail": st.just([{"begin_offset": 0, "end_offset": 1, "train": True}]),
            "name": words,
            "weight": st.sampled_from([0, 1]),
        },
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(turns=TURNS, system=words | st.none())
def test_turns_are_written_as_they_were_read(turns: list[Any], system: str | None) -> None:
    record: dict[str, Any] = {"messages": turns, "system": system}
    assert schema.check("axolotl", record) == []
    row, hits = read(BY_NAME["axolotl"], record)
    assert {hit.code for hit in hits} <= {"TRN003"}
    again, losses = written(BY_NAME["axolotl"], row)
    assert losses == []
    assert again == record


def test_segments_go_through_the_whole_program(tmp_path: Path) -> None:
    from curate.build import convert, load

    source = tmp_path / "in.jsonl"
    records = [
        {"segments": [{"label": False, "text": "<s>a\n"}, {"label": True, "text": "b</s>"}]},
        {"segments": [{"label": True, "text": "c"}], "source": "mine"},
        {"segments": [{"label": "yes", "text": "c"}]},
    ]
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    report = convert(source, str(tmp_path / "rows"))
    assert (report.ledger.rows_in, report.ledger.rows_out) == (3, 2)
    assert dict(report.ledger.removed) == {"SCH002": 1}
    rows = list(load(tmp_path / "rows").rows())
    assert rows[0]["segments"] == [
        {"text": "<s>a\n", "train": False},
        {"text": "b</s>", "train": True},
    ]
    target = tmp_path / "out.jsonl"
    convert(tmp_path / "rows", str(target), to="input-output")
    again = [json.loads(line) for line in target.read_text().splitlines()]
    assert [{k: v for k, v in record.items() if k != "id"} for record in again] == records[:2]


@pytest.mark.parametrize(
    ("name", "record", "expected"),
    [
        (
            "chat-preference",
            {"messages": [{"role": "user", "content": "a"}], "chosen": "b", "rejected": "c"},
            {"chosen": {"role": "assistant", "content": "b"}},
        ),
        (
            "axolotl-preference",
            {"instruction": "a", "chosen_response": "b", "rejected_response": "c"},
            {"question": "a", "chosen": "b", "rejected": "c"},
        ),
        (
            "swift-preference",
            {
                "messages": [
                    {"role": "user", "content": "a"},
                    {"role": "assistant", "content": "b"},
                ],
                "rejected_response": "c",
            },
            {
                "rejected_messages": [
                    {"role": "user", "content": "a"},
                    {"role": "assistant", "content": "c"},
                ]
            },
        ),
        (
            "explainchoice",
            {"question": "a", "choices": ["b"], "explanation": "c"},
            {"question": "a", "choices": ["b"], "solution": "c"},
        ),
        (
            "swift-pairs",
            {"conversations": [{"human": "a", "assistant": "b"}]},
            {"conversation": [{"human": "a", "assistant": "b"}]},
        ),
    ],
)
def test_a_table_is_written_in_the_spelling_of_its_columns(
    name: str, record: dict[str, Any], expected: dict[str, Any]
) -> None:
    form = BY_NAME[name]
    row, _ = read(form, record)
    made, losses = written(form, in_columns(form.columns, row))
    assert losses == []
    assert {key: made[key] for key in expected} == expected
    assert set(made) <= set(form.columns.names)
    assert fit(form.columns, made, losses) == made
    assert losses == []


def test_a_source_with_a_system_text_keeps_it_in_axolotls_columns() -> None:
    row = {
        "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}],
        "chosen": [{"role": "assistant", "content": "b"}],
        "rejected": [{"role": "assistant", "content": "c"}],
    }
    record, losses = written(BY_NAME["axolotl-preference"], row)
    assert losses == []
    assert shape_of(record) == "axolotl-preference"
    assert {
        k: v for k, v in read(BY_NAME["axolotl-preference"], record)[0].items() if k in row
    } == row
