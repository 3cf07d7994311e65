"""Slack exports: people, threads, markup, notices; every message is in a record or a note."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.people import Person
from curate.sources.chat.slack import EXPORTS
from curate.sources.chat.slack.text import of_blocks, plain
from tests.curate.sources.chat.heard import read, zipped

(SLACK,) = EXPORTS
USERS = [
    {"id": "U1", "name": "dana", "real_name": "Dana Kay", "profile": {"email": "d@example.com"}},
    {"id": "U2", "name": "ann", "profile": {"display_name": "annie", "real_name": "Ann Lee"}},
    {"id": "U3", "name": "bob", "profile": {"display_name": "", "real_name": "Bob Roe"}},
]


def said(user, text, ts, **more):
    return {"type": "message", "user": user, "text": text, "ts": f"{ts}.000100", **more}


def export(tmp_path, **channels):
    """Write an export; a channel is `{day: messages}`."""
    root = tmp_path / "export"
    root.mkdir(exist_ok=True)
    (root / "users.json").write_text(json.dumps(USERS))
    named = [{"id": f"C{n}", "name": name} for n, name in enumerate(channels)]
    (root / "channels.json").write_text(json.dumps(named))
    for name, days in channels.items():
        (root / name).mkdir(exist_ok=True)
        for day, messages in days.items():
            text = messages if isinstance(messages, str) else json.dumps(messages, indent=4)
            (root / name / f"2024-01-{day:02d}.json").write_text(text)
    return root


@pytest.mark.parametrize("me", ["Dana Kay", "dana", "d@example.com", "u1"])
def test_a_channel_is_read_and_me_is_known_by_any_name(tmp_path, me):
    root = export(
        tmp_path,
        general={1: [said("U2", "Hi <@U1>", 1_704_100_000), said("U1", "Yes", 1_704_100_060)]},
    )  # fmt: skip
    found = read(SLACK, root, me)
    assert found.talks == [[("user", "Hi @Dana Kay"), ("assistant", "Yes")]]
    assert found.rows[0]["extra"]["chat"] == "#general"
    assert found.places == [("export/general/2024-01-01.json", 2, 6)]
    assert Person("u1", "Dana Kay", True) in found.people
    assert Person("d@example.com", "Dana Kay", True) in found.people
    assert Person("u2", "annie") in found.people
    packed = read(SLACK, zipped(root, tmp_path / "x.zip"), me)
    assert packed.rows == found.rows


def test_a_thread_is_a_conversation_of_its_own_over_days(tmp_path):
    ts = 1_704_100_000
    root = export(
        tmp_path,
        general={
            1: [
                said("U2", "Question", ts, thread_ts=f"{ts}.000100", reply_count=2),
                said("U3", "Lunch?", ts + 5), said("U1", "Sure", ts + 6),
                said("U1", "Answer", ts + 9, thread_ts=f"{ts}.000100"),
            ],
            3: [
                said("U2", "Thanks", ts + 200_000, thread_ts=f"{ts}.000100",
                     subtype="thread_broadcast", root={"text": "Question"}),
                said("U1", "Late", ts + 200_001, thread_ts="1.0"),
            ],
        },
    )  # fmt: skip
    found = read(SLACK, root, "dana")
    assert found.talks == [
        [("user", "Lunch?"), ("assistant", "Sure")],
        [("user", "Question"), ("assistant", "Answer")],
    ]
    assert sorted(found.said) == sorted(["Question", "Lunch?", "Sure", "Answer", "Thanks", "Late"])
    assert found.codes == {"SRC073": 1, "SRC072": 1}


def test_notices_and_messages_without_words_are_said(tmp_path):
    upload = "<@U2> uploaded a file: <https://example.com/f|plan>"
    root = export(
        tmp_path,
        general={
            1: [
                said("U2", "<@U2> has joined the channel", 1, subtype="channel_join"),
                {"type": "message", "subtype": "bot_message", "text": "", "bot_id": "B1",
                 "ts": "2.0"},
                said("U2", upload, 3, subtype="file_share"),
                said("U2", "This message was deleted.", 4, subtype="tombstone", hidden=True),
                said("U2", "", 5, files=[{"name": "a.png"}]),
                said("U2", upload, 6, subtype="file_share",
                     file={"initial_comment": {"comment": "Our plan"}}),
                said("U2", "Our plan", 6, subtype="file_share"),
                {"type": "message", "subtype": "bot_message", "username": "deploy", "text": "Done",
                 "bot_id": "B1", "ts": "7.0"},
                said("U2", "", 8, blocks=[{"type": "rich_text", "elements": [
                    {"type": "rich_text_section", "elements": [
                        {"type": "user", "user_id": "U1"}, {"type": "text", "text": " look"}]}]}]),
                said("U1", "Good", 9),
                said("U9", "Hi", 10, user_profile={"real_name": "Guest Nine"}),
                said("USLACKBOT", "Reminder", 11),
                said("U1", "Bye", 12),
            ]
        },
    )  # fmt: skip
    found = read(SLACK, root, "dana")
    assert found.codes == {"SRC074": 6}
    assert found.talks == [
        [
            ("user", "annie: Our plan\n\ndeploy: Done\n\nannie: @Dana Kay look"),
            ("assistant", "Good"),
            ("user", "Guest Nine: Hi\n\nSlackbot: Reminder"),
            ("assistant", "Bye"),
        ]
    ]


@pytest.mark.parametrize(
    "day", ["", "{", '[{"ts": "1.0", "user": "U2"', "[1, 2]", "[[[]]]", "null"]
)
def test_a_damaged_day_is_said_and_the_others_are_kept(tmp_path, day):
    good = [said("U2", "Hi", 1), said("U1", "Yes", 2)]
    found = read(SLACK, export(tmp_path, general={1: day, 2: good}), "dana")
    assert found.talks == [[("user", "Hi"), ("assistant", "Yes")]]
    assert set(found.codes) <= {"SRC077", "SRC074"}
    assert bool(found.codes) == bool(day)


def test_people_are_known_by_their_ids_where_the_list_is_missing(tmp_path):
    root = export(tmp_path, general={1: [said("U2", "Hi", 1), said("U1", "Yes <@U2>", 2)]})
    (root / "users.json").write_text("{")
    assert read(SLACK, root, "U1").talks == [[("user", "Hi"), ("assistant", "Yes @U2")]]


def test_direct_messages_are_named_by_their_members(tmp_path):
    root = export(tmp_path, D1={1: [said("U2", "Hi", 1), said("U1", "Yes", 2)]})
    (root / "channels.json").write_text("[]")
    (root / "dms.json").write_text('[{"id": "D1", "members": ["U1", "U2"]}, {"id": "D2"}]')
    assert read(SLACK, root, "dana").rows[0]["extra"]["chat"] == "Dana Kay, annie"


def test_other_folders_are_left_alone(tmp_path):
    from curate.files.limits import DEFAULT_LIMITS
    from curate.files.tree import open_tree

    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "2024-01-01.json").write_text("[]")
    (tmp_path / "rows.json").write_text('[{"messages": []}]')
    assert SLACK.claim(open_tree(tmp_path, DEFAULT_LIMITS)) == []


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<@U1> <@U7> <@U7|seven>", "@Dana @U7 @seven"),
        ("<#C1|general> <#C1>", "#general #C1"),
        ("<!here> <!subteam^S1|@team> <!date^1^{date}|May 1>", "@here @team May 1"),
        ("<https://example.com/a>", "https://example.com/a"),
        ("<https://example.com|example.com>", "example.com"),
        ("<https://example.com/a|the page>", "the page (https://example.com/a)"),
        ("<mailto:d@example.com|d@example.com>", "d@example.com"),
        ("1 < 2 and <3", "1 < 2 and <3"),
    ],
)
def test_markup_is_written_out(markup, text):
    assert plain(markup, lambda user: {"U1": "Dana"}.get(user, user)) == text


def test_blocks_nested_without_end_are_read_to_a_depth():
    block = {"type": "text", "text": "deep"}
    for _ in range(500):
        block = {"type": "rich_text_section", "elements": [block]}
    assert of_blocks([block], str) == ""


MESSAGES = st.lists(
    st.one_of(
        st.builds(
            lambda user, text, at, thread, count: {
                "type": "message", "user": user, "text": text, "ts": f"{at}.0",
                **({"thread_ts": f"{thread}.0"} if thread else {}),
                **({"reply_count": count} if count else {}),
            },
            st.sampled_from(["U1", "U2", "U3"]), st.sampled_from(["", "a", "b"]),
            st.integers(1, 6), st.integers(0, 6), st.integers(0, 3),
        ),
        st.sampled_from([{}, {"ts": 5}, {"type": "x"}, {"text": ["a"]}, 7]),
    ),
    max_size=12,
)  # fmt: skip


@given(st.lists(MESSAGES, min_size=1, max_size=3))
def test_every_message_is_in_a_record_or_a_note(tmp_path_factory, days):
    root = export(tmp_path_factory.mktemp("x"), c={n: day for n, day in enumerate(days, 1)})
    found = read(SLACK, root, "dana")
    told = sum(1 for *_, hit in found.notes if hit.code in ("SRC074", "SRC077"))
    numbers = sum(7 in day for day in days)
    total = sum(len([m for m in day if m != 7]) for day in days)
    assert total <= len(found.said) + told <= total + sum(day.count(7) for day in days) + numbers


def test_the_published_export_is_read_whole(data):
    archive = data / "hfaran+slack-export-viewer/tests/testarchive.zip"
    found = read(SLACK, archive, "abilinski")
    notices = found.codes["SRC074"]
    assert (len(found.said), notices) == (49, 109)
    assert len(found.said) + notices == 158
    assert len(found.rows) >= 1
