"""What the first and last bytes of an image, a sound or a video say; nothing is decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

IMAGES: Final = frozenset({"png", "jpeg", "gif", "webp", "bmp", "tiff", "heic", "avif", "svg"})
SOUNDS: Final = frozenset({"wav", "mp3", "flac", "ogg"})
VIDEOS: Final = frozenset({"mp4", "webm", "avi"})
# Endings and media types → the kind that `kind_of` finds in such a file.
KIND_OF_ENDING: Final[Mapping[str, str]] = {
    **{name: name for name in IMAGES | SOUNDS | VIDEOS},
    **{"jpg": "jpeg", "jfif": "jpeg", "tif": "tiff", "heif": "heic", "oga": "ogg", "opus": "ogg"},
    **{"m4a": "mp4", "m4v": "mp4", "mov": "mp4", "mkv": "webm"},
}
KIND_OF_MIME: Final[Mapping[str, str]] = {
    **{f"image/{name}": name for name in IMAGES - {"svg"}},
    **{"image/jpg": "jpeg", "image/svg+xml": "svg", "image/heif": "heic"},
    **{"audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/flac": "flac"},
    **{"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/ogg": "ogg", "audio/mp4": "mp4"},
    **{"video/mp4": "mp4", "video/quicktime": "mp4", "video/webm": "webm"},
    **{"video/x-matroska": "webm", "video/x-msvideo": "avi"},
}
# Kinds whose files begin with a fixed signature, so that another beginning is a damaged file.
SIGNED: Final = frozenset({"png", "jpeg", "gif", "webp", "bmp", "wav", "flac", "ogg", "avi"})
_TEXT = re.compile(
    rb"\s*(?:<!doctype html|<html|<\?xml|version https://git-lfs|\{\s*\"|access denied|404)",
    re.IGNORECASE,
)
_FTYP_IMAGES: Final = {b"avif": "avif", b"avis": "avif"} | dict.fromkeys(
    (b"heic", b"heix", b"hevc", b"mif1", b"msf1"), "heic"
)
_JPEG_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True)
class Head:
    """What a file's bytes say.

    Attributes:
        kind: A key of `KIND_OF_ENDING`'s values; `text` for a page or a pointer in place of the
            file; None where the bytes are of no kind known here.
        width: Pixels, None where they are not known.
        height: Pixels.
        colours: How a pixel is told: `RGB`, `RGBA`, `L`, `LA`, `P` or `CMYK`; None if not known.
        turned: Whether the EXIF orientation asks for the picture to be turned or mirrored.
        cut: Whether the file ends before its picture or sound does.
    """

    kind: str | None
    width: int | None = None
    height: int | None = None
    colours: str | None = None
    turned: bool = False
    cut: bool = False


def head_of(start: bytes, end: bytes, size: int) -> Head:
    """Return what a file's bytes say.

    Args:
        start: Its first bytes; some 64 KiB suffice.
        end: Its last bytes.
        size: Its length in bytes.
    """
    kind = kind_of(start)
    try:
        if kind == "png":
            return _png(start, end, size)
        if kind == "jpeg":
            return _jpeg(start, end)
        if kind == "gif":
            width, height = struct.unpack_from("<HH", start, 6)
            return Head(kind, width, height, "P", cut=b"\x3b" not in end)
        if kind in ("webp", "wav", "avi"):
            return _riff(kind, start, size)
    except (struct.error, IndexError):
        # Of a longer file the end of what was read is not the end of the file.
        return Head(kind, cut=size <= len(start))
    return Head(kind)


def kind_of(start: bytes) -> str | None:
    """Return the kind of file that some first bytes are of, `text` for no medium at all."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if start[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if start[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}.get(start[8:12])
    if start[4:8] == b"ftyp":
        return _FTYP_IMAGES.get(start[8:12], "mp4")
    signs = {b"fLaC": "flac", b"OggS": "ogg", b"II*\0": "tiff", b"MM\0*": "tiff"}
    signs |= {b"\x1a\x45\xdf\xa3": "webm"}
    if start[:4] in signs:
        return signs[start[:4]]
    if start.startswith(b"BM") and len(start) > 26 and start[6:10] == bytes(4):
        return "bmp"
    if start.startswith(b"ID3") or (
        len(start) > 1 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2
    ):
        return "mp3"
    if b"<svg" in start[:1024].lower():
        return "svg"
    return "text" if _TEXT.match(start[:512]) else None


def _png(start: bytes, end: bytes, size: int) -> Head:
    width, height, _, colour = struct.unpack_from(">IIBB", start, 16)
    colours = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}.get(colour)
    return Head("png", width, height, colours, cut=b"IEND" not in end or size < 45)


def _jpeg(start: bytes, end: bytes) -> Head:
    at, turned = 2, False
    while at < len(start):
        if start[at] != 0xFF:
            break
        mark = start[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        length = struct.unpack_from(">H", start, at + 2)[0]
        if mark == 0xE1 and start[at + 4 : at + 10] == b"Exif\0\0":
            turned = _orientation(start[at + 10 : at + 2 + length]) not in (0, 1)
        if mark in _JPEG_FRAMES:
            height, width, parts = struct.unpack_from(">HHB", start, at + 5)
            colours = {1: "L", 3: "RGB", 4: "CMYK"}.get(parts)
            return Head("jpeg", width, height, colours, turned, b"\xff\xd9" not in end)
        at += 2 + length
    # The picture's own header lies behind what was read, or behind bytes that belong nowhere.
    return Head("jpeg", turned=turned, cut=b"\xff\xd9" not in end)


def _orientation(tiff: bytes) -> int:
    try:
        return _orientation_in(tiff)
    except struct.error:
        return 0


def _orientation_in(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    first = struct.unpack_from(f"{order}I", tiff, 4)[0]
    count = struct.unpack_from(f"{order}H", tiff, first)[0]
    for number in range(min(count, 64)):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
        if tag == 0x0112:
            return int(value) if 1 <= value <= 8 else 0
    return 0


def _riff(kind: str, start: bytes, size: int) -> Head:
    said = struct.unpack_from("<I", start, 4)[0]
    # Streams that were never closed say 0 or the largest number.
    cut = kind == "webp" and said + 8 > size
    if kind == "webp" and start[12:16] == b"VP8X":
        alpha = bool(start[20] & 0x10)
        width = 1 + int.from_bytes(start[24:27], "little")
        height = 1 + int.from_bytes(start[27:30], "little")
        return Head(kind, width, height, "RGBA" if alpha else "RGB", cut=cut)
    return Head(kind, cut=cut)
