"""Messages become conversations: turns, silences, what is left out, and nothing is lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.build import validate
from curate.files.inputs import Source
from curate.finding import Hit
from curate.people import Person
from curate.sources.base import Reading
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.turns import conversation_chunks, mixed_chunks
from tests.curate.sources.chat.heard import gathered

SOURCE = Source("chat.txt", Path("chat.txt"))
HOUR = 3600.0
PICTURE = Hit("SRC074", "", "a picture")


def talk(*lines, me=("Dana",), **how):
    """Hear lines of `sender, minutes, text`."""
    said = [Said(who, text, 60.0 * at, line=n) for n, (who, at, text) in enumerate(lines, 1)]
    return heard(said, me, **how)


def heard(said, me=("Dana",), **how):
    chat = Chat("chat", "The chat", "chat.txt", said)
    return gathered(conversation_chunks(SOURCE, [chat], Reading(me=me, **how)))


def test_me_is_the_assistant_and_the_other_the_user():
    found = talk(("Ann", 0, "Hi"), ("Dana", 1, "Hello"), ("Ann", 2, "Lunch?"), ("Dana", 3, "Yes"))
    assert found.talks == [
        [("user", "Hi"), ("assistant", "Hello"), ("user", "Lunch?"), ("assistant", "Yes")]
    ]
    extra = {"chat": "The chat", "date": "1970-01-01", "people": 2, "message_count": 4}
    assert found.rows[0]["extra"] == extra
    assert found.people == {Person("", "Ann"), Person("", "Dana", True)}
    assert found.codes == {}


def test_messages_of_one_side_are_one_turn():
    found = talk(
        ("Ann", 0, "Hi"), ("Ann", 5, "Are you there?"), ("Ann", 90, "Well?"),
        ("Dana", 91, "Yes"), ("Dana", 92, "Sorry"), ("Dana", 200, "Call me"),
    )  # fmt: skip
    assert found.talks == [
        [("user", "Hi\nAre you there?\n\nWell?"), ("assistant", "Yes\nSorry\n\nCall me")]
    ]


def test_names_stand_before_paragraphs_where_several_others_speak():
    found = talk(
        ("Ann", 0, "Hi"), ("Bob", 1, "Hey"), ("Bob", 2, "all"), ("Dana", 3, "Hello"),
        ("Ann", 4, "Bye"), ("Dana", 5, "Bye"),
    )  # fmt: skip
    assert found.talks == [
        [
            ("user", "Ann: Hi\n\nBob: Hey\nall"),
            ("assistant", "Hello"),
            ("user", "Ann: Bye"),
            ("assistant", "Bye"),
        ]
    ]


def test_a_silence_or_a_jump_back_begins_a_conversation():
    found = talk(
        ("Ann", 1000, "a"), ("Dana", 1001, "b"), ("Ann", 1500, "c"), ("Dana", 1501, "d"),
        ("Ann", 3, "e"), ("Dana", 4, "f"),
    )  # fmt: skip
    assert [row[0][1] for row in found.talks] == ["a", "c", "e"]
    assert len({row["group"] for row in found.rows}) == 3
    assert len(talk(("Ann", 0, "a"), ("Dana", 480, "b"), gap_minutes=480).rows) == 1
    assert talk(("Ann", 0, "a"), ("Dana", 481, "b"), gap_minutes=480).codes == {"SRC072": 2}


def test_a_thread_is_one_conversation_whatever_silences_it_has():
    said = [Said("Ann", "a", 0.0), Said("Dana", "b", 100 * HOUR)]
    chat = Chat("t", "t", "chat.txt", said, whole=True)
    found = gathered(conversation_chunks(SOURCE, [chat], Reading(me=("Dana",))))
    assert found.talks == [[("user", "a"), ("assistant", "b")]]


def test_what_stands_before_the_first_question_and_behind_the_last_answer_is_said():
    found = talk(
        ("Dana", 0, "Hello?"), ("Dana", 1, "Anyone?"), ("Ann", 2, "Yes"), ("Dana", 3, "Good"),
        ("Ann", 4, "Bye"),
    )  # fmt: skip
    assert found.talks == [[("user", "Yes"), ("assistant", "Good")]]
    assert [(line, hit.code, hit.message[:2]) for _, line, _, hit in found.notes] == [
        (1, "SRC073", "2 "),
        (5, "SRC073", "1 "),
    ]
    assert found.said == ["Hello?", "Anyone?", "Yes", "Good", "Bye"]


@pytest.mark.parametrize(
    "lines",
    [
        [("Ann", 0, "a"), ("Ann", 1, "b")],
        [("Dana", 0, "a")],
        [("Dana", 0, "a"), ("Ann", 1, "b")],
    ],
)
def test_a_conversation_without_an_answer_of_mine_is_set_aside(lines):
    found = talk(*lines, ("Ann", 9999, "x"), ("Dana", 10000, "y"))
    assert [fault.code for fault in found.faults] == ["SRC072"]
    assert len(found.rows) == 1


def test_without_me_every_conversation_is_set_aside_and_says_how_many_people_talk():
    found = talk(("Ann", 0, "a"), ("Bob", 1, "b"), me=())
    assert [fault.code for fault in found.faults] == ["SRC070"]
    assert "2 people" in found.faults[0].message
    assert found.people == {Person("", "Ann"), Person("", "Bob")}


def test_a_name_that_nobody_has_is_said_once():
    found = talk(("Ann", 0, "a"), ("Bob", 9999, "b"), me=("Dnaa",))
    assert found.codes == {"SRC071": 1, "SRC072": 2}


def test_what_is_passed_on_is_context_and_never_learnt():
    def said(*words):
        return [Said(who, text, float(n), forwarded=f) for n, (who, text, f) in enumerate(words)]

    alone = said(
        ("Ann", "a", False), ("Dana", "news", True), ("Ann", "b", False), ("Dana", "c", False)
    )
    assert heard(alone).rows[0]["messages"][1] == {
        "role": "assistant", "weight": 0, "content": "news",
    }  # fmt: skip
    beside = heard(said(("Ann", "a", False), ("Dana", "news", True), ("Dana", "b", False)))
    assert beside.talks == [[("user", "a"), ("assistant", "b")]]
    assert beside.codes == {"SRC076": 1}
    assert heard(said(("Ann", "a", False), ("Dana", "news", True))).codes == {"SRC072": 1}
    theirs = heard(said(("Ann", "news", True), ("Dana", "b", False)))
    assert theirs.talks == [[("user", "news"), ("assistant", "b")]]


def test_what_answers_a_picture_begins_anew():
    lines = [
        Said("Ann", "Hi", 0.0), Said("Dana", "Hello", 1.0),
        Said("Ann", "", 2.0, fault=PICTURE), Said("Dana", "Lovely!", 3.0),
        Said("Ann", "Thanks", 4.0), Said("Dana", "Sure", 5.0),
    ]  # fmt: skip
    found = heard(lines)
    assert found.talks == [
        [("user", "Hi"), ("assistant", "Hello")],
        [("user", "Thanks"), ("assistant", "Sure")],
    ]
    assert found.codes == {"SRC074": 1, "SRC073": 1}
    assert len({row["group"] for row in found.rows}) == 1


def test_a_picture_beside_words_parts_nothing():
    lines = [
        Said("Ann", "Look", 0.0), Said("Ann", "", 2.0, fault=PICTURE), Said("Dana", "Nice", 3.0),
    ]  # fmt: skip
    assert heard(lines).talks == [[("user", "Look"), ("assistant", "Nice")]]


def test_a_notice_has_no_sender_and_parts_nothing():
    lines = [
        Said("Ann", "Hi", 0.0), Said("Dana", "Hello", 1.0), Said("", "", 2.0, fault=PICTURE),
        Said("Dana", "Again", 3.0),
    ]  # fmt: skip
    assert heard(lines).talks == [[("user", "Hi"), ("assistant", "Hello\nAgain")]]


def test_blank_words_and_half_characters_are_said():
    lines = [
        Said("Ann", "Hi", 0.0), Said("Ann", " \n", 1.0), Said("Ann", "\ud83d", 2.0),
        Said("Dana", "Hello", 3.0),
    ]  # fmt: skip
    found = heard(lines)
    assert found.codes == {"SRC074": 1, "SRC077": 1}
    assert found.talks == [[("user", "Hi"), ("assistant", "Hello")]]


def test_a_reply_to_an_older_message_joins_nothing_and_is_counted():
    lines = [
        Said("Ann", "Hi", 0.0, key="1"), Said("Dana", "Hello", 1.0, key="2"),
        Said("Ann", "This?", 99 * HOUR, key="3", reply_to="1"),
        Said("Dana", "Yes", 99 * HOUR, key="4", reply_to="3"),
    ]  # fmt: skip
    found = heard(lines)
    assert [row["extra"].get("replies_outside") for row in found.rows] == [None, 1]


def test_times_are_not_needed():
    lines = [Said("Ann", "Hi"), Said("Dana", "Hello"), Said("Ann", "Bye"), Said("Dana", "Bye")]
    found = heard(lines)
    assert len(found.talks[0]) == 4
    assert "date" not in found.rows[0]["extra"]


@pytest.mark.parametrize("time", [-1e20, 1e20, float(2**60)])
def test_times_beyond_the_calendar_have_no_date(time):
    found = heard([Said("Ann", "Hi", time), Said("Dana", "Hello", time)])
    assert "date" not in found.rows[0]["extra"]


def test_a_conversation_without_silences_ends_where_the_other_begins_anew():
    lines = [Said(who, f"{who}{n}", float(n)) for n in range(1500) for who in ("Ann", "Dana")]
    found = heard(lines)
    assert [len(talk) for talk in found.talks] == [1000, 1000, 1000]
    assert all(talk[0][0] == "user" and talk[-1][0] == "assistant" for talk in found.talks)
    assert len({row["group"] for row in found.rows}) == 1


def test_one_side_alone_ends_at_four_times_the_bound():
    found = heard([Said("Ann", "x", float(n)) for n in range(9000)])
    assert [len(json.loads(record)) - 1 for record in found.records] == [4000, 4000, 1000]


def test_records_tell_chats_and_messages_apart():
    said = [Said("Ann", "Hi", 1.0), Said("Dana", "Hello", 2.0)]
    chats = [Chat(key, key, "chat.txt", said) for key in ("a", "b")]
    found = gathered(conversation_chunks(SOURCE, chats, Reading(me=("Dana",))))
    assert len(set(found.records)) == 2
    again = gathered(conversation_chunks(SOURCE, chats, Reading(me=("Dana",))))
    assert (again.records, again.rows) == (found.records, found.rows)


def test_messages_stand_under_their_own_files():
    said = [
        Said("Ann", "a", 0.0, path="x/1"), Said("", "", 0.0, path="x/2", fault=PICTURE),
        Said("Dana", "b", 1.0, path="x/2"),
    ]  # fmt: skip
    found = heard(said)
    assert found.places == [("x/1", 1, 0)]
    assert [note[0] for note in found.notes] == ["x/2"]


def test_chats_that_stand_in_turn_are_heard_apart():
    a, b = (Chat(key, key, "chat.txt", ()) for key in "ab")
    mixed = [
        (a, Said("Ann", "1", 0.0)), (b, Said("Bob", "2", 1.0)), (a, Said("Dana", "3", 2.0)),
        (b, Said("Dana", "4", 3.0)),
    ]  # fmt: skip
    found = gathered(mixed_chunks(SOURCE, mixed, Reading(me=("Dana",))))
    assert found.talks == [
        [("user", "1"), ("assistant", "3")],
        [("user", "2"), ("assistant", "4")],
    ]


def test_rows_break_no_rule_of_turns(tmp_path):
    found = talk(
        ("Dana", 0, "Hello?"), ("Ann", 2, "Yes"), ("Bob", 2, "No"), ("Dana", 3, "Good"),
        ("Ann", 4, "Bye"), ("Dana", 2000, "x"), ("Ann", 2001, "y"), ("Dana", 2002, "z"),
    )  # fmt: skip
    file = tmp_path / "rows.jsonl"
    rows = [{key: row[key] for key in ("messages", "group")} for row in found.rows]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = validate(file)
    assert len(rows) == 2
    assert report.ledger.rows_in == 2
    assert [code for code in report.samples if code.startswith(("TRN", "SCH", "WGT"))] == []


SAID = st.builds(
    Said,
    sender=st.sampled_from(["Ann", "Bob", "Dana", ""]),
    text=st.one_of(st.text(max_size=5), st.sampled_from(["", " ", "words"])),
    time=st.one_of(st.none(), st.floats(0, 1e6), st.sampled_from([-1e300, 1e300])),
    key=st.sampled_from(["", "1", "2"]),
    reply_to=st.sampled_from(["", "1", "9"]),
    line=st.integers(1, 99),
    fault=st.sampled_from([None, None, None, PICTURE]),
    forwarded=st.booleans(),
)


@given(st.lists(SAID, max_size=40), st.sampled_from([(), ("Dana",), ("Nobody",)]))
def test_every_message_is_in_a_record_or_a_note(said, me):
    found = heard(said, me)
    worded = [m for m in said if m.fault is None and m.text.strip()]
    assert found.said == [m.text for m in worded]
    assert found.codes.get("SRC074", 0) == len(said) - len(worded)
    for talk_ in found.talks:
        roles = [role for role, _ in talk_]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert all(text.strip() for _, text in talk_)
    for row in found.rows:
        assert row["messages"][-1].get("weight") != 0
        learnt = " ".join(m["content"] for m in row["messages"] if m["role"] == "assistant")
        assert "Ann: " not in learnt
