"""Media inside a record: data URIs, and media types by the ending of a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_KINDS: Final = ("image", "audio", "video")
_MIMES: Final[Mapping[str, str]] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
}


def data_uri(mime: str, data: str) -> str:
    """Return base64 data as a URI."""
    return f"data:{mime};base64,{data}"


def inline(ref: str) -> tuple[str, str] | None:
    """Return the media type and the base64 data of a data URI; None for any other reference."""
    if not ref.startswith("data:"):
        return None
    head, mark, data = ref.partition(";base64,")
    mime = head.removeprefix("data:")
    return (mime, data) if mark and mime else None


def kind_of_mime(mime: str | None) -> str:
    """Return image, audio, video, or file for anything else."""
    kind = (mime or "").partition("/")[0]
    return kind if kind in _KINDS else "file"


def mime_by_name(ref: str) -> str | None:
    """Return the media type that the ending of a name stands for, None where it is not known."""
    dot = ref.rfind(".")
    return _MIMES.get(ref[dot:].lower()) if dot >= 0 else None
