"""Mailboxes are split where mails begin, whatever stands in them and however they are read."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail import separators
from curate.sources.mail.separators import is_from_line, kind_of, messages, unescaped

FROM = b"From dana@example.com Mon Jan  1 00:00:00 2024\n"


def split(raw, kind=None):
    found = list(messages(io.BytesIO(raw), kind or kind_of(raw) or separators.MBOX))
    for each in found:
        assert raw[: each.offset].count(b"\n") + 1 == each.line
        assert raw[each.start : each.end].startswith(each.head)
    return [raw[each.start : each.end] for each in found]


@pytest.mark.parametrize(
    "line",
    [
        b"From dana@example.com Mon Jan  1 00:00:00 2024",
        b"From dana@example.com Mon Jan  1 00:00:00 2024\r",
        b"From 1661828917674532318@xxx Sun Mar 22 02:19:17 +0000 2020",
        b"From dana at example.com  Thu Nov  1 11:19:12 2001",
        b"From - Sat Aug 28 14:17:14 2021",
        b"From MAILER-DAEMON Sat Aug 28 14:17:14 2021",
        b"From ???@??? Mon Jan 01 00:00:00 1996",
        b"From dana@example.com Mon Jan  1 00:00 GMT 2024 remote from host",
        b"From dana@example.com Mon, 1 Jan 2024 00:00:00 +0100",
        b"From dana@example.com 2024",
        b"From dana@example.com 2099-01-01T00:00:00 in 2099",
    ],
)
def test_lines_that_begin_a_mail(line):
    assert is_from_line(line, b"Subject: x\n")


@pytest.mark.parametrize(
    "line",
    [
        b"From Monday on it is prose.",
        b"From 2019 until 2024",
        b"From here on we work on Monday, in 2024",
        b"From: Dana <dana@example.com> Mon Jan  1 00:00:00 2024",
        b">From dana@example.com Mon Jan  1 00:00:00 2024",
        b"from dana@example.com Mon Jan  1 00:00:00 2024",
        b"From dana@example.com Mon Jan  1 00:00:00 2024" + b" " * 1_000,
    ],
)
def test_lines_that_begin_none(line):
    assert not is_from_line(line, b"and so on\n")


def test_a_weak_line_counts_only_before_a_header():
    line = b"From dana@example.com we heard nothing in 2024"
    assert is_from_line(line, b"Subject: x\n")
    assert not is_from_line(line, b"which was odd\n")


def test_only_a_line_behind_a_blank_one_begins_a_mail():
    raw = FROM + b"Subject: a\n\none\n" + FROM + b"\n" + FROM + b"Subject: b\n\ntwo\n"
    assert split(raw) == [
        b"Subject: a\n\none\n" + FROM + b"\n",
        b"Subject: b\n\ntwo\n",
    ]


def test_line_ends_of_windows():
    raw = (FROM + b"Subject: a\n\none\n\n" + FROM + b"Subject: b\n\ntwo\n").replace(b"\n", b"\r\n")
    assert split(raw) == [b"Subject: a\r\n\r\none\r\n\r\n", b"Subject: b\r\n\r\ntwo\r\n"]


def test_bytes_before_the_first_line_are_a_mail_unless_blank():
    assert split(b"\n\r\n\n" + FROM + b"Subject: a\n") == [b"Subject: a\n"]
    assert split(b"half a mail\n\n" + FROM + b"Subject: a\n", separators.MBOX) == [
        b"half a mail\n\n",
        b"Subject: a\n",
    ]


def test_a_mailbox_cut_in_the_middle_says_so():
    whole = FROM + b"Subject: a\n\none\n"
    assert [each.ended for each in messages(io.BytesIO(whole))] == [True]
    assert [each.ended for each in messages(io.BytesIO(whole[:-3]))] == [False]


def test_mails_of_mmdf_and_listserv():
    mark = b"\x01\x01\x01\x01\n"
    raw = mark + FROM + b"Subject: a\n\none\n" + mark + mark + b"Subject: b\n\ntwo\n" + mark
    assert kind_of(raw) is separators.MMDF
    assert split(raw) == [FROM + b"Subject: a\n\none\n", b"Subject: b\n\ntwo\n"]
    rule = b"=" * 73 + b"\n"
    raw = (
        rule + b"Date: x\n\none\n" + b"=" * 72 + b"\n" + rule + b"no field\n" + rule + b"Date: y\n"
    )
    assert kind_of(raw) is separators.LISTSERV
    assert split(raw) == [
        b"Date: x\n\none\n" + b"=" * 72 + b"\n" + rule + b"no field\n",
        b"Date: y\n",
    ]


def test_nothing_and_other_files_are_no_mailbox():
    assert kind_of(b"") is None
    assert kind_of(b"From here on\n\nit is prose\n") is None
    assert split(b"") == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000, 2_100, 70_000])
def test_blocks_of_any_size_give_the_same(monkeypatch, size):
    one = b"Subject: a\nX: " + b"y" * 3_000 + b"\n\n" + b"text\n\nFrom me to you\n" * 300 + b"\n"
    two = (b"Subject: b\r\n\r\n" + b"z" * 5_000 + b"\r\n\r\n") * 2
    raw = (FROM + one + FROM + two) * (1 if size < 5 else 5)
    whole = list(messages(io.BytesIO(raw)))
    monkeypatch.setattr(separators, "BLOCK_BYTES", size)
    assert list(messages(io.BytesIO(raw))) == whole
    assert whole[0].head == one[: one.index(b"\n\n") + 1]


def test_long_headers_are_cut_and_the_mail_is_whole():
    raw = FROM + b"X: " + b"y" * 1_000_000 + b"\n\nbody\n\n" + FROM + b"Subject: b\n"
    first, second = messages(io.BytesIO(raw))
    assert len(first.head) == separators.HEAD_BYTES
    assert first.end == second.offset
    assert second.head == b"Subject: b\n"


def test_a_long_mail_takes_no_memory():
    import tracemalloc

    class Endless(io.RawIOBase):
        left = 120 << 20

        def read(self, size=-1):
            size = min(size, self.left)
            taken = FROM + b"\n" if self.left == 120 << 20 else b"x" * 79 + b"\n"
            self.left -= size
            return (taken * (size // len(taken) + 1))[:size]

    stream = Endless()
    tracemalloc.start()
    first = stream.read(len(FROM))
    found = list(messages(_Joined(first, stream)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 1
    assert found[0].end - found[0].start > 100 << 20
    assert peak < 32 << 20


class _Joined:
    def __init__(self, first, rest):
        self._first, self._rest = first, rest

    def read(self, size):
        taken, self._first = self._first, b""
        return taken or self._rest.read(size)


def test_exactly_one_sign_is_taken_from_quoted_lines():
    assert unescaped(b">From a\n>>From b\n> From c\nFrom d\n x>From e\n") == (
        b"From a\n>From b\n> From c\nFrom d\n x>From e\n"
    )


LINES = st.sampled_from(
    [
        b"",
        b"From dana@example.com Mon Jan  1 00:00:00 2024",
        b">From dana@example.com Mon Jan  1 00:00:00 2024",
        b">>From x",
        b"From here",
        b"text",
        b"Subject: x",
        b"\xff\x00",
    ]
)


@given(st.lists(st.lists(LINES, max_size=8), min_size=1, max_size=6), st.sampled_from([1, 5, 4096]))
def test_what_is_written_as_mboxrd_is_read_back(mails, size):
    written = b""
    bodies = [b"".join(line + b"\n" for line in mail) for mail in mails]
    for body in bodies:
        quoted = b"".join(
            b">" + line if line.lstrip(b">").startswith(b"From ") else line
            for line in body.splitlines(keepends=True)
        )
        written += FROM + quoted + b"\n"
    before = separators.BLOCK_BYTES
    separators.BLOCK_BYTES = size
    try:
        found = split(written, separators.MBOX)
    finally:
        separators.BLOCK_BYTES = before
    assert [unescaped(each) for each in found] == [body + b"\n" for body in bodies]


@given(st.binary(max_size=400))
def test_any_bytes_are_split_without_a_fault(raw):
    found = list(messages(io.BytesIO(raw)))
    assert all(a.end <= b.offset for a, b in pairwise(found))
