"""Mail in mbox files: messages split where they begin, text kept, crafted mail set aside."""

import random

import pytest

from curate.files.limits import Limits

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
