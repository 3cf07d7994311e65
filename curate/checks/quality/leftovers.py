"""QLT026–QLT027: remains of templates and of encyclopaedias."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.learned import ANSWERS, CODE, KINDS, answered
from curate.row import Row

_FIELD_START = (
    r"\[(?i:your|my |insert|enter|add |recipient|sender|company|customer|client|employee|manager"
    r"|hiring|product|event|first|last|full|job |phone|email|street|city|position|name|date|title"
    r"|location|address|website|organi[sz]ation)"
)
_FIELD = _FIELD_START + r"\b[^\]\[\n(){}=;]{0,40}\]"
_FILLED_LATER = re.compile(
    rf"(?<![\w\])]){_FIELD}(?!\(|[^\n]*[=;])|<(?i:your|insert|enter) [^<>\n]{{1,40}}>"
)
_ASKED_TEMPLATE = re.compile(
    r"(?i)\btemplate|\bplaceholder|fill[- ]in|\bform\b|boilerplate|\[[a-z]"
)


@rule(
    "QLT026",
    "field-left-to-fill-in",
    severity="info",
    kinds=KINDS,
    needs=rf"{_FIELD_START}|<(?i:your|insert|enter) ",
    roles=ANSWERS,
)
def field_left_to_fill_in(row: Row) -> Iterator[Spot]:
    """An answer holds a field in brackets that somebody has to fill in.

    Why: the model learns to write the field even where the name is known. In a letter without
    names it may be what is wanted, so this is a hint; where a template is asked for it is no fault.
    Example: "Kind regards, [Your Name]"
    Fix: write a name, or put one into the question.
    Source: defect in published data: Stanford Alpaca; AlpacaEval text_davinci_003 outputs.
    """
    for each in answered(row):
        if _ASKED_TEMPLATE.search(each.question):
            continue
        if match := _FILLED_LATER.search(CODE.sub("", each.answer)):
            yield Spot(each.pointer, "a field that nobody filled in", match.group())


_CITATION = re.compile(
    r"\[(?:citation needed|clarification needed|edit|when\?|who\?|which\?|better source needed"
    r"|note \d{1,2}|nb \d{1,2})\]"
)
# Behind a sign of a sentence: behind a letter it is mostly an index of code.
_FOOTNOTE = re.compile(r"(?<=[a-z\d)\"”%][.,;])\[[1-9]\d{0,2}\](?:\[\d{1,3}\])*(?=[\s.,;A-Z]|\Z)")
_HAS_SOURCES = re.compile(
    r"(?im)^[^\w\n]*(?:references|sources|bibliography|footnotes|citations)\b|^\[\d+\]"
)
_ASKED_SOURCES = re.compile(
    r"(?i)citation|cite|reference|source|footnote|\[\d{1,3}\]|search results"
)


def _may_cite(texts: Texts) -> Mask:
    # By itself: a pattern with a first letter is found faster than several in one.
    return texts.matching(r"\[(?:[1-9]|citation|clarif|edit\]|when|who|which|better|note |nb )")


@rule(
    "QLT027",
    "citation-mark-left-over",
    severity="warning",
    kinds=KINDS,
    screen=_may_cite,
    roles=ANSWERS,
)
def citation_mark_left_over(row: Row) -> Iterator[Spot]:
    """An answer holds the mark of a footnote that is not there, such as [3] or [citation needed].

    Why: copied from an encyclopaedia; the model learns to write numbers that refer to nothing.
    Where the question or the answer has sources, and in code, it is no fault.
    Example: "The bridge was opened in 1932.[4][5]"
    Fix: remove the mark.
    Source: databricks-dolly-15k README (bracketed Wikipedia citation numbers); defect in published
    data: databricks-dolly-15k.
    """
    for each in answered(row):
        prose = CODE.sub("", each.answer)
        match = _CITATION.search(prose) or _footnote(prose)
        if match and not _ASKED_SOURCES.search(each.question):
            yield Spot(each.pointer, "a mark of a footnote that is not there", match.group())


_CODE_LINE = re.compile(r"[{}=;]|\w\(")


def _footnote(prose: str) -> re.Match[str] | None:
    match = _FOOTNOTE.search(prose)
    if match is None or _HAS_SOURCES.search(prose):
        return None
    start = prose.rfind("\n", 0, match.start()) + 1
    line = prose[start : prose.find("\n", match.end())]
    return None if _CODE_LINE.search(line) else match


RULES = (
    field_left_to_fill_in,
    citation_mark_left_over,
)
