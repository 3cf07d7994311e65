"""Names of folders and labels say what they are for, in the languages of mail programs."""

import pytest

from curate.sources.mail.roles import role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sent", "sent"),
        ("SENT", "sent"),
        ("[Gmail]/Gesendet", "sent"),
        ("[Google Mail]/Sent Mail", "sent"),
        ("INBOX.Sent", "sent"),
        ("INBOX/Drafts", "draft"),
        (".Junk", "spam"),
        ("Takeout/Mail/Papierkorb.mbox", "trash"),
        ("Trash.sbd/old", "trash"),
        ("Sent Messages.mbox/mbox", "sent"),
        ("Sent-2", "sent"),
        ("Отправленные", "sent"),
        ("送信済み", "sent"),
        ("已发送", "sent"),
        ("Envoyés", "sent"),
        ("Inbox", ""),
        ("Sent to the printer", ""),
        ("Presents", ""),
        ("2024-01", ""),
        ("", ""),
        ("/", ""),
    ],
)
def test_what_a_name_is_for(name, role):
    assert role_of(name) == role


def test_a_name_of_any_length_is_looked_at():
    assert role_of("a/" * 50_000) == ""
