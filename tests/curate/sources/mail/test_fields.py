"""Header fields found without a parse."""

import pytest

from curate.sources.mail.fields import Head, addresses, ids, own_id, subject_of


@pytest.mark.parametrize(
    ("head", "value"),
    [
        (b"Subject: a\n", b"a"),
        (b"X: y\nSUBJECT:a", b"a"),
        (b"Subject: a\r\n b\r\n\tc\r\nX: y\r\n", b"a b c"),
        (b"Subject:\n a\n", b"a"),
        (b"X-Subject: a\n", b""),
        (b"X: Subject: a\n", b""),
        (b"Subject: a\nSubject: b\n", b"a"),
        (b"Subject: \xff\n", b"\xff"),
        (b"", b""),
    ],
)
def test_a_value_is_found_and_unfolded(head, value):
    assert Head(head).value(b"\nsubject:") == value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b"Dana <DANA@example.com>", [b"dana@example.com"]),
        (b'"bob@example.com" <dana@example.com>', [b"dana@example.com"]),
        (b"dana@example.com (Dana)", [b"dana@example.com"]),
        (b"dana at example.com (Dana)", [b"dana@example.com"]),
        (b"a@example.com, b@example.com", [b"a@example.com", b"b@example.com"]),
        (b"<a@example.com>,<b@example.com>", [b"a@example.com", b"b@example.com"]),
        (b"Dana", []),
        (b"@", []),
        (b"", []),
    ],
)
def test_addresses_of_a_field(value, found):
    assert addresses(value) == found


def test_ids_stand_with_or_without_blanks():
    assert ids(b"<a@b><c@d> <e@f>") == [b"a@b", b"c@d", b"e@f"]
    assert own_id(b" <a@b>") == b"a@b"
    assert own_id(b"a@b") == b"a@b"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Lunch", ("lunch", False)),
        ("RE: Lunch", ("lunch", True)),
        ("Re: [list] AW: Re[2]:  Lunch  ", ("lunch", True)),
        ("SV: lunch", ("lunch", True)),
        ("回复：午饭", ("午饭", True)),
        ("=?utf-8?q?R=C3=A9f:_caf=C3=A9?=", ("café", True)),
        ("Fwd: Lunch", ("fwd: lunch", False)),
        ("Report: x", ("report: x", False)),
        ("[list] Lunch", ("lunch", False)),
        ("", ("", False)),
        ("Re:", ("", True)),
    ],
)
def test_subjects_are_compared_without_marks_of_replies(value, found):
    assert subject_of(value.encode()) == found
