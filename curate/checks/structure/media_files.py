"""MED: the files that a row's media name, where a folder is given in which they lie.

Media inside a row (data URIs) are looked at always. A path is opened only below the folder, and
only its first and last bytes are read.
"""

from __future__ import annotations

import base64
import binascii
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from curate.checks.base import Check, Rule, Spot, rule
from curate.checks.structure.media_heads import (
    IMAGES,
    KIND_OF_ENDING,
    KIND_OF_MIME,
    SIGNED,
    SOUNDS,
    VIDEOS,
    Head,
    head_of,
)
from curate.checks.structure.media_refs import ending_of, inline_data, is_path
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
_READ_BYTES = 1 << 16
_MOST_RATIO = 200
_OF_TYPE = {"image": IMAGES, "audio": SOUNDS | {"mp4", "webm"}, "video": VIDEOS | IMAGES}


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a medium.

    Attributes:
        fault: `missing`, `outside`, `unreadable` or `empty`; None where its bytes were read.
        size: Its bytes.
        head: What they say, None where there is a fault.
    """

    fault: str | None
    size: int = 0
    head: Head | None = None


Find = Callable[[dict[str, Any], Look], str | None]


@lru_cache(maxsize=4096)
def _look_at_file(root: Path, ref: str) -> Look:
    try:
        path = (root / ref).resolve()
        if not path.is_relative_to(root.resolve()):
            return Look("outside")
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return Look("unreadable")
        if not found.st_size:
            return Look("empty")
        with path.open("rb") as file:
            start = file.read(_READ_BYTES)
            file.seek(max(0, found.st_size - _READ_BYTES))
            end = file.read(_READ_BYTES)
    except FileNotFoundError:
        return Look("missing")
    except (OSError, ValueError, RuntimeError):
        return Look("unreadable")
    return Look(None, found.st_size, head_of(start, end, found.st_size))


@lru_cache(maxsize=16)
def _look_at_data(ref: str) -> Look | None:
    """Return a look at a data URI; None where MED011 says that it holds no data."""
    found = inline_data(ref)
    if found is None:
        return None
    try:
        data = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        return None
    if not data:
        return None
    return Look(None, len(data), head_of(data[:_READ_BYTES], data[-_READ_BYTES:], len(data)))


def _look(root: Path | None, ref: str) -> Look | None:
    if ref.startswith("data:"):
        return _look_at_data(ref)
    if root is None or not is_path(ref):
        return None
    return _look_at_file(root, ref)


class _OfMedia:
    """A check of each medium of a row; what is found of it is the message.

    Attributes:
        find: Says what is wrong with a medium, None where nothing is.
        root: The folder in which paths are looked for, None where there is none.
    """

    def __init__(self, find: Find, root: Path | None = None) -> None:
        self.find, self.root = find, root
        self.__doc__ = find.__doc__

    def __call__(self, row: Row) -> Iterator[Spot]:
        for at, medium in enumerate(row.get("media") or ()):
            look = _look(self.root, medium["ref"])
            if look is not None and (message := self.find(medium, look)):
                yield Spot(f"/media/{at}", message, _shown(medium["ref"]))


def _shown(ref: str) -> str:
    return ref[:40] if ref.startswith("data:") else ref


def _each(find: Find) -> Check:
    return _OfMedia(find)


@rule("MED020", "file-missing", severity="error", kinds=_KINDS, ordinary=True)
@_each
def file_missing(medium: dict[str, Any], look: Look) -> str | None:
    """A medium's file does not exist below the folder of media.

    Why: LLaMA-Factory warns once for the first missing file and keeps the path; the run ends when
    the image is opened, hours later. Looked for only where `--media-root` names the folder.
    Example: `"images": ["shots/17.png"]` and no such file
    Fix: add the file, correct the path, or remove the row.
    Source: LLaMA-Factory 0.9.5 `converter.py:_find_medias`; LLaMA-Factory#10158.
    """
    return "no such file" if look.fault == "missing" else None


@rule("MED021", "file-outside-root", severity="error", kinds=_KINDS, ordinary=True)
@_each
def file_outside_root(medium: dict[str, Any], look: Look) -> str | None:
    """A medium's path leads out of the folder of media.

    Why: the set is not complete without files of the machine that it was made on, and a set of
    somebody else's may name files that are nobody's business; it is not opened. Looked at only
    where `--media-root` names the folder.
    Example: `../../etc/passwd`, or a link that leads elsewhere
    Fix: copy the file into the folder and write its path from there.
    Source: LLaMA-Factory 0.9.5 `converter.py:_find_medias` (any path that exists is opened).
    """
    return "the path leads out of the folder of media" if look.fault == "outside" else None


@rule("MED022", "file-empty", severity="error", kinds=_KINDS, ordinary=True)
@_each
def file_empty(medium: dict[str, Any], look: Look) -> str | None:
    """A medium's file has no byte.

    Why: a download that failed; opening it ends the run. Looked at only where `--media-root` names
    the folder.
    Example: `shots/17.png` of 0 bytes
    Fix: fetch it again, or remove the row.
    Source: Pillow 12 `Image.open` (UnidentifiedImageError); LLaMA-Factory 0.9.5 `mm_plugin.py`.
    """
    return "the file is empty" if look.fault == "empty" else None


@rule("MED023", "file-unreadable", severity="error", kinds=_KINDS, ordinary=True)
@_each
def file_unreadable(medium: dict[str, Any], look: Look) -> str | None:
    """A medium's path names a folder, or a file that may not be read.

    Why: opening it ends the run. Looked at only where `--media-root` names the folder.
    Example: `"images": ["shots/"]`
    Fix: name the file, or give leave to read it.
    Source: LLaMA-Factory 0.9.5 `mm_plugin.py:_regularize_images` (`Image.open`).
    """
    return "not a file that can be read" if look.fault == "unreadable" else None


def _expected(medium: dict[str, Any]) -> str | None:
    """Return the kind of file that a medium's name or media type promises."""
    ref = medium["ref"]
    if ref.startswith("data:"):
        found = inline_data(ref)
        return KIND_OF_MIME.get(found[0].lower()) if found else None
    return KIND_OF_ENDING.get(ending_of(ref))


