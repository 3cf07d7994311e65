"""What rows share with items: against a plain reference, and where texts begin and end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.decontamination import Item, Piece, Scan, build_index
from curate.lexical import words

N = 3
# Few words, so that n-grams are shared often.
SENTENCE = st.lists(st.sampled_from(["lake", "river", "stone", "cloud", "amber"]), max_size=14)


def item(number: int, *texts: str, side: str = "question") -> Item:
    return Item("eval.jsonl", number, None, tuple(Piece(side, "q", text) for text in texts))


def index_of(*texts: str, n: int = N, min_words: int = 1):
    return build_index(
        [item(at, text) for at, text in enumerate(texts, 1)], gram_words=n, min_words=min_words
    )


def scanned(index, rows: list[list[str]]):
    texts = [text for row in rows for text in row]
    of_text = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return Scan(index).pairs(words(texts), of_text)


def runs(row: list[str], piece: list[str]) -> int:
    """Return the longest run of words in both."""
    longest = 0
    for a in range(len(row)):
        for b in range(len(piece)):
            n = 0
            while a + n < len(row) and b + n < len(piece) and row[a + n] == piece[b + n]:
                n += 1
            longest = max(longest, n)
    return longest


def grams(text: list[str]) -> set[tuple[str, ...]]:
    return {tuple(text[at : at + N]) for at in range(len(text) - N + 1)}


def contains(row: list[str], piece: list[str]) -> bool:
    return any(row[at : at + len(piece)] == piece for at in range(len(row) - len(piece) + 1))


@given(st.lists(SENTENCE, min_size=1, max_size=6), st.lists(SENTENCE, min_size=1, max_size=4))
def test_the_scan_finds_what_a_plain_search_finds(rows, pieces) -> None:
    pieces = [list(each) for each in dict.fromkeys(map(tuple, pieces)) if each]
    if not pieces:
        return
    index = index_of(*map(" ".join, pieces))
    found = {
        (int(p["row"]), int(p["piece"])): p for p in scanned(index, [[" ".join(r)] for r in rows])
    }
    for r, row in enumerate(rows):
        for p, piece in enumerate(pieces):
            got = found.pop((r, p), None)
            both = grams(row) & grams(piece)
            if len(piece) < N:
                assert (got is not None) == (row == piece)
            elif not both:
                assert got is None
            else:
                assert got["share"] == pytest.approx(len(both) / len(grams(piece)))
                assert got["words"] == runs(row, piece)
                assert (got["whole"] > 0) == contains(row, piece)
                assert (got["whole"] == 2) == (row == piece)
                a, b, n = int(got["at"]), int(got["begin"]), int(got["words"])
                assert row[a : a + n] == piece[b : b + n]
    assert not found


@given(st.lists(SENTENCE, min_size=2, max_size=12), st.integers(1, 5))
def test_the_result_does_not_depend_on_batches(rows, size) -> None:
    index = index_of("lake river stone cloud", "amber stone lake river", "cloud cloud cloud")
    texts = [[" ".join(row)] for row in rows]
    whole = Scan(index)
    at_once = whole.pairs(words([t for (t,) in texts]), np.arange(len(texts)))
    parted = Scan(index)
    parts = [
        parted.pairs(
            words([t for (t,) in texts[at : at + size]]), np.arange(len(texts[at : at + size])), at
        )
        for at in range(0, len(texts), size)
    ]
    assert np.array_equal(np.concatenate(parts), at_once)
    assert np.array_equal(parted.rows_with, whole.rows_with)


def test_no_ngram_crosses_from_one_text_of_a_row_into_the_next() -> None:
    index = index_of("lake river stone")
    assert len(scanned(index, [["lake river", "stone"]])) == 0
    (pair,) = scanned(index, [["amber"], ["cloud", "a lake river stone here"]])
    assert (pair["row"], pair["text"], pair["at"], pair["whole"]) == (1, 1, 1, 1)


def test_case_width_and_punctuation_do_not_hide_an_item() -> None:
    index = index_of("Where is the lake, please?", n=4)
    (pair,) = scanned(index, [["WHERE is... the \uff4cake - please!"]])
    assert pair["whole"] == 2


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    index = index_of("我买了一辆新车吗今天", n=8)
    (pair,) = scanned(index, [["他说我买了一辆新车吗今天很好"]])
    assert (pair["whole"], pair["words"]) == (1, 10)


def test_an_item_that_comes_twice_is_looked_for_once() -> None:
    index = index_of("lake river stone", "Lake, river: stone", "amber cloud lake")
    assert index.pieces_of == [[0], [0], [1]]
    assert len(scanned(index, [["lake river stone"]])) == 1


def test_the_template_of_many_items_does_not_match() -> None:
    asks = "please tell me where this thing is"
    texts = [f"{asks} thing{n} lies near place{n} today" for n in range(12)]
    index = index_of(*texts)
    assert len(scanned(index, [[f"{asks} not"]])) == 0
    (pair,) = scanned(index, [[f"so {texts[3]}"]])
    assert (pair["piece"], pair["share"], pair["whole"]) == (3, 1, 1)


def test_items_that_only_differ_in_template_words_are_found_as_whole_texts_and_told_of() -> None:
    words_of = [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
    ]
    texts = [" ".join(words_of[:4])] + [f"{word} {' '.join(words_of[:4])}" for word in words_of]
    index = index_of(*texts)
    assert "share its words" in index.unjudged[0]
    assert [p["whole"] for p in scanned(index, [[texts[0]], [f"oh {texts[0]} oh"]])] == [2]


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ((), "no text"),
        (("Paris",), "none of its texts has 4 words"),
        (("Who wrote it then",), "fewer than 8"),
        (("1 2 3 4 5 6 7 8 9 10",), "fewer than 4 words of three letters"),
    ],
)
def test_an_item_that_cannot_be_found_inside_a_text_is_told_of(texts, why) -> None:
    index = build_index([item(1, *texts), item(2, "where does the old river run to the lake")])
    assert why in index.unjudged[0]
    assert 1 not in index.unjudged


@pytest.mark.parametrize("rows", [[], [[""]], [["one"]], [["", " \n", "…"]], [["x" * 100_000]]])
def test_rows_without_anything_to_find_are_no_fault(rows) -> None:
    assert len(scanned(index_of("lake river stone cloud"), rows)) == 0


def test_no_item_is_no_fault() -> None:
    assert len(scanned(build_index([]), [["lake river stone"] * 2])) == 0


def test_a_repeated_passage_counts_once() -> None:
    index = index_of("lake river stone cloud")
    (pair,) = scanned(index, [["lake river stone and lake river stone"]])
    assert pair["share"] == pytest.approx(0.5)
    assert (pair["words"], pair["at"]) == (3, 0)
    scan = Scan(index)
    scan.pairs(words(["lake river stone lake river stone"]), np.zeros(1, np.int64))
    assert sorted(scan.rows_with.tolist()) == [0, 1]
