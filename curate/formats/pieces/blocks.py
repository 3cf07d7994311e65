"""Turns made of typed blocks to the row's messages: what Anthropic, Bedrock and Gemini share.

A turn is a list of blocks: text, thoughts, calls, results of calls, media. Results stand in the
user's turn, while the row has a message for each; so one turn may be several messages. The usual
order is results, thoughts, text and media, calls; the usual turn is a run of results with the user
message behind it. Anything else is remembered in the layout: `blocks` (turn → order, a letter for
each block: r, t, p, c), `turns` (how many messages each turn is).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from curate.finding import Hit
from curate.formats.pieces.calls import arguments_text
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import unknown_role
from curate.row import Message, Part, Role, ToolCall

Block = dict[str, Any]
Media = dict[str, Any]
ORDER: Final = "rtpc"


@dataclass(slots=True)
class Reader:
    """One record on its way to a row.

    Attributes:
        hits: Gets the faults, with pointers into the record.
        layout: Gets what the row cannot say.
        media: The row's media list.
    """

    hits: list[Hit]
    layout: dict[str, Any] = field(default_factory=dict)
    media: list[Media] = field(default_factory=list)


@dataclass(slots=True)
class Turn:
    """One turn, as its blocks are taken.

    Attributes:
        reader: The record.
        at: Pointer to the turn.
        asks: Whether it is the user's, in which results of calls stand.
    """

    reader: Reader
    at: str
    asks: bool
    order: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    rests: list[dict[str, Any]] = field(default_factory=list)
    results: list[tuple[Message, dict[str, Any]]] = field(default_factory=list)
    thought: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def text(self, text: str, rest: Mapping[str, Any]) -> None:
        """Take a text block; `rest` are its other keys."""
        part: Part = {"type": "text", "text": text}
        if rest:
            part["extra"] = dump(rest)
        self.part(part)

    def part(self, part: Part) -> None:
        """Take a block that is a part of the message."""
        self.order.append("p")
        self.parts.append(part)

    def file(self, kind: str, ref: str, mime: str | None, rest: Mapping[str, Any]) -> None:
        """Take a block that points at media."""
        part: Part = {"type": kind, "media": len(self.reader.media)}
        entry: Media = {"type": kind, "ref": ref}
        if mime:
            entry["mime"] = mime
        self.reader.media.append(entry)
        if rest:
            part["extra"] = dump(rest)
        self.part(part)

    def call(self, name: str, given: Any, own: str | None, rest: dict[str, Any]) -> None:
        """Take a call; arguments are an object as a rule, and "" where they are missing."""
        self.order.append("c")
        call: ToolCall = {"type": "function", "name": name, "arguments": ""}
        if given is not None:
            call["arguments"] = arguments_text(given, "object", self.reader.layout)
        if own is not None:
            call["id"] = own
        self.calls.append(call)
        self.rests.append(rest)

    def result(self, message: Message, rest: dict[str, Any]) -> None:
        """Take a call's result."""
        self.order.append("r")
        self.results.append((message, rest))

    def messages(self, role: Role, extra: dict[str, Any], strings: bool) -> list[Message]:
        """Return the turn as messages: each result, and the rest of it.

        Args:
            role: The role of the rest.
            extra: The turn's other keys.
            strings: Whether one text alone is usually no list.
        """
        if self.results and not (self.parts or self.calls or self.thought is not None):
            if extra:
                self.results[0][1]["turn"] = extra
            return [_with_extra(*pair) for pair in self.results]
        message: Message = {"role": role}
        others = bool(self.results or self.calls or self.thought is not None)
        if is_plain(self.parts, others) and (others or not strings):
            message["content"] = self.parts[0]["text"]
        elif self.parts or not others:
            message["parts"] = self.parts
        if self.calls:
            message["tool_calls"] = self.calls
            if any(self.rests):
                extra["tool_calls"] = self.rests
        if self.thought is not None:
            message["reasoning"] = self.thought
        made = [_with_extra(*pair) for pair in self.results]
        return [*made, _with_extra(message, {**extra, **self.more})]


def is_plain(parts: Sequence[Part], others: bool) -> bool:
    """Return whether parts are one plain text, which is the message's content.

    An empty one beside other blocks is kept as a part: a message that has calls and "" for its
    content is written without a text block, since the services refuse empty ones.
    """
    if len(parts) != 1 or parts[0].keys() != {"type", "text"} or parts[0]["type"] != "text":
        return False
    return not others or parts[0]["text"] != ""


