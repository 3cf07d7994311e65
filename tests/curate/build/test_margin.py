"""`--margin A-B`: from two columns, whatever their names, and never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from curate.build.margin import margin_by
from curate.errors import UsageError


def made(text: str, extra: dict[str, Any], **more: Any) -> tuple[Any, list[tuple[str, str]]]:
    row = {"prompt": [], "chosen": [], "rejected": [], "extra": extra, **more}
    hits: list[Any] = []
    (changed,) = margin_by(text)(row, hits)
    assert changed["extra"] == extra
    return changed.get("margin"), [(hit.code, hit.pointer) for hit in hits]


@pytest.mark.parametrize(
    ("text", "extra", "margin"),
    [
        ("a-b", {"a": 3, "b": 1.5}, 1.5),
        ("a-b", {"a": 1, "b": 2}, -1.0),
        ("chosen-rating-rejected-rating", {"chosen-rating": 5, "rejected-rating": 2}, 3.0),
        ("a-b", {"a": 3, "b": 3, "c": "x"}, 0.0),
    ],
)
def test_it_is_the_one_column_minus_the_other(text, extra, margin):
    assert made(text, extra) == (margin, [])


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ({"a": 1}, ("SRC028", "")),
        ({}, ("SRC028", "")),
        ({"a": 1, "b": "2"}, ("SCH002", "/b")),
        ({"a": True, "b": 2}, ("SCH002", "/a")),
        ({"a": None, "b": 2}, ("SCH002", "/a")),
        ({"a": 10**400, "b": 2}, ("SCH003", "/a")),
    ],
)
def test_what_is_no_number_or_not_there_is_a_fault(extra, place):
    assert made("a-b", extra) == (None, [place])


def test_two_ways_to_read_the_names_are_a_fault():
    extra = {"a": 1, "b-c": 2, "a-b": 3, "c": 4}
    assert made("a-b-c", extra) == (None, [("SRC028", "")])


def test_a_margin_that_is_there_is_kept():
    assert made("a-b", {"a": 1, "b": 2}, margin=7.0) == (7.0, [("SRC028", "/margin")])


def test_only_pairs_have_margins():
    hits: list[Any] = []
    margin_by("a-b")({"messages": []}, hits)
    assert [hit.code for hit in hits] == ["SCH008"]


@pytest.mark.parametrize("text", ["", "a", "-b", "a-"])
def test_a_text_without_two_names_is_refused(text):
    with pytest.raises(UsageError, match="two columns"):
        margin_by(text)
