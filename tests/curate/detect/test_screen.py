"""Many texts at once: what is sorted out before anything is looked for, and what it loses."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.detect import KINDS, OPTIONAL, REDACTED, Finder, scan, scan_many
from curate.detect.redacted import _apart, _found, _Look
from curate.detect.screen import screened

CASES = Path(__file__).parents[2] / "cases" / "detect"
EVERY = (*REDACTED, *OPTIONAL)


def of_cases() -> list[str]:
    """Return every text of the cases of detection, without marks."""
    national = yaml.safe_load((CASES / "national.yaml").read_text("utf-8"))
    found = yaml.safe_load((CASES / "found.yaml").read_text("utf-8"))
    texts = [text for each in national.values() for text in each.values()]
    texts += [text for each in found.values() for text in each]
    texts += yaml.safe_load((CASES / "near_miss.yaml").read_text("utf-8"))
    return [re.sub("[⟦⟧]", "", text) for text in texts]


def one_by_one(text: str) -> list[object]:
    """Return what all finders find in a text, none sorted out."""
    look = _Look(text)
    return list(_apart(text, _found(look, filter(look.has, EVERY), "DE")))


@pytest.mark.parametrize("finder", EVERY, ids=lambda each: each.kind)
def test_what_is_needed_is_a_pattern_of_both_engines(finder: Finder) -> None:
    assert re.compile(finder.needs)
    assert pc.match_substring_regex(pa.array([""]), finder.needs or "a").to_pylist() == [False]


def test_each_case_passes_what_sorts_out() -> None:
    texts = of_cases()
    assert sum(map(len, texts)) < 32_768, "scan is no longer the slow way"
    for text, finders in zip(texts, screened(texts, EVERY), strict=True):
        kinds = {finder.kind for finder in finders}
        assert {place.kind for place in scan(text, "DE", KINDS)} <= kinds


def test_most_finders_do_not_look_at_most_texts() -> None:
    texts = ["The quick brown fox jumps over the lazy dog in May.", "Lunch at 12? Anna"]
    assert screened(texts, EVERY) == [[], []]


def test_many_texts_are_as_one_by_one() -> None:
    texts = of_cases() * 4
    assert sum(map(len, texts)) > 32_768
    assert scan_many(texts, "DE", KINDS) == [one_by_one(text) for text in texts]


def test_no_text_and_no_kind() -> None:
    assert scan_many([]) == []
    assert scan_many(["anna@example.com " * 4_000], kinds=[]) == [[]]


PIECES = st.sampled_from(
    [
        *("@", ".", "-", ":", "/", "+", "(", ")", " ", "a", "Z", "0", "7", "49", "555", "2019"),
        *("anna@example.com", " at ", " dot ", "https://", "user:pw@", "?token=", "1234567890"),
        *("\n", "\t", "İ", "ı", "٣", "ſ", "\u212a", "\udc80", "\U0001d7d9", "１", "²", "\0", "中"),
        *("AKIA", "eyJ", "password is ", "born on ", "sk-", "key='", "Bearer ", "code ", "tel "),
        *("BSN ", "RUT 1", "CURP ", "DE89", "A1", "Via ", "straße ", "1a", "号", "路", "box 12"),
        *("d.ob 1", "pIn: 12345", "PİN 12345", "Kod 4321", "paſsword is x1y2", "é", "No 5", '"'),
        *("030 1234567", "2001-11-05", "4111 1111 1111 1111", "-----BEGIN A-----", "12 Oak Road"),
    ]
)


@settings(max_examples=60)
@given(st.lists(st.lists(PIECES, max_size=25).map("".join), max_size=40))
def test_nothing_is_lost_by_sorting_out(texts: list[str]) -> None:
    for text, finders in zip(texts, screened(texts, EVERY), strict=True):
        look = _Look(text)
        chosen = _apart(text, _found(look, filter(look.has, finders), "DE"))
        assert chosen == one_by_one(text)
