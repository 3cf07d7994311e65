"""Rows of `dedup` that an embedding model takes for nearly the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.line.base import Context, Rows
from curate.build.steps.dedup.compared import PROMPT, SIDES, Compared, batches_of
from curate.deduplication.embeddings import Embedder, cosines, neighbours, unit
from curate.deduplication.keep import Pairs

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Vectors = NDArray[np.float32]
else:
    Indices = Keys = Vectors = Any

_SIDE_PAIRS = 2_000


@dataclass(frozen=True, slots=True)
class Meaning:
    """The search for rows that mean nearly the same.

    Attributes:
        rows: All rows.
        compared: What of them is compared.
        indices: `(n,) int64`, ascending: those that are compared.
        beside: `(n_rows,) uint64`: rows with other keys are no duplicates.
        threshold: The least cosine.
        embedder: Makes the vectors.
        context: A folder, and whom to tell how far it is.
    """

    rows: Rows
    compared: Compared
    indices: Indices
    beside: Keys
    threshold: float
    embedder: Embedder
    context: Context

    def run(self) -> tuple[Pairs, Callable[[Pairs], Pairs]]:
        """Return the pairs of rows that are duplicates, and what compares more of them."""
        vectors = self._vectors()

        def judge(pairs: Pairs) -> Pairs:
            first, second = (np.searchsorted(self.indices, rows) for rows in pairs[:2])
            scores = cosines(np.asarray(vectors[first]), np.asarray(vectors[second]))
            found = Pairs(pairs.first, pairs.second, scores)
            return self._duplicates(found.where(scores >= self.threshold))

        near = neighbours(vectors, self.threshold) if len(vectors) else Pairs.none()
        pairs = Pairs(self.indices[near.first], self.indices[near.second], near.scores)
        return self._duplicates(pairs), judge

    def _vectors(self) -> Vectors:
        path = self.context.scratch / "vectors"
        n_dimensions = 0
        with path.open("wb") as out:
            for mine, batch in batches_of(self.rows, self.compared, self.indices):
                found = unit(self.embedder.encode(self.compared.texts(batch).joined()))
                n_dimensions = found.shape[1]
                out.write(found.tobytes())
                self.context.tick(int(mine[-1]) + 1)
        if not n_dimensions:
            return np.zeros((0, 1), np.float32)
        return np.memmap(path, np.float32, "r").reshape(-1, n_dimensions)

    def _duplicates(self, pairs: Pairs) -> Pairs:
        """Return the pairs that have the same beside their text and are alike on each side."""
        pairs = pairs.where(self.beside[pairs.first] == self.beside[pairs.second])
        if not self.compared.sides:
            return pairs
        scores = pairs.scores.copy()
        reader = self.compared.reader(self.rows)
        for start in range(0, len(scores), _SIDE_PAIRS):
            part = pairs.where(slice(start, start + _SIDE_PAIRS))
            for name in (PROMPT, *SIDES[self.rows.kind]):
                ours, theirs = (self._side(reader.side_texts(at, name)) for at in part[:2])
                alike = np.where(ours.any(1) | theirs.any(1), cosines(ours, theirs), 1.0)
                low = np.minimum(scores[start : start + _SIDE_PAIRS], alike)
                scores[start : start + _SIDE_PAIRS] = low
        return Pairs(pairs.first, pairs.second, scores).where(scores >= self.threshold)

    def _side(self, texts: list[str]) -> Vectors:
        return unit(self.embedder.encode(texts))
