"""Header values: encoded words, bytes as they are, and both mixed up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.words import words_of

READ = [
    ("Lunch", "Lunch"),
    ("=?utf-8?Q?Caf=C3=A9?=", "Café"),
    ("=?utf-8?Q?Caf=C3?= =?UTF-8?Q?=A9_x?=", "Café x"),
    ("=?utf-8?B?w6k=?= =?iso-8859-1?Q?=E9?=", "éé"),
    ("a =?iso-8859-1?q?b_c?= d", "a b c d"),
    ("=?utf-8?b?w6k?=", "é"),
    ("=?utf-8?b?w6k?= =?utf-8?b?w6kx?=", "éé1"),
    ("=?utf-8*de?Q?=C3=A9?=", "é"),
    ("=?utf-8?Q?a b?=", "a b"),
    ("=?iso-8859-1?Q?J\udcfcrgen?=", "Jürgen"),
    ("=?iso-8859-1?Q?Jürgen?=", "Jürgen"),
    ("Jürgen =?utf-8?Q?=C3=A9?=", "Jürgen é"),
    ("=?utf-8?Q?=ZZ=C3=A9=?=", "=ZZé="),
    ("=?broken", "=?broken"),
    ("=?gb2312?B?xOO6ww==?=", "你好"),
    ("=?iso-2022-jp?B?GyRCJDMbKEI=?=", "こ"),
]


@pytest.mark.parametrize(("value", "text"), READ)
def test_a_value_is_decoded(value: str, text: str) -> None:
    assert words_of(value, "the header Subject") == (text, None)


def test_bytes_that_are_not_utf_8_are_of_the_charset_of_the_text() -> None:
    text, fault = words_of("caf\udce9", "the header Subject", "iso-8859-1")
    assert text == "café"
    assert fault is not None
    assert fault.code == "SRC055"


def test_bytes_that_nothing_decodes_are_an_error() -> None:
    for value in ("caf\udce9", "=?utf-8?Q?caf=E9?="):
        text, fault = words_of(value, "the header Subject")
        assert text == ""
        assert fault is not None
        assert fault.code == "SRC033"


@given(st.text(st.sampled_from("=?utf-8QqBb_ \t\udce9é9A"), max_size=60))
def test_any_value_is_read(value: str) -> None:
    text, fault = words_of(value, "the header Subject")
    assert text or fault or not value.replace("=?", "").strip("=? \t_") or "=?" in value
    text.encode()
