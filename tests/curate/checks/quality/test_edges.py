"""What columns say of where texts begin and end never hides a row from its rule."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.checks import ALL, check_batch, check_row, select
from curate.checks.columns import Texts, texts_of
from curate.checks.quality import (
    answers,
    asked,
    cut,
    echo,
    leftovers,
    missing,
    programs,
    refusals,
    scripts,
)
from curate.checks.quality.edges import (
    begins,
    ends_with,
    first_keys,
    halves_alike,
    last_keys,
    shared,
    visible_ends,
)
from curate.row import Row, to_batch

CASES = Path(__file__).parents[3] / "cases" / "rules"
FAMILIES = (answers, asked, cut, echo, leftovers, missing, programs, refusals, scripts)
CODES = [rule.code.code for family in FAMILIES for rule in family.RULES]
BLANKS = ("", " ", "\n", "\n\n  ", "\t", " " * 70, "\u3000", "\xa0", " .", "。")


def conversation(*texts: str) -> Row:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]}


def columns(*rows: Row) -> Texts:
    return texts_of(to_batch("sft", list(rows)))


@pytest.mark.parametrize("blank", ["", " ", "\n", " \t\r\n" * 30, "\x0b\x0c" * 9])
def test_white_space_behind_a_text_is_passed_over(blank: str) -> None:
    texts = columns(conversation("Why?", f"Because,{blank}"), conversation("Why?", blank))
    _, starts, _ = texts.flat
    assert (visible_ends(texts) - starts).tolist() == [4, 8, 4, 0]
    assert ends_with(texts, ",").tolist() == [False, True, False, False]


def test_only_answers_begin_with_what_is_looked_for() -> None:
    texts = columns(conversation("N/A", "  \u3000N/A"), conversation("a", "no N/A"))
    assert begins("^N/A$")(texts).tolist() == [False, True, False, False]


LONG = "Write a function that returns the largest number of a list."


@pytest.mark.parametrize("lead", ["", '"""\n', "# ", " " * 90, "\n\n## "])
def test_a_question_is_known_again_behind_signs_and_in_other_letters(lead: str) -> None:
    texts = columns(conversation(LONG, lead + LONG.upper()), conversation("No.", LONG))
    found = shared(texts, first_keys(texts), "assistant", "user")
    assert found.tolist() == [False, True, False, False]


def test_endings_are_compared_inside_one_row_only() -> None:
    texts = columns(
        conversation("Say it. He spoke loudly.\n", "He spoke loudly."),
        conversation("Hello there", "He spoke loudly. "),
    )
    assert shared(texts, last_keys(texts), "assistant", "user").tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("between", ["", " ", "\n\n", " \n \n"])
@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("unit", [LONG, "先坐火车到伯尔尼，然后换乘公共汽车。"])
def test_a_text_said_again_is_seen(unit: str, times: int, between: str) -> None:
    again = " " + between.join([unit] * times) + "\n"
    texts = columns(conversation("How?", again))
    assert halves_alike(texts).tolist() == [False, True]
    assert echo.repeated_unit(again) == unit


def test_no_texts_are_no_trouble() -> None:
    texts = columns({"messages": []})
    assert halves_alike(texts).tolist() == []
    assert ends_with(texts, ",").tolist() == []


def pieces() -> tuple[list[str], list[str]]:
    said: dict[bool, list[str]] = {True: [], False: []}
    for code in CODES:
        file: dict[str, list[Any]] = yaml.safe_load((CASES / f"{code}.yaml").read_text("utf-8"))
        rows = file["pass"] + file["near_miss"] + [case["row"] for case in file["fail"]]
        for row in rows:
            for role, text, *_ in row.get("messages", ()):
                said[role == "user"].append(text or "")
    return said[True], said[False]


def bent(text: str, by: random.Random) -> str:
    """Return a text that was cut, padded, or put behind itself."""
    match by.randrange(6):
        case 0:
            return by.choice(BLANKS) + text + by.choice(BLANKS)
        case 1:
            return text[: by.randrange(len(text) + 1)]
        case 2:
            return by.choice((text.upper(), text.lower()))
        case 3:
            return text + by.choice(BLANKS) + text
    return text


@pytest.mark.parametrize("seed", range(8))
def test_a_batch_finds_what_each_of_its_rows_has(seed: int) -> None:
    by = random.Random(seed)
    questions, replies = pieces()
    rows = []
    for _ in range(200):
        question, answer = bent(by.choice(questions), by), bent(by.choice(replies), by)
        if by.random() < 0.1:
            answer = question + by.choice(BLANKS) + answer
        row = conversation(*(("Hello", "Hello.") * by.randrange(2)), question, answer)
        if by.random() < 0.3:
            row["layout"] = f'{{"alpaca_split":{by.randrange(len(question) + 1)}}}'
        rows.append(row)
    selection = select(ALL, CODES)
    rules = selection.of_kind("sft")
    found = [
        (at, rule.code.code, spot.pointer)
        for at, rule, spot in check_batch(to_batch("sft", rows), "sft", selection)
    ]
    expected = [
        (at, rule.code.code, spot.pointer)
        for at, row in enumerate(rows)
        for rule, spot in check_row(row, rules)
    ]
    assert expected
    assert [(one, rows[one[0]]) for one in expected if one not in found] == []
    assert found == expected
