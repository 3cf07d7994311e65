from __future__ import annotations

import random
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import lexical
from curate.lexical import Folds, exact_keys, folded, jaccard, lcs_length, ngrams, rouge_l, words

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
simple_words = st.lists(st.text(LETTERS, min_size=1, max_size=12), max_size=30)
any_texts = st.lists(st.text(max_size=40), max_size=12)


def hashes(text: str) -> list[int]:
    return [int(value) for value in words([text]).values]


@given(any_texts)
def test_shapes_dtypes_and_order(texts: list[str]) -> None:
    found = words(texts)
    assert found.values.dtype == np.uint64
    assert found.starts.dtype == np.int64
    assert found.starts.shape == (len(texts) + 1,)
    assert found.n_texts == len(texts)
    assert found.lengths.sum() == len(found.values)
    assert [found.of(i).tolist() for i in range(len(texts))] == [hashes(text) for text in texts]


@given(st.lists(simple_words, max_size=10))
def test_there_is_one_hash_for_each_word_and_it_is_the_same_everywhere(
    lines: list[list[str]],
) -> None:
    found = words([" ".join(line) for line in lines])
    assert found.lengths.tolist() == [len(line) for line in lines]
    flat = [word for line in lines for word in line]
    assert found.values.tolist() == [hashes(word)[0] for word in flat]


def test_equal_hashes_mean_equal_words() -> None:
    chosen = random.Random(7)
    drawn = {"".join(chosen.choices(LETTERS, k=chosen.randint(1, 9))) for _ in range(60_000)}
    drawn |= {"a" * n for n in range(1, 300)} | {"ab" * n for n in range(1, 300)}
    found = words([" ".join(sorted(drawn))])
    assert len(np.unique(found.values)) == len(drawn)


def test_the_size_of_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = random.Random(3)
    texts = [
        " ".join("".join(chosen.choices(LETTERS, k=chosen.randint(1, 90))) for _ in range(20))
        for _ in range(20)
    ]
    expected = words(texts)
    for block in (8, 64, 500):
        monkeypatch.setattr(lexical, "_BLOCK", block)
        lexical._powers.cache_clear()
        found = words(texts)
        assert np.array_equal(found.values, expected.values)
        assert np.array_equal(found.starts, expected.starts)
    lexical._powers.cache_clear()


def test_a_word_longer_than_a_block_is_one_word() -> None:
    long = "x" * (lexical._BLOCK + 5)
    assert len(hashes(f"a {long} b")) == 3
    assert hashes(long) == hashes(long.upper())
    assert hashes(long) != hashes(long + "x")


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("Hello, World!", "hello world"),
        ("don't", "don t"),
        ("snake_case", "snake case"),
        ("Ｈｅｌｌｏ　world", "hello world"),
        ("ﬁne", "fine"),
        ("Stra\u00dfe", "STRASSE"),
        ("cafe\u0301", "CAF\u00c9"),
        ("“quoted”…", "quoted"),
        ("soft\u00adhyphen", "softhyphen"),
        ("zero\u200bwidth", "zero width"),
        ("naïve text", "NAÏVE, text"),
        ("", " ?! \n"),
    ],
)
def test_what_does_not_matter_to_words(text: str, same_as: str) -> None:
    assert hashes(text) == hashes(same_as)


@pytest.mark.parametrize(
    ("text", "n_words"),
    [
        ("今日は良い天気", 7),
        ("สวัสดี", 6),
        ("GPT 模型 v2", 4),
        ("한국어 문장", 2),
        ("Привет, мир", 2),
    ],
)
def test_scripts_without_spaces_give_a_word_for_each_character(text: str, n_words: int) -> None:
    assert len(hashes(text)) == n_words


def test_words_do_not_cross_texts() -> None:
    found = words(["ab", "cd"])
    assert found.values.tolist() == [*hashes("ab"), *hashes("cd")]


@given(st.lists(simple_words, max_size=8), st.integers(1, 6))
def test_ngrams_are_equal_where_their_words_are(lines: list[list[str]], n: int) -> None:
    found = ngrams(words([" ".join(line) for line in lines]), n)
    assert found.values.dtype == np.uint64
    expected = [
        tuple(line[i : i + n]) for line in lines for i in range(max(len(line) - n + 1, bool(line)))
    ]
    assert len(found.values) == len(expected)
    by_hash = dict(zip(found.values.tolist(), expected, strict=True))
    assert len(by_hash) == len(set(expected))
    assert [by_hash[value] for value in found.values.tolist()] == expected
    for i, line in enumerate(lines):
        alone = ngrams(words([" ".join(line)]), n)
        assert found.of(i).tolist() == alone.values.tolist()


