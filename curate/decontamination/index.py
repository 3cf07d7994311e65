"""The n-grams of an evaluation's items, ready to be looked up by the words of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.decontamination.items import Item
from curate.lexical import Hashes, Offsets, Ragged, ngrams, word_keys, words

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Places = NDArray[np.int32]
    Mask = NDArray[np.bool_]
else:
    Places = Mask = Any

# Words of the n-grams that are looked up. Source: the shorter bound of GPT-3's 8 to 13 (Brown et
# al. 2020, appendix C) and the n-grams of PaLM's overlap analysis (Chowdhery et al. 2022, 8.1).
GRAM_WORDS = 8
# An n-gram that more items than this share is their template and tells none of them apart.
TEMPLATE_ITEMS = 10
# Odd: the fractional part of the square root of 7.
_PAIR_BASE = np.uint64(0xA54FF53A5F1D36F1)
_LEAST_BITS, _MOST_BITS = 16, 24
# Flags a pair of words; with fewer, pairs that no item has would be flagged too often.
_FLAGS_PER_PAIR = 16
# A text with fewer telling words is common to many that have nothing to do with it.
LEAST_TELLING = 4
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Index:
    """The distinct texts of items as words and n-grams.

    A piece here is a text that no other piece equals word for word; what is looked for twice in
    an evaluation is looked for once.

    Attributes:
        items: The items, as given.
        pieces_of: For each item, the pieces that it has, ascending, without repeats.
        first_of: For each piece, `(item, number of the text in the item)` of who has it first.
        gram_words: Words in an n-gram.
        hashed: The words of each piece.
        gram_at: `(n_words,) int32`: the n-gram that begins at each word of `hashed`, -1 where none
            does or where it is a template's.
        own: `(n_pieces,) int32`: distinct n-grams of each piece that are no template's.
        grams: `(n_grams,) uint64`, ascending: those n-grams.
        starts: `(n_grams + 1,) int64`: where each stands, see `of` and `at`.
        of: `(n_places,) int32`: the piece.
        at: `(n_places,) int32`: the word of the piece that it begins with.
        flags: `(2**bits,) bool`: which pairs of words some piece has; a few others seem to be.
        whole_keys: `(n, 2) uint64`, ascending by the first: pieces that only an equal text matches.
        whole_of: `(n,) int32`: their numbers.
        whole_lengths: `(n,) int64`, ascending: in how many words they come.
        telling: `(n_words,) bool`: which words of `hashed` have three letters or more, or are no
            ASCII; numbers of up to four digits do not count.
        unjudged: Items of which no text can be judged: number → why.
    """

    items: Sequence[Item]
    pieces_of: list[list[int]]
    first_of: list[tuple[int, int]]
    gram_words: int
    hashed: Ragged
    gram_at: Places
    own: Places
    grams: Hashes
    starts: Offsets
    of: Places
    at: Places
    flags: Mask
    whole_keys: Hashes
    whole_of: Places
    whole_lengths: Offsets
    telling: Mask
    unjudged: dict[int, str] = field(default_factory=dict)

    @property
    def n_pieces(self) -> int:
        """How many distinct texts there are."""
        return self.hashed.n_texts

    def telling_words(self, begin: int, end: int) -> int:
        """Return how many distinct telling words a run of words of `hashed` has."""
        return len(np.unique(self.hashed.values[begin:end][self.telling[begin:end]]))

    def text(self, piece: int) -> str:
        """Return a piece's text as its first item has it."""
        item, number = self.first_of[piece]
        return self.items[item].pieces[number].text


def build_index(
    items: Sequence[Item], *, gram_words: int = GRAM_WORDS, min_words: int = 4
) -> Index:
    """Return the index of items; pieces are numbered in the order in which they first come.

    Args:
        items: The items; their texts are held in memory.
        gram_words: Words in an n-gram, 2 or more. A piece of fewer words is found only where a
            text of a row is equal to it.
        min_words: A piece of fewer words is not looked for.
    """
    hashed, pieces_of, first_of = _distinct(items, min_words)
    lengths = hashed.lengths
    gram_at, grams, holders = _numbered(hashed, gram_words, _items_of(pieces_of, hashed.n_texts))
    gram_at, grams, starts, of, at = _placed(hashed, gram_at, grams, holders)
    own = _distinct_counts(of, starts, hashed.n_texts)
    whole = np.flatnonzero(own == 0).astype(np.int32)
    keys = word_keys(_taken(hashed, whole))
    order = np.argsort(keys[:, 0], kind="stable")
    index = Index(
        items=items,
        pieces_of=pieces_of,
        first_of=first_of,
        gram_words=gram_words,
        hashed=hashed,
        gram_at=gram_at,
        own=own,
        grams=grams,
        starts=starts,
        of=of,
        at=at,
        flags=_flags(hashed),
        whole_keys=keys[order],
        whole_of=whole[order],
        whole_lengths=np.unique(lengths[whole]),
        telling=_telling(hashed),
    )
    for number in range(len(items)):
        if why := _why_unjudged(index, number, min_words):
            index.unjudged[number] = why
    return index


def pair_places(values: Hashes, n_flags: int) -> Offsets:
    """Return where the flag of each pair of neighbouring words stands, `(n - 1,) int64`.

    Args:
        values: `(n,) uint64`: words.
        n_flags: How many flags there are, a power of two.
    """
    pairs = values[:-1] * _PAIR_BASE
    pairs += values[1:]
    pairs >>= np.uint64(65 - n_flags.bit_length())
    return pairs.view(np.int64)


