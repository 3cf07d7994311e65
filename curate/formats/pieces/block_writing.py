"""The row's messages to turns made of typed blocks; `blocks` is the way back.

A leading system message stands outside the turns. What the blocks have no place for (weights,
names, refusals, a system turn in the middle) is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from curate.finding import Hit
from curate.formats.pieces.blocks import ORDER, Block, Media, Reading, grouped, is_plain
from curate.formats.pieces.calls import arguments_value, other_calls, rests_of
from curate.formats.pieces.held_json import parse
from curate.formats.pieces.messages import extra_of, report_lost, take_audio, without_taken
from curate.formats.pieces.parts import FRAMES, REF_KEY, lose_extra
from curate.row import Message, Part, Role, ToolCall

Numbered = list[tuple[int, Message]]
_LOST: Final = ("name", "weight", "refusal", "tool_call_id")


@dataclass(slots=True)
class Writer:
    """One column of a row on its way to a list of turns.

    Attributes:
        hits: Gets the losses, with pointers into the row.
        layout: The row's layout.
        media: The row's media list.
        column: Pointer to the column.
        callers: The call that each result answers, by the result's place in the row and its id.
    """

    hits: list[Hit]
    layout: Mapping[str, Any]
    media: Sequence[Media]
    column: str = "/messages"
    callers: dict[tuple[int, str | None], ToolCall] = field(default_factory=dict)

    def lose(self, code: str, pointer: str, why: str, value: Any = None) -> None:
        """Report a loss."""
        self.hits.append(Hit(code, pointer, why, value))


@dataclass(frozen=True, slots=True)
class Writing:
    """How a dialect's turns are written.

    Attributes:
        reading: How they are read.
        blank: Whether the arguments of a call may be missing.
        text: A text as a block.
        part: A part as a block; None, with a loss, where there is none for it.
        call: A call as a block: its arguments as an object, what was put aside for it.
        result: A tool message as a block, with its own keys; None, with a loss, where there is no
            call that it answers.
        think: Reasoning as a block; takes what belongs to it out of the message's extra.
        inner: Whether `call` also keeps what was put aside for the call's function.
    """

    reading: Reading
    blank: bool
    text: Callable[[str], Block]
    part: Callable[[Part, Writer, str], Block | None]
    call: Callable[[ToolCall, Any, dict[str, Any], Writer], Block]
    result: Callable[[int, Message, dict[str, Any], Writer], Block | None]
    think: Callable[[str, dict[str, Any]], Block]
    inner: bool = False


def write_turns(messages: Numbered, writer: Writer, writing: Writing) -> list[Block]:
    """Return messages as turns.

    Args:
        messages: The messages behind the system message, each with its index in the row; a system
            message at their head stays a turn where the dialect has a word for it.
        writer: The column.
        writing: The dialect.
    """
    kept: Numbered = []
    gone = other_calls([message for _, message in messages])
    for at, message in messages:
        role = message["role"]
        if role == "tool" and message.get("tool_call_id") in gone:
            why = "the result of a call that is no function's has no place"
            writer.lose("LOS010", f"{writer.column}/{at}", why, message.get("content"))
            continue
        if role == "developer" or (
            role == "system" and (kept or role not in writing.reading.usual)
        ):
            why = "a system turn that is not the first has no place"
            writer.lose("LOS002", f"{writer.column}/{at}", why, message.get("content"))
        else:
            kept.append((at, message))
    plain = [message for _, message in kept]
    counts: list[int] = writer.layout.get("turns") or []
    if not _fits(counts, plain):
        counts = grouped(plain)
    turns: list[Block] = []
    start = 0
    for count in counts:
        turn = _write_turn(kept[start : start + count], len(turns), writer, writing)
        if turn is not None:
            turns.append(turn)
        start += count
    return turns


def _fits(counts: Any, messages: Sequence[Message]) -> bool:
    """Return whether remembered counts still cut the messages into turns."""
    if not isinstance(counts, list) or not all(type(n) is int and n > 0 for n in counts):
        return False
    ends = {sum(counts[: n + 1]) - 1 for n in range(len(counts))}
    if sum(counts) != len(messages):
        return False
    return all(at in ends for at, message in enumerate(messages) if message["role"] != "tool")


def _write_turn(group: Numbered, index: int, writer: Writer, writing: Writing) -> Block | None:
    at, last = group[-1]
    role: Role = "user" if last["role"] == "tool" else last["role"]
    key, strings = writing.reading.key, writing.reading.strings
    turn = _turn(role, index, writer, writing.reading)
    if len(group) == 1 and len(last) == 2 and "content" in last and role == last["role"]:
        content = last["content"]
        return {**turn, key: content if strings else [writing.text(content)]}
    kinds: dict[str, list[Block]] = {kind: [] for kind in ORDER}
    own: dict[str, Any] = {}
    for place, message in group:
        if message["role"] == "tool":
            extra = extra_of(message)
            if isinstance(extra.get("turn"), dict):
                _lose_keys(own, writer, place)
                own = extra.pop("turn")
            block = writing.result(place, message, extra, writer)
            if block is not None:
                kinds["r"].append(block)
    text = None
    if last["role"] != "tool":
        _lose_keys(own, writer, group[0][0])
        own = extra_of(last)
        text = _write_rest(at, last, own, kinds, writer, writing)
    elif not kinds["r"]:
        return None
    without_taken(own, {"role", key}, writer.hits, f"{writer.column}/{at}")
    return {**own, **turn, key: _ordered(kinds, index, writer) if text is None else text}


def _lose_keys(own: Block, writer: Writer, place: int) -> None:
    """Report the keys of a turn of results that has become part of another turn."""
    if own:
        pointer = f"{writer.column}/{place}/extra"
        writer.lose("LOS032", pointer, "the keys of a turn of results have no place", own)


def _turn(role: Role, index: int, writer: Writer, reading: Reading) -> Block:
    """Return the turn's role, by the word that it came with where that still says the same."""
    words = writer.layout.get("turn_roles")
    if not words:
        return {"role": reading.usual[role]}
    word = words.get(str(index), "")
    if word is None and role == "user" and reading.roleless:
        return {}
    known = isinstance(word, str) and reading.words.get(word) == role
    return {"role": word if known else reading.usual[role]}


