"""Repeats are found on columns, whatever stands around them in the batch."""

from __future__ import annotations

import random

import numpy as np
import pytest

from curate.checks import select
from curate.checks.candidates import candidates
from curate.checks.columns import texts_of
from curate.checks.profiles import ALL
from curate.row import Row, to_batch

LOOP = "The answer is that I do not know it. " * 12
WIDE = "我很抱歉我不知道这个问题的答案是什么。" * 12
WORDS = [f"{first}{second}" for first in "bcdfglmn" for second in ("ao", "eri", "ine", "otu", "us")]


def other(seed: int, words: int) -> str:
    drawn = random.Random(seed)
    return " ".join(drawn.choice(WORDS) + str(drawn.randrange(999)) for _ in range(words))


def answer(text: str, role: str = "assistant") -> Row:
    return {"messages": [{"role": "user", "content": "How?"}, {"role": role, "content": text}]}


def may_hit(code: str, rows: list[Row]) -> list[bool]:
    rules = tuple(select(ALL, [code]).of_kind("sft"))
    texts = texts_of(to_batch("sft", rows))
    found: list[bool] = candidates(rules, texts, np.zeros(len(rows), np.bool_))[0].tolist()
    return found


@pytest.mark.parametrize("code", ["QLT080", "QLT081", "QLT082"])
def test_only_what_repeats_itself_is_let_through(code: str) -> None:
    rows = [answer(other(seed, 100)) for seed in range(300)]
    for at, text in ((0, LOOP), (150, WIDE), (299, LOOP)):
        rows[at] = answer(text)
    assert [at for at, hit in enumerate(may_hit(code, rows)) if hit] == [0, 150, 299]


def test_a_text_of_many_blocks_is_one_text() -> None:
    long = other(1, 30_000)
    assert may_hit("QLT081", [answer(long), answer(long + " " + long), answer(LOOP)]) == [
        False,
        True,
        True,
    ]


def test_the_same_words_in_two_answers_are_no_repeat() -> None:
    text = other(7, 100)
    assert may_hit("QLT081", [answer(text)] * 3) == [False] * 3


def test_only_what_is_learned_is_looked_at() -> None:
    rows = [answer(LOOP, "tool"), answer("short " * 5), answer("")]
    assert may_hit("QLT080", rows) == [False] * 3


@pytest.mark.parametrize("start", range(17))
@pytest.mark.parametrize("letter", ["0", "x", "é", "哈", "😀"])
def test_a_run_is_seen_wherever_it_begins(start: int, letter: str) -> None:
    rows = [answer("ab" * 8 + "c" * start), answer(letter * 30), answer("- " * 40)]
    assert may_hit("QLT083", rows)[1]


def test_rulers_and_blanks_are_no_runs() -> None:
    rows = [answer(sign * 200) for sign in "-=_*#. \n\t|"]
    assert may_hit("QLT083", rows) == [False] * len(rows)