def _distinct(
    items: Sequence[Item], min_words: int
) -> tuple[Ragged, list[list[int]], list[tuple[int, int]]]:
    """Return the words of every distinct piece, the pieces of each item, who has each first."""
    read = words([piece.text for item in items for piece in item.pieces])
    pieces_of: list[list[int]] = []
    first_of: list[tuple[int, int]] = []
    found: dict[bytes, int] = {}
    chosen: list[int] = []
    place = 0
    for number, item in enumerate(items):
        own: dict[int, None] = {}
        for within in range(len(item.pieces)):
            values = read.of(place)
            place += 1
            if len(values) < min_words:
                continue
            key = values.tobytes()
            if key not in found:
                found[key] = len(chosen)
                chosen.append(place - 1)
                first_of.append((number, within))
            own[found[key]] = None
        pieces_of.append(sorted(own))
    return _taken(read, np.array(chosen, np.int64)), pieces_of, first_of


def _taken(hashed: Ragged, texts: Any) -> Ragged:
    """Return the words of some texts."""
    lengths = hashed.lengths[texts]
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(hashed.starts[:-1][texts] - starts[:-1], lengths)
    return Ragged(hashed.values[at], starts)


def _items_of(pieces_of: list[list[int]], n_pieces: int) -> Places:
    """Return the first item of each piece: what counts as one where pieces say the same."""
    first = np.full(n_pieces, -1, np.int32)
    for number, pieces in enumerate(pieces_of):
        for piece in pieces:
            if first[piece] < 0:
                first[piece] = number
    return first


def _numbered(hashed: Ragged, n: int, item_of: Places) -> tuple[Places, Hashes, Offsets]:
    """Return the n-gram at each word, -1 where none begins; the n-grams; how many items have each.

    Pieces with fewer words than an n-gram have none.
    """
    lengths = hashed.lengths
    long = np.flatnonzero(lengths >= n)
    read = ngrams(_taken(hashed, long), n)
    grams, numbers = np.unique(read.values, return_inverse=True)
    gram_at = np.full(len(hashed.values), -1, np.int32)
    starts = hashed.starts[:-1][long]
    places = np.arange(len(read.values)) + np.repeat(starts - read.starts[:-1], read.lengths)
    gram_at[places] = numbers
    pairs = numbers.astype(np.int64) * (int(item_of.max(initial=0)) + 1)
    pairs += np.repeat(item_of[long], read.lengths)
    holders = np.bincount(
        np.unique(pairs) // (int(item_of.max(initial=0)) + 1), minlength=len(grams)
    )
    return gram_at, grams, holders.astype(np.int64)


def _placed(
    hashed: Ragged, gram_at: Places, grams: Hashes, holders: Offsets
) -> tuple[Places, Hashes, Offsets, Places, Places]:
    """Leave out the n-grams of templates and return where the others stand."""
    kept = holders <= TEMPLATE_ITEMS
    renumbered = np.where(kept, np.cumsum(kept) - 1, -1)
    some = gram_at >= 0
    gram_at = gram_at.copy()
    gram_at[some] = renumbered[gram_at[some]]
    places = np.flatnonzero(gram_at >= 0)
    order = places[np.argsort(gram_at[places], kind="stable")]
    counts = np.bincount(gram_at[order], minlength=int(kept.sum()))
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    of = np.searchsorted(hashed.starts, order, "right") - 1
    at = order - hashed.starts[of]
    return gram_at, grams[kept], starts, of.astype(np.int32), at.astype(np.int32)


def _distinct_counts(of: Places, starts: Offsets, n_pieces: int) -> Places:
    gram = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    pairs = np.unique(gram * max(n_pieces, 1) + of)
    return np.bincount(pairs % max(n_pieces, 1), minlength=n_pieces).astype(np.int32)


def _flags(hashed: Ragged) -> Mask:
    wanted = max(1, _FLAGS_PER_PAIR * len(hashed.values)).bit_length()
    flags = np.zeros(1 << min(max(wanted, _LEAST_BITS), _MOST_BITS), np.bool_)
    if len(hashed.values) > 1:
        flags[pair_places(hashed.values, len(flags))] = True
    return flags


def _telling(hashed: Ragged) -> Mask:
    signs = "abcdefghijklmnopqrstuvwxyz0123456789"
    short = [*signs, *(a + b for a in signs for b in signs)]
    numbers = [str(n) for n in range(100, 10**_DIGITS)]
    return np.asarray(~np.isin(hashed.values, words([*short, *numbers]).values))


def _why_unjudged(index: Index, number: int, min_words: int) -> str | None:
    """Return why none of an item's texts is found inside a row's text, None where one is."""
    pieces = index.pieces_of[number]
    starts = index.hashed.starts
    if not index.items[number].pieces:
        return "it has no text"
    if not pieces:
        return f"none of its texts has {min_words} words"
    if any(
        index.own[p] and index.telling_words(int(starts[p]), int(starts[p + 1])) >= LEAST_TELLING
        for p in pieces
    ):
        return None
    longest = max(int(starts[p + 1] - starts[p]) for p in pieces)
    only = "only an equal text is found"
    if longest < index.gram_words:
        return f"its longest text has {longest} words, fewer than {index.gram_words}: {only}"
    if not any(index.own[p] for p in pieces):
        return f"more than {TEMPLATE_ITEMS} items share its words: {only}"
    return f"it has fewer than {LEAST_TELLING} words of three letters: {only}"
