"""Each repair changes what its name says, reports it, and leaves every other row alone."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.build.ask import settings_of
from curate.codes import BY_CODE as CODES
from curate.errors import UsageError
from curate.finding import Hit
from curate.repairs import BY_NAME, REPAIRS

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "repairs.yaml").read_text("utf-8"))


def message(role: str, content: str | None, *weight: float) -> dict[str, Any]:
    made: dict[str, Any] = {"role": role}
    if content is not None:
        made["content"] = content
    if weight:
        made["weight"] = float(weight[0])
    return made


def test_every_repair_has_cases() -> None:
    assert {case["repair"].partition("=")[0] for case in CASES} == set(BY_NAME)


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{c['repair']}: {c.get('name', '')}") for c in CASES]
)
def test_a_case(case: dict[str, Any]) -> None:
    ((name, argument),) = settings_of({"repairs": (case["repair"],)}).repairs
    row = {"messages": [message(*turn) for turn in case["messages"]]}
    before = copy.deepcopy(row)
    hits: list[Hit] = []
    rows = BY_NAME[name].apply(row, argument, hits)
    assert row == before
    assert [made["messages"] for made in rows] == [
        [message(*turn) for turn in turns] for turns in case["rows"]
    ]
    assert [hit.code for hit in hits] == case["codes"]


turns = st.lists(
    st.builds(
        message,
        st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
        st.sampled_from(["a", "b", "", " ", None]),
    ),
    max_size=6,
)


@pytest.mark.parametrize("repair", REPAIRS, ids=lambda repair: repair.name)
@given(messages=turns)
def test_twice_is_as_once_and_no_row_is_left_without_messages(
    repair: Any, messages: list[dict[str, Any]]
) -> None:
    row = {"messages": messages}
    hits: list[Hit] = []
    made = repair.apply(row, repair.argument or "", hits)
    assert (made == [row]) == (not hits)
    assert {hit.code for hit in hits} <= {repair.code}
    assert all(CODES[hit.code].severity == "warning" for hit in hits)
    for new in made:
        assert new["messages"] or not messages
        again: list[Hit] = []
        assert repair.apply(new, repair.argument or "", again) == [new]
        assert again == []


def test_places_in_the_layout_are_forgotten_where_turns_move() -> None:
    layout = {"absent": ["/messages/1/content"], "completion_from": 2, "id": "number"}
    row = {"messages": [message("user", "a"), message("user", "a")], "layout": layout}
    (made,) = BY_NAME["dedupe-turn"].apply(row, "", [])
    assert made["layout"] == {"id": "number"}


@pytest.mark.parametrize("name", ["merge-consecutiv", "drop-trailing-user=x", ""])
def test_a_wrong_name_or_argument_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        settings_of({"repairs": (name,)})
