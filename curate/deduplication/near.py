"""Near-duplicates: texts whose sets of n-grams overlap, found by MinHash and verified exactly.

Two passes over the texts. The first keeps some 250 bytes of each on disk (25 bands of 5 rows) and
nothing in memory; the second reads only those again that may have a near-duplicate. In between,
memory is needed for one band, the sketches and the pairs: some 90 bytes a text.
"""

from __future__ import annotations

import math
import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from curate.deduplication.bands import Store, candidates, chains, estimated, packed, unpacked
from curate.deduplication.clusters import Pairs
from curate.deduplication.minhash import NearOptions, Sketches, sketches
from curate.deduplication.verify import WordsOf, batched, similarities
from curate.errors import CurateError
from curate.files.platform import keep_freed_memory
from curate.lexical import Hashes, Offsets, Ragged

Given = TypeVar("Given")
Made = TypeVar("Made")

# Standard deviations below the threshold at which a pair's sketches may stand: at the threshold
# itself one pair in 30,000 is lost.
_MARGIN = 4.0
# Ranges of rows by which pairs are put together, and pairs of one that may wait for it.
_RANGES = 16
_WAITING = 1 << 19
_work: Callable[[Any], Any]


class NearDuplicates:
    """Finds pairs of near-duplicate texts.

    Texts without words are nobody's duplicate. Texts with the same words in the same order are
    compared once and stand for each other, so a million copies of a row cost no more than one pair
    each. The pairs depend on the texts and the options alone, and not on batches or processes.
    """

    def __init__(self, options: NearOptions, folder: Path) -> None:
        """Start with no text.

        Args:
            options: How near-duplicates are looked for.
            folder: An empty folder that files are put into.
        """
        self.options = options
        self._store = Store(folder)

    def add(self, words: Ragged) -> None:
        """Add the words of the next texts."""
        self._store.add(sketches(words, self.options))

    def add_all(
        self, batches: Iterable[Given], words_of: Callable[[Given], Ragged], jobs: int = 1
    ) -> None:
        """Add the texts of batches.

        Args:
            batches: What goes to a process and `words_of`; small to pickle.
            words_of: Returns the words of a batch's texts.
            jobs: Number of processes.
        """

        def made(batch: Given) -> Sketches:
            return sketches(words_of(batch), self.options)

        keep_freed_memory()
        for found in in_order(batches, made, jobs):
            self._store.add(found)

    def add_sketches(self, found: Sketches) -> None:
        """Add what `sketches` made of the words of the next texts, maybe in another process."""
        self._store.add(found)

    @property
    def n_rows(self) -> int:
        """How many texts were added."""
        return self._store.n_rows

    def pairs(
        self,
        words_of: WordsOf | None = None,
        least: float | None = None,
        jobs: int = 1,
        wanted: Callable[[Hashes], Any] | None = None,
    ) -> Pairs:
        """Return the pairs of near-duplicates; call it once, when all texts are added.

        Verified, these are the candidates whose exact Jaccard similarity is `least` or more. Not
        verified, they are links that hold each bucket of texts with an equal band together, without
        similarities.

        Args:
            words_of: Returns the words of texts, given their indices, ascending; needed where pairs
                are verified. With more jobs it runs in forked processes, which share the position
                of a file that is open.
            least: The least similarity of a pair that is returned; by default the threshold. Lower
                ones were not looked for: they are there as far as the bands happened on them.
            jobs: Number of processes.
            wanted: Given packed pairs, `(n,) uint64`, returns which of them are to be compared and
                returned, `(n,) bool`; only where pairs are verified.
        """
        self._store.close()
        rows, same = self._different()
        if not self.options.verified:
            found = _union(chains(self._store, self.options.shape[0], rows), self.n_rows)
            return _as_pairs(np.concatenate([found, same]), None)
        if words_of is None:
            raise TypeError("verified pairs need words_of")
        least = self.options.threshold if least is None else least
        bands, n_rows = self.options.shape
        n_values = bands * n_rows
        found = _union(
            candidates(self._store, bands, rows, floor(least, n_values), n_values), self.n_rows
        )
        del rows
        if wanted is not None:
            found, same = found[wanted(found)], same[wanted(same)]
        scores = self._scores(found, words_of, jobs)
        kept = scores >= least
        found, scores = found[kept], scores[kept]
        del kept
        found = np.concatenate([found, same])
        return _as_pairs(found, np.concatenate([scores, np.ones(len(same))]))

    def may_be_alike(self, pairs: Hashes) -> Any:
        """Return which pairs of texts may reach the threshold by their sketches, `(n,) bool`.

        Args:
            pairs: `(n,) uint64`: packed pairs; verified ones only.
        """
        n_values = math.prod(self.options.shape)
        least = floor(self.options.threshold, n_values)
        fields = self._store.fields()
        found = np.zeros(len(pairs), np.bool_)
        for start in range(0, len(pairs), _WAITING):
            first, second = unpacked(pairs[start : start + _WAITING])
            alike = estimated(fields[first], fields[second], n_values)
            found[start : start + _WAITING] = alike >= least
        return found

    def _different(self) -> tuple[Offsets, Hashes]:
        """Return the first rows of each sequence of words, and the pairs of others with theirs."""
        first_of = self._store.first_of_same()
        alone = first_of == np.arange(len(first_of))
        copies = np.flatnonzero(~alone)
        alone &= self._store.words() > 0
        return np.flatnonzero(alone), packed(first_of[copies], copies)

    def _scores(self, found: Hashes, words_of: WordsOf, jobs: int) -> Any:
        def made(places: Offsets) -> tuple[Offsets, Any]:
            return places, similarities(found[places], words_of, self.options.ngram_words)

        scores = np.empty(len(found))
        batches = batched(found, self.n_rows, self._store.words())
        for places, part in in_order(batches, made, jobs):
            scores[places] = part
        return scores


