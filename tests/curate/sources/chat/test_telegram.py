"""Telegram's JSON: one chat, an account, and messages of every sort."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.files.inputs import Source
from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.sources.base import Reading
from curate.sources.chat.telegram import TELEGRAM
from tests.curate.sources.chat.heard import assert_published_talk, gathered, read

DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
REAL = DATA / "Berektassuly+chatpack-cli/tests/fixtures/telegram_export.json"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)


def said(number: int, sender: str | None, text: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "message",
        "date": f"2025-03-01T12:{number:02}:00",
        "from": sender,
        "from_id": f"user{len(sender or '')}",
        "text": text,
        **more,
    }


def chat(*messages: Any, **about: Any) -> dict[str, Any]:
    return {"name": "Tomas", "type": "personal_chat", "id": 42, **about, "messages": [*messages]}


def written(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def test_a_chat_becomes_a_conversation(tmp_path: Path) -> None:
    file = written(
        tmp_path / "result.json",
        chat(
            said(1, "Tomas", "Coming?"),
            said(2, "Dana", ["Yes, see ", {"type": "link", "text": "https://example.com"}, "."]),
        ),
    )
    heard = read(TELEGRAM, file, "Dana")
    assert heard.talks == [[("user", "Coming?"), ("assistant", "Yes, see https://example.com.")]]
    assert heard.codes == {}
    assert heard.rows[0]["extra"]["chat"] == "Tomas"
    assert heard.rows[0]["extra"]["date"] == "2025-03-01"
    assert {(person.name, person.is_me) for person in heard.people} == {
        ("Tomas", False),
        ("Dana", True),
    }


def test_entities_win_over_the_text_beside_them(tmp_path: Path) -> None:
    parts = [{"type": "plain", "text": "a "}, {"type": "bold", "text": "b"}]
    file = written(
        tmp_path / "r.json",
        chat(said(1, "Tomas", "old", text_entities=parts), said(2, "Dana", "ok", text_entities=[])),
    )
    assert read(TELEGRAM, file, "Dana").talks == [[("user", "a b"), ("assistant", "ok")]]


@pytest.mark.parametrize(
    "more",
    [
        {"type": "service", "action": "phone_call", "actor": "Tomas", "text": ""},
        {"text": "", "photo": "photos/1.jpg"},
        {"text": "", "media_type": "sticker", "sticker_emoji": "x"},
        {"text": [], "location_information": {}},
        {"text": " \n"},
        {"type": "unsupported"},
    ],
)
def test_what_has_no_words_is_said(more: dict[str, Any], tmp_path: Path) -> None:
    strange = {**said(2, "Tomas", "words"), **more}
    file = written(tmp_path / "r.json", chat(said(1, "Tomas", "a"), strange, said(3, "Dana", "b")))
    heard = read(TELEGRAM, file, "Dana")
    assert heard.talks == [[("user", "a"), ("assistant", "b")]]
    assert [(hit.code, line) for _, line, _, hit in heard.notes] == [("SRC074", 2)]


@pytest.mark.parametrize(
    "more",
    [
        {"forwarded_from": "News"},
        {"forwarded_from": None},
        {"saved_from": "News"},
        {"via_bot": "@wiki"},
    ],
)
def test_the_words_of_others_are_not_learnt(more: dict[str, Any], tmp_path: Path) -> None:
    file = written(
        tmp_path / "r.json",
        chat(said(1, "Tomas", "a"), said(2, "Dana", "mine"), said(3, "Dana", "theirs", **more)),
    )
    heard = read(TELEGRAM, file, "Dana")
    assert heard.talks == [[("user", "a"), ("assistant", "mine")]]
    assert set(heard.codes) <= {"SRC073", "SRC076"}
    assert heard.codes


@pytest.mark.parametrize("wrong", [7, "x", None, [1], {"type": "message", "text": {"a": 1}}])
def test_a_message_that_is_none_is_said_and_the_rest_read(wrong: Any, tmp_path: Path) -> None:
    file = written(tmp_path / "r.json", chat(said(1, "Tomas", "a"), wrong, said(3, "Dana", "b")))
    heard = read(TELEGRAM, file, "Dana")
    assert heard.talks == [[("user", "a"), ("assistant", "b")]]
    assert heard.codes == {"SRC077": 1}


def account() -> dict[str, Any]:
    return {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1, "first_name": "Dana"},
        "contacts": {"about": "", "list": [{"first_name": "Tomas"}]},
        "chats": {
            "about": "",
            "list": [
                chat(said(1, "Tomas", "a"), said(2, "Dana", "b")),
                {"type": "saved_messages", "id": 7, "messages": [said(1, "Dana", "note")]},
                {"name": None, "type": "personal_chat", "id": 8, "messages": []},
                chat(said(1, None, "c"), said(2, "Dana", "d"), name=None, id=9),
            ],
        },
        "left_chats": {"list": [chat(said(1, "Ann", "e"), said(2, "Dana", "f"), id=10)]},
    }


def test_every_chat_of_an_account_is_read(tmp_path: Path) -> None:
    heard = read(TELEGRAM, written(tmp_path / "r.json", account()), "Dana")
    assert heard.talks == [
        [("user", "a"), ("assistant", "b")],
        [("user", "c"), ("assistant", "d")],
        [("user", "e"), ("assistant", "f")],
    ]
    assert heard.codes == {"SRC072": 1}
    assert [row["extra"]["chat"] for row in heard.rows] == ["Tomas", "", "Tomas"]
    assert len({row["group"] for row in heard.rows}) == 3
    assert [json.loads(record)[0] for record in heard.records] == ["42", "7", "9", "10"]


def test_a_compressed_file_that_ends_early_keeps_what_was_read(tmp_path: Path) -> None:
    whole = json.dumps(
        chat(*(said(n, "TD"[n % 2], f"{n} {os.urandom(99).hex()}") for n in range(60)))
    )
    file = tmp_path / "r.json.gz"
    file.write_bytes(gzip.compress(whole.encode())[:-400])
    source = Source("r.json.gz", file, "telegram", compression="gzip")
    heard = gathered(TELEGRAM.chunks(source, Reading(me=("D",)), DEFAULT_LIMITS))  # type: ignore[arg-type]
    assert len(heard.rows) >= 1
    assert heard.codes["SRC077"] == 1
    assert heard.codes["SRC019"] == 1


def test_it_knows_its_files_from_others() -> None:
    def looks(value: Any) -> bool:
        assert TELEGRAM.sniff is not None
        return TELEGRAM.sniff(json.dumps(value).encode(), "result.json")

    assert looks(chat(said(1, "a", "b")))
    assert looks(account())
    assert not looks({"messages": [{"role": "user", "content": '"type": "personal_chat"'}]})
    assert not looks({"guild": {}, "channel": {"type": "x"}, "messages": []})
    assert not looks([chat()])
    assert not looks({"about": "a book", "text": '{"chats": {'})


TEXTS = st.sampled_from(["", " ", "words", "é\U0001f600", "a\nb"])
ONE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["message", "message", "message", "service"]),
        "from": st.sampled_from(["Dana", "Tomas", "Ann", None]),
        "text": TEXTS | st.lists(TEXTS | st.fixed_dictionaries({"text": TEXTS}), max_size=3),
        "date_unixtime": st.integers(1_700_000_000, 1_700_100_000).map(str),
    },
    optional={"forwarded_from": st.none()},
)


@given(messages=st.lists(ONE, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_message_is_in_a_record_or_has_a_finding(
    messages: list[dict[str, Any]], tmp_path: Path
) -> None:
    numbered = [{"id": f"m{n}", **message} for n, message in enumerate(messages)]
    heard = read(TELEGRAM, written(tmp_path / "r.json", chat(*numbered)), "Dana")
    inside = [message[0] for record in heard.records for message in json.loads(record)[1:]]
    silent = {line for _, line, _, hit in heard.notes if hit.code == "SRC074"}
    assert sorted(inside + [f"m{line - 1}" for line in silent]) == sorted(
        message["id"] for message in numbered
    )


@needs_data
def test_a_real_file() -> None:
    assert_published_talk(TELEGRAM, REAL, "Bob")


def test_a_message_longer_than_the_limit_is_said(tmp_path: Path) -> None:
    file = written(
        tmp_path / "r.json",
        chat(said(1, "Tomas", "a"), said(2, "Dana", "b"), said(3, "Dana", "x" * 3_000_000)),
    )
    heard = read(TELEGRAM, file, "Dana", limits=Limits(record_bytes=100_000))
    assert heard.talks == [[("user", "a"), ("assistant", "b")]]
    assert set(heard.codes) <= {"SRC009", "SRC077"}
    assert heard.codes
