"""QLT: answers and texts that repeat themselves.

Repeats are first looked for on whole columns: every word start of a batch gives one window of 16
bytes, and a text whose windows recur often is looked at closely, in Python. The measures are those
of Rae et al. 2021 (Gopher), table A1, on prose only: in code, in songs and in tables repeats are
no fault, and in texts of a few sentences the measures say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from curate.checks.base import Spot, rule
from curate.checks.columns import Bytes, Indices, Mask, Texts
from curate.checks.text.prose import CODE, has_code
from curate.checks.walk import texts
from curate.row import Row

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Places = NDArray[np.int32]
else:
    Hashes = Places = Any

_WINDOW = 16
# Texts looked at together: their windows' table stays in the processor's cache.
_BLOCK = 1 << 17
_TABLE_BITS = 18
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9))
_FIRST_WIDE = 0xE3  # from here on a byte begins a letter of a script without spaces
_FIRST_BEYOND = 0x80  # the first byte beyond ASCII
_LETTERS = np.array([byte < _FIRST_BEYOND and chr(byte).isalnum() for byte in range(256)])
_LEAST_BYTES = 200
_LEAST_SHARE = 0.25

_LEAST_WORDS = 50

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_CODE_LINE = re.compile(
    r"[;{}>]\s*$|=>|[=(\[]\S*\)?$|^\s*(?:def |for |import |class |return |#|\||\+-)"
)
_VERSE = re.compile(
    r"\b(?:verses?|chorus|refrain|lyrics|songs?|poems?|poetry|rap|haiku|mantra|rhymes?|repeat\w*)\b"
    r"|歌词|诗|重复",
    re.IGNORECASE,
)
_STARTS = re.compile(r"(?<!\S)\S|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHORTEST, _LONGEST = 8, 400  # characters of a phrase that loops
_TABLE = re.compile(r"[<|]")
_RUN = re.compile(r"([^\W_])\1{29,}")
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")
_ENDS = re.compile(r"(?<=[.!?。！？])\s*|\n+")


def _keys(data: Bytes, starts: Indices) -> tuple[Hashes, Indices]:
    """Return a hash of the window at each word start, and how many windows each text has."""
    solid = data > ord(" ")
    head = solid[1:] > solid[:-1]
    if data.max() >= _FIRST_WIDE:
        head |= data[1:] >= _FIRST_WIDE
    at = np.flatnonzero(head[: max(0, len(data) - _WINDOW)]) + 1
    windows = np.ndarray((max(0, len(data) - _WINDOW + 1),), f"V{_WINDOW}", data, 0, (1,))
    halves = windows.take(at).view(np.uint64).reshape(-1, 2)
    counts = np.diff(np.append(np.searchsorted(at, starts), len(at)))
    key = halves[:, 0] * _MIX[0]
    key ^= key >> np.uint64(29)
    key += halves[:, 1]
    key *= _MIX[1]
    # A window counts as seen only where its own text has seen it.
    key += np.repeat(np.arange(len(starts), dtype=np.uint64), counts)
    key *= _MIX[0]
    return key, counts


def _maybe_repeated(data: Bytes, starts: Indices, table: Places) -> Mask:
    """Return which texts of a block may have their share of windows seen before."""
    key, counts = _keys(data, starts)
    slots = (key >> np.uint64(64 - _TABLE_BITS)).view(np.int64)
    places = np.arange(len(slots), dtype=np.int32)
    # Of windows with one slot the last one stays, so that every other one is a repeat, or a chance.
    table[slots] = places
    repeats = np.concatenate(([0], np.cumsum(table.take(slots) != places)))
    ends = np.cumsum(counts)
    return np.asarray(repeats[ends] - repeats[ends - counts] >= _LEAST_SHARE * counts)


class _Screened(NamedTuple):
    """The last batch that was looked at, since several rules ask for the same one."""

    values: pa.Array
    mask: Mask


_last: list[_Screened] = []


def _repetitive(texts: Texts) -> Mask:
    """Return which texts may repeat themselves: one look for all rules of this file."""
    if _last and _last[0].values is texts.values:
        return _last[0].mask
    found = _looked_at(texts)
    _last[:] = [_Screened(texts.values, found)]
    return found


def _looked_at(texts: Texts) -> Mask:
    found = np.zeros(len(texts.rows), np.bool_)
    wanted = ~texts.of_roles(("system", "developer", "user", "tool"))
    wanted &= texts.lengths >= _LEAST_BYTES
    where = np.flatnonzero(wanted)
    if not len(where):
        return found
    data, starts, ends = texts.at(wanted).flat
    table = np.empty(1 << _TABLE_BITS, np.int32)
    first = 0
    while first < len(where):
        upto = int(np.searchsorted(ends, starts[first] + _BLOCK, "right"))
        upto = max(first + 1, upto)
        piece = data[starts[first] : ends[upto - 1]]
        found[where[first:upto]] = _maybe_repeated(piece, starts[first:upto] - starts[first], table)
        first = upto
    return found


@lru_cache(maxsize=16)
def _repeats(text: str) -> bool:
    """Tell whether enough windows of one text recur; what the screen asks, without chance."""
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) < _LEAST_BYTES:
        return False
    key, _ = _keys(np.frombuffer(raw, np.uint8), np.zeros(1, np.int64))
    return len(key) > 0 and len(key) - len(np.unique(key)) >= _LEAST_SHARE * len(key)


def _written(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the texts that a model learns to write and that repeat themselves, with pointers."""
    for pointer, role, text in texts(row):
        if role in ("assistant", "") and _repeats(text):
            yield pointer, text


