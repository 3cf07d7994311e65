"""Questions that mean what a row's text means, by an embedding model that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.decontamination.index import Index
from curate.decontamination.judge import LEAK, METHODS

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Offsets = NDArray[np.int64]
    Leaks = NDArray[np.void]
else:
    Vectors = Offsets = Leaks = Any

# Texts → `(n_texts, n_dimensions) float32`.
Embed = Callable[[Sequence[str]], Vectors]
_CELLS = 1 << 22


class Meanings:
    """The questions of an index as vectors.

    Attributes:
        pieces: The pieces that ask, as numbers of the index.
    """

    def __init__(self, index: Index, embed: Embed) -> None:
        """Embed the questions.

        Args:
            index: What is looked for.
            embed: Gives a vector for each text; need not be of length 1.
        """
        asks = [index.items[item].pieces[n].side == "question" for item, n in index.first_of]
        self.pieces = [piece for piece, does in enumerate(asks) if does]
        self._embed = embed
        self._vectors = _of_length_1(embed([index.text(piece) for piece in self.pieces]))

    def leaks(self, texts: Sequence[str], rows: Offsets, least: float, first_row: int = 0) -> Leaks:
        """Return each row's most similar question where it is similar enough, `(n,) LEAK`.

        Args:
            texts: The rows' texts; an empty one matches nothing.
            rows: `(n_texts,) int64`, ascending: the row of each text, from 0.
            least: Least cosine, -1 to 1.
            first_row: Is added to the rows that are returned.
        """
        filled = [n for n, text in enumerate(texts) if text.strip()]
        if not filled or not self.pieces:
            return np.zeros(0, LEAK)
        vectors = _of_length_1(self._embed([texts[n] for n in filled]))
        best: dict[int, tuple[float, int, int]] = {}
        together = max(1, _CELLS // len(self.pieces))
        for start in range(0, len(filled), together):
            cosines = vectors[start : start + together] @ self._vectors.T
            nearest = cosines.argmax(axis=1)
            for at, piece in enumerate(nearest.tolist()):
                n = filled[start + at]
                score, row = float(cosines[at, piece]), int(rows[n])
                if score >= least and score > best.get(row, (-2.0, 0, 0))[0]:
                    best[row] = score, piece, n
        made = np.zeros(len(best), LEAK)
        for at, row in enumerate(sorted(best)):
            score, piece, n = best[row]
            leak = made[at : at + 1]
            leak["row"], leak["piece"] = row + first_row, self.pieces[piece]
            leak["text"] = n - int(np.searchsorted(rows, row))
            leak["score"], leak["method"] = score, METHODS.index("semantic")
        return made


def _of_length_1(vectors: Vectors) -> Vectors:
    """Return vectors of length 1; one without length or a number becomes 0 and matches nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    good = np.isfinite(lengths) & (lengths > 0)
    return np.where(good, vectors / np.where(good, lengths, 1), 0).astype(np.float32)
