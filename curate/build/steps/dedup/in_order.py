"""Rows of `dedup` whose words come in nearly the same order, by ROUGE-L."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.line.base import Context, Rows
from curate.build.steps.dedup.compared import PROMPT, SIDES, Compared, batches_of
from curate.build.steps.dedup.subjects import exchanges
from curate.build.steps.texts import On
from curate.deduplication.keep import Kept
from curate.deduplication.stems import word_order
from curate.deduplication.subjects import differ
from curate.deduplication.word_order import PRINT_WORDS, WordOrder, rouge_l_of, word_print
from curate.lexical import Hashes

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
else:
    Indices = Keys = Any

_READ_ROWS = 1 << 12


def in_same_order(
    rows: Rows,
    compared: Compared,
    among: tuple[Indices, Keys, Indices],
    options: tuple[float, bool],
    context: Context,
) -> Kept:
    """Return the rows that leave, each for one that stays and is as alike as the threshold asks.

    Prompts and responses of conversations are compared each by itself, and the score is that of the
    responses.

    Args:
        rows: The rows.
        compared: What of them is compared.
        among: `(n,) int64`, ascending: those that are compared; `(n_rows,) uint64`: rows with other
            keys are no duplicates; `(n_rows,) int64`: the order in which rows are kept.
        options: The threshold, and whether words are stemmed.
        context: A folder, and whom to tell how far it is.
    """
    indices, beside, rank = among
    threshold, stem = options
    order = WordOrder(context.scratch, threshold)
    both = _by_both(rows, compared)
    looked = replace(compared, on="response") if both else compared
    prompts = _Prints(len(indices) if both else 0, threshold)
    for mine, batch in batches_of(rows, looked, indices):
        for text in looked.texts(batch).joined():
            order.add(word_order(text, stem=stem))
        if both:
            for text in replace(compared, on=PROMPT).texts(batch).joined():
                prompts.add(word_order(text, stem=stem))
        context.tick(int(mine[-1]) + 1)
    keys = beside[indices]
    alike = _Alike(rows, compared, options, (PROMPT,) if both else ())

    def allowed(first: int, second: int) -> bool:
        if keys[first] != keys[second] or (both and not prompts.fit(first, second)):
            return False
        return alike(int(indices[first]), int(indices[second]))

    found = order.leaving(np.argsort(rank[indices], kind="stable"), allowed)
    return Kept(indices[found.rows], indices[found.kept], found.scores)


def _by_both(rows: Rows, compared: Compared) -> bool:
    """Return whether prompts and responses are compared each by itself."""
    return rows.kind == "sft" and compared.subjects and compared.on != PROMPT


class _Prints:
    """Prints of texts, 72 bytes each, that tell most pairs of unlike texts without their words."""

    def __init__(self, n: int, threshold: float) -> None:
        self._lengths = np.zeros(n, np.int64)
        self._prints = np.zeros((n, PRINT_WORDS), np.uint64)
        self._done, self._most = 0, 1 - threshold

    def add(self, words: Hashes) -> None:
        """Add the next text."""
        self._lengths[self._done], self._prints[self._done] = len(words), word_print(words)
        self._done += 1

    def fit(self, first: int, second: int) -> bool:
        """Return whether two texts may be alike: each bit that differs is a word that one lacks."""
        ours, theirs = (
            int.from_bytes(self._prints[at].tobytes(), "little") for at in (first, second)
        )
        total = int(self._lengths[first] + self._lengths[second])
        return (ours ^ theirs).bit_count() <= self._most * total + 1e-9


class _Alike:
    """Says of two rows whether all that is not indexed is alike, and they are about one thing."""

    def __init__(
        self, rows: Rows, compared: Compared, options: tuple[float, bool], parts: tuple[On, ...]
    ) -> None:
        self._threshold, self._stem = options
        self._subjects = compared.subjects
        self._sides = (PROMPT, *SIDES[rows.kind]) if compared.sides else ()
        self._reader = compared.reader(rows)
        self._parts = [replace(compared, on=part).reader(rows) for part in parts]
        self._read = lru_cache(_READ_ROWS)(self._of_row)

    def __call__(self, first: int, second: int) -> bool:
        ours, theirs = self._read(first), self._read(second)
        for mine, other in zip(ours[1:], theirs[1:], strict=True):
            if rouge_l_of(mine, other) < self._threshold - 1e-9:
                return False
        return not (self._subjects and differ(ours[0], theirs[0]))

    def _of_row(self, row: int) -> tuple[Any, ...]:
        """Return what a row asks and answers, and the words that are compared by themselves."""
        at = np.array([row])
        texts = [reader.texts(at)[0] for reader in self._parts]
        texts += [self._reader.side_texts(at, name)[0] for name in self._sides]
        said = exchanges(self._reader.spoken(at))[0] if self._subjects else None
        return said, *(word_order(text, stem=self._stem) for text in texts)
