"""QLT: answers of another length than the question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.quality.learned import Answered, answered
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft",)
_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
    )
}
_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(_WORDS)})"
_UNIT = r"(?P<unit>words?|sentences?)\b"
_MOST = re.compile(
    r"(?i)\b(?:no more than|not more than|at most|(?<!no )less than|(?<!no )fewer than|under|up to"
    rf"|below|(?:a )?maximum(?: of)?|no longer than|not exceeding|limited? to) {_COUNT}[ -]{_UNIT}"
    rf"|\bin {_COUNT.replace('count', 'fewer')} {_UNIT.replace('unit', 'of')} or (?:less|fewer)\b"
)
_ABOUT = re.compile(
    r"(?i)\b(?:in|exactly|an?|write|with about|of about) (?:only |exactly |about |around )?"
    rf"{_COUNT}"
    rf"(?:-{_UNIT.replace('unit', 'joined')}(?! limit)"
    rf"| {_UNIT}(?! or | each| per | that | from | of (?:the|your|text)|:| starter)(?=[^\w]|\s))"
)
_LEAST = re.compile(r"(?i)\b(?:at least|minimum|more than|between|or more|each|every|per|limit)\b")
_SENTENCE_END = re.compile(r"(?<![.!?。！？])[.!?。！？]++[\"”')\]]*+(?:\s|\Z)")
# Several things are asked for: the limit is that of each.
_SEVERAL = re.compile(r"(?i)\b(?:\d+|several|some|few|two|three|four|five|six|ten|list)\b")
_ITEM = re.compile(r"^[^\S\n]*\d+[.)]", re.MULTILINE)
# Words may be counted in other ways, with hyphens, figures and headings.
_ROOM = 1.1
_FAR = 1.5


def _number(text: str) -> int:
    return _WORDS.get(text.lower()) or int(text)


def _length(text: str, unit: str) -> int:
    if unit.lower().startswith("word"):
        return len(text.split())
    return max(1, len(_SENTENCE_END.findall(text)))


def _parts(each: Answered) -> tuple[str, str] | None:
    if not each.answer.strip() or "```" in each.answer:
        return None
    if len(_ITEM.findall(each.answer)) > 1:
        return None  # a list: the number may be that of each item
    return each.instruction, each.answer


@rule(
    "QLT105",
    "longer-than-asked",
    severity="warning",
    kinds=_KINDS,
    needs=r"(?i:(?:than|most|under|up to|below|maximum|maximum of|exceeding|limit to|limited to|in)"
    r" [a-z0-9]{1,5}[ -](?:word|sentence))",
    roles=("user",),
)
def longer_than_asked(row: Row) -> Iterator[Spot]:
    """The question sets a greatest number of words or sentences, and the answer goes beyond it.

    Why: the model learns that limits need not be kept. One word in ten is allowed for other ways
    to count.
    Example: "In 50 words or less, …" answered by 82 words
    Fix: shorten the answer, or remove the row.
    Source: defect in published data: alpagasus random_9k (original Alpaca); IFEval (2023) counts
    words and sentences the same way.
    """
    for each in answered(row):
        parts = _parts(each)
        asked = _MOST.search(parts[0]) if parts else None
        if asked is None or parts is None:
            continue
        if _SEVERAL.search(parts[0], 0, asked.start()):
            continue
        unit = asked["unit"] or asked["of"]
        most, found = _number(asked["count"] or asked["fewer"]), _length(parts[1], unit)
        if found > most * _ROOM:
            said = f"{found} {unit} where at most {most} are asked for"
            yield Spot(each.pointer, said, asked.group())


@rule(
    "QLT106",
    "other-length-than-asked",
    severity="info",
    kinds=_KINDS,
    needs=r"(?i:(?:in|of|with|using|exactly|a|an|write|only|about|around) [a-z0-9]{1,5}[ -]"
    r"(?:word|sentence))",
    roles=("user",),
)
def other_length_than_asked(row: Row) -> Iterator[Spot]:
    """The question names a number of words or sentences, and the answer is far from it.

    Why: the model learns that such a number means nothing. Only answers of half as many again, or
    of less than two thirds, are named.
    Example: "Write a 100 word blog post" answered by 304 words
    Fix: rewrite the answer, or take the number out of the question.
    Source: defect in published data: alpagasus random_9k (original Alpaca).
    """
    for each in answered(row):
        parts = _parts(each)
        asked = _ABOUT.search(parts[0]) if parts else None
        if asked is None or parts is None:
            continue
        if _LEAST.search(parts[0]) or _MOST.search(parts[0]):
            continue
        unit = asked["unit"] or asked["joined"]
        wanted, found = _number(asked["count"]), _length(parts[1], unit)
        if wanted > 1 and not wanted / _FAR <= found <= wanted * _FAR:
            said = f"{found} {unit} where {wanted} are asked for"
            yield Spot(each.pointer, said, asked.group())


RULES = (longer_than_asked, other_length_than_asked)
