"""Content parts in OpenAI's spelling: text, refusal, image_url, input_audio and file.

Source: OpenAI API specification, `ChatCompletionRequestMessageContentPart*`. What a part points at
goes into the row's media list; every other key of the part is kept in its `extra`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curate.finding import Hit
from curate.formats.pieces.held_json import dump, parse
from curate.row import Part

Media = dict[str, Any]
# Which key of a file part the media's reference stands for; file_data where nothing is said.
_REF_KEY = "ref_key"


def decode_parts(items: Sequence[Mapping[str, Any]], media: list[Media] | None) -> list[Part]:
    """Return a content list as parts, in order.

    Args:
        items: The content list; each item has a `type`.
        media: The row's media list, which grows by each part that points at something; None keeps
            such parts as they are.
    """
    return [_decode(item, media) for item in items]


def _decode(item: Mapping[str, Any], media: list[Media] | None) -> Part:
    kind = item["type"]
    if len(item) == 2:
        text = item.get("text")
        if kind == "text" and isinstance(text, str):
            return {"type": "text", "text": text}
        refusal = item.get("refusal")
        if kind == "refusal" and isinstance(refusal, str):
            return {"type": "refusal", "text": refusal}
        inner = item.get(kind)
        if media is not None and isinstance(inner, dict):
            found = _reference(kind, dict(inner))
            if found is not None:
                entry, rest = found
                part: Part = {"type": entry["type"], "media": len(media)}
                media.append(entry)
                if rest:
                    part["extra"] = dump(rest)
                return part
    return _verbatim(item)


def _reference(kind: str, inner: dict[str, Any]) -> tuple[Media, dict[str, Any]] | None:
    """Return the media entry of a part and the keys left over; None where it names nothing."""
    if kind == "image_url" and isinstance(inner.get("url"), str):
        return _entry("image", inner.pop("url")), inner
    if kind == "input_audio" and _texts(inner, "data", "format"):
        mime = f"audio/{inner.pop('format')}"
        return _entry("audio", f"data:{mime};base64,{inner.pop('data')}"), inner
    if kind == "file" and isinstance(inner.get("file_data"), str):
        return _entry("file", inner.pop("file_data")), inner
    if kind == "file" and isinstance(inner.get("file_id"), str):
        return _entry("file", inner.pop("file_id")), {**inner, _REF_KEY: "file_id"}
    return None


def _texts(inner: Mapping[str, Any], *keys: str) -> bool:
    return all(isinstance(inner.get(key), str) for key in keys)


def _entry(kind: str, ref: str) -> Media:
    entry: Media = {"type": kind, "ref": ref}
    if ref.startswith("data:") and "," in ref:
        mime = ref[len("data:") : ref.index(",")].partition(";")[0]
        if mime:
            entry["mime"] = mime
    return entry


def _verbatim(item: Mapping[str, Any]) -> Part:
    part: Part = {"type": item["type"]}
    rest = {key: value for key, value in item.items() if key != "type"}
    if isinstance(rest.get("text"), str):
        part["text"] = rest.pop("text")
    if rest:
        part["extra"] = dump(rest)
    return part


def encode_parts(
    parts: Sequence[Part], media: Sequence[Media], hits: list[Hit], pointer: str
) -> list[dict[str, Any]]:
    """Return parts as an OpenAI content list, in order.

    Args:
        parts: A message's parts.
        media: The row's media list.
        hits: Gets LOS022 for each part that OpenAI has no part type for; it is left out.
        pointer: Where the parts stand in the row.
    """
    items = []
    for index, part in enumerate(parts):
        item = _encode(part, media)
        if item is None:
            why = f"a part of type {part['type']} has no place in an OpenAI message"
            hits.append(Hit("LOS022", f"{pointer}/{index}", why))
        else:
            items.append(item)
    return items


def _encode(part: Part, media: Sequence[Media]) -> dict[str, Any] | None:
    extra: dict[str, Any] = parse(part["extra"]) if "extra" in part else {}
    if "media" in part:
        return _encode_media(media[part["media"]], extra)
    item: dict[str, Any] = {"type": part["type"]}
    if "text" in part:
        item["refusal" if part["type"] == "refusal" else "text"] = part["text"]
    return {**item, **extra}


def _encode_media(entry: Media, extra: dict[str, Any]) -> dict[str, Any] | None:
    ref = entry["ref"]
    if entry["type"] == "image":
        return {"type": "image_url", "image_url": {"url": ref, **extra}}
    if entry["type"] == "file":
        key = extra.pop(_REF_KEY, "file_data")
        return {"type": "file", "file": {key: ref, **extra}}
    head, _, data = ref.partition(";base64,")
    if entry["type"] == "audio" and head.startswith("data:audio/") and data:
        audio = {"data": data, "format": head.removeprefix("data:audio/"), **extra}
        return {"type": "input_audio", "input_audio": audio}
    return None
