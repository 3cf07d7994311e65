"""Signal: its own export, sigtop's JSON and text, signal-export's data and Markdown."""

import json

import pytest

from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.files.tree import open_tree
from curate.people import Person
from curate.sources.chat.signal import EXPORTS
from tests.curate.sources.chat.heard import read, zipped

APP, DESKTOP = EXPORTS
T = 1_767_600_000_000


def frame(author, text, minutes, chat="100", **more):
    way = {"outgoing": {"sendStatus": []}} if author == "1" else {"incoming": {"read": True}}
    return {
        "chatItem": {
            "chatId": chat, "authorId": author, "dateSent": str(T + 60_000 * minutes), **way,
            "standardMessage": {"text": {"body": text}}, **more,
        }
    }  # fmt: skip


BEFORE = [
    {"version": "1", "backupTimeMs": str(T), "mediaRootBackupKey": "x", "currentAppVersion": "8"},
    {"account": {"givenName": "Dana", "familyName": "Kay", "username": "dana.1"}},
    {"recipient": {"id": "1", "self": {}}},
    {"recipient": {"id": "2", "contact": {"aci": "QUJD", "e164": "4915100000001",
                                          "profileGivenName": "Ann", "profileFamilyName": "Lee"}}},
    {"recipient": {"id": "3", "contact": {"aci": "REVG", "nickname": {"given": "Bobby"}}}},
    {"recipient": {"id": "4", "group": {"snapshot": {"title": {"title": "The club"}}}}},
    {"recipient": {"id": "5", "releaseNotes": {}}},
    {"chat": {"id": "100", "recipientId": "2"}},
    {"chat": {"id": "200", "recipientId": "4"}},
]  # fmt: skip


def app(tmp_path, *frames, name="main.jsonl"):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(f if isinstance(f, str) else json.dumps(f) + "\n" for f in frames))
    return file


def test_signals_own_export_is_read_chat_by_chat(tmp_path):
    mention = frame("2", "\ufffc come?", 3, "200")
    mention["chatItem"]["standardMessage"]["text"]["bodyRanges"] = [{"mentionAci": "REVG"}]
    file = app(
        tmp_path, *BEFORE,
        frame("2", "Hi", 0), frame("3", "Hello club", 1, "200"), frame("1", "Hi Ann", 2),
        mention, frame("1", "Gladly", 4, "200"),
    )  # fmt: skip
    found = read(APP, file)
    assert found.talks == [
        [("user", "Hi"), ("assistant", "Hi Ann")],
        [("user", "Bobby: Hello club\n\nAnn Lee: @Bobby come?"), ("assistant", "Gladly")],
    ]
    assert [row["extra"]["chat"] for row in found.rows] == ["Ann Lee", "The club"]
    assert Person("+4915100000001", "Ann Lee") in found.people
    assert Person("signal:self", "Dana Kay", True) in found.people
    assert found.places[0] == ("main.jsonl", 10, file.read_bytes().index(b'{"chatItem"'))
    assert found.codes == {}


def test_what_is_no_message_with_words_is_said(tmp_path):
    bare = {"chatId": "100", "authorId": "2", "dateSent": str(T)}
    file = app(
        tmp_path, *BEFORE,
        {"chatItem": {**bare, "updateMessage": {"simpleUpdate": {}}}},
        {"chatItem": {**bare, "remoteDeletedMessage": {}}},
        {"chatItem": {**bare, "stickerMessage": {}}},
        {"chatItem": {**bare, "standardMessage": {"attachments": [{}]}}},
        {"chatItem": {**bare, "standardMessage": None}}, {"chatItem": 5}, {"unheard": {}},
        "{broken\n", frame("2", "Hi", 0), frame("1", "Yes", 1),
    )  # fmt: skip
    found = read(APP, file)
    assert len(found.rows) == 1
    assert found.codes == {"SRC074": 5, "SRC077": 3}


def test_signals_own_export_is_found_in_folders_and_zips(tmp_path):
    file = app(tmp_path, *BEFORE, frame("2", "Hi", 0), frame("1", "Yes", 1), name="in/main.jsonl")
    (file.parent / "metadata.json").write_text('{"version": 1}')
    for path in (file.parent, zipped(file.parent, tmp_path / "x.zip")):
        assert len(read(APP, path).rows) == 1


