"""The step `dedup`: rows that share most of their words and are about different things."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from curate.files.json_text import loads
from tests.curate.build.steps.duplicates import dedup, judged, labelled, left, told
from tests.curate.build.steps.row_sets import asked, rows_of
from tests.curate.deduplication.prose import prose

METHODS = ["minhash", "rouge_l"]


@pytest.fixture
def text() -> str:
    return prose(random.Random(5), 120)


def calling(city: str) -> dict[str, Any]:
    arguments = json.dumps({"city": city, "unit": "celsius"})
    call = {"id": None, "name": "get_weather", "arguments": arguments}
    return {
        "messages": [
            {"role": "user", "content": "What is the weather there? I have to pack for a week."},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "name": "get_weather", "content": '{"temperature": 20, "wind": 3}'},
            {"role": "assistant", "content": "It is mild with a light wind, so pack a jacket."},
        ]
    }


@pytest.mark.parametrize("method", METHODS)
def test_problems_with_other_numbers_stay(text: str, method: str) -> None:
    made = [
        asked(f"{text} There are {n} of them. How many are left?", f"{text} So {n + 1} are left.")
        for n in (12, 25, 31)
    ]
    assert left(dedup(rows_of(made), method=method)) == {}
    assert len(left(dedup(rows_of(made), method=method, sides=False))) == 2
    assert left(dedup(rows_of(made), method=method, on="prompt")) == {}


@pytest.mark.parametrize("method", METHODS)
def test_one_question_of_other_things_stays(text: str, method: str) -> None:
    made = [
        asked(f"{text} Tell me about {thing}.", f"{text} That is {thing}.")
        for thing in ("Albert Einstein", "Neural networks", "Machine learning")
    ]
    assert left(dedup(rows_of(made), method=method)) == {}


@pytest.mark.parametrize("method", METHODS)
def test_other_short_answers_and_other_arguments_of_tools_stay(text: str, method: str) -> None:
    labels = [asked(text, f"The sentiment is {word}.") for word in ("positive", "negative")]
    assert left(dedup(rows_of(labels), method=method)) == {}
    calls = [calling(city) for city in ("Paris", "Berlin", "Paris")]
    assert left(dedup(rows_of(calls), method=method)) == {2: ("DUP010", 0)}


@pytest.mark.parametrize("method", METHODS)
def test_edits_of_one_row_leave(text: str, method: str) -> None:
    dates = [
        {"messages": [
            {"role": "system", "content": f"Today is 2024-05-0{day}. {text}"},
            *asked(f"Explain it: {text}", f"Here it is. {text}")["messages"],
        ]}
        for day in (1, 2)
    ]  # fmt: skip
    assert set(left(dedup(rows_of(dates), method=method))) == {1}
    made = [asked(f"{verb} this: {text}", f"Done: {text}") for verb in ("Explain", "Describe")]
    assert set(left(dedup(rows_of(made), method=method))) == {1}


def test_math_problems_of_a_published_set_with_another_number_stay(data: Path) -> None:
    path = data / "openai+grade-school-math/grade_school_math/data/test.jsonl"
    made = []
    for line in path.read_bytes().splitlines()[:300]:
        row = loads(line)
        old = next((w for w in row["question"].split() if w.isdigit()), None)
        if old is None:
            continue
        both = [row["question"], row["answer"]]
        made += [asked(*both), asked(*(part.replace(old, f"{int(old) + 7}") for part in both))]
    assert len(made) > 400
    assert left(dedup(rows_of(made))) == {}
    assert len(left(dedup(rows_of(made), sides=False))) > 50


@pytest.mark.parametrize(
    "options",
    [{"sides": False}, {"on": "response"}, {"on": "prompt"}, {"on": "prompt", "sides": False}],
)
def test_contradictions_are_told_however_rows_are_compared(options: dict[str, Any]) -> None:
    made = [
        judged("Why?", "Because of it.", "No idea."),
        judged("Why?", "No idea.", "Because of it."),
    ]
    rows = rows_of(made, "preference")
    assert told(dedup(rows, method="exact", **options))["DUP014"] == 2
    marked = [labelled("Why?", "Because of it.", label) for label in (True, False)]
    assert told(dedup(rows_of(marked, "unpaired"), method="exact", **options))["DUP015"] == 2


def test_rows_that_are_judged_in_opposite_ways_can_be_dropped_before_equal_ones() -> None:
    marked = [
        labelled("Why?", "Because.", True),
        labelled("Why?", "Because.", False),
        labelled("How?", "Because.", True),
        labelled("Who?", "Because.", True),
    ]
    rows = rows_of(marked, "unpaired")
    found = left(dedup(rows, method="exact", on="response", contradictions="drop_both"))
    assert {row: code for row, (code, _) in found.items()} == {
        0: "DUP015",
        1: "DUP015",
        3: "DUP010",
    }
    assert found[3][1] == 2
