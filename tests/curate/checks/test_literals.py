"""Words that every match of a pattern has in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.checks.literals import chance, rarest, words_of


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("language model", {"language model"}),
        ("(?i:Sorry|Unable)", {"sorry", "unable"}),
        ("colou?r s", {"colour s", "color s"}),
        ("gr[ae]y wolf", {"gray wolf", "grey wolf"}),
        (r"\w+ by the sea", {" by the sea"}),
        (
            r"(?:please )?draw (?:me )?it\w+",
            {"draw it", "draw me it", "please draw it", "please draw me it"},
        ),
        (r"x(?:abcd)+y", {"abcd"}),
        ("无法|不能", {"无法", "不能"}),
        (r"^abcdef$", {"abcdef"}),
        ("[a-z]{4}", None),
        (r"\{\{", None),
        ("abc", None),
        ("(?:abcdef)?", None),
        ("abcdef|x", None),
        (r"[0-9]+", None),
        ("École", {"cole"}),
    ],
)
def test_words_of_patterns(pattern: str, words: set[str] | None) -> None:
    expected = None if words is None else {word.encode() for word in words}
    assert words_of(pattern) == expected


def test_the_rarest_bytes_of_a_word() -> None:
    assert rarest(b"the quiz") == b"quiz"
    assert chance(b"quiz") < chance(b"the ")


PIECES = st.sampled_from(
    ["abcd", "efgh", "[xy]", "i(?:jkl)?m", "nopq|rstu", r"\d", "(?:vwxy){1,2}"]
)


@given(
    st.lists(PIECES, min_size=1, max_size=4), st.text("abcdefghijklmnopqrstuvwxy 12", max_size=60)
)
def test_no_text_with_a_match_lacks_the_words(pieces: list[str], text: str) -> None:
    pattern = "".join(f"(?:{piece})" for piece in pieces)
    words = words_of(pattern)
    for candidate in (text, text + "abcdefghx", "ABCD" + text):
        if words and re.search(pattern, candidate):
            assert any(word in candidate.lower().encode() for word in words)
