"""Keys of texts that are equal but for what is folded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from curate.lexical.folding import DEFAULT_FOLDS, Folds, folded
from curate.lexical.ragged import Hashes


def exact_keys(texts: Sequence[str], folds: Folds = DEFAULT_FOLDS) -> Hashes:
    """Return a 128-bit key of each text, `(n_texts, 2) uint64`: equal where `folded` texts are.

    Source: BLAKE2b (RFC 7693) with a digest of 16 bytes, so that a chance collision among 10
    million texts has a probability below 2**-80.
    """
    digests = b"".join(
        hashlib.blake2b(
            folded(text, folds).encode("utf-8", "surrogatepass"), digest_size=16
        ).digest()
        for text in texts
    )
    return np.frombuffer(digests, "<u8").astype(np.uint64).reshape(len(texts), 2)
