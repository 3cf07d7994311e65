"""Rows of `dedup` whose words come in nearly the same order, by ROUGE-L."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.line.base import Context, Rows
from curate.build.steps.dedup.compared import PROMPT, SIDES, Compared, batches_of
from curate.deduplication.keep import Kept
from curate.deduplication.stems import word_order
from curate.deduplication.word_order import WordOrder, rouge_l_of

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
else:
    Indices = Keys = Any


def in_same_order(
    rows: Rows,
    compared: Compared,
    among: tuple[Indices, Keys, Indices],
    options: tuple[float, bool],
    context: Context,
) -> Kept:
    """Return the rows that leave, each for one that stays and is as alike as the threshold asks.

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
    for mine, batch in batches_of(rows, compared, indices):
        for text in compared.texts(batch).joined():
            order.add(word_order(text, stem=stem))
        context.tick(int(mine[-1]) + 1)
    keys = beside[indices]
    sides_alike = _sides(rows, compared, options)

    def allowed(first: int, second: int) -> bool:
        if keys[first] != keys[second]:
            return False
        return sides_alike(int(indices[first]), int(indices[second]))

    found = order.leaving(np.argsort(rank[indices], kind="stable"), allowed)
    return Kept(indices[found.rows], indices[found.kept], found.scores)


def _sides(
    rows: Rows, compared: Compared, options: tuple[float, bool]
) -> Callable[[int, int], bool]:
    """Return what says whether the prompts and the answers of two rows are alike, each."""
    if not compared.sides:
        return lambda first, second: True
    reader = compared.reader(rows)
    threshold, stem = options

    def alike(first: int, second: int) -> bool:
        pair = np.array([first, second])
        for name in (PROMPT, *SIDES[rows.kind]):
            ours, theirs = (word_order(t, stem=stem) for t in reader.side_texts(pair, name))
            if rouge_l_of(ours, theirs) < threshold - 1e-9:
                return False
        return True

    return alike
