r"""Messages of Instagram and Facebook ("Download your information", JSON).

A thread is a folder with `message_1.json`, the newest, `message_2.json` and so on; each holds its
messages newest first, at most 10,000. Texts are UTF-8 whose bytes stand as letters (`\u00c3\u00a9`
for `é`): they are read as what they are, which is said once a file.

A message without `content` (a photo, a call, a share, one that was taken back) has no words. The
applications write some notices into `content`; those of English exports are known, those in other
languages cannot be told from words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from curate.errors import InputError
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import open_bytes
from curate.files.tree import Tree, open_tree
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.stream import Pattern, Piece, pieces
from curate.sources.chat.times import seconds_of
from curate.sources.chat.turns import conversation_chunks

_MANY: tuple[Pattern, ...] = (("messages", None),)
_BESIDE: tuple[Pattern, ...] = (("title",), ("thread_path",))
_FILE = re.compile(
    r"(?P<folder>(?:.*/)?)(?P<kind>inbox|archived_threads|filtered_threads|message_requests|"
    r"e2ee_cutover)/(?P<thread>[^/]+)/message_(?P<number>\d+)\.json"
)
_HEAD = (
    re.compile(rb'\s*\{\s*"participants"\s*:\s*\['),
    re.compile(rb'"messages"\s*:\s*\['),
    re.compile(rb'"sender_name"\s*:'),
    re.compile(rb'"timestamp_ms"\s*:'),
)
_NOTICES = re.compile(
    r"(?:Liked a message|.{1,200} sent (?:an attachment|a photo|a video|a voice message)\.|"
    r"Reacted .{1,16} to your message|.{1,200} (?:missed your|started an?|ended the) "
    r"(?:audio|video|voice) (?:call|chat)\.?)\s*"
)
_HIGH = re.compile("[\u0080-\u00ff]")
# A file of 10,000 messages holds less; a larger one was not written by the applications.
_MOST_CHARS = 64 << 20
_NO_WORDS = Hit("SRC074", "", "a message without words")
_NOTICE = Hit("SRC074", "", "a notice of the application")
_DAMAGED = Hit("SRC077", "", "a message that is not what the application writes")
_TOO_MUCH = Hit("SRC077", "", "the file holds more than the application writes; the rest is unread")
_REPAIRED = Hit("SRC084", "", "texts whose bytes stood as letters were read as UTF-8")


def _is_export(head: bytes, name: str) -> bool:
    del name
    return _HEAD[0].match(head) is not None and all(part.search(head) for part in _HEAD[1:])


def _claimed(tree: Tree) -> list[str]:
    """Return the folders that hold inboxes."""
    return list(dict.fromkeys(m["folder"] for name in tree.names if (m := _FILE.fullmatch(name))))


def _chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    yield from conversation_chunks(source, _chats(source, limits), reading)


def _chats(source: Source, limits: Limits) -> Iterator[Chat]:
    if source.file.is_file() and (source.member is None or source.member.endswith(".json")):
        with open_bytes(source, limits) as opened:
            read = _read(opened.stream, source.path, limits)
        if opened.damage is not None:
            read.messages.append(Said("", "", fault=opened.damage, path=source.path))
        yield Chat(read.key or source.path, read.title, source.path, read.messages)
        return
    tree = open_tree(source.file, limits).below(source.member or "")
    threads: dict[str, list[tuple[int, str]]] = {}
    for name in tree.names:
        if found := _FILE.fullmatch(name):
            key = f"{found['folder']}{found['kind']}/{found['thread']}"
            threads.setdefault(key, []).append((int(found["number"]), name))
    for key, files in threads.items():
        names = [name for _, name in sorted(files, reverse=True)]
        title = _title(tree, names[-1], limits)
        path = f"{source.path}/{names[0]}"
        yield Chat(key, title, path, _thread(tree, names, source.path, limits))


def _title(tree: Tree, name: str, limits: Limits) -> str:
    """Return a thread's title, which stands behind the messages of its files."""
    try:
        with tree.open(name) as stream:
            found = [p.value for p in pieces(stream, limits, (), _BESIDE) if p.way == ("title",)]
    except InputError:
        return ""
    return _repaired(found[0])[0] if found and isinstance(found[0], str) else ""


def _thread(tree: Tree, names: list[str], root: str, limits: Limits) -> Iterator[Said]:
    """Yield the messages of a thread, the oldest file first."""
    for name in names:
        path = f"{root}/{name}"
        try:
            with tree.open(name) as stream:
                messages = _read(stream, path, limits).messages
        except InputError as error:
            hit = Hit("SRC077", "", f"the file cannot be read ({error.code})")
            messages = [Said("", "", fault=hit, path=path)]
        yield from messages


@dataclass(slots=True)
class _File:
    """A file's messages, the oldest first, with what stands beside them."""

    title: str = ""
    key: str = ""
    messages: list[Said] = field(default_factory=list)


def _read(stream: BinaryIO, path: str, limits: Limits) -> _File:
    read = _File()
    chars = 0
    repaired = False
    for piece in pieces(stream, limits, _MANY, _BESIDE):
        if piece.way in _BESIDE and piece.fault is None:
            text = _repaired(piece.value)[0] if isinstance(piece.value, str) else ""
            if piece.way == ("title",):
                read.title = text
            else:
                read.key = text
            continue
        said, changed = _said(piece, len(read.messages) + 1)
        said = replace(said, path=path)
        repaired = repaired or changed
        chars += len(said.text) + 100
        if chars > _MOST_CHARS:
            read.messages.append(replace(said, text="", fault=_TOO_MUCH))
            break
        read.messages.append(said)
    times = [said.time for said in read.messages if said.time is not None]
    if times and times[0] > times[-1]:
        read.messages.reverse()
    if repaired:
        read.messages.append(Said("", "", fault=_REPAIRED, path=path))
    return read


def _said(piece: Piece, number: int) -> tuple[Said, bool]:
    """Return a message, and whether its text had to be repaired."""
    message = piece.value
    if piece.fault is not None or not isinstance(message, dict):
        fault = piece.fault or _DAMAGED
        return Said("", "", line=number, offset=piece.offset, fault=fault), False
    sender, text = message.get("sender_name"), message.get("content", "")
    if not isinstance(sender, str) or not isinstance(text, str):
        return Said("", "", line=number, offset=piece.offset, fault=_DAMAGED), False
    named, first = _repaired(sender)
    words, second = _repaired(text)
    milliseconds = message.get("timestamp_ms")
    time = seconds_of(milliseconds)
    said = Said(
        named,
        words,
        None if time is None else time / 1000,
        line=number,
        offset=piece.offset,
        fault=_fault_of(message, words),
    )
    return said, first or second


def _fault_of(message: Mapping[str, Any], words: str) -> Hit | None:
    if message.get("is_unsent") or not words.strip():
        return _NO_WORDS
    return _NOTICE if "call_duration" in message or _NOTICES.fullmatch(words) else None


def _repaired(text: str) -> tuple[str, bool]:
    """Return a text whose UTF-8 bytes stood as letters as what it is; others as they are."""
    if not _HIGH.search(text):
        return text, False
    try:
        return text.encode("latin-1").decode(), True
    except UnicodeError:
        return text, False


MESSENGER = Export(
    "messenger",
    "Instagram or Facebook messages (message_1.json)",
    "messages",
    _chunks,
    sniff=_is_export,
    claim=_claimed,
)
EXPORTS = (MESSENGER,)
