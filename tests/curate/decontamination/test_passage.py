"""Places of words as places of characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.decontamination import Passage, around, passage
from curate.lexical import words


@pytest.mark.parametrize(
    ("text", "first", "count", "expected"),
    [
        ("One two, three!", 1, 1, "two,"),
        ("One two, three!", 1, 2, "two, three!"),
        ("x = a+b  # sum", 1, 2, "a+b"),
        ("  padded\n\nlines here ", 0, 2, "padded\n\nlines"),
        ("我买了一辆新车。很好", 2, 3, "了一辆"),
        ("see 我买了 and go", 2, 2, "买了"),
        ("naïve café", 1, 1, "café"),
        ("one", 0, 99, "one"),
    ],
)
def test_a_passage_is_what_the_words_stand_in(text, first, count, expected) -> None:
    place = passage(text, first, count)
    assert text[place.begin : place.end] == expected


@given(st.text(max_size=40), st.integers(0, 50), st.integers(1, 50))
def test_a_passage_holds_the_words_asked_for(text, first, count) -> None:
    place = passage(text, first, count)
    inside = words([text[place.begin : place.end]]).values.tolist()
    wanted = words([text]).values.tolist()[first : first + count]
    assert 0 <= place.begin <= place.end <= len(text)
    assert not wanted or any(
        inside[at : at + len(wanted)] == wanted for at in range(len(inside) - len(wanted) + 1)
    )


def test_a_text_is_cut_around_a_passage() -> None:
    text = "a" * 100 + "HERE" + "b" * 100
    cut = around(text, Passage(100, 104), 20)
    assert cut == "…" + "a" * 8 + "HERE" + "b" * 8 + "…"
    assert around("short", Passage(0, 5), 20) == "short"
    assert around(text, Passage(0, 4), 10) == "a" * 10 + "…"
