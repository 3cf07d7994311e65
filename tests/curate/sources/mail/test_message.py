"""One mail's bytes: its text, its files, its faults; no bytes make the reader raise."""

from __future__ import annotations

import base64
import binascii
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.files.limits import DEFAULT_LIMITS
from curate.sources.mail.message import Mail, read_mail

TEXT = "text/plain; charset=utf-8"
PLAIN, RICH = "Content-Type: text/plain\n\n", "Content-Type: text/html\n\n"


def read(body: str | bytes, content: str = TEXT, **fields: str) -> Mail:
    head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    raw = f"From: Dana <dana@example.com>\n{head}Content-Type: {content}\n\n".encode()
    return read_mail(raw + (body if isinstance(body, bytes) else body.encode()), DEFAULT_LIMITS)


def parts(kind: str, *bodies: str, parameters: str = "") -> Mail:
    body = "".join(f"--b\n{each}\n" for each in bodies) + "--b--\n"
    return read(body, f"multipart/{kind}; boundary=b{parameters}")


def codes(mail: Mail) -> list[str]:
    return [fault.code for fault in mail.faults]


def test_headers_of_a_mail() -> None:
    mail = read(
        "hi\n",
        Subject="=?utf-8?Q?Caf=C3=A9?=\n =?utf-8?Q?_now?=",
        To="A <a@example.org>",
        Cc="b@example.org",
        Date="Thu, 26 Aug 2021 20:51:14 +0000",
        Message_ID="<1@example.com>",
        References="<a@example.org><b@example.org>\n <c@example.org>",
        In_Reply_To="Your message of Monday <d@example.org>",
        X_Gmail_Labels="=?UTF-8?Q?Gesendet,Wichtig_f=C3=BCr_mich?=",
    )
    assert (mail.subject, mail.date, mail.message_id) == ("Café now", 1630011074, "1@example.com")
    assert [each.handle for each in mail.to + mail.cc] == ["a@example.org", "b@example.org"]
    assert mail.references == tuple(f"{each}@example.org" for each in "abcd")
    assert mail.labels == ("Gesendet", "Wichtig für mich")
    assert (mail.kind, mail.faults, mail.aside) == ("personal", (), None)
    assert (mail.text, mail.source) == ("hi", "plain")


def test_an_unreadable_date_is_none_and_told() -> None:
    mail = read("hi", Date="yesterday")
    assert mail.date is None
    assert codes(mail) == ["SRC056"]


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("quoted-printable", "caf=C3=A9 =\nnow", "café now"),
        ("quoted-printable", "caf=C3=A9 = \nnow", "café now"),
        ("base64", "Y2Fmw6k=", "café"),
        ("base64", "Y2Fm\nw6k=\n", "café"),
        ("8bit", "café", "café"),
        ("BASE64 ", "Y2Fmw6k=", "café"),
    ],
)
def test_transfer_encodings(encoding: str, body: str, text: str) -> None:
    mail = read(body, Content_Transfer_Encoding=encoding)
    assert (mail.text, mail.faults) == (text, ())


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("quoted-printable", "a =ZZ b", "a =ZZ b"),
        ("base64", "Y2Fmw6k", "café"),
        ("base64", "Y2F!mw6k=", "café"),
        ("base64", "Y2Fmw6k=\n\n____\nA list: http://lists.example.org/\n", "café"),
        ("x-odd", "hi", "hi"),
    ],
)
def test_damaged_transfer_encodings_are_told(encoding: str, body: str, text: str) -> None:
    mail = read(body, Content_Transfer_Encoding=encoding)
    assert mail.text == text
    assert codes(mail) == ["SRC056"]


def test_bytes_of_no_charset_set_the_mail_aside() -> None:
    mail = read(b"caf\xe9")
    assert mail.aside is not None
    assert mail.aside.code == "SRC033"


def test_the_plain_alternative_is_read_and_the_other_is_not_listed() -> None:
    mail = parts("alternative", PLAIN + "Hello there", RICH + "<p>Hello <b>there</b>")
    assert (mail.text, mail.source, mail.attachments) == ("Hello there", "plain", ())


