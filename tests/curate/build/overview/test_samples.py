"""Samples that do not depend on how a set is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from curate.build.overview.samples import Examples, Lowest, sample_keys
from curate.row import TEXT, to_batch

KEYS = st.lists(st.integers(0, 2**64 - 1), max_size=400)


def kept(keys: list[int], size: int, step: int) -> list[int]:
    lowest: Lowest[int] = Lowest(size)
    for start in range(0, len(keys), step):
        part = np.array(keys[start : start + step], np.uint64)
        for at in lowest.wanted(part).tolist():
            lowest.add(int(part[at]), start + at, int(part[at]))
    return lowest.values()


@given(KEYS, st.integers(0, 5), st.integers(1, 50))
def test_the_lowest_are_kept_however_they_come(keys: list[int], size: int, step: int) -> None:
    assert kept(keys, size, step) == sorted(keys)[:size]


def test_not_all_are_kept_on_the_way() -> None:
    lowest: Lowest[int] = Lowest(10)
    keys = np.random.default_rng(0).integers(0, 2**63, 20_000).astype(np.uint64)
    asked = 0
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        wanted = lowest.wanted(part).tolist()
        asked += len(wanted)
        for at in wanted:
            lowest.add(int(part[at]), start + at, at)
    assert asked < 5_000


def test_keys_are_those_of_ids_and_of_no_run() -> None:
    keys = sample_keys(pa.array(["a", "b", "a"], TEXT)).tolist()
    assert keys[0] == keys[2] == 14608863320967583690
    assert keys[1] != keys[0]


def examples(row: dict[str, Any], kind: Any = "sft") -> list[dict[str, Any]]:
    batch = to_batch(kind, [{"id": "1", **row}])
    found = Examples(3)
    found.add(batch, sample_keys(batch.column("id")), 0)
    return found.values()


def test_an_example_is_masked_and_cut() -> None:
    turns = [
        {"role": "user", "content": "I am jane.miller@gmail.com. " + "x" * 9_000},
        *({"role": "user", "content": str(n)} for n in range(20)),
    ]
    (found,) = examples({"messages": turns, "category": "of jane.miller@gmail.com"})
    assert "jane.m" not in str(found)
    assert found["turns"][0]["chars"] == 9_028
    assert 500 < len(found["turns"][0]["text"]) <= 601
    assert (len(found["turns"]), found["turns_cut"]) == (8, 13)


def test_examples_of_every_kind_have_their_texts() -> None:
    user, good = {"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}
    call = {"type": "function", "name": "f", "arguments": '{"a": 1}'}
    parts = [{"type": "image"}, {"type": "text", "text": "b"}]
    rows: list[tuple[Any, dict[str, Any], list[tuple[str, str]]]] = [
        (
            "preference",
            {"prompt": [user], "chosen": [good], "rejected": [good]},
            [("user", "Q"), ("chosen", "A"), ("rejected", "A")],
        ),
        ("text", {"text": "T"}, [("text", "T")]),
        ("segments", {"segments": [{"text": "s", "train": True}]}, [("trained", "s")]),
        (
            "stepwise",
            {"prompt": [user], "completions": ["s"], "labels": [False]},
            [("user", "Q"), ("wrong step", "s")],
        ),
        (
            "sft",
            {"messages": [user, {"role": "assistant", "tool_calls": [call]}]},
            [("user", "Q"), ("assistant", 'f({"a": 1})')],
        ),
        (
            "sft",
            {"messages": [{"role": "user", "parts": parts}]},
            [("user", "[image]\nb")],
        ),
    ]  # fmt: skip
    for kind, row, expected in rows:
        (found,) = examples(row, kind)
        assert [(turn["role"], turn["text"]) for turn in found["turns"]] == expected
