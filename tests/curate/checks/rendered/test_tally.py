"""What is counted of all rows is the same however they come in chunks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curate.checks.base import Spot
from curate.checks.rendered import Place, Tally
from tests.curate.checks.rendered.tiny import rendering


def tally_of(lengths: list[int], first: int = 0) -> Tally:
    made = Tally("tiny", "none", 5)
    for at, length in enumerate(lengths, first):
        reading = rendering("bytes", "none", 5).read({"text": "a" * length}, "text")
        place = Place("in.jsonl", at, 0, None)
        made.count(reading, place)
        if length % 2:
            made.note("LEN037", Spot("", f"row {at}"), place)
    return made


@given(st.lists(st.integers(0, 12), max_size=12), st.integers(0, 12))
def test_chunks_add_up(lengths: list[int], cut: int) -> None:
    cut = min(cut, len(lengths))
    whole, parts = tally_of(lengths), tally_of(lengths[:cut])
    parts.add(tally_of(lengths[cut:], cut))
    assert parts == whole
    assert parts.to_dict() == whole.to_dict()


def test_counts_are_what_they_say() -> None:
    found = tally_of([1, 2, 9, 9, 3]).to_dict()
    # Each text has its end behind it.
    assert (found["tokens"], found["trained_tokens"], found["rows"]) == (29, 29, 5)
    assert found["rows_over_max_length"] == 2
    longest = {"tokens": 10, "file": "in.jsonl", "line": 2, "byte_offset": 0, "id": None}
    assert found["longest"] == longest
    assert (found["p50"], found["p95"], found["p99"]) == (4, 10, 10)
    fact = tally_of([1, 2, 9, 9, 3]).facts["LEN037"]
    assert (fact.rows, fact.place.line, fact.spot.message) == (4, 0, "row 0")


def test_percentiles_are_lengths_that_a_row_has() -> None:
    assert dict(tally_of(list(range(100))).percentiles()) == {50: 50, 95: 95, 99: 99}
    assert dict(Tally("tiny", None, None).percentiles()) == {}


def test_a_row_that_is_refused_is_counted_apart() -> None:
    made = Tally("tiny", "alpaca", None)
    row = {"messages": [{"role": "system", "content": "a"}]}
    made.count(rendering("bytes", "alpaca", None).read(row, "sft"), Place("a", 1, 0, None))
    assert (made.rows, made.unread) == (0, 1)
    assert "not rendered: 1 rows" in "\n".join(made.lines())
