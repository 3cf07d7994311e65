"""Direct messages of an X archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from curate.finding import Hit
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.objects import Item, list_in, text_in
from curate.sources.chat.x.files import Archive, Part
from curate.sources.chat.x.posts import iso_time

_NOTICE = Hit("SRC074", "", "a notice of the application")
_NO_WORDS = Hit("SRC074", "", "a message without words: a picture or a file")
_NO_CHAT = Hit("SRC077", "", "a conversation without a list of messages")


def chats(archive: Archive, parts: list[Part]) -> Iterator[Chat]:
    """Yield the conversations of files of direct messages.

    The archive shows people by their number alone, and the newest message first.
    """
    for part in parts:
        for item in archive.items(part):
            talk = item.value.get("dmConversation")
            if item.fault is not None or not isinstance(talk, dict):
                fault = item.fault or _NO_CHAT
                broken = Said("", "", line=item.line, offset=item.offset, fault=fault)
                yield Chat("", "", part.path, [broken])
                continue
            key = text_in(talk, "conversationId")
            said = [_said(event, item) for event in list_in(talk, "messages")]
            said.reverse()
            said.sort(key=lambda each: each.time or 0.0)
            name = text_in(talk, "conversationName") or text_in(talk, "name") or key
            yield Chat(key, name, part.path, said)


def _said(event: dict[str, Any], item: Item) -> Said:
    message = event.get("messageCreate")
    if not isinstance(message, dict):
        return Said("", "", line=item.line, offset=item.offset, fault=_NOTICE)
    text = text_in(message, "text")
    for url in list_in(message, "urls"):
        short, full = text_in(url, "url"), text_in(url, "expanded")
        text = text.replace(short, full) if short and full else text
    return Said(
        "",
        text.strip(),
        iso_time(text_in(message, "createdAt")),
        text_in(message, "senderId"),
        text_in(message, "id"),
        line=item.line,
        offset=item.offset,
        fault=None if text.strip() else _NO_WORDS,
    )
