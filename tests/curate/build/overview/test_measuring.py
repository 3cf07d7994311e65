"""What is measured of rows of each kind, by rows whose numbers are known."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from curate.build.overview.measuring import Measured, measure
from curate.row import Kind, to_batch


def said(role: str, content: str | None = None, **more: Any) -> dict[str, Any]:
    return {"role": role, **({} if content is None else {"content": content}), **more}


def measured(kind: Kind, *rows: dict[str, Any], count: Any = None) -> Measured:
    return measure(
        to_batch(kind, [{"id": str(n), **row} for n, row in enumerate(rows)]), kind, count
    )


def lengths(found: Measured, unit: str) -> list[tuple[int, int]]:
    sides = (found.lengths[side, unit].tolist() for side in ("prompt", "response"))
    return list(zip(*sides, strict=True))


CHAT = [
    said("system", "Be brief."),
    said("user", "One two?"),
    said("assistant", "Three"),
    said("user", "Vier fünf sechs"),
    said("assistant", "Sieben!"),
]


def test_a_conversation_is_measured_by_its_sides() -> None:
    found = measured("sft", {"messages": CHAT}, {"messages": CHAT[:2]})
    assert lengths(found, "chars") == [(9 + 8 + 5 + 15, 7), (17, 0)]
    assert lengths(found, "words") == [(2 + 2 + 1 + 3, 1), (4, 0)]
    assert found.messages.tolist() == [5, 2]
    assert found.exchanges.tolist() == [2, 1]
    assert found.roles == {"system": 2, "user": 3, "assistant": 2}
    assert found.role_rows == {"system": 2, "user": 2, "assistant": 1}
    assert found.systems == ["Be brief.", "Be brief."]


def test_characters_are_code_points_and_words_of_scripts_without_spaces_are_characters() -> None:
    found = measured("text", {"text": "日本語 ok"})
    assert lengths(found, "chars") == [(0, 6)]
    assert lengths(found, "words") == [(0, 4)]


def test_a_pair_is_measured_by_its_chosen_answer() -> None:
    row = {
        "prompt": [said("user", "Ask")],
        "chosen": [said("assistant", "Good one")],
        "rejected": [said("assistant", "Bad", reasoning="no")],
    }
    found = measured("preference", row)
    assert lengths(found, "chars") == [(3, 8)]
    assert found.messages.tolist() == [2]
    assert found.roles == {"user": 1, "assistant": 2}
    assert found.role_rows == {"user": 1, "assistant": 1}
    assert found.uses["reasoning"] == 1


def test_labels_steps_and_segments_are_measured() -> None:
    one = {"prompt": [said("user", "Q")], "completion": [said("assistant", "AB")], "label": True}
    found = measured("unpaired", one, one | {"label": False})
    assert lengths(found, "chars") == [(1, 2), (1, 2)]
    assert found.uses["label: true"] == found.uses["label: false"] == 1
    assert len(set(found.rows.tolist())) == 2
    assert len(set(found.responses.tolist())) == 1
    steps = {"prompt": [said("user", "Q")], "completions": ["a", "bc"], "labels": [True, False]}
    assert lengths(measured("stepwise", steps), "chars") == [(1, 3)]
    segments = {"segments": [{"text": "in", "train": False}, {"text": "out", "train": True}]}
    found = measured("segments", segments)
    assert lengths(found, "chars") == [(2, 3)]
    assert found.prompts is None


def test_what_rows_use_is_counted_once_a_row() -> None:
    call = {"type": "function", "name": "f", "arguments": "{}"}
    turns = [
        said("user", "Q"),
        said("assistant", tool_calls=[call, call]),
        said("tool", "1"),
        said("assistant", "A", tool_calls=[call], weight=0.0),
    ]
    media = [{"type": "image", "ref": "a"}, {"type": "image", "ref": "b"}]
    found = measured("sft", {"messages": turns, "tools": "[]", "media": media}, {"messages": CHAT})
    assert found.uses == {"tool_calls": 1, "weight": 1, "tools": 1, "media: image": 1}


def test_reasoning_and_calls_are_text_of_their_turn() -> None:
    call = {"type": "function", "name": "f", "arguments": "{}"}
    turns = [said("user", "Q"), said("assistant", "A", reasoning="because", tool_calls=[call])]
    found = measured("sft", {"messages": turns})
    assert lengths(found, "chars") == [(1, 1 + 7 + 1 + 2)]


def test_tokens_are_counted_where_a_counter_is_given() -> None:
    found = measured("sft", {"messages": CHAT}, count=lambda texts: [2 * len(t) for t in texts])
    assert lengths(found, "tokens") == [(74, 14)]
    assert ("prompt", "tokens") not in measured("sft", {"messages": CHAT}).lengths


def test_keys_tell_rows_prompts_and_answers_apart() -> None:
    other = [*CHAT[:-1], said("assistant", "Acht!")]
    rows = [{"messages": CHAT}, {"messages": other}, {"messages": CHAT}]
    found = measured("sft", *rows)
    assert found.prompts is not None
    assert [len(set(keys.tolist())) for keys in (found.rows, found.prompts, found.responses)] == [
        2, 1, 2,
    ]  # fmt: skip
    with_tools = measured("sft", {"messages": CHAT}, {"messages": CHAT, "tools": "[]"})
    assert len(set(with_tools.rows.tolist())) == 2


@pytest.mark.parametrize("kind", ["sft", "preference", "unpaired", "prompt_only", "text"])
def test_no_rows_can_be_measured(kind: Kind) -> None:
    found = measured(kind)
    assert len(found.messages) == 0
    assert isinstance(to_batch(kind, []), pa.RecordBatch)
