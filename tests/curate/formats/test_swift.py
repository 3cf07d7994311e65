"""ms-swift and xtuner: cases, round trips, weights between formats."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import schema
from curate.codes import BY_CODE
from curate.formats import BY_NAME, shape_of
from tests.curate.formats.format_cases import rows, words
from tests.curate.formats.record_cases import cases, never_raises, read, run, written

NAMES = ["swift", "swift-pairs", "xtuner", "pygmalion", "axolotl"]
ALL = [
    *NAMES,
    "swift-kto",
    "swift-preference",
    "swift-query-preference",
    "xtuner-text",
    "input-output",
]


@pytest.mark.parametrize("case", cases("swift"))
def test_a_case(case: dict[str, Any]) -> None:
    run(case)


@pytest.mark.parametrize("name", ALL)
def test_what_is_valid_never_raises(name: str) -> None:
    assert never_raises(BY_NAME[name]) > 3


FLAGS = {
    "loss": st.booleans() | st.none(),
    "loss_scale": st.sampled_from([0, 1, 0.5, 2.0]) | st.none(),
    "channel": words,
}
CALLS = st.builds(
    lambda name, arguments: json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False),
    words,
    st.dictionaries(words, st.integers() | words | st.none(), max_size=2),
)
TURNS = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system"]), "content": words}, optional=FLAGS
    )
    | st.fixed_dictionaries({"role": st.just("tool_call"), "content": CALLS}, optional=FLAGS)
    | st.fixed_dictionaries(
        {"role": st.sampled_from(["tool", "tool_response"]), "content": words},
        optional={**FLAGS, "name": words},
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(turns=TURNS, system=words | st.none())
def test_turns_are_written_as_they_were_read(turns: list[Any], system: str | None) -> None:
    record: dict[str, Any] = {"messages": turns}
    if system is not None:
        record["system"] = system
    assert schema.check("swift", record) == []
    row, hits = read(BY_NAME["swift"], record)
    assert {hit.code for hit in hits} <= {"TRN003"}
    again, losses = written(BY_NAME["swift"], row)
    assert losses == []
    assert again == record


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=100, deadline=None)
@given(row=rows)
def test_any_row_comes_back_or_its_losses_are_declared(name: str, row: dict[str, Any]) -> None:
    form = BY_NAME[name]
    record, losses = written(form, row)
    if record is None:
        assert losses
        return
    assert schema.check(form.schema, record) == []
    again, hits = read(form, record)
    severe = [hit for hit in losses if BY_CODE[hit.code].severity == "error"]
    if severe:
        return
    assert hits == []
    once, more = written(form, again)
    assert [hit for hit in more if BY_CODE[hit.code].severity == "error"] == []
    assert once == record
    if not losses:
        assert {k: v for k, v in again.items() if k != "layout"} == row


@pytest.mark.parametrize(
    ("weight", "flags"),
    [
        (0.0, {"loss": False}),
        (1.0, {"loss": True}),
        (0.5, {"loss_scale": 0.5}),
        (3.0, {"loss_scale": 3}),
    ],
)
def test_every_weight_has_its_flag(weight: float, flags: dict[str, Any]) -> None:
    message = {"role": "assistant", "content": "b", "weight": weight}
    record, losses = written(BY_NAME["swift"], {"messages": [message]})
    assert losses == []
    assert record == {"messages": [{"role": "assistant", "content": "b", **flags}]}
    assert shape_of(record) == "swift"
    assert read(BY_NAME["swift"], record)[0]["messages"] == [message]


def test_loss_false_is_weight_0_in_openai_and_train_false_in_axolotl() -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "loss": False}]
    row, _ = read(BY_NAME["swift"], {"messages": turns})
    openai, lost = written(BY_NAME["openai"], row)
    assert (openai["messages"][1]["weight"], lost) == (0, [])
    axolotl, lost = written(BY_NAME["axolotl"], row)
    assert (axolotl["messages"][1]["train"], lost) == (False, [])
    _, lost = written(BY_NAME["trl-messages"], row)
    assert [hit.code for hit in lost] == ["LOS018"]


def test_calls_of_openai_come_back_but_for_their_ids() -> None:
    example = schema.load("openai")["examples"][1]
    row, _ = read(BY_NAME["openai"], example)
    record, lost = written(BY_NAME["swift"], row)
    assert {hit.code for hit in lost} == {"LOS012"}
    back, _ = read(BY_NAME["swift"], record)
    again, lost = written(BY_NAME["openai"], {**back, "extra": row["extra"]})
    assert [hit.code for hit in lost] == ["LOS013"]
    assert again == example
