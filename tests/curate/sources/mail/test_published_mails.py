"""Published mails, against what another parser made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curate.files.limits import DEFAULT_LIMITS
from curate.sources.mail.message import Mail, read_mail
from curate.sources.mail.separators import unescaped

EXPECTED = "stalwartlabs+mail-parser/resources/eml/legacy"


def mail_of(path: Path) -> Mail:
    return read_mail(path.read_bytes(), DEFAULT_LIMITS)


def one(value: Any) -> list[tuple[str, str]]:
    return [(each["address"], each["name"] or "") for each in value["Address"]["List"]]


@pytest.mark.parametrize("number", range(10))
def test_against_another_parser(data: Path, number: int) -> None:
    path = data / EXPECTED / f"{number:03}.eml"
    mail = mail_of(path)
    said = json.loads(path.with_suffix(".json").read_text("utf-8"))
    fields = {each["name"]: each["value"] for each in said["parts"][0]["headers"]
              if isinstance(each["name"], str)}  # fmt: skip
    assert mail.subject == fields["subject"]["Text"]
    assert [(each.handle, each.name) for each in mail.senders] == one(fields["from"])
    assert [(each.handle, each.name) for each in mail.to] == one(fields["to"])
    assert len(mail.attachments) == len(said["attachments"])
    bodies = [said["parts"][at]["body"] for at in said["text_body"]]
    texts = [each["Text"] for each in bodies if "Text" in each]
    if texts and len(bodies) == 1:
        assert mail.text.split() == texts[0].split()
    elif bodies:
        assert mail.source == "html"
    assert mail.faults == ()


def test_the_mails_of_cpython(data: Path) -> None:
    mails = [mail_of(path) for path in sorted(
        (data / "python+cpython/Lib/test/test_email/data").iterdir())]  # fmt: skip
    assert len(mails) == 48
    assert not any(mail.aside and mail.aside.code == "SRC033" for mail in mails)
    assert [mail.kind for mail in mails].count("notice") == 4
    assert sum(bool(mail.text) for mail in mails) == 35


def test_replies_of_many_programs(data: Path) -> None:
    replies = sorted((data / "mailgun+talon/tests/fixtures/standard_replies").glob("*.eml"))
    assert len(replies) == 12
    for path in replies:
        mail = mail_of(path)
        assert mail.text
        assert mail.aside is None
        assert mail.senders


def test_mailing_lists(data: Path) -> None:
    box = (data / "datactive+bigbang/tests/data/2001-November.txt").read_bytes()
    mails = [
        read_mail(unescaped(b"From " + each), DEFAULT_LIMITS)
        for each in (b"\n" + box).split(b"\nFrom ")[1:]
        if b" at " in each[:80]
    ]
    assert len(mails) == 164
    assert all(mail.senders and mail.date and mail.message_id for mail in mails)
    assert len({mail.message_id for mail in mails}) == 82
