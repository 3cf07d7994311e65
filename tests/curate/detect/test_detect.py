"""Places of secrets and personal data, and how they are shown."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.detect import PERSONAL, SECRETS, Detector, masked, personal, secrets

EVERY = (*SECRETS, *PERSONAL)
TEXT = "Ask anna.meier@uni-ulm.net or call +49 171 8345201; key AKIAQ7ZPM5N2K4W6P7R2"


def test_places_are_exact() -> None:
    found = [(place.kind, TEXT[place.start : place.end]) for place in personal(TEXT)]
    assert found == [
        ("email-address", "anna.meier@uni-ulm.net"),
        ("phone-number", "+49 171 8345201"),
    ]
    assert [TEXT[place.start : place.end] for place in secrets(TEXT)] == ["AKIAQ7ZPM5N2K4W6P7R2"]


def test_only_the_value_is_the_place() -> None:
    text = "psql postgres://app:Kf93-qLm@db.host.net/main"
    assert [text[place.start : place.end] for place in secrets(text)] == ["Kf93-qLm"]


def test_a_masked_value_does_not_tell_it() -> None:
    assert masked("AKIAQ7ZPM5N2K4W6P7R2") == "AK… (20 characters)"


def test_kinds_are_unique() -> None:
    kinds = [detector.kind for detector in EVERY]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("detector", EVERY, ids=lambda each: each.kind)
def test_what_is_needed_is_a_pattern_of_both_engines(detector: Detector) -> None:
    assert re.compile(detector.needs)
    assert pc.match_substring_regex(pa.array([""]), detector.needs).to_pylist() == [False]


PIECES = st.sampled_from(
    [
        *("@", ".", "-", ":", "/", "+", "(", ")", " ", "a", "Z", "0", "7", "49", "555", "2019"),
        *("AKIA", "eyJ", "password is ", "born on ", "sk-", "://", "key='", "Bearer ", "é", "中"),
        "\n",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_is_too_strange(text: str) -> None:
    for place in (*secrets(text), *personal(text)):
        assert 0 <= place.start < place.end <= len(text)
        detector = next(each for each in EVERY if each.kind == place.kind)
        assert re.search(detector.needs, text)
