"""Many words looked for at once find what looking for each finds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from curate.checks.columns import Texts
from curate.checks.grams import grams_of
from curate.row import TEXT

SETS = (
    frozenset({b"language model"}),
    frozenset({b"sorry", b"unable"}),
    frozenset({"无法".encode()}),
    frozenset({b"quiz"}),
)


def texts_of(values: list[str]) -> Texts:
    rows = np.arange(len(values))
    return Texts(pa.array(values, TEXT), rows, rows * 0, len(values))


def looked(values: list[str], start: int = 0) -> list[list[bool]]:
    texts = texts_of(values)
    data, starts, ends = Texts(
        texts.values.slice(start), texts.rows[start:], texts.roles[start:], len(values)
    ).flat
    return [mask.tolist() for mask in grams_of(SETS).texts(data, starts, ends)]


def test_words_are_found_without_case_and_in_their_text_only() -> None:
    found = looked(["A Language Model", "I am SORRY", "我无法", "qui", "z", "", "UNABLE quiz"])
    assert found == [
        [True, False, False, False, False, False, False],
        [False, True, False, False, False, False, True],
        [False, False, True, False, False, False, False],
        [False, False, False, False, False, False, True],
    ]


def test_no_texts() -> None:
    assert looked([]) == [[], [], [], []]
    assert looked(["", ""]) == [[False, False]] * 4


WORDS = st.sampled_from(["sorry", "SORRY", "language", " model", "quiz", "无", "法", " ", "x", "z"])


@given(st.lists(st.lists(WORDS, max_size=8).map("".join), max_size=12), st.integers(0, 3))
def test_a_text_with_a_word_is_never_missed(values: list[str], start: int) -> None:
    for words, mask in zip(SETS, looked(values, start), strict=True):
        for value, hit in zip(values[start:], mask, strict=True):
            if any(word in value.lower().encode() for word in words):
                assert hit


def test_a_word_over_the_edge_of_a_block(monkeypatch: object) -> None:
    for shift in range(8):
        long = "-" * ((1 << 18) - 4 - shift) + "quiz" + "-" * 40
        assert looked([long, "-"])[3] == [True, False]
