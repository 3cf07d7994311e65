"""What is gathered of rows: repeats against plain counting, and parts that add up."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.build.overview.gathering import Gathered
from curate.row import to_batch


def gathered(texts: list[str], parts: list[int], step: int = 3) -> Gathered:
    found = Gathered("text", None)
    for start in range(0, len(texts), step):
        for part in sorted(set(parts[start : start + step])):
            rows = [
                {"id": str(at), "text": text}
                for at, text in enumerate(texts[start : start + step], start)
                if parts[at] == part
            ]
            found.add(to_batch("text", rows), part)
    return found


TEXTS = st.lists(st.sampled_from(["", "a", "b", "c d", "e"]), max_size=20)


@given(TEXTS)
def test_repeats_are_what_counting_says(texts: list[str]) -> None:
    found = gathered(texts, [0] * len(texts)).duplicates()
    several = [n for n in Counter(texts).values() if n > 1]
    assert found["rows"] == {
        "of": len(texts),
        "repeats": sum(several) - len(several),
        "groups": len(several),
        "largest": max(several, default=0),
    }
    assert found["prompts"] is None
    there = [text for text in texts if text]
    assert found["responses"] is not None
    assert found["responses"]["repeats"] == len(there) - len(set(there))


@given(TEXTS, st.data())
def test_parts_add_up(texts: list[str], data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.integers(0, 2), min_size=len(texts), max_size=len(texts)))
    found = gathered(texts, parts)
    told = found.parts(["x", "y", "z"])
    assert [each["rows"] for each in told] == [parts.count(n) for n in range(3)]
    whole = found.lengths()["whole"]["chars"]
    sums = [each["lengths"]["whole"]["chars"] for each in told]
    assert sum(each["sum"] for each in sums if each) == (whole["sum"] if whole else 0)
    by_part = [[t for t, p in zip(texts, parts, strict=True) if p == n] for n in range(3)]
    for overlap, (one, other) in zip(found.overlaps("xyz"), ((0, 1), (0, 2), (1, 2)), strict=True):  # type: ignore[arg-type]
        assert overlap["rows"] == sum(text in by_part[one] for text in by_part[other])


def test_one_part_is_not_told_again() -> None:
    assert gathered(["a"], [0]).parts(["x"]) == []


def test_nothing_is_gathered_of_nothing() -> None:
    found = Gathered("sft", None)
    assert found.duplicates()["rows"] == {"of": 0, "repeats": 0, "groups": 0, "largest": 0}
    assert found.duplicates()["prompts"] is None
    assert found.turns() == {"messages": {}, "exchanges": {}}
    assert found.lengths(np.zeros(0, np.bool_))["prompt"]["chars"] is None
