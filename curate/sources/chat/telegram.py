"""Telegram Desktop's export as JSON (`result.json`): one chat, or the whole account.

A message's words are its `text_entities`, else its `text`, which is a string or a list of strings
and objects. What was passed on, or written by a bot that was asked inline, is somebody else's.
Notices of the application and messages without words are set aside (SRC074). Times are
`date_unixtime`, else `date`, which is local and has no zone.
Source: core.telegram.org/import-export; telegramdesktop/tdesktop `export_output_json.cpp`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import open_bytes
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.stream import Pattern, Piece, Way, pieces
from curate.sources.chat.times import seconds_of
from curate.sources.chat.turns import conversation_chunks

_LISTS = ("chats", "left_chats")
_MANY: tuple[Pattern, ...] = (
    ("messages", None),
    *((key, "list", None, "messages", None) for key in _LISTS),
)
_ABOUT = ("name", "type", "id")
_BESIDE: tuple[Pattern, ...] = (
    *((key,) for key in _ABOUT),
    *((key, "list", None, about) for key in _LISTS for about in _ABOUT),
)
_KINDS = re.compile(
    rb'"type"\s*:\s*"(?:saved_messages|replies|verification_codes|personal_chat|bot_chat|'
    rb'private_group|(?:private|public)_(?:supergroup|channel))"'
)
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_ACCOUNT = re.compile(rb'\s*\{\s*"about"\s*:\s*"')
_PARTS = re.compile(rb'"(?:personal_information|chats)"\s*:\s*\{')
_NOTICE = Hit("SRC074", "", "a notice of the application")
_NO_WORDS = Hit("SRC074", "", "a message without words")
_DAMAGED = Hit("SRC077", "", "a message that is not what Telegram writes")
_UNNAMED = {"saved_messages": "Saved Messages"}


def _is_export(head: bytes, name: str) -> bool:
    del name
    if not head.lstrip().startswith(b"{"):
        return False
    if _ACCOUNT.match(head):
        return _PARTS.search(head) is not None
    return _KINDS.search(head) is not None and _MESSAGES.search(head) is not None


def _chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    with open_bytes(source, limits) as opened:
        found = _Chats(source, pieces(opened.stream, limits, _MANY, _BESIDE))
        yield from conversation_chunks(source, found.read(), reading)
        if opened.damage is not None:
            yield Chunk(source, values=[], notes=[(1, 0, opened.damage)])


class _Chats:
    """Chats one after another from one pass over the file."""

    def __init__(self, source: Source, found: Iterator[Piece]) -> None:
        self._source, self._found = source, found
        self._next: Piece | None = None
        self._about: dict[str, Any] = {}
        self._of: Way = ()

    def read(self) -> Iterator[Chat]:
        """Yield the chats; each one's messages are to be read before the next chat."""
        self._next = next(self._found, None)
        while (piece := self._next) is not None:
            if piece.fault is None and piece.way[-1] in _ABOUT:
                if piece.way[:-1] != self._of:
                    self._of, self._about = piece.way[:-1], {}
                self._about[str(piece.way[-1])] = piece.value
                self._next = next(self._found, None)
                continue
            about, self._about = self._about, {}
            own = _shown(about.get("id")) or str(piece.offset)
            shown = _shown(about.get("name")) or _UNNAMED.get(_shown(about.get("type")), "")
            yield Chat(own, shown, self._source.path, self._messages(piece.way[:-1]))

    def _messages(self, way: Way) -> Iterator[Said]:
        number = 0
        while (piece := self._next) is not None and piece.way[:-1] == way:
            if piece.fault is None and piece.way[-1] in _ABOUT:
                break
            number += 1
            yield _said(piece, number)
            self._next = next(self._found, None)


def _said(piece: Piece, number: int) -> Said:
    message = piece.value
    if piece.fault is not None or not isinstance(message, dict):
        return Said("", "", line=number, offset=piece.offset, fault=piece.fault or _DAMAGED)
    text = _text(message)
    fault = None
    if message.get("type", "message") != "message":
        fault = _NOTICE
    elif text is None:
        fault = _DAMAGED
    elif not text.strip():
        fault = _NO_WORDS
    return Said(
        _shown(message.get("from") or message.get("actor")),
        text or "",
        seconds_of(message.get("date_unixtime")) or seconds_of(message.get("date")),
        _shown(message.get("from_id") or message.get("actor_id")),
        _shown(message.get("id")),
        _shown(message.get("reply_to_message_id")),
        number,
        piece.offset,
        fault,
        _is_others(message),
    )


def _is_others(message: Mapping[str, Any]) -> bool:
    """Return whether a message's words are not its sender's; a hidden origin is null."""
    keys = ("forwarded_from", "forwarded_from_id", "saved_from", "via_bot")
    return any(key in message for key in keys)


def _text(message: Mapping[str, Any]) -> str | None:
    """Return what a message says; None where it is no text."""
    spoken = message.get("text_entities") or message.get("text") or ""
    if isinstance(spoken, str):
        return spoken
    if not isinstance(spoken, list):
        return None
    texts = [part.get("text") if isinstance(part, dict) else part for part in spoken]
    whole = [text for text in texts if isinstance(text, str)]
    return "".join(whole) if len(whole) == len(texts) else None


def _shown(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


TELEGRAM = Export(
    "telegram",
    "a Telegram chat or account (result.json)",
    "messages",
    _chunks,
    sniff=_is_export,
)
EXPORTS = (TELEGRAM,)
