"""What `scan` finds for redaction, by cases, and what it leaves."""

from __future__ import annotations

import itertools
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.detect import CLASSES, KINDS, OPTIONAL, REDACTED, Place, scan

CASES = Path(__file__).parents[2] / "cases" / "detect"
FOUND = yaml.safe_load((CASES / "found.yaml").read_text("utf-8"))
NEAR = yaml.safe_load((CASES / "near_miss.yaml").read_text("utf-8"))
NATIONAL = yaml.safe_load((CASES / "national.yaml").read_text("utf-8"))


def marked(text: str) -> tuple[str, list[str]]:
    """Return a case's text without its marks, and what stands between them."""
    return re.sub("[⟦⟧]", "", text), re.findall("⟦(.*?)⟧", text, re.DOTALL)


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for kind, texts in FOUND.items() for text in texts],
)
def test_it_is_found(kind: str, text: str) -> None:
    plain, expected = marked(text)
    places = scan(plain)
    assert [plain[place.start : place.end] for place in places] == expected
    assert {place.kind for place in places} == {kind}


@pytest.mark.parametrize("text", NEAR)
def test_a_near_miss_is_left(text: str) -> None:
    assert [(place.kind, text[place.start : place.end]) for place in scan(text)] == []


@pytest.mark.parametrize("kind", sorted(NATIONAL))
def test_a_national_number_is_found(kind: str) -> None:
    plain, expected = marked(NATIONAL[kind]["found"])
    ids = [plain[place.start : place.end] for place in scan(plain) if place.what == "id"]
    assert ids == expected


@pytest.mark.parametrize("kind", sorted(kind for kind, case in NATIONAL.items() if "wrong" in case))
def test_a_wrong_check_digit_is_no_number(kind: str) -> None:
    assert [place for place in scan(NATIONAL[kind]["wrong"]) if place.kind == kind] == []


def test_every_kind_has_a_case() -> None:
    assert {finder.kind for finder in REDACTED} == {*FOUND, *NATIONAL}
    assert len({finder.kind for finder in REDACTED}) == len(REDACTED)


def test_a_finder_says_what_it_finds() -> None:
    assert {finder.what for finder in (*REDACTED, *OPTIONAL)} == set(CLASSES)
    assert sorted(KINDS) == list(KINDS)


def test_confidence_tells_a_check_digit_from_a_guess() -> None:
    text = "IBAN DE89 3704 0044 0532 0130 00, Hauptstraße 12"
    assert [(place.what, place.confidence) for place in scan(text)] == [
        ("iban", "certain"),
        ("address", "likely"),
    ]


def test_a_link_holds_the_address_in_it() -> None:
    text = "https://example.com/u?email=anna@example.com&x=1"
    assert scan(text) == [Place("link-with-access", 0, len(text), "url", "certain")]


def test_what_another_leaves_uncovered_stays_found() -> None:
    text = "12 Baker Street, London NW1 6XE anna@example.com"
    kinds = [place.what for place in scan(text)]
    assert kinds == ["address", "email"]


def test_only_the_named_kinds_are_looked_for() -> None:
    text = "anna@example.com, https://linkedin.com/in/anna-meier, +49 171 8345201"
    assert [place.kind for place in scan(text)] == ["email-address", "phone-number"]
    assert [place.kind for place in scan(text, kinds=["profile-link"])] == ["profile-link"]


def test_the_region_reads_what_has_no_country() -> None:
    text = "I am at 612 34 56 78 now"
    assert scan(text) == []
    assert [text[place.start : place.end] for place in scan(text, "ES")] == ["612 34 56 78"]


MEGABYTE = 1_000_000
HOSTILE = {
    "digits": "1" * MEGABYTE,
    "spaced digits": "1 " * (MEGABYTE // 2),
    "at": "@" * MEGABYTE,
    "dotted": "a.a." * (MEGABYTE // 4),
    "begins": "-----BEGIN " * (MEGABYTE // 11),
    "blocks": "-----BEGIN RSA PRIVATE KEY-----\n" * (MEGABYTE // 32),
    "links": "http://a?" + "&a=b" * (MEGABYTE // 4),
    "tokens": "_" * MEGABYTE,
    "passwords": "password is " * (MEGABYTE // 12),
    "quotes": '"a' * (MEGABYTE // 2) + '"@a.de',
    "capitals": "Anna " * (MEGABYTE // 5) + "1",
    "streets": "straße " * (MEGABYTE // 7) + "1",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_grows_with_the_length(name: str) -> None:
    """A tenth of a text is as slow as a tenth, give or take what a loaded machine takes."""
    times = []
    for text in (HOSTILE[name][: MEGABYTE // 10], HOSTILE[name]):
        started = time.process_time()
        scan(text, "DE")
        times.append(time.process_time() - started)
    assert times[1] < max(1.0, 30 * times[0])


PIECES = st.sampled_from(
    [
        *("@", ".", "-", ":", "/", "+", "(", ")", " ", "a", "Z", "0", "7", "49", "555", "2019"),
        *("AKIA", "eyJ", "password is ", "born on ", "sk-", "://", "key='", "Bearer ", "é", "中"),
        *(
            "\n",
            "İ",
            "٣",
            "ſ",
            "K",
            "BSN ",
            "RUT 1",
            "CURP ",
            "DE89",
            "A1",
            "Via ",
            "straße ",
            "1a",
        ),
        *("-----BEGIN A-----", "-----END", "?token=", "code ", "tel ", "号", "路", "²", "１", "\0"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_places_are_ordered_and_apart(text: str) -> None:
    places = scan(text, "DE", KINDS)
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert all(one.end <= two.start for one, two in itertools.pairwise(places))
    assert all(place.what in CLASSES for place in places)
    assert scan(text, "DE", KINDS) == places
