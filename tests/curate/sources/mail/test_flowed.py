"""Lines broken for the way, put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.flowed import plain_of_enriched, unflowed

FLOWED = [
    ("a \nb \nc\nd", "a b c\nd"),
    ("a \n\nb", "a \n\nb"),
    (" a\n >b\n From c", "a\n>b\nFrom c"),
    ("> a \n> b\n>> c\nd", "> a b\n>> c\nd"),
    (">a \n>b", "> a b"),
    ("> a \nb", "> a \nb"),
    ("a \n-- \nDana", "a \n-- \nDana"),
    ("> a \n> -- \n> b", "> a \n> -- \n> b"),
    (">\n>>", ">\n>>"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "whole"), FLOWED)
def test_flowed(text: str, whole: str) -> None:
    assert unflowed(text, delete_space=False) == whole


def test_the_space_that_is_no_text() -> None:
    assert unflowed("長 \n文\na", delete_space=True) == "長文\na"


@given(st.text(st.sampled_from("ab >-\n")))
def test_no_word_is_lost(text: str) -> None:
    letters = [each for each in text if each in "ab-"]
    assert [each for each in unflowed(text, delete_space=False) if each in "ab-"] == letters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<bold>Hi</bold>\nthere\n\nyou", "Hi there\nyou"),
        ("1 << 2 <<b>", "1 < 2 <b>"),
        ("<color><param>red</param>a</color>", "a"),
        ("<nofill>a\nb</nofill>", "a\nb"),
        ("a <b", "a <b"),
    ],
)
def test_enriched(text: str, plain: str) -> None:
    assert plain_of_enriched(text) == plain
