"""What Signal itself exports since 2026: `main.jsonl`, one frame of its backup on a line.

The frames come in order: recipients and chats stand before the messages that name them. Messages of
all chats are mixed, by time. The account's owner is the recipient `self`.
Source: Signal for Android 8.10 (Settings, Chats, export of chat history); signalapp/libsignal
`rust/message-backup/src/proto/backup.proto` (names of the fields);
bepaald/signalbackup-tools#382 and mlomb/chat-analytics#104 (which files it writes).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from curate.finding import Hit
from curate.people import Person
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.objects import Item, list_in, text_in
from curate.sources.chat.signal.desktop import GONE, MENTION, NO_WORDS, NOTICE, OWNER

_UNREAD = Hit("SRC077", "", "a frame that is no recipient, chat or message")
_ABOUT = ("account", "recipient", "chat", "stickerPack", "adHocCall", "notificationProfile")
_FIRST = ("backupTimeMs", "version", "chatFolder")


@dataclass(slots=True)
class Frames:
    """What the frames before the messages say.

    Attributes:
        names: The shown name of each recipient, by id.
        handles: The number, user name or service id of each recipient, by id.
        chats: The recipient of each chat, by id.
        services: The shown name of each contact, by service id.
        me: The id of the account's owner.
    """

    names: dict[str, str] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    chats: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    me: str = ""

    def take(self, value: dict[str, Any]) -> bool:
        """Remember what a frame says; return whether it is one that holds no message."""
        if isinstance(recipient := value.get("recipient"), dict):
            self._recipient(recipient)
            return True
        if isinstance(chat := value.get("chat"), dict):
            self.chats[_key(chat, "id")] = _key(chat, "recipientId")
            return True
        if isinstance(account := value.get("account"), dict):
            names = (text_in(account, "givenName"), text_in(account, "familyName"))
            self.names[""] = " ".join(name for name in names if name)
            return True
        return any(name in value for name in (*_ABOUT, *_FIRST))

    def name_of_chat(self, chat: str) -> str:
        """Return the name of the recipient of a chat; the chat's id where it has none."""
        return self.names.get(self.chats.get(chat, ""), "") or chat

    def people(self) -> list[Person]:
        """Return everybody whom the frames name."""
        return [
            Person(self.handles.get(key, "").lower(), name, key == self.me)
            for key, name in self.names.items()
            if key and (name or self.handles.get(key))
        ]

    def _recipient(self, recipient: dict[str, Any]) -> None:
        key = _key(recipient, "id")
        contact = recipient.get("contact")
        if "self" in recipient:
            self.me = key
            self.names[key] = self.names.get("", "")
        elif isinstance(contact, dict):
            nick = (text_in(contact, "nickname", "given"), text_in(contact, "nickname", "family"))
            system = (text_in(contact, "systemGivenName"), text_in(contact, "systemFamilyName"))
            shown = (text_in(contact, "profileGivenName"), text_in(contact, "profileFamilyName"))
            full = [" ".join(name for name in names if name) for names in (nick, system, shown)]
            self.names[key] = next((name for name in full if name), "")
            number = _key(contact, "e164")
            handle = text_in(contact, "username") or text_in(contact, "aci")
            self.services[text_in(contact, "aci")] = self.names[key]
            self.handles[key] = f"+{number.lstrip('+')}" if number not in ("", "0") else handle
        elif isinstance(recipient.get("group"), dict):
            self.names[key] = text_in(recipient["group"], "snapshot", "title", "title")


def is_app(head: bytes, name: str) -> bool:
    """Return whether a file is a `main.jsonl` of Signal, by its first line."""
    first = head.lstrip(b"\xef\xbb\xbf \r\n\t").partition(b"\n")[0]
    if b'"backupTimeMs"' not in first:
        return False
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and {"backupTimeMs", "version"} <= value.keys()


def heard(items: Iterable[Item], frames: Frames, path: str) -> Iterator[tuple[Chat, Said]]:
    """Yield each message with its chat, and what cannot be read with a chat of no name.

    `frames` is filled on the way.
    """
    known: dict[str, Chat] = {"": Chat("", "", path, ())}
    for item in items:
        message = item.value.get("chatItem")
        if item.fault is None and isinstance(message, dict):
            key = _key(message, "chatId")
            if key not in known:
                known[key] = Chat(key, frames.name_of_chat(key), path, ())
            yield known[key], _said(message, item, frames)
        elif item.fault is not None or not frames.take(item.value):
            fault = item.fault or _UNREAD
            yield known[""], Said("", "", line=item.line, offset=item.offset, fault=fault)


def _said(message: dict[str, Any], item: Item, frames: Frames) -> Said:
    author = _key(message, "authorId")
    text, fault = _words(message, frames)
    sent = _key(message, "dateSent")
    if "outgoing" in message and frames.me:
        author = frames.me
    return Said(
        frames.names.get(author, ""),
        text,
        int(sent) / 1000 if sent.isdecimal() and len(sent) <= 15 else None,
        OWNER if author == frames.me else frames.handles.get(author) or author,
        sent,
        _key(message.get("standardMessage") or {}, "quote", "targetSentTimestamp"),
        item.line,
        item.offset,
        fault,
    )


def _words(message: dict[str, Any], frames: Frames) -> tuple[str, Hit | None]:
    if "remoteDeletedMessage" in message:
        return "", GONE
    for kind in ("standardMessage", "directStoryReplyMessage"):
        body = message.get(kind)
        if isinstance(body, dict):
            text = text_in(body, "text", "body") or text_in(body, "textReply", "text", "body")
            text = _mentions(text, list_in(body, "text", "bodyRanges"), frames)
            return (text, None) if text.strip() else ("", NO_WORDS)
    if any(kind in message for kind in ("contactMessage", "stickerMessage", "viewOnceMessage")):
        return "", NO_WORDS
    return "", NOTICE


def _mentions(text: str, ranges: list[dict[str, Any]], frames: Frames) -> str:
    """Return a text with the names of the people whom it mentions."""
    if MENTION not in text:
        return text
    for each in ranges:
        service = text_in(each, "mentionAci")
        if service:
            text = text.replace(MENTION, f"@{frames.services.get(service) or 'someone'}", 1)
    return text


def _key(value: dict[str, Any], *path: str) -> str:
    """Return an id at a path of keys: text, or a whole number as text; "" where there is none."""
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, bool) or not isinstance(found, (str, int)):
        return ""
    return str(found)
