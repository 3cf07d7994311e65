"""No rule needs more than moments for a text, whatever that text is.

A pattern that begins to search anew at each character takes minutes for a text of 1 MB; here it
shows after 20,000 characters.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from curate.checks import ALL, RULES, check_batch, select
from curate.row import from_batch, to_batch

CHARS = 20_000
# CPU seconds; what grows with the length alone takes hundredths of one.
ENOUGH = 1.0
PIECES = (
    "a", "9", "<", "{{", "(", "[[", "![", "\n", "\r\n", "\n \n", " ", "\t", ".", "...", "。？",
    "a.", "a-", "1-", "1+", "1 +  1", "1,111", "-11.1\n,\n", "abc ", "is is ", "a, ", "😀", "中",
    "\u200b", "é", "- ", "| - |\n", "1. x\n", "A: b\nQ: ", "```\n", "```python\n", "```json\n",
    "``json\n`",
    "### Instruction:\n", "<think>\n<", "<|im_start|>", "sk-", "eyJ9-", "http://", "a@", "pwd es ",
    '{"a":', "\\u", "&amp;", "Sorry, ", "![](http://a", "/no_think ", "if x:\n", "x = [",
    "translat", "![a", ".png?", "<!--", "(x ", "**", "\"",
)  # fmt: skip
# Begin of a text → the piece behind it, over and over.
BEGUN = {
    "```python\n": "a b ",
    "```json\n": "<",
    "Output: ": "\n",
    "Human: x": "\n",
    "The ": "a ",
    "pwd is ": " ",
    "2 ": "\n",
    "Convert 5 km to m ": " ",
}


@contextmanager
def cpu_limit(about: str) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise AssertionError(f"{about} takes more than {ENOUGH} s for {CHARS:,} characters")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, ENOUGH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def texts() -> list[Any]:
    whole = [pytest.param((piece * CHARS)[:CHARS], id=repr(piece)) for piece in PIECES]
    begun = [
        pytest.param(begin + (piece * CHARS)[:CHARS] + "x", id=repr(begin + piece))
        for begin, piece in BEGUN.items()
    ]
    return whole + begun


@pytest.mark.parametrize("text", texts())
def test_no_text_holds_a_rule_up(text: str) -> None:
    turns = [
        ("user", text),
        ("assistant", text + " x"),
        ("user", "What is 2 + 2?"),
        ("assistant", text),
    ]
    batch = to_batch("sft", [{"messages": [{"role": r, "content": t} for r, t in turns]}])
    [row] = from_batch(batch)
    for rule in RULES:
        if "sft" in rule.kinds:
            with cpu_limit(rule.code.code):
                found = list(rule.check(row))
                if found and rule.fix is not None:
                    rule.fix(row)
    with cpu_limit("a batch"):
        check_batch(batch, "sft", select(ALL))


LONG_NUMBER = "9" * 5_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Find the mean of 1, 2, 3", f"{LONG_NUMBER}/3 {LONG_NUMBER}"),
        (f"What is {LONG_NUMBER} + 1?", "5"),
        ("Answer in JSON.", "```json\n1\n" + "[" * 100_000 + "\n```"),
        ("Add them in Python.", "```python\n" + "(" * 40_000 + "\n```"),
        ("What is " + "(1+" * 3_000 + "1" + ")" * 3_000 + "?", "7"),
    ],
    ids=["fraction", "sum", "json", "python", "brackets"],
)
def test_no_number_and_no_depth_ends_a_rule(asked: str, said: str) -> None:
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    [row] = from_batch(to_batch("sft", [{"messages": messages}]))
    for rule in RULES:
        if "sft" in rule.kinds:
            assert list(rule.check(row)) is not None
