"""The screen over columns: what it calls ordinary is, and nothing else is missed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.checks import RULES, ordinary
from curate.checks.walk import is_blank
from curate.row import Kind, Row, to_batch

CONTENTS = st.sampled_from(
    [
        "Hi",
        "Hello",
        "",
        " ",
        "\n\n",
        "\u200b",
        "\u3000",
        "\ufeff",
        "\u00a0x",
        " x",
        "你好",
        "é",
        "、",
    ]
)
ROLES = st.sampled_from(["system", "developer", "user", "assistant", "tool"])
CALL = {"type": "function", "name": "f", "arguments": "{}"}
RARE: list[dict[str, Any]] = [
    {},
    {},
    {},
    {},
    {"weight": 0.0},
    {"name": "Ann"},
    {"tool_calls": [CALL]},
    {"tool_call_id": "a"},
    {"reasoning": "Hm"},
    {"parts": [{"type": "text", "text": "a"}]},
]


@st.composite
def message(draw: st.DrawFn, role: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"role": role or draw(ROLES), **draw(st.sampled_from(RARE))}
    if "parts" not in found and draw(st.integers(0, 9)):
        found["content"] = draw(CONTENTS)
    return found


@st.composite
def dialogue(draw: st.DrawFn) -> list[dict[str, Any]]:
    if not draw(st.integers(0, 2)):
        return draw(st.lists(message(), max_size=4))
    roles = draw(st.sampled_from([[], ["system"], ["developer"]]))
    roles = roles + ["user", "assistant"] * draw(st.integers(0, 2))
    roles += draw(st.sampled_from([[], [], ["user"]]))
    return [draw(message(role)) for role in roles]


@st.composite
def row(draw: st.DrawFn, kind: Kind) -> Row:
    found: Row = {}
    if kind == "sft":
        found["messages"] = draw(dialogue())
    else:
        found["prompt"] = draw(dialogue())
        for name in ("chosen", "rejected") if kind == "preference" else ("completion",):
            found[name] = draw(st.lists(message("assistant"), max_size=2) | dialogue())
    if kind == "preference":
        found["margin"] = draw(st.sampled_from([1.0, float("nan"), float("inf"), -1.0]))
    if kind == "unpaired":
        found["label"] = draw(st.booleans())
    if not draw(st.integers(0, 4)):
        found["tools"] = '[{"name": "f"}]'
    dropped = draw(st.sampled_from([*found, *[None] * 10]))
    return {name: value for name, value in found.items() if name != dropped}


def is_ordinary(row: Row) -> bool:
    """Say the same as the screen for an sft row, one message after the other."""
    messages = row.get("messages") or []
    if messages and messages[0]["role"] in ("system", "developer"):
        roles = [m["role"] for m in messages[1:]]
    else:
        roles = [m["role"] for m in messages]
    return (
        "tools" not in row
        and roles == ["user", "assistant"] * (len(roles) // 2)
        and bool(roles)
        and all(m.keys() == {"role", "content"} and not is_blank(m["content"]) for m in messages)
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(row("sft"), max_size=6), st.integers(0, 3))
def test_says_what_a_slow_look_says(rows: list[Row], start: int) -> None:
    batch = to_batch("sft", rows)
    assert ordinary(batch, "sft").tolist() == [is_ordinary(r) for r in rows]
    assert ordinary(batch.slice(start), "sft").tolist() == [is_ordinary(r) for r in rows[start:]]


@pytest.mark.parametrize("kind", ["sft", "preference", "unpaired"])
def test_ordinary_rules_never_hit_ordinary_rows(kind: Kind) -> None:
    rules = [rule for rule in RULES if rule.ordinary and kind in rule.kinds]

    @settings(max_examples=150, deadline=None)
    @given(st.lists(row(kind), min_size=1, max_size=6))
    def check(rows: list[Row]) -> None:
        for found, plain in zip(rows, ordinary(to_batch(kind, rows), kind), strict=True):
            if plain:
                assert [r.code.code for r in rules if any(r.check(found))] == []

    check()


def test_pairs_and_labels() -> None:
    prompt = [{"role": "user", "content": "2+2?"}]
    four, five = ([{"role": "assistant", "content": text}] for text in ("4", "5"))
    pairs: list[Row] = [
        {"prompt": prompt, "chosen": four, "rejected": five},
        {"prompt": prompt, "chosen": four, "rejected": five, "margin": 0.5},
        {"prompt": prompt, "chosen": four, "rejected": four},
        {"prompt": prompt, "chosen": four, "rejected": five, "margin": float("nan")},
        {"prompt": prompt + four, "chosen": four, "rejected": five},
        {"prompt": prompt, "chosen": four, "rejected": prompt},
        {"prompt": prompt, "chosen": four},
    ]
    batch = to_batch("preference", pairs)
    assert ordinary(batch, "preference").tolist() == [True, True] + [False] * 5
    assert ordinary(batch.slice(1, 2), "preference").tolist() == [True, False]
    labelled: list[Row] = [
        {"prompt": prompt, "completion": four, "label": False},
        {"prompt": prompt, "completion": four},
        {"prompt": prompt, "completion": four + four, "label": True},
    ]
    assert ordinary(to_batch("unpaired", labelled), "unpaired").tolist() == [True, False, False]


def test_every_blank_character_is_seen_as_one() -> None:
    """Each character that `is_blank` accepts, alone and before another, in one batch."""
    blanks = [c for c in map(chr, [*range(0xD800), *range(0xE000, 0x110000)]) if is_blank(c)]
    texts = [text for c in blanks for text in (c, c * 2, c + "a")]
    rows: list[Row] = [
        {"messages": [{"role": "user", "content": t}, {"role": "assistant", "content": "a"}]}
        for t in texts
    ]
    assert ordinary(to_batch("sft", rows), "sft").tolist() == [t.endswith("a") for t in texts]


def test_other_kinds_and_empty_batches() -> None:
    assert ordinary(to_batch("text", [{"text": "a"}]), "text").tolist() == [False]
    assert ordinary(to_batch("sft", []), "sft").tolist() == []
    assert ordinary(to_batch("sft", [{"id": "1"}]), "sft").tolist() == [False]
    assert ordinary(to_batch("sft", [{"messages": []}]), "sft").tolist() == [False]
