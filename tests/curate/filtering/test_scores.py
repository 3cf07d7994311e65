"""Scores: each against a plain reading of its definition, whatever texts stand beside a text."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curate.codes import BY_CODE
from curate.errors import UsageError
from curate.filtering.repetition import LEAST_WORDS
from curate.filtering.score import Tools
from curate.filtering.scores import BY_NAME, SCORES, SIDES, Meter, column_named, needed
from curate.filtering.texts import BLOCK_CHARS, Texts, blocks
from curate.lexical import GOPHER_MOST, repetition, words

TOOLS = Tools(count_tokens=lambda texts: [len(text.split()) for text in texts])
OF_TEXTS = [score.name for score in SCORES if score.open is not None]
QUICK = [name for name in OF_TEXTS if BY_NAME[name].code[:3] != "LNG"]

letters = st.sampled_from("ab AB1#.…!?{-*•\n\t,“”é谢。สे\u200b\x00\ufffd")
short = st.text(letters, max_size=40)
# Few words, so that runs of them repeat.
wordy = st.lists(
    st.sampled_from(["a", "bb", "Bb", "c.", "\n", "\n\n", "12", "谢"]), max_size=90
).map(" ".join)
texts_of_all_kinds = st.lists(st.one_of(short, wordy, st.text(max_size=20)), max_size=8)


def measured(name: str, texts: list[str], side: str = "response") -> Any:
    columns = needed([column_named(f"{side}_{name}", "response")])
    found = Meter(columns, TOOLS).measure({side: texts}, {})  # type: ignore[dict-item]
    return found[f"{side}_{name}"]


def one(name: str, text: str) -> float:
    return float(measured(name, [text])[0])


def same(one: Any, other: Any) -> bool:
    if one.dtype == object:
        return one.tolist() == other.tolist()
    return bool(np.array_equal(one, other, equal_nan=True))


@given(texts_of_all_kinds, st.integers(0, 8))
def test_no_score_depends_on_the_borders_of_a_batch(texts: list[str], at: int) -> None:
    columns = needed([column_named(name, "response") for name in QUICK])
    meter = Meter(columns, TOOLS)
    whole = meter.measure({"response": texts}, {})
    parts = [meter.measure({"response": part}, {}) for part in (texts[:at], texts[at:])]
    alone = [meter.measure({"response": [text]}, {}) for text in texts]
    for name, values in whole.items():
        assert same(values, np.concatenate([part[name] for part in parts])), name
        assert not texts or same(values, np.concatenate([each[name] for each in alone])), name


@given(texts_of_all_kinds)
@example([""])
@example([" \n \t"])
@example(["a"])
@example(["\n".join(["x"] * 80)])
def test_every_score_keeps_to_its_range_and_says_when_it_is_undefined(texts: list[str]) -> None:
    for name in QUICK:
        score = BY_NAME[name]
        values = measured(name, texts)
        there = values[~np.isnan(values)]
        assert len(values) == len(texts)
        assert ((there >= score.low) & (there <= score.high)).all(), name
        assert score.undefined or len(there) == len(texts), name
        assert not score.whole or (there == np.floor(there)).all(), name


@given(st.lists(short, max_size=6))
def test_characters_are_those_of_unicode(texts: list[str]) -> None:
    for at, text in enumerate(texts):
        kinds = Counter(_kind(c) for c in text if not c.isspace())
        n = kinds.total()
        for name, kind in (
            ("letter_ratio", "letter"),
            ("digit_ratio", "digit"),
            ("symbol_ratio", "symbol"),
            ("nonprinting_ratio", "nonprinting"),
        ):
            found = measured(name, texts)[at]
            assert np.isnan(found) if not n else found == pytest.approx(kinds[kind] / n)
        assert measured("chars", texts)[at] == len(text)
        lettered = sum(unicodedata.category(c)[0] in "LM" for c in text)
        capitals = sum(unicodedata.category(c) in ("Lu", "Lt") for c in text)
        found = measured("uppercase_ratio", texts)[at]
        assert np.isnan(found) if not lettered else found == pytest.approx(capitals / lettered)


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "C" or character == "\ufffd":
        return "nonprinting"
    return {"L": "letter", "M": "letter", "N": "digit"}.get(category[0], "symbol")


@given(st.lists(st.one_of(short, wordy), max_size=6))
def test_words_are_those_of_the_token_kernel(texts: list[str]) -> None:
    for at, text in enumerate(texts):
        own = words([text]).values.tolist()
        assert measured("words", texts)[at] == len(own)
        found = measured("unique_word_ratio", texts)[at]
        assert np.isnan(found) if not own else found == pytest.approx(len(set(own)) / len(own))
        runs = text.split()
        lettered = sum(any(_kind(c) == "letter" for c in run) for run in runs)
        found = measured("alphabetic_word_ratio", texts)[at]
        assert np.isnan(found) if not runs else found == pytest.approx(lettered / len(runs))


@given(st.lists(st.one_of(short, wordy), max_size=6))
def test_lines_are_those_with_something_on_them(texts: list[str]) -> None:
    for at, text in enumerate(texts):
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        assert measured("lines", texts)[at] == len(lines)
        expected = {
            "short_line_ratio": [len(line) <= 30 for line in lines],
            "ellipsis_line_ratio": [line.endswith(("...", "…")) for line in lines],
            "bullet_line_ratio": [
                line[0] in "•‣▶◀◦■□▪▫" or (line[0] in "–*-·" and not line[1:2].strip())
                for line in lines
            ],
        }
        for name, those in expected.items():
            found = measured(name, texts)[at]
            assert np.isnan(found) if not lines else found == pytest.approx(np.mean(those)), name


@given(st.lists(wordy, max_size=5))
def test_repetition_is_the_kernels_in_texts_that_are_long_enough(texts: list[str]) -> None:
    expected = repetition(texts)
    assert list(expected) == [name for name in QUICK if name in GOPHER_MOST]
    n_words = words(texts).lengths
    for name, values in expected.items():
        least = LEAST_WORDS if "gram" in name else 1
        there = np.where(n_words >= least, values, np.nan)
        assert np.array_equal(measured(name, texts), there, equal_nan=True), name


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sentences", "Yes", 1),
        ("sentences", "One. Two! Three?", 3),
        ("sentences", "It is 3.5 m... long, e.g. so.", 3),
        ("sentences", '"Stop." He ran.', 2),
        ("sentences", "他来了。她走了！", 2),
        ("sentences", "?!", 0),
        ("stop_words", "The cat and the dog THAT bark", 3),
        ("stop_words", "Der Hund", 0),
        ("curly_brackets", "{a: {b}}", 2),
        ("hash_per_word_ratio", "#one #two three four", 0.5),
        ("ellipsis_per_word_ratio", "well... so… ......", 1.5),
        ("closed_line_ratio", "Title\nIt ends.\nSo:", 2 / 3),
        ("line_break_per_word_ratio", "a\nb\nc d", 0.5),
        ("mean_word_chars", "ab abcd", 3),
        ("duplicate_paragraph_ratio", "x y\n\nz\n\nx y\n\nx y", 0.5),
        ("duplicate_paragraph_char_ratio", "aa\n\nbb\n\naa", 1 / 3),
        ("duplicate_line_char_ratio", "aaa\nb\naaa", 3 / 7),
        ("tokens", "one two three", 3),
        ("letter_ratio", "हिन्दी", 1.0),
    ],
)
def test_what_a_score_is_of_a_text(name: str, text: str, expected: float) -> None:
    assert one(name, text) == pytest.approx(expected)


def test_the_compression_ratio_tells_a_loop_from_prose_and_says_nothing_of_short_texts() -> None:
    prose = (
        "Water boils sooner on a mountain because the air presses on it less. "
        "A cook who lives high up has to wait longer for an egg, since the water "
        "never gets as hot as it would by the sea, however long the flame burns."
    )
    assert 0.5 < one("compression_ratio", prose) < 1
    assert one("compression_ratio", "I am sorry. " * 40) < 0.1
    assert np.isnan(one("compression_ratio", prose[:150]))


def test_a_text_longer_than_a_block_is_measured_in_one_piece() -> None:
    long = "word " * BLOCK_CHARS
    texts = ["one", long, "", "two two"]
    assert [len(block) for block in blocks(texts)] == [1, 1, 2]
    assert measured("words", texts).tolist() == [1, BLOCK_CHARS, 0, 2]
    assert measured("unique_word_ratio", texts)[1] == pytest.approx(1 / BLOCK_CHARS)
    assert measured("duplicate_5gram_char_ratio", texts)[1] > 0.999


@pytest.mark.slow
def test_a_text_of_15_mib_is_measured() -> None:
    text = "All work and no play makes Jack a dull boy.\n" * (15 * 2**20 // 44)
    columns = needed([column_named(name, "response") for name in QUICK])
    found = Meter(columns, TOOLS).measure({"response": [text]}, {})
    assert found["response_words"][0] == 10 * (15 * 2**20 // 44)
    assert found["response_duplicate_line_ratio"][0] > 0.999
    assert found["response_compression_ratio"][0] < 0.001


def test_no_texts_have_no_scores() -> None:
    for name in QUICK:
        assert measured(name, []).tolist() == []
    assert Texts([]).lines.counts.tolist() == []


def test_tokens_need_a_tokenizer() -> None:
    with pytest.raises(UsageError, match="tokenizer"):
        Meter([column_named("tokens", "response")], Tools())


def test_a_name_may_have_a_side_and_a_wrong_one_is_told() -> None:
    assert column_named("words", "prompt").name == "prompt_words"
    assert column_named("rejected_words", "prompt").name == "rejected_words"
    assert column_named("turns", "prompt").name == "turns"
    assert column_named("prompt_to_response_ratio", "response").side is None
    for wrong, meant in (
        ("respons_words", "response_words"),
        ("wrods", "words"),
        ("prompt_turns", None),
        ("answer_words", None),
        ("", None),
    ):
        with pytest.raises(UsageError) as caught:
            column_named(wrong, "response")
        assert meant is None or f"`{meant}`" in caught.value.message


def test_scores_made_of_others_bring_them_along() -> None:
    columns = needed([column_named("prompt_to_response_ratio", "response")])
    assert [column.name for column in columns] == [
        "prompt_chars",
        "response_chars",
        "prompt_to_response_ratio",
    ]
    found = Meter(columns, Tools()).measure({"prompt": ["abcd", "a"], "response": ["ab", ""]}, {})
    assert found["prompt_to_response_ratio"][0] == 2
    assert np.isnan(found["prompt_to_response_ratio"][1])


@pytest.mark.parametrize("score", SCORES, ids=lambda score: score.name)
def test_a_score_says_what_it_is(score: Any) -> None:
    assert BY_CODE[score.code].severity == "info"
    assert score.code[:3] in ("LEN", "QLT", "LNG")
    assert score.about
    assert score.source
    assert score.low < score.high
    assert not any(score.name.startswith(f"{side}_") for side in SIDES) or score.open is None
    assert (score.derive is None) == (not score.of)
