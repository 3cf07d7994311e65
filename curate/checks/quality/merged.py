"""QLT046: answers that run on into the next task of the list they were generated in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from curate.checks.base import Spot, rule
from curate.checks.walk import all_turns, is_blank
from curate.row import Row

_NEXT_TASK = re.compile(r"(?i)(?<!\w)_*(?P<number>[2-9]|[1-9]\d)\.\s?Instruction:")
_MARKS_BEFORE = re.compile(r"\n[\W_]*(?:(?<=[\W_])\d{1,3}[ \t]*\n[\W_]*)?\Z")
_MARKS_CHARS = 200


class _Leak(NamedTuple):
    """The next task in an answer: where it begins and ends, and its number."""

    start: int
    end: int
    number: str


def _next_task(text: str) -> _Leak | None:
    for found in _NEXT_TASK.finditer(text):
        number = found["number"]
        marks = _MARKS_BEFORE.search(text, max(0, found.start() - _MARKS_CHARS), found.start())
        goes_on = re.compile(rf"(?i)\n[^\S\n]*{number}\.\s?(?:Input|Output):")
        if marks is not None and goes_on.search(text, found.end()):
            return _Leak(marks.start(), found.end(), number)
    return None


def _leaks(row: Row) -> Iterator[tuple[str, str, _Leak]]:
    for turn in all_turns(row):
        text = turn.message.get("content")
        if turn.message["role"] == "assistant" and text and (leak := _next_task(text)):
            yield turn.pointer, text, leak


def _without_leak(row: Row) -> Row:
    changed = dict(row)
    for pointer, text, leak in _leaks(row):
        own = text[: leak.start].rstrip()
        if is_blank(own):
            continue
        _, column, at = pointer.split("/")
        messages = list(changed[column])
        messages[int(at)] = {**messages[int(at)], "content": own}
        changed[column] = messages
    return changed


@rule(
    "QLT046",
    "merged-instructions",
    severity="error",
    fix=_without_leak,
    fix_kind="unsafe",
    needs=r"\d\.\s?(?i:instruction):",
    roles=("assistant",),
)
def merged_instructions(row: Row) -> Iterator[Spot]:
    r"""The answer goes on with the next numbered task of the list that it was generated in.

    Why: the model learns to end an answer by asking and answering something else.
    Example: "It is 42.\n##\n7. Instruction: Name a colour.\n7. Input:\n\n7. Output: Red"
    Fix: the unsafe fix cuts the answer where the next task begins.
    Source: AlpacaDataCleaned (README, point 2, `tools/tool_mergedInstructions.py`); defect
    in published data: Alpaca.
    """
    for pointer, text, leak in _leaks(row):
        message = f"task {leak.number} of a list follows at character {leak.start}"
        yield Spot(f"{pointer}/content", message, text[leak.start : leak.end + 40].strip())


RULES = (merged_instructions,)
