from __future__ import annotations

import hashlib
import random
import re
import tracemalloc
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.lexical import (
    Folds,
    Ragged,
    buffers,
    exact_keys,
    folded,
    grams,
    jaccard,
    lcs_length,
    ngrams,
    rouge_l,
    tokens,
    word_keys,
    words,
)

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


def mixed_texts() -> list[str]:
    chosen = random.Random(3)
    texts = [
        " ".join("".join(chosen.choices(LETTERS, k=chosen.randint(1, 90))) for _ in range(20))
        for _ in range(20)
    ]
    return [*texts, "", "x" * 700, "café, naïve; «ok»", "今日は 良い天気", "", "end", "begin"]


def same(left: Ragged, right: Ragged) -> bool:
    return np.array_equal(left.values, right.values) and np.array_equal(left.starts, right.starts)


@pytest.mark.parametrize("size", [8, 64, 500])
def test_the_size_of_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    texts = mixed_texts()
    expected = words(texts)
    monkeypatch.setattr(tokens, "_BLOCK", size)
    assert same(words(texts), expected)
    monkeypatch.setattr(buffers, "_GROUP", size)
    assert same(words(texts), expected)
    assert same(words(pa.array(texts, pa.large_string())), expected)


def test_a_word_longer_than_a_block_is_one_word() -> None:
    long = "x" * (tokens._BLOCK + 5)
    assert len(hashes(f"a {long} b")) == 3
    assert hashes(long) == hashes(long.upper())
    assert hashes(long) != hashes(long + "x")


@given(any_texts, st.data())
def test_a_column_has_the_words_of_its_strings(texts: list[str], data: st.DataObject) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    column = pa.array(texts, pa.large_string())
    assert same(words(column), words(texts))
    at = data.draw(st.integers(0, len(texts)))
    assert same(words(column.slice(at)), words(texts[at:]))
    assert same(words(column.cast(pa.string())), words(texts))


def test_a_null_has_no_words() -> None:
    found = words(pa.array(["a b", None, "c"], pa.large_string()))
    assert same(found, words(["a b", "", "c"]))
    assert words(pa.array([None], pa.large_string())).lengths.tolist() == [0]


def test_a_column_of_ascii_makes_no_strings(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(texts: list[str]) -> None:
        raise AssertionError(texts)

    monkeypatch.setattr(buffers, "_of_strings", read)
    assert len(words(pa.array(["plain ASCII", "text"], pa.large_string())).values) == 3


def test_a_long_text_needs_little_more_than_its_words() -> None:
    text = "a b " * (1 << 22)
    tracemalloc.start()
    found = words([text])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.values) == 1 << 23
    assert peak < 3 * found.values.nbytes


@given(st.lists(simple_words, max_size=8), st.data())
def test_grouped_texts_have_the_words_of_all_their_parts(
    lines: list[list[str]], data: st.DataObject
) -> None:
    places = st.integers(0, len(lines))
    inner = sorted(data.draw(st.lists(places, max_size=4)))
    starts = np.array([0, *inner, len(lines)], np.int64)
    found = words([" ".join(line) for line in lines]).grouped(starts)
    assert found.n_texts == len(starts) - 1
    joined = [" ".join(" ".join(line) for line in lines[a:b]) for a, b in pairwise(starts.tolist())]
    assert same(found, words(joined))


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


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=5), max_size=12))
def test_keys_of_words_are_equal_where_words_are(lines: list[list[str]]) -> None:
    keys = word_keys(words([" ".join(line) for line in lines]))
    assert keys.shape == (len(lines), 2)
    for i, left in enumerate(lines):
        for j, right in enumerate(lines):
            assert (keys[i] == keys[j]).tolist() == [left == right] * 2


@pytest.mark.parametrize("size", [8, 100])
def test_the_size_of_blocks_changes_no_gram_and_no_key(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    hashed = words(mixed_texts())
    expected, keys = ngrams(hashed, 5), word_keys(hashed)
    monkeypatch.setattr(grams, "_BLOCK", size)
    grams._powers.cache_clear()
    assert same(ngrams(hashed, 5), expected)
    assert np.array_equal(word_keys(hashed), keys)
    grams._powers.cache_clear()


def test_a_part_of_a_ragged_array_has_its_own_grams_and_keys() -> None:
    hashed = words(mixed_texts())
    part = Ragged(hashed.values, hashed.starts[3:9])
    whole = ngrams(hashed, 3)
    found = ngrams(part, 3)
    assert [found.of(i).tolist() for i in range(5)] == [whole.of(i + 3).tolist() for i in range(5)]
    assert np.array_equal(word_keys(part), word_keys(hashed)[3:8])


@given(any_texts)
def test_keys_are_equal_where_folded_texts_are(texts: list[str]) -> None:
    keys = exact_keys(texts)
    assert keys.shape == (len(texts), 2)
    assert keys.dtype == np.uint64
    for i, left in enumerate(texts):
        for j, right in enumerate(texts):
            assert np.array_equal(keys[i], keys[j]) == (folded(left) == folded(right))


def plain_keys(texts: list[str], folds: Folds) -> list[bytes]:
    """Return the keys as they are defined, text by text."""
    whole = (folded(text, folds).encode("utf-8", "surrogatepass") for text in texts)
    return [hashlib.blake2b(text, digest_size=16).digest() for text in whole]


# Runs of white space, capitals, marks that join others, wide forms, points, at all borders.
foldable = st.lists(
    st.lists(
        st.sampled_from([*" \t\n\x1c\x85\xa0\u3000AaÉİı.,-+…ﬁＡ中", "ss", "\u0301", "\u200b"])
        | st.characters(),
        max_size=12,
    ).map("".join),
    max_size=6,
)


@given(foldable, st.builds(Folds, *[st.booleans()] * 4), st.booleans())
def test_keys_made_on_buffers_are_those_of_folded_texts(
    texts: list[str], folds: Folds, in_column: bool
) -> None:
    given_texts: Any = texts
    if in_column:
        texts = [text.encode("utf-8", "replace").decode() for text in texts]
        given_texts = pa.array(["x", *texts], pa.large_string()).slice(1)
    keys = exact_keys(given_texts, folds).astype("<u8")
    assert [key.tobytes() for key in keys] == plain_keys(texts, folds)


def test_keys_of_many_texts_are_those_of_each() -> None:
    texts = mixed_texts() * 50
    keys = exact_keys(pa.array(texts, pa.large_string())).astype("<u8")
    assert [key.tobytes() for key in keys] == plain_keys(texts, Folds())


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
