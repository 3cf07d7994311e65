"""Messages become conversations: one person is the assistant, everybody else is the user.

What stands in a row is decided here for every kind of chat:

- A silence longer than `gap_minutes`, or a jump back of the clock by as much, begins a new
  conversation. So does a message of mine that follows a picture of somebody else's and no words:
  what it answers is not in the text. A reply to an older message joins nothing. A thread is one
  conversation whatever silences are in it.
- Messages that follow each other from one side are one turn. Those of one sender within
  `merge_minutes` are lines of a paragraph; later ones, and other senders', are paragraphs.
- Where several others speak in a conversation, each of their paragraphs begins with `Name: `. The
  key `name` is not used: chat templates do not read it (TRN018).
- What is passed on is context. Mine, alone in a turn, is a turn of weight 0; beside words of mine
  it is left out and said.
- A row begins with a user turn and ends with a turn of mine that is learnt; what stands before and
  behind is said with its count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import groupby
from typing import Any

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.finding import Hit
from curate.sources.base import Reading
from curate.sources.chat.base import Chat, Said
from curate.sources.chat.me import Me
from curate.sources.chat.records import Records

# A conversation without silences ends where the other side begins anew, or hard at four times it.
_LONGEST_MESSAGES, _LONGEST_CHARS, _HARD = 1_000, 1 << 18, 4
_COUNTED = 100_000
_ROLES = {True: "assistant", False: "user"}
_NO_WORDS = Hit("SRC074", "", "a message without words")
_NOT_TEXT = Hit("SRC077", "", "a message holds half of a surrogate pair, which is no text")
_PASSED_ON = Hit("SRC076", "", "a message passed on beside words of mine was left out")

Place = tuple[str, int, int]


def conversation_chunks(source: Source, chats: Iterable[Chat], reading: Reading) -> Iterator[Chunk]:
    """Turn the messages of chats into records, one for each conversation.

    The result depends on the messages and the settings alone. Memory holds one conversation (at
    most 4,000 messages or about 1 MiB of text beside its longest message) and one chunk.

    Args:
        source: The export; a chat's or a message's own path takes the place of its path.
        chats: The chats in the order in which they are read; messages in the order in which they
            were said.
        reading: `me` says who is the assistant, by name, number or handle (see `Me`);
            `gap_minutes` and `merge_minutes` as their names say. Without `me` each conversation is
            set aside with SRC070.

    Yields:
        Chunks whose values are `{"messages": …, "group": …, "extra": …}`. `extra` holds `chat` (its
        name), `date` (of the first message, ISO 8601), `people` and `message_count` (how many the
        record stands for) and, where it is not 0, `replies_outside` (to messages elsewhere).
        Messages without words, and what is left out, are notes. `people` holds every sender.
    """
    weaver = _Weaver(source, reading)
    for chat in chats:
        weaver.begin(chat)
        for said in chat.messages:
            weaver.hear(said)
            if weaver.records.done:
                yield from weaver.records.done
                weaver.records.done.clear()
        weaver.end()
    weaver.close()
    yield from weaver.records.done


def mixed_chunks(
    source: Source, heard: Iterable[tuple[Chat, Said]], reading: Reading
) -> Iterator[Chunk]:
    """Turn the messages of chats that stand in one file in turn into records, as above.

    Memory holds the open conversation of each chat.

    Args:
        source: The export.
        heard: Each message with its chat, whose `messages` are not read; its key tells it.
        reading: As above.

    Yields:
        Chunks as above, conversations in the order in which they end.
    """
    weaver = _Weaver(source, reading)
    for chat, said in heard:
        weaver.turn_to(chat)
        weaver.hear(said)
        if weaver.records.done:
            yield from weaver.records.done
            weaver.records.done.clear()
    weaver.close()
    yield from weaver.records.done


@dataclass(slots=True)
class _Talk:
    """A conversation that is being heard.

    Attributes:
        messages: What was said in it.
        mine: Whether each is mine.
        chars: Length of the texts.
        unseen: Whether somebody showed a picture after my last words.
    """

    messages: list[Said] = field(default_factory=list)
    mine: list[bool] = field(default_factory=list)
    chars: int = 0
    unseen: bool = False

    def add(self, said: Said, own: bool) -> None:
        """Take one more message."""
        self.messages.append(said)
        self.mine.append(own)
        self.chars += len(said.text)
        self.unseen = False

    def too_long(self, own: bool) -> bool:
        """Return whether it ends before the next message, which is mine or not."""
        times = max(len(self.messages) / _LONGEST_MESSAGES, self.chars / _LONGEST_CHARS)
        return times >= _HARD or (times >= 1 and not own and self.mine[-1])


@dataclass(slots=True)
class _State:
    """How far a chat was heard: its open conversation, its last time, and what groups its rows."""

    chat: Chat
    talk: _Talk = field(default_factory=_Talk)
    last: float | None = None
    group: str = ""


class _Weaver:
    """Hears messages and writes records."""

    def __init__(self, source: Source, reading: Reading) -> None:
        self.records = Records(source)
        self._me = Me(reading.me)
        self._gap = reading.gap_minutes * 60.0
        self._merge = reading.merge_minutes * 60.0
        self._at = _State(Chat("", "", "", ()))
        self._open: dict[str, _State] = {}
        self._senders: set[tuple[str, str]] = set()
        self._met_me = False
        self._heard: Place = ("", 1, 0)

    def begin(self, chat: Chat) -> None:
        """Begin a chat; the one before has ended."""
        self._at = _State(chat)

    def turn_to(self, chat: Chat) -> None:
        """Go on with a chat, or begin it; the others stay open."""
        if chat is not self._at.chat:
            self._at = self._open.setdefault(chat.key, _State(chat))

    def hear(self, said: Said) -> None:
        """Take the next message of the chat."""
        own = self._met(said)
        talk, last = self._at.talk, self._at.last
        if said.time is not None:
            self._at.last = said.time
            silent = last is not None and abs(said.time - last) > self._gap
            if silent and not self._at.chat.whole:
                self.end()
                talk = self._at.talk
        if (hit := _wordless(said)) is not None:
            self.records.note(self._heard, hit)
            if talk.messages and not own and (said.sender or said.handle):
                talk.unseen = talk.mine[-1]
            return
        if talk.messages and ((own and talk.unseen) or talk.too_long(own)):
            self._write()
            talk = self._at.talk
        talk.add(said, own)

    def end(self) -> None:
        """End the conversation, and what groups it with the one before."""
        self._write()
        self._at.group = ""

    def close(self) -> None:
        """End what is open, say whether I was never met, and let the last chunk go."""
        for state in self._open.values():
            self._at = state
            self.end()
        if self._me and self._senders and not self._met_me:
            count = len(self._senders)
            found = f"none of the {count:,} people of the chats is named by --me"
            self.records.note(self._heard, Hit("SRC071", "", found))
        self.records.flush()

    def _met(self, said: Said) -> bool:
        """Remember a message's place and its sender; return whether it is mine."""
        self._heard = (said.path or self._at.chat.path, said.line, said.offset)
        if not (said.sender or said.handle):
            return False
        own = self._me.wrote(said.sender, said.handle)
        self._met_me = self._met_me or own
        if len(self._senders) < _COUNTED:
            self._senders.add((said.sender, said.handle))
        self.records.meet(said.sender, said.handle, own)
        return own

    def _write(self) -> None:
        """Write the conversation that was heard, if there is any."""
        talk, self._at.talk = self._at.talk, _Talk()
        if not talk.messages:
            return
        first = talk.messages[0]
        place = (first.path or self._at.chat.path, first.line, first.offset)
        record = _bytes(self._at.chat, talk)
        if not self._me:
            people = _people(talk.messages)
            fault = Hit("SRC070", "", f"a conversation of {people} people; --me NAME says who I am")
            self.records.add(place, record, {}, fault)
            return
        start, stop = _exchange(talk)
        if start >= stop:
            found = f"none of the {len(talk.messages):,} messages is an answer of mine"
            self.records.add(place, record, {}, Hit("SRC072", "", found))
            return
        self._at.group = self._at.group or blake2b(record, digest_size=8).hexdigest()
        self.records.add(place, record, self._row(talk, start, stop))
        self._leave_out(talk.messages[:start], "mine before the first of anybody else")
        self._leave_out(talk.messages[stop:], "behind my last answer")

    def _leave_out(self, messages: list[Said], what: str) -> None:
        if messages:
            place = (messages[0].path or self._at.chat.path, messages[0].line, messages[0].offset)
            count = f"{len(messages):,} message{'s' if len(messages) > 1 else ''}"
            self.records.note(place, Hit("SRC073", "", f"{count} {what}: in no row"))

    def _row(self, talk: _Talk, start: int, stop: int) -> dict[str, Any]:
        heard = list(zip(talk.messages[start:stop], talk.mine[start:stop], strict=True))
        others = {(said.sender, said.handle) for said, own in heard if not own}
        turns: list[dict[str, Any]] = []
        for own, side in groupby(heard, key=lambda pair: pair[1]):
            messages = [said for said, _ in side]
            turn: dict[str, Any] = {"role": _ROLES[own]}
            if own:
                learnt = [said for said in messages if not said.forwarded]
                if not learnt:
                    turn["weight"] = 0
                elif len(learnt) < len(messages):
                    self._say_passed_on(messages)
                messages = learnt or messages
            turn["content"] = self._text(messages, named=not own and len(others) > 1)
            turns.append(turn)
        return {"messages": turns, "group": self._at.group, "extra": _about(self._at.chat, talk)}

    def _say_passed_on(self, messages: list[Said]) -> None:
        for said in messages:
            if said.forwarded:
                place = (said.path or self._at.chat.path, said.line, said.offset)
                self.records.note(place, _PASSED_ON)

    def _text(self, messages: list[Said], named: bool) -> str:
        """Return the text of a turn: lines of one sender's paragraph, and paragraphs."""
        parts: list[str] = []
        before: Said | None = None
        for said in messages:
            if before is not None and self._goes_on(before, said):
                parts.append("\n")
            else:
                parts.append("\n\n" if parts else "")
                parts.append(f"{_name(said)}: " if named else "")
            parts.append(said.text)
            before = said
        return "".join(parts)

    def _goes_on(self, before: Said, said: Said) -> bool:
        if (before.sender, before.handle) != (said.sender, said.handle):
            return False
        if before.time is None or said.time is None:
            return True
        return abs(said.time - before.time) <= self._merge


