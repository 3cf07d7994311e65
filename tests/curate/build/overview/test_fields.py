"""Keys of fields: equal where the fields are, and of fields that are there alone."""

from __future__ import annotations

from typing import Any

from curate.build.overview.fields import compared, content_keys, field_keys
from curate.row import KINDS, to_batch

ONE = {
    "id": "1",
    "messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}],
    "category": "c",
    "origin": {"path": "a", "line": 1},
}


def changed(row: dict[str, Any], before: dict[str, Any] = ONE) -> list[str]:
    batch = to_batch("sft", [before, row])
    keys = content_keys(batch, "sft")
    found = {name: k[0] != k[1] for name, k in field_keys(batch, "sft").items()}
    fields = sorted(name for name, differs in found.items() if differs)
    assert bool(fields) == bool(keys[0] != keys[1])
    return fields


def test_what_is_no_content_is_not_compared() -> None:
    assert changed({**ONE, "id": "2", "origin": {"path": "b", "line": 9}, "layout": "{}"}) == []
    for kind in KINDS:
        assert not {"id", "origin", "layout"} & set(compared(kind))


def test_a_changed_text_is_one_field() -> None:
    turns = [ONE["messages"][0], {"role": "assistant", "content": "B"}]  # type: ignore[index]
    assert changed({**ONE, "messages": turns}) == ["/messages/*/content"]
    assert changed({**ONE, "category": "d"}) == ["/category"]
    assert changed({k: v for k, v in ONE.items() if k != "category"}) == ["/category"]


def test_turns_that_changed_places_differ() -> None:
    turns = [{**turn, "content": text} for turn, text in zip(ONE["messages"], "AQ", strict=True)]  # type: ignore[arg-type]
    assert changed({**ONE, "messages": turns}) == ["/messages/*/content"]


def test_one_more_turn_differs_in_what_it_has() -> None:
    turns = [*ONE["messages"], {"role": "user", "content": "More"}]  # type: ignore[misc]
    assert changed({**ONE, "messages": turns}) == ["/messages/*/content", "/messages/*/role"]


def test_a_key_that_only_one_row_has_differs() -> None:
    turns = [ONE["messages"][0], {**ONE["messages"][1], "reasoning": "R"}]  # type: ignore[index]
    assert changed({**ONE, "messages": turns}) == ["/messages/*/reasoning"]


def test_missing_and_empty_are_not_the_same() -> None:
    turns = [{"role": "user", "content": ""}]
    without = [{"role": "user"}]
    found = changed({**ONE, "messages": turns}, {**ONE, "messages": without})
    assert found == ["/messages/*/content"]


def test_keys_do_not_depend_on_the_batch() -> None:
    rows = [ONE, {**ONE, "id": "2", "messages": []}, {"id": "3"}, ONE]
    whole = field_keys(to_batch("sft", rows), "sft")
    for at, row in enumerate(rows):
        alone = field_keys(to_batch("sft", [row]), "sft")
        for name, keys in whole.items():
            assert keys[at] == (alone[name][0] if name in alone else 0), name
    assert (
        content_keys(to_batch("sft", rows), "sft")[3]
        == content_keys(to_batch("sft", [ONE]), "sft")[0]
    )
