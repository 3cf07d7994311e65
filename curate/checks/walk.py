"""Ways through a row that the rules share: its messages, its texts, and copies with other texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from curate.row import Message, Row, message_lists

SYSTEM_ROLES = ("system", "developer")
ANSWER_COLUMNS = ("chosen", "rejected", "completion")

# Besides white space: control characters, soft hyphen, zero-width and bidi signs, byte order mark.
UNSEEN = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*"
)


class Turn(NamedTuple):
    """A message and the JSON Pointer to it."""

    pointer: str
    message: Message


class Text(NamedTuple):
    """A text and where it stands; `role` is "" outside messages."""

    pointer: str
    role: str
    text: str


def turns_of(column: str, messages: Sequence[Message] | None) -> list[Turn]:
    """Return the messages of one column with their pointers; an absent column has none."""
    return [Turn(f"/{column}/{at}", message) for at, message in enumerate(messages or ())]


def dialogue(row: Row) -> list[Turn]:
    """Return the conversation up to the answer: `messages`, or the shared `prompt`."""
    column = "messages" if "messages" in row else "prompt"
    return turns_of(column, row.get(column))


def all_turns(row: Row) -> list[Turn]:
    """Return every message of the row once, in schema order."""
    return [turn for name, messages in message_lists(row) for turn in turns_of(name, messages)]


def threads(row: Row) -> list[list[Turn]]:
    """Return the whole conversations of a row: one, or prompt and answer for each answer."""
    start = dialogue(row)
    answers = [name for name in ANSWER_COLUMNS if name in row]
    return [start + turns_of(name, row[name]) for name in answers] or [start]


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing: it is empty, or white space and unseen characters."""
    return UNSEEN.fullmatch(text) is not None


def says_nothing(message: Message) -> bool:
    """Tell whether a message has no visible text, no call, no medium and no refusal."""
    if message.get("tool_calls") or not is_blank(message.get("refusal", "")):
        return False
    if any(part["type"] != "text" for part in message.get("parts") or ()):
        return False
    return is_blank(spoken(message))


def spoken(message: Message) -> str:
    """Return the text of a message: its content, or its text parts joined."""
    content = message.get("content")
    if content is not None:
        return content
    return "".join(part.get("text", "") for part in message.get("parts") or ())


def texts(row: Row) -> Iterator[Text]:
    """Yield every text that a model may read or learn, in schema order."""
    for pointer, message in all_turns(row):
        yield from _texts_of(pointer, message)
    if (text := row.get("text")) is not None:
        yield Text("/text", "", text)
    for at, segment in enumerate(row.get("segments") or ()):
        yield Text(f"/segments/{at}/text", "", segment.get("text") or "")
    for at, step in enumerate(row.get("completions") or ()):
        yield Text(f"/completions/{at}", "assistant", step or "")


def _texts_of(pointer: str, message: Message) -> Iterator[Text]:
    role = message["role"]
    if (content := message.get("content")) is not None:
        yield Text(f"{pointer}/content", role, content)
    for at, part in enumerate(message.get("parts") or ()):
        if (text := part.get("text")) is not None:
            yield Text(f"{pointer}/parts/{at}/text", role, text)
    if (reasoning := message.get("reasoning")) is not None:
        yield Text(f"{pointer}/reasoning", role, reasoning)


def layout_of(row: Row) -> dict[str, Any]:
    """Return what decoding saw of the row beside its columns; empty where it saw nothing."""
    layout = row.get("layout")
    if not layout:
        return {}
    parsed: dict[str, Any] = json.loads(layout) if isinstance(layout, str) else layout
    return parsed


class Exchange(NamedTuple):
    """One question and its answer.

    Attributes:
        question: The user's text as a whole, where it stands.
        instruction: The instruction; the whole question where there is no input of its own.
        given: The text that the instruction is about (Alpaca's `input`), "" where there is none.
        answer: The answer's text, where it stands; None where nothing answers.
    """

    question: Text
    instruction: str
    given: str
    answer: Text | None


