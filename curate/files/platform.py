"""What differs between POSIX and Windows, and nothing else."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from curate.errors import LockedError


def sync_file(path: Path) -> None:
    """Flush a file's bytes to the disk."""
    writable = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
    descriptor = os.open(path, writable)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def sync_folder(path: Path) -> None:
        """Do nothing: Windows has no way to flush a folder's entries."""
        del path

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def sync_folder(path: Path) -> None:
        """Flush a folder's entries, so that a rename in it survives a power cut."""
        sync_file(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file for the block; it is freed when the process ends.

    Raises:
        LockedError: If another process holds it.
    """
    descriptor = _locked_file(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _locked_file(path: Path) -> int:
    """Return a descriptor that holds the lock of the file that now stands at the path."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(descriptor)
        except OSError:
            os.close(descriptor)
            raise LockedError(
                f"{path}: another run is writing here", hint="wait for it, or choose another -o"
            ) from None
        # The one who held it before removed the file: then this lock keeps nobody out.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_KEPT_BYTES = 64 << 20


def keep_freed_memory() -> None:
    """Let the C library keep up to 64 MiB that was freed instead of giving it back at once.

    Chunks are made and freed thousands of times; glibc returns each to the kernel (from 128 KiB on)
    and faults the next one in page by page. Nothing happens where there is no glibc.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
    mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
