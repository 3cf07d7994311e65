"""A folder or a zip archive as a tree of files, read in place.

The members of an archive are never written to disk. A member whose path leads out of the archive,
that is a link, or that unpacks beyond the limits is not read, and said.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO, Protocol

from curate.files.limits import Limits
from curate.files.tree.archive import zip_tree
from curate.files.tree.folder import FolderTree, open_inside
from curate.files.tree.names import archive_kind
from curate.finding import Hit

__all__ = ["Tree", "archive_kind", "open_member", "open_tree", "within"]


class Tree(Protocol):
    """Files below one place.

    Attributes:
        names: Paths of the files with `/`, in natural order (`a2` before `a10`).
        skipped: What is not read, as `(path, hit)`; the path of a whole folder ends with `/`.
    """

    names: list[str]
    skipped: list[tuple[str, Hit]]

    def size(self, name: str) -> int:
        """Return a file's length in bytes, as the archive says it."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; what it yields is bounded by the limits.

        Reading it raises InputError too, where the data turns out to be damaged or beyond a limit.

        Raises:
            InputError: If there is no such file, it may not be read, or it is damaged.
        """

    def head(self, name: str, n_bytes: int = 1 << 16) -> bytes:
        """Return a file's first bytes, fewer where it is shorter, or cannot be read any further.

        What is wrong with it is told where it is read.
        """

    def below(self, prefix: str) -> Tree:
        """Return the tree of the files whose names begin with a prefix, which they lose."""


def open_tree(path: Path, limits: Limits) -> Tree:
    """Return the tree of a folder or of a zip archive.

    An archive is refused as a whole where its list of members is damaged or contradicts itself, has
    more than `limits.archive_entries`, or where the members unpack to more than
    `limits.archive_bytes`. Nothing is unpacked here.

    Raises:
        InputError: If it is neither, is damaged, or goes beyond the limits.
    """
    if path.is_dir():
        return FolderTree(path)
    return zip_tree(path, limits)


def open_member(path: Path, name: str, limits: Limits) -> io.RawIOBase:
    """Open one file of a folder or an archive, unbuffered, without listing the folder.

    Raises:
        InputError: As `Tree.open`; reading raises it too.
    """
    if path.is_dir():
        return open_inside(path, name)
    return zip_tree(path, limits).stream(name)


def within(name: str, place: str) -> bool:
    """Return whether a file or folder is a place or lies in it; a folder ends with `/` or is ""."""
    return name == place or ((place.endswith("/") or not place) and name.startswith(place))
