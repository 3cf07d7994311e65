"""Chats that WhatsApp exports as text: `_chat.txt` (iPhone), `WhatsApp Chat with X.txt` (Android).

A message begins with a date and a time in the order, the script and the punctuation of the phone's
language; its later lines have no head. What is a head is decided by the first one: other shapes
are text, such as a chat that somebody pasted. The file is read twice: first for the order of the
numbers in dates and for names that hold colons, then for the messages.
Source: WhatsApp Help Center, "How to export your chat history"; lucasrodes/whatstk
`header_format_support.json` (96 shapes); Unicode CLDR 46 (marks of the half of the day).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.streams import open_bytes
from curate.files.tree import Tree
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.turns import conversation_chunks
from curate.sources.chat.whatsapp.dates import HEAD, Numbers, Order, day_of, seconds_of
from curate.sources.chat.whatsapp.lines import Message, heads, messages
from curate.sources.chat.whatsapp.names import LEVELS, Names
from curate.sources.chat.whatsapp.notices import words_of

__all__ = ["EXPORTS", "is_whatsapp"]

_NAMED = re.compile(r"(?:.*whatsapp.*|_chat.*)\.txt", re.IGNORECASE)
_DAY = 86_400
_FIELDS = ("a", "b", "c", "hour", "minute", "second", "before", "after")
_FEWEST_HEADS = 3


def is_whatsapp(head: bytes, name: str) -> bool:
    """Return whether a text file is a WhatsApp chat.

    The first line that is not blank must be a head. A file that is named as WhatsApp names it
    needs one message of a person; any other needs three heads, of which most have a sender, and on
    average each sender two messages. Logs of programs (`INFO: …`) are none.
    """
    if PurePosixPath(name).suffix.lower() not in (".txt", ""):
        return False
    text = head.decode("utf-8", "ignore").lstrip("\ufeff\r\n\t ")
    if HEAD.match(text) is None:
        return False
    names = Names()
    found = [names.split(match["rest"].rstrip("\r")) for match in HEAD.finditer(text)]
    senders = [pair[0] for pair in found if pair is not None]
    if not senders or {sender.casefold() for sender in senders} <= LEVELS:
        return False
    if _NAMED.fullmatch(PurePosixPath(name).name):
        return True
    enough = len(found) >= _FEWEST_HEADS and 2 * len(senders) > len(found)
    return enough and 2 * len(set(senders)) <= len(senders)


def _claim(tree: Tree) -> list[str]:
    texts = (name for name in tree.names if name.lower().endswith(".txt"))
    return [name for name in texts if is_whatsapp(tree.head(name), name)]


def _chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield the conversations of a chat; the chat is named as its file is."""
    with open_bytes(source, limits) as opened:
        survey = _Survey(heads(opened.stream, limits))
    name = _name(source)
    with open_bytes(source, limits) as opened:
        said = survey.read(messages(opened.stream, limits))
        chat = Chat(name, name, source.path, said, dated=survey.order is not None)
        yield from conversation_chunks(source, [chat], reading)
        if opened.damage is not None:
            yield Chunk(source, notes=[(1, 0, opened.damage)])


def _name(source: Source) -> str:
    """Return the name of a chat's file, or of what holds it where all chats have the same name."""
    path = PurePosixPath(source.member or source.path)
    if path.stem.startswith("_chat"):
        path = path.parent if path.parent.name else PurePosixPath(source.path)
    return path.stem


class _Survey:
    """What is known of a chat only once all of it was seen.

    Attributes:
        order: The order of the numbers in its dates; None where it is unknown.
    """

    def __init__(self, found: Iterator[re.Match[str]]) -> None:
        order, names = Order(), Names()
        last: Numbers = ("", "", "")
        for head in found:
            a, b, c, separator, rest = head.group("a", "b", "c", "sep", "rest")
            if (a, b, c) != last:
                last = a, b, c
                order.see(last, separator)
            names.see(rest)
        names.settle()
        self.order, self._names = order.decided(), names
        self._last, self._count = last, 0
        self._day: int | None = None

    def read(self, found: Iterator[Message]) -> Iterator[Said]:
        """Yield the messages in the order of the file."""
        self._last, self._count = ("", "", ""), 0
        unsure = self.order is None
        for message in found:
            if unsure and message.head is not None:
                unknown = "days and months of the dates cannot be told apart"
                yield Said("", "", line=message.line, fault=Hit("SRC075", "", unknown))
                unsure = False
            yield self._said(message)

    def _said(self, message: Message) -> Said:
        head, line, offset = message.head, message.line, message.offset
        if head is None:
            return Said("", "", line=line, offset=offset, fault=message.fault)
        time = self._time(head)
        rest = head["rest"]
        pair = self._names.split(rest[:-1] if rest.endswith("\r") else rest)
        if pair is None:
            notice = Hit("SRC074", "", "a notice of the application")
            return Said("", "", time, line=line, offset=offset, fault=notice)
        text, fault = words_of(pair[1] + message.more)
        return Said(pair[0], text, time, line=line, offset=offset, fault=message.fault or fault)

    def _time(self, head: re.Match[str]) -> float | None:
        a, b, c, *clock = head.group(*_FIELDS)
        numbers, seconds = (a, b, c), seconds_of(*clock)
        if self.order is None:
            if numbers != self._last:
                self._last, self._count = numbers, self._count + 1
            # Two days apart: how much time passed between them is not known.
            return 2.0 * _DAY * self._count + (seconds or 0)
        if numbers != self._last:
            self._last, self._day = numbers, day_of(numbers, self.order)
        if self._day is None or seconds is None:
            return None
        return float(self._day * _DAY + seconds)


EXPORTS = (
    Export(
        name="whatsapp",
        title="a WhatsApp chat exported as text (_chat.txt, WhatsApp Chat with X.txt)",
        columns="messages",
        chunks=_chunks,
        sniff=is_whatsapp,
        claim=_claim,
    ),
)
