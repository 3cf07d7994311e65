"""All mails of a run together: whose they are, which copy stays, what belongs to one thread."""

import gzip
import hashlib
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import InputError, UsageError
from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.sources.base import Piece, Reading
from curate.sources.mail.export import plan_mail
from curate.sources.mail.index import BYTES_PER_MAIL
from tests.curate.sources.mail.mails import FROM, ME, mail, mbox, read_all


@pytest.fixture
def write(tmp_path):
    def write(raw, name="in.mbox"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    return write


def test_each_mail_is_a_record_at_its_place(write):
    done = read_all(write(mbox(mail("one"), mail("two\n\nlines"))))
    assert done.texts == ["one", "two\n\nlines"]
    assert [place[1:] for place in done.places] == [(1, 0), (6, len(mbox(mail("one"))))]


def test_mails_of_others_are_measured_and_not_kept(write):
    other = mail("theirs", sender="Bob <bob@example.com>")
    done = read_all(write(mbox(mail("mine"), other)), me=[ME])
    assert done.texts == ["mine"]
    assert done.codes == {"SRC030": 1}
    (chunk,) = [each for each in done.chunks if each.records]
    raw = (other + "\n").encode()
    assert chunk.records[1] == b""
    assert chunk.cuts[1].length_bytes == len(raw)
    assert chunk.cuts[1].sha256 == hashlib.sha256(raw).hexdigest()
    assert "bob" not in str(done.faults)


@pytest.mark.parametrize(
    ("sender", "mine"),
    [
        ("ANN@Example.com", True),
        ("ann at example.com (Ann)", True),
        ('"Ann" <ann@example.com>', True),
        ("Bob <bob@example.com>, Ann <ann@example.com>", True),
        ("ann+list@example.com", False),
        ("annann@example.com", False),
        ("ann@example.com.example.org", False),
        ('"ann@example.com" <bob@example.com>', False),
        ("", False),
    ],
)
def test_an_address_counts_as_a_whole(write, sender, mine):
    done = read_all(write(mbox(mail(sender=sender))), me=[f"Ann <{ME}>"])
    assert done.codes == ({} if mine else {"SRC030": 1})


def test_a_wrong_address_names_frequent_senders_masked(write):
    done = read_all(write(mbox(mail(), mail())), me=["dana@exmaple.com"])
    (_, _, hit) = done.notes[-1]
    assert hit.code == "SRC034"
    assert hit.message.endswith("most mails are from a***@example.com")
    assert "SRC034" not in [note[2].code for note in read_all(write(b""), me=[ME]).notes]


@pytest.mark.parametrize("me", ["ann", "Ann", "", "@example.com", "ann@", "Ann <ann>"])
def test_mail_is_told_by_addresses(write, me):
    path = write(mbox(mail("x", number=1)))
    with pytest.raises(UsageError, match="addresses"):
        read_all(path, me=[me])
    assert read_all(path, me=[me, ME]).texts == ["x"]


def test_the_mail_replied_to_is_the_context(write):
    theirs = mail("Can you come?\n\n> older", sender="Bob <bob@example.com>", number=1)
    mine = mail("Yes.", number=2, In_Reply_To="<1@example.com>")
    done = read_all(write(mbox(mine), "Sent"), write(mbox(theirs), "Inbox"), me=[ME])
    (extra,) = done.extras
    assert extra["context"] == "Can you come?"
    assert "bob@example.com" in extra["context_from"]
    assert extra["reply"] is True
    assert {person.handle for person in done.people} == {ME, "bob@example.com"}
    assert {person.handle for person in done.people if person.is_me} == {ME}


def test_a_long_context_is_cut_and_shows_it(write):
    theirs = mail("word " * 2_000, sender="Bob <bob@example.com>", number=1)
    mine = mail("Yes.", number=2, In_Reply_To="<1@example.com>")
    (extra,) = read_all(write(mbox(theirs, mine)), me=[ME]).extras
    assert len(extra["context"]) == 4_001
    assert extra["context"].endswith("…")


def test_who_i_could_be_is_guessed_from_sent_mail_then_from_deliveries(write):
    sent = [mail(number=n, X_Gmail_Labels="Gesendet") for n in range(3)]
    got = [mail(sender="bob@example.com", number=9, Delivered_To="ann.b@example.com")]
    assert read_all(write(mbox(*sent, *got))).guess == (
        ("ann@example.com", 3),
        ("ann.b@example.com", 1),
    )


def test_a_mail_over_the_limit_is_measured(write):
    long = mail("x" * 79 + "\n" + "y" * 300_000)
    done = read_all(write(mbox(mail("a"), long, mail("b"))), limits=Limits(mail_bytes=200_000))
    assert done.texts == ["a", "b"]
    assert done.codes == {"SRC009": 1}


def test_a_packed_mailbox_is_read_from_a_private_copy_that_goes(write, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spool"))
    (tmp_path / "spool").mkdir()
    raw = mbox(mail("one", number=1), mail("two", number=2))
    path = write(gzip.compress(raw), "in.mbox.gz")
    source = Source("in.mbox.gz", path, compression="gzip")
    plan = plan_mail([source], Reading(), DEFAULT_LIMITS)
    (folder,) = (tmp_path / "spool").iterdir()
    (copy,) = folder.iterdir()
    assert copy.read_bytes() == raw
    if os.name == "posix":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    plan.close()
    assert list((tmp_path / "spool").iterdir()) == []
    assert read_all(source).texts == read_all(path).texts == ["one", "two"]
    assert list((tmp_path / "spool").iterdir()) == []


def test_copies_go_when_the_process_is_interrupted(write, tmp_path):
    import subprocess
    import sys

    path = write(gzip.compress(mbox(mail("one"))), "in.mbox.gz")
    code = (
        "from pathlib import Path\n"
        "from curate.files.inputs import Source\n"
        "from curate.files.limits import DEFAULT_LIMITS\n"
        "from curate.sources.base import Reading\n"
        "from curate.sources.mail.export import plan_mail\n"
        f"plan = plan_mail([Source('x', Path({str(path)!r}))], Reading(), DEFAULT_LIMITS)\n"
        "assert list(Path().glob('curate-mail-*'))\n"
        "raise KeyboardInterrupt\n"
    )
    room = tmp_path / "room"
    room.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=room,
        env={**os.environ, "TMPDIR": ".", "PYTHONPATH": str(Path(__file__).parents[4])},
        capture_output=True,
        check=False,
    )
    assert b"KeyboardInterrupt" in done.stderr
    assert list(room.iterdir()) == []


def test_a_mailbox_in_an_archive(write, tmp_path):
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Takeout/Mail/All.mbox", mbox(mail("one", number=1)))
        archive.writestr("Takeout/Mail/Drafts.mbox", mbox(mail("two", number=2)))
    name = "Takeout/Mail/All.mbox"
    done = read_all(Source(f"takeout.zip/{name}", path, member=name))
    assert done.texts == ["one"]
    name = "Takeout/Mail/Drafts.mbox"
    source = Source(f"takeout.zip/{name}", path, member=name, argument="takeout.zip")
    assert read_all(source).codes == {"SRC058": 1}


def test_a_mailbox_without_its_beginning(write):
    raw = mbox(mail("one", number=1), mail("two", number=2), mail("three", number=3))
    done = read_all(write(raw[len(FROM) + 20 :]))
    assert len(done.values) == 3
    assert done.texts[-2:] == ["two", "three"]


def test_a_blank_file_holds_no_mail(write):
    assert read_all(write(b"")).values == []
    assert read_all(write(b"\n\r\n \n")).values == []


def test_marks_and_damage_are_noted(write):
    raw = mbox(mail("größe", number=1))
    done = read_all(write(b"\xef\xbb\xbf" + raw))
    assert (done.texts, [note[2].code for note in done.notes]) == (["größe"], ["SRC014"])
    assert done.places[0][1:] == (1, 0)
    done = read_all(write(raw.decode().encode("utf-16")))
    assert [note[2].code for note in done.notes] == ["SRC015"]
    done = read_all(write(gzip.compress(raw * 100)[:-20], "in.mbox.gz"))
    assert "SRC019" in [note[2].code for note in done.notes]
    assert "SRC063" in [note[2].code for note in read_all(write(raw[:-3])).notes]


def test_a_file_that_goes_between_the_passes_is_said(write):
    path = write(mbox(mail("one"), mail("two")))
    source = Source("in.mbox", path)
    plan = plan_mail([source], Reading(), DEFAULT_LIMITS)
    path.write_bytes(path.read_bytes()[:-10])
    pieces = [piece.read() for piece in plan.pieces(source) if isinstance(piece, Piece)]
    assert [fault.code for chunk in pieces for fault in chunk.faults.values()] == ["SRC064"]


def test_an_outlook_store_is_refused_with_what_to_do(write):
    with pytest.raises(InputError) as refused:
        read_all(write(b"!BDN" + bytes(600), "mail.pst"))
    assert refused.value.code == "SRC061"
    assert "readpst" in refused.value.hint


def test_pieces_end_after_5_000_mails(write):
    done = read_all(
        write(mbox(*[mail(f"{n}", sender="b@example.com") for n in range(5_001)])), me=[ME]
    )
    assert [len(chunk.records) for chunk in done.chunks if chunk.records] == [5_000, 1]
    assert done.codes == {"SRC030": 5_001}


def test_an_index_of_60_bytes_a_mail():
    assert BYTES_PER_MAIL <= 64


@given(st.lists(st.sampled_from([1, 2, 3]), max_size=12), st.data())
def test_any_mailbox_keeps_each_mail_once(tmp_path_factory, numbers, data):
    path = tmp_path_factory.mktemp("box") / "in.mbox"
    mails = [
        mail(data.draw(st.sampled_from(["a", "b\n\nFrom c"])), number=number) for number in numbers
    ]
    path.write_bytes(mbox(*mails))
    done = read_all(path)
    assert len(done.texts) == len(set(numbers))
    assert done.codes["SRC057"] == len(numbers) - len(set(numbers))


HOSTILE = [
    FROM.encode() + b"From: \x00<\x00@\x00>\nMessage-ID: <\n\nx\n",
    FROM.encode() + b"Subject: " + b"=?utf-8?q?" * 5_000 + b"\n\nx\n",
    FROM.encode() + b"References: " + b"<a@b>" * 50_000 + b"\n\nx\n",
    FROM.encode() + b"X-Gmail-Labels: " + b"," * 50_000 + b"\n\nx\n",
    FROM.encode()
    + b"Date: "
    + b"9" * 5_000
    + b"\nSubject: Re: x\n\nx\n\n"
    + FROM.encode()
    + b"Date: Mon, 1 Jan 99999 00:00:00\nSubject: x\n\nx\n",
    FROM.encode() + b"Subject: " + b"Re: " * 20_000 + b"\n\nx\n",
    FROM.encode() + b"From: " + b"<" * 50_000 + b"\n\nx\n",
    FROM.encode() + b"From: " + b"a@" * 25_000 + b"\n\nx\n",
    FROM.encode(),
    FROM.encode() * 3,
    FROM.encode() + b"\n\n" + FROM.encode() + b"\n",
    b"\xff" * 1_000,
    b"",
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_crafted_mailboxes_end_in_records(write, raw):
    done = read_all(write(raw, "in"), me=[ME])
    assert len(done.values) == len(done.faults)
    read_all(write(raw, "in"))