def _with_extra(message: Message, extra: Mapping[str, Any]) -> Message:
    if extra:
        message["extra"] = dump(extra)
    return message


@dataclass(frozen=True, slots=True)
class Reading:
    """How a dialect's turns are read.

    Attributes:
        key: The turn's key that holds its blocks.
        words: The dialect's role words and the row's roles that they stand for.
        usual: The words that are written; another one is remembered (`turn_roles`).
        strings: Whether a text alone may stand in place of the list, and usually does.
        take: Takes one block, with its pointer, into the turn.
        roleless: Whether a turn may have no role; it is then the user's.
    """

    key: str
    words: Mapping[str, Role]
    usual: Mapping[Role, str]
    strings: bool
    take: Callable[[Mapping[str, Any], Turn, str], None]
    roleless: bool = False


def read_turns(
    items: Sequence[Mapping[str, Any]], reader: Reader, pointer: str, reading: Reading
) -> list[Message]:
    """Return turns as messages.

    Args:
        items: The turns, of the types that the schema states.
        reader: The record.
        pointer: Where the list stands in it.
        reading: The dialect.
    """
    messages: list[Message] = []
    counts = []
    folded = False
    for index, item in enumerate(items):
        if (only := only_text(item, reading)) is not None:
            messages.append(only)
            counts.append(1)
            continue
        made = read_turn(item, index, reader, f"{pointer}/{index}", reading)
        folded = folded or made[0]["role"] == "tool"
        messages += made
        counts.append(len(made))
    if folded and counts != grouped(messages):
        reader.layout["turns"] = counts
    return messages


def only_text(item: Mapping[str, Any], reading: Reading) -> Message | None:
    """Return a usual turn of one text as its message; None for any other."""
    if len(item) != 2 or (word := item.get("role")) is None:
        return None
    role = reading.words.get(word)
    if role is None or reading.usual[role] != word:
        return None
    blocks = item[reading.key]
    if isinstance(blocks, str):
        return {"role": role, "content": blocks}
    if reading.strings or len(blocks) != 1 or len(blocks[0]) != 1:
        return None
    text = blocks[0].get("text")
    return {"role": role, "content": text} if isinstance(text, str) else None


def read_turn(
    item: Mapping[str, Any], index: int, reader: Reader, at: str, reading: Reading
) -> list[Message]:
    """Return one turn as messages.

    Args:
        item: The turn.
        index: Its place in the list, which the layout knows it by.
        reader: The record.
        at: Pointer to the turn.
        reading: The dialect.
    """
    word = item.get("role")
    role = _role(word, index, reader, at, reading)
    blocks = item[reading.key]
    if isinstance(blocks, str) and len(item) == 2:
        return [{"role": role, "content": blocks}]
    extra = {k: v for k, v in item.items() if k not in ("role", reading.key)}
    if isinstance(blocks, str):
        return [_with_extra({"role": role, "content": blocks}, extra)]
    turn = Turn(reader, at, role == "user")
    for place, block in enumerate(blocks):
        reading.take(block, turn, f"{at}/{reading.key}/{place}")
    order = "".join(turn.order)
    if len(order) > 1 and order != "".join(sorted(order, key=ORDER.index)):
        reader.layout.setdefault("blocks", {})[str(index)] = order
    return turn.messages(role, extra, reading.strings)


def _role(word: Any, index: int, reader: Reader, at: str, reading: Reading) -> Role:
    if word is None:
        role: Role = "user"
    elif word in reading.words:
        role = reading.words[word]
    else:
        unknown_role(word, reading.words, reader.hits, f"{at}/role")
        return cast(Role, word)
    if reading.usual[role] != word:
        reader.layout.setdefault("turn_roles", {})[str(index)] = word
    return role


def grouped(messages: Sequence[Message]) -> list[int]:
    """Return how many messages each usual turn is: results go with the user message behind them."""
    counts: list[int] = []
    run = 0
    for message in messages:
        if message["role"] == "tool":
            run += 1
            continue
        if run and message["role"] != "user":
            counts.append(run)
            run = 0
        counts.append(run + 1)
        run = 0
    return [*counts, run] if run else counts