def test_ngrams_know_the_order_of_words() -> None:
    assert ngrams(words(["a b", "b a"]), 2).values[0] != ngrams(words(["b a"]), 2).values[0]


@given(any_texts)
def test_keys_are_equal_where_folded_texts_are(texts: list[str]) -> None:
    keys = exact_keys(texts)
    assert keys.shape == (len(texts), 2)
    assert keys.dtype == np.uint64
    for i, left in enumerate(texts):
        for j, right in enumerate(texts):
            assert np.array_equal(keys[i], keys[j]) == (folded(left) == folded(right))


@given(st.text(), st.builds(Folds, *[st.booleans()] * 4))
def test_folding_twice_changes_nothing_more(text: str, folds: Folds) -> None:
    once = folded(text, folds)
    assert folded(once, folds) == once


NOTHING = Folds(case=False, width=False, space=False, punctuation=False)


@pytest.mark.parametrize(
    ("fold", "left", "right"),
    [
        ("case", "Hello", "hELLO"),
        ("case", "ΣΑΣ", "σας"),
        ("width", "ＡＢＣ", "ABC"),
        ("width", "e\u0301", "\u00e9"),
        ("space", " a\t b\n", "a b"),
        ("space", "a\u3000b", "a b"),
        ("punctuation", "a,b", "a;b"),
        ("punctuation", "«a»", "“a”"),
    ],
)
def test_each_fold_makes_just_its_own_difference_equal(fold: str, left: str, right: str) -> None:
    assert folded(left, NOTHING) != folded(right, NOTHING)
    only = Folds(**{name: name == fold for name in Folds.__slots__})
    assert folded(left, only) == folded(right, only)


def test_numbers_and_symbols_stay_apart_without_punctuation() -> None:
    folds = Folds(punctuation=True)
    assert folded("1.5", folds) != folded("15", folds)
    assert folded("C++", folds) != folded("C", folds)


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)))
def test_jaccard_is_that_of_sets(left: list[int], right: list[int]) -> None:
    either = set(left) | set(right)
    expected = len(set(left) & set(right)) / len(either) if either else 1.0
    assert jaccard(np.array(left, np.uint64), np.array(right, np.uint64)) == expected


def slow_lcs(left: list[int], right: list[int]) -> int:
    row = [0] * (len(right) + 1)
    for a in left:
        before = row
        row = [0]
        for j, b in enumerate(right):
            row.append(before[j] + 1 if a == b else max(before[j + 1], row[j]))
    return row[-1]


@given(st.lists(st.integers(0, 5), max_size=80), st.lists(st.integers(0, 5), max_size=80))
def test_lcs_is_that_of_the_table(left: list[int], right: list[int]) -> None:
    found = lcs_length(np.array(left, np.uint64), np.array(right, np.uint64))
    assert found == slow_lcs(left, right)


@pytest.mark.parametrize(
    ("left", "right", "score"),
    [
        ("police killed the gunman", "Police kill the gunman.", 0.75),
        ("police killed the gunman", "the gunman kill police", 0.5),
        ("a b", "a b", 1.0),
        ("a", "b", 0.0),
        ("", "a", 0.0),
        ("", "", 0.0),
    ],
)
def test_rouge_l(left: str, right: str, score: float) -> None:
    assert rouge_l(left, right) == pytest.approx(score)
    assert rouge_l(right, left) == pytest.approx(score)


@settings(max_examples=30)
@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_ascii_words_are_those_of_a_plain_pattern(text: str) -> None:
    plain = re.findall("[a-z0-9]+", text.lower())
    assert hashes(text) == [hashes(word)[0] for word in plain]
    # The way through Unicode gives the same words.
    assert hashes(f"{text} ж") == [*hashes(text), *hashes("ж")]


@given(st.text(st.sampled_from("aZ .’é\u0301ßﬁΣ\u200b\u00ad今ﾊﾞ한ส½İ"), max_size=12))
def test_the_rest_of_a_text_does_not_change_its_words(text: str) -> None:
    plain = "plain words " * 60
    assert hashes(f"{plain}{text} {plain}") == hashes(plain) + hashes(text) + hashes(plain)
