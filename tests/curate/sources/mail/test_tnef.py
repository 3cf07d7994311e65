"""TNEF and the RTF in it: files and text of what Outlook wraps."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.files.limits import DEFAULT_LIMITS
from curate.sources.mail.message import read_mail
from curate.sources.mail.rtf import decompressed, unpacked
from curate.sources.mail.tnef import Packed, read

TEXT = (
    rb"{\rtf1\ansi\ansicpg1252\fromtext {\fonttbl{\f0 Arial;}}{\*\x no}Caf\'e9\par \u8217? {\b x}}"
)
HTML = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hi"
    rb"\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}}"
)


def packed_rtf(rtf: bytes, kind: bytes = b"LZFu") -> bytes:
    """Return RTF as literal runs of eight bytes, or stored."""
    body = rtf
    if kind == b"LZFu":
        body = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return struct.pack("<II4sI", len(body) + 12, len(rtf), kind, 0) + body


def attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(value)) + value + b"\0\0"


def prop(kind: int, number: int, value: bytes) -> bytes:
    padding = b"\0" * (-len(value) % 4)
    return struct.pack("<HHII", kind, number, 1, len(value)) + value + padding


def tnef(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def properties(name: int, *values: bytes) -> bytes:
    return attribute(1, name, struct.pack("<I", len(values)) + b"".join(values))


FILE = (
    attribute(2, 0x00069002, b"\0" * 14)
    + attribute(2, 0x00018010, b"A~1.TXT\0")
    + attribute(2, 0x0006800F, b"12345")
    + properties(0x00069005, prop(31, 0x3707, "a long name.txt".encode("utf-16-le")))
)


def test_files_and_text() -> None:
    body = attribute(1, 0x0002800C, b"Hi\r\nthere\0")
    assert read(tnef(body, FILE)) == Packed((("a long name.txt", 5),), "Hi\nthere", "")


def test_a_fixed_property_and_a_named_one_are_passed_over() -> None:
    fixed = struct.pack("<HHI", 3, 0x0017, 1)
    named = struct.pack("<HH", 11, 0x8001) + b"\0" * 16 + struct.pack("<III", 0, 5, 1)
    text = prop(30, 0x1000, b"Hi\0")
    assert read(tnef(properties(0x00069003, fixed, named, text))).text == "Hi"


@pytest.mark.parametrize("kind", [b"LZFu", b"MELA"])
def test_text_in_rtf(kind: bytes) -> None:
    whole = tnef(properties(0x00069003, prop(258, 0x1009, packed_rtf(TEXT, kind))))
    assert read(whole).text == "Café\n’ x"


def test_html_in_rtf() -> None:
    assert unpacked(packed_rtf(HTML)) == ("<p>Hi</p>", True, "")
    whole = tnef(properties(0x00069003, prop(258, 0x1009, packed_rtf(HTML))))
    assert read(whole).text == "Hi"


def test_what_repeats_is_written_again() -> None:
    # The example of MS-OXRTFCP section 4.2, whose text repeats itself beyond what was written.
    body = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompressed(body) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_the_text_is_the_mails_where_it_has_no_other() -> None:
    data = tnef(attribute(1, 0x0002800C, b"Hi\0"), FILE)
    raw = b"From: a@example.com\nContent-Type: application/ms-tnef\n\n" + data
    mail = read_mail(raw, DEFAULT_LIMITS)
    assert (mail.text, mail.source) == ("Hi", "tnef")
    assert [each.name for each in mail.attachments] == ["a long name.txt"]


@given(st.binary(max_size=60), st.integers(0, 200))
def test_any_bytes_are_read(data: bytes, cut: int) -> None:
    whole = tnef(FILE, properties(0x00069003, prop(258, 0x1009, packed_rtf(HTML))))
    for each in (
        data,
        tnef(data),
        whole[:cut] + data + whole[cut:],
        tnef(attribute(1, 0x69003, data)),
    ):
        read(each).text.encode()
    unpacked(b"\x40\0\0\0\x40\0\0\0LZFu\0\0\0\0" + data).text.encode()