def _prose_lines(text: str) -> str:
    kept = CODE.sub("", text)
    return "\n".join(line for line in kept.split("\n") if not _CODE_LINE.search(line))


def _is_verse(row: Row) -> bool:
    return any(_VERSE.search(text) for _, _, text in texts(row))


def _loop(text: str) -> tuple[int, str] | None:
    """Return how often the first words that stand four times in a row do so, and the words."""
    last: dict[str, int] = {}
    for start in _STARTS.finditer(text):
        at = start.start()
        window = text[at : at + _WINDOW]
        before = last.get(window, -_LONGEST)
        last[window] = at
        size = at - before
        if not _SHORTEST <= size < _LONGEST:
            continue
        if text[before : before + 3 * size] != text[at : at + 3 * size]:
            continue
        words = _WORD.findall(phrase := text[before:at])
        if len(words) >= 2 and len("".join(words)) >= 8 and not _TABLE.search(phrase):
            times = 1
            while text.startswith(phrase, before + times * size):
                times += 1
            return times, phrase
    return None


@rule("QLT080", "looping-answer", severity="warning", screen=_repetitive)
def looping_answer(row: Row) -> Iterator[Spot]:
    """An answer says the same words four times in a row or more.

    Why: the mark of a model caught in a loop; trained on, it falls into the loop sooner.
    Example: "I am sorry. I am sorry. I am sorry. I am sorry."
    Fix: sample the answer again, or remove the row.
    Source: Holtzman et al. 2020 (degeneration); defect in published data: KTO rows.
    """
    for pointer, text in _written(row):
        loop = _loop(CODE.sub("", text))
        if loop and not has_code(text) and not _is_verse(row):
            yield Spot(pointer, f"the same words {loop[0]} times in a row", loop[1][:80])


def _share_of_repeats(text: str, n: int) -> float:
    """Return how many of a text's characters stand in n-grams of words that it had before."""
    words = _WORD.findall(text.lower())
    seen: set[tuple[str, ...]] = set()
    repeated = at = 0
    while at + n <= len(words):
        gram = tuple(words[at : at + n])
        if gram in seen:
            repeated += sum(map(len, gram))
            at += n
        else:
            seen.add(gram)
            at += 1
    return repeated / sum(map(len, words)) if len(words) >= _LEAST_WORDS else 0.0