@pytest.mark.parametrize(
    "plain", ["", "  \n", "Please view this mail in a browser that shows HTML.", "Short"]
)
def test_an_alternative_that_says_nothing_gives_way(plain: str) -> None:
    mail = parts("alternative", PLAIN + plain, RICH + "<p>" + "What I have to say. " * 20)
    assert mail.text.startswith("What I have to say.")
    assert mail.source == "html"


def test_texts_between_files_are_joined_and_files_are_listed() -> None:
    image = "Content-Type: image/png; name*=utf-8''caf%C3%A9.png\n"
    image += "Content-Transfer-Encoding: base64\n\nAAAA"
    attached = 'Content-Type: text/plain\nContent-Disposition: attachment; filename="a b.txt"\n\nno'
    mail = parts("mixed", PLAIN + "one", image, PLAIN + "two", attached)
    assert mail.text == "one\n\ntwo"
    assert mail.attachments == (("café.png", "image/png", 3), ("a b.txt", "text/plain", 2))


def test_a_forwarded_mail_is_a_file_and_no_text() -> None:
    inner = "Content-Type: message/rfc822\n\nFrom: x@example.org\nSubject: y\n\nnot mine"
    mail = parts("mixed", PLAIN + "mine", inner)
    assert mail.text == "mine"
    assert [each.type for each in mail.attachments] == ["message/rfc822"]


def test_the_root_of_related_parts_is_read() -> None:
    mail = parts("related", RICH + "<p>Hi", "Content-Type: image/gif; name=a.gif\n\nx")
    assert (mail.text, [each.name for each in mail.attachments]) == ("Hi", ["a.gif"])


def test_signed_and_encrypted_mails() -> None:
    seal = "Content-Type: application/pgp-signature\n\nxx"
    signed = parts("signed", PLAIN + "mine", seal)
    assert (signed.text, signed.is_signed, signed.attachments) == ("mine", True, ())
    closed = parts("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1")
    assert closed.is_encrypted
    assert closed.aside is not None
    assert closed.aside.code == "SRC031"
    armor = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n- --\nmine\n"
    armor += "-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n"
    assert (read(armor).text, read(armor).is_signed) == ("--\nmine", True)
    assert read("-----BEGIN PGP MESSAGE-----\n\nxx\n").is_encrypted


def test_a_report_and_a_calendar_are_told_by_their_kind() -> None:
    notice = "Content-Type: message/delivery-status\n\nAction: failed"
    assert parts("report", PLAIN + "failed", notice).kind == "notice"
    calendar = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR"
    assert parts("alternative", PLAIN + "come", calendar).kind == "calendar"


def test_flowed_text_and_enriched_text() -> None:
    assert read("a \nb\n> c \n> d\n-- \nDana", "text/plain; format=flowed").text == (
        "a b\n> c d\n-- \nDana"
    )
    assert read("a \nb", "text/plain; format=flowed; delsp=yes").text == "ab"
    rich = "<bold>a</bold>\nb\n\nc<param>x</param> << d"
    assert read(rich, "text/enriched").text == "a b\nc < d"


