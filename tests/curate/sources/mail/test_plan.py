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


def test_copies_are_set_aside_across_files_and_labels_merged(write):
    one = write(mbox(mail("x", number=1, X_Gmail_Labels="Inbox,Work")), "a.mbox")
    two = write(mbox(mail("y", number=2), mail("x", number=1, X_Gmail_Labels="Home")), "b.mbox")
    done = read_all(one, two)
    assert done.codes == {"SRC057": 1}
    assert (
        done.faults[2].message
        == "a copy of the mail at line 1 of mail file 1 of the run, which stays"
    )
    assert done.extras[0]["labels"] == ["Inbox", "Work", "Home"]


def test_the_sent_copy_stays_and_not_a_list_s_echo_or_one_in_the_bin(write):
    echo = mail("x\n-- \nlist footer", number=1)
    trash = mail("x", number=1, X_Gmail_Labels="Trash")
    sent = mail("x", number=1, X_Gmail_Labels="Sent")
    done = read_all(write(mbox(trash, echo, sent)))
    assert [fault is None for fault in done.faults] == [False, False, True]
    done = read_all(write(mbox(trash, echo)))
    assert [fault is None for fault in done.faults] == [False, True]


def test_what_a_list_sends_back_in_its_own_name_is_no_better_copy(write):
    echo = mail("x\n-- \nlist", sender="Ann via List <list@example.com>", number=1)
    done = read_all(write(mbox(echo, mail("x", number=1))), me=[ME])
    assert done.texts == ["x"]
    assert done.codes == {"SRC030": 1}


def test_a_file_that_is_named_twice_gives_copies(write):
    path = write(mbox(mail("x", number=1)))
    done = read_all(path, path)
    assert [fault and fault.code for fault in done.faults] == [None, "SRC057"]


def test_mails_without_an_id_are_copies_where_sender_date_and_text_are_equal(write):
    date = {"Date": "Mon, 1 Jan 2024 10:00:00 +0000"}
    same, wrapped, other = mail("a b", **date), mail("a\nb", **date), mail("a c", **date)
    done = read_all(write(mbox(same, wrapped, other)))
    assert [fault.code if fault else None for fault in done.faults] == [None, "SRC057", None]


def test_equal_ids_on_other_dates_are_other_mails(write):
    done = read_all(write(mbox(mail(number=1), mail(number=1, Date="Tue, 2 Jan 2024 1:00 +0000"))))
    assert done.codes == {}


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ("Drafts", "SRC058"),
        ("Entwürfe", "SRC058"),
        ("=?utf-8?q?Entw=C3=BCrfe?=", "SRC058"),
        ("Sent,Spam", "SRC059"),
        ("Papierkorb,Gesendet", "SRC059"),
        ("垃圾邮件", "SRC059"),
        ("Inbox,Opened,Something else", None),
    ],
)
def test_drafts_spam_and_the_bin_are_set_aside(write, labels, code):
    done = read_all(write(mbox(mail(X_Gmail_Labels=labels))))
    assert done.codes == ({code: 1} if code else {})


def test_folders_say_what_their_mails_are(write):
    drafts = write(mbox(mail(number=1)), "Mail/Entwürfe.mbox")
    assert read_all(drafts).codes == {"SRC058": 1}
    expunged = mail(number=2, X_Mozilla_Status="0009")
    assert read_all(write(mbox(expunged), "Mail/Inbox")).codes == {"SRC059": 1}


def test_threads_are_joined_by_references_across_files(write):
    one = write(mbox(mail("a", number=1), mail("z", number=9)), "a.mbox")
    reply = mail("b", number=2, In_Reply_To="<1@example.com>")
    lost = mail("c", number=4, References="<1@example.com><3@example.com>")
    two = write(mbox(reply, lost), "b.mbox")
    groups = read_all(one, two).groups
    assert groups[0] == groups[2] == groups[3] != groups[1]
    assert read_all(two, one).groups == [groups[2], groups[3], groups[0], groups[1]]


@pytest.mark.parametrize(
    ("value", "joined"),
    [
        ("<1@example.com>", True),
        ("<1@example.com> (Ann's message of Monday)", True),
        ('Your message of "Mon, 1 Jan 2024" <1@example.com>', True),
        ("Message from Ann <1@example.com> of Monday", False),
        ("1@example.com", False),
    ],
)
def test_what_in_reply_to_holds_besides_ids(write, value, joined):
    groups = read_all(write(mbox(mail(number=1), mail(number=2, In_Reply_To=value)))).groups
    assert (groups[0] == groups[1]) is joined


def test_threads_of_gmail_and_cycles(write):
    gmail = [mail(number=n, X_GM_THRID="17") for n in (1, 2)]
    circle = [mail(number=n, In_Reply_To=f"<{7 - n}@example.com>") for n in (3, 4)]
    itself = mail(number=5, In_Reply_To="<5@example.com>")
    groups = read_all(write(mbox(*gmail, *circle, itself))).groups
    assert groups[0] == groups[1]
    assert groups[2] == groups[3]
    assert len(set(groups)) == 3


def subjected(number, subject, day, to="bob@example.com", **fields):
    date = f"{day} Jan 2024 10:00:00 +0000"
    return mail(f"text {number}", number=number, Subject=subject, To=to, Date=date, **fields)


@pytest.mark.parametrize(
    ("subject", "day", "to", "joined"),
    [
        ("Re: Lunch", 5, "bob@example.com", True),
        ("AW: [list] WG:lunch", 5, "bob@example.com", False),
        ("AW: [list] Re[2]: LUNCH", 5, "bob@example.com", True),
        ("回复：Lunch", 5, "bob@example.com", True),
        ("Lunch", 5, "bob@example.com", False),
        ("Re: Lunch", 31, "bob@example.com", True),
        ("Re: Dinner", 5, "bob@example.com", False),
    ],
)
def test_a_reply_without_references_joins_the_mail_with_its_subject(
    write, subject, day, to, joined
):
    groups = read_all(write(mbox(subjected(1, "Lunch", 1), subjected(2, subject, day, to)))).groups
    assert (groups[0] == groups[1]) is joined


def test_a_subject_alone_joins_no_strangers_and_nothing_from_long_ago(write):
    strange = subjected(2, "Re: Hi", 5, to="eve@example.com").replace("ann@", "mia@")
    late = subjected(3, "Re: Hi", 9).replace("Jan", "Mar")
    groups = read_all(write(mbox(subjected(1, "Hi", 1), strange, late))).groups
    assert len(set(groups)) == 3


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
    done = read_all(write(mbox(mail("a"), long, mail("b"))), limits=Limits(record_bytes=200_000))
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
