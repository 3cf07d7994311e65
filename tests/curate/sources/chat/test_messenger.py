"""Messages of Instagram and Facebook: order, bytes that stand as letters, notices, threads."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from curate.files.limits import DEFAULT_LIMITS
from curate.files.tree import open_tree
from curate.sources.chat.messenger import MESSENGER
from tests.curate.sources.chat.heard import assert_published_talk, read, zipped

DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
REAL = DATA / "Berektassuly+chatpack-cli/tests/fixtures/instagram_export.json"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)


def as_letters(text: str) -> str:
    return text.encode().decode("latin-1")


def said(minute: int, sender: str, text: str | None, **more: Any) -> dict[str, Any]:
    message = {
        "sender_name": as_letters(sender),
        "timestamp_ms": 1_740_000_000_000 + minute * 60_000,
        **more,
    }
    return message if text is None else {**message, "content": as_letters(text)}


def thread(*messages: Any, title: str = "Zoë") -> dict[str, Any]:
    return {
        "participants": [{"name": as_letters("Zoë")}, {"name": "Dana"}],
        "messages": [*messages],
        "title": as_letters(title),
        "thread_path": "inbox/zoe_1",
    }


def written(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")
    return path


def test_messages_are_read_from_the_oldest_and_as_what_they_are(tmp_path: Path) -> None:
    file = written(
        tmp_path / "message_1.json",
        thread(
            said(9, "Zoë", "Liked a message"),
            said(8, "Dana", "Schön \U0001f600"),
            said(7, "Zoë", None, photos=[{"uri": "a.jpg"}]),
            said(6, "Zoë", "Café?"),
        ),
    )
    heard = read(MESSENGER, file, "Dana")
    assert heard.talks == [[("user", "Café?"), ("assistant", "Schön \U0001f600")]]
    assert heard.codes == {"SRC074": 2, "SRC084": 1}
    assert heard.rows[0]["extra"]["chat"] == "Zoë"
    assert {person.name for person in heard.people} == {"Zoë", "Dana"}


@pytest.mark.parametrize("text", ["naïve Ã", "Ω", "ÿ", "plain"])
def test_a_text_that_is_no_bytes_as_letters_stays(text: str, tmp_path: Path) -> None:
    message = {**said(2, "Dana", ""), "content": text}
    file = written(tmp_path / "m.json", thread(message, said(1, "Ann", "a")))
    heard = read(MESSENGER, file, "Dana")
    assert heard.talks == [[("user", "a"), ("assistant", text)]]
    assert heard.codes == {}


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Dana sent an attachment.", {"share": {"link": "https://example.com"}}),
        ("You missed your call", {"call_duration": 0}),
        ("Reacted \U0001f600 to your message ", {}),
        ("words", {"is_unsent": True}),
        (None, {"audio_files": []}),
    ],
)
def test_what_has_no_words_is_said(text: str | None, more: dict[str, Any], tmp_path: Path) -> None:
    strange = said(3, "Ann", text, **more)
    file = written(tmp_path / "m.json", thread(said(4, "Dana", "b"), strange, said(1, "Ann", "a")))
    heard = read(MESSENGER, file, "Dana")
    assert heard.talks == [[("user", "a"), ("assistant", "b")]]
    assert heard.codes["SRC074"] == 1


@pytest.mark.parametrize("wrong", [3, None, {"content": "x"}, {"sender_name": "a", "content": 7}])
def test_a_damaged_message_is_said(wrong: Any, tmp_path: Path) -> None:
    file = written(tmp_path / "m.json", thread(said(4, "Dana", "b"), wrong, said(1, "Ann", "a")))
    heard = read(MESSENGER, file, "Dana")
    assert heard.talks == [[("user", "a"), ("assistant", "b")]]
    assert heard.codes == {"SRC077": 1}


@pytest.mark.parametrize("packed", [False, True])
def test_the_files_of_a_thread_are_one_chat(packed: bool, tmp_path: Path) -> None:
    inbox = tmp_path / "export" / "your_activity" / "messages" / "inbox"
    written(inbox / "ann_1" / "message_2.json", thread(said(1, "Ann", "a"), title="Ann"))
    written(
        inbox / "ann_1" / "message_1.json",
        thread(said(3, "Dana", "c"), said(2, "Ann", "b"), title="Ann"),
    )
    written(inbox / "ann_1" / "message_10.json", thread(said(0, "Ann", "first"), title="Ann"))
    (inbox / "ann_1" / "photos").mkdir()
    (inbox / "bob_2").mkdir()
    (inbox / "bob_2" / "message_1.json").write_text('{"participants": [], "messages": [{', "utf-8")
    path = tmp_path / "export"
    tree = open_tree(path, DEFAULT_LIMITS)
    assert MESSENGER.claim is not None
    assert MESSENGER.claim(tree) == ["your_activity/messages/"]
    heard = read(MESSENGER, zipped(path, tmp_path / "e.zip") if packed else path, "Dana")
    assert heard.talks == [[("user", "first\na\nb"), ("assistant", "c")]]
    assert heard.codes == {"SRC077": 1}
    assert heard.rows[0]["extra"]["chat"] == "Ann"
    assert heard.places[0][0].endswith("your_activity/messages/inbox/ann_1/message_10.json")


def test_it_knows_its_files() -> None:
    assert MESSENGER.sniff is not None
    assert MESSENGER.sniff(json.dumps(thread(said(1, "Ann", "a"))).encode(), "message_1.json")
    assert not MESSENGER.sniff(b'{"participants": [], "messages": []}', "message_1.json")


@needs_data
def test_a_real_file() -> None:
    assert_published_talk(MESSENGER, REAL, "bob_user")
