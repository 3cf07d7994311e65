"""Questions put in other words, found by the rare words and numbers that a rewording keeps.

A paraphrase keeps names, things and numbers. A word is worth the more the rarer it is among the
rows. A text is told of where half of a question's worth stands close together in it, if that is as
much as four words that no other text has, with half of the question's numbers. No model is needed.
Endings and number words are English (`eggs` is `egg`, `three` is `3`); in other languages whole
words are compared, and scripts without spaces are not judged.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.decontamination.index import Index
from curate.decontamination.judge import LEAK, METHODS
from curate.decontamination.wording import forms, stem
from curate.lexical import Hashes, Offsets, Ragged, folded, words

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Places = NDArray[np.int32]
    Worths = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Leaks = NDArray[np.void]
else:
    Places = Worths = Mask = Leaks = Any

_WORD = re.compile(r"[^\W_]+")
# What is common to all texts is worth nothing: a word in more than N**0.8 of N texts.
_LEAST_WORTH = 0.2
# In words that no other text has.
LEAST_EVIDENCE = 3.5
_NUMBERS_RATIO = 0.5
# A paraphrase may be twice as long as the question.
_STRETCH, _MORE_WORDS = 2, 5
_FLAG_BITS = 20
# Sums that are made together; they fit the cache.
_CELLS = 1 << 16
_LEAST_TOGETHER = 16
_TINY = 1e-9


class _Looked(NamedTuple):
    """Words of texts that some question has: which of its stems, and where they stand."""

    segment: Offsets
    stem: Offsets
    place: Offsets


class Paraphrases:
    """Questions of an index by the worth of their words.

    Attributes:
        pieces: The pieces that ask, as numbers of the index.
        background_texts: Texts that the worth of words was told from.
    """

    def __init__(self, index: Index) -> None:
        """Read the questions of an index; `learn` must be called before `leaks`."""
        self.index = index
        self.pieces = [n for n in range(index.n_pieces) if _asks(index, n)]
        self._names: dict[str, int] = {}
        self._stems_of = [self._read(index.text(piece)) for piece in self.pieces]
        self._hashes, self._numbers = _table(self._names)
        self._flags = np.zeros(1 << _FLAG_BITS, np.bool_)
        self._flags[self._hashes >> np.uint64(64 - _FLAG_BITS)] = True
        self._is_number = np.array([name.isdigit() for name in self._names], np.bool_)
        lengths = index.hashed.lengths[self.pieces]
        self._widths = _STRETCH * lengths + _MORE_WORDS
        self._step = int(self._widths.max(initial=1))
        held = Counter(number for own in self._stems_of for number in own)
        self._texts_with = np.array([held[n] for n in range(len(self._names))], np.int64)
        self.background_texts = len(self.pieces)
        self._worth = np.zeros(len(self._names))
        self._totals = np.zeros(len(self.pieces))

    def learn(self, hashed: Ragged) -> None:
        """Count in which of some texts each word stands; a sample of all texts is enough."""
        numbers, places = self._look_up(hashed.values)
        texts = np.searchsorted(hashed.starts, places, "right") - 1
        distinct = np.unique(texts * max(len(self._names), 1) + numbers)
        self._texts_with += np.bincount(
            distinct % max(len(self._names), 1), minlength=len(self._names)
        )
        self.background_texts += hashed.n_texts

    def weigh(self) -> None:
        """Make the worth of words of what was learnt: 1 for a word that no text had, 0 for all."""
        most = np.log(self.background_texts + 1)
        worth = 1 - np.log(self._texts_with + 1) / most
        self._worth = np.where(worth >= _LEAST_WORTH, worth, 0)
        self._totals = np.array([self._worth[own].sum() for own in self._stems_of])
        worthy = [own[self._worth[own] > 0] for own in self._stems_of]
        flat = np.concatenate([np.zeros(0, np.int64), *worthy])
        order = np.argsort(flat, kind="stable")
        self._holders = np.repeat(np.arange(len(worthy)), [len(own) for own in worthy])[order]
        self._starts = np.searchsorted(flat[order], np.arange(len(self._names) + 1))

    @property
    def judged(self) -> Mask:
        """Which of `pieces` have words enough to be judged, `(n,) bool`."""
        return np.asarray(self._totals >= LEAST_EVIDENCE)

    def leaks(self, hashed: Ragged, rows: Offsets, ratio: float, first_row: int = 0) -> Leaks:
        """Return the texts that seem to be paraphrases, `(n,) LEAK`, by row and then by piece.

        `words` is the length of the passage of the row that was judged, which begins at word `at`;
        `score` and `share` are the part of the question's worth that stands in it.

        Args:
            hashed: The words of the rows' texts.
            rows: `(n_texts,) int64`, ascending: the row of each text, from 0.
            ratio: Least part of the worth, above 0.
            first_row: Is added to the rows that are returned.
        """
        looked, texts = self._segments(hashed)
        found: dict[tuple[int, int], Any] = {}
        for segment, n in self._candidates(looked, ratio):
            leak = self._in_window(looked, segment, n, ratio)
            if leak is None:
                continue
            text = int(texts[segment])
            row, piece = int(rows[text]), self.pieces[n]
            if (row, piece) in found and found[row, piece]["score"] >= leak["score"]:
                continue
            leak["row"], leak["piece"] = row + first_row, piece
            leak["at"] -= int(hashed.starts[text])
            leak["text"] = text - int(np.searchsorted(rows, row))
            found[row, piece] = leak
        made = np.zeros(len(found), LEAK)
        for at, key in enumerate(sorted(found)):
            made[at] = found[key]
        return made

    def _read(self, text: str) -> Offsets:
        """Return the stems of a question as numbers, ascending, without repeats."""
        read = (stem(word) for word in _WORD.findall(folded(text)))
        return np.unique([self._names.setdefault(s, len(self._names)) for s in read] or [0][:0])

    def _look_up(self, values: Hashes) -> tuple[Offsets, Offsets]:
        """Return the stems of the words that have one, and their places."""
        places = np.flatnonzero(self._flags[values >> np.uint64(64 - _FLAG_BITS)])
        if not len(self._hashes):
            return places[:0], places[:0]
        at = np.searchsorted(self._hashes, values[places])
        at[at == len(self._hashes)] = 0
        right = self._hashes[at] == values[places]
        return self._numbers[at[right]], places[right]

    def _segments(self, hashed: Ragged) -> tuple[_Looked, Offsets]:
        """Return the words that questions have, by segment, and the text of each segment.

        A text is a segment. One longer than two passages is cut into such that overlap by half, so
        that every passage stands whole in one of them.
        """
        numbers, places = self._look_up(hashed.values)
        worthy = (self._worth[numbers] > 0) | self._is_number[numbers]
        numbers, places = numbers[worthy], places[worthy]
        texts = np.repeat(np.arange(hashed.n_texts), hashed.lengths)[places - hashed.starts[0]]
        counts = np.maximum(1, -(-hashed.lengths // self._step) - 1)
        first = np.cumsum(counts) - counts
        within = (places - hashed.starts[texts]) // self._step
        last = counts[texts] - 1
        segment = first[texts] + np.minimum(within, last)
        again = np.flatnonzero((within > 0) & (within <= last))
        segment = np.concatenate([segment, segment[again] - 1])
        places = np.concatenate([places, places[again]])
        numbers = np.concatenate([numbers, numbers[again]])
        order = np.lexsort((places, segment))
        looked = _Looked(segment[order], numbers[order], places[order])
        return looked, np.repeat(np.arange(len(counts)), counts)

    def _candidates(self, looked: _Looked, ratio: float) -> Any:
        """Yield `(segment, number in pieces)` where a segment has worth enough of a question."""
        n_stems, n_pieces = len(self._names), len(self.pieces)
        if not len(looked.stem):
            return
        pairs = np.sort(looked.segment * n_stems + looked.stem)
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
        segments, stems = pairs // n_stems, pairs % n_stems
        worth = np.bincount(segments, weights=self._worth[stems])
        kept = worth[segments] >= LEAST_EVIDENCE
        segments, stems = segments[kept], stems[kept]
        needed = np.maximum(ratio * self._totals, LEAST_EVIDENCE) - _TINY
        least = needed.min()
        together = max(_LEAST_TOGETHER, _CELLS // n_pieces)
        begins = np.append(True, segments[1:] != segments[:-1])[: len(segments)]
        chosen, numbered = segments[begins], np.cumsum(begins) - 1
        for start in range(0, len(chosen), together):
            a, b = np.searchsorted(numbered, (start, start + together))
            counts = np.diff(self._starts)[stems[a:b]]
            ends = np.cumsum(counts)
            if not ends[-1]:
                continue
            entry = np.arange(ends[-1]) + np.repeat(
                self._starts[stems[a:b]] - (ends - counts), counts
            )
            cells = np.repeat(numbered[a:b] - start, counts) * n_pieces + self._holders[entry]
            held = np.bincount(cells, weights=np.repeat(self._worth[stems[a:b]], counts))
            at = np.flatnonzero(held >= least)
            at = at[held[at] >= needed[at % n_pieces]]
            yield from zip(
                chosen[start + at // n_pieces].tolist(), (at % n_pieces).tolist(), strict=True
            )

    def _in_window(self, looked: _Looked, segment: int, n: int, ratio: float) -> Any:
        """Return the passage of a segment that has most of a question, None where too little."""
        a, b = np.searchsorted(looked.segment, (segment, segment + 1))
        own = np.isin(looked.stem[a:b], self._stems_of[n])
        stems, places = looked.stem[a:b][own].tolist(), looked.place[a:b][own].tolist()
        width, worth = int(self._widths[n]), self._worth
        held: Counter[int] = Counter()
        total, low, best = 0.0, 0, (0.0, 0, 0)
        for high, (number, place) in enumerate(zip(stems, places, strict=True)):
            total += worth[number] if not held[number] else 0
            held[number] += 1
            while places[low] <= place - width:
                held[stems[low]] -= 1
                total -= worth[stems[low]] if not held[stems[low]] else 0
                low += 1
            if total > best[0] + _TINY:
                best = (total, low, high + 1)
        found, low, high = best
        share = found / self._totals[n]
        needed = max(ratio * self._totals[n], LEAST_EVIDENCE) - _TINY
        if found < needed or not self._has_numbers(n, stems[low:high]):
            return None
        leak = np.zeros((), LEAK)
        leak["share"] = leak["score"] = share
        leak["at"], leak["words"] = places[low], places[high - 1] - places[low] + 1
        leak["method"] = METHODS.index("paraphrase")
        return leak

    def _has_numbers(self, n: int, stems: list[int]) -> bool:
        own = self._stems_of[n][self._is_number[self._stems_of[n]]]
        return bool(np.isin(own, stems).sum() >= _NUMBERS_RATIO * len(own))


def _asks(index: Index, piece: int) -> bool:
    item, number = index.first_of[piece]
    return index.items[item].pieces[number].side == "question"


def _table(names: dict[str, int]) -> tuple[Hashes, Offsets]:
    """Return the hashes of all forms of stems, ascending, and the stem of each."""
    written = [(form, number) for name, number in names.items() for form in forms(name)]
    read = words([form for form, _ in written])
    single = np.flatnonzero(read.lengths == 1)
    hashes, first = np.unique(read.values[read.starts[:-1][single]], return_index=True)
    return hashes, np.array([number for _, number in written], np.int64)[single[first]]
