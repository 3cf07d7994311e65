"""A Discord channel as DiscordChatExporter writes it (JSON).

A message's words are its `content`; of a message that was passed on, those of the message that it
shows, which are somebody else's. Types other than `Default` and `Reply` are notices of the
application. A sender is shown by the nickname and known by the user name, with the four digits
behind it that older accounts had.
Source: Tyrrrz/DiscordChatExporter `JsonMessageWriter.cs`.
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
from curate.sources.chat.package import PACKAGE
from curate.sources.chat.stream import Pattern, Piece, pieces
from curate.sources.chat.times import seconds_of
from curate.sources.chat.turns import conversation_chunks

_MANY: tuple[Pattern, ...] = (("messages", None),)
_BESIDE: tuple[Pattern, ...] = (("guild",), ("channel",))
_SPOKEN = frozenset({"Default", "Reply", "0", "19"})
_NO_DIGITS = frozenset({"", "0", "0000"})
_GUILD = re.compile(rb'\s*\{\s*"guild"\s*:\s*\{')
_CHANNEL = re.compile(rb'"channel"\s*:\s*\{')
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_NOTICE = Hit("SRC074", "", "a notice of the application")
_NO_WORDS = Hit("SRC074", "", "a message without words")
_DAMAGED = Hit("SRC077", "", "a message that is not what the exporter writes")


def _is_export(head: bytes, name: str) -> bool:
    del name
    return bool(_GUILD.match(head) and _CHANNEL.search(head) and _MESSAGES.search(head))


def _chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    with open_bytes(source, limits) as opened:
        found = pieces(opened.stream, limits, _MANY, _BESIDE)
        yield from conversation_chunks(source, _chats(source, found), reading)
        if opened.damage is not None:
            yield Chunk(source, values=[], notes=[(1, 0, opened.damage)])


def _chats(source: Source, found: Iterator[Piece]) -> Iterator[Chat]:
    """Yield the channel, whose guild and name stand before its messages."""
    about: dict[str, Mapping[str, Any]] = {}
    for piece in found:
        if len(piece.way) == 1 and isinstance(piece.value, dict):
            about[str(piece.way[0])] = piece.value
            continue
        channel = about.get("channel", {})
        guild = _shown(about.get("guild", {}).get("name"))
        named = _shown(channel.get("name"))
        shown = f"{guild} #{named}" if guild and guild != "Direct Messages" else named
        own = _shown(channel.get("id")) or shown
        yield Chat(own, shown, source.path, _messages(piece, found))


def _messages(first: Piece, found: Iterator[Piece]) -> Iterator[Said]:
    yield _said(first, 1)
    number = 1
    for piece in found:
        if piece.fault is not None or len(piece.way) == 2:
            number += 1
            yield _said(piece, number)


def _said(piece: Piece, number: int) -> Said:
    message = piece.value
    if piece.fault is not None or not isinstance(message, dict):
        return Said("", "", line=number, offset=piece.offset, fault=piece.fault or _DAMAGED)
    passed_on = message.get("forwardedMessage")
    is_passed_on = isinstance(passed_on, dict)
    text = passed_on.get("content") if isinstance(passed_on, dict) else message.get("content")
    fault = None
    if str(message.get("type", "Default")) not in _SPOKEN:
        fault = _NOTICE
    elif not isinstance(text, str):
        fault = _DAMAGED
    elif not text.strip():
        fault = _NO_WORDS
    sender, handle = _sender(message.get("author"))
    answered = message.get("reference")
    return Said(
        sender,
        text if isinstance(text, str) else "",
        seconds_of(message.get("timestamp")),
        handle,
        _shown(message.get("id")),
        _shown(answered.get("messageId")) if isinstance(answered, dict) else "",
        number,
        piece.offset,
        fault,
        is_passed_on,
    )


def _sender(author: Any) -> tuple[str, str]:
    """Return the name that is shown and the user name."""
    if not isinstance(author, dict):
        return "", ""
    name, digits = _shown(author.get("name")), _shown(author.get("discriminator"))
    handle = name if digits in _NO_DIGITS else f"{name}#{digits}"
    return _shown(author.get("nickname")) or name, handle


def _shown(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


DISCORD = Export(
    "discord",
    "a Discord channel (DiscordChatExporter JSON)",
    "messages",
    _chunks,
    sniff=_is_export,
)
EXPORTS = (DISCORD, PACKAGE)
