"""Mail in folders: which files are mails, what their names say, and where they are."""

import zipfile

import pytest

from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS
from curate.files.tree import open_tree
from curate.sources.mail.export import EXPORTS
from curate.sources.mail.folders import emlx_bounds, looks_like_mail, state_of
from tests.curate.sources.mail.mails import ME, mail, mbox, read_all

BY_NAME = {export.name: export for export in EXPORTS}


@pytest.fixture
def tree(tmp_path):
    def tree(files):
        for name, raw in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return tmp_path / "in"

    return tree


def claimed(path, name):
    return BY_NAME[name].claim(open_tree(path, DEFAULT_LIMITS))


def emlx(text, extra="<?xml?><plist/>"):
    return f"{len(text.encode())}\n{text}{extra}"


def test_a_folder_of_mails_is_one_source_in_natural_order(tree):
    path = tree({f"{n}.eml": mail(f"text {n}", number=n) for n in (1, 2, 10)})
    assert claimed(path, "eml") == [""]
    done = read_all(path)
    assert done.texts == ["text 1", "text 2", "text 10"]
    assert [place[0] for place in done.places] == [f"{path}/{n}.eml" for n in (1, 2, 10)]
    assert done.chunks[0].source.path == str(path)


def test_folders_with_other_files_are_claimed_below_them(tree):
    path = tree({"a/1.eml": "", "a/b/2.eml": "", "c/3.eml": "", "c/notes.csv": "", "d.csv": ""})
    assert claimed(path, "eml") == ["a/", "c/"]
    assert claimed(tree({}) / "a", "eml") == [""]


def test_a_folder_says_what_its_mails_are_by_its_own_name(tree):
    path = tree({"Drafts/1.eml": mail("one", number=1), "Work/2.eml": mail("two", number=2)})
    for each in (path / "Drafts", Source("in/Drafts", path / "Drafts", argument="in")):
        assert read_all(each).codes == {"SRC058": 1}
    (extra,) = read_all(Source("in/Work", path / "Work", argument="in")).extras
    assert extra["mail_labels"] == ["Work"]
    assert "mail_labels" not in read_all(path / "Work").extras[0]
    assert read_all(path / "Work/2.eml").texts == ["two"]


def test_other_files_in_a_folder_of_mails_are_counted(tree):
    path = tree({"1.eml": mail(), "notes.docx": b"PK", "x.csv": "a,b"})
    done = read_all(path)
    assert done.texts == ["one"]
    (note,) = [note[2] for note in done.notes]
    assert note.code == "SRC062"
    assert note.message.startswith("2 files")


def test_a_maildir_with_its_flags_and_folders(tree):
    path = tree(
        {
            "cur/1.a:2,RS": mail("seen", number=1),
            "new/2.b": mail("new", number=2),
            "cur/3.c:2,D": mail("draft", number=3),
            "cur/4.d:2,ST": mail("gone", number=4),
            "tmp/5.e": mail("half", number=5),
            ".Sent/cur/6.f:2,S": mail("sent", number=6),
            ".Drafts/cur/7.g:2,S": mail("later", number=7),
            "dovecot.index.log": b"\0",
        }
    )
    assert claimed(path, "eml") == [""]
    done = read_all(path)
    assert sorted(done.texts) == ["new", "seen", "sent"]
    assert done.codes == {"SRC058": 2, "SRC059": 1}
    assert done.guess == ((ME, 1),)


def test_a_mailbox_in_a_maildir_is_read_with_it(tree):
    path = tree({"cur/1": mail("one", number=1), "old/box": mbox(mail("two", number=2))})
    assert (claimed(path, "eml"), claimed(path, "mbox")) == ([""], [])
    assert sorted(read_all(path).texts) == ["one", "two"]


