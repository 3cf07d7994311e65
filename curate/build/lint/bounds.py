"""What a consumer's limits and readers take offence at in single rows, seen on whole columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.profiles import Profile
from curate.finding import Hit
from curate.row import MESSAGE_COLUMNS

_DATA = re.compile(r"data:image/([\w.+-]+)[;,]", re.IGNORECASE)
_ENDING = re.compile(r"\.([a-z]{3,4})(?:[?#].*)?\Z", re.IGNORECASE)
_TOOL_KEYS = ("description", "parameters")
_SAME = {"jpg": "jpeg"}
_IMAGES = {"jpeg", "png", "webp", "gif", "bmp", "tiff", "tif", "heic", "svg", "avif"}


def bounds(batch: pa.RecordBatch, profile: Profile) -> Iterator[tuple[int, Hit]]:
    """Yield the row (0-based in the batch) and the hit for each fault.

    Args:
        batch: Rows.
        profile: The consumer's.
    """
    names = batch.schema.names
    limits = profile.limits
    if "media" in names and not limits.keys().isdisjoint(("images", "image_types", "image_bytes")):
        yield from _images(batch.column("media"), limits)
    codes = {code for effect in profile.effects for code in effect.codes}
    if "SCH050" in codes:
        for row in _matching(batch.column("layout"), '"blank": ?\\[[^\\]]*"/tools"'):
            yield row, Hit("SCH050", "/tools", "the tools are an empty text", "")
    if "SCH051" in codes:
        for row in _matching(batch.column("extra"), '"system": ?null[,}]'):
            yield row, Hit("SCH051", "/system", "the system column is null")
    if "SCH052" in codes:
        for name in MESSAGE_COLUMNS:
            if name in names:
                yield from _without_ids(name, batch.column(name), batch.column("layout"))
    if "SCH053" in codes and "tools" in names:
        yield from _without_keys(batch.column("tools"))


def _matching(column: pa.Array, pattern: str) -> list[int]:
    if column.null_count == len(column):
        return []
    found = pc.match_substring_regex(column, pattern).fill_null(False)
    rows: list[int] = np.flatnonzero(found.to_numpy(zero_copy_only=False)).tolist()
    return rows


def _without_ids(
    column_name: str, column: pa.ListArray, layout: pa.Array
) -> Iterator[tuple[int, Hit]]:
    """Yield calls without an id, and results that name none; those of old have no place for one."""
    messages = column.flatten()
    rows = pc.list_parent_indices(column).to_numpy()
    calls = messages.field("tool_calls")
    named = messages.field("tool_call_id")
    odd = pc.and_(pc.equal(messages.field("role"), "tool"), pc.is_null(named))
    if calls.null_count < len(calls):
        owners = pc.list_parent_indices(calls).filter(pc.is_null(calls.flatten().field("id")))
        odd = pc.or_(odd, pa.array(np.isin(np.arange(len(messages)), owners.to_numpy())))
    old = set(_matching(layout, '"legacy"'))
    for at in np.flatnonzero(odd.fill_null(False).to_numpy(zero_copy_only=False)).tolist():
        row = int(rows[at])
        if row not in old:
            turn = at - int(np.searchsorted(rows, row))
            message = "a call has no id, or the result names none"
            yield row, Hit("SCH052", f"/{column_name}/{turn}", message)


def _without_keys(column: pa.Array) -> Iterator[tuple[int, Hit]]:
    """Yield tools that lack a key; what is no tool at all is reported by rules."""
    for row, text in enumerate(column.to_pylist() if column.null_count < len(column) else ()):
        tools = json.loads(text) if text else ()
        for at, tool in enumerate(tools if isinstance(tools, list) else ()):
            inner = tool.get("function") if isinstance(tool, dict) else None
            missing = [key for key in _TOOL_KEYS if isinstance(inner, dict) and key not in inner]
            if missing:
                message = f"the tool has no {' and no '.join(missing)}"
                yield row, Hit("SCH053", f"/tools/{at}", message, missing[0])


def _images(column: pa.Array, limits: Mapping[str, Any]) -> Iterator[tuple[int, Hit]]:
    for row, media in enumerate(column.to_pylist() if column.null_count < len(column) else ()):
        images = [(at, item) for at, item in enumerate(media or ()) if item["type"] == "image"]
        most = limits.get("images")
        if most is not None and len(images) > most:
            message = f"{len(images)} images, at most {most} are accepted"
            yield row, Hit("SCH047", "/media", message, len(images))
        for at, item in images:
            ref, place = item["ref"] or "", f"/media/{at}"
            kind = image_type(ref, item["mime"])
            taken = limits.get("image_types")
            if taken is not None and kind is not None and kind not in taken:
                message = f"the image is {kind}, accepted are {', '.join(taken)}"
                yield row, Hit("SCH048", place, message, kind)
            size = _data_bytes(ref)
            if size > limits.get("image_bytes", size):
                message = f"{size:,} bytes, at most {limits['image_bytes']:,} are accepted"
                yield row, Hit("SCH049", place, message, size)


def image_type(ref: str, mime: str | None) -> str | None:
    """Return what an image calls itself, `png`; None where it does not say."""
    if mime is not None and mime.startswith("image/"):
        kind = mime.removeprefix("image/")
    else:
        found = _DATA.match(ref) if ref.startswith("data:") else _ENDING.search(ref)
        if found is None:
            return None
        kind = found[1]
    kind = _SAME.get(kind.lower(), kind.lower())
    return kind if kind in _IMAGES else None


def _data_bytes(ref: str) -> int:
    """Return the size of an image that stands in its own address, 0 for any other."""
    head, comma, _ = ref[:100].partition(",")
    if not (comma and head.startswith("data:")):
        return 0
    text = len(ref) - len(head) - 1
    if not head.endswith(";base64"):
        return text
    return text * 3 // 4 - len(ref[-2:]) + len(ref[-2:].rstrip("="))
