"""Mail in mbox files: messages split where they begin, text kept, crafted mail set aside."""

import gc
import io
import json
import random

import pytest

from curate.build.ask import settings_of
from curate.errors import UsageError
from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.sources.mbox import mbox_chunks

FROM = "From ann@example.com Mon Jan  1 00:00:00 2024\n"
HEAD = FROM + "From: Ann <ann@example.com>\nSubject: Hi\n"


def mail(body, headers=""):
    return f"{HEAD}{headers}\n{body}\n\n"


def test_messages_become_rows_with_their_headers(read):
    result = read((mail("one") + mail("two\n\nlines")).encode(), "in.mbox")
    assert result.texts == ["one", "two\n\nlines"]
    assert '"subject":"Hi"' in result.rows[0]["extra"]
    assert [row["origin"]["line"] for row in result.rows] == [1, 7]


def test_nothing_redacted_is_said(read):
    result = read(mail("one").encode(), "in.mbox", select=("SRC",))
    assert [f.code for f in result.found] == ["SRC032"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a\nFrom here on it is prose.\nb", "a\nFrom here on it is prose.\nb"),
        ("a\n\nFrom Monday on.\nb", "a\n\nFrom Monday on.\nb"),
        ("a\n\n>From ann@example.com is quoted", "a\n\nFrom ann@example.com is quoted"),
        ("a\n\n>>From twice", "a\n\n>From twice"),
        ("größe 🙂", "größe 🙂"),
    ],
)
def test_lines_that_begin_with_from(read, body, text):
    headers = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    assert read(mail(body, headers).encode(), "in.mbox").texts == [text]


def test_line_ends_of_windows(read):
    assert read(mail("a\nb").replace("\n", "\r\n").encode(), "in.mbox").texts == ["a\nb"]


def test_only_plain_text_is_read(read):
    parts = (
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nplain\n"
        "--b\nContent-Type: text/html\n\n<p>html</p>\n"
        "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nattached\n--b--\n"
    )
    html = HEAD + "Content-Type: text/html\n\n<p>x</p>\n\n"
    result = read((HEAD + parts + "\n" + html).encode(), "in.mbox", select=("SRC",))
    assert result.texts == ["plain"]
    assert result.report.ledger.removed == {"SRC031": 1}


def test_mail_of_others_is_set_aside_and_is_no_error(read):
    other = mail("theirs").replace("Ann <ann@", "Bob <bob@")
    result = read((mail("mine") + other).encode(), "in.mbox", me=("ANN@example.com",))
    assert result.texts == ["mine"]
    assert result.report.ledger.removed == {"SRC030": 1}
    assert result.report.exit_code == 0


FORWARD = (
    'Content-Type: multipart/mixed; boundary="b"\n\n'
    "--b\nContent-Type: text/plain\n\nsee below\n"
    "--b\nContent-Type: {kind}{more}\n\n"
    "From: Bob <bob@example.com>\nContent-Type: text/plain\n\ntheirs\n--b--\n\n"
)


@pytest.mark.parametrize("more", ["", "\nContent-Disposition: inline"])
@pytest.mark.parametrize("kind", ["message/rfc822", "message/global", "message/partial"])
def test_a_forwarded_mail_is_not_what_the_person_wrote(read, kind, more):
    assert read((HEAD + FORWARD.format(kind=kind, more=more)).encode(), "in.mbox").texts == [
        "see below"
    ]


def test_mails_of_a_digest_are_not_what_the_person_wrote(read):
    digest = FORWARD.replace("mixed", "digest").replace("{kind}{more}", "message/rfc822")
    digest = digest.replace("Content-Type: text/plain\n\nsee", "\nSubject: x\n\nsee")
    result = read((HEAD + digest).encode(), "in.mbox")
    assert result.report.ledger.removed == {"SRC031": 1}


QUOTED = "Content-Transfer-Encoding: quoted-printable\n"


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ("Content-Type: text/plain; charset=utf-8\n", b"caf\xe9", ("0xe9", "utf-8")),
        ("Content-Type: text/plain\n" + QUOTED, b"caf=E9", ("0xe9", "utf-8")),
        ("", b"caf\xe9", ("0xe9", "offset 3")),
        ("Content-Type: text/plain; charset=us-ascii\n", b"caf\xe9", ("0xe9", "us-ascii")),
        ("Content-Type: text/plain; charset=big5\n" + QUOTED, b"a=FF", ("0xff", "big5")),
        ("Content-Type: text/plain; charset=x-none\n", b"cafe", ("x-none", "unknown")),
        ("Content-Transfer-Encoding: base64\n", b"!!no base64!!", ("base64",)),
        ("Subject: =?utf-8?q?caf=E9?=\n", b"x", ("0xe9", "Subject")),
        ("Subject: =?x-none?q?caf?=\n", b"x", ("x-none", "Subject")),
    ],
)
def test_bytes_that_are_not_of_the_charset_set_the_mail_aside(read, headers, body, said):
    head = FROM + "From: Ann <ann@example.com>\n"
    raw = f"{head}{headers}\n".encode() + body + b"\n\n" + mail("after").encode()
    result = read(raw, "in.mbox")
    assert result.texts == ["after"]
    assert result.report.ledger.removed == {"SRC033": 1}
    (message,) = [f.message for f in result.found if f.code == "SRC033"]
    for part in said:
        assert part in message


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1\n", b"caf\xe9", "café"),
        ("Content-Type: text/plain; charset=cp1252\n" + QUOTED, b"=80 caf=E9", "€ café"),
        ("Content-Type: text/plain; charset=us-ascii\n", "café".encode(), "café"),
        ("", "größe 🙂".encode(), "größe 🙂"),
        (QUOTED, b"a=\nb =3D c", "ab = c"),
        ("Content-Transfer-Encoding: base64\n", b"Y2Fm\nw6k=", "café"),
    ],
)
def test_text_is_decoded_by_its_charset(read, headers, body, text):
    raw = f"{HEAD}{headers}\n".encode() + body + b"\n\n"
    assert read(raw, "in.mbox").texts == [text]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?w6k=?= =?iso-8859-1?q?=E9?= x", "éé x"),
        ("=?utf-8?q?=C3?=\n =?utf-8?q?=A9?=", "é"),
        ("größe € =?utf-8*de?q?=C3=A9?= \\u20ac", "größe € é \\u20ac"),
        ("two\n lines", "two lines"),
        ("=?no word", "=?no word"),
    ],
)
def test_headers_are_decoded(read, subject, text):
    raw = f"{FROM}From: Ann <ann@example.com>\nSubject: {subject}\n\nbody\n\n".encode()
    (row,) = read(raw, "in.mbox").rows
    assert json.loads(row["extra"])["subject"] == text


