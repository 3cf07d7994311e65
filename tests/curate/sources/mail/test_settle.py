"""What is decided about all mails together: which copy stays, which are one thread."""

import pytest

from tests.curate.sources.mail.mails import ME, mail, mbox, read_all


@pytest.fixture
def write(tmp_path):
    def write(raw, name="in.mbox"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    return write


def test_copies_are_set_aside_across_files_and_labels_merged(write):
    one = write(mbox(mail("x", number=1, X_Gmail_Labels="Inbox,Work")), "a.mbox")
    two = write(mbox(mail("y", number=2), mail("x", number=1, X_Gmail_Labels="Home")), "b.mbox")
    done = read_all(one, two)
    assert done.codes == {"SRC057": 1}
    assert (
        done.faults[2].message
        == "a copy of the mail at line 1 of mail file 1 of the run, which stays"
    )
    assert done.extras[0]["mail_labels"] == ["Inbox", "Work", "Home"]


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
