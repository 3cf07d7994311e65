"""What a hosted service takes of OpenAI's messages, and a row's messages made to fit it.

Services read OpenAI's lines but fewer roles, keys and parts. Each loss is reported; what is left
is written by the codec of OpenAI's messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from curate.finding import Hit
from curate.formats.pieces.calls import other_calls
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.inline_media import inline
from curate.formats.pieces.messages import (
    extra_of,
    report_lost,
    take_audio,
    text_of,
    with_reasoning,
)
from curate.row import Message, Part, ToolCall

Numbered = list[tuple[int, Message]]
GLUE: Final = "\n\n"
_URLS: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Service:
    """What one service takes.

    Attributes:
        title: Its name in messages.
        lost: Fields of a message that it has no key for.
        carriers: Keys that it reads reasoning from, the usual one first; none: it has no such key.
        developer: Whether it knows the developer role.
        modern: Whether it reads only function calls in `tool_calls`, and no unknown keys.
        media: Kinds of media that it takes, in the user's turns.
        by_url: Whether media may be a URL, and not data alone.
        joined: Whether parts without media are written as one text.
        alternates: Whether user and assistant alternate, the user first.
        ends: Whether the assistant's turn must be the last.
    """

    title: str
    lost: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    developer: bool = False
    modern: bool = True
    media: frozenset[str] = frozenset({"image"})
    by_url: bool = False
    joined: bool = True
    alternates: bool = False
    ends: bool = False


def fitted(
    messages: Sequence[Message],
    media: Sequence[Mapping[str, Any]],
    service: Service,
    hits: list[Hit],
) -> Numbered:
    """Return the messages that a service takes, each with its index in the row.

    Args:
        messages: The row's messages.
        media: The row's media list.
        service: The service.
        hits: Gets the losses.
    """
    gone = other_calls(messages) if service.modern else set()
    numbered: Numbered = []
    for at, message in enumerate(messages):
        pointer = f"/messages/{at}"
        if message["role"] == "tool" and message.get("tool_call_id") in gone:
            why = "the result of a call that is no function's has no place"
            hits.append(Hit("LOS010", pointer, why, message.get("content")))
        else:
            numbered.append((at, _fit(message, pointer, media, service, hits)))
    if not service.developer:
        numbered = _one_system(numbered, hits)
    if service.alternates:
        numbered = _alternating(numbered, hits)
    if service.ends:
        numbered = _ended(numbered, hits)
    return numbered


def _fit(
    message: Message,
    pointer: str,
    media: Sequence[Mapping[str, Any]],
    service: Service,
    hits: list[Hit],
) -> Message:
    if len(message) == 2 and "content" in message and message["role"] != "developer":
        return message
    kept: Any = dict(message)
    if message["role"] == "developer" and not service.developer:
        hits.append(Hit("LOS003", f"{pointer}/role", "the developer role becomes system"))
        kept["role"] = "system"
    lost = [name for name in service.lost if name in message]
    if _weight_lost(message):
        lost.append("weight")
    report_lost(message, lost, hits, pointer)
    for name in lost:
        del kept[name]
    if "extra" in message:
        _fit_extra(message, kept, pointer, service, hits)
    if "tool_calls" in message and service.modern:
        calls = _function_calls(message, pointer, service, hits)
        if calls or not message["tool_calls"]:
            kept["tool_calls"] = calls
        else:
            del kept["tool_calls"]
    if "parts" in message:
        _fit_parts(message, kept, pointer, media, service, hits)
    if "reasoning" in message and not service.carriers:
        _fold_reasoning(kept, hits, pointer)
    return cast(Message, kept)


def _weight_lost(message: Message) -> bool:
    """Return whether a weight is not the 0 or 1 of an assistant's turn."""
    weight = message.get("weight")
    return weight is not None and (message["role"] != "assistant" or weight not in (0, 1))


def _fit_extra(
    message: Message, kept: dict[str, Any], pointer: str, service: Service, hits: list[Hit]
) -> None:
    extra = extra_of(message)
    if service.modern:
        take_audio(message, extra, hits, f"{pointer}/extra")
    own = {"tool_calls"} if "tool_calls" in message else set()
    for key in [key for key in extra if service.modern and key not in own]:
        why = f"{service.title} takes no key {key} in a message"
        hits.append(Hit("LOS032", f"{pointer}/extra", why, extra.pop(key)))
    if extra:
        kept["extra"] = dump(extra)
    else:
        del kept["extra"]


def _function_calls(
    message: Message, pointer: str, service: Service, hits: list[Hit]
) -> list[ToolCall]:
    calls = message["tool_calls"]
    for index, call in enumerate(calls):
        if call["type"] != "function":
            why = f"{service.title} takes no call of type {call['type']}"
            hits.append(Hit("LOS010", f"{pointer}/tool_calls/{index}/type", why, call["type"]))
    return [call for call in calls if call["type"] == "function"]


