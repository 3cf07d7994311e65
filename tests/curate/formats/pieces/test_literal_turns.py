"""Python lists of turns in a column: opened where they are turns, left alone where not."""

from __future__ import annotations

from typing import Any

import pytest

from curate.formats import BY_NAME, shape_of
from curate.formats.pieces.literal_turns import turns_as_lists

# As the documentation of AutoTrain prints a sample: lines that Python joins.
PRINTED = """[{'content': 'Help write a letter of 100 words '
             "to my future self.",
  'role': 'user'},
 {'content': 'Dear Future Self,\\n'
             "I hope you're happy.",
  'role': 'assistant'}]"""


@pytest.mark.parametrize("column", ["text", "messages"])
def test_a_printed_list_is_a_conversation(column: str) -> None:
    record = {column: PRINTED, "lang": "en"}
    opened, hits = turns_as_lists(record)
    assert record[column] == PRINTED
    assert [(hit.code, hit.pointer) for hit in hits] == [("LOS051", f"/{column}")]
    form = BY_NAME[str(shape_of(opened))]
    assert form.decode is not None
    row: Any = form.decode(opened, [])
    assert [(m["role"], m["content"]) for m in row["messages"]] == [
        ("user", "Help write a letter of 100 words to my future self."),
        ("assistant", "Dear Future Self,\nI hope you're happy."),
    ]


def test_both_sides_of_a_pair_are_opened() -> None:
    turns = str([{"role": "user", "content": "a"}, {"role": "assistant", "content": None}])
    opened, hits = turns_as_lists({"prompt": "a", "chosen": turns, "rejected": turns})
    assert opened["chosen"] == opened["rejected"]
    assert opened["chosen"][1] == {"role": "assistant", "content": None}
    assert opened["prompt"] == "a"
    assert len(hits) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        "['a', 'b']",
        "[{'a': 1}]",
        "[{'role': 'user', 'content': ('a', 'b')}]",
        "[{'role': __import__('os').getcwd()}]",
        '[{"role": "user", "content": "a"}]',
        "{'role': 'user'}",
        "[{'role': 'user'}, 7]",
    ],
)
def test_anything_else_is_left_alone(text: str) -> None:
    record = {"text": text}
    assert turns_as_lists(record) == (record, [])
