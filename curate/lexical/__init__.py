"""The token kernel: word and n-gram hashes of many texts, and the measures made of them.

A word is a run of letters, marks and digits, read without case and with compatible forms made
equal (NFKC). In scripts written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) every
character is a word of its own, so that n-grams of words are n-grams of characters there.

Everything is deterministic: no seed is drawn, and a word has one hash in every text, batch, process
and version of numpy. Hashes have 64 bits and are made for speed, not against an adversary: what is
removed because of them is to be verified by its text.

`curate.lexical.keys` has the keys of Arrow columns, whatever their type; it imports pyarrow.
"""

from __future__ import annotations

from curate.lexical.exact import exact_keys
from curate.lexical.folding import Folds, folded
from curate.lexical.grams import ngrams, word_keys
from curate.lexical.ragged import Hashes, Offsets, Ragged, firsts
from curate.lexical.repeats import GOPHER_MOST, repeated_parts, repeated_runs, repetition
from curate.lexical.similarity import jaccard, lcs_length, rouge_l
from curate.lexical.tokens import Lined, lined_words, words

__all__ = [
    "GOPHER_MOST",
    "Folds",
    "Hashes",
    "Lined",
    "Offsets",
    "Ragged",
    "exact_keys",
    "firsts",
    "folded",
    "jaccard",
    "lcs_length",
    "lined_words",
    "ngrams",
    "repeated_parts",
    "repeated_runs",
    "repetition",
    "rouge_l",
    "word_keys",
    "words",
]