def _fit_parts(
    message: Message,
    kept: dict[str, Any],
    pointer: str,
    media: Sequence[Mapping[str, Any]],
    service: Service,
    hits: list[Hit],
) -> None:
    parts: list[Part] = []
    for index, part in enumerate(message["parts"]):
        where = f"{pointer}/parts/{index}"
        if "media" in part:
            why = _media_refused(media[part["media"]], message["role"], service)
            if why is None:
                parts.append(part)
            else:
                hits.append(Hit("LOS022", where, why, media[part["media"]]["ref"]))
        elif part["type"] == "text" or not service.modern:
            parts.append(part)
        elif part["type"] == "refusal":
            hits.append(Hit("LOS020", where, "the refusal has no place", part.get("text")))
        else:
            why = f"{service.title} takes no part of type {part['type']}"
            hits.append(Hit("LOS022", where, why))
    kept["parts"] = parts
    if service.joined and not any("media" in part for part in parts):
        del kept["parts"]
        texts: Message = {**message, "parts": parts}
        kept["content"] = text_of(texts, hits, pointer)


def _media_refused(entry: Mapping[str, Any], role: str, service: Service) -> str | None:
    if entry["type"] not in service.media:
        return f"{service.title} takes no {entry['type']}"
    if role != "user" and service.joined:
        return f"{service.title} takes media in the user's turns only"
    ref = entry["ref"]
    if inline(ref) is not None or entry["type"] == "file":
        return None
    if not service.by_url:
        return f"{service.title} takes media as base64 data only"
    return None if ref.startswith(_URLS) else f"{service.title} takes no path, but data or a URL"


def _fold_reasoning(kept: dict[str, Any], hits: list[Hit], pointer: str) -> None:
    message = cast(Message, kept)
    if (parts := message.get("parts")) is not None:
        text = with_reasoning(message, "", hits, pointer)
        kept["parts"] = [{"type": "text", "text": text}, *parts]
    else:
        kept["content"] = with_reasoning(message, message.get("content") or "", hits, pointer)
    del kept["reasoning"]


def _one_system(numbered: Numbered, hits: list[Hit]) -> Numbered:
    """Return the messages with at most one system message, the first."""
    found: Numbered = []
    for at, message in numbered:
        if message["role"] != "system" or not found:
            found.append((at, message))
        elif len(found) == 1 and _joinable(found[0][1], message):
            hits.append(Hit("LOS005", f"/messages/{at}", "two system turns become one"))
            found[0] = (found[0][0], _joined(found[0][1], message))
        else:
            why = "a system turn that is not the first has no place"
            hits.append(Hit("LOS002", f"/messages/{at}", why, message.get("content")))
    return found


def _joinable(first: Message, second: Message) -> bool:
    if first["role"] != second["role"] or first["role"] == "tool":
        return False
    plain = {"role", "content", "weight"}
    alike = first.get("weight") == second.get("weight")
    return alike and all("content" in m and m.keys() <= plain for m in (first, second))


def _joined(first: Message, second: Message) -> Message:
    return {**first, "content": f"{first['content']}{GLUE}{second['content']}"}


def _alternating(numbered: Numbered, hits: list[Hit]) -> Numbered:
    """Return the messages with user and assistant in turn, the user first."""
    found: Numbered = []
    asked = False
    for at, message in numbered:
        role, pointer = message["role"], f"/messages/{at}"
        asked = asked or role == "user"
        if role in ("assistant", "tool") and not asked:
            why = "the conversation does not begin with a user turn"
            hits.append(Hit("LOS007", pointer, why, message.get("content")))
            continue
        last = found[-1][1] if found else None
        if last is not None and last["role"] == role and role in ("user", "assistant"):
            if _joinable(last, message):
                hits.append(Hit("LOS005", pointer, f"two {role} turns become one"))
                found[-1] = (found[-1][0], _joined(last, message))
                continue
            why = f"two {role} turns stand in a row, and they cannot become one text"
            hits.append(Hit("LOS008", pointer, why))
        found.append((at, message))
    return found


def _ended(numbered: Numbered, hits: list[Hit]) -> Numbered:
    """Return the messages up to the last assistant turn."""
    end = len(numbered)
    while end and numbered[end - 1][1]["role"] != "assistant":
        end -= 1
    if end < len(numbered):
        why = "the conversation does not end on an assistant turn"
        hits.append(Hit("LOS006", f"/messages/{numbered[end][0]}", why))
    return numbered[:end]
