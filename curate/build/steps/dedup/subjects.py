"""Rows of `dedup` that share most of their words and are about different things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.steps.dedup.compared import Reader
from curate.build.steps.dedup.compared import Spoken as Said
from curate.deduplication.overlap import taken
from curate.deduplication.subjects import Exchange, Spoken, differ, may_differ, numbers, unlike
from curate.lexical import words

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
else:
    Indices = Mask = Any


def other_subjects(reader: Reader, first: Indices, second: Indices) -> Mask:
    """Return which pairs of rows are about different things, `(n_pairs,) bool`.

    Args:
        reader: Reads the rows.
        first: `(n_pairs,) int64`: the first row of each pair.
        second: The second.
    """
    rows, at = np.unique(np.concatenate([first, second]), return_inverse=True)
    if not len(rows):
        return np.zeros(0, np.bool_)
    spoken = reader.spoken(rows)
    asked, answered = (
        words(texts.pieces).grouped(texts.starts) for texts in (spoken.asked, spoken.answered)
    )
    ones, others = at[: len(first)], at[len(first) :]
    ours = Spoken(taken(asked, ones), taken(answered, ones))
    theirs = Spoken(taken(asked, others), taken(answered, others))
    read = exchanges(spoken)
    found = unlike(ours, theirs) | may_differ(ours, theirs)
    for pair, (one, other) in enumerate(zip(ones.tolist(), others.tolist(), strict=True)):
        told = read[one].numbers != read[other].numbers or read[one].called != read[other].called
        if found[pair] or told:
            found[pair] = differ(read[one], read[other])
    return found


def exchanges(spoken: Said) -> list[Exchange]:
    """Return what each row asks and answers."""
    texts = (spoken.asked, spoken.answered, spoken.users)
    return [
        Exchange(asks, answers, called, numbers(of_users))
        for (asks, answers, of_users), called in zip(
            zip(*(each.joined() for each in texts), strict=True), spoken.called, strict=True
        )
    ]