def test_a_uuencoded_file_is_cut_out_and_listed() -> None:
    lines = b"".join(binascii.b2a_uu(b"x" * 45) for _ in range(2))
    mail = read(b"before\nbegin 644 a.bin\n" + lines + b"`\nend\nafter")
    assert mail.text == "before\nafter"
    assert mail.attachments == (("a.bin", "application/octet-stream", 90),)
    assert codes(mail) == ["SRC056"]
    assert read("begin 644 is how\na file begins").text == "begin 644 is how\na file begins"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"From: a@example.com\rContent-Type: text/plain\r\rhi\rthere\r", "hi\nthere"),
        (b"From: a@example.com\r\n\r\nhi\r\nthere\r\n", "hi\nthere"),
        (b"From a@example.com Mon Jan  1 00:00:00 2024\nFrom: a@example.com\n\nhi", "hi"),
        (b"From: a@example.com\nno field here\nhi", "no field here\nhi"),
        (b"\nhi", "hi"),
        (b"hi there\nyou", "hi there\nyou"),
        (b"From: a@example.com\nX\0Y: b\nSubject: c\n\nhi", "hi"),
        (b"Content-Type: multipart/mixed\n\n--x\n\nhi\n--x--\n", "hi"),
        (b"Content-Type: multipart/mixed; boundary=x\n\nhi", "hi"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhi", "hi"),
        (b"Content-Type: multipart/mixed; boundary=x y\n\n--x y\n\nhi\n--x y--", "hi"),
        (b'Content-Type: multipart/mixed; boundary="x y  "\n\n--x y\n\nhi\n--x y--', "hi"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--xy\n\nno\n--x\n\nhi\n--x--", "hi"),
        (b"Content-Type: text\n\nhi", "hi"),
        (b"", ""),
    ],
)
def test_mails_that_are_not_built_as_they_should_be(raw: bytes, text: str) -> None:
    assert read_mail(raw, DEFAULT_LIMITS).text == text


def test_the_same_boundary_in_a_multipart_and_the_one_in_it() -> None:
    inner = "Content-Type: multipart/alternative; boundary=b\n\n"
    mail = parts("mixed", inner, PLAIN + "Hello", RICH + "<p>Hello")
    assert mail.text == "Hello"


def test_hostile_mails_are_read_in_bounded_time() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(500))
    mails = [
        f"From: a@example.com\n{deep}\nhi".encode(),
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 30_000,
        b"X: " + b"a" * (2 << 20) + b"\n\nhi",
        b"X: a\n" + b" b\n" * 400_000 + b"\nhi",
        b"X: a\n" * 200_000 + b"\nhi",
        b'Content-Type: text/plain; x="' + b'\\"' * 500_000 + b"\n\nhi",
        b"Content-Type: text/plain;" + b" " * 500_000 + b"\n\nhi",
        b"References: " + b"<a@b" * 200_000 + b"\n\nhi",
        b"Subject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nhi",
        b"From: a@example.com\n\n" + b"begin 644 a\n" * 100_000,
        b"From: a@example.com\n\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\n\n" * 30_000,
        b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n" * 200_000,
        b"Content-Type: text/enriched\n\n" + b"<x>" * 200_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"A!" * 500_000,
        b"From: a@example.com\n\n" + b"\0" * 1_000_000,
    ]
    for raw in mails:
        start = time.process_time()
        read_mail(raw, DEFAULT_LIMITS)
        assert time.process_time() - start < 10, raw[:40]


PIECES = st.sampled_from(
    [
        b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=b\n", b"\n", b"\n\n",
        b"--b\n", b"--b--\n", b"Content-Type: text/html\n", b"Content-Transfer-Encoding: base64\n",
        b"Content-Type: text/plain; charset=utf-7; format=flowed\n", b"=?utf-8?b?", b"?=", b"<",
        b">", b'"', b"(", b"\r", b"\0", b"\xff", b"\xed\xa0\x80", b"begin 644 a\n", b"=\n", b"=E9",
        b"Content-Type: application/ms-tnef\n", b"x\x9f>\"", b"Date: 1 Jan 2021\n", b"a@b",
        base64.b64encode(b"x" * 9),
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.binary(max_size=5), max_size=40))
def test_any_bytes_are_a_mail(pieces: list[bytes]) -> None:
    mail = read_mail(b"".join(pieces), DEFAULT_LIMITS)
    told = [fault.message for fault in mail.faults]
    people = [each.handle + each.name for each in mail.senders + mail.to]
    names = [each.name + each.type for each in mail.attachments]
    "".join([mail.text, mail.subject, mail.message_id, *told, *people, *names]).encode()
    assert (mail.source == "none") == (mail.text == "")
    assert all(fault.value is None for fault in mail.faults)
    assert mail.aside is None or mail.aside.code in ("SRC031", "SRC033")
