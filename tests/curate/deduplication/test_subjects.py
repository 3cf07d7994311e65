"""Exchanges about different things, and edits of one exchange."""

from __future__ import annotations

import pytest

from curate.deduplication.overlap import taken
from curate.deduplication.subjects import Exchange, Spoken, differ, may_differ, numbers, unlike
from curate.lexical import words


def said(asked: str, answered: str = "", called: str = "") -> Exchange:
    return Exchange(asked, answered, called, numbers(asked))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (said("What is 12 plus 4?", "The sum is given."), said("What is 13 plus 4?", "The sum.")),
        (said("Add 5 and 5 and 3."), said("Add 5 and 3 and 3.")),
        (
            said("Tell me the capital of Peru.", "The capital of Peru is on the coast of it."),
            said("Tell me the capital of Chad.", "The capital of Chad is on the coast of it."),
        ),
        (
            said("Classify this long review of a camera.", "The sentiment is positive."),
            said("Classify this long review of a camera.", "The sentiment is negative."),
        ),
        (said("Is this right?", "Yes."), said("Is this right?", "No.")),
        (said("hi", "Hello, I am here."), said("hello", "Hello, I am here.")),
        (
            said("How is the weather?", "Fine.", '{"city": "Paris"}'),
            said("How is the weather?", "Fine.", '{"city": "Rome"}'),
        ),
        (said("这部手机怎么样", "正面"), said("这部手机怎么样", "负面")),
    ],
)
def test_other_things(first: Exchange, second: Exchange) -> None:
    assert differ(first, second)
    assert differ(second, first)
    assert not differ(first, first)
    assert not differ(second, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            said("Show the current date.", "The current date is shown by the clock on the wall."),
            said("Find the current date.", "The current date is shown by the clock on the wall."),
        ),
        (said("Distance of (3,4) and (6,8)"), said("Distance of (3, 4) and (6, 8)")),
        (said("I have 1,000 apples"), said("I have 1000 apples")),
        (
            said("Name the countries of Europe.", "All countries of Europe, in order of size."),
            said("Name each country of Europe.", "Every country of Europe, in order of size."),
        ),
        (
            said("How is it?", "Fine.", '{"query": "news on apples"}'),
            said("How is it?", "Fine.", '{"query": "apples news"}'),
        ),
        (said("", ""), said("", "")),
    ],
)
def test_edits(first: Exchange, second: Exchange) -> None:
    assert not differ(first, second)
    assert not differ(second, first)


def test_columns_screen_what_differs() -> None:
    pairs = [
        (said("the capital of Peru please", "it is Peru of course, " + "so " * 20),
         said("the capital of Chad please", "it is Chad of course, " + "so " * 20)),
        (said("one thing", "yes"), said("another matter", "yes")),
    ]  # fmt: skip
    columns = []
    for side in (0, 1):
        asked = words([pair[side].asked for pair in pairs])
        answered = words([pair[side].answered for pair in pairs])
        columns.append(Spoken(taken(asked, [0, 1]), taken(answered, [0, 1])))
    found = unlike(*columns) | may_differ(*columns)
    assert found.tolist() == [True, True]
    assert may_differ(*columns).tolist() == [True, False]
