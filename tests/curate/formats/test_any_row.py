"""Any row through every format that is written: valid, read back, and nothing lost unsaid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.codes import BY_CODE
from curate.finding import Hit
from curate.formats import FORMATS, Format
from curate.formats.rest import flat, with_rest
from curate.schema import check
from tests.curate.formats.declared import comparable, projected
from tests.curate.formats.format_cases import chats, messages, rows, tools, words

BOTH = [form for form in FORMATS if form.encode and form.decode and form.name != "row"]
MORE: dict[str, Any] = {"tools": tools, "category": words, "extra": st.just({"source": 1})}
_answer = words.map(lambda text: [{"role": "assistant", "content": text}])
_prompt = messages | chats.map(lambda chat: chat[:-1])
_side = _answer | _answer | messages
ROWS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "sft": rows,
    "preference": st.fixed_dictionaries(
        {"prompt": _prompt, "chosen": _side, "rejected": _side},
        optional={**MORE, "margin": st.sampled_from([0.0, 1.0, -0.5])},
    ),
    "unpaired": st.fixed_dictionaries(
        {"prompt": _prompt, "completion": _side, "label": st.booleans()}, optional=MORE
    ),
    "prompt_only": st.fixed_dictionaries(
        {"prompt": _prompt}, optional={"category": words, "extra": st.just({"source": 1})}
    ),
    "text": st.fixed_dictionaries({"text": words}, optional={"category": words}),
    "stepwise": st.fixed_dictionaries(
        {
            "prompt": words.map(lambda text: [{"role": "user", "content": text}]),
            "completions": st.just(["a", "b"]),
            "labels": st.just([True, False]),
        },
        optional={"category": words},
    ),
    "segments": st.fixed_dictionaries(
        {
            "segments": st.lists(
                st.fixed_dictionaries({"text": words, "train": st.booleans()}), min_size=1
            )
        }
    ),
}


def is_error(hits: list[Hit]) -> bool:
    return any(BY_CODE[hit.code].severity == "error" for hit in hits)


def written(form: Format, row: dict[str, Any], hits: list[Hit], came_from: str) -> Any:
    assert form.encode is not None
    record = form.encode(row, hits)
    return None if record is None else flat(with_rest(form, record, row, came_from, hits))


@pytest.mark.parametrize("form", BOTH, ids=lambda form: form.name)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_row_is_read_back_but_for_what_is_declared(form: Format, data: st.DataObject) -> None:
    row = data.draw(ROWS[form.kind])
    losses: list[Hit] = []
    record = written(form, row, losses, "")
    if record is None or is_error(losses):
        assert is_error(losses)
        return
    assert check(form.schema, record) == []
    assert form.decode is not None
    faults: list[Hit] = []
    again = form.decode(record, faults)
    assert isinstance(again, dict)
    assert not is_error(faults)
    codes = {hit.code for hit in losses if hit.code.startswith("LOS")}
    if comparable(codes):
        assert projected(again, codes) == projected(row, codes)
    more: list[Hit] = []
    assert written(form, again, more, form.name) == record
    assert not is_error(more)
