"""The most different rows of each value: vectors of all texts in a file, then the choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.balancing import (
    Frequencies,
    most_different,
    nearest,
    quantised,
    similarity_to_kept,
    sketches,
)
from curate.build.line.base import Context, Rows
from curate.build.steps.balance.values import Grouped
from curate.build.steps.texts import On, RowTexts, columns_for, texts_of
from curate.deduplication.embeddings import Embedder, unit
from curate.lexical import Ragged, words

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Vectors = NDArray[np.int8]
    Numbers = NDArray[np.float64]
else:
    Indices = Vectors = Numbers = Any

# Texts that are taken apart at once: their word hashes take about as much again.
_PIECE_BYTES = 16 << 20
# Rows that say how common words are, and rows that say how well the kept ones stand for all.
_COUNTED_ROWS, _SAMPLED_ROWS = 50_000, 2_000
# Numbers of a vector at least: none is more than half of it then, but by a rare chance.
_LEAST_WIDTH = 64


@dataclass(frozen=True, slots=True)
class By:
    """What rows are compared by.

    Attributes:
        on: The text that is looked at.
        embedder: Makes its vectors; None compares words.
    """

    on: On
    embedder: Embedder | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How near rows are to the kept row nearest to them, by a sample.

    Attributes:
        sampled_rows: Rows of the sample.
        mean_similarity: Their mean cosine to the nearest kept row, -1 to 1.
        random_mean_similarity: The same where as many rows of each value are kept at random.
    """

    sampled_rows: int
    mean_similarity: float
    random_mean_similarity: float


@dataclass(frozen=True, slots=True)
class Different:
    """What the choice of different rows was made of.

    Attributes:
        ranks: `(n_active,) int64`: each row's place among those of its value.
        chosen: `(n_active,) bool`: rows of values that were chosen from.
        nearest: `(n_active,) int64`: the kept row (a place among the active ones) that is nearest,
            where chosen from; else -1.
        similarity: `(n_active,) float64`: the cosine to it, NaN where not chosen from.
        coverage: How well the kept rows stand for all.
    """

    ranks: Indices
    chosen: Any
    nearest: Indices
    similarity: Numbers
    coverage: Coverage | None


def different_rows(
    rows: Rows,
    active: Indices,
    order: Indices,
    values: Grouped,
    upper: Indices,
    by: By,
    context: Context,
) -> Different:
    """Rank the rows of each value that keeps only some by how well they stand for the others.

    Args:
        rows: All rows.
        active: Those that are balanced.
        order: The active rows by value, those of a value by a hash of their id.
        values: Their values.
        upper: `(n_values,) int64`: how many rows of each value can stay at most.
        by: What rows are compared by.
        context: Where the vectors are written: 256 bytes a row, or a byte for each of the numbers
            that a model makes.
    """
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    vectors = _vectors(rows, active, place, by, context)
    ranks = place - np.repeat(np.cumsum(values.counts) - values.counts, values.counts)[place]
    different = Different(
        ranks,
        (upper < values.counts)[values.of_row],
        np.full(len(active), -1, np.int64),
        np.full(len(active), np.nan),
        None,
    )
    by_chance = ranks < upper[values.of_row]
    begin = 0
    for count, n_rows in zip(values.counts.tolist(), upper.tolist(), strict=True):
        own = slice(begin, begin + count)
        begin += count
        if 0 < n_rows < count:
            _choose(vectors[own], order[own], n_rows, different)
    kept = different.ranks < upper[values.of_row]
    return _covered(different, vectors, place, kept, by_chance)


def _choose(vectors: Vectors, order: Indices, n_rows: int, different: Different) -> None:
    """Rank the rows of one value, and note the kept row nearest to each."""
    picked = most_different(vectors, n_rows)
    others = np.setdiff1d(np.arange(len(order)), picked, assume_unique=True)
    ranked = np.concatenate([picked, others])
    different.ranks[order[ranked]] = np.arange(len(order))
    kept = ranked[:n_rows]
    found, similarity = nearest(vectors, kept)
    different.nearest[order] = order[kept[found]]
    different.similarity[order] = similarity


