"""QLT028: answers that say that the question is not whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.edges import heads_matching
from curate.checks.quality.learned import ANSWERS, KINDS, answered
from curate.checks.walk import dialogue
from curate.row import Row

# The answer says it in its first sentences or not at all.
_HEAD = 240
_THING = r"(?:text|article|passage|context|sentence|list|poem|document|story|paragraph|image|data)"
_GIVE = r"(?:provide|share|specify|paste|supply)"
_ENGLISH = (
    r"\byou (?:did not|didn['’]t|have not|haven['’]t) (?:provide|give|specif|attach|include|share)"
    rf"|\bno {_THING} (?:was|were|is|has been|have been) (?:provided|given|specified|attached)"
    rf"|\b(?:please|(?:could|can) you(?: please)?) {_GIVE} (?:me )?(?:with )?"
    r"(?:the|more|your|a|an|some|additional|further)\b"
    r"|\bwithout (?:more|further|additional|any) [^.\n]{0,30}(?:information|context|details)"
)
_CHINESE = (
    r"[您你](?:并)?(?:没有|未)(?:给出|提供|指定)"
    r"|请[您你]?(?:提供|给出)(?:一些|更多|具体|需要|您|你|要|完整|待|相关)|麻烦[您你]?提供"
)
_SAYS_MISSING = f"(?i:{_ENGLISH})|{_CHINESE}"
_MISSING = re.compile(_SAYS_MISSING)
# Instructions to write such a thing, or to say so where something is missing.
_ASKED_TO = re.compile(
    r"(?i)\b(?:e-?mail|letter|reply|respon[sd]|message|dialogue|conversation|script|survey|customer"
    r"|translate|rewrite|rephrase|what information|ask (?:me|for|him|her|them|the)"
    r"|questions? (?:to|for)|polite|template|feedback|form\b)|如果.{0,12}(?:无法|不能)"
)


def _may_miss(texts: Texts) -> Mask:
    return heads_matching(texts, _HEAD, _SAYS_MISSING)


@rule(
    "QLT028",
    "answer-says-input-is-missing",
    severity="warning",
    kinds=KINDS,
    screen=_may_miss,
    roles=ANSWERS,
)
def answer_says_input_is_missing(row: Row) -> Iterator[Spot]:
    """The answer to a lone question says that its text, or some other part, was not given.

    Why: the input was lost or never written; the model learns to send people back, also where
    everything is there. In a longer conversation to ask back is no fault.
    Example: "Summarize the article." answered by "You did not provide an article."
    Fix: put the missing text into the question and answer it, or remove the row.
    Source: defect in published data: LLaMA-Factory `alpaca_zh_demo`, `alpaca_en_demo`.
    """
    if row.get("tools") or sum(turn.message["role"] == "user" for turn in dialogue(row)) != 1:
        return
    for each in answered(row):
        match = _MISSING.search(each.answer[:_HEAD])
        if match and not _ASKED_TO.search(each.instruction):
            yield Spot(each.pointer, "the answer says that something was not given", match.group())


RULES = (answer_says_input_is_missing,)
