"""TRL's images: a column of files, and parts `{"type": "image"}` in their places.

Source: TRL 1.16 `trl/data_utils.py:prepare_multimodal_messages`. Placeholders are filled in order;
where all content is text, every image stands before the first user text, and a typed `<image>`
stays text. Placeholders in tool messages are not counted, and only a prompt is given images where
the answer is a column of its own. There is no place for video and audio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from curate.finding import Hit
from curate.formats.base import Decode, Encode, Record
from curate.formats.pieces.columns import marked
from curate.formats.pieces.held_json import dump, parse
from curate.formats.pieces.media_places import (
    File,
    files_of,
    mark_columns,
    place,
    places_in,
    put_columns,
)
from curate.formats.pieces.parts import Media, lose_extra
from curate.row import Message, Part, Row, message_lists

_COLUMNS: Final = ("images", "image")
# In a layout that an encoder is given: content is a list of parts.
KEEP_PARTS: Final = "keep_parts"
_MARK: Final = "tunesmith_media"
_PLAIN: Final = {"type", "text"}


def placed_reader(decode: Decode) -> Decode:
    """Return a decoder that also reads a column of images and its placeholders."""

    def read(record: Record, hits: list[Hit]) -> Row | list[Row] | None:
        column = next((name for name in _COLUMNS if name in record), None)
        if column is None:
            return decode(record, hits)
        files = files_of(record[column], "image", f"/{column}", hits)
        if files is None:
            return None
        row = decode({key: value for key, value in record.items() if key != column}, hits)
        if not isinstance(row, dict):
            return row
        if (row.get("layout") or {}).get("prompt") == "string":
            # The template of plain text is the user's own, and so is the place of an image in it.
            row["extra"] = {column: record[column], **row.get("extra", {})}
            return row
        mark_columns(row, record, (column,))
        if _all_before(row, files):
            return row
        if not place(row, {"image": files}, hits, tags=False):
            return None
        if (row.get("layout") or {}).get("image_place") != "before":
            _mark_texts(row)
            _simplify(row)
        return row

    return read


def _mark_texts(row: Row) -> None:
    """Remember which contents were texts; beside placeholders they usually are lists of parts."""
    texts = [
        f"/{column}/{index}"
        for column, messages in message_lists(row)
        for index, message in enumerate(messages)
        if "content" in message
    ]
    if texts:
        row.setdefault("layout", {})["texts"] = texts


def _simplify(row: Row) -> None:
    """Take parts that are one text for text, which is written as parts again."""
    for _, messages in message_lists(row):
        for message in messages:
            parts = message.get("parts") or []
            if [part["type"] for part in parts] == ["text"] and parts[0].keys() == _PLAIN:
                del message["parts"]
                message["content"] = parts[0]["text"]


def _all_before(row: Row, files: Sequence[File]) -> bool:
    """Put the images before the first user text, where nothing else says their places."""
    lists = dict(message_lists(row))
    if not files:
        if not any("parts" in message for some in lists.values() for message in some):
            row.setdefault("layout", {})["image_place"] = "before"
        return False
    if any(places_in(message, "image", False) for some in lists.values() for message in some):
        return False
    message = _first_user(lists.get("messages") or lists.get("prompt") or ())
    if message is None or "content" not in message:
        return False
    media: list[Media] = row.setdefault("media", [])
    parts: list[Part] = []
    for file in files:
        part: Part = {"type": "image", "media": len(media)}
        media.append(file.entry)
        if file.extra:
            part["extra"] = dump(file.extra)
        parts.append(part)
    message["parts"] = [*parts, {"type": "text", "text": message.pop("content")}]
    row.setdefault("layout", {})["image_place"] = "before"
    return True


def _first_user(messages: Sequence[Message]) -> Message | None:
    return next((message for message in messages if message["role"] == "user"), None)


def placed_writer(encode: Encode, columns: Sequence[str]) -> Encode:
    """Return an encoder that writes images as placeholders and a column of files.

    Args:
        encode: An encoder; it keeps a message's parts where the layout says `keep_parts`.
        columns: The record's columns of messages that TRL gives images to.
    """

    def write(row: Row, hits: list[Hit]) -> Record | None:
        layout = row.get("layout") or {}
        refs: list[str] = []
        media: list[Media] = row.get("media") or []
        if media and _has_images(row, media):
            before = layout.get("image_place") == "before"
            as_text = _as_text(row, media) if before else None
            if before and as_text is None:
                why = "the images that stood beside texts alone stand in parts"
                hits.append(Hit("LOS055", "/images", why))
            if as_text is not None:
                record = encode(as_text, hits)
                refs = [entry["ref"] for entry in media]
            else:
                record = encode(_marked(row, media, hits), hits)
                if record is not None:
                    refs = _release(record, columns, media, hits)
        elif _is_among_images(layout):
            record = encode(_marked(row, media, hits), hits)
        else:
            record = encode(row, hits)
        if record is None:
            return None
        if len(refs) == 1 and "/image" in marked(layout, "scalar"):
            record["image"] = refs[0]
        elif refs:
            record["images"] = refs
        if layout:
            put_columns(layout, record, hits, _COLUMNS)
        return record

    return write


def _is_among_images(layout: Mapping[str, Any]) -> bool:
    """Return whether a row without images came with a column for them, and not as texts alone."""
    empty = marked(layout, "null") | marked(layout, "blank")
    has_column = any(f"/{column}" in empty for column in _COLUMNS)
    return has_column and layout.get("image_place") != "before"


def _has_images(row: Row, media: Sequence[Media]) -> bool:
    """Return whether a message points at an image that TRL has a place for."""
    return any(
        media[part["media"]]["type"] == "image"
        for _, messages in message_lists(row)
        for message in messages
        if message["role"] != "tool"
        for part in message.get("parts") or ()
        if "media" in part
    )


def _as_text(row: Row, media: Sequence[Media]) -> Row | None:
    """Return the row with text in place of parts, where all images stand before the first text."""
    lists = dict(message_lists(row))
    name = "messages" if "messages" in lists else "prompt"
    first = _first_user(lists.get(name) or ())
    if first is None or "parts" not in first:
        return None
    *images, last = first["parts"]
    plain = last.keys() == _PLAIN and last["type"] == "text"
    whole = [part.get("media") for part in images] == list(range(len(media)))
    if not plain or not whole or any("extra" in part for part in images):
        return None
    if any("parts" in m for some in lists.values() for m in some if m is not first):
        return None
    if any(entry["type"] != "image" for entry in media):
        return None
    text: Any = {k: v for k, v in first.items() if k != "parts"} | {"content": last["text"]}
    messages = [text if message is first else message for message in lists[name]]
    return {key: value for key, value in row.items() if key != "media"} | {name: messages}


def _marked(row: Row, media: Sequence[Media], hits: list[Hit]) -> Row:
    """Return the row with bare placeholders that say which media they stand for."""
    held = {key: value for key, value in row.items() if key != "media"}
    layout = row.get("layout") or {}
    held["layout"] = {**layout, KEEP_PARTS: True}
    texts = marked(layout, "texts")
    for column, messages in message_lists(row):
        held[column] = [
            message
            if "content" in message and f"/{column}/{index}" in texts
            else _message(message, media, hits, f"/{column}/{index}")
            for index, message in enumerate(messages)
        ]
    return held


def _message(message: Message, media: Sequence[Media], hits: list[Hit], pointer: str) -> Message:
    held: Any = dict(message)
    if "content" in held:
        held["parts"] = [{"type": "text", "text": held.pop("content")}]
    elif "parts" in held:
        held["parts"] = [
            kept
            for index, part in enumerate(held["parts"])
            if (kept := _part(part, message["role"], media, hits, f"{pointer}/parts/{index}"))
        ]
    result: Message = held
    return result


def _part(
    part: Part, role: str, media: Sequence[Media], hits: list[Hit], pointer: str
) -> Part | None:
    extra: dict[str, Any] = parse(part["extra"]) if "extra" in part else {}
    why = f"a part of type {part['type']} has no place beside TRL's images"
    if "media" in part:
        if media[part["media"]]["type"] == "image" and role != "tool":
            lose_extra(extra, hits, pointer)
            return {"type": "image", "extra": dump({_MARK: part["media"]})}
        if role == "tool":
            why = "TRL counts no images in tool messages"
    elif part["type"] == "text":
        lose_extra(extra, hits, pointer)
        if "text" not in part:
            hits.append(Hit("LOS030", pointer, "a text part without text gets an empty one"))
        return {"type": "text", "text": part.get("text") or ""}
    hits.append(Hit("LOS022", pointer, why))
    return None


def _release(
    record: Record, columns: Sequence[str], media: Sequence[Media], hits: list[Hit]
) -> list[str]:
    """Take the marks out of a record's placeholders; return the files in their order."""
    refs: list[str] = []
    for column, messages in record.items():
        for index, message in enumerate(messages if isinstance(messages, list) else ()):
            if isinstance(message, dict) and isinstance(message.get("content"), list):
                found = _taken(message)
                if column in columns:
                    refs += [media[at]["ref"] for at in found]
                elif found:
                    why = "only the prompt is given images"
                    hits.append(Hit("LOS022", f"/{column}/{index}", why))
                    kept = [item for item in message["content"] if item["type"] != "image"]
                    message["content"] = kept
    return refs


def _taken(message: Mapping[str, Any]) -> list[int]:
    return [item.pop(_MARK) for item in message["content"] if _MARK in item]
