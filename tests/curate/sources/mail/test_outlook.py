"""An Outlook message becomes the mail that it was; a damaged one is set aside."""

import email
import random

import pytest

from curate.finding import Hit
from curate.sources.mail.outlook import as_mail
from tests.curate.sources.mail.compound import outlook
from tests.curate.sources.mail.mails import read_all

pytest.importorskip("oxmsg", reason="python-oxmsg is not installed")


def test_what_outlook_noted_becomes_headers_and_text():
    raw = as_mail(outlook("Größe", "one\r\ntwo é", files=["a b.pdf"]))
    assert isinstance(raw, bytes)
    mail = email.message_from_bytes(raw)
    assert mail["From"] == '"Ann" <ann@example.com>'
    text, attached = mail.get_payload()
    assert text.get_payload(decode=True).decode() == "one\ntwo é"
    assert attached.get_filename() == "a b.pdf"
    ((words, charset),) = email.header.decode_header(mail["Subject"])
    assert words.decode(charset) == "Größe"


def test_headers_that_it_came_with_stay():
    headers = (
        "From: Bob <bob@example.com>\r\nMessage-ID: <1@example.com>\r\n"
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    )
    raw = as_mail(outlook("Hi", "text", headers=headers))
    assert isinstance(raw, bytes)
    mail = email.message_from_bytes(raw)
    assert mail["From"] == "Bob <bob@example.com>"
    assert mail["Message-ID"] == "<1@example.com>"
    assert mail.get_content_type() == "text/plain"


def test_a_message_file_is_one_mail(tmp_path):
    path = tmp_path / "a.msg"
    path.write_bytes(outlook("Hi", "one"))
    done = read_all(path, me=["ann@example.com"])
    assert done.texts == ["one"]
    assert done.extras[0]["subject"] == "Hi"
    assert done.chunks[-1].records == [path.read_bytes()]


def test_damaged_messages_are_set_aside(tmp_path):
    whole, dice = outlook("Hi", "one"), random.Random(1)
    path = tmp_path / "a.msg"
    for _ in range(60):
        raw = bytearray(whole)
        for _ in range(20):
            raw[dice.randrange(8, len(raw))] = dice.randrange(256)
        mail = as_mail(bytes(raw))
        assert isinstance(mail, bytes) or mail.code == "SRC033"
        path.write_bytes(raw)
        assert len(read_all(path).values) == 1

    assert isinstance(as_mail(whole[:700]), Hit)


def test_a_damaged_message_is_told_whoever_is_me(tmp_path):
    path = tmp_path / "a.msg"
    path.write_bytes(outlook("Hi", "one")[:900])
    assert read_all(path, me=["ann@example.com"]).codes == {"SRC033": 1}
