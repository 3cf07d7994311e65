"""Hashes of files and of ids, which tell contents apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from curate.files.ids import Hashes


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hex digits; no file is too large for memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_hashes(texts: Iterable[str]) -> Hashes:
    """Return the first 8 bytes of each text's SHA-256, `(n,) uint64`, little end first."""
    digests = b"".join(hashlib.sha256(text.encode()).digest()[:8] for text in texts)
    return np.frombuffer(digests, "<u8").astype(np.uint64)