@rule("QLT081", "repeated-phrases", severity="info", screen=_repetitive)
def repeated_phrases(row: Row) -> Iterator[Spot]:
    """A third of a text stands in runs of ten words that it had before.

    Why: a model that copies itself; it learns to fill an answer with what it said already.
    Example: ten list items that differ in one word
    Fix: sample the answer again, or remove the row.
    Source: Rae et al. 2021, table A1 (10-grams, 0.10 for web pages, which is too low for answers).
    """
    for pointer, text in _written(row):
        kept = _prose_lines(text)
        share = _share_of_repeats(kept, 10)
        if share > 0.3 and not _is_verse(row):
            yield Spot(
                pointer,
                f"{share:.0%} of the text repeats itself, at most 30% expected",
                round(share, 3),
            )


@rule("QLT082", "repeated-sentences", severity="info", screen=_repetitive)
def repeated_sentences(row: Row) -> Iterator[Spot]:
    """A fifth of a text or more is sentences or lines that it had before.

    Why: an answer that was pasted twice, or that a model fell back to; it teaches repeating.
    Example: a list whose second half is its first half
    Fix: remove the repeats, or the row.
    Source: Rae et al. 2021, table A1 (characters in duplicate lines, 0.20).
    """
    for pointer, text in _written(row):
        seen: set[str] = set()
        repeated = 0
        first = ""
        for sentence in _ENDS.split(_prose_lines(text)):
            said = " ".join(sentence.lower().split())
            if said[-1:] not in _SENTENCE_ENDS or len(_WORD.findall(said)) < 8:
                continue
            if said in seen:
                repeated += len(sentence)
                first = first or sentence
            seen.add(said)
        if repeated > 0.2 * len(text) and not _is_verse(row):
            share = repeated / len(text)
            yield Spot(pointer, f"{share:.0%} of the text are sentences said before", first[:80])


def _maybe_run(texts: Texts) -> Mask:
    """Return which texts hold a part of a run: equal words of 8 bytes, wherever they begin.

    Thirty ASCII letters fill two words with one byte; thirty letters of two, three or four bytes
    fill four words, which repeat after 24 bytes.
    """
    data, starts, _ = texts.flat
    found = np.zeros(len(starts), np.bool_)
    if len(data) < 2 * 8:
        return found
    words = data[: len(data) // 8 * 8].view(np.uint64)
    first = data[: len(words) * 8 : 8]
    uniform = words == first * np.uint64(0x0101010101010101)
    same = np.zeros(len(words), np.bool_)
    same[:-1] = (words[:-1] == words[1:]) & uniform[:-1] & _LETTERS[first[:-1]]
    same[:-3] |= (words[:-3] == words[3:]) & (first[:-3] >= _FIRST_BEYOND)
    at = np.flatnonzero(same) * 8
    found[np.searchsorted(starts, at, "right") - 1] = True
    return found


@rule("QLT083", "repeated-character", severity="warning", screen=_maybe_run)
def repeated_character(row: Row) -> Iterator[Spot]:
    """An answer writes one letter or digit thirty times in a row or more.

    Why: the mark of a model caught in a loop: the rest of its token limit is noise.
    Example: "1326134.000000000000000000000000000000000000"
    Fix: sample the answer again, or remove the row.
    Source: defect in published data: rejected answers of DPO pairs; data-juicer
    `character_repetition_filter`.
    """
    for pointer, role, text in texts(row):
        if role not in ("assistant", ""):
            continue
        if (match := _RUN.search(CODE.sub("", text))) and not has_code(text):
            yield Spot(pointer, f"{match[1]!r} {len(match[0])} times in a row", match[0][:20])


RULES = (looping_answer, repeated_phrases, repeated_sentences, repeated_character)
