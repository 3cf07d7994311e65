"""An image to a conversation: LLaVA's records, and torchtune's questions about an image.

LLaVA: ShareGPT turns of human and gpt, `image` with one path, and `<image>` in the first human turn
(haotian-liu/LLaVA `docs/Finetune_Custom_Data.md`, `llava/train/train.py:preprocess_multimodal`,
which moves the tag to the front of its turn); a list of images, as later versions have, is read
and written again. torchtune: `input`, `output` and `image`, the image before the text
(pytorch/torchtune `torchtune/datasets/multimodal/_vqa.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.sharegpt import SHAREGPT, read_record
from curate.formats.pieces.columns import finish, opened, schema
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.media_places import files_of, mark_columns, place, put_columns
from curate.formats.pieces.sides import encode_as
from curate.row import TEXT, Message, Part, Row

_IMAGE = ("image",)


def _decode_llava(record: Record, hits: list[Hit]) -> Row | None:
    if "image" not in record:
        return read_record(record, hits)
    files = files_of(record["image"], "image", "/image", hits)
    if files is None:
        return None
    rest = {key: value for key, value in record.items() if key != "image"}
    row = read_record(rest, hits)
    if row is None:
        return None
    if not (isinstance(record["image"], str) and record["image"]):
        mark_columns(row, record, _IMAGE)
    if isinstance(record["image"], list) and files:
        row.setdefault("layout", {})["image_list"] = True
    own: list[Hit] = []
    good = place(row, {"image": files}, own)
    hits.extend(hit._replace(pointer="/image") for hit in own)
    return row if good else None


def _encode_llava(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    kept = [at for at, message in enumerate(row["messages"]) if _has_place(message, at, hits)]
    messages: list[Message] = [row["messages"][at] for at in kept]
    whole = {key: value for key, value in row.items() if key != "layout"}
    listed = bool(layout.get("image_list"))
    if "media" in row:
        messages = _with_images(messages, kept, row["media"], hits, listed)
    own: list[Hit] = []
    record = encode_as(SHAREGPT, whole | {"messages": messages}, own)
    hits.extend(_moved(hit, kept) for hit in own)
    if record is None:
        return None
    if record.pop("tools", None) is not None:
        hits.append(Hit("LOS010", "/tools", "a LLaVA record has no tools"))
    if images := record.pop("images", None):
        record["image"] = images if listed else images[0]
    put_columns(layout, record, hits, _IMAGE)
    return record


def _has_place(message: Message, index: int, hits: list[Hit]) -> bool:
    role = message["role"]
    if role == "tool" or message.get("tool_calls"):
        why = "a LLaVA conversation has no tool calls and results"
        hits.append(Hit("LOS010", f"/messages/{index}", why))
        if role != "tool" and not message.keys().isdisjoint(("content", "parts", "reasoning")):
            why = "text beside a call goes with it"
            hits.append(Hit("LOS011", f"/messages/{index}", why, message.get("content")))
        return False
    if role in ("system", "developer"):
        why = "a LLaVA conversation has no system turn"
        hits.append(Hit("LOS002", f"/messages/{index}", why, message.get("content")))
        return False
    return True


def _with_images(
    messages: Sequence[Message],
    kept: Sequence[int],
    media: Sequence[Row],
    hits: list[Hit],
    listed: bool,
) -> list[Message]:
    """Return the messages with one image, or all where they came as a list; the rest is lost."""
    found = False
    users = [at for at, message in enumerate(messages) if message["role"] == "user"]
    written: list[Message] = []
    for at, message in enumerate(messages):
        parts: list[Part] = []
        for number, part in enumerate(message.get("parts") or ()):
            pointer = f"/messages/{kept[at]}/parts/{number}"
            is_image = "media" in part and media[part["media"]]["type"] == "image"
            if "media" not in part or (is_image and (listed or not found)):
                parts.append(part)
            else:
                hits.append(Hit("LOS022", pointer, "a LLaVA record has place for one image"))
            if is_image and not found:
                found = True
                if at not in users[:1]:
                    why = "the image is expected in the first human turn"
                    hits.append(Hit("LOS037", pointer, why))
        written.append({**message, "parts": parts} if "parts" in message else message)
    return written


def _moved(hit: Hit, kept: Sequence[int]) -> Hit:
    """Return a hit in the kept messages with its pointer into the row."""
    found = re.fullmatch(r"/messages/(\d+)(/.*)?", hit.pointer)
    if found is None:
        return hit
    return hit._replace(pointer=f"/messages/{kept[int(found[1])]}{found[2] or ''}")


def _decode_vqa(record: Record, hits: list[Hit]) -> Row | None:
    files = files_of(record["image"], "image", "/image", hits)
    if files is None:
        return None
    if len(files) != 1:
        why = f"{len(files)} images; a question is about one"
        hits.append(Hit("MED001", "/image", why, record["image"]))
        return None
    image: Part = {"type": "image", "media": 0}
    if files[0].extra:
        image["extra"] = dump(files[0].extra)
    row: Row = {
        "messages": [
            {"role": "user", "parts": [image, {"type": "text", "text": record["input"]}]},
            {"role": "assistant", "content": record["output"]},
        ],
        "media": [files[0].entry],
    }
    return finish(row, record, {}, frozenset({"input", "output", "image"}))


LLAVA = Format(
    name="llava",
    title="LLaVA: conversations about one image",
    kind="sft",
    schema="llava",
    decode=_decode_llava,
    encode=_encode_llava,
    columns=schema(
        ("conversations", pa.list_(pa.struct([("from", TEXT), ("value", TEXT)]))),
        ("image", TEXT),
    ),
)
TORCHTUNE_VQA = Format(
    name="torchtune-vqa",
    title="torchtune question about an image: input, output, image",
    kind="sft",
    schema="torchtune-vqa",
    decode=_decode_vqa,
    encode=None,
    columns=pa.schema([]),
)
