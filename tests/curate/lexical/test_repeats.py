"""The measures are those of a plain reading of their definitions, text by text."""

from __future__ import annotations

import random
import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.lexical import GOPHER_MOST, firsts, lined_words, repetition, words

few_words = st.lists(st.sampled_from(["a", "bb", "ccc"]), max_size=25)
some_texts = st.lists(
    st.lists(few_words.map(" ".join), max_size=6).map("\n".join), min_size=1, max_size=5
)


def of_line(line: str) -> tuple[str, ...]:
    return tuple(re.findall("[a-z0-9]+", line.lower()))


def share_again(parts: list[tuple[str, ...]], total: int) -> tuple[float, float]:
    seen: set[tuple[str, ...]] = set()
    again = []
    for part in parts:
        if part in seen:
            again.append(part)
        seen.add(part)
    chars = sum(len("".join(part)) for part in again)
    return len(again) / max(1, len(parts)), chars / max(1, total)


def plain(text: str) -> dict[str, float]:
    lines = [of_line(line) for line in text.split("\n")]
    paragraphs: list[tuple[str, ...]] = []
    for before, line in zip([(), *lines], lines, strict=False):
        if line and before:
            paragraphs[-1] += line
        elif line:
            paragraphs.append(line)
    words = of_line(text)
    total = len("".join(words))
    found: dict[str, float] = {}
    for name, parts in (("line", [line for line in lines if line]), ("paragraph", paragraphs)):
        ratios = share_again(parts, total)
        found[f"duplicate_{name}_ratio"], found[f"duplicate_{name}_char_ratio"] = ratios
    for n in range(2, 11):
        grams = [words[at : at + n] for at in range(len(words) - n + 1)]
        if n < 5:
            best = max(
                ((k, len("".join(gram))) for gram, k in Counter(grams).items() if k > 1),
                default=(0, 0),
            )
            found[f"top_{n}gram_char_ratio"] = min(1.0, best[0] * best[1] / max(1, total))
            continue
        covered: set[int] = set()
        seen: set[tuple[str, ...]] = set()
        for at, gram in enumerate(grams):
            if gram in seen:
                covered |= set(range(at, at + n))
            seen.add(gram)
        chars = sum(len(words[at]) for at in covered)
        found[f"duplicate_{n}gram_char_ratio"] = chars / max(1, total)
    return found


@given(some_texts)
def test_measures_are_those_of_their_definitions(texts: list[str]) -> None:
    found = repetition(texts)
    assert list(found) == list(GOPHER_MOST)
    for at, text in enumerate(texts):
        assert {name: float(values[at]) for name, values in found.items()} == pytest.approx(
            plain(text)
        )


def test_a_column_is_measured_as_its_strings() -> None:
    texts = ["a b\na b\n\nc", "", "one two three " * 9, "日本語\n日本語"]
    column = pa.array([*texts, None], pa.large_string())
    of_strings, of_column = repetition([*texts, ""]), repetition(column)
    for name, values in of_strings.items():
        assert values.dtype == np.float64
        assert np.array_equal(values, of_column[name])
    assert np.array_equal(
        repetition(column.slice(2))["top_2gram_char_ratio"],
        of_strings["top_2gram_char_ratio"][2:],
    )


def test_texts_do_not_see_each_other() -> None:
    text = "the quick brown fox jumps over the lazy dog and runs away from it"
    assert all(not values.any() for values in repetition([text] * 3).values())


def test_a_text_of_one_word_again_and_again_repeats_wholly() -> None:
    found = repetition(["no " * 1000])
    assert found["top_2gram_char_ratio"][0] == 1
    assert found["duplicate_10gram_char_ratio"][0] == pytest.approx(0.999)
    assert found["duplicate_line_ratio"][0] == 0


def test_ordinary_prose_stays_below_every_limit() -> None:
    chosen = random.Random(0)
    text = " ".join("".join(chosen.choices("abcdefgh", k=6)) for _ in range(500))
    assert all(values[0] < GOPHER_MOST[name] for name, values in repetition([text]).items())


def test_no_texts() -> None:
    assert all(len(values) == 0 for values in repetition([]).values())


@given(st.lists(st.text("aB é日\n\r\u0301\u200d", max_size=12), max_size=6))
def test_words_by_line_are_the_words_of_the_text(texts: list[str]) -> None:
    whole = words(texts)
    for lined in (lined_words(texts), lined_words(pa.array(texts, pa.large_string()))):
        assert np.array_equal(lined.words.values, whole.values)
        assert np.array_equal(lined.words.starts, whole.starts)
        assert len(lined.sizes) == len(whole.values)
        for at, text in enumerate(texts):
            found = [lined.lines.of(n).tolist() for n in range(*lined.starts[at : at + 2])]
            assert [own for own in found if own] == [
                own for line in text.split("\n") if (own := words([line]).values.tolist())
            ]


@given(st.lists(st.integers(0, 9), max_size=60))
def test_the_first_of_equal_keys_is_found(numbers: list[int]) -> None:
    # Keys whose high bits are the same share a slot.
    for keys in (np.array(numbers, np.uint64), np.array(numbers, np.uint64) << np.uint64(60)):
        assert firsts(keys).tolist() == [numbers.index(number) for number in numbers]
