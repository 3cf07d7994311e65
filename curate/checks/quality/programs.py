"""QLT025: answers that are programs and cannot be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.quality.asked import python_fault
from curate.checks.quality.learned import BLANK, KINDS, QUESTIONS, answered
from curate.row import Row

_PYTHON = re.compile(r"\b(?:[Pp]ython|PYTHON)\b(?! ?2)")
_OTHER = re.compile(
    r"(?i)\bpseudo|\bpython ?2|\b(?:java|javascript|ruby|perl|php|bash|shell|c\+\+|c#|swift|latex"
    r"|regex|regular expression|error|bug|mistake|incorrect|wrong|fix)\b"
)
_BEGINS_AS_CODE = re.compile(
    r"\s*(?:#!|# |def \w+\(|import \w|from \w+ import|class \w+[:(]|for \w+ in .*:$|while .*:$"
    r"|\"\"\"|[a-z_]\w* = |@\w+$)",
    re.MULTILINE,
)


@rule(
    "QLT025",
    "python-answer-does-not-parse",
    severity="warning",
    kinds=KINDS,
    needs=r"(?i:python)",
    roles=QUESTIONS,
)
def python_answer_does_not_parse(row: Row) -> Iterator[Spot]:
    r"""Python is asked for, the answer is code from its first line on, and it cannot be parsed.

    Why: most often its indentation was lost, comments are those of another language, or the
    output was put behind it; the model learns code that does not run. Python 2 and blocks with
    dots are passed over.
    Example: "def double(n):\nreturn 2 * n"
    Fix: restore the indentation, or make a comment of what is not code.
    Source: defect in published data: CodeAlpaca 2k; AlpacaEval text_davinci_003 outputs.
    """
    for each in answered(row):
        if not _PYTHON.search(each.question) or _OTHER.search(each.instruction):
            continue
        if "```" in each.answer or not _BEGINS_AS_CODE.match(each.answer):
            continue
        if (fault := python_fault(each.answer.strip(BLANK))) is not None:
            yield Spot(each.pointer, f"the answer does not parse as Python: {fault}", each.answer)


RULES = (python_answer_does_not_parse,)
