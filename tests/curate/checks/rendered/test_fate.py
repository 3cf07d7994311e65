"""Which tokens a trainer trains, and what is left of rows that are too long."""

from __future__ import annotations

from typing import Any

import pytest

from curate.checks.profiles import TooLong, Trained, TrainedOn
from curate.checks.rendered.fate import Fate, fate, kept_by_llama_factory
from curate.row import Kind, Row
from tests.curate.checks.rendered.tiny import rendering

# A turn is its role, ": ", its text, one token that ends it and a line end.
PLAIN = (
    "{% for m in messages %}{{ m.role }}: {{ m.content }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
LAST_ONLY = (
    "{% for m in messages %}{% if loop.last or m.role == 'user' %}{{ m.role }}: {{ m.content }}"
    "</s>{% endif %}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
)


def messages(*said: tuple[str, str] | tuple[str, str, float]) -> list[dict[str, Any]]:
    return [
        {"role": role, "content": text} | ({"weight": weight[0]} if weight else {})
        for role, text, *weight in said
    ]


DIALOGUE = {
    "messages": messages(
        ("user", "ab"), ("assistant", "cd", 0), ("user", "ef"), ("assistant", "ghi")
    )
}
LENGTHS = (10, 15, 10, 16)
FIRST, LAST = 4, 5


def of(
    row: Row,
    on: TrainedOn | None,
    *,
    reads: bool = False,
    kind: Kind = "sft",
    too_long: TooLong | None = None,
    limit: int | None = None,
    template: str = PLAIN,
    with_tools: TrainedOn | None = None,
) -> Fate:
    reading = rendering("bytes", template, None).read(row, kind)
    trained = None if on is None else Trained(on, reads, "", (), with_tools)
    return fate(reading, trained, "openai", too_long, limit)


@pytest.mark.parametrize(
    ("on", "reads", "trained"),
    [
        (None, False, LAST),
        ("all", True, sum(LENGTHS)),
        ("assistant", False, FIRST + LAST),
        ("assistant", True, LAST),
        ("last-assistant", True, LAST),
        ("completion", False, LAST),
    ],
)
def test_the_tokens_that_are_trained(on: TrainedOn | None, reads: bool, trained: int) -> None:
    found = of(DIALOGUE, on, reads=reads)
    assert found == Fate(sum(LENGTHS), LAST, trained, trained, False, False)


@pytest.mark.parametrize(
    ("extra", "trained"), [('{"loss": false}', 0), ('{"train": true}', 4), ('{"note": 0}', 4)]
)
def test_a_mark_without_a_column_counts(extra: str, trained: int) -> None:
    row = {"messages": messages(("user", "ab"), ("assistant", "cd"))}
    row["messages"][1]["extra"] = extra
    assert of(row, "assistant", reads=True).before == trained
    assert of(row, "assistant").before == 4
    assert of(row, "assistant").meant == trained


def test_a_completion_begins_where_its_format_said() -> None:
    row = DIALOGUE | {"layout": '{"completion_from": 1}'}
    # Behind "assistant: " of the first answer.
    assert of(row, "completion").before == sum(LENGTHS) - LENGTHS[0] - len("assistant: ")
    later = DIALOGUE | {"layout": '{"completion_from": 3}'}
    assert of(later, "completion").before == of(later, None).meant == LAST


def test_rows_with_tools_may_be_trained_otherwise() -> None:
    tools = '[{"type": "function", "function": {"name": "f", "parameters": {}}}]'
    plain = of(DIALOGUE, "assistant", with_tools="last-assistant")
    offered = of(DIALOGUE | {"tools": tools}, "assistant", with_tools="last-assistant")
    assert (plain.before, offered.before) == (FIRST + LAST, LAST)


def test_only_the_answers_of_a_pair_are_trained() -> None:
    row = {
        "prompt": messages(("user", "a"), ("assistant", "bcd"), ("user", "e")),
        "chosen": messages(("assistant", "fg")),
        "rejected": messages(("assistant", "h")),
    }
    found = of(row, "completion", kind="preference")
    assert (found.meant, found.before) == (7, 7)
    cut = of(row, "completion", kind="preference", too_long="cut", limit=46)
    # Both prompts have 34 tokens and the header of the answer 11.
    assert (cut.over, cut.after) == (True, 2)
    assert of(row, "completion", kind="preference", too_long="drop", limit=48).after == 0
    assert not of(row, "completion", kind="preference", too_long="drop", limit=49).over


def test_text_is_trained_as_a_whole_and_segments_as_they_say() -> None:
    assert of({"text": "abc"}, "all", kind="text").before == 4
    segments = [{"text": "ab", "train": False}, {"text": "c", "train": True}]
    assert of({"segments": segments}, "assistant", kind="segments").before == 1


def test_what_cannot_be_told_is_not_counted() -> None:
    found = of(DIALOGUE, "assistant", template=LAST_ONLY)
    assert found.untold
    assert (found.meant, found.before) == (0, 0)
    everything = of(DIALOGUE, "all", template=LAST_ONLY)
    assert not everything.untold
    assert everything.before == everything.total > 0


@pytest.mark.parametrize(
    ("too_long", "limit", "after"),
    [
        ("cut", 50, FIRST + LAST - 1),
        ("cut", 30, FIRST),
        ("cut", 23, 2),
        ("cut", 21, 0),
        ("drop", 50, 0),
        ("drop", 51, FIRST + LAST),
        ("split", 8, FIRST + LAST),
        (None, 8, FIRST + LAST),
        ("shorten", 50, FIRST + LAST),
    ],
)
def test_what_is_left_of_a_row_that_is_too_long(
    too_long: TooLong | None, limit: int, after: int
) -> None:
    found = of(DIALOGUE, "assistant", too_long=too_long, limit=limit)
    assert (found.before, found.after) == (FIRST + LAST, after)
    assert found.over == (limit < sum(LENGTHS))


@pytest.mark.parametrize(
    ("prompt", "answer", "limit", "kept"),
    [
        (100, 20, 60, (40, 20)),
        (20, 100, 60, (20, 40)),
        (60, 60, 60, (30, 30)),
        (10, 10, 60, (10, 10)),
    ],
)
def test_llama_factory_shortens_in_proportion(
    prompt: int, answer: int, limit: int, kept: tuple[int, int]
) -> None:
    assert kept_by_llama_factory([False] * prompt + [True] * answer, limit) == kept
