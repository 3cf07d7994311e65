"""What tells records with media apart, where the columns of text are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

_IMAGES: Final = ("images", "image")


def by_items(turns: object) -> bool:
    """Return whether the content of the first message is LLaMA-Factory v1's `{type, value}`."""
    if not (type(turns) is list and turns and type(turns[0]) is dict):
        return False
    content = turns[0].get("content")
    return bool(
        type(content) is list and content and type(content[0]) is dict and "value" in content[0]
    )


def trl_images(record: Mapping[str, Any], turns: list[Any]) -> bool:
    """Return whether images stand in a column of their own as TRL has them.

    Either in the places of parts without a file, or before a conversation without tags.
    """
    if not any(record.get(name) for name in _IMAGES):
        return False
    contents = [turn.get("content") for turn in turns if type(turn) is dict]
    parts = [part for content in contents if type(content) is list for part in content]
    if parts:
        return any(_is_bare(part) for part in parts)
    return not has_tag(contents, "<image>")


def has_tag(texts: Iterable[object], tag: str) -> bool:
    """Return whether one of the texts holds a tag."""
    return any(type(text) is str and tag in text for text in texts)


def _is_bare(part: object) -> bool:
    if type(part) is not dict or part.get("type") != "image":
        return False
    return all(value is None for key, value in part.items() if key != "type")
