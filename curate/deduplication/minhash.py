"""MinHash signatures of texts, and what of them is kept: band keys, a sketch, a key of the words.

Source: Broder, "On the resemblance and containment of documents" (1997); bands of rows as in
Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.errors import UsageError
from curate.lexical import Hashes, Offsets, Ragged, ngrams, word_keys
from curate.lexical.ragged import mixed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Signatures = NDArray[np.uint32]
else:
    Signatures = Any

# Hashes permuted together: they and their products stay in the cache.
_BLOCK = 1 << 16
# Bits kept of each value of a signature, and how many such fields one word of a sketch has.
_FIELD_BITS = 2
_FIELDS = 64 // _FIELD_BITS
# The share of pairs at the threshold itself that are to become candidates.
_LEAST_RECALL = 0.98


@dataclass(frozen=True, slots=True)
class NearOptions:
    """How near-duplicates are looked for.

    Attributes:
        threshold: Least Jaccard similarity of the sets of n-grams, above 0 and up to 1; at 1 two
            texts have the same set.
        ngram_words: Words in an n-gram, 1 or more (characters in scripts without spaces). A text
            with fewer words has one n-gram, of all its words.
        permutations: Values in a signature, 1 or more.
        bands: Groups of values of which one must be equal for two texts to be compared, or None:
            see `shape`.
        rows: Values in a band, or None.
        verified: Whether candidates are compared exactly.
    """

    threshold: float = 0.7
    ngram_words: int = 5
    permutations: int = 128
    bands: int | None = None
    rows: int | None = None
    verified: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise UsageError(
                f"the threshold is {self.threshold:g}, expected above 0 and at most 1",
                hint="at 0 every two texts would be duplicates; 0.7 finds edited copies, "
                "1 only texts with the same n-grams",
            )
        for name, value in (
            ("ngram words", self.ngram_words),
            ("permutations", self.permutations),
            ("bands", self.bands),
            ("rows", self.rows),
        ):
            if value is not None and value < 1:
                raise UsageError(
                    f"{name}: {value}, expected 1 or more", hint="leave it out for the default"
                )
        bands, rows = self.shape
        if bands * rows > self.permutations:
            raise UsageError(
                f"{bands} bands of {rows} rows need {bands * rows} permutations, "
                f"{self.permutations} are set",
                hint=f"set {bands * rows} permutations, or at most "
                f"{max(1, self.permutations // rows)} bands",
            )

    @property
    def shape(self) -> tuple[int, int]:
        """How many bands there are, and how many rows each has.

        Where neither is set: the most rows with which 98 % of the pairs at the threshold itself
        are expected to become candidates, and as many bands as there are permutations for; more
        rows make fewer candidates, and verification takes away what the wide bands bring too much.
        25 bands of 5 rows at 0.7, 18 of 7 at 0.8, 11 of 11 at 0.9.
        """
        if self.bands is not None and self.rows is not None:
            return self.bands, self.rows
        if self.rows is not None:
            return max(1, self.permutations // self.rows), self.rows
        if self.bands is not None:
            return self.bands, max(1, self.permutations // self.bands)
        for rows in range(self.permutations, 1, -1):
            bands = self.permutations // rows
            if recall(bands, rows, self.threshold) >= _LEAST_RECALL:
                return bands, rows
        return self.permutations, 1


def recall(bands: int, rows: int, jaccard: float) -> float:
    """Return the share of pairs of a similarity that are expected to become candidates, 0 to 1."""
    return float(1 - (1 - jaccard**rows) ** bands)


class Sketches(NamedTuple):
    """What is kept of texts.

    Attributes:
        bands: `(n_bands, n_texts) uint64`: equal where all values of the band are; 0 for a text
            without words, and for no other.
        fields: `(n_texts, n) uint64`: two bits of each value of the signature; none where pairs
            are not verified.
        keys: `(n_texts, 2) uint64`: equal where the words are.
        words: `(n_texts,) uint32`: how many words each has, at most 2**32 - 1.
    """

    bands: Hashes
    fields: Hashes
    keys: Hashes
    words: Signatures


def sketches(words: Ragged, options: NearOptions) -> Sketches:
    """Return what is kept of texts, given their words; of each text by itself."""
    bands, rows = options.shape
    grams = ngrams(words, options.ngram_words)
    values = signatures(grams, bands * rows)
    keyed = band_keys(values, bands, rows)
    keyed[:, grams.lengths == 0] = 0
    lengths = np.minimum(words.lengths, 0xFFFFFFFF).astype(np.uint32)
    fields = _fields(values if options.verified else values[:0])
    return Sketches(keyed, fields, word_keys(words), lengths)


def signatures(grams: Ragged, permutations: int) -> Signatures:
    """Return the least value of each text's hashes under each permutation.

    Args:
        grams: Hashes of n-grams.
        permutations: How many.

    Returns:
        `(permutations, n_texts) uint32`; 0 for a text without hashes. Two texts agree in a value
        with a probability of their Jaccard similarity.

    Source: multiplication of 32 mixed bits by an odd number, which permutes them, as the schemes
    of datasketch and rensa do with an addition before the minimum.
    """
    factors = _factors(permutations)
    found = np.zeros((permutations, grams.n_texts), np.uint32)
    texts = np.flatnonzero(grams.lengths)
    begins, ends = grams.starts[texts], grams.starts[texts + 1]
    done = 0
    while done < len(texts):
        start = int(begins[done])
        upto = max(done + 1, int(np.searchsorted(ends, start + _BLOCK, "right")))
        piece = (grams.values[start : ends[upto - 1]] >> np.uint64(32)).astype(np.uint32)
        found[:, texts[done:upto]] = _least(piece, begins[done:upto] - start, factors)
        done = upto
    return found


def _least(piece: Signatures, begins: Offsets, factors: Signatures) -> Signatures:
    permuted = np.empty_like(piece)
    least = np.empty((len(factors), len(begins)), np.uint32)
    for at, factor in enumerate(factors):
        np.multiply(piece, factor, out=permuted)
        np.minimum.reduceat(permuted, begins, out=least[at])
    return least


def _factors(n: int) -> Signatures:
    numbers = mixed(np.arange(1, n + 1, dtype=np.uint64)) >> np.uint64(32)
    return numbers.astype(np.uint32) | np.uint32(1)


def band_keys(values: Signatures, bands: int, rows: int) -> Hashes:
    """Return a key of each band of signatures, `(bands, n_texts) uint64`, never 0."""
    keys = np.zeros((bands, values.shape[1]), np.uint64)
    factors = mixed(np.arange(1, rows + 1, dtype=np.uint64) << np.uint64(32)) | np.uint64(1)
    for row in range(rows):
        keys += values[row : bands * rows : rows] * factors[row]
    return np.maximum(mixed(keys), np.uint64(1))


def _fields(values: Signatures) -> Hashes:
    n_values, n_texts = values.shape
    fields = np.zeros((n_texts, -(-n_values // _FIELDS)), np.uint64)
    for at in range(n_values):
        # The high bits of a least value are mostly 0.
        bits = (values[at] & np.uint32((1 << _FIELD_BITS) - 1)).astype(np.uint64)
        fields[:, at // _FIELDS] |= bits << np.uint64(at % _FIELDS * _FIELD_BITS)
    return fields
