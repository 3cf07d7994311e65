"""QLT029: answers of a letter or two where a text was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.learned import ANSWERS, KINDS, answered
from curate.row import Row

_MOST_CHARACTERS = 2
# Two letters or digits of up to four bytes, with white space around them.
_MOST_BYTES = 16
_ASKS_FOR_TEXT = re.compile(
    r"(?i)^\W*(?:please |can you |could you )*(?:"
    r"(?:explain|describe|discuss|elaborate|outline|summari[sz]e|tell me (?:about|a story)) "
    r"|(?:write|compose|create|generate|draft|construct|design|develop|build|invent|come up with) "
    r"(?:(?:an?|the|your|some|two|three|four|five|\d+) )?(?:[\w'-]+ ){0,4}?"
    r"(?:stor(?:y|ies)|essays?|poems?|articles?|paragraphs?|letters? (?:to|of|for)|e-?mails?|posts?"
    r"|reports?|summar(?:y|ies)|speech|descriptions?|dialogues?|conversations?|reviews?|plans?"
    r"|recipes?|songs?|lyrics|outlines?|models?|programs?|functions?|scripts?|algorithms?|inputs?"
    r"|headlines?|slogans?|sentences?|instructions?|scenes?|biograph(?:y|ies))\b)"
)
_SHORT_IS_RIGHT = re.compile(
    r"(?i)\b(?:in (?:one|a single|1) (?:word|letter|number|digit|character|emoji)"
    r"|one[- ]word|emojis?"
    r"|(?:output|answer|reply|respond|return)(?: only)?(?: with)?:? (?:\w+ )?"
    r"(?:yes|no|true|[01]\b|number"
    r"|letter|digit|label|option)|score|rate|grade|how many|calculate|compute|number of|most likely"
    r"|answer is|choose|select|or not)\b"
)


def _tiny(texts: Texts) -> Mask:
    found: Mask = (texts.lengths <= _MOST_BYTES) & (texts.lengths > 0)
    return found & texts.of_roles(ANSWERS)


@rule(
    "QLT029", "answer-of-two-characters", severity="info", kinds=KINDS, screen=_tiny, roles=ANSWERS
)
def answer_of_two_characters(row: Row) -> Iterator[Spot]:
    """An answer is one or two letters or digits where a text or a program was asked for.

    Why: most answers as short as that are right ("Multiply 4 and 7."), but no essay and no
    explanation is; the model learns to stop at once.
    Example: "Explain how a loom works." answered by "3"
    Fix: write the answer, or remove the row.
    Source: data-juicer 1.6 `text_length_filter.py`; defect in published data: Stanford Alpaca.
    """
    for each in answered(row):
        said = each.answer.strip()
        if not 0 < len(said) <= _MOST_CHARACTERS or not any(sign.isalnum() for sign in said):
            continue
        asked = each.instruction
        if _ASKS_FOR_TEXT.search(asked) and not _SHORT_IS_RIGHT.search(asked):
            yield Spot(each.pointer, "a text is asked for, and the answer is hardly a word", said)


RULES = (answer_of_two_characters,)