def _ordered(kinds: dict[str, list[Block]], index: int, writer: Writer) -> list[Block]:
    """Return the blocks in the order that they came in, where it is known."""
    remembered = writer.layout.get("blocks")
    if not remembered:
        return [*kinds["r"], *kinds["t"], *kinds["p"], *kinds["c"]]
    order = remembered.get(str(index))
    have = "".join(kind * len(kinds[kind]) for kind in ORDER)
    if isinstance(order, str) and sorted(order) == sorted(have):
        queues = {kind: iter(blocks) for kind, blocks in kinds.items()}
        return [next(queues[kind]) for kind in order]
    return [block for kind in ORDER for block in kinds[kind]]


def _write_rest(
    at: int,
    message: Message,
    extra: dict[str, Any],
    kinds: dict[str, list[Block]],
    writer: Writer,
    writing: Writing,
) -> str | None:
    """Write all but the results into `kinds`; returns the text where it stands for the list."""
    pointer = f"{writer.column}/{at}"
    report_lost(message, _LOST, writer.hits, pointer)
    take_audio(message, extra, writer.hits, f"{pointer}/extra")
    if (reasoning := message.get("reasoning")) is not None:
        kinds["t"].append(writing.think(reasoning, extra))
    calls = message.get("tool_calls") or []
    rests = rests_of(extra.get("tool_calls"), len(calls)) if calls else None
    if rests is not None:
        del extra["tool_calls"]
    for index, call in enumerate(calls):
        where = f"{pointer}/tool_calls/{index}"
        if call["type"] != "function":
            writer.lose(
                "LOS010", where, f"a call of type {call['type']} has no place", call["name"]
            )
            continue
        given = None
        if call["arguments"] or not writing.blank:
            given = arguments_value(
                call["arguments"], "object", writer.layout, writer.hits, f"{where}/arguments"
            )
        more = dict(rests[index]) if rests else {}
        _lose_openai(more, writer, where, writing.inner)
        kinds["c"].append(writing.call(call, given, more, writer))
    return _write_content(message, pointer, kinds, writer, writing)


def _lose_openai(more: dict[str, Any], writer: Writer, pointer: str, inner: bool) -> None:
    """Take out the keys of a call that only OpenAI's calls have, and report them."""
    for key in ("custom", "type", "id", *(() if inner else ("function",))):
        if key in more:
            value = more.pop(key)
            code = "LOS030" if value is None else "LOS032"
            writer.lose(code, pointer, f"the key {key} of the call has no place", value)


