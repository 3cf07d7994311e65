"""Signs that change what a text says, and marks that do not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curate.deduplication import signs as module
from curate.deduplication.signs import signs


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("What is 3 + 4?", "What is 3 - 4?"),
        ("What is 3*4?", "What is 3/4?"),
        ("return a+b", "return a-b"),
        ("return a * b", "return a / b"),
        ("if count < limit:", "if count > limit:"),
        ("if x == y", "if x != y"),
        ("x = -5", "x = 5"),
        ("1.5 cups", "1 5 cups"),
        ("at 10:30", "at 10.30"),
        ("5² is", "52 is"),
        ("2 - x", "2 * x"),
    ],
)
def test_other_signs(first: str, second: str) -> None:
    assert signs(first) != signs(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("- one\n- two", "* one\n* two"),
        ("a well-known thing", "a well known thing"),
        ("this and/or that", "this and or that"),
        ("it is **bold** here", "it is bold here"),
        ("Yes, he did.", "Yes he did!"),
        ("3 + 4", "3+4"),
        ("1. one", "1) one"),
        ("", "!?"),
        ("One! Two?", "One. Two,"),
    ],
)
def test_other_marks(first: str, second: str) -> None:
    assert signs(first) == signs(second)


@given(st.text(st.sampled_from("ab12 .:-*/+<=>!%&|^~()[]\u00b2\u2080\n\u00e9_"), max_size=30))
@example("1 - 2 + + 3")
def test_signs_are_all_that_the_pattern_finds(text: str) -> None:
    assert signs(text) == tuple(sign.strip() for sign in module._SIGNS.findall(text))
