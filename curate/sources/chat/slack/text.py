"""Slack's markup as the text that people see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

# Slack cuts a message at 40,000 characters; no reference is as long as this.
_REFERENCE = re.compile(r"<([@#!]?)([^<>|\n]{1,4000})(?:\|([^<>\n]{0,4000}))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_DEEPEST = 12
_ENDS_LINE = ("rich_text_section", "rich_text_preformatted", "rich_text_quote")


def plain(text: str, name_of: Callable[[str], str]) -> str:
    """Return the text of a message with its references written out.

    `<@U1>` becomes `@` and the name, `<#C1|general>` `#general`, `<!here>` `@here`, and a link its
    label with the address in brackets where the label is another text. Entities come last, so that
    text which a person typed in angle brackets stays.

    Args:
        text: The `text` of the message.
        name_of: Returns the name of a user's id.

    Source: Slack, "Formatting text for app surfaces" (retrieving messages).
    """
    if "<" in text:
        text = _REFERENCE.sub(lambda found: _written(found, name_of), text)
    if "&" in text:
        for entity, sign in _ENTITIES:
            text = text.replace(entity, sign)
    return text


def _written(found: re.Match[str], name_of: Callable[[str], str]) -> str:
    sign, target, label = found[1], found[2], found[3] or ""
    if sign == "@":
        return "@" + (label.lstrip("@") or name_of(target))
    if sign == "#":
        return "#" + (label or target)
    if sign == "!":
        command = target.partition("^")[0]
        named = command not in ("date", "subteam")
        return "@" + command if named else label or "@" + command
    address = target.removeprefix("mailto:")
    bare = target.partition("//")[2].rstrip("/") or address
    if not label or label in (target, address, bare, bare + "/"):
        return label or address
    return f"{label} ({address})"


def of_blocks(blocks: list[dict[str, Any]], name_of: Callable[[str], str]) -> str:
    """Return the text of rich text blocks, for a message whose `text` is empty."""
    parts: list[str] = []
    _gather(blocks, name_of, parts, 0)
    return "".join(parts).strip("\n")


def _gather(
    elements: list[Any], name_of: Callable[[str], str], parts: list[str], depth: int
) -> None:
    if depth > _DEEPEST:
        return
    for element in elements:
        if not isinstance(element, dict):
            continue
        kind, text = element.get("type"), element.get("text")
        if kind == "user":
            parts.append("@" + name_of(str(element.get("user_id", ""))))
        elif kind == "broadcast":
            parts.append("@" + str(element.get("range", "")))
        elif kind == "link":
            parts.append(str(text or element.get("url", "")))
        elif kind == "emoji":
            parts.append(f":{element.get('name', '')}:")
        elif isinstance(text, str):
            parts.append(text)
        inner = element.get("elements")
        if isinstance(inner, list):
            _gather(inner, name_of, parts, depth + 1)
            if kind in _ENDS_LINE:
                parts.append("\n")
