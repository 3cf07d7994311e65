"""QLT015–QLT017: answers that say again what stands there already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.edges import first_keys, halves_alike, last_keys, shared
from curate.checks.quality.learned import ANSWERS, BLANK, KINDS, answered, spoken_to_user
from curate.row import Row

_END = re.compile(r"(?<![\s.:?!])[\s.:?!]++\Z")
_LEADING = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")
_SHORT_INSTRUCTION = 40
_SHORT_INPUT = 10
_ENOUGH_WORDS = 6
# Instructions that are met by giving the text back.
_MAY_COPY = re.compile(
    r"(?i)\b(?:repeat|echo|copy|quote|read|say|type|print|spell|recite"
    r"|output the (?:same|following)"
    r"|if (?:needed|necessary|required|any|there)|where needed|proofread|extract|reverse"
    r"|palindrome|identify|find|select|pick|choose|is the|is this|are the|sort|order|arrange|rank"
    r"|organi[sz]e|divide|split|join|combine|concatenate|convert|format)\b|重复|复述"
)


def _begins_alike(texts: Texts) -> Mask:
    return shared(texts, first_keys(texts), "assistant", "user")


def _without_lead(text: str) -> str:
    return _LEADING.sub("", text, count=1) if _LEADING.match(text) else text


@rule(
    "QLT015",
    "instruction-repeated-in-answer",
    severity="info",
    kinds=KINDS,
    screen=_begins_alike,
    roles=ANSWERS,
)
def instruction_repeated_in_answer(row: Row) -> Iterator[Spot]:
    """An answer begins with the whole instruction, as it stands or as a comment.

    Why: a completion model continued the prompt instead of answering it; every answer costs the
    tokens of its question again.
    Example: "Write a loop that counts to 10." answered by "# Write a loop that counts to 10 …"
    Fix: cut the instruction off the answer.
    Source: defect in published data: CodeAlpaca 2k, Stanford Alpaca.
    """
    for each in answered(row):
        asked = _END.sub("", _without_lead(each.instruction))
        if len(asked) < _SHORT_INSTRUCTION or len(asked.split()) < _ENOUGH_WORDS:
            continue
        said = _without_lead(each.answer)
        # In small letters it may be the beginning of a sentence that is to be completed.
        if asked[0].islower():
            continue
        if _same_start(said, asked) and len(said) > len(asked) + 2:
            yield Spot(each.pointer, "the answer begins with the instruction", asked)


def _same_start(said: str, asked: str) -> bool:
    start = said[: len(asked)]
    return start == asked or (start.isascii() and start.lower() == asked.lower())


def _ends_alike(texts: Texts) -> Mask:
    found = shared(texts, last_keys(texts), "assistant", "user")
    if not found.any():
        return found
    asked: dict[int, list[str]] = {}
    users = texts.of_roles(("user",)) & texts.rows_of(found)[texts.rows]
    for row, text in zip(texts.rows[users].tolist(), _texts(texts, users), strict=True):
        asked.setdefault(row, []).append(text)
    pairs = zip(texts.rows[found].tolist(), _texts(texts, found), strict=True)
    found[found] = [any(text.endswith(said) for text in asked[row]) for row, said in pairs]
    return found


def _texts(texts: Texts, some: Mask) -> list[str]:
    return [text.strip(BLANK) for text in texts.at(some).values.to_pylist()]


@rule(
    "QLT016",
    "input-given-back-unchanged",
    severity="info",
    kinds=("sft",),
    screen=_ends_alike,
    roles=ANSWERS,
)
def input_given_back_unchanged(row: Row) -> Iterator[Spot]:
    """An answer is the input, letter for letter, where something was to be done with it.

    Why: the task was not done; the model learns that doing nothing is an answer.
    Example: "Replace the adjective by an adverb." with "He spoke loudly." answered by the same
    Fix: do the task, or remove the row.
    Source: defect in published data: Stanford Alpaca, databricks-dolly-15k.
    """
    for each in answered(row):
        given = each.given.strip(BLANK)
        if len(given) < _SHORT_INPUT or given != each.answer.strip(BLANK):
            continue
        if not _MAY_COPY.search(each.instruction):
            yield Spot(each.pointer, "the answer is the input as it was", given)


_UNIT = 16
_MOST_BLANKS = 4
_ENOUGH_DIFFERENT = 3
_NO_PROSE = re.compile(r"[{}<>=|\\]|\w\(")


def repeated_unit(text: str) -> str | None:
    """Return the text that a text is two or three times, None where it is none.

    Up to four blanks may stand between the times, the same ones each time.
    """
    text = text.strip(BLANK)
    for parts in (2, 3):
        for blanks in range(_MOST_BLANKS + 1):
            length, left = divmod(len(text) - blanks * (parts - 1), parts)
            if left or length < _UNIT:
                continue
            unit, between = text[:length], text[length : length + blanks]
            if not between.strip(BLANK) and between.join([unit] * parts) == text:
                return unit if _is_prose(unit) else None
    return None


def _is_prose(unit: str) -> bool:
    if _NO_PROSE.search(unit):
        return False
    return not unit.isascii() or len(set(unit.split())) >= _ENOUGH_DIFFERENT


@rule(
    "QLT017",
    "answer-said-twice",
    severity="warning",
    kinds=KINDS,
    screen=halves_alike,
    roles=ANSWERS,
)
def answer_said_twice(row: Row) -> Iterator[Spot]:
    r"""An answer is one text two or more times, and nothing else.

    Why: two versions were joined, or the generating model looped; the trained one learns to go on
    after its answer is complete.
    Example: "Take the train to Bern.\n\nTake the train to Bern."
    Fix: keep the text once.
    Source: defect in published data: AlpacaEval text_davinci_003 outputs.
    """
    for pointer, _, text in spoken_to_user(row):
        if (unit := repeated_unit(text)) is not None:
            yield Spot(pointer, "the answer is the same text more than once", unit)


RULES = (
    instruction_repeated_in_answer,
    input_given_back_unchanged,
    answer_said_twice,
)
