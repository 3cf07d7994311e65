"""Questions in other words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.decontamination import Item, Paraphrases, Piece, build_index
from curate.decontamination.wording import forms, stem
from curate.lexical import words

QUESTION = (
    "Marta's goats give 12 litres of milk a day. She keeps two litres for her kids, turns half of "
    "the rest into cheese and sells the remaining milk at the village fair for $3 a litre. How "
    "much money does Marta earn every day?"
)
REWORDED = (
    "Each day Marta gets twelve liters of milk from her goats. After keeping 2 litres for the kids "
    "and making cheese from half of what is left, the milk that remains is sold at the fair of the "
    "village for 3 dollars per litre. What are the daily earnings of Marta?"
)
OTHER = (
    "Write a short note to the goat keepers of the village about the fair, and do not forget that "
    "milk and cheese are sold there every day."
)
BACKGROUND = [
    f"{start} the {thing} of {who} in {n} steps, and say how much a day it takes to keep it."
    for n, start in enumerate(("Describe", "Explain", "List", "Rewrite", "Sum up"))
    for thing in ("money", "work", "garden", "kitchen", "letter", "half")
    for who in ("my neighbour", "a village", "the school", "her sister", "two friends")
]


def found_in(texts: list[str], question: str = QUESTION, ratio: float = 0.45):
    index = build_index([Item("e", 1, None, (Piece("question", "q", question),))])
    asked = Paraphrases(index)
    asked.learn(words(BACKGROUND + texts))
    asked.weigh()
    return asked.leaks(words(texts), np.arange(len(texts)), ratio)


def test_a_reworded_question_is_found_and_another_text_is_not() -> None:
    leaks = found_in([OTHER, REWORDED, *BACKGROUND])
    assert leaks["row"].tolist() == [1]
    assert 0.45 <= leaks["score"][0] <= 1


def test_a_text_about_the_same_with_other_numbers_is_not_found() -> None:
    other = REWORDED.replace("twelve", "99").replace(" 2 ", " 77 ").replace("3 dollars", "55")
    assert len(found_in([other])) == 0


def test_words_that_are_spread_over_a_long_text_are_no_paraphrase() -> None:
    filler = " nothing of that kind was ever said in this place by anybody" * 40
    spread = filler.join(REWORDED.split(" "))
    assert len(found_in([spread])) == 0
    (leak,) = found_in([f"{filler} {REWORDED} {filler}"])
    assert leak["words"] < 70
    assert abs(int(leak["at"]) - len(filler.split())) < 10


def test_the_passage_is_found_wherever_it_stands_in_a_long_text() -> None:
    filler = "nobody said anything of that kind "
    for before in range(0, 60, 7):
        assert len(found_in([filler * before + REWORDED + " " + filler * 60])) == 1, before


def test_a_short_question_is_not_judged_and_said_to_be() -> None:
    index = build_index([Item("e", 1, None, (Piece("question", "q", "Where is it and why?"),))])
    asked = Paraphrases(index)
    asked.learn(words(BACKGROUND))
    asked.weigh()
    assert asked.judged.tolist() == [False]
    assert len(asked.leaks(words(["Where is it and why?"]), np.zeros(1, np.int64), 0.01)) == 0


def test_answers_are_not_looked_for() -> None:
    index = build_index([Item("e", 1, None, (Piece("answer", "a", QUESTION),))])
    asked = Paraphrases(index)
    asked.weigh()
    assert len(asked.leaks(words([QUESTION]), np.zeros(1, np.int64), 0.4)) == 0


@given(st.permutations([OTHER, REWORDED, *BACKGROUND[:6]]), st.integers(1, 8))
def test_batches_do_not_change_what_is_found(texts, size) -> None:
    index = build_index([Item("e", 1, None, (Piece("question", "q", QUESTION),))])
    asked = Paraphrases(index)
    asked.learn(words(BACKGROUND))
    asked.weigh()
    whole = asked.leaks(words(texts), np.arange(len(texts)), 0.4)
    parts = [
        asked.leaks(words(texts[at : at + size]), np.arange(len(texts[at : at + size])), 0.4, at)
        for at in range(0, len(texts), size)
    ]
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize(
    ("one", "other"),
    [("egg", "eggs"), ("story", "stories"), ("bake", "baking"), ("jog", "jogged"), ("3", "three")],
)
def test_forms_of_a_word_have_one_stem(one, other) -> None:
    assert stem(one) == stem(other)
    assert other in forms(one)
    assert one in forms(other)


@given(st.text(st.sampled_from("abcdeginsy"), min_size=1, max_size=9))
def test_every_form_has_the_stem_of_its_word(word) -> None:
    assert {stem(form) for form in forms(word)} == {stem(word)}
