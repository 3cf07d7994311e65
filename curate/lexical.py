"""The token kernel: word and n-gram hashes of many texts, and the measures made of them.

A word is a run of letters, marks and digits, read without case and with compatible forms made
equal (NFKC). In scripts written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) every
character is a word of its own, so that n-grams of words are n-grams of characters there.

Everything is deterministic: no seed is drawn, and a word has one hash in every text, batch, process
and version of numpy. Hashes have 64 bits and are made for speed, not against an adversary: what is
removed because of them is to be verified by its text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]

# Bytes hashed at a time: text, its 8-byte terms and both power tables stay in the cache.
_BLOCK = 1 << 17
# Runs of other characters than ASCII up to this length recur (quotation marks, accents).
_SHORT_RUN = 8
_MODULUS = 1 << 64
# Odd multipliers, so that they have inverses: the fractional parts of the golden ratio and of
# the square root of 2, 64 bits.
_BASE = 0x9E3779B97F4A7C15
_NGRAM_BASE = 0x6A09E667F3BCC909
_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),  # Han iteration mark, closing mark, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
    (0x20000, 0x3FFFF),  # Han, later extensions
)


class Ragged(NamedTuple):
    """Hashes of many texts in one array.

    Attributes:
        values: `(n_hashes,) uint64`, the first text's hashes first, in the order of the text.
        starts: `(n_texts + 1,) int64`: those of text `i` are `values[starts[i]:starts[i + 1]]`.
    """

    values: Hashes
    starts: Offsets

    def of(self, index: int) -> Hashes:
        """Return the hashes of one text, `(n,) uint64`, without copying."""
        return self.values[self.starts[index] : self.starts[index + 1]]

    @property
    def n_texts(self) -> int:
        """How many texts there are."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> Offsets:
        """How many hashes each text has, `(n_texts,) int64`."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True)
class Folds:
    """What an exact key does not tell apart.

    Attributes:
        case: Upper and lower case (Unicode case folding).
        width: Compatible forms: full and half width, ligatures, composed and decomposed (NFKC).
        space: Kinds and amounts of white space, and white space at both ends.
        punctuation: Punctuation counts as a space, so `1.5` still differs from `15`; symbols such
            as `+` and `$` are kept.
    """

    case: bool = True
    width: bool = True
    space: bool = True
    punctuation: bool = False


def words(texts: Sequence[str]) -> Ragged:
    """Return the word hashes of texts.

    Two words have the same hash where they are equal but for case and width; other words differ
    but for a chance of about 2**-64 a pair.

    Source: prefix sums of a polynomial over bytes, as in Karp and Rabin (1987), modulo 2**64 with
    a random term for each byte, and the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    """
    values: list[Hashes] = []
    lengths: list[Offsets] = []
    for batch in _batches(texts):
        found, n_words = _hashed(batch)
        values.append(found)
        lengths.append(n_words)
    starts = np.zeros(len(texts) + 1, np.int64)
    if lengths:
        np.cumsum(np.concatenate(lengths), out=starts[1:])
    return Ragged(np.concatenate(values) if values else np.zeros(0, np.uint64), starts)


def ngrams(hashed: Ragged, n: int) -> Ragged:
    """Return the hashes of every run of `n` words of each text, in order, repeats included.

    Args:
        hashed: What `words` returned.
        n: Words in an n-gram, 1 or more.

    Returns:
        `max(0, words - n + 1)` hashes for each text; a text with fewer words, but at least one,
        has one hash, of all its words, so that short texts can be compared too.
    """
    lengths = hashed.lengths
    counts = np.where(lengths >= n, lengths - n + 1, np.minimum(lengths, 1))
    starts = np.zeros(len(hashed.starts), np.int64)
    np.cumsum(counts, out=starts[1:])
    # Place of each n-gram's first word, and how many of its words its text has.
    shift = np.repeat(hashed.starts[:-1] - starts[:-1], counts)
    first = np.arange(starts[-1], dtype=np.int64) + shift
    ends = np.repeat(hashed.starts[1:], counts)
    total = np.zeros(len(first), np.uint64)
    if not len(first):
        return Ragged(total, starts)
    last = len(hashed.values) - 1
    for step in reversed(range(n)):
        at = first + step
        term = hashed.values[np.minimum(at, last)]
        total *= np.uint64(_NGRAM_BASE)
        total += np.where(at < ends, term, np.uint64(0))
    return Ragged(_mixed(total), starts)


def exact_keys(texts: Sequence[str], folds: Folds = Folds()) -> Hashes:
    """Return a 128-bit key of each text, `(n_texts, 2) uint64`: equal where `folded` texts are.

    Source: BLAKE2b (RFC 7693) with a digest of 16 bytes, so that a chance collision among 10
    million texts has a probability below 2**-80.
    """
    digests = b"".join(
        hashlib.blake2b(
            folded(text, folds).encode("utf-8", "surrogatepass"), digest_size=16
        ).digest()
        for text in texts
    )
    return np.frombuffer(digests, "<u8").astype(np.uint64).reshape(len(texts), 2)


def folded(text: str, folds: Folds = Folds()) -> str:
    """Return a text with what `folds` names made equal; folding twice changes nothing more."""
    if not text.isascii():
        text = _folded_unicode(text, folds)
    elif folds.case:
        text = text.lower()
    if folds.punctuation:
        text = text.translate(_PUNCTUATION)
    return " ".join(text.split()) if folds.space else text


def jaccard(first: Hashes, second: Hashes) -> float:
    """Return the exact Jaccard similarity of two sets of hashes, 0 to 1; 1 where both are empty.

    Args:
        first: `(n,) uint64`, in any order, repeats ignored.
        second: The same.
    """
    left, right = np.unique(first), np.unique(second)
    both = len(np.intersect1d(left, right, assume_unique=True))
    either = len(left) + len(right) - both
    return both / either if either else 1.0


def rouge_l(reference: str, candidate: str) -> float:
    """Return ROUGE-L of two texts by words, 0 to 1: the F1 of their longest common subsequence.

    0 where one of them has no word; the order of the arguments does not matter.

    Source: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), with beta = 1.
    """
    both = words([reference, candidate])
    common = lcs_length(both.of(0), both.of(1))
    return 2 * common / len(both.values) if len(both.values) else 0.0


def lcs_length(first: Hashes, second: Hashes) -> int:
    """Return the length of the longest common subsequence of two sequences of hashes.

    O(n · m / 64). Source: the bit-vector recurrence of Hyyrö, "Bit-parallel LCS-length
    computation revisited" (2004).
    """
    places: dict[int, int] = {}
    for place, value in enumerate(first.tolist()):
        places[value] = places.get(value, 0) | 1 << place
    whole = (1 << len(first)) - 1
    state = whole
    for value in second.tolist():
        matched = state & places.get(value, 0)
        state = ((state + matched) | (state - matched)) & whole
    return len(first) - state.bit_count()


def _batches(texts: Sequence[str]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for text in texts:
        readable = text if text.isascii() else _spaced(text)
        batch.append(readable.encode("utf-8", "surrogatepass"))
        size += len(batch[-1])
        if size >= _BLOCK:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _hashed(batch: list[bytes]) -> tuple[Hashes, Offsets]:
    """Return the word hashes of encoded texts and how many words each has."""
    # A line end is no part of a word, so no word crosses from one text into the next.
    data = np.frombuffer(b"\n".join(batch) + b"\n", np.uint8)
    inside = np.zeros(len(data) + 1, np.bool_)
    np.take(_IN_WORD, data, out=inside[1:])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    begins, ends = edges[::2], edges[1::2]
    sizes = np.fromiter((len(text) + 1 for text in batch), np.int64, len(batch))
    before = np.searchsorted(begins, np.cumsum(sizes), "left")
    return _mixed(_polynomials(data, begins, ends)), np.diff(before, prepend=0)


def _polynomials(data: npt.NDArray[np.uint8], begins: Offsets, ends: Offsets) -> Hashes:
    """Return the polynomial of the bytes of each word, whatever its place in `data`."""
    found = np.empty(len(begins), np.uint64)
    powers, inverses = _powers()
    done = 0
    while done < len(begins):
        start = int(begins[done])
        upto = int(np.searchsorted(ends, start + _BLOCK, "right"))
        if upto == done:
            found[done] = _long_polynomial(data[start : ends[done]])
            done += 1
            continue
        piece = data[start : ends[upto - 1]]
        sums = np.zeros(len(piece) + 1, np.uint64)
        np.cumsum(_TERMS[piece] * powers[: len(piece)], out=sums[1:])
        first = begins[done:upto] - start
        found[done:upto] = (sums[ends[done:upto] - start] - sums[first]) * inverses[first]
        done = upto
    return found


def _long_polynomial(word: npt.NDArray[np.uint8]) -> int:
    """Return the polynomial of a word longer than a block, slice by slice."""
    powers, _ = _powers()
    total = 0
    for start in range(0, len(word), _BLOCK):
        piece = word[start : start + _BLOCK]
        part = int((_TERMS[piece] * powers[: len(piece)]).sum(dtype=np.uint64))
        total += part * pow(_BASE, start, _MODULUS)
    return total % _MODULUS


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """Return the powers of the base and of its inverse, from exponent 0, `(_BLOCK,) uint64`."""

    def table(base: int) -> Hashes:
        factors = np.full(_BLOCK, base, np.uint64)
        factors[0] = 1
        return np.cumprod(factors, dtype=np.uint64)

    return table(_BASE), table(pow(_BASE, -1, _MODULUS))


def _mixed(values: Hashes) -> Hashes:
    """Return the values, mixed so that every bit depends on all others (SplitMix64)."""
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _byte_tables() -> tuple[npt.NDArray[np.bool_], Hashes]:
    """Return by byte: whether it stands in a word, and its term of the polynomial."""
    characters = [chr(byte).lower() for byte in range(128)]
    in_word = np.array([c.isalnum() for c in characters] + [True] * 128)
    # Both cases of an ASCII letter have one term.
    folded_bytes = np.array([ord(c) for c in characters] + list(range(128, 256)), np.uint64)
    terms = _mixed((folded_bytes + np.uint64(1)) * np.uint64(_BASE))
    return in_word, terms


class _Spacing(dict[int, str]):
    """What `str.translate` puts for a character; filled as characters come."""

    def __missing__(self, point: int) -> str:
        self[point] = found = _spacing_of(chr(point))
        return found


def _spacing_of(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" and character != "\u200b":
        return ""
    if category[0] not in "LMN":
        return " " if ord(character) > 127 else character
    point = ord(character)
    spaceless = any(low <= point <= high for low, high in _SPACELESS)
    return f" {character} " if spaceless else character


class _Punctuation(dict[int, str]):
    """A space for each mark of punctuation; filled as characters come."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = found = " " if unicodedata.category(character)[0] == "P" else character
        return found