@pytest.mark.parametrize(
    "me", ["ann@example.com", "Ann <ANN@Example.com>", '"A, B" <ann@example.com>']
)
def test_whose_mail_is_kept_may_be_named(read, me):
    result = read(mail("mine").encode(), "in.mbox", me=(me,))
    assert result.texts == ["mine"]
    assert "SRC034" not in result.report.ledger.findings


@pytest.mark.parametrize("me", ["ann", "Ann", "", "@example.com", "ann@", "Ann <ann>"])
def test_whose_mail_is_kept_is_an_address(me):
    with pytest.raises(UsageError, match="expected an e-mail address"):
        settings_of({"me": (me,)})


def test_a_mailbox_without_mail_of_mine_names_its_senders_masked(read):
    text = "".join(
        mail("x").replace("Ann <ann@", f"P <{'abcdefg'[n]}nn@") * (7 - n) for n in range(7)
    )
    result = read(text.encode(), "in.mbox", me=("dana@exmaple.com",))
    assert result.rows == []
    assert result.report.exit_code == 0
    (found,) = [f for f in result.found if f.code == "SRC034"]
    assert found.severity == "warning"
    shown = ", ".join(f"{letter}***@example.com" for letter in "abcde")
    assert found.message.endswith(f"most mails are from {shown}")
    assert (found.line or 0) > 1
    undecodable = mail("a", "Content-Type: text/plain; charset=x-none\n").encode()
    result = read(undecodable, "in.mbox", me=("ann@example.com",))
    assert "SRC034" not in result.report.ledger.findings


def test_reading_mail_leaves_no_cycles(tmp_path):
    raw = (mail("größe", "Subject: =?utf-8?q?a?=\n") + HEAD + FORWARD + mail("é")).encode() * 50
    source = Source("in.mbox", tmp_path / "in.mbox", "mbox")
    gc.collect()
    gc.disable()
    try:
        for _ in mbox_chunks(source, io.BytesIO(raw), DEFAULT_LIMITS, ("ann@example.com",)):
            pass
        assert gc.collect() < 50
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: text/plain; charset=x-unknown\n",
        "Content-Type: text/plain; charset=rot13\n",
        "Content-Type: text/plain; charset=undefined\n",
        "Content-Type: text/plain; charset=unicode-escape\n",
        "Content-Type: text/plain; charset=\x00\n",
        "Content-Type: text/plain; charset*=broken'x\n",
        "Content-Type: multipart/mixed\n",
        "Content-Type: ;;;\n",
        "Content-Transfer-Encoding: nonsense\n",
        "Content-Transfer-Encoding: base64\n",
        "Content-Disposition: ;=;\n",
        "Date: =?x?y?z?=\nReferences: <<<>>>\nMessage-ID: <\n",
    ],
)
def test_crafted_headers_end_in_a_row_or_a_finding(read, headers):
    result = read((mail("before") + mail("a\\ud800b", headers) + mail("after")).encode(), "in.mbox")
    assert result.texts[0] == "before"
    assert result.texts[-1] == "after"
    assert result.report.ledger.rows_in == 3


def test_half_a_surrogate_pair_out_of_a_charset_is_a_finding(read):
    headers = "Content-Type: text/plain; charset=unicode-escape\n"
    result = read(mail("a\\ud800b", headers).encode(), "in.mbox")
    assert result.report.ledger.removed == {"SRC033": 1}


def test_parts_1_000_deep_end_in_a_finding(read):
    deep = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(1_000)
    )
    result = read((HEAD + deep + "\n\n" + mail("after")).encode(), "in.mbox")
    assert result.texts == ["after"]
    assert result.report.ledger.rows_in == 2


def test_a_mail_over_the_limit_is_measured_and_its_neighbours_kept(read):
    raw = (mail("a") + mail("x" * 79 + "\n" + "y" * 300_000) + mail("b")).encode()
    result = read(raw, "in.mbox", limits=Limits(record_bytes=200_000))
    assert result.texts == ["a", "b"]
    assert result.report.ledger.removed == {"SRC009": 1}
    assert result.rejected[0]["length_bytes"] > 300_000


def test_flipped_bytes_end_in_rows_and_findings(read):
    dice = random.Random(1)
    whole = (mail("one", "Content-Type: text/plain; charset=utf-8\n") * 40).encode()
    for _ in range(30):
        raw = bytearray(whole)
        for _ in range(200):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        read(bytes(raw), "in.mbox")