def desktop(way, text, minutes, **more):
    return {
        "id": f"m{minutes}", "conversationId": "c1", "type": way, "body": text, "schemaVersion": 14,
        "sent_at": T + 60_000 * minutes, **({"sourceServiceId": "s2"} if way == "incoming" else {}),
        **more,
    }  # fmt: skip


def test_sigtop_json_is_read(tmp_path):
    file = tmp_path / "Ann Lee (+4915100000001).json"
    mention = [{"start": 0, "length": 1, "mentionAci": "s9", "replacementText": "Bob"}]
    messages = [
        desktop("incoming", "Hi", 0), desktop("outgoing", "\ufffc is here", 1, bodyRanges=mention),
        desktop("call-history", None, 2), desktop("incoming", None, 3, attachments=[{}]),
        desktop("incoming", "x", 4, deletedForEveryone=True), desktop("incoming", "Bye", 5),
        desktop("outgoing", "Bye", 6),
    ]  # fmt: skip
    file.write_text("[\n" + ",\n".join(map(json.dumps, messages)) + "\n]\n")
    found = read(DESKTOP, file)
    assert found.talks == [
        [("user", "Hi"), ("assistant", "@Bob is here"), ("user", "Bye"), ("assistant", "Bye")]
    ]
    assert found.codes == {"SRC074": 3}
    assert found.rows[0]["extra"]["chat"] == "Ann Lee (+4915100000001)"
    assert DESKTOP.sniff(file.read_bytes(), file.name)


SIGTOP = """\
Conversation: Ann Lee (+4915100000001)

From: Ann Lee (+4915100000001)
Type: incoming
Sent: Mon, 5 Jan 2026 10:00:00 +0100
Received: Mon, 5 Jan 2026 10:00:01 +0100
Reaction: 👍 from Dana (+4915100000002)

Hi
Type: of greeting

Second paragraph

From: You
Type: outgoing
Sent: Mon, 5 Jan 2026 10:01:00 +0100

> From: Ann Lee (+4915100000001)
> Sent: Mon, 5 Jan 2026 10:00:00 +0100
>
> Hi

Hello

Type: call-history
Received: Mon, 5 Jan 2026 10:02:00 +0100

From: Ann Lee (+4915100000001)
Type: incoming
Sent: Mon, 5 Jan 2026 10:03:00 +0100
Received: Mon, 5 Jan 2026 10:03:01 +0100
Attachment: a.jpg (image/jpeg, 3 bytes)

From: You
Type: outgoing
Sent: Mon, 5 Jan 2026 10:04:00 +0100
Edited: 2 versions

| Version: 2
| Sent: Mon, 5 Jan 2026 10:05:00 +0100
|
| Lovely photo
| of you
|
| Version: 1
| Sent: Mon, 5 Jan 2026 10:04:00 +0100
|
| Lovly photo

"""


def test_sigtop_text_is_read(tmp_path):
    file = tmp_path / "Ann Lee (+4915100000001).txt"
    file.write_text(SIGTOP, encoding="utf-8")
    found = read(DESKTOP, file)
    assert found.said == [
        "Hi\nType: of greeting\n\nSecond paragraph", "Hello", "Lovely photo\nof you",
    ]  # fmt: skip
    assert found.talks == [
        [("user", "Hi\nType: of greeting\n\nSecond paragraph"), ("assistant", "Hello")]
    ]
    assert found.codes == {"SRC074": 2, "SRC072": 1}
    assert Person("+4915100000001", "Ann Lee") in found.people
    raw = file.read_bytes()
    assert [raw[at:][:6] for *_, at in found.places] == [b"From: "] * 2
    assert [line for _, line, _ in found.places] == [
        raw.count(b"\n", 0, at) + 1 for *_, at in found.places
    ]


MARKDOWN = """\
[2026-01-05 10:00:00] Ann: Hi  
(- Me: 👍, Bob: 😀 -)

[2026-01-05 10:01:00] Me: 

> Hi

Hello  
there  

[2026-01-05 10:02:00] Ann: ![a.jpg](./media/a.jpg)  

[2026-01-05 10:03:00] Ann: (This message was deleted)

[2026-01-05 10:04:00] No-Sender: Outgoing voice call (unanswered)  

[2026-01-05 10:05:00] Ann: See [my page](https://example.com)  

[2026-01-05, 10:06] Me: Nice   

"""


