"""What the message codecs share: message text, per-message extras, and losses of fields."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from curate.errors import printable
from curate.finding import Hit
from curate.formats.pieces.held_json import parse
from curate.formats.pieces.reasoning import put_thought
from curate.row import Message

LOSS_OF: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("LOS019", "the message's name has no place"),
    "refusal": ("LOS020", "the refusal has no place"),
    "reasoning": ("LOS021", "the reasoning has no place of its own"),
    "tool_call_id": ("LOS012", "the id of the call that is answered has no place"),
    "extra": ("LOS032", "keys beside the format's own have no place in a message"),
    "tool_calls": ("LOS010", "tool calls have no place"),
}


def report_lost(message: Message, fields: Iterable[str], hits: list[Hit], pointer: str) -> None:
    """Append a loss for each of the fields that the message has; `weight` by its value.

    A weight of 1 on an assistant turn is what an absent weight means to every trainer that reads
    weights, so its loss is LOS030; any other weight changes what is trained (LOS018).
    """
    if len(message) == 2 and "content" in message:
        return
    for field in fields:
        value = message.get(field)
        if value is None:
            continue
        if field == "weight":
            code, why = "LOS018", "the weight has no place"
            if value == 1 and message["role"] == "assistant":
                code, why = "LOS030", "a weight of 1 becomes no weight"
        elif field == "extra":
            _report_extra(message, hits, f"{pointer}/{field}")
            continue
        else:
            code, why = LOSS_OF[field]
        hits.append(Hit(code, f"{pointer}/{field}", why, value))


def _report_extra(message: Message, hits: list[Hit], pointer: str) -> None:
    """Report the keys kept aside (LOS032), and a spoken answer by its own code (LOS035)."""
    extra = extra_of(message)
    if take_audio(message, extra, hits, pointer) and not extra:
        return
    code, why = LOSS_OF["extra"]
    hits.append(Hit(code, pointer, why, message.get("extra")))


def take_audio(message: Message, extra: dict[str, Any], hits: list[Hit], pointer: str) -> bool:
    """Take out what names an earlier spoken answer (LOS035); return whether it was there.

    Args:
        message: The message.
        extra: Its keys kept aside, from which `audio` goes.
        hits: Gets the loss.
        pointer: Where the keys stand.
    """
    if message["role"] != "assistant" or not isinstance(extra.get("audio"), dict):
        return False
    why = "the spoken answer that audio names has no place"
    hits.append(Hit("LOS035", pointer, why, extra.pop("audio")))
    return True


def text_of(message: Message, hits: list[Hit], pointer: str) -> str:
    """Return a message's text for a format that holds one string.

    Text parts are put together with nothing between them, as chat templates render them (LOS023);
    other parts have no place (LOS022). A message without content gives "" (LOS030) unless it
    carries calls.
    """
    content = message.get("content")
    if content is not None:
        return content
    parts = message.get("parts")
    if parts is None:
        if not message.get("tool_calls"):
            hits.append(Hit("LOS030", pointer, "a message without content becomes an empty one"))
        return ""
    hits.append(Hit("LOS023", f"{pointer}/parts", f"{len(parts)} part(s) become one text"))
    texts = []
    for index, part in enumerate(parts):
        if part["type"] == "text" and "media" not in part:
            texts.append(part.get("text") or "")
        else:
            why = f"a part of type {part['type']} has no place in text"
            hits.append(Hit("LOS022", f"{pointer}/parts/{index}", why))
    return "".join(texts)


def with_reasoning(message: Message, text: str, hits: list[Hit], pointer: str) -> str:
    """Return the text with the message's reasoning as a leading `<think>` block (LOS036).

    LLaMA-Factory's README asks for reasoning in that place; read again it is part of the text,
    until it is asked for as a field. Reasoning that holds the block's own tags would not come back
    as it is (LOS021).
    """
    reasoning = message.get("reasoning")
    if reasoning is None:
        return text
    if "think>" in reasoning:
        why = "the reasoning holds a tag of the <think> block that it becomes"
        hits.append(Hit("LOS021", f"{pointer}/reasoning", why, reasoning))
    else:
        why = "the reasoning becomes a <think> block of the text"
        hits.append(Hit("LOS036", f"{pointer}/reasoning", why))
    return put_thought(reasoning, text)


def without_taken(
    extra: dict[str, Any], taken: Container[str], hits: list[Hit], pointer: str
) -> dict[str, Any]:
    """Return what was put aside in a message, less the keys that mean something else (LOS032)."""
    for key in [key for key in extra if key in taken]:
        why = f"the key {key} was kept aside; in this format the name is taken"
        hits.append(Hit("LOS032", f"{pointer}/extra", why, extra.pop(key)))
    return extra


def extra_of(message: Message) -> dict[str, Any]:
    """Return the keys that a decoder put aside in a message, {} for none."""
    text = message.get("extra")
    value = parse(text) if text else None
    return value if isinstance(value, dict) else {}


_ALIASES: Final[Mapping[str, str]] = {
    "human": "user",
    "prompter": "user",
    "gpt": "assistant",
    "bot": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "chatbot": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "functionresponse": "tool",
    "toolresponse": "tool",
    "functioncall": "function_call",
    "toolcall": "function_call",
    "function": "tool",
}


def _plain(role: str) -> str:
    return "".join(sign for sign in role.casefold() if sign.isalnum())


# One letter wrong, missing or doubled in a word of four letters is 0.75.
_NEAR: Final = 0.75


def unknown_role(role: str, known: Mapping[str, str], hits: list[Hit], pointer: str) -> None:
    """Append TRN001 for a role that a format does not know, with the role that was likely meant.

    Args:
        role: The role found.
        known: The format's role words, each with the row's role that it stands for.
        hits: Gets the fault.
        pointer: Where the role stands.
    """
    plain = _plain(role)
    words = {_plain(word): word for word in known}
    near = get_close_matches(plain, [*words, *known.values(), *_ALIASES], n=1, cutoff=_NEAR)
    said = plain if plain in words or plain in _ALIASES else near[0] if near else plain
    meant = words.get(said)
    fix = None
    alias = _ALIASES.get(said, said if said in known.values() else None)
    if meant is None and alias is not None:
        word = next((w for w, r in known.items() if alias in (w, r)), None)
        turn = "a tool call" if alias == "function_call" else f"the {alias}"
        fix = f"if {printable(role)!r} stands for {turn}, write {word!r}" if word else None
    expected = ", ".join(known)
    if meant:
        fix = f"did you mean {meant!r}?"
    hits.append(Hit("TRN001", pointer, f"unknown role; expected one of {expected}", role, fix))
