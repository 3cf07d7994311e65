"""What a medium's reference is: data inside the row, an address, or a path."""

from __future__ import annotations

import posixpath
import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def inline_data(ref: str) -> tuple[str, str] | None:
    """Return the media type and the base64 data of a data URI; None for any other reference."""
    if not ref.startswith("data:"):
        return None
    head, mark, data = ref.partition(",")
    mime, *options = head.removeprefix("data:").split(";")
    return (mime.strip(), data) if mark and "base64" in options else None


def is_windows(ref: str) -> bool:
    """Tell whether a reference is a path as Windows writes it."""
    if _DRIVE.match(ref) or ref.startswith("\\\\"):
        return True
    return "\\" in ref and "/" not in ref and not is_address(ref)


def is_address(ref: str) -> bool:
    """Tell whether a reference is a URL, data inside the row included."""
    return not _DRIVE.match(ref) and _SCHEME.match(ref) is not None


def is_path(ref: str) -> bool:
    """Tell whether a reference is a path of this machine."""
    return bool(ref) and "\0" not in ref and not is_address(ref)


def is_absolute(ref: str) -> bool:
    """Tell whether a reference is a path from the root of a machine, or of somebody's home."""
    return ref.startswith(("/", "~/", "file:", "\\\\")) or _DRIVE.match(ref) is not None


def climbs(ref: str) -> bool:
    """Tell whether a relative path leads above the folder that it starts in."""
    plain = posixpath.normpath(ref.replace("\\", "/"))
    return plain == ".." or plain.startswith("../")


def ending_of(ref: str) -> str:
    """Return the ending of a path or URL in lower case, "" where there is none."""
    path = ref.partition("?")[0].partition("#")[0] if is_address(ref) else ref
    name = path.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""
