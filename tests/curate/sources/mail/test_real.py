"""Published mailboxes and mails: each mail is a record, at its place, once."""

import re

import pytest

from tests.curate.sources.mail.mails import read_all

ARCHIVES = "datactive+bigbang/tests/data"
FOLDERS = (
    "stalwartlabs+mail-parser",
    "python+cpython/Lib/test/test_email/data",
    "mailgun+talon/tests/fixtures",
)


@pytest.mark.parametrize(
    ("name", "count"), [("2001-November.txt", 164), ("3GPP_mbox/3GPP_TSG_SA_WG4_EVS.mbox", 50)]
)
def test_each_from_line_of_an_archive_is_a_record(data, name, count):
    path = data / ARCHIVES / name
    raw = path.read_bytes()
    lines = [found.start() for found in re.finditer(rb"^From .*\d{4}\n(?=[\w-]+:)", raw, re.M)]
    done = read_all(path)
    assert len(done.values) == len(lines) == count
    assert sorted(place[2] for place in done.places) == lines
    assert all(raw[:offset].count(b"\n") + 1 == line for _, line, offset in done.places)


def test_an_archive_that_holds_each_mail_twice(data):
    done = read_all(data / ARCHIVES / "2001-November.txt")
    assert done.codes["SRC057"] == 82
    assert len(done.texts) + done.codes.total() == 164
    assert len(done.texts) >= 75
    assert len(set(done.groups)) < 40


def test_the_mails_of_one_person_of_an_archive(data):
    done = read_all(data / ARCHIVES / "2001-November.txt", me=["paul@pfdubois.com"])
    assert all(
        value["extra"]["from"].endswith("<paul@pfdubois.com>") for value in done.values if value
    )
    assert done.codes["SRC030"] + done.codes["SRC057"] + len(done.texts) <= 164
    assert len(done.texts) >= 3
    assert any("context" in extra for extra in done.extras)


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_single_mail_is_a_record(data, folder):
    paths = [path for path in sorted((data / folder).rglob("*")) if _is_mail(path)]
    assert len(paths) >= 3
    done = read_all(*paths)
    assert len(done.values) >= len(paths)
    assert len(done.texts) > len(paths) / 3
    folders = read_all(*sorted({path.parent for path in paths if path.suffix == ".eml"}))
    assert len(folders.values) >= sum(path.suffix == ".eml" for path in paths)


def _is_mail(path):
    return path.suffix == ".eml" or (path.suffix == ".txt" and path.name.startswith("msg_"))
