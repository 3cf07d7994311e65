"""Parts that hold their file as axolotl and transformers have it: `{"type": "image", "url": …}`.

Source: axolotl-ai-cloud/axolotl `docs/multimodal.qmd`: `path`, `url` or `base64` beside an image,
`path` or `url` beside audio and video, and under `video` a list of frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from curate.finding import Hit
from curate.formats.pieces.held_json import dump, parse
from curate.formats.pieces.parts import FRAMES, REF_KEY, Media, key_of, lose_extra
from curate.row import Message, Part

_KINDS = ("image", "video", "audio")


def holding_files(
    message: Message, media: Sequence[Media], hits: list[Hit], pointer: str
) -> Message:
    """Return a message whose parts hold their files, for a codec that keeps parts as they are.

    Args:
        message: The message; it is not changed.
        media: The row's media list.
        hits: Gets LOS022 for files of other kinds and for audio and video inside the record;
            LOS032 and LOS038 for keys that only another spelling has.
        pointer: Where the message stands in the row.
    """
    parts: list[Part] = []
    for index, part in enumerate(message["parts"]):
        at = f"{pointer}/parts/{index}"
        held = _held(part, media, hits, at) if "media" in part else part
        if held is None:
            why = f"a part of type {part['type']} has no place here"
            hits.append(Hit("LOS022", at, why))
        else:
            parts.append(held)
    return cast(Message, {**message, "parts": parts})


def _held(part: Part, media: Sequence[Media], hits: list[Hit], pointer: str) -> Part | None:
    entry = media[part["media"]]
    kind, ref = entry["type"], entry["ref"]
    rest: dict[str, Any] = parse(part["extra"]) if "extra" in part else {}
    key = rest.pop(REF_KEY, None)
    if kind not in _KINDS:
        return None
    if key is None and FRAMES not in rest:
        lose_extra(rest, hits, pointer)
        rest = {}
    if kind == "video" and FRAMES in rest:
        rest = {kind: rest.pop(FRAMES), **rest}
        return {"type": kind, "extra": dump(rest)}
    if key not in ("path", "url", "base64", kind):
        key = key_of(ref)
    elif key == "base64":
        ref = ref.partition(";base64,")[2] or ref
    if key == "base64" and kind != "image":
        return None
    return {"type": kind, "extra": dump({key: ref, **rest})}
