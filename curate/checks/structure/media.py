"""Media: parts of a message that are to be seen or heard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from curate.checks.base import Spot, rule
from curate.checks.walk import all_turns
from curate.row import Kind, Part, Row

_CHATS: tuple[Kind, ...] = ("sft", "preference", "unpaired", "prompt_only", "stepwise")
_MEDIA = frozenset(
    {
        *("image", "video", "audio", "file"),
        *("image_url", "video_url", "audio_url", "input_audio"),
        *("inlineData", "fileData"),
    }
)
_ABOUT = frozenset({"type", "format", "detail", "media_type", "mimeType", "mime_type"})


@rule("MED003", "part-without-file", severity="error", kinds=_CHATS, ordinary=True)
def part_without_file(row: Row) -> Iterator[Spot]:
    """A part is to be an image, a video, a sound or a file, and names none.

    Why: the conversation asks about something that is not there; services refuse the line, and
    loaders of images fail on it after hours of training.
    Example: `{"type": "image_url", "image_url": {"url": null}}`
    Fix: write the path or URL into the part, add the file to the media column, or take the part
    out.
    Source: OpenAI API specification (`ChatCompletionRequestMessageContentPartImage`); TRL 1.16
    `prepare_multimodal_messages`.
    """
    for pointer, message in all_turns(row):
        for at, part in enumerate(message.get("parts") or ()):
            if part["type"] in _MEDIA and "media" not in part and not _names_something(part):
                yield Spot(f"{pointer}/parts/{at}", f"the {part['type']} part names no file")


def _names_something(part: Part) -> bool:
    return _has_text(json.loads(part["extra"])) if "extra" in part else bool(part.get("text"))


def _has_text(value: Any) -> bool:
    """Return whether a value holds a text that may be a file, beside what is said about it."""
    if isinstance(value, dict):
        return any(_has_text(inner) for key, inner in value.items() if key not in _ABOUT)
    if isinstance(value, list):
        return any(map(_has_text, value))
    return isinstance(value, str) and value != ""


RULES = (part_without_file,)
