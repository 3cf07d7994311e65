"""What each mail becomes: a row with its headers, or a record under the code that says why not."""

import gc
import random
import tracemalloc

import pytest

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS
from curate.sources.base import Reading
from curate.sources.mail.export import EXPORTS, plan_mail
from tests.curate.sources.mail.mails import FROM, ME, mail, mbox, read_all

BY_NAME = {export.name: export for export in EXPORTS}


@pytest.fixture
def read(tmp_path):
    def read(raw, **asked):
        path = tmp_path / "in.mbox"
        path.write_bytes(raw)
        return read_all(path, **asked)

    return read


def test_a_row_has_its_headers_beside_its_text(read):
    raw = mail(
        "Hello,\n\nsee you.\n\n> Are you there?\n",
        number=1,
        To="Bob <Bob@example.com>, carol@example.com",
        Cc="=?utf-8?q?D=C3=A4n?= <dan@example.com>",
        Subject="=?utf-8?q?caf=C3=A9?=",
        In_Reply_To="<lost@example.com>",
        X_Gmail_Labels="Work",
    )
    (value,) = read(mbox(raw)).values
    assert value["text"] == "Hello,\n\nsee you."
    assert len(value["group"]) == 16
    extra = value["extra"]
    cut = extra.pop("cut")
    assert sum(cut.values()) > 10
    assert extra == {
        "subject": "café",
        "date": "2024-01-01T10:01:00Z",
        "from": "Ann <ann@example.com>",
        "to": ["Bob <bob@example.com>", "carol@example.com"],
        "cc": ["Dän <dan@example.com>"],
        "mail_labels": ["Work"],
        "reply": True,
        "context": "Are you there?",
        "context_quoted": True,
    }


def test_what_is_quoted_is_the_context_where_the_mail_itself_is_not_there(read):
    text = "On Mon, Bob wrote:\n> one\n> > older\n>two\n\nYes.\n\n> three\n\nNo.\n"
    (extra,) = read(mbox(mail(text, References="<lost@example.com>"))).extras
    assert extra["context"] == "one\ntwo\n\nthree"
    assert "context" not in read(mbox(mail(text))).extras[0]
    long = "Yes.\n\n" + "> word word\n" * 50_000
    (extra,) = read(mbox(mail(long, References="<lost@example.com>"))).extras
    assert len(extra["context"]) == 4_001


def test_the_whole_text_stays_where_that_is_asked_for(read):
    raw = mbox(mail("Yes.\n\n> Are you there?"))
    assert read(raw, mail="whole").texts == ["Yes.\n\n> Are you there?"]
    assert read(raw).texts == ["Yes."]


def test_nothing_of_one_s_own_is_set_aside(read):
    quote = mail("> Are you there?\n> Yes.")
    forward = mail("---------- Forwarded message ---------\nFrom: Bob <bob@example.com>\n\ntheirs")
    done = read(mbox(quote, forward))
    assert done.texts == []
    assert done.codes == {"SRC060": 2}
    assert "theirs" not in str(done.faults)


def test_what_no_person_wrote_is_set_aside(read):
    done = read(mbox(mail(Auto_Submitted="auto-replied"), mail("x", number=1)))
    assert [fault.code if fault else None for fault in done.faults] == ["SRC050", None]


def test_attachments_are_listed(read):
    body = (
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nplain\n"
        "--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        'Content-Disposition: attachment; filename="a.pdf"\n\nYWJj\n--b--\n'
    )
    done = read((FROM + "From: ann@example.com\n" + body).encode())
    assert done.texts == ["plain"]
    assert done.extras[0]["attachments"] == [
        {"name": "a.pdf", "type": "application/pdf", "bytes": 3}
    ]


@pytest.mark.parametrize(
    "date", ["Thu, 1 Jan 1960 0:00 +0000", "Fri, 31 Dec 2099 23:59 -1200", "?"]
)
def test_dates_of_any_time(read, date):
    (extra,) = read(mbox(mail(Date=date))).extras
    assert extra.get("date", "none")[:4] in ("1960", "2100", "none")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a\nFrom here on it is prose.\nb", "a\nFrom here on it is prose.\nb"),
        ("a\n\nFrom Monday on.\nb", "a\n\nFrom Monday on.\nb"),
        ("a\n\n>>From twice", "a\n\n>From twice"),
        ("größe 🙂", "größe 🙂"),
    ],
)
def test_lines_that_begin_with_from(read, body, text):
    headers = {"Content_Type": "text/plain; charset=utf-8", "Content_Transfer_Encoding": "8bit"}
    assert read(mbox(mail(body, **headers)), mail="whole").texts == [text]


def test_line_ends_of_windows(read):
    raw = mbox(mail("a\nb", number=1), mail("c", number=2)).replace(b"\n", b"\r\n")
    assert read(raw).texts == ["a\nb", "c"]


