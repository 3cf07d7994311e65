"""Where the bytes of mails are, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from curate.errors import InputError
from curate.files.limits import Limits
from curate.files.tree import open_member

_BLOCK_BYTES = 256 << 10


class Holder(NamedTuple):
    """What holds mails.

    Attributes:
        root: A file that holds them one behind the other, or the folder of their files.
        is_folder: Which of the two.
        escaped: Whether `>From ` stands for `From ` in it.
    """

    root: str
    is_folder: bool
    escaped: bool


class Place(NamedTuple):
    """Where a mail's bytes are.

    Attributes:
        holder: What holds them.
        name: Name of the mail's own file below its source; None in a mailbox.
        start: Offset of its first byte.
        length: Its bytes.
    """

    holder: Holder
    name: str | None
    start: int
    length: int


class Files(ExitStack):
    """Mail files that stay open while a piece is read.

    Args:
        limits: Bounds on what is read of an archive.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._open: dict[str, BinaryIO] = {}

    def bytes_of(self, place: Place) -> bytes | None:
        """Return a mail's bytes, None where they are not there any more."""
        raw = self.start_of(place, place.length)
        return raw if len(raw) == place.length else None

    def start_of(self, place: Place, n_bytes: int) -> bytes:
        """Return a mail's first bytes, b"" where they are not there any more."""
        n_bytes = min(n_bytes, place.length)
        return next(self.blocks(place, n_bytes), b"") if n_bytes else b""

    def blocks(self, place: Place, size: int = _BLOCK_BYTES) -> Iterator[bytes]:
        """Yield a mail's bytes, at most so many at once; fewer than it has where it is gone."""
        try:
            if place.holder.is_folder and place.name is not None:
                root = Path(place.holder.root)
                with open_member(root, place.name, self._limits) as raw:
                    raw.seek(place.start)
                    yield from _some(cast("BinaryIO", raw), place.length, size)
            else:
                file = self._file(place.holder.root)
                file.seek(place.start)
                yield from _some(file, place.length, size)
        except (OSError, InputError):
            return

    def _file(self, root: str) -> BinaryIO:
        if root not in self._open:
            file = Path(root).open("rb", buffering=_BLOCK_BYTES)  # noqa: SIM115 (closed with the stack)
            self._open[root] = self.enter_context(file)
        return self._open[root]


def _some(file: BinaryIO, length: int, size: int) -> Iterator[bytes]:
    while length > 0 and (block := file.read(min(size, length))):
        yield block
        length -= len(block)
