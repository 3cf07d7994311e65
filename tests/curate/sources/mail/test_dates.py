"""Dates of mails, in the forms that programs write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.dates import time_of

READ = [
    ("Thu, 26 Aug 2021 20:51:14 +0000", 1630011074),
    ("26 Aug 2021 22:51:14 +0200 (CEST)", 1630011074),
    ("Thu, 26 Aug 2021 16:51:14 EDT", 1630011074),
    ("Thu, 26 Aug 2021 20:51:14 -0000", 1630011074),
    ("Thu, 26 Aug 2021 20:51:14", 1630011074),
    ("Thu Aug 26 20:51:14 2021", 1630011074),
    ("Thu Aug 26 13:51:14 PDT 2021", 1630011074),
    ("2021-08-26T20:51:14Z", 1630011074),
    ("2021-08-26 22:51:14 +02:00", 1630011074),
    ("Thu, 26-Aug-2021 20:51:14 GMT", 1630011074),
    ("Thursday, 26 August 2021 20:51:14 +0000", 1630011074),
    ("26 Aug 21 20:51:14 GMT", 1630011074),
    ("26 Aug 121 20:51:14 GMT", 1630011074),
    ("26 Aug 2021 20.51.14 +0000", 1630011074),
    ("26 Aug 2021", 1629936000),
    ("Wed, 01 Jan 1969 00:00:00 +0000", -31536000),
    ("Thu, 01 Jan 2099 00:00:00 +0000", 4070908800),
    ("Tue, 3 Feb 99 9:01:02 GMT", 918032462),
    ("Fri, 30 Feb 2001 00:00:00 GMT", 983491200),
]


@pytest.mark.parametrize(("value", "seconds"), READ)
def test_a_date(value: str, seconds: int) -> None:
    assert time_of(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "32 Jan 2021 10:00:00",
        "1 Xyz 2021 10:00:00",
        "1 Jan 2021 25:00:00",
        "1 Jan 0",
    ],
)
def test_what_is_no_date(value: str) -> None:
    assert time_of(value) is None


@given(st.text(st.sampled_from("0129 :+-,.JanFebTZGM()"), max_size=60))
def test_any_value_is_a_finite_number_or_none(value: str) -> None:
    found = time_of(value)
    assert found is None or abs(found) < 1e12