def _wordless(said: Said) -> Hit | None:
    """Return why a message becomes part of no conversation, or None."""
    if said.fault is not None:
        return said.fault
    if not said.text or said.text.isspace():
        return _NO_WORDS
    try:
        said.text.encode()
    except UnicodeEncodeError:
        return _NOT_TEXT
    return None


def _exchange(talk: _Talk) -> tuple[int, int]:
    """Return from which message to which (not included) I am asked and answer; 0, 0 for none."""
    start = next((at for at, own in enumerate(talk.mine) if not own), len(talk.mine))
    for at in range(len(talk.mine) - 1, start, -1):
        if talk.mine[at] and not talk.messages[at].forwarded:
            return start, at + 1
    return 0, 0


def _bytes(chat: Chat, talk: _Talk) -> bytes:
    """Return the bytes that a conversation's record stands for: JSON of what the export says."""
    said = [[m.key, m.handle or m.sender, m.time, m.text] for m in talk.messages]
    return json.dumps([chat.key, *said], ensure_ascii=True, separators=(",", ":")).encode()


def _people(messages: list[Said]) -> int:
    return len({(said.sender, said.handle) for said in messages})


def _name(said: Said) -> str:
    return " ".join((said.sender or said.handle or "Unknown").split())


def _about(chat: Chat, talk: _Talk) -> dict[str, Any]:
    about: dict[str, Any] = {"chat": chat.name}
    if chat.dated and (date := _date(talk.messages[0].time)) is not None:
        about["date"] = date
    about["people"] = _people(talk.messages)
    about["message_count"] = len(talk.messages)
    inside = {said.key for said in talk.messages}
    outside = sum(1 for m in talk.messages if m.reply_to and m.reply_to not in inside)
    if outside:
        about["replies_outside"] = outside
    return about


def _date(time: float | None) -> str | None:
    """Return the ISO date of a time; None where it has none that a calendar knows."""
    if time is None:
        return None
    try:
        return datetime.fromtimestamp(time, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