def floor(least: float, n_values: int) -> float:
    """Return the least similarity by sketches with which a pair may have `least` exactly.

    Source: four standard deviations of the share of equal fields, a binomial.
    """
    equal = 0.25 + 0.75 * min(1.0, max(0.0, least))
    return least - _MARGIN * math.sqrt(equal * (1 - equal) / n_values) / 0.75


def in_order(given: Iterable[Given], work: Callable[[Given], Made], jobs: int) -> Iterator[Made]:
    """Yield what `work` makes of each, in order, with at most `2 * jobs` under way.

    Args:
        given: What is worked on.
        work: Runs in forked processes, so it may be any function; where processes cannot be forked
            safely (not on Linux) it runs in this one.
        jobs: Number of processes; 1 works in this one.
    """
    if jobs <= 1 or sys.platform != "linux":
        yield from map(work, given)
        return
    global _work  # noqa: PLW0603 - what forked processes find
    _work = work
    waiting: deque[Future[Made]] = deque()
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        try:
            for each in given:
                waiting.append(pool.submit(_run, each))
                if len(waiting) >= 2 * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise CurateError(
                "a worker process died, probably for want of memory; nothing was written",
                hint="run it again with fewer --jobs",
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _run(given: Any) -> Any:
    return _work(given)


def _union(parts: Iterable[Hashes], n_rows: int) -> Hashes:
    """Return the packed pairs of all parts, ascending, each once.

    They are put together by ranges of their first rows, so that what is sorted is never all.
    """
    bounds = np.linspace(0, n_rows, _RANGES + 1)[1:-1].astype(np.uint64) << np.uint64(32)
    found = [np.zeros(0, np.uint64)] * _RANGES
    waiting: list[list[Hashes]] = [[] for _ in found]

    def settle(at: int) -> None:
        found[at] = _distinct([found[at], *waiting[at]])
        waiting[at] = []

    for part in parts:
        for at, piece in enumerate(np.split(part, np.searchsorted(part, bounds))):
            waiting[at].append(piece.copy())
            if sum(map(len, waiting[at])) > max(_WAITING, len(found[at]) // 2):
                settle(at)
    for at in range(_RANGES):
        settle(at)
    return np.concatenate(found)


def _distinct(parts: list[Hashes]) -> Hashes:
    whole = np.concatenate(parts)
    whole.sort()
    fresh = np.ones(len(whole), np.bool_)
    np.not_equal(whole[1:], whole[:-1], out=fresh[1:])
    return np.asarray(whole[fresh])


def _as_pairs(pairs: Hashes, scores: Any) -> Pairs:
    order = np.argsort(pairs)
    pairs = pairs[order]
    scores = np.full(len(pairs), np.nan) if scores is None else scores[order]
    del order
    return Pairs(*unpacked(pairs), scores)
