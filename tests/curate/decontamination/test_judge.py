"""When what is shared is a leak, and when it is not."""

from __future__ import annotations

import numpy as np
import pytest

from curate.decontamination import METHODS, Item, Piece, Scan, Thresholds, build_index, judge
from curate.lexical import words

QUESTION = (
    "A gardener plants seven rows of tulips behind the old mill and waters every second row "
    "twice on Monday. How many rows are watered in all before Friday comes?"
)


def judged(question: str, rows: list[str], **asked):
    index = build_index([Item("e", 1, None, (Piece("question", "q", question),))])
    scan = Scan(index)
    pairs = scan.pairs(words(rows), np.arange(len(rows)))
    found = judge(pairs, index, scan.rows_with, Thresholds(**asked))
    named = {int(leak["row"]): METHODS[leak["method"]] for leak in found.leaks}
    return named, found


def part(first: int, count: int) -> str:
    return " ".join(QUESTION.split()[first : first + count])


def test_the_whole_question_in_a_text_is_exact() -> None:
    named, found = judged(QUESTION, [f"Solve this. {QUESTION} Show your work.", QUESTION, "no"])
    assert named == {0: "exact", 1: "exact"}
    assert found.leaks["score"].tolist() == [1, 1]


def test_a_question_with_one_word_changed_is_near() -> None:
    named, found = judged(QUESTION, [QUESTION.replace("gardener", "farmer")])
    assert named == {0: "near"}
    assert 0.7 <= found.leaks["score"][0] < 1


def test_thirteen_words_in_a_row_are_a_leak_and_twelve_are_not() -> None:
    named, found = judged(QUESTION, [f"so {part(3, 13)} it goes", f"so {part(3, 12)} it goes"])
    assert named == {0: "ngram"}
    assert found.leaks["score"].tolist() == [13]


def test_words_that_many_rows_share_do_not_count_but_the_whole_question_does() -> None:
    rows = [f"{part(3, 14)} and so on {n}" for n in range(11)]
    named, found = judged(QUESTION, rows)
    assert named == {}
    assert found.common.tolist() == list(range(11))
    assert judged(QUESTION, rows[:10])[0] == dict.fromkeys(range(10), "ngram")
    assert judged(QUESTION, rows, common_rows=11)[0] == dict.fromkeys(range(11), "ngram")
    assert judged(QUESTION, [QUESTION] * 30)[0] == dict.fromkeys(range(30), "exact")


def test_a_template_that_many_rows_have_is_no_near_leak_of_one_of_them() -> None:
    item = f"{QUESTION} The tulips are red"
    family = [f"{QUESTION} The roses of garden {n} are white" for n in range(11)]
    named, found = judged(item, [*family, item])
    assert named == {11: "exact"}
    assert found.common.tolist() == list(range(11))
    assert judged(item, family[:9])[0] == dict.fromkeys(range(9), "near")


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
        "for i in range(2, int(n ** 0.5) + 1): if n % i == 0: return False",
        "a, b = 0, 1\nwhile b < n: a, b = b, a + b",
    ],
)
def test_numbers_and_idioms_of_code_are_no_leak_inside_a_text(text) -> None:
    question = f"{QUESTION} {text} and what is printed then, if anything at all?"
    assert judged(question, [f"first {text} then"])[0] == {}


def test_a_text_that_is_equal_is_a_leak_whatever_its_words() -> None:
    assert judged("1 + 2 + 3 + 4 = ?", ["1+2+3+4=?"])[0] == {0: "exact"}


def test_a_short_question_is_found_as_a_whole_text_and_not_inside_one() -> None:
    rows = ["What is the meaning of life?", "He asked: what is the meaning of life? Nobody knew."]
    assert judged("What is the meaning of life?", rows)[0] == {0: "exact"}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("exact", {0: "exact"}),
        ("near", {0: "near", 1: "near"}),
        ("ngram", {0: "ngram", 1: "ngram"}),
    ],
)
def test_only_the_methods_that_are_asked_for_judge(method, expected) -> None:
    rows = [QUESTION, QUESTION.replace("gardener", "farmer")]
    assert judged(QUESTION, rows, methods=frozenset({method}))[0] == expected


def test_a_share_of_one_is_near_only_for_the_whole() -> None:
    rows = [QUESTION.replace("gardener", "farmer"), QUESTION]
    named, _ = judged(QUESTION, rows, methods=frozenset({"near"}), near_ratio=1.0)
    assert named == {1: "near"}