FORWARD = (
    'Content-Type: multipart/mixed; boundary="b"\n\n'
    "--b\nContent-Type: text/plain\n\nsee below\n"
    "--b\nContent-Type: {kind}{more}\n\n"
    "From: Bob <bob@example.com>\nContent-Type: text/plain\n\ntheirs\n--b--\n\n"
)


@pytest.mark.parametrize("more", ["", "\nContent-Disposition: inline"])
@pytest.mark.parametrize("kind", ["message/rfc822", "message/global", "message/partial"])
def test_a_forwarded_mail_is_not_what_the_person_wrote(read, kind, more):
    raw = FROM + "From: ann@example.com\n" + FORWARD.format(kind=kind, more=more)
    assert read(raw.encode()).texts == ["see below"]


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
    crafted = f"From: ann@example.com\n{headers}\na\\ud800b\n"
    done = read(mbox(mail("before", number=1), crafted, mail("after", number=2)))
    assert done.texts[0] == "before"
    assert done.texts[-1] == "after"
    assert len(done.values) == 3
    for value in done.values:
        str(value).encode()


def test_parts_1_000_deep_end_in_a_record(read):
    deep = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(1_000)
    )
    done = read(mbox("From: ann@example.com\n" + deep + "\n", mail("after", number=1)))
    assert done.texts[-1] == "after"
    assert len(done.values) == 2


def test_flipped_bytes_end_in_records(read):
    dice = random.Random(1)
    whole = mbox(*[mail(f"{n}", number=n, Subject="Re: x") for n in range(40)])
    for _ in range(30):
        raw = bytearray(whole)
        for _ in range(200):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        read(bytes(raw))
        read(bytes(raw), me=[ME])


def test_reading_mail_leaves_no_cycles(tmp_path):
    forward = FROM + "From: ann@example.com\n" + FORWARD.format(kind="message/rfc822", more="")
    raw = (mbox(mail("größe", Subject="=?utf-8?q?a?=")) + forward.encode()) * 50
    path = tmp_path / "in.mbox"
    path.write_bytes(raw)
    source = Source("in.mbox", path)
    plan = plan_mail([source], Reading(me=(ME,)), DEFAULT_LIMITS)
    gc.collect()
    gc.disable()
    try:
        for piece in plan.pieces(source):
            assert isinstance(piece, Chunk) or piece.read().records
        assert gc.collect() < 50
    finally:
        gc.enable()
        plan.close()


def test_one_source_alone_is_read_by_its_export(tmp_path):
    path = tmp_path / "in.mbox"
    path.write_bytes(mbox(mail("one")))
    found = BY_NAME["mbox"].chunks(Source("in.mbox", path), Reading(), DEFAULT_LIMITS)
    chunks = [each if isinstance(each, Chunk) else each.read() for each in found]
    assert [value["text"] for chunk in chunks for value in chunk.values or ()] == ["one"]


@pytest.mark.parametrize(
    ("head", "name", "found"),
    [
        (mbox(mail()), "in", "mbox"),
        (mail(Subject="x", To="b@example.com").encode(), "x.txt", "eml"),
        (b"!BDN", "mail.pst", "msg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.msg", "msg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.doc", None),
        (b'{"text": "From: x"}', "a.jsonl", None),
        (b"subject,date\n1,2\n", "a.csv", None),
        (b"From here on\n\nprose", "a.txt", None),
    ],
)
def test_files_are_told_apart(head, name, found):
    took = [export.name for export in EXPORTS if export.sniff and export.sniff(head, name)]
    assert took == ([found] if found else [])


def test_a_mailbox_whose_lines_end_in_cr(tmp_path):
    path = tmp_path / "a.mbox"
    whole = mbox(mail("one\ntwo", number=1), mail("three", number=2))
    path.write_bytes(whole.replace(b"\n", b"\r"))
    assert read_all(path).texts == ["one\ntwo", "three"]


def test_a_mail_with_an_attachment_of_many_mebibytes_is_read(tmp_path):
    path = tmp_path / "a.mbox"
    body = "--b\n\nhere it is\n--b\nContent-Type: application/pdf; name=a.pdf\n"
    body += "Content-Transfer-Encoding: base64\n\n" + ("QUJD" * 19 + "\n") * 320_000 + "--b--\n"
    path.write_bytes(mbox(mail(body, number=1, Content_Type="multipart/mixed; boundary=b")))
    assert path.stat().st_size > DEFAULT_LIMITS.record_bytes
    tracemalloc.start()
    done = read_all(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert done.texts == ["here it is"]
    assert done.extras[0]["attachments"][0]["bytes"] == 320_000 * 57
    assert peak < 2 * path.stat().st_size


def test_the_context_is_what_was_said_without_who_said_it(read):
    text = (
        "Yes.\n\n> On 3 Jan 2024, at 10:05, Bob <bob@example.com> wrote:\n>\n> [...]\n> Shall we?\n"
    )
    (extra,) = read(mbox(mail(text, References="<lost@example.com>"))).extras
    assert extra["context"] == "Shall we?"
