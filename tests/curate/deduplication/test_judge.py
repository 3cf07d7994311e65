"""What two rows share: sentences, templates, edits."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.deduplication.judge import Judge
from curate.deduplication.keep import Pairs
from curate.deduplication.overlap import overlap, shared, taken
from curate.deduplication.sentences import Sentences, found_in, of_rows, sentences
from curate.deduplication.sets import opposite_labels, opposite_preferences
from curate.deduplication.templates import LEAST_ROWS, Frequent, rows_with, without
from curate.lexical import Ragged, jaccard, words
from tests.curate.deduplication.prose import prose

texts = st.lists(
    st.text(st.sampled_from("ab.!?。！ \n\tz—é中"), max_size=20), min_size=0, max_size=6
)


def split(pieces: list[str]) -> list[str]:
    units, _ = sentences(
        pa.array(pieces, pa.large_string()), np.arange(len(pieces) + 1, dtype=np.int64)
    )
    return [unit for unit in units.to_pylist() if unit]


@given(texts)
def test_sentences_are_the_text_and_have_its_words(pieces) -> None:
    assert "".join(split(pieces)) == "".join(pieces)
    column = pa.array(pieces, pa.large_string())
    units, starts = sentences(column, np.arange(len(pieces) + 1, dtype=np.int64))
    ours, theirs = words(units).grouped(starts), words(column)
    assert [ours.of(at).tolist() for at in range(len(pieces))] == [
        theirs.of(at).tolist() for at in range(len(pieces))
    ]


def test_sentences_end_at_lines_marks_and_pieces() -> None:
    assert split(["One. Two! 3.5 is\nfour? Five", "Six"]) == [
        "One.", " Two!", " 3.5 is\n", "four?", " Five", "Six"
    ]  # fmt: skip
    assert split(["你好。再见！好？是"]) == ["你好。", "再见！", "好？", "是"]


def test_a_sliced_column_is_read_from_where_it_begins() -> None:
    column = pa.array(["skipped. too", "One. Two", ""], pa.large_string())[1:]
    units, starts = sentences(column, np.array([0, 1, 2]))
    assert units.to_pylist() == ["One.", " Two"]
    assert starts.tolist() == [0, 2, 2]


sets = st.lists(
    st.tuples(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9))), min_size=1, max_size=8
)


def ragged(lists: list[list[int]]) -> Ragged:
    values = np.array([value for each in lists for value in each], np.uint64)
    return Ragged(values, np.cumsum([0, *map(len, lists)]))


@given(sets)
def test_overlaps_are_those_of_the_sets(drawn) -> None:
    first, second = ragged([a for a, _ in drawn]), ragged([b for _, b in drawn])
    found = overlap(first, second)
    for at, (a, b) in enumerate(drawn):
        assert found.both[at] == len(set(a) & set(b))
        assert found.jaccard()[at] == jaccard(first.of(at), second.of(at))
    ours, theirs = shared(first, second)
    assert ours.tolist() == [value in b for a, b in drawn for value in a]
    assert theirs.tolist() == [value in a for a, b in drawn for value in b]
    again = taken(first, np.array([len(drawn) - 1, 0, 0]))
    assert again.of(0).tolist() == drawn[-1][0]
    assert again.of(2).tolist() == drawn[0][0]


class Set:
    """Texts with all that judges them."""

    def __init__(self, rows: list[str], folder: Path, *, templates: bool = True) -> None:
        self.rows = rows
        self.store, self.frequent = Sentences(folder), Frequent()
        for start in range(0, len(rows), 10):
            hashed, starts = self.read(np.arange(start, min(start + 10, len(rows))))
            found = found_in(hashed, starts)
            self.store.add(found)
            self.frequent.add(found)
        frequent = self.frequent if templates else None
        self.judge = Judge(self.store.all(), self.store.n_words(), frequent, self.read, 5, 0.7)

    def read(self, rows: np.ndarray) -> tuple[Ragged, np.ndarray]:
        column = pa.array([self.rows[row] for row in rows.tolist()], pa.large_string())
        units, starts = sentences(column, np.arange(len(rows) + 1))
        found = [unit for unit in units.to_pylist() if re.search(r"\w", unit)]
        counts = np.array([bool(re.search(r"\w", unit)) for unit in units.to_pylist()])
        return words(found), np.append(0, np.cumsum(counts))[starts]

    def duplicates(self, *, linked: bool = False) -> set[tuple[int, int]]:
        n = len(self.rows)
        first, second = np.triu_indices(n, 1)
        whole = self.judge.compared(Pairs(first, second, np.full(len(first), np.nan)))
        found = self.judge.judged(whole, linked=linked)
        return set(zip(found.first.tolist(), found.second.tolist(), strict=True))


@pytest.fixture
def draw() -> random.Random:
    return random.Random(1)


def test_rows_of_one_template_are_no_duplicates_and_edits_of_one_text_are(
    tmp_path: Path, draw: random.Random
) -> None:
    template = prose(draw, 200)
    slots = [f"{template}\n{prose(draw, 15)}" for _ in range(LEAST_ROWS)]
    slots.append(slots[0] + " really")
    found = Set(slots, tmp_path)
    assert found.duplicates() == {(0, LEAST_ROWS)}
    assert len(rows_with(found.store.all(), found.frequent)) == len(slots)
    blind = Set(slots, tmp_path, templates=False)
    assert blind.duplicates() == {(0, LEAST_ROWS)}, "what differs has few words in common"


def test_short_differences_around_a_template_are_told_apart_by_their_words_in_order(
    tmp_path: Path, draw: random.Random
) -> None:
    template = prose(draw, 200)
    asked = [f"{template}\nwhat is the sum of {n} and {n + 1}" for n in range(LEAST_ROWS)]
    assert Set(asked, tmp_path).duplicates() == set()
    assert Set(asked, tmp_path, templates=False).duplicates() != set()


def test_copies_with_a_word_changed_are_duplicates_however_many_there_are(
    tmp_path: Path, draw: random.Random
) -> None:
    text = prose(draw, 160).split(" ")
    copies = []
    for at in range(50):
        edited = list(text)
        edited[3 * at] = f"edited{at}"
        copies.append(" ".join(edited))
    found = Set(copies, tmp_path)
    alike = found.duplicates()
    reached, ahead = {0}, [0]
    while ahead:
        row = ahead.pop()
        near = {b for a, b in alike if a == row} | {a for a, b in alike if b == row}
        ahead += near - reached
        reached |= near
    assert len(reached) == 50, "all are linked"
    assert len(found.duplicates(linked=True)) == 50 * 49 // 2


def test_other_questions_about_one_passage_are_no_duplicates(
    tmp_path: Path, draw: random.Random
) -> None:
    passage = prose(draw, 150)
    rows = [
        f"{passage}\nWho built the bridge?\nHarriet",
        f"{passage}\nWhen did trade with islands begin?\nIn spring",
        f"{passage}\nWho built the bridge?\nHarriet",
        f"{passage}\nWho built the old bridge?\nHarriet Lane",
        f"{passage}",
    ]
    alike = Set(rows, tmp_path).duplicates()
    assert (0, 1) not in alike
    assert (1, 2) not in alike
    assert {(0, 2), (0, 3), (0, 4)} <= alike


def test_a_sentence_that_one_row_repeats_is_no_template(tmp_path: Path) -> None:
    rows = ["the same four words again.\n" * 50, "other words stand here.\n" * 2]
    found = Set(rows, tmp_path)
    assert not rows_with(found.store.all(), found.frequent).size


def test_words_without_some_sentences() -> None:
    hashed = words(["a b", "c", "d e f", "g"])
    rest = without(hashed, np.array([0, 2, 4]), np.array([True, False, False, True]))
    assert rest.of(0).tolist() == words(["c"]).of(0).tolist()
    assert rest.of(1).tolist() == words(["d e f"]).of(0).tolist()


def test_sentences_of_rows_in_any_order(tmp_path: Path) -> None:
    store = Set(["a b.\nc d", "e", "f.\ng"], tmp_path).store.all()
    found = of_rows(store, np.array([2, 0, 2]))
    assert np.diff(found.starts).tolist() == [2, 2, 2]
    assert found.keys[:2].tolist() == found.keys[4:].tolist() == store.keys[3:].tolist()


def test_opposite_judgements() -> None:
    def keys(*values: int) -> np.ndarray:
        return np.array(values, np.uint64)

    every = np.arange(5)
    found, others = opposite_preferences(
        keys(1, 1, 2, 1, 1), keys(7, 8, 8, 7, 9), keys(8, 7, 7, 8, 9), every
    )
    assert found.tolist() == [0, 1, 3]
    assert others.tolist() == [1, 0, 1]
    found, others = opposite_labels(
        keys(1, 1, 2, 1, 1), keys(7, 7, 7, 7, 8), np.array([1, 0, 1, 1, 0], bool), every
    )
    assert found.tolist() == [0, 1, 3]
    assert others.tolist() == [1, 0, 1]
