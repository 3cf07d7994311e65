"""One pass over the words of rows: which rows share n-grams with which texts of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.decontamination.index import Index, pair_places
from curate.lexical import Hashes, Offsets, Ragged, ngrams, word_keys

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Pairs = NDArray[np.void]
    Mask = NDArray[np.bool_]
else:
    Pairs = Mask = Any

# What a row and a piece of an item share. `share` is the part of the piece's own n-grams that the
# row has; `words` the longest run of words in both, which begins at word `begin` of the piece and
# at word `at` of text `text` of the row; `whole` says that the run is the whole piece.
PAIR = np.dtype(
    [
        ("row", np.int64),
        ("piece", np.int32),
        ("share", np.float32),
        ("words", np.int32),
        ("begin", np.int32),
        ("text", np.int32),
        ("at", np.int32),
        ("whole", np.uint8),
    ]
)


@dataclass(slots=True)
class _Hits:
    """N-grams of rows that pieces have, one entry for each place in each piece.

    Attributes:
        pair: `row * n_pieces + piece`.
        gram: The n-gram.
        begin: The word of the piece it begins with.
        place: The word of the batch it begins with.
    """

    pair: Offsets
    gram: Offsets
    begin: Offsets
    place: Offsets

    def at(self, order: Any) -> _Hits:
        """Return some of the hits, in an order."""
        return _Hits(self.pair[order], self.gram[order], self.begin[order], self.place[order])


class Scan:
    """Looks rows up in an index, batch by batch.

    Attributes:
        rows_with: `(n_grams,) int64`: in how many of the rows seen each n-gram stands.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.rows_with = np.zeros(len(index.grams), np.int64)

    def pairs(self, hashed: Ragged, rows: Offsets, first_row: int = 0) -> Pairs:
        """Return what rows share with pieces, `(n,) PAIR`, by row and then by piece.

        Args:
            hashed: The words of the rows' texts.
            rows: `(n_texts,) int64`, ascending: the row of each text, from 0.
            first_row: Is added to the rows that are returned.
        """
        found = self._shared(hashed, rows)
        equal = self._equal(hashed, rows)
        both = np.concatenate([found, equal]) if len(equal) else found
        both = both[np.argsort(both, order=("row", "piece"), kind="stable")] if len(equal) else both
        both["row"] += first_row
        return both

    def _shared(self, hashed: Ragged, rows: Offsets) -> Pairs:
        index = self.index
        places = _likely(hashed, index)
        windows = hashed.values[places[:, None] + np.arange(index.gram_words)]
        starts = np.arange(len(places) + 1, dtype=np.int64) * index.gram_words
        read = ngrams(Ragged(windows.ravel(), starts), index.gram_words).values
        at = np.searchsorted(index.grams, read)
        at[at == len(index.grams)] = 0
        right = index.grams[at] == read if len(index.grams) else np.zeros(len(read), np.bool_)
        grams, places = at[right], places[right]
        if not len(grams):
            return np.zeros(0, PAIR)
        texts = np.searchsorted(hashed.starts, places, "right") - 1
        own_rows = rows[texts]
        _count(self.rows_with, grams, own_rows)
        return self._weighed(self._spread(grams, places, own_rows), hashed, rows)

    def _spread(self, grams: Offsets, places: Offsets, rows: Offsets) -> _Hits:
        """Return a hit for every place at which a piece has each n-gram that was found."""
        index = self.index
        counts = index.starts[grams + 1] - index.starts[grams]
        ends = np.cumsum(counts)
        entry = np.arange(ends[-1]) + np.repeat(index.starts[grams] - (ends - counts), counts)
        pair = np.repeat(rows, counts) * index.n_pieces + index.of[entry]
        begin = index.at[entry].astype(np.int64)
        return _Hits(pair, np.repeat(grams, counts), begin, np.repeat(places, counts))

    def _weighed(self, hits: _Hits, hashed: Ragged, rows: Offsets) -> Pairs:
        index = self.index
        pairs, numbers = np.unique(hits.pair, return_inverse=True)
        found = np.zeros(len(pairs), PAIR)
        found["row"], found["piece"] = pairs // index.n_pieces, pairs % index.n_pieces
        distinct = np.unique(numbers * len(index.grams) + hits.gram) // len(index.grams)
        counts = np.bincount(distinct, minlength=len(pairs))
        found["share"] = counts / index.own[found["piece"]]
        order = np.lexsort((hits.begin, hits.place - hits.begin, numbers))
        runs, sizes = _runs(hits.at(order), numbers[order])
        _put_longest(found, runs, sizes + index.gram_words - 1, hits.at(order), numbers[order])
        texts = np.searchsorted(hashed.starts, found["at"], "right") - 1
        for n in np.flatnonzero(found["share"] >= 1):
            self._make_whole(found[n], hashed, int(texts[n]))
        found["at"] -= hashed.starts[texts].astype(np.int32)
        found["text"] = texts - np.searchsorted(rows, rows[texts])
        return found

    def _make_whole(self, pair: Any, hashed: Ragged, text: int) -> None:
        """Mark a pair whose row has all words of the piece in a row, around the longest run."""
        piece = self.index.hashed.of(int(pair["piece"]))
        first, last = int(hashed.starts[text]), int(hashed.starts[text + 1])
        begin = int(pair["at"]) - int(pair["begin"])
        end = begin + len(piece)
        if begin < first or end > last or not np.array_equal(hashed.values[begin:end], piece):
            return
        pair["at"], pair["begin"], pair["words"] = begin, 0, len(piece)
        pair["whole"] = 2 if (begin, end) == (first, last) else 1

    def _equal(self, hashed: Ragged, rows: Offsets) -> Pairs:
        """Return the texts that are equal to pieces that have no n-gram of their own."""
        index = self.index
        if not len(index.whole_of):
            return np.zeros(0, PAIR)
        lengths = hashed.lengths
        texts = np.flatnonzero(np.isin(lengths, index.whole_lengths))
        keys = word_keys(_texts(hashed, texts))
        at = np.searchsorted(index.whole_keys[:, 0], keys[:, 0])
        at[at == len(index.whole_keys)] = 0
        same = np.flatnonzero((index.whole_keys[at] == keys).all(axis=1))
        texts, pieces = texts[same], index.whole_of[at[same]]
        pair = rows[texts] * index.n_pieces + pieces
        _, first = np.unique(pair, return_index=True)
        found = np.zeros(len(first), PAIR)
        found["row"], found["piece"] = rows[texts[first]], pieces[first]
        found["share"], found["whole"] = 1, 2
        found["words"] = lengths[texts[first]]
        found["text"] = texts[first] - np.searchsorted(rows, rows[texts[first]])
        return found


