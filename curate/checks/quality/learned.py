"""The answers of a row that a model learns from, and the parts of them that are prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from curate.checks.walk import Text, all_turns, exchanges
from curate.row import Kind, Row

KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
ANSWERS = ("assistant",)
QUESTIONS = ("user",)
# White space in ASCII; other white space is a matter of the rules on characters.
BLANK = " \t\n\r\x0b\x0c"
CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`", re.DOTALL)


class Answered(NamedTuple):
    """A question and its answer.

    Attributes:
        question: The user's text as a whole.
        instruction: The instruction; the whole question where there is no input of its own.
        given: The text that the instruction is about, "" where there is none.
        pointer: JSON Pointer to the answer.
        answer: The answer as it stands.
        asked_at: JSON Pointer to the question.
    """

    question: str
    instruction: str
    given: str
    pointer: str
    answer: str
    asked_at: str


def answered(row: Row) -> Iterator[Answered]:
    """Yield each question with the answer that a model is to learn.

    Rejected answers are left out: to be bad is what they are for.
    """
    if _unwanted(row):
        return
    for asked in exchanges(row):
        said = asked.answer
        if said is not None and not said.pointer.startswith("/rejected/"):
            question = asked.question
            yield Answered(
                question.text, asked.instruction, asked.given, said.pointer, said.text,
                question.pointer,
            )  # fmt: skip


def spoken_to_user(row: Row) -> Iterator[Text]:
    """Yield each of the assistant's texts that a model is to learn and that calls no tool."""
    if _unwanted(row):
        return
    for pointer, message in all_turns(row):
        if message["role"] != "assistant" or message.get("tool_calls"):
            continue
        content = message.get("content")
        if content and not pointer.startswith("/rejected/"):
            yield Text(f"{pointer}/content", "assistant", content)


def _unwanted(row: Row) -> bool:
    return "completion" in row and row.get("label") is False


_FENCE_END = re.compile(r"^ *```[ \t]*$", re.MULTILINE)


def fenced(text: str, opening: re.Pattern[str]) -> Iterator[str]:
    """Yield what stands in each code block that `opening` begins and that has an end."""
    at = 0
    while first := opening.search(text, at):
        last = _FENCE_END.search(text, first.end())
        if last is None:
            return
        yield text[first.end() : last.start()]
        at = last.end()


def last_line(text: str) -> str:
    """Return the last line that is not blank, without the white space around it."""
    return text.rstrip(BLANK).rpartition("\n")[2].strip(BLANK)


def inside_code(text: str) -> bool:
    """Tell whether a text ends inside a code block or on one."""
    return text.count("```") % 2 == 1 or text.rstrip(BLANK).endswith("```")
