"""MED: the boxes and names of ms-swift's grounding `objects`, which a row keeps beside its columns.

Source: ms-swift 4.6 `docs/source_en/Customization/Custom-dataset.md` and `template/base.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from curate.checks.base import Spot, rule
from curate.checks.walk import texts
from curate.row import Kind, Row

_SFT: tuple[Kind, ...] = ("sft",)
_TAGS = {"bbox": "<bbox>", "ref": "<ref-object>"}


def _objects(row: Row) -> dict[str, Any] | None:
    """Return the row's grounding objects; None where it has none beside its media."""
    extra = row.get("extra")
    if not extra or not row.get("media"):
        return None
    kept = json.loads(extra) if isinstance(extra, str) else extra
    found = kept.get("objects") if isinstance(kept, dict) else None
    return found if isinstance(found, dict) else None


def _boxes(objects: dict[str, Any]) -> Iterator[tuple[int, list[float]]]:
    """Yield each box that is one, with its place."""
    found = objects.get("bbox")
    for at, box in enumerate(found if isinstance(found, list) else ()):
        if _box_fault(box) is None:
            yield at, box


def _box_fault(box: Any) -> str | None:
    if not isinstance(box, list):
        return "expected a list of numbers"
    if len(box) not in (2, 4):
        return f"{len(box)} numbers, expected 2 (a point) or 4 (a box)"
    for number in box:
        if type(number) not in (int, float) or not math.isfinite(number):
            return "expected numbers"
    return None


@rule("MED015", "not-a-box", severity="error", kinds=_SFT, ordinary=True)
def not_a_box(row: Row) -> Iterator[Spot]:
    """A grounding box is not 2 or 4 numbers, or belongs to an image that is not there.

    Why: ms-swift deletes the row with a traceback among the log, or ends the run.
    Example: `"objects": {"bbox": [[10, 20, 30]]}`
    Fix: write `[x, y]` or `[x1, y1, x2, y2]`, and in `image_id` the image's number from 0.
    Source: ms-swift 4.6 `preprocessor/core.py:_check_objects` (assert), `template/base.py`
    (`normalize_bbox`).
    """
    objects = _objects(row)
    if objects is None:
        return
    found = objects.get("bbox")
    if not isinstance(found, list):
        yield Spot("/extra/objects/bbox", "expected a list of boxes", found)
        return
    for at, box in enumerate(found):
        if fault := _box_fault(box):
            yield Spot(f"/extra/objects/bbox/{at}", fault, box)
    numbers = objects.get("image_id")
    images = sum(medium["type"] == "image" for medium in row["media"])
    for at, number in enumerate(numbers if isinstance(numbers, list) else ()):
        if type(number) is not int or not 0 <= number < images:
            message = f"expected the number of one of {images} images"
            yield Spot(f"/extra/objects/image_id/{at}", message, number)


@rule("MED016", "box-turned-round", severity="warning", kinds=_SFT, ordinary=True)
def box_turned_round(row: Row) -> Iterator[Spot]:
    """A grounding box ends before it begins, or has no area.

    Why: often it is `[x, y, width, height]`; ms-swift swaps the corners without a word, and the
    model learns other places.
    Example: `[400, 300, 120, 80]`
    Fix: write the left, upper, right and lower edge.
    Source: ms-swift 4.6 `preprocessor/core.py:_check_objects` (swaps the numbers).
    """
    for at, box in _boxes(_objects(row) or {}):
        if len(box) == 4 and (box[0] >= box[2] or box[1] >= box[3]):
            yield Spot(f"/extra/objects/bbox/{at}", "expected x1 < x2 and y1 < y2", box)


def _size(objects: dict[str, Any], at: int) -> tuple[float, float] | None:
    """Return the size that a box must keep within; None where the row does not tell it."""
    if objects.get("bbox_type") == "norm1":
        return 1, 1
    numbers = objects.get("image_id")
    number = numbers[at] if isinstance(numbers, list) and at < len(numbers) else 0
    sizes = []
    for name in ("width", "height"):
        values = objects.get(name)
        if not isinstance(values, list) or type(number) is not int or number >= len(values):
            return None
        if type(values[number]) not in (int, float):
            return None
        sizes.append(values[number])
    return sizes[0], sizes[1]


@rule("MED017", "box-outside-image", severity="warning", kinds=_SFT, ordinary=True)
def box_outside_image(row: Row) -> Iterator[Spot]:
    """A grounding box reaches beyond the image that it is of.

    Why: it was measured on the image in another size, or in thousandths: the model learns places
    that are not there.
    Example: `[120, 80, 400, 300]` with `"bbox_type": "norm1"`, which runs from 0 to 1
    Fix: scale the boxes to the image's pixels, or to 0 to 1 with `"bbox_type": "norm1"`.
    Source: ms-swift 4.6 `template/base.py:normalize_bbox`.
    """
    objects = _objects(row) or {}
    for at, box in _boxes(objects):
        size = _size(objects, at)
        xs, ys = box[::2], box[1::2]
        below = min(box) < 0
        if below or (size is not None and (max(xs) > size[0] or max(ys) > size[1])):
            expected = "0 or more" if size is None else f"0 to {size[0]:g} and 0 to {size[1]:g}"
            yield Spot(f"/extra/objects/bbox/{at}", f"expected {expected}", box)


@rule("MED018", "box-count", severity="warning", kinds=_SFT, ordinary=True)
def box_count(row: Row) -> Iterator[Spot]:
    """The text has another number of `<bbox>` or `<ref-object>` places than the row has of them.

    Why: ms-swift leaves a place that nothing is left for as it is, so the model learns to write
    `<bbox>`; boxes without a place are left out.
    Example: "The dog is at <bbox> and <bbox>." with one box
    Fix: add the missing box, or take out the place.
    Source: ms-swift 4.6 `template/base.py:_pre_tokenize` (a tag beyond the list stays text).
    """
    objects = _objects(row)
    if objects is None:
        return
    said = [text.text for text in texts(row)]
    for name, tag in _TAGS.items():
        listed = objects.get(name)
        count = len(listed) if isinstance(listed, list) else 0
        places = sum(text.count(tag) for text in said)
        if count != places:
            yield Spot(f"/extra/objects/{name}", f"{places} {tag} in the text, {count} here", count)


RULES = (not_a_box, box_turned_round, box_outside_image, box_count)
