"""Near-duplicate rows of `dedup`: candidates by MinHash, judged by their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from curate.build.line.base import BATCH_ROWS, Context, Rows
from curate.build.steps.dedup.compared import PROMPT, SIDES, Compared, Reader, batches_of
from curate.build.steps.dedup.subjects import other_subjects
from curate.deduplication.bands import packed, unpacked
from curate.deduplication.judge import Judge
from curate.deduplication.keep import Pairs, joined_pairs
from curate.deduplication.minhash import NearOptions, Sketches, sketches
from curate.deduplication.near import NearDuplicates, in_order
from curate.deduplication.overlap import overlap, taken
from curate.deduplication.sentences import Found, Sentences, found_in
from curate.deduplication.signs import signs
from curate.deduplication.templates import Frequent, rows_with, without
from curate.lexical import Ragged, ngrams

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Scores = NDArray[np.float64]
    _Batch = tuple[Indices, pa.RecordBatch | None]
else:
    Indices = Keys = Scores = _Batch = Any

Made = TypeVar("Made")


@dataclass(slots=True)
class Alike:
    """What the search for near-duplicates found.

    Attributes:
        pairs: The pairs, by index.
        judge: Compares more of them; None where they were not verified.
        template_rows: How many rows have sentences that count as a template's.
        least_rows: In how many rows such a sentence comes.
    """

    pairs: Pairs
    judge: Linked | None = None
    template_rows: int = 0
    least_rows: int = 0


@dataclass(frozen=True, slots=True)
class Linked:
    """Judges pairs of rows that others link.

    Attributes:
        judge: Judges pairs of words, by place among the compared rows.
        search: What else must hold.
    """

    judge: Judge
    search: Search

    def __call__(self, pairs: Pairs) -> Pairs:
        """Return those of some pairs that are duplicates, with scores."""
        search = self.search
        places = search.places(pairs)
        alike = self.judge.judged(self.judge.compared(search.beside_equal(places)), linked=True)
        return search.rows_of(search.duplicates(alike, self.judge))


@dataclass(frozen=True, slots=True)
class Search:
    """The search for near-duplicates among some rows, which have places from 0 among themselves.

    Attributes:
        rows: All rows.
        compared: What of them is compared.
        indices: `(n,) int64`, ascending: those that are compared.
        beside: `(n_rows,) uint64`: rows with other keys are no duplicates.
        options: How near-duplicates are looked for.
        context: A folder, and whom to tell how far it is.
    """

    rows: Rows
    compared: Compared
    indices: Indices
    beside: Keys
    options: NearOptions
    context: Context

    def run(self, *, templates: bool) -> Alike:
        """Return the pairs that are duplicates.

        Args:
            templates: Whether sentences that many rows share are left out of what is compared.
        """
        near = self._near("whole")
        store, frequent = Sentences(self._folder("sentences")), Frequent()
        verified = self.options.verified

        def made(batch: _Batch) -> tuple[Sketches, Found | None]:
            hashed, starts = self._words(batch)
            found = found_in(hashed, starts) if verified else None
            return sketches(hashed.grouped(starts), self.options), found

        for each, (drawn, found) in self._worked(self.indices, made):
            near.add_sketches(drawn)
            if found is not None:
                store.add(found)
                if templates:
                    frequent.add(found)
            self.context.tick(each)
        if not verified:
            return Alike(self.rows_of(self.beside_equal(self._pairs(near, None))))
        reader = self.compared.reader(self.rows)
        read = _AtPlaces(reader, self.indices)
        sentences = store.all()
        judge = Judge(
            sentences,
            store.n_words(),
            frequent if templates else None,
            read,
            self.options.ngram_words,
            self.options.threshold,
        )
        whole = self.beside_equal(self._pairs(near, read.whole))
        around, n_rows = Pairs.none(), 0
        if templates:
            around, n_rows = self._around(sentences, frequent, read, (near, whole))
            around = judge.compared(self.beside_equal(around))
        pairs = self.duplicates(judge.judged(joined_pairs([whole, around])), judge)
        return Alike(self.rows_of(pairs), Linked(judge, self), n_rows, frequent.least_rows)

    def _around(
        self,
        found: Found,
        frequent: Frequent,
        read: _AtPlaces,
        of_whole: tuple[NearDuplicates, Pairs],
    ) -> tuple[Pairs, int]:
        """Return pairs that are alike around the templates' sentences, and how many rows have any.

        Templates put so many rows into one bucket that few pairs of them are compared. Pairs that
        are known to be alike as a whole, and those that cannot be, are left out.
        """
        places = rows_with(found, frequent)
        if not len(places):
            return Pairs.none(), 0
        near = self._near("around")

        def rest(of: Indices) -> Ragged:
            hashed, starts = read(places[of])
            marked = found_in(hashed, starts)
            return without(hashed, starts, frequent.marks(marked.keys, marked.sizes))

        def made(batch: _Batch) -> Sketches:
            hashed, starts = self._words(batch)
            marked = found_in(hashed, starts)
            dropped = frequent.marks(marked.keys, marked.sizes)
            return sketches(without(hashed, starts, dropped), self.options)

        for each, drawn in self._worked(self.indices[places], made):
            near.add_sketches(drawn)
            self.context.tick(each)
        known = packed(of_whole[1].first, of_whole[1].second)

        def wanted(pairs: Keys) -> Any:
            rows = packed(*(places[at] for at in unpacked(pairs)))
            found = ~np.isin(rows, known)
            found[found] = of_whole[0].may_be_alike(rows[found])
            return found

        pairs = self._pairs(near, rest, wanted)
        return Pairs(places[pairs.first], places[pairs.second], pairs.scores), len(places)

    def beside_equal(self, pairs: Pairs) -> Pairs:
        """Return the pairs of places whose rows have the same beside their text."""
        keys = self.beside[self.indices]
        return pairs.where(keys[pairs.first] == keys[pairs.second])

    def duplicates(self, pairs: Pairs, judge: Judge) -> Pairs:
        """Return the pairs of places that n-grams of the whole are right about.

        Rows with judged answers must be alike on each side, and the score is the lowest of these;
        rows must not be about different things, and those with the same n-grams must have the same
        signs between their words.
        """
        reader = self.compared.reader(self.rows)
        scores = pairs.scores.copy()
        for part in judge.parts(pairs):
            own = pairs.where(part)
            if self.compared.sides:
                for name in (PROMPT, *SIDES[self.rows.kind]):
                    scores[part] = np.minimum(scores[part], self._side(reader, own, name))
            if self.compared.subjects:
                ours, theirs = self.indices[own.first], self.indices[own.second]
                scores[part][other_subjects(reader, ours, theirs)] = 0
            same = np.flatnonzero(scores[part] >= 1)
            scores[part.start + same[~self._signs(reader, own.where(same))]] = 0
        return Pairs(pairs.first, pairs.second, scores).where(scores >= self.options.threshold)

    def _signs(self, reader: Reader, pairs: Pairs) -> Any:
        """Return which pairs of places have the same signs between their words."""
        found, at = np.unique(np.concatenate([pairs.first, pairs.second]), return_inverse=True)
        if not len(found):
            return np.ones(0, np.bool_)
        known = [signs(text) for text in reader.texts(self.indices[found])]
        first, second = at[: len(pairs.first)].tolist(), at[len(pairs.first) :].tolist()
        return np.array([known[a] == known[b] for a, b in zip(first, second, strict=True)])

    def _side(self, reader: Reader, pairs: Pairs, name: str) -> Scores:
        places = np.concatenate([pairs.first, pairs.second])
        found, at = np.unique(places, return_inverse=True)
        grams = ngrams(reader.side(self.indices[found], name), self.options.ngram_words)
        n_pairs = len(pairs.first)
        return overlap(taken(grams, at[:n_pairs]), taken(grams, at[n_pairs:])).jaccard()

    def rows_of(self, pairs: Pairs) -> Pairs:
        """Return pairs of places as pairs of indices."""
        return Pairs(self.indices[pairs.first], self.indices[pairs.second], pairs.scores)

    def places(self, pairs: Pairs) -> Pairs:
        """Return pairs of indices as pairs of places."""
        first, second = (np.searchsorted(self.indices, rows) for rows in pairs[:2])
        return Pairs(first, second, pairs.scores)

    def _worked(
        self, indices: Indices, work: Callable[[_Batch], Made]
    ) -> Iterator[tuple[int, Made]]:
        """Yield what is made of each batch of some rows, in order, and how many rows are done.

        Other processes read their rows themselves, so that only indices go to them.
        """
        if self.context.jobs > 1:
            parts = [indices[at : at + BATCH_ROWS] for at in range(0, len(indices), BATCH_ROWS)]
            given: Iterator[_Batch] = ((part, None) for part in parts)
            done = [int(part[-1]) + 1 for part in parts]
            yield from zip(done, in_order(given, work, self.context.jobs), strict=True)
            return
        for mine, batch in batches_of(self.rows, self.compared, indices):
            yield int(mine[-1]) + 1, work((mine, batch))

    def _words(self, batch: _Batch) -> tuple[Ragged, Indices]:
        mine, read = batch
        if read is None:
            return self.compared.reader(self.rows)(mine)
        return self.compared.words(read)

    def _near(self, name: str) -> NearDuplicates:
        return NearDuplicates(self.options, self._folder(name))

    def _pairs(
        self,
        near: NearDuplicates,
        words_of: Callable[[Indices], Ragged] | None,
        wanted: Callable[[Keys], Any] | None = None,
    ) -> Pairs:
        found = near.pairs(words_of, jobs=self.context.jobs, wanted=wanted)
        return Pairs(found.first, found.second, found.jaccard)

    def _folder(self, name: str) -> Path:
        folder = self.context.scratch / name
        folder.mkdir()
        return folder


@dataclass(frozen=True, slots=True)
class _AtPlaces:
    """Reads words again, by place among the compared rows."""

    reader: Reader
    indices: Indices

    def __call__(self, places: Indices) -> tuple[Ragged, Indices]:
        return self.reader(self.indices[places])

    def whole(self, places: Indices) -> Ragged:
        """Return the words of rows."""
        return self.reader.whole(self.indices[places])