def _covered(
    different: Different, vectors: Vectors, place: Indices, kept: Any, by_chance: Any
) -> Different:
    """Return the same with how near a sample of all rows is to those kept, and to random ones."""
    if not kept.any():
        return different
    n_rows = min(len(place), _SAMPLED_ROWS)
    sample = np.arange(n_rows) * len(place) // n_rows
    coverage = Coverage(
        n_rows,
        round(similarity_to_kept(vectors, sample, np.sort(place[kept])), 4),
        round(similarity_to_kept(vectors, sample, np.sort(place[by_chance])), 4),
    )
    return Different(
        different.ranks, different.chosen, different.nearest, different.similarity, coverage
    )


def _vectors(rows: Rows, active: Indices, place: Indices, by: By, context: Context) -> Vectors:
    """Return the vectors of the active rows at their places, `(n_active, width) int8`, on disk."""
    if by.embedder is not None:
        found = _embedded(rows.at(active), by.on, by.embedder)
    else:
        found = _sketched(rows, active, place, by.on)
    vectors = None
    for begin, own in found:
        if vectors is None:
            shape = (len(active), own.shape[1])
            vectors = np.memmap(context.scratch / "vectors", np.int8, "w+", shape=shape)
        vectors[place[begin : begin + len(own)]] = own
        context.tick(begin + len(own))
    return np.asarray(vectors)


def _sketched(rows: Rows, active: Indices, place: Indices, on: On) -> Iterator[tuple[int, Vectors]]:
    frequencies = Frequencies()
    n_counted = min(len(active), _COUNTED_ROWS)
    # Evenly spread over the order of the hash, so that the sample is no matter of input order.
    order = np.argsort(place)
    counted = np.sort(order[np.arange(n_counted) * len(active) // n_counted])
    for _, hashed in _hashed(rows.at(active[counted]), on):
        frequencies.add(hashed)
    for begin, hashed in _hashed(rows.at(active), on):
        yield begin, sketches(hashed, frequencies)


def _embedded(rows: Rows, on: On, embedder: Embedder) -> Iterator[tuple[int, Vectors]]:
    turn = None
    for begin, texts in _texts(rows, on):
        found = unit(embedder.encode(texts.joined())).astype(np.float64)
        found[~texts.has_text()] = 0
        if turn is None:
            turn = _turn(found.shape[1])
        yield begin, quantised(found @ turn)


def _turn(n_numbers: int) -> Numbers:
    """Return what turns vectors, `(n_numbers, n_numbers or more)`, and keeps their angles.

    Models put much of some vectors into a few numbers, which a byte cannot hold; turned at random,
    a vector is spread over all of them.
    """
    size = (max(n_numbers, _LEAST_WIDTH), n_numbers)
    found = np.linalg.qr(np.random.default_rng(0).normal(size=size))[0].T
    return np.asarray(found)


def _hashed(rows: Rows, on: On) -> Iterator[tuple[int, Ragged]]:
    """Yield the index of a first row and the word hashes of it and those behind it, in order."""
    for begin, texts in _texts(rows, on):
        yield begin, words(texts.pieces).grouped(texts.starts)


def _texts(rows: Rows, on: On) -> Iterator[tuple[int, RowTexts]]:
    """Yield the index of a first row and the texts of it and those behind it, in order."""
    for begin, batch in rows.batches(columns_for(rows.kind)):
        done = begin
        for part in _parts(batch):
            yield done, texts_of(part, rows.kind, on)
            done += part.num_rows


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield a batch in parts of at most 16 MiB, or of one row."""
    if batch.num_rows < 2 or batch.nbytes <= _PIECE_BYTES:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _parts(batch.slice(0, half))
    yield from _parts(batch.slice(half))