@rule("MED024", "not-a-medium", severity="error", kinds=_KINDS, ordinary=True)
@_each
def not_a_medium(medium: dict[str, Any], look: Look) -> str | None:
    """The bytes of a medium are not those of an image, a sound or a video.

    Why: a web page or an LFS pointer was saved in place of the file, or it is damaged; opening it
    ends the run. Files are looked at only where `--media-root` names the folder.
    Example: `shots/17.png` that begins with `<!DOCTYPE html>`
    Fix: fetch it again (`git lfs pull`), or remove the row.
    Source: Pillow 12 `Image.open` (UnidentifiedImageError).
    """
    if look.head is None or medium["type"] not in _OF_TYPE:
        return None
    kind, expected = look.head.kind, _expected(medium)
    if kind == "text" and expected != "svg":
        return f"text in place of the {medium['type']}"
    if kind is None and expected in SIGNED:
        return f"these bytes are not those of {expected}"
    if kind not in (None, "text") and kind not in _OF_TYPE[medium["type"]]:
        return f"the bytes are those of {kind}, expected {medium['type']}"
    return None


@rule("MED025", "content-not-as-named", severity="warning", kinds=_KINDS, ordinary=True)
@_each
def content_not_as_named(medium: dict[str, Any], look: Look) -> str | None:
    """A medium's bytes are of another format than its name or media type says.

    Why: services that compare them refuse the line; readers that trust the name fail. Files are
    looked at only where `--media-root` names the folder.
    Example: `data:image/jpeg;base64,iVBORw0KGgo…`, which is a PNG
    Fix: correct the media type, or the ending of the name.
    Source: Anthropic API ("image was specified using the image/jpeg media type, but the image
    appears to be a image/png image"): home-assistant/core#167208.
    """
    kind, expected = look.head.kind if look.head else None, _expected(medium)
    if kind in (None, "text") or expected is None or kind == expected:
        return None
    if {kind, expected} <= {"mp3", "mp4", "webm", "ogg", "wav"} | {"heic", "avif"}:
        return None  # containers whose names are used for each other
    return f"the bytes are those of {kind}, the name says {expected}"


