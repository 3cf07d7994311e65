"""ms-swift's messages: tool_call and tool_response turns, and `loss` for weights.

Source: modelscope/ms-swift 4.6 `docs/source_en/Customization/Custom-dataset.md`,
`swift/dataset/preprocessor/core.py` and `swift/template/base.py`. A `tool_call` turn holds the
JSON of one call, consecutive ones are parallel, and text before them belongs to the same answer.
`loss` is true or false, `loss_scale` a factor; of a run of calls the first turn's counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curate.finding import Hit
from curate.formats.pieces.call_texts import read_call, write_call
from curate.formats.pieces.calls import answer_order, rests_of
from curate.formats.pieces.columns import mark, marked
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import (
    extra_of,
    report_lost,
    text_of,
    unknown_role,
    without_taken,
)
from curate.formats.pieces.openai_messages import decode_messages
from curate.formats.pieces.parts import Media, encode_parts
from curate.row import Message, Role

ROLE_WORDS: Mapping[str, str] = {
    "system": "system",
    "user": "user",
    "assistant": "assistant",
    "tool_call": "function_call",
    "tool_response": "tool",
    "tool": "tool",
    "developer": "developer",
}
_PLAIN: Mapping[str, Role] = {
    "system": "system",
    "user": "user",
    "assistant": "assistant",
    "developer": "developer",
    "tool_response": "tool",
}
_USUAL = frozenset({"role", "content", "loss", "loss_scale"})
_FLAGS = ("loss", "loss_scale")
_TAKEN = frozenset({"role", "content", "name", "tool_calls"})


def read_turns(
    turns: Sequence[Mapping[str, Any]],
    hits: list[Hit],
    pointer: str,
    *,
    layout: dict[str, Any],
    media: list[Media] | None = None,
    skipped: int = 0,
) -> list[Message]:
    """Return ms-swift's turns as messages; text and the calls behind it become one.

    Args:
        turns: The turns, of the types that the schema states.
        hits: Gets TRN001 for unknown roles and TOL002 for calls that are no calls.
        pointer: Where the list stands in the record.
        layout: Gets what the messages cannot say, with pointers into the record.
        media: The row's media list, which grows.
        skipped: How many turns of that list stand before these.
    """
    messages: list[Message] = []
    for index, turn in enumerate(turns, skipped):
        role = turn["role"]
        if role in _PLAIN and isinstance(turn.get("content"), str) and turn.keys() <= _USUAL:
            message: Message = {"role": _PLAIN[role], "content": turn["content"]}
            if len(turn) > 2:
                _read_flags(turn, message, f"{pointer}/{index}", layout)
            messages.append(message)
        elif role == "tool_call":
            previous = messages[-1] if messages and index > skipped else None
            _read_call(turn, previous, messages, hits, f"{pointer}/{index}", layout)
        else:
            messages.append(_read(turn, hits, f"{pointer}/{index}", layout, media))
    return messages


def _read(
    turn: Mapping[str, Any],
    hits: list[Hit],
    at: str,
    layout: dict[str, Any],
    media: list[Media] | None,
) -> Message:
    role = turn["role"]
    kept = {key: value for key, value in turn.items() if key not in _FLAGS}
    if role not in ROLE_WORDS:
        unknown_role(role, ROLE_WORDS, hits, f"{at}/role")
        kept["role"] = "user"
    elif ROLE_WORDS[role] == "tool":
        kept["role"] = "tool"
        if role == "tool":
            mark(layout, "tool_role", at)
    found: list[Hit] = []
    own: dict[str, Any] = {}
    # One item is read as if it stood at its own index, so that marks and hits point at it.
    (message,) = decode_messages([kept], found, at, layout=own, media=media)
    hits.extend(hit._replace(pointer=hit.pointer.replace(f"{at}/0", at, 1)) for hit in found)
    for key, value in own.items():
        if isinstance(value, list):
            for place in value:
                mark(layout, key, place.replace(f"{at}/0", at, 1))
        else:
            layout[key] = value
    _read_flags(turn, message, at, layout)
    if turn.get("weight") is not None and any(turn.get(key) is not None for key in _FLAGS):
        layout.setdefault("weight_beside", {})[at] = turn["weight"]
    return message


def _read_flags(turn: Mapping[str, Any], message: Message, at: str, layout: dict[str, Any]) -> None:
    loss, scale = turn.get("loss"), turn.get("loss_scale")
    for key in _FLAGS:
        if key in turn and turn[key] is None:
            mark(layout, "null", f"{at}/{key}")
    if scale is not None and loss is not False:
        message["weight"] = float(scale)
        if scale in (0, 1):
            mark(layout, "loss_scale", at)
        if loss:
            _keep(message, "loss", loss)
    elif loss is not None:
        message["weight"] = 1.0 if loss else 0.0
        if scale is not None:
            _keep(message, "loss_scale", scale)


def _keep(message: Message, key: str, value: Any) -> None:
    message["extra"] = dump({**extra_of(message), key: value})


def _read_call(
    turn: Mapping[str, Any],
    previous: Message | None,
    messages: list[Message],
    hits: list[Hit],
    at: str,
    layout: dict[str, Any],
) -> None:
    """Add a call to the answer that it belongs to, or begin one."""
    call = read_call(turn["content"], hits, f"{at}/content", layout)
    if call is None:
        messages.append({"role": "assistant"})
        return
    rest = {key: value for key, value in turn.items() if key not in ("role", "content")}
    if previous is not None and "tool_calls" in previous:
        previous["tool_calls"].append(call)
        rests = extra_of(previous).get("tool_calls") or []
        if rest or rests:
            rests += [{}] * (len(previous["tool_calls"]) - 1 - len(rests))
            _keep(previous, "tool_calls", [*rests, rest])
        return
    message: Message = {"role": "assistant", "tool_calls": [call]}
    _read_flags(turn, message, at, layout)
    kept = {key: value for key, value in rest.items() if key not in _FLAGS}
    if "weight" in message and kept.get("weight") is not None:
        layout.setdefault("weight_beside", {})[at] = kept.pop("weight")
    if kept:
        message["extra"] = dump({**kept, **extra_of(message)})
    if previous is not None and belongs(previous, message):
        previous.update(message)
    else:
        messages.append(message)


def belongs(text: Message, calls: Message) -> bool:
    """Return whether the text of one message and the calls of the next are one answer."""
    return (
        text["role"] == "assistant"
        and bool(text.get("content"))
        and text.keys() <= {"role", "content", "weight"}
        and text.get("weight") == calls.get("weight")
    )


_LOST = ("tool_call_id", "refusal")


def write_turns(
    messages: Sequence[Message],
    hits: list[Hit],
    pointer: str,
    *,
    layout: Mapping[str, Any],
    media: Sequence[Media] = (),
    at: str | None = None,
    skipped: int = 0,
    first: int = 0,
) -> list[dict[str, Any]]:
    """Return messages as ms-swift's turns; calls become turns of their own.

    Args:
        messages: The messages.
        hits: Gets the losses: LOS003, LOS005, LOS010, LOS012, LOS016 to LOS022, LOS030, LOS036.
        pointer: Where the messages stand in the row.
        layout: The row's layout.
        media: The row's media list.
        at: Where the list stands in the record, as `layout` names it; `pointer` if not given.
        skipped: How many turns of that list stand before these.
        first: The index of the first message in the row.
    """
    base = pointer if at is None else at
    turns: list[dict[str, Any]] = []
    usual = "null" not in layout
    for index in _ordered(messages, hits, pointer, first):
        message = messages[index]
        if usual and len(message) == 2 and "content" in message and message["role"] in _AS_IT_IS:
            turns.append({"role": message["role"], "content": message["content"]})
            continue
        writer = _Writer(hits, layout, media, f"{pointer}/{first + index}", base)
        made = writer.turns(message, skipped + len(turns))
        if turns and made[0]["role"] == "tool_call" and _merges(turns[-1], made[0]):
            why = "two messages of one answer; ms-swift reads them as one"
            hits.append(Hit("LOS005", writer.pointer, why))
        turns += made
    return turns


_AS_IT_IS = frozenset({"system", "user", "assistant"})


def _merges(before: Mapping[str, Any], call: Mapping[str, Any]) -> bool:
    """Return whether a call is read as one answer with the turn before it."""
    if before["role"] == "tool_call":
        return True
    return (
        before["role"] == "assistant"
        and bool(before["content"])
        and isinstance(before["content"], str)
        and before.keys() <= {"role", "content", *_FLAGS}
        and _weight(before) == _weight(call)
        and not (before.get("loss") is not None and before.get("loss_scale") is not None)
    )


def _weight(turn: Mapping[str, Any]) -> float | None:
    loss, scale = turn.get("loss"), turn.get("loss_scale")
    if scale is not None and loss is not False:
        return float(scale)
    return None if loss is None else float(loss)


@dataclass(frozen=True, slots=True)
class _Writer:
    """One message on its way to turns.

    Attributes:
        hits: Gets the losses.
        layout: The row's layout.
        media: The row's media list.
        pointer: Where the message stands in the row.
        base: Where the list of turns stands in the record.
    """

    hits: list[Hit]
    layout: Mapping[str, Any]
    media: Sequence[Media]
    pointer: str
    base: str

    def turns(self, message: Message, first: int) -> list[dict[str, Any]]:
        """Return a message as turns, of which the first has the index `first`."""
        report_lost(message, _LOST, self.hits, self.pointer)
        if message["role"] != "tool":
            report_lost(message, ("name",), self.hits, self.pointer)
        if message["role"] == "developer":
            why = "the developer role becomes system"
            self.hits.append(Hit("LOS003", f"{self.pointer}/role", why))
        calls = message.get("tool_calls") or []
        turns = []
        extra = extra_of(message)
        rests = rests_of(extra.get("tool_calls"), len(calls)) if calls else None
        if rests is not None:
            del extra["tool_calls"]
            if rests[0]:
                why = "keys of the first call become keys of its turn, which are the message's"
                self.hits.append(Hit("LOS032", f"{self.pointer}/tool_calls/0", why, rests[0]))
        without_taken(extra, _TAKEN, self.hits, self.pointer)
        if not calls or self._has_text(message):
            turn = self._text(message, f"{self.base}/{first}")
            self._flag(message, turn, extra, f"{self.base}/{first}")
            if not calls:
                self._lose_flags(extra, turn)
            turns.append(turn if calls else {**extra, **turn})
        for number, call in enumerate(calls):
            at = f"{self.base}/{first + len(turns)}"
            text = write_call(
                call, self.hits, f"{self.pointer}/tool_calls/{number}", self.layout, f"{at}/content"
            )
            turn = {"role": "tool_call", "content": text}
            if number == 0:
                self._flag(message, turn, extra, at)
                self._lose_flags(extra, turn)
                turn = {**extra, **turn}
            turns.append({**rests[number], **turn} if rests else turn)
        return turns

    def _has_text(self, message: Message) -> bool:
        if message.get("content") == "":
            why = "an empty content beside calls becomes none"
            self.hits.append(Hit("LOS030", f"{self.pointer}/content", why))
        elif message.get("parts") == []:
            why = "no parts beside calls and no content are the same"
            self.hits.append(Hit("LOS030", f"{self.pointer}/parts", why))
        if message.get("reasoning") == "":
            why = "an empty reasoning beside calls becomes none"
            self.hits.append(Hit("LOS030", f"{self.pointer}/reasoning", why))
        return bool(message.get("content") or message.get("parts") or message.get("reasoning"))

    def _text(self, message: Message, at: str) -> dict[str, Any]:
        role = message["role"]
        if role == "tool":
            word = "tool" if at in marked(self.layout, "tool_role") else "tool_response"
        else:
            word = "system" if role == "developer" else role
        turn: dict[str, Any] = {"role": word}
        if "name" in message and role == "tool":
            turn["name"] = message["name"]
        if "parts" in message and "reasoning" not in message:
            parts = encode_parts(message["parts"], self.media, self.hits, f"{self.pointer}/parts")
            return {**turn, "content": parts}
        text = message.get("content")
        if text is None:
            text = text_of(message, self.hits, self.pointer)
        if (reasoning := message.get("reasoning")) is not None:
            why = "the reasoning becomes a <think> block of the text, where ms-swift reads it"
            self.hits.append(Hit("LOS036", f"{self.pointer}/reasoning", why))
            text = f"<think>\n{reasoning}\n</think>\n\n{text}"
        return {**turn, "content": text}

    def _lose_flags(self, extra: dict[str, Any], turn: Mapping[str, Any]) -> None:
        """Report keys kept aside that would be read as what the turn trains."""
        if not extra:
            return
        for key in (*_FLAGS, "weight"):
            value = extra.get(key)
            number = isinstance(value, int | float) and isinstance(value, bool) == (key == "loss")
            if key in extra and (key in turn or not number):
                why = f"the key {key} was kept aside; in this format the name is taken"
                self.hits.append(Hit("LOS032", f"{self.pointer}/extra", why, extra.pop(key)))

    def _flag(self, message: Message, turn: dict[str, Any], extra: dict[str, Any], at: str) -> None:
        """Set the turn's loss or loss_scale from the message's weight."""
        nulls = marked(self.layout, "null")
        for key in _FLAGS if nulls else ():
            if f"{at}/{key}" in nulls:
                turn[key] = None
        weight = message.get("weight")
        if weight is None:
            return
        beside = self.layout.get("weight_beside") or {}
        if at in beside:
            turn["weight"] = beside[at]
        if weight not in (0, 1) or at in marked(self.layout, "loss_scale"):
            turn["loss_scale"] = int(weight) if weight.is_integer() else weight
            if extra.get("loss") is True:
                turn["loss"] = extra.pop("loss")
        else:
            turn["loss"] = weight == 1
            if not weight and "loss_scale" in extra:
                turn["loss_scale"] = extra.pop("loss_scale")


def _ordered(messages: Sequence[Message], hits: list[Hit], pointer: str, first: int) -> list[int]:
    """Return the messages' indexes, the results behind calls in the order of the calls."""
    order = list(range(len(messages)))
    for index, message in enumerate(messages):
        if len(message.get("tool_calls") or ()) < 2:
            continue
        end = index + 1
        while end < len(messages) and messages[end]["role"] == "tool":
            end += 1
        found = answer_order(message, messages[index + 1 : end])
        if found != list(range(len(found))):
            order[index + 1 : end] = [index + 1 + number for number in found]
            why = "the results are put in the order of the calls, which alone pairs them"
            hits.append(Hit("LOS012", f"{pointer}/{first + index + 1}/tool_call_id", why))
    return order