def _likely(hashed: Ragged, index: Index) -> Offsets:
    """Return the words at which an n-gram of some piece may begin, ascending.

    All neighbouring pairs of words of such an n-gram are flagged; where one is not, none begins.
    """
    values, wanted = hashed.values, index.gram_words - 1
    if len(values) < index.gram_words:
        return np.zeros(0, np.int64)
    flagged = index.flags[pair_places(values, len(index.flags))]
    lasts = hashed.starts[1:-1] - 1
    flagged[lasts[(lasts >= 0) & (lasts < len(flagged))]] = False
    done = 1
    while done < wanted:
        step = min(done, wanted - done)
        flagged = flagged[:-step] & flagged[step:]
        done += step
    return np.flatnonzero(flagged)


def _count(rows_with: Offsets, grams: Offsets, rows: Offsets) -> None:
    distinct = np.unique(grams * (int(rows.max()) + 1) + rows) // (int(rows.max()) + 1)
    numbers, counts = np.unique(distinct, return_counts=True)
    rows_with[numbers] += counts


def _runs(hits: _Hits, numbers: Offsets) -> tuple[Offsets, Offsets]:
    """Return the first hit of every run of words that row and piece share, and its n-grams."""
    begins = np.ones(len(numbers), np.bool_)
    begins[1:] = (
        (numbers[1:] != numbers[:-1]) | (np.diff(hits.begin) != 1) | (np.diff(hits.place) != 1)
    )
    first = np.flatnonzero(begins)
    return first, np.diff(first, append=len(numbers))


def _put_longest(
    found: Pairs, runs: Offsets, sizes: Offsets, hits: _Hits, numbers: Offsets
) -> None:
    """Write the longest run of every pair, the first of equal ones, into it."""
    order = np.lexsort((runs, -sizes, numbers[runs]))
    pair = numbers[runs[order]]
    best = order[np.append(True, pair[1:] != pair[:-1])]
    found["words"] = sizes[best]
    found["begin"] = hits.begin[runs[best]]
    found["at"] = hits.place[runs[best]]


def _texts(hashed: Ragged, texts: Offsets) -> Ragged:
    lengths = hashed.lengths[texts]
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(hashed.starts[:-1][texts] - starts[:-1], lengths)
    values: Hashes = hashed.values[at]
    return Ragged(values, starts)
