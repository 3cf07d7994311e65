"""Header fields found in the bytes of a mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.headers import HEAD_BYTES, read_headers


def test_fields_in_their_order_and_the_body() -> None:
    raw = b"From: a@example.com\r\nReceived: x;\r\n\t y\r\nreceived : z\r\nX-A:\r\n\r\nbody\r\n"
    headers = read_headers(raw)
    assert list(headers) == ["from", "received", "x-a"]
    assert headers.all("received") == ["x; y", "z"]
    assert (headers.get("x-a"), headers.get("x-b"), "x-b" in headers) == ("", "", False)
    assert raw[headers.body :] == b"body\r\n"
    assert headers.fault is None


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"\nbody", b"body"),
        (b"\r\nbody", b"body"),
        (b"A: b", b""),
        (b"A: b\n\n", b""),
        (b"From x@example.com Mon Jan  1 00:00:00 2024\nA: b\n\nbody", b"body"),
        (b"A: b\rC: d\r\rbody", b"body"),
        (b"", b""),
    ],
)
def test_where_the_body_begins(raw: bytes, body: bytes) -> None:
    headers = read_headers(raw)
    assert raw[headers.body :] == body
    assert headers.fault is None


def test_a_line_that_is_no_field_ends_them_or_is_passed_over() -> None:
    ended = read_headers(b"A: b\nwords only\nmore words\n\nrest")
    assert (ended.body, list(ended)) == (5, ["a"])
    passed = read_headers(b"A: b\nwords only\nC: d\n\nrest")
    assert (passed.body, list(passed)) == (22, ["a", "c"])
    for headers in (ended, passed):
        assert headers.fault is not None
        assert headers.fault.code == "SRC056"


def test_headers_past_the_bound_are_passed_over_with_a_fault() -> None:
    raw = b"A: b\n" + b"X: y\n" * (HEAD_BYTES // 5) + b"C: d\n\nbody"
    headers = read_headers(raw)
    assert raw[headers.body :] == b"body"
    assert ("a" in headers, "c" in headers) == (True, False)
    assert headers.fault is not None


def test_bytes_that_are_not_utf_8_come_back_as_they_were() -> None:
    value = read_headers(b"Subject: caf\xe9 \xc3\xa9\n\n").get("subject")
    assert value == "caf\udce9 é"


@given(
    st.lists(st.sampled_from([b"A: b", b"\n", b"\r\n", b"\r", b" ", b":", b"\0", b"\xff", b"x"]))
)
def test_the_body_is_never_past_the_end(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    assert 0 <= read_headers(raw).body <= len(raw)