@rule("MED026", "file-cut-off", severity="error", kinds=_KINDS, ordinary=True)
@_each
def file_cut_off(medium: dict[str, Any], look: Look) -> str | None:
    """An image ends before its picture does.

    Why: a download or a base64 text that was cut; Pillow raises "image file is truncated" and ends
    the run. Files are looked at only where `--media-root` names the folder.
    Example: a PNG without its IEND chunk
    Fix: fetch it again, or remove the row.
    Source: Pillow 12 `ImageFile.load` (OSError: image file is truncated).
    """
    return f"the {look.head.kind} ends early" if look.head and look.head.cut else None


@rule("MED028", "image-too-narrow", severity="warning", kinds=_KINDS, ordinary=True)
@_each
def image_too_narrow(medium: dict[str, Any], look: Look) -> str | None:
    """One side of an image is more than 200 times the other, or 0.

    Why: the image processor of Qwen2-VL and its successors raises and ends the run. Files are
    looked at only where `--media-root` names the folder.
    Example: a rule of 2,000 by 2 pixels
    Fix: cut or pad the image, or remove the row.
    Source: transformers 5.23 `image_processing_qwen2_vl.py:smart_resize` (absolute aspect ratio
    must be smaller than 200).
    """
    width, height = (look.head.width, look.head.height) if look.head else (None, None)
    if width is None or height is None or medium["type"] != "image":
        return None
    if min(width, height) < 1 or max(width, height) / min(width, height) > _MOST_RATIO:
        return f"{width} by {height} pixels"
    return None


@rule("MED029", "image-turned", severity="info", kinds=_KINDS, ordinary=True)
@_each
def image_turned(medium: dict[str, Any], look: Look) -> str | None:
    """An image is stored turned, and only its EXIF data says so.

    Why: transformers and datasets turn it upright, LLaMA-Factory does not: the model sees it lying
    in training and upright when it is served, and boxes are in the wrong place. Files are looked
    at only where `--media-root` names the folder.
    Example: a photograph of a phone held upright
    Fix: store the image as it is to be seen (`PIL.ImageOps.exif_transpose`).
    Source: transformers 5.23 `image_utils.py:load_image` (exif_transpose); LLaMA-Factory 0.9.5
    `mm_plugin.py:_regularize_images` (`Image.open` alone).
    """
    return "the EXIF orientation is not 1" if look.head and look.head.turned else None


@rule("MED030", "image-not-rgb", severity="info", kinds=_KINDS, ordinary=True)
@_each
def image_not_rgb(medium: dict[str, Any], look: Look) -> str | None:
    """An image is in CMYK.

    Why: OpenAI takes RGB and RGBA alone for fine-tuning, and programs turn CMYK into other colours
    than it was printed in. Files are looked at only where `--media-root` names the folder.
    Example: a JPEG of four colours, made for print
    Fix: convert it to RGB.
    Source: OpenAI vision fine-tuning guide (RGB or RGBA).
    """
    return "the image is in CMYK" if look.head and look.head.colours == "CMYK" else None


RULES = (
    file_missing,
    file_outside_root,
    file_empty,
    file_unreadable,
    not_a_medium,
    content_not_as_named,
    file_cut_off,
    image_too_narrow,
    image_turned,
    image_not_rgb,
)


def media_rules(root: Path) -> tuple[Rule, ...]:
    """Return the rules of this module, looking for paths below a folder.

    Args:
        root: The folder; paths of media are relative to it, and none outside it is opened.
    """
    return tuple(_below(each, root) for each in RULES)


def _below(each: Rule, root: Path) -> Rule:
    check = each.check
    return replace(each, check=_OfMedia(check.find, root)) if isinstance(check, _OfMedia) else each
