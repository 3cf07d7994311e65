"""A folder as a tree: links that lead out of it, pipes and devices are not opened."""

from __future__ import annotations

import io
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, cast

from curate.errors import InputError
from curate.files.tree import names as naming
from curate.finding import Hit

_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")
_LINK = Hit("SRC093", "", "not read: a link that leads out of the folder, or nowhere")
_LINKED_FOLDER = Hit("SRC093", "", "not read: a link to a folder")
_SPECIAL = Hit("SRC093", "", "not read: a special file (a pipe, a socket or a device)")
_UNREADABLE = Hit("SRC021", "", "it may not be read")


class FolderTree:
    """A folder, or the part of it below a prefix; see `Tree`.

    Files that links name are read where they lie in the folder; links to folders are not followed.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._prefix = path, ""
        walk = _Walk(path)
        walk.folder("")
        if walk.hidden:
            walk.skipped.append(("", naming.hidden_hit(walk.hidden)))
        self.names = sorted(walk.names, key=naming.natural)
        self.skipped = sorted(walk.skipped, key=lambda each: naming.natural(each[0]))

    def size(self, name: str) -> int:
        """Return a file's length in bytes.

        Raises:
            InputError: If it is gone.
        """
        try:
            return _real(self._path, self._prefix + name).stat().st_size
        except OSError as error:
            raise _unreadable(error) from None

    def open(self, name: str) -> BinaryIO:
        """Open a file.

        Raises:
            InputError: If it is no plain file in the folder any more, or may not be read.
        """
        raw = open_inside(self._path, self._prefix + name)
        return cast("BinaryIO", io.BufferedReader(raw, 1 << 16))

    def head(self, name: str, n_bytes: int = 1 << 16) -> bytes:
        """Return a file's first bytes, none where it cannot be read."""
        return naming.first_bytes(lambda: open_inside(self._path, self._prefix + name), n_bytes)

    def below(self, prefix: str) -> FolderTree:
        """Return the tree of the files whose names begin with a prefix."""
        part = object.__new__(FolderTree)
        part._path, part._prefix = self._path, self._prefix + prefix
        part.names, part.skipped = naming.below(self.names, self.skipped, prefix)
        return part


class _Walk:
    """What is found on the way through a folder."""

    def __init__(self, root: Path) -> None:
        self._root, self._real_root = root, root.resolve()
        self.names: list[str] = []
        self.skipped: list[tuple[str, Hit]] = []
        self.hidden = 0

    def folder(self, start: str) -> None:
        """Note the files of a folder and of those in it; `start` is its path below the root."""
        waiting = [start]
        while waiting:
            inside = waiting.pop()
            try:
                with os.scandir(self._root / inside) as found:
                    entries = list(found)
            except OSError:
                self.skipped.append((_shown(inside), _UNREADABLE))
                continue
            for entry in entries:
                if self._see(entry, inside + entry.name):
                    waiting.append(f"{inside}{entry.name}/")

    def _see(self, entry: os.DirEntry[str], name: str) -> bool:
        """Note a file or why it is not read; return whether it is a folder to look into."""
        if entry.is_dir(follow_symlinks=False):
            if entry.name.startswith(".") and not _is_maildir(entry.path):
                self.hidden += 1
                return False
            return True
        if naming.is_hidden(name):
            self.hidden += 1
        elif (hit := self._why_not(entry)) is not None:
            self.skipped.append((_shown(name), hit))
        else:
            self.names.append(_shown(name))
        return False

    def _why_not(self, entry: os.DirEntry[str]) -> Hit | None:
        if entry.is_symlink():
            real = Path(os.path.realpath(entry.path))
            if not real.is_relative_to(self._real_root) or not real.exists():
                return _LINK
            if real.is_dir():
                return _LINKED_FOLDER
        if not entry.is_file():
            return _SPECIAL
        return None if os.access(entry.path, os.R_OK) else _UNREADABLE


def open_inside(root: Path, name: str) -> io.RawIOBase:
    """Open a file of a folder by its path below it, unbuffered.

    Raises:
        InputError: If the path leads out of the folder, or to no plain file that may be read.
    """
    path = _real(root, name)
    if naming.fault_of(name) or not path.resolve().is_relative_to(root.resolve()):
        raise InputError("a file that leads out of the folder", code="SRC093")
    # A pipe in place of the file that was listed must not make this wait.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        number = os.open(path, flags)
    except OSError as error:
        raise _unreadable(error) from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise InputError("no plain file", code="SRC093")
    return io.FileIO(number, "rb")


def _is_maildir(path: str) -> bool:
    return Path(path, "cur").is_dir()


def _shown(name: str) -> str:
    r"""Return a file's path as text; bytes that are not UTF-8 are `\xNN`."""
    return os.fsencode(name).decode(errors="backslashreplace").replace(os.sep, "/")


def _real(root: Path, name: str) -> Path:
    """Return the file that a name of `_shown` stands for."""
    path = root / name
    if "\\x" not in name or os.path.lexists(path):
        return path
    raw = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name.encode())
    return root / os.fsdecode(raw)


def _unreadable(error: OSError) -> InputError:
    # Messages become findings, so they name no file: its path may say who writes to whom.
    return InputError(f"a file cannot be read: {error.strerror}", code="SRC021")
