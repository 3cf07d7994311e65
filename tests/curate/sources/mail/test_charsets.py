"""Bytes as text by the charset that a mail declares; what was not as declared is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.charsets import decoded

AS_DECLARED = [
    (b"caf\xe9", "iso-8859-1", "café"),
    (b"\x93a\x94", "iso-8859-1", "“a”"),
    (b"\x80", "ISO_8859-1:1987", "€"),
    (b"caf\x82", "cp-850", "café"),
    (b"\xe0\xe1", "iso-8859-8-i", "אב"),
    ("é".encode(), "utf8mb4", "é"),
    ("é".encode(), "unknown-8bit", "é"),
    ("é".encode(), "x-unknown", "é"),
    ("é".encode(), "us-ascii", "é"),
    ("é".encode(), None, "é"),
    (b"\xef\xbb\xbfa", "utf-8", "a"),
    ("안녕".encode("cp949"), "ks_c_5601-1987", "안녕"),
    ("镕".encode("gb18030"), "gb2312", "镕"),
    ("①".encode("cp932"), "shift_jis", "①"),
    ("①".encode("cp932"), "windows-31j", "①"),
    ("é".encode("mac_roman"), "x-mac-roman", "é"),
    ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
    ("Привет".encode("cp1251"), "win-1251", "Привет"),
    ("こんにちは".encode("iso2022_jp"), "ISO-2022-JP", "こんにちは"),
    ("ğ".encode("cp1254"), "iso-8859-9", "ğ"),
    ("€".encode("iso8859-15"), "latin-9", "€"),
    (b"+AOk-", "utf-7", "é"),
    ("é".encode("utf-16"), "utf-16", "é"),
    (b"plain", "a-charset-that-nobody-knows", "plain"),
    (b"caf\xe9", '"iso-8859-1"', "café"),
    (b"caf\xe9", "iso-8859-1*en", "café"),
]


@pytest.mark.parametrize(("data", "declared", "text"), AS_DECLARED)
def test_bytes_are_read_as_they_declare(data: bytes, declared: str | None, text: str) -> None:
    assert decoded(data, declared, "a part") == (text, None)


@pytest.mark.parametrize("declared", ["iso-2022-jp", "utf-7", "euc-kr", "iso-8859-1", "nonsense"])
def test_utf_8_under_another_name_is_read_with_a_warning(declared: str) -> None:
    text, fault = decoded("’é’".encode(), declared, "a part")
    assert text == "’é’"
    assert fault is not None
    assert fault.code == "SRC055"
    assert declared in fault.message


@pytest.mark.parametrize(
    ("declared", "offset"), [("utf-8", 3), (None, 3), ("us-ascii", 3), ("nonsense", 3)]
)
def test_what_nothing_decodes_is_an_error_with_its_place(declared: str | None, offset: int) -> None:
    text, fault = decoded(b"caf\xe9!", declared, "a part")
    assert text == ""
    assert fault is not None
    assert fault.code == "SRC033"
    assert f"byte {offset} " in fault.message


@pytest.mark.parametrize(
    "declared", ["idna", "punycode", "unicode_escape", "base64", "rot13", "zlib"]
)
def test_codecs_that_are_no_charsets_are_not_used(declared: str) -> None:
    assert decoded(b"\\u0041", declared, "a part").text == "\\u0041"


@given(st.binary(max_size=80), st.sampled_from([each[1] for each in AS_DECLARED]) | st.text())
def test_any_bytes_are_a_text_or_an_error(data: bytes, declared: str | None) -> None:
    text, fault = decoded(data, declared, "a part")
    text.encode()
    assert (
        text
        or fault
        or not data.removeprefix(b"\xef\xbb\xbf")
        or not data.decode("ascii", "ignore").isprintable()
        or declared
    )
    if fault is not None:
        fault.message.encode()
        assert fault.code in ("SRC033", "SRC055")
        assert (fault.code == "SRC033") == (text == "")
