"""Names of files in folders and archives: which are safe, hidden or archives, and their order."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence

from curate.errors import InputError, escaped
from curate.finding import Hit

LONGEST_NAME_BYTES = 4_096
_NUMBERS = re.compile("([0-9]+)")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile("[A-Za-z]:")
_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
# Subfolders of a Maildir begin with a dot, and hold these.
MAILDIR_FOLDERS = {"cur", "new", "tmp"}
_BESIDE = {"__MACOSX"}


def natural(name: str) -> tuple[tuple[object, ...], str]:
    """Return a sorting key by which numbers in names count as numbers: `a2` before `a10`."""
    parts: list[object] = list(_NUMBERS.split(name))
    for at in range(1, len(parts), 2):
        digits = str(parts[at]).lstrip("0")
        parts[at] = (len(digits), digits)
    return tuple(parts), name


def fault_of(name: str) -> str | None:
    """Return what is wrong with a member's path, None for one that stays in its archive.

    Source: CWE-22; PKWARE APPNOTE 6.3.10, 4.4.17.1 (no drive letter, no leading slash, `/`).
    """
    if _CONTROL.search(name):
        return "the name holds control characters"
    if len(name.encode(errors="surrogatepass")) > LONGEST_NAME_BYTES:
        return f"the name is longer than {LONGEST_NAME_BYTES:,} bytes"
    if name.startswith("/") or _DRIVE.match(name):
        return "the path is absolute"
    if ".." in name.split("/"):
        return "the path leads out of the archive"
    return None


def tidy(name: str) -> str:
    """Return a path without empty and `.` parts; a `/` at the end stays."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/".join(parts) + ("/" if name.endswith("/") and parts else "")


def is_hidden(name: str) -> bool:
    """Return whether a file or a folder above it is hidden; folders of a Maildir are not."""
    parts = name.split("/")
    return any(
        (part[:1] == "." and after not in MAILDIR_FOLDERS) or part in _BESIDE
        for part, after in zip(parts, [*parts[1:], ""], strict=True)
    )


def is_nested(name: str) -> bool:
    """Return whether a name is that of an archive."""
    return name.lower().endswith(_ARCHIVES)


def hidden_hit(count: int) -> Hit:
    """Return what is said of hidden files or folders."""
    return Hit("SRC099", "", f"hidden and not read: {count:,}")


def archive_kind(head: bytes) -> str | None:
    """Return what archive a file is by its first 262 bytes: zip, tar, 7z or rar; None for none."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head[257:262] == b"ustar":
        return "tar"
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    return "rar" if head.startswith(b"Rar!\x1a\x07") else None


def first_bytes(opened: Callable[[], io.RawIOBase], n_bytes: int) -> bytes:
    """Return the first bytes of a file, fewer where it is shorter or cannot be read further.

    Args:
        opened: Opens the file, unbuffered.
        n_bytes: How many are wanted.
    """
    found = bytearray()
    try:
        with opened() as stream:
            while len(found) < n_bytes and (block := stream.read(n_bytes - len(found))):
                found += block
    except (InputError, OSError):
        pass  # told where it is read
    return bytes(found)


def below(
    names: Sequence[str], skipped: Sequence[tuple[str, Hit]], prefix: str
) -> tuple[list[str], list[tuple[str, Hit]]]:
    """Return the names and the skipped ones that begin with a prefix, without it."""
    length = len(prefix)
    return (
        [name[length:] for name in names if name.startswith(prefix)],
        [(path[length:], hit) for path, hit in skipped if path.startswith(prefix)],
    )


def shown(name: str) -> str:
    """Return a name that can be written anywhere: control signs and lone surrogates as escapes."""
    text = escaped(name.encode(errors="backslashreplace").decode())
    return text.replace("\n", "\\n").replace("\t", "\\t")