def test_apple_mail(tree):
    whole = emlx(mail("größe", number=1))
    path = tree(
        {
            "INBOX.mbox/Messages/1.emlx": whole,
            "INBOX.mbox/Messages/2.emlx": emlx(mail("two", number=2), ""),
            "INBOX.mbox/Info.plist": "<plist/>",
            "Sent.mbox/mbox": mbox(mail("three", number=3)),
            "Sent.mbox/table_of_contents": b"\0",
        }
    )
    assert claimed(path, "mbox") == ["Sent.mbox/mbox"]
    assert claimed(path, "eml") == ["INBOX.mbox/"]
    done = read_all(path / "INBOX.mbox")
    assert done.texts == ["größe", "two"]
    assert done.chunks[-1].records[0].endswith("größe\n".encode())
    assert read_all(path / "INBOX.mbox/Messages/1.emlx").texts == ["größe"]


def test_thunderbird(tree):
    path = tree(
        {
            "Mail/Local Folders/Inbox": mbox(mail("one", number=1)),
            "Mail/Local Folders/Inbox.msf": "// <!-- <mdb:mork",
            "Mail/Local Folders/Sent": mbox(mail("two", number=2)),
            "Mail/Local Folders/Empty": b"",
            "prefs.js": "",
        }
    )
    names = ["Mail/Local Folders/Inbox", "Mail/Local Folders/Sent"]
    assert claimed(path, "mbox") == names
    sources = [Source(f"in/{name}", path / name, argument="in") for name in names]
    done = read_all(*sources)
    assert done.texts == ["one", "two"]
    assert done.guess == ((ME, 1),)


def test_mails_in_an_archive_are_copied_into_one_file(tmp_path):
    path = tmp_path / "mails.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/1.eml", mail("one", number=1))
        archive.writestr("a/2.emlx", emlx(mail("two", number=2)))
        archive.writestr("a/box", mbox(mail("three", number=3), mail("one", number=1)))
        archive.writestr("b.txt", "other")
    done = read_all(Source("mails.zip/a", path, member="a/"))
    assert sorted(done.texts) == ["one", "three", "two"]
    assert done.codes == {"SRC057": 1}
    assert {place[0] for place in done.places} == {
        "mails.zip/a/1.eml",
        "mails.zip/a/2.emlx",
        "mails.zip/a/box",
    }


def test_a_mail_with_a_separating_line_and_one_without_a_header(tree):
    path = tree({"1.eml": mbox(mail("one", number=1)), "2.eml": "no header at all", "3.eml": ""})
    done = read_all(path)
    assert len(done.values) == 3
    assert done.texts[0] == "one"


@pytest.mark.parametrize(
    ("head", "size", "bounds"),
    [
        (b"12\nSubject: x\n\nab<plist", 40, (3, 12)),
        (b"999\nSubject: x", 14, (4, 10)),
        (b"Subject: x\n", 11, (0, 11)),
        (b"", 0, (0, 0)),
        (b"1" * 40, 40, (0, 40)),
    ],
)
def test_where_the_mail_of_an_emlx_file_is(head, size, bounds):
    assert emlx_bounds(head, size) == bounds


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("cur/1:2,S", ""),
        ("cur/1:2,DS", "draft"),
        ("cur/1;2,T", "trash"),
        (".Junk/cur/1", "spam"),
        ("Deleted Messages.mbox/Messages/1.emlx", "trash"),
        ("Sent Items/4.eml", "sent"),
        ("work/sent/2019/4.eml", "sent"),
        ("1.eml", ""),
    ],
)
def test_what_the_name_of_a_mail_says(name, role):
    assert state_of(name)[0] == role


@pytest.mark.parametrize(
    ("head", "is_mail"),
    [
        (b"Received: from x\nSubject: y\n\nz", True),
        (b"From: a@example.com\r\nTo: b@example.com\r\n\r\nz", True),
        (b"From ann@example.com Mon Jan  1 00:00:00 2024\nFrom: a\nTo: b\n\n", True),
        (b"title: x\ndate: y\n\nz", False),
        (b"From: here\nwe go on\n\n", False),
        (b"---\nfrom: a\nto: b\n---\n", False),
        (b"a,b\n1,2\n", False),
        (b"", False),
    ],
)
def test_files_that_begin_as_a_mail(head, is_mail):
    assert looks_like_mail(head) is is_mail
