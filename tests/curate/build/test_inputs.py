"""What was named, with all that readers of exports take of it."""

from __future__ import annotations

import os
from pathlib import Path

from curate.build.inputs import expand


def test_folders_of_a_maildir_are_not_hidden(tmp_path: Path) -> None:
    for inside in ("cur", ".Sent/cur"):
        (tmp_path / "mail" / inside).mkdir(parents=True)
        (tmp_path / "mail" / inside / "1.a:2,S").write_text("From: a@example.com\n\nhello\n")
    (tmp_path / "mail" / ".Sent" / "maildirfolder").touch()
    sources, findings = expand([str(tmp_path / "mail")])
    assert [source.container for source in sources] == ["eml"]
    assert findings == []


def test_what_is_not_read_of_a_folder_of_mails_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "a.eml").write_text("From: a@example.com\n\nhello\n")
    (folder / "b.eml").symlink_to("/etc/hostname")
    os.mkfifo(folder / "c.eml")
    _, findings = expand([str(folder)])
    assert [(found.code, found.file) for found in findings] == [
        ("SRC093", f"{folder}/b.eml"),
        ("SRC093", f"{folder}/c.eml"),
    ]