def exported(sender, body, minute, **more):
    return {
        "date": f"2026-01-05T10:{minute:02d}:00", "sender": sender, "body": body, "quote": "",
        "sticker": None, "reactions": [], "attachments": [], **more,
    }  # fmt: skip


DATA = [
    exported("Ann", "Hi  ", 0), exported("Me", "Hello  \nthere  ", 1, quote="\n\n> Hi\n\n"),
    exported("Ann", "  ", 2, attachments=[{"name": "a.jpg", "path": "media/a.jpg"}]),
    exported("Ann", "", 3, deleted=True), exported("No-Sender", "Outgoing call  ", 4),
    exported("Ann", "See [my page](https://example.com)  ", 5), exported("Me", "Nice  ", 6),
]  # fmt: skip


def signal_export(tmp_path):
    folder = tmp_path / "out" / "Ann"
    (folder / "media").mkdir(parents=True)
    (folder / "chat.md").write_text(MARKDOWN, encoding="utf-8")
    (folder / "data.json").write_text("".join(json.dumps(each) + "\n" for each in DATA))
    (folder / "index.html").write_text("<html></html>")
    return tmp_path / "out"


def test_signal_export_is_read_as_data_or_as_markdown(tmp_path):
    root = signal_export(tmp_path)
    data = read(DESKTOP, root)
    text = read(DESKTOP, root / "Ann" / "chat.md")
    for found in (data, text, read(DESKTOP, zipped(root, tmp_path / "x.zip"))):
        assert found.codes == {"SRC074": 3}
        assert [[role for role, _ in talk] for talk in found.talks] == [["user", "assistant"] * 2]
        assert [text.split("\n")[0].strip() for _, text in found.talks[0]] == [
            "Hi", "Hello", "See [my page](https://example.com)", "Nice",
        ]  # fmt: skip
        assert found.rows[0]["extra"]["date"] == "2026-01-05"
    assert data.rows[0]["extra"]["chat"] == "Ann"
    assert data.places[0][0] == "out/Ann/data.json"


def test_markdown_alone_in_a_folder_is_found(tmp_path):
    root = signal_export(tmp_path)
    (root / "Ann" / "data.json").unlink()
    assert DESKTOP.claim(open_tree(root, DEFAULT_LIMITS)) == ["Ann/chat.md"]


@pytest.mark.parametrize(
    ("text", "name", "export"),
    [
        (json.dumps(BEFORE[0]), "main.jsonl", APP),
        (json.dumps({"messages": []}), "main.jsonl", None),
        ('{"backupTimeMs": 1}', "x.jsonl", None),
        (json.dumps([desktop("incoming", "x", 0)]), "a.json", DESKTOP),
        ('[{"type": "a", "sent_at": 1, "conversationId": "c"}]', "a.json", None),
        ('[{"role": "user", "content": "hi"}]', "a.json", None),
        (json.dumps(DATA[0]) + "\n", "data.json", DESKTOP),
        ('{"date": "x", "sender": "y", "body": "z"}\n', "data.json", None),
        (SIGTOP, "a.txt", DESKTOP),
        ("Conversation: with a friend\n\nType: a letter\n", "a.txt", None),
        (MARKDOWN, "chat.md", DESKTOP),
        (MARKDOWN, "chat.txt", None),
        ("# Notes\n\n[2026-01-05 10:00:00] Ann: Hi\n", "notes.md", None),
        ("", "main.jsonl", None),
    ],
)
def test_only_chats_of_signal_are_recognised(text, name, export):
    found = [each for each in EXPORTS if each.sniff(text.encode(), name)]
    assert found == ([export] if export else [])


@pytest.mark.parametrize("text", ["", "no chat\n", "\xff" * 99, "Conversation: x\n\n", "[", "{}"])
def test_what_is_no_chat_is_said(tmp_path, text):
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="latin-1")
    assert set(read(DESKTOP, file).codes) <= {"SRC077", "SRC074"}


def test_a_text_beyond_the_limit_is_said(tmp_path):
    file = tmp_path / "chat.md"
    file.write_text(MARKDOWN + "x" * 5_000_000 + "\n" + MARKDOWN, encoding="utf-8")
    found = read(DESKTOP, file, limits=Limits(record_bytes=50_000))
    assert "SRC009" in found.codes
    assert len(found.rows) >= 1
