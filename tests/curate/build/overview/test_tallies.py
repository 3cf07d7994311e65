"""Values counted, bounded, and shown without what must not be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curate.build.overview.tallies import Tally, shown_text


@given(st.lists(st.sampled_from(["a", "b", "c", None, ""])))
def test_values_are_counted(values: list[str | None]) -> None:
    tally = Tally()
    tally.add(values[:3])
    tally.add(values[3:])
    found = tally.to_dict()
    there = [value for value in values if value is not None]
    assert found["rows"] == len(there)
    assert {e["value"]: e["rows"] for e in found["top"]} == {v: there.count(v) for v in set(there)}
    counts = [each["rows"] for each in found["top"]]
    assert counts == sorted(counts, reverse=True)


def test_the_most_frequent_are_shown_and_the_others_counted() -> None:
    tally = Tally()
    tally.add([f"{n:02}" for n in range(30) for _ in range(n + 1)])
    found = tally.to_dict()
    assert [each["value"] for each in found["top"]][:2] == ["29", "28"]
    assert len(found["top"]) == 20
    assert found["others"] == sum(range(1, 11))
    assert found["different"] == 30


def test_too_many_values_are_counted_together() -> None:
    tally = Tally()
    tally.add(map(str, range(10_050)))
    tally.add(["0", "new"])
    found = tally.to_dict()
    assert found["rows"] == 10_052
    assert found["different"] == 10_000
    assert found["different_is_least"] is True
    assert found["top"][0] == {"value": "0", "rows": 2}
    assert sum(e["rows"] for e in found["top"]) + found["others"] == 10_052


def test_secrets_and_personal_data_are_masked() -> None:
    shown = shown_text("write to jane.miller@gmail.com today", 100)
    assert shown == "write to ja… (21 characters) today"


def test_what_a_cut_would_hide_from_the_detector_is_not_shown() -> None:
    for before in range(170, 210):
        shown = shown_text("x " * (before // 2) + "jane.miller@gmail.com " + "y " * 5_000, 200)
        assert "jane.m" not in shown
        assert len(shown) <= 201
    for before in range(540, 620):
        assert "jane.m" not in shown_text("x" * before + " jane.miller@gmail.com" + "y" * 900, 200)


def test_a_short_text_is_whole_and_a_long_one_is_cut() -> None:
    assert shown_text("short", 5) == "short"
    assert shown_text("longer", 5) == "longe…"
    assert shown_text("z" * 5_000, 5) == "zzzzz…"
