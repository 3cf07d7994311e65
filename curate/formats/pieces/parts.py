"""Content parts in OpenAI's spelling: text, refusal, image_url, input_audio and file.

Source: OpenAI API specification, `ChatCompletionRequestMessageContentPart*`. Parts that hold their
file as axolotl and transformers have it, `{"type": "image", "url": …}`, are read as well
(axolotl-ai-cloud/axolotl, `docs/multimodal.qmd`). What a part points at goes into the row's media
list; every other key of the part is kept in its `extra`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from curate.finding import Hit
from curate.formats.pieces.held_json import dump, parse
from curate.formats.pieces.inline_media import mime_by_name
from curate.row import Part

Media = dict[str, Any]
# In a part's extra: the key that held the reference, where it is not the usual one.
REF_KEY: Final = "ref_key"
# In a part's extra: the files that a video is made of; the media entry names the first.
FRAMES: Final = "frames"
_KINDS: Final = frozenset({"image", "video", "audio"})
_MAGIC: Final = (
    ("/9j/", "image/jpeg"),
    ("iVBORw0KGgo", "image/png"),
    ("R0lGOD", "image/gif"),
    ("SUQz", "audio/mp3"),
    ("//", "audio/mp3"),
    ("ZkxhQ", "audio/flac"),
    ("T2dnUw", "audio/ogg"),
)


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
                return _pointing(*found, media)
    if media is not None and kind in _KINDS and (held := _held(kind, dict(item))) is not None:
        return _pointing(*held, media)
    return _verbatim(item)


def _pointing(entry: Media, rest: Mapping[str, Any], media: list[Media]) -> Part:
    part: Part = {"type": entry["type"], "media": len(media)}
    media.append(entry)
    if rest:
        part["extra"] = dump(rest)
    return part


def _held(kind: str, item: dict[str, Any]) -> tuple[Media, dict[str, Any]] | None:
    """Return the entry and the rest of a part that holds its file; None for a bare placeholder."""
    keys = [key for key in ("path", "url", "base64", kind) if item.get(key)]
    if len(keys) != 1:
        return None
    key, value = keys[0], item.pop(keys[0])
    del item["type"]
    if isinstance(value, list) and kind == "video" and all(isinstance(one, str) for one in value):
        return entry_of(kind, value[0]), {**item, FRAMES: value, REF_KEY: key}
    if not isinstance(value, str):
        return None
    if key == "base64" and not value.startswith("data:"):
        return entry_of(kind, data_uri(value, kind)), {**item, REF_KEY: key}
    if item or key != key_of(value):
        item[REF_KEY] = key
    return entry_of(kind, value), item


def key_of(ref: str) -> str:
    """Return the key under which axolotl's loader usually gets a reference."""
    if ref.startswith(("http://", "https://")):
        return "url"
    return "base64" if ref.startswith("data:") else "path"


def data_uri(data: str, kind: str) -> str:
    """Return base64 data as a data URI, of the media type that its first bytes tell."""
    mime = next((mime for head, mime in _MAGIC if data.startswith(head)), "")
    if data.startswith("UklGR"):
        mime = "audio/wav" if kind == "audio" else "image/webp"
    return f"data:{mime};base64,{data}"


def _reference(kind: str, inner: dict[str, Any]) -> tuple[Media, dict[str, Any]] | None:
    """Return the media entry of a part and the keys left over; None where it names nothing."""
    if kind == "image_url" and isinstance(inner.get("url"), str):
        return entry_of("image", inner.pop("url")), inner
    if kind == "input_audio" and _texts(inner, "data", "format"):
        mime = f"audio/{inner.pop('format')}"
        return entry_of("audio", f"data:{mime};base64,{inner.pop('data')}"), inner
    if kind == "file" and isinstance(inner.get("file_data"), str):
        return entry_of("file", inner.pop("file_data")), inner
    if kind == "file" and isinstance(inner.get("file_id"), str):
        return entry_of("file", inner.pop("file_id")), {**inner, REF_KEY: "file_id"}
    return None


def _texts(inner: Mapping[str, Any], *keys: str) -> bool:
    return all(isinstance(inner.get(key), str) for key in keys)


def entry_of(kind: str, ref: str) -> Media:
    """Return a media entry; a data URI tells its media type."""
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
        hits: Gets LOS022 for each part that OpenAI has no part type for; it is left out. LOS032
            for keys of another spelling that a part came with, and for a media type that the name
            of the file does not tell. LOS030 for a text part without text.
        pointer: Where the parts stand in the row.
    """
    items = []
    for index, part in enumerate(parts):
        item = _encode(part, media, hits, f"{pointer}/{index}")
        if item is None:
            why = f"a part of type {part['type']} has no place in an OpenAI message"
            hits.append(Hit("LOS022", f"{pointer}/{index}", why))
        else:
            items.append(item)
    return items


def _encode(
    part: Part, media: Sequence[Media], hits: list[Hit], pointer: str
) -> dict[str, Any] | None:
    extra: dict[str, Any] = parse(part["extra"]) if "extra" in part else {}
    if "media" in part:
        return _encode_media(media[part["media"]], extra, hits, pointer)
    item: dict[str, Any] = {"type": part["type"]}
    if "text" in part:
        item["refusal" if part["type"] == "refusal" else "text"] = part["text"]
    if "type" in extra:
        why = "the key type was kept aside; in this format the name is taken"
        hits.append(Hit("LOS032", f"{pointer}/extra", why, extra.pop("type")))
    if part["type"] == "text" and not isinstance({**item, **extra}.get("text"), str):
        hits.append(Hit("LOS030", pointer, "a text part without text becomes an empty one"))
        extra["text"] = ""
    return {**item, **extra}


def _encode_media(
    entry: Media, extra: dict[str, Any], hits: list[Hit], pointer: str
) -> dict[str, Any] | None:
    ref = entry["ref"]
    mime = entry.get("mime")
    if mime is not None and not ref.startswith("data:") and mime != mime_by_name(ref):
        why = "the media type has no place; it is told from the ending of the name"
        hits.append(Hit("LOS032", pointer, why, mime))
    if entry["type"] == "file":
        key = extra.pop(REF_KEY, "file_data")
        return {"type": "file", "file": {key: ref, **extra}}
    if REF_KEY in extra or FRAMES in extra:
        detail = {"detail": extra.pop("detail")} if "detail" in extra else {}
        lose_extra(extra, hits, pointer)
        extra = detail
    if entry["type"] == "image":
        return {"type": "image_url", "image_url": {"url": ref, **extra}}
    head, _, data = ref.partition(";base64,")
    if entry["type"] == "audio" and head.startswith("data:audio/") and data:
        audio = {"data": data, "format": head.removeprefix("data:audio/"), **extra}
        return {"type": "input_audio", "input_audio": audio}
    return None


def lose_extra(extra: Mapping[str, Any], hits: list[Hit], pointer: str) -> None:
    """Report the keys of a part that have no place: LOS038 `detail`, LOS030 nulls, LOS032."""
    for key, value in extra.items():
        if key == "detail":
            why = "the wanted resolution of the image has no place"
            hits.append(Hit("LOS038", f"{pointer}/extra", why, value))
        elif value is None:
            hits.append(Hit("LOS030", f"{pointer}/extra", f"a null {key} becomes none"))
        elif key != REF_KEY:
            why = f"the key {key} of the part has no place"
            hits.append(Hit("LOS032", f"{pointer}/extra", why, value))