def _write_content(
    message: Message,
    pointer: str,
    kinds: dict[str, list[Block]],
    writer: Writer,
    writing: Writing,
) -> str | None:
    others = any(kinds.values())
    content, parts = message.get("content"), message.get("parts")
    if content is not None:
        if not others and writing.reading.strings:
            return content
        if content or not others:
            kinds["p"].append(writing.text(content))
        else:
            writer.lose("LOS030", f"{pointer}/content", "an empty text beside blocks is left out")
    elif parts is None:
        if not (kinds["c"] or kinds["t"]):
            writer.lose("LOS030", pointer, "a message without content becomes an empty one")
        if not others and writing.reading.strings:
            return ""
    else:
        if is_plain(parts, others) and (others or not writing.reading.strings):
            writer.lose("LOS023", f"{pointer}/parts", "one text part is the same as plain text")
        elif not parts and others:
            writer.lose("LOS030", f"{pointer}/parts", "no parts and no content are the same")
        for index, part in enumerate(parts):
            block = writing.part(part, writer, f"{pointer}/parts/{index}")
            if block is not None:
                kinds["p"].append(block)
    return None


def split_system(
    messages: Numbered, writer: Writer, keep: bool = False
) -> tuple[Message | None, Numbered]:
    """Return the leading system message and the messages behind it.

    Further leading system messages are merged with it (LOS005), a developer message becomes one
    (LOS003).

    Args:
        messages: The messages, each with its index in the row.
        writer: Gets the losses.
        keep: The row's system message came as a turn, and stays one.
    """
    count = 0
    while count < len(messages) and messages[count][1]["role"] in ("system", "developer"):
        count += 1
    if not count or keep:
        return None, messages
    for at, message in messages[:count]:
        if message["role"] == "developer":
            writer.lose("LOS003", f"{writer.column}/{at}/role", "the developer role becomes system")
        lost = (*_LOST, "reasoning", "tool_calls", *(("extra",) if count > 1 else ()))
        report_lost(message, lost, writer.hits, f"{writer.column}/{at}")
    first = messages[0][1]
    if count > 1:
        why = f"{count} system turns become one"
        writer.lose("LOS005", f"{writer.column}/{messages[1][0]}", why)
        parts = [part for _, message in messages[:count] for part in _parts_of(message)]
        first = {"role": "system", "parts": parts}
    return first, messages[count:]


def _parts_of(message: Message) -> list[Part]:
    content = message.get("content")
    return message.get("parts") or ([{"type": "text", "text": content}] if content else [])


def named_results(messages: Numbered, writer: Writer) -> None:
    """Find the call that each result answers: by its id, else by its order."""
    waiting: list[ToolCall] = []
    for at, message in messages:
        if message["role"] != "tool":
            waiting = list(message.get("tool_calls") or ())
            continue
        own = message.get("tool_call_id")
        fitting = [call for call in waiting if own is None or call.get("id") == own]
        if fitting:
            writer.callers[at, own] = fitting[0]
            waiting.remove(fitting[0])


def file_of(
    part: Part, writer: Writer, pointer: str, kinds: Collection[str]
) -> tuple[Media, dict[str, Any]] | None:
    """Return what a part points at and its other keys; None, with a loss, for other kinds.

    Keys that only OpenAI's parts have are reported: `detail` (LOS038), `filename` (LOS032), a file
    on OpenAI's servers and a video made of frames (LOS022).
    """
    extra: dict[str, Any] = parse(part["extra"]) if "extra" in part else {}
    entry = writer.media[part["media"]]
    held = extra.pop(REF_KEY, None)
    if entry["type"] not in kinds or held == "file_id" or FRAMES in extra:
        lost_part(part, writer, pointer)
        return None
    foreign: dict[str, Any] = {
        key: extra.pop(key) for key in ("detail", "filename") if key in extra
    }
    lose_extra(foreign, writer.hits, pointer)
    return entry, extra


def lost_part(part: Part, writer: Writer, pointer: str) -> None:
    """Report a part that the dialect has no block for: a refusal (LOS020), or media (LOS022)."""
    if part["type"] == "refusal":
        writer.lose("LOS020", pointer, "the refusal has no place", part.get("text"))
    else:
        writer.lose("LOS022", pointer, f"a part of type {part['type']} has no place")


def lose_from_result(message: Message, writer: Writer, pointer: str, *names: str) -> None:
    """Report what a tool message has and a result has no place for."""
    lost = ("weight", "refusal", "reasoning", "tool_calls", *names)
    report_lost(message, lost, writer.hits, pointer)
