"""The tree of a file is the same however the file was cut, and shapes tell what they should."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.checks.whole import WHOLE_RULES
from curate.checks.whole.shape import DATE, ENCODED, HUGE, INTEGER, LARGE, TEXT, shape_of
from curate.checks.whole.tree import WIDE_KEYS, Tree, Watch

RULES = [rule for rule in WHOLE_RULES if rule.over == "records"]
keys = st.sampled_from(["a", "b", "A", "content", "arguments", "label", "messages"])
texts = st.sampled_from(["x", "42", "2024-01-02", "[1]", "true", ""])
scalars = st.none() | st.booleans() | st.integers() | st.floats(0, 1) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
records = st.lists(st.dictionaries(keys, values, max_size=4), min_size=1, max_size=12)


def tree_of(rows: list[dict[str, Any]], cuts: list[int]) -> Tree:
    tree = Tree(file="f.jsonl")
    bounds = [0, *sorted(cuts), len(rows)]
    for start, end in pairwise(bounds):
        watch = Watch()
        for index, row in enumerate(rows[start:end]):
            watch.see(row, index)
        # A record a MiB, so that the block which gives the schema ends behind the tenth.
        offsets = [n << 20 for n in range(start, end)]
        tree.add(watch.tree(offsets, [n + 1 for n in range(start, end)]))
    return tree


@given(records, st.data())
def test_cuts_change_nothing(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(rows)), max_size=4))
    whole, cut = tree_of(rows, []), tree_of(rows, cuts)
    assert whole.ordered() == cut.ordered()
    for rule in RULES:
        assert list(rule.conclude(whole)) == list(rule.conclude(cut))


@given(records)
def test_counts_are_those_of_the_records(rows: list[dict[str, Any]]) -> None:
    tree = tree_of(rows, [])
    for key in {key for row in rows for key in row}:
        spot = tree.spots[(key,)]
        assert spot.seen.records == sum(key in row for row in rows)
        assert spot.seen.line == next(n for n, row in enumerate(rows, 1) if key in row)
        lacking = [n for n, row in enumerate(rows, 1) if key not in row]
        assert tree.spots[()].varying().get(key, 0) == len(lacking)
        if lacking:
            assert tree.spots[()].missing[key][1] == lacking[0]


@pytest.mark.parametrize("cuts", [[], [100], [1, 2, 250]])
def test_a_wide_object_is_forgotten_in_any_cut(cuts: list[int]) -> None:
    rows = [{"scores": {f"key{n}": {"x": n}}} for n in range(WIDE_KEYS + 1)]
    tree = tree_of(rows, cuts)
    assert list(tree.spots) == [(), ("scores",)]
    assert tree.spots[("scores",)].wide
    assert len(tree_of(rows[1:], cuts).spots) == 2 + 2 * WIDE_KEYS


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("", TEXT),
        (" ", TEXT),
        ("\n", TEXT),
        ("the end", TEXT),
        ("not", TEXT),
        ("-", ENCODED),
        ("- a list", TEXT),
        ("-5", ENCODED),
        ("1.", ENCODED),
        ("1.5.2", TEXT),
        ("1e", TEXT),
        ("1e5\n", ENCODED),
        ("\t7", ENCODED),
        (" 2024-01-02", TEXT),
        ("2024-01-02", DATE),
        ("2024-01-02 25:00", TEXT),
        ("NaN", ENCODED),
        ("Never", TEXT),
        ("null and void", TEXT),
        ('{"a": 1}', ENCODED),
        ("{a} and {b}", TEXT),
        ("[1] A source [2]", TEXT),
        ('{"a": "' + "x" * 2000 + '"}', ENCODED),
        ("[" + "x" * 2000 + "]", TEXT),
        ('"', TEXT),
        (2**53, INTEGER),
        (2**53 + 1, LARGE),
        (-(2**63), LARGE),
        (2**63, HUGE),
    ],
)
def test_values_have_their_shape(value: Any, shape: str) -> None:
    assert shape_of(value) == shape


def test_the_order_of_what_is_told_is_the_same_in_every_process() -> None:
    program = (
        "from curate.checks.whole import WHOLE_RULES\n"
        "from curate.checks.whole.tree import Tree, Watch\n"
        "watch = Watch()\n"
        "watch.see({'m': [{'a': 1}, {'a': 'x'}, {'a': [2]}, {'b': {}}, {'c': [1, 'y']}]}, 0)\n"
        "tree = Tree()\n"
        "tree.add(watch.tree([0], [1]))\n"
        "for rule in WHOLE_RULES:\n"
        "    if rule.over == 'records':\n"
        "        print(list(rule.conclude(tree)))\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
    assert "number in 1 row" in told.pop()
