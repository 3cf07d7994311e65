"""Discord: channels as DiscordChatExporter writes them, and Discord's own data package."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from curate.files.limits import DEFAULT_LIMITS
from curate.files.tree import open_tree
from curate.sources.chat.discord import DISCORD
from curate.sources.chat.package import PACKAGE
from tests.curate.sources.chat.heard import assert_published_talk, read, zipped

DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
REAL = DATA / "Berektassuly+chatpack-cli/tests/fixtures/discord_export.json"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)


def said(number: int, name: str, text: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": "Default",
        "timestamp": f"2025-03-01T12:{number:02}:00.123+00:00",
        "content": text,
        "author": {"id": str(len(name)), "name": name, "discriminator": "0000", "isBot": False},
        **more,
    }


def channel(*messages: Any) -> dict[str, Any]:
    return {
        "guild": {"id": "1", "name": "Makers"},
        "channel": {"id": "2", "type": "GuildTextChat", "name": "general"},
        "dateRange": {"after": None, "before": None},
        "messages": [*messages],
        "messageCount": len(messages),
    }


def written(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_channel_becomes_a_conversation(tmp_path: Path) -> None:
    author = {"id": "9", "name": "dana", "nickname": "Dana K", "discriminator": "0042"}
    file = written(
        tmp_path / "c.json",
        channel(
            said(1, "tomas", "Coming?"),
            said(2, "x", "", type="RecipientAdd"),
            said(3, "x", "", attachments=[{"fileName": "a.png"}]),
            said(4, "tomas", "Hello?"),
            said(5, "dana", "Yes", type="Reply", reference={"messageId": "1"}, author=author),
        ),
    )
    for me in ("Dana K", "dana#0042"):
        heard = read(DISCORD, file, me)
        assert heard.talks == [[("user", "Coming?\nHello?"), ("assistant", "Yes")]]
        assert heard.codes == {"SRC074": 2}
        assert heard.rows[0]["extra"]["chat"] == "Makers #general"


def test_a_message_that_was_passed_on_is_not_learnt(tmp_path: Path) -> None:
    passed = {"forwardedMessage": {"content": "theirs"}}
    file = written(
        tmp_path / "c.json",
        channel(said(1, "tomas", "a"), said(2, "dana", "mine"), said(3, "dana", "", **passed)),
    )
    heard = read(DISCORD, file, "dana")
    assert heard.talks == [[("user", "a"), ("assistant", "mine")]]
    assert set(heard.codes) <= {"SRC073", "SRC076"}


@pytest.mark.parametrize("wrong", [7, {"type": "Default"}, {"content": ["a"]}, None])
def test_a_damaged_message_is_said(wrong: Any, tmp_path: Path) -> None:
    file = written(tmp_path / "c.json", channel(said(1, "tomas", "a"), wrong, said(3, "dana", "b")))
    heard = read(DISCORD, file, "dana")
    assert heard.talks == [[("user", "a"), ("assistant", "b")]]
    assert heard.codes == {"SRC077": 1}


def test_it_knows_its_files() -> None:
    assert DISCORD.sniff is not None
    assert DISCORD.sniff(json.dumps(channel(said(1, "a", "b"))).encode(), "x.json")
    assert not DISCORD.sniff(b'{"messages": [], "channel": {}}', "x.json")


@needs_data
def test_a_real_file() -> None:
    assert_published_talk(DISCORD, REAL, "Bob")


def package(folder: Path) -> Path:
    """Write a package with a channel as JSON, one as an older table, and other files."""
    messages = folder / "messages"
    for name in ("c11", "12", "c13"):
        (messages / name).mkdir(parents=True)
    written(messages / "index.json", {"11": "general in Makers", "12": None})
    own = [
        {"ID": 3, "Timestamp": "2025-03-02 10:00:00", "Contents": "Second", "Attachments": ""},
        {"ID": 2, "Timestamp": "2025-03-01 10:00:00", "Contents": "", "Attachments": "https://x"},
        {"ID": 1, "Timestamp": "2025-03-01 09:00:00", "Contents": "First", "Attachments": ""},
        "damaged",
    ]
    written(messages / "c11" / "messages.json", own)
    written(messages / "c11" / "channel.json", {"id": "11", "type": "GUILD_TEXT"})
    (messages / "12" / "messages.csv").write_bytes(
        b"\xef\xbb\xbfID,Timestamp,Contents,Attachments\r\n"
        b'4,2019-07-19 23:09:04,"Two\nlines, one text",\r\n'
        b"5,2019-07-19 23:09:05,caf\xc3\xa9,\r\n"
        b"6,2019-07-19 23:09:06,\xff\xfe,\r\n"
        b"7,2019-07-19 23:09:07,,https://x\r\n"
    )
    (messages / "c13" / "messages.json").write_text('[{"ID": 8, "Contents": "cut', "utf-8")
    (folder / "account").mkdir()
    written(folder / "account" / "user.json", {"id": "1"})
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_own_words_of_a_package_are_texts(packed: bool, tmp_path: Path) -> None:
    path = package(tmp_path / "package")
    if packed:
        path = zipped(path, tmp_path / "package.zip")
    heard = read(PACKAGE, path)
    assert [(row["group"], row["text"]) for row in heard.rows] == [
        ("12", "Two\nlines, one text"),
        ("12", "café"),
        ("11", "Second"),
        ("11", "First"),
    ]
    assert heard.rows[2]["extra"] == {"chat": "general in Makers", "date": "2025-03-02"}
    assert heard.rows[0]["extra"] == {"date": "2019-07-19"}
    assert heard.codes == {"SRC074": 2, "SRC077": 3}
    places = [(place.rpartition("messages/")[2], line) for place, line, _ in heard.places]
    assert places[:4] == [
        ("12/messages.csv", 2),
        ("12/messages.csv", 4),
        ("12/messages.csv", 5),
        ("12/messages.csv", 6),
    ]
    assert len(heard.records) == len(set(heard.records)) == 9


def test_a_package_is_claimed_and_other_folders_are_not(tmp_path: Path) -> None:
    assert PACKAGE.claim is not None
    folder = package(tmp_path / "a")
    assert PACKAGE.claim(open_tree(folder, DEFAULT_LIMITS)) == [""]
    assert PACKAGE.claim(open_tree(tmp_path, DEFAULT_LIMITS)) == ["a/"]
    (folder / "account" / "user.json").unlink()
    assert PACKAGE.claim(open_tree(folder, DEFAULT_LIMITS)) == ["messages/"]
    assert len(read(PACKAGE, folder).rows) == 4
    (tmp_path / "b" / "messages").mkdir(parents=True)
    written(tmp_path / "b" / "messages" / "index.json", {})
    assert PACKAGE.claim(open_tree(tmp_path / "b", DEFAULT_LIMITS)) == []