def _spaced(text: str) -> str:
    """Return a text that is not ASCII with spaces where words end."""
    if len(text.encode("utf-8", "surrogatepass")) > 1.1 * len(text):
        return _spaced_run.__wrapped__(text)
    # Mostly ASCII: only the other characters are folded, each run with the character before it,
    # since a mark may join that one; nothing joins the ASCII character after a run.
    parts: list[str] = []
    done = 0
    for run in _FOREIGN.finditer(text):
        start = max(done, run.start() - 1)
        spaced = _spaced_run if run.end() - start <= _SHORT_RUN else _spaced_run.__wrapped__
        parts += text[done:start], spaced(text[start : run.end()])
        done = run.end()
    return "".join([*parts, text[done:]])


@lru_cache(maxsize=1 << 14)
def _spaced_run(run: str) -> str:
    return _folded_unicode(run, _READ).translate(_SPACING)


def _folded_unicode(text: str, folds: Folds) -> str:
    # Folding and normalising undo each other's work in a few characters, so both run twice
    # (Unicode Standard, definition D146, for caseless matching of compatible forms).
    for _ in range(2):
        if folds.width:
            text = unicodedata.normalize("NFKC", text)
        if folds.case:
            text = text.casefold()
    return unicodedata.normalize("NFKC", text) if folds.width else text


_IN_WORD, _TERMS = _byte_tables()
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_READ = Folds()
_SPACING = _Spacing()
_PUNCTUATION = _Punctuation()

__all__ = [
    "Folds",
    "Hashes",
    "Offsets",
    "Ragged",
    "exact_keys",
    "folded",
    "jaccard",
    "lcs_length",
    "ngrams",
    "rouge_l",
    "words",
]