def exchanges(row: Row) -> Iterator[Exchange]:
    """Yield each plain user text of a row with the assistant's text behind it, in order.

    A row with several answers (`chosen`, `rejected`) yields its last question once for each.
    """
    split = layout_of(row).get("alpaca_split")
    for turns in threads(row):
        asked = [n for n, turn in enumerate(turns) if turn.message["role"] == "user"]
        for n in asked:
            pointer, message = turns[n]
            text = message.get("content")
            if text is None:
                continue
            cut = split if type(split) is int and n == asked[-1] else len(text)
            answer: Text | None = None
            if n + 1 < len(turns) and turns[n + 1].message["role"] == "assistant":
                at, said = turns[n + 1]
                if (content := said.get("content")) is not None:
                    answer = Text(f"{at}/content", "assistant", content)
            question = Text(f"{pointer}/content", "user", text)
            yield Exchange(question, text[:cut], text[cut:].lstrip("\n"), answer)


def with_texts(row: Row, change: Callable[[str], str], roles: Sequence[str] | None = None) -> Row:
    """Return the row with every text changed, or only those of messages of some roles."""
    changed = dict(row)
    for name, messages in message_lists(row):
        changed[name] = [
            message
            if roles is not None and message["role"] not in roles
            else _changed_message(message, change)
            for message in messages
        ]
    if roles is None:
        _change_other_texts(changed, change)
    return _split_again(row, changed, change)


def _split_again(old: Row, new: Row, change: Callable[[str], str]) -> Row:
    """Return `new` with `layout.alpaca_split` where instruction and input now meet.

    Where the change reached over that place, it cannot be said any more and the split is dropped.
    """
    split = layout_of(new).get("alpaca_split")
    asked = [turn.message for turn in dialogue(old) if turn.message["role"] == "user"]
    if type(split) is not int or not asked or _asked(old) == _asked(new):
        return new
    text = spoken(asked[-1])
    head = change(text[:split])
    if change(text) != head + change(text[split:]):
        return without_split(old, new)
    return with_layout(new, layout_of(new) | {"alpaca_split": len(head)})


def with_layout(row: Row, layout: dict[str, Any]) -> Row:
    """Return the row with another layout, as JSON text where it was; none where it is empty."""
    changed = without_layout(row)
    if layout:
        text = json.dumps(layout, ensure_ascii=False, separators=(",", ":"))
        changed["layout"] = text if isinstance(row["layout"], str) else layout
    return changed


def _changed_message(message: Message, change: Callable[[str], str]) -> Message:
    changed = message.copy()
    if (content := message.get("content")) is not None:
        changed["content"] = change(content)
    if (reasoning := message.get("reasoning")) is not None:
        changed["reasoning"] = change(reasoning)
    if "parts" in message:
        changed["parts"] = [
            {**part, "text": change(part["text"])} if "text" in part else part
            for part in message["parts"]
        ]
    return changed


def _change_other_texts(row: Row, change: Callable[[str], str]) -> None:
    if row.get("text") is not None:
        row["text"] = change(row["text"])
    if row.get("segments"):
        row["segments"] = [
            {**segment, "text": change(segment.get("text") or "")} for segment in row["segments"]
        ]
    if row.get("completions"):
        row["completions"] = [change(step or "") for step in row["completions"]]


def without_layout(row: Row) -> Row:
    """Return the row without its layout, which counts turns and tools as they were decoded."""
    return {key: value for key, value in row.items() if key != "layout"}


def without_split(old: Row, new: Row) -> Row:
    """Return `new` without `layout.alpaca_split` if a user's text is no longer that of `old`.

    The split counts characters of the user's text, so it is wrong as soon as that text changes.
    """
    if "layout" not in new or _asked(old) == _asked(new):
        return new
    left = {key: value for key, value in layout_of(new).items() if key != "alpaca_split"}
    return new if left == layout_of(new) else with_layout(new, left)


def _asked(row: Row) -> list[str]:
    return [spoken(turn.message) for turn in all_turns(row) if turn.message["role"] == "user"]
