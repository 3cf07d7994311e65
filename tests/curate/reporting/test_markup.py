"""Pieces of HTML: whatever the data holds, it stays text."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.reporting.markup import DASH, number, plural, prose, share, table, text

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


@given(st.text(st.characters(codec=None), max_size=60))
def test_a_text_has_no_markup_and_nothing_unseen(value: str) -> None:
    shown = text(value)
    assert not set(shown) & set("<>\"'")
    assert UNSEEN.search(shown) is None
    shown.encode()


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=60))
def test_what_can_be_seen_is_shown_as_it_is(value: str) -> None:
    assert html.unescape(text(value)) == UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", value)


def test_a_bidi_sign_is_told_and_does_nothing() -> None:
    assert text("a\u202eb\u061cc") == "a\\u202eb\\u061cc"


def test_a_long_text_is_cut() -> None:
    assert text("x" * 1_000_000) == "x" * 4_000 + "…"
    assert text("abcd", 3) == "abc…"


def test_lines_are_kept() -> None:
    assert text("a\r\nb\nc\td") == "a\nb\nc\td"


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (1234567, 0, "1\u202f234\u202f567"),
        (0, 0, "0"),
        (1234.56, 1, "1\u202f234.6"),
        (None, 0, DASH),
    ],
)
def test_numbers_have_narrow_spaces(value: float | None, digits: int, shown: str) -> None:
    assert number(value, digits) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 10, "0.0\u202f%"),
        (1, 10_000, "<\u202f0.1\u202f%"),
        (9_999, 10_000, ">\u202f99.9\u202f%"),
        (10, 10, "100.0\u202f%"),
        (1, 0, DASH),
    ],
)
def test_little_is_not_nothing_and_most_is_not_all(part: int, whole: int, shown: str) -> None:
    assert share(part, whole) == shown


def test_nouns_agree() -> None:
    assert [plural(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]


def test_names_in_our_sentences_are_set_as_code() -> None:
    assert prose("say `a < b`, or not") == "say <code>a &lt; b</code>, or not"


def test_a_table_has_a_caption_and_heads_for_rows_and_columns() -> None:
    made = table("What & why", ["name", "n"], [["a", "1"]])
    assert '<caption class="unseen">What &amp; why</caption>' in made
    assert '<th scope="col" class="n">n</th>' in made
    assert '<th scope="row">a</th><td class="n">1</td>' in made
