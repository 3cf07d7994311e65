"""A folder or an archive as a tree of files, read in place.

The members of an archive are never written to disk. A member whose path leads out of the archive,
that is a link, or that unpacks beyond the limits is not read, and said.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Protocol

from curate.files.limits import Limits
from curate.finding import Hit


class Tree(Protocol):
    """Files below one place.

    Attributes:
        names: Paths of the files with `/`, in natural order (`a2` before `a10`).
        skipped: What is not read, as `(path, hit)`.
    """

    names: list[str]
    skipped: list[tuple[str, Hit]]

    def size(self, name: str) -> int:
        """Return a file's length in bytes, as the archive says it."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; what it yields is bounded by the limits.

        Raises:
            InputError: If it goes beyond a limit, or is damaged.
        """

    def head(self, name: str, n_bytes: int = 1 << 16) -> bytes:
        """Return a file's first bytes."""

    def below(self, prefix: str) -> Tree:
        """Return the tree of the files whose names begin with a prefix, which they lose."""


def open_tree(path: Path, limits: Limits) -> Tree:
    """Return the tree of a folder or of a zip archive.

    Raises:
        InputError: If it is neither, is damaged, or goes beyond the limits.
    """
    raise NotImplementedError
