"""Private copies of mailboxes that cannot be read at any place: packed ones and those in archives.

They lie in a folder that only the user can enter, and are removed when the reading ends, also by
Ctrl-C.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO

from curate.errors import InputError, OutputError

_BLOCK_BYTES = 1 << 20


class Spools:
    """Temporary files (mode 0600) in a temporary folder (mode 0700)."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._finalizer: weakref.finalize[..., Spools] | None = None
        self._count = 0

    def new(self) -> Path:
        """Return the path of a new empty file."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="curate-mail-"))
            self._finalizer = weakref.finalize(self, _remove, self._folder, os.getpid())
        self._count += 1
        path = self._folder / str(self._count)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return path

    def copy(self, stream: BinaryIO) -> Path:
        """Return the path of a new file that holds what a stream yields.

        Raises:
            OutputError: If there is no room for it.
        """
        path = self.new()
        self.append(path, stream)
        return path

    def append(self, path: Path, stream: BinaryIO) -> tuple[int, int]:
        """Copy what a stream yields behind what a file holds; return where it is, and its bytes.

        A stream that raises leaves nothing behind.

        Raises:
            OutputError: If there is no room for it.
        """
        with path.open("r+b", buffering=0) as file:
            start = end = file.seek(0, os.SEEK_END)
            try:
                while block := stream.read(_BLOCK_BYTES):
                    _write(file, block)
                    end += len(block)
            except (InputError, OSError):
                file.truncate(start)
                raise
        return start, end - start

    def close(self) -> None:
        """Remove the files."""
        if self._finalizer is not None:
            self._finalizer()


def _write(file: io.FileIO, block: bytes) -> None:
    try:
        left = memoryview(block)
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        raise OutputError(
            f"no temporary copy of a mailbox can be written: {error.strerror or error}",
            hint="set TMPDIR to a folder with room for the unpacked mailboxes",
        ) from None


def _remove(folder: Path, owner: int) -> None:
    # A forked worker that ends must not take the files from the others.
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
