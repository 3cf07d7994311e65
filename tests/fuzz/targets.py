"""What is fuzzed: functions of bytes that raise nothing but errors of the command's own."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from curate.detect import KINDS, scan
from curate.errors import CurateError
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree, open_tree
from curate.people import Person
from curate.redaction.redactor import Redactor
from curate.row import Row
from curate.sources.base import Export, Reading
from curate.sources.known import BY_EXPORT, claimed, sniffed
from curate.sources.mail.message import read_mail
from curate.sources.mail.own import learn_signature, separate
from curate.sources.mail.separators import MBOX, kind_of, messages, unescaped

ROOT = Path(__file__).parents[2]
LIMITS = Limits(record_bytes=1 << 20, archive_entries=200, archive_bytes=8 << 20)
READING = Reading(me=("anna@example.com", "Anna"))
LARGEST = 64 << 10
_TEMPORARY = tempfile.TemporaryDirectory(prefix="curate-fuzz-")
# A fuzzer ends without cleaning up, so it names a folder that it uses again.
FOLDER = Path(os.environ.get("FUZZ_FOLDER", _TEMPORARY.name))


@dataclass(frozen=True)
class Target:
    """What is given bytes, and where its first bytes come from.

    Attributes:
        run: Takes any bytes; what it raises is a fault.
        seeds: Short inputs of its kind.
        wants: Tells whether a file, by its name and first bytes, is one more seed.
    """

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    wants: Callable[[str, bytes], bool]


def _mail(data: bytes) -> None:
    mail = read_mail(data, LIMITS)
    _ = mail.aside


def _separators(data: bytes) -> None:
    kind = kind_of(data[:4096]) or MBOX
    for found in messages(io.BytesIO(data), kind):
        assert found is not None
    assert len(unescaped(data)) <= len(data)


def _own(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    found = separate(text)
    assert all(0 <= cut.start < cut.end <= len(text) for cut in found.cuts)
    assert all(one.end <= two.start for one, two in pairwise(found.cuts))
    learn_signature([text] * 2 + text.split("\0"))


def _detect(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    places = scan(text, "DE", KINDS)
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert all(one.end <= two.start for one, two in pairwise(places))


_PEOPLE = (Person("anna@example.com", "Anna Meier", True), Person("bob@example.org", "Bob Stone"))


def _redaction(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    redactor = Redactor(_PEOPLE)
    redactor.learn([text])
    redactor.ready()
    row: Row = {"messages": [{"role": "user", "content": text}]}
    redactor.row(row)
    assert "bob@example.org" not in str(row["messages"]).lower()


def _archive(data: bytes) -> None:
    path = FOLDER / "export.zip"
    path.write_bytes(data)
    try:
        tree = open_tree(path, LIMITS)
        claimed(tree)
        _read_all(tree)
    except CurateError:
        return


def _read_all(tree: Tree) -> None:
    for name in tree.names:
        try:
            with tree.open(name) as stream:
                while stream.read(1 << 16):
                    pass
        except CurateError:
            continue


def _taken(export: Export, source: Source) -> None:
    """Read an export to its end and hold its chunks against what they promise."""
    try:
        for piece in export.chunks(source, READING, LIMITS):
            chunk = piece if isinstance(piece, Chunk) else piece.read()
            values = chunk.values or []
            assert len(values) == len(chunk.records) == len(chunk.lines)
            assert all(values[at] == {} for at in chunk.faults)
    except CurateError:
        return


def _file(name: str, file: str) -> Callable[[bytes], None]:
    """Return what reads bytes as a file that is an export."""
    export = BY_EXPORT[name]

    def run(data: bytes) -> None:
        path = FOLDER / file
        path.write_bytes(data)
        _taken(export, Source(file, path, container=name))

    return run


def _folder(name: str, files: tuple[str, ...]) -> Callable[[bytes], None]:
    """Return what reads bytes as the files of a folder, divided at zero bytes."""
    export = BY_EXPORT[name]

    def run(data: bytes) -> None:
        folder = FOLDER / name
        for file, content in zip(files, data.split(b"\0"), strict=False):
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        _taken(export, Source(name, folder, container=name, member=""))

    return run


def _sniffs(name: str) -> Callable[[str, bytes], bool]:
    return lambda file, head: sniffed(head, file) == name


def _ends(*endings: str) -> Callable[[str, bytes], bool]:
    return lambda file, head: file.endswith(endings)


def _nothing(file: str, head: bytes) -> bool:
    return False


_MAIL = (
    b"From: Anna <anna@example.com>\r\nTo: Bob <bob@example.org>\r\n"
    b"Subject: =?utf-8?q?Caf=C3=A9?=\r\n"
    b"Date: Mon, 1 Jan 2024 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n--x\r\n'
    b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nHi Bob,=20\r\nfine.\r\n\r\n"
    b"On Sunday, Bob wrote:\r\n> Well?\r\n-- \r\nAnna\r\n"
    b"--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"PGI+SGk8L2I+\r\n--x--\r\n"
)
_MBOX = b"From anna@example.com Mon Jan  1 10:00:00 2024\n" + _MAIL + b"\n>From here on\n\n"
_WHATSAPP = (
    b"[31/12/2023, 11:40:26] Anna: Hi\n[31/12/2023, 11:41:00] Bob: \xe2\x80\x8e<attached: 1.jpg>\n"
    b'12/9/20, 23:55 - Anna: one\ntwo\n1/2/24, 9:03\xe2\x80\xafPM - Bob created group "x: y"\n'
)
_TELEGRAM = (
    b'{"name":"Bob","type":"personal_chat","id":1,"messages":[{"id":1,"type":"message","date":'
    b'"2024-01-01T10:00:00","date_unixtime":"1704103200","from":"Anna","from_id":"user1","text":'
    b'["a ",{"type":"bold","text":"b"}],"text_entities":[{"type":"plain","text":"a"}]}]}'
)
_DISCORD = (
    b'{"guild":{"id":"0","name":"x"},"channel":{"id":"1","type":"DirectTextChat","name":"Bob"},'
    b'"messages":[{"id":"1","type":"Default","timestamp":"2024-01-01T10:00:00+00:00","content":"hi",'
    b'"author":{"id":"2","name":"anna","nickname":"Anna","isBot":false},"reference":null}],'
    b'"messageCount":1}'
)
_MESSENGER = (
    b'{"participants":[{"name":"Anna"},{"name":"Bob"}],"messages":[{"sender_name":"Anna",'
    b'"timestamp_ms":1704103200000,"content":"caf\\u00c3\\u00a9","type":"Generic"}],"title":"Bob",'
    b'"is_still_participant":true,"thread_path":"inbox/bob_1","magic_words":[]}'
)
_SLACK = (
    b'[{"id":"U1","name":"anna","profile":{"email":"anna@example.com"}}]\0'
    b'[{"id":"C1","name":"general","members":["U1"]}]\0'
    b'[{"type":"message","user":"U1","ts":"1704103200.000100","text":"<@U1> &lt;b&gt; <https://a.b|c>",'
    b'"thread_ts":"1704103200.000100"},{"type":"message","subtype":"bot_message","ts":"1"}]'
)
_X = (
    b'window.YTD.tweets.part0 = [{"tweet":{"id_str":"1","full_text":"hi &amp; bye https://t.co/a",'
    b'"created_at":"Thu May 14 01:38:56 +0000 2020","display_text_range":["0","8"],"entities":'
    b'{"urls":[{"url":"https://t.co/a","expanded_url":"https://example.com"}]}}}]'
)
_TEXT = (
    "Hi Anna, call +49 171 8345201 or anna@example.com.\nIBAN DE89 3704 0044 0532 0130 00\n"
    "Das Passwort lautet Abc123!\nHauptstraße 12, 89073 Ulm\nhttps://a.b/c?token=abcdef1234\n"
    "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nBSN 111222333\n"
).encode()
_SLACK_FILES = ("users.json", "channels.json", "general/2024-01-01.json")
_SIGNAL = (
    b'{"version":1}\n{"recipient":{"id":"1","self":{}}}\n{"chat":{"id":"1","recipientId":"1"}}\n'
    b'{"chatItem":{"chatId":"1","authorId":"1","dateSent":"1704103200000","standardMessage":'
    b'{"text":{"body":"hi"}}}}\n'
)
_NOTEBOOK = (
    b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"markdown","source":'
    b'["# a\\n"],"metadata":{}},{"cell_type":"code","source":"1","outputs":[],"metadata":{}}]}'
)

TARGETS: dict[str, Target] = {
    "mail": Target(_mail, (_MAIL,), _ends(".eml")),
    "separators": Target(_separators, (_MBOX * 2,), _ends(".mbox", ".mbx")),
    "own": Target(_own, (_MAIL.split(b"\r\n\r\n", 3)[2],), _ends(".txt")),
    "mbox": Target(_file("mbox", "in.mbox"), (_MBOX * 2,), _sniffs("mbox")),
    "eml": Target(_file("eml", "in.eml"), (_MAIL,), _ends(".eml", ".emlx")),
    "msg": Target(_file("msg", "in.msg"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",), _ends(".msg")),
    "archive": Target(_archive, (b"PK\x05\x06" + bytes(18),), _ends(".zip")),
    "whatsapp": Target(_file("whatsapp", "_chat.txt"), (_WHATSAPP,), _sniffs("whatsapp")),
    "telegram": Target(_file("telegram", "result.json"), (_TELEGRAM,), _sniffs("telegram")),
    "discord": Target(_file("discord", "in.json"), (_DISCORD,), _sniffs("discord")),
    "messenger": Target(_file("messenger", "message_1.json"), (_MESSENGER,), _sniffs("messenger")),
    "slack": Target(_folder("slack", _SLACK_FILES), (_SLACK,), _nothing),
    "signal": Target(_file("signal", "main.jsonl"), (_SIGNAL,), _sniffs("signal")),
    "x": Target(_file("x", "tweets.js"), (_X,), _sniffs("x")),
    "notebook": Target(_file("notebook", "in.ipynb"), (_NOTEBOOK,), _ends(".ipynb")),
    "notes": Target(
        _file("notes", "in.md"), (b"---\ntitle: a\n---\n# a\n\n[[b]] text\n",), _ends(".md")
    ),
    "pages": Target(
        _file("pages", "in.html"), (b"<html><body><p>a<br>b</p>",), _ends(".html", ".htm")
    ),
    "detect": Target(_detect, (_TEXT,), _ends(".txt")),
    "redaction": Target(_redaction, (_TEXT,), _ends(".txt")),
}


def seeds(target: Target) -> Iterator[bytes]:
    """Yield a target's first inputs: its own, the tests' files, and those of TUNESMITH_DATA."""
    yield from target.seeds
    named = os.environ.get("TUNESMITH_DATA")
    for folder in (ROOT / "tests" / "cases", *([Path(named)] if named else [])):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size <= LARGEST:
                data = path.read_bytes()
                if target.wants(path.name, data):
                    yield data
