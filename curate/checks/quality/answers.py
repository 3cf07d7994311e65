"""QLT001–QLT004: answers that say nothing, or something else than an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.edges import begins
from curate.checks.quality.learned import ANSWERS, BLANK, KINDS, answered
from curate.checks.walk import with_texts
from curate.row import Row

_ONLY_SIGNS = re.compile(r"[ \t\n\r!\"'()*,./:;?\[\\\]_{}…。，、！？；：—–“”‘’「」《》·-]+")
_FEW = 3
_ABOUT_SIGNS = re.compile(
    r"(?i)punctuat|symbol|operator|\bsign\b|\bmarks?\b|emoji|morse|delimit|separat|bracket|符号|标点"
)


@rule(
    "QLT001",
    "answer-without-a-word",
    severity="warning",
    kinds=KINDS,
    screen=begins(r"^\s*[!\"'()*,./:;?\[\\\]_{}…。，、！？；：—–“”‘’「」《》·\s-]{1,3}$"),
    roles=ANSWERS,
)
def answer_without_a_word(row: Row) -> Iterator[Spot]:
    """An answer is one to three punctuation marks and no word, number or symbol.

    Why: what is left of a drawing or of a generation that stopped at once; the model learns to
    answer a task with a stray sign. Questions about punctuation are passed over.
    Example: "Draw a cat in ASCII" answered by ",_"
    Fix: answer the question, or remove the row.
    Source: defect in published data: AlpacaEval text_davinci_003 outputs.
    """
    for each in answered(row):
        said = each.answer.strip()
        if said in ("...", "…", "……") or not said or len(said) > _FEW:
            continue
        if _ONLY_SIGNS.fullmatch(said) and not _ABOUT_SIGNS.search(each.question):
            yield Spot(each.pointer, "the answer is punctuation only", said)


_PLACEHOLDER = re.compile(
    r"(?i)\W{0,20}(?:"
    r"n\.?/\.?a\.?"
    r"|no[ _-]?(?:output|response|answer)(?: (?:is )?(?:needed|required|available|provided))?"
    r"|(?:[<\[(]\s*no[ _-]?output\b[^\n]*)"
    r"|no[ _-]?input|tbd|to be determined|(?:your )?(?:answer|response|output) (?:goes )?here"
    r"|[<\[({]{1,4}\s*(?:your )?(?:output|answer|response|input|text|completion)\s*[>\])}]+"
    r"|(?:output|answer|response)\s*[:：]"
    r")\W*|\s*(?:\.{3,}|…+)\s*"
)
_NOT_APPLICABLE = re.compile(r"(?i)\bn\.?/a\b|\bnot applicable\b|\btbd\b|no[ _-]?(?:answer|output)")


@rule(
    "QLT002",
    "placeholder-for-answer",
    severity="warning",
    kinds=KINDS,
    screen=begins(
        r"(?i:^\W*(?:n\.?/\.?a|no[ _-]?(?:output|response|answer|input)|tbd|to be det|your |"
        r"(?:output|answer|response|input|text|completion)\s*(?:[:：>\])}]|(?:goes )?here))"
        r"|^\s*(?:\.\.\.|…))"
    ),
    roles=ANSWERS,
)
def placeholder_for_answer(row: Row) -> Iterator[Spot]:
    """An answer is a placeholder for one, such as N/A or <nooutput>.

    Why: the generating model said that there is nothing to say; the trained one learns to answer
    real tasks so. Where the instruction itself offers N/A as an answer it is no fault.
    Example: "Design a logo" answered by "<nooutput>"
    Fix: write an answer, or remove the row.
    Source: AlpacaDataCleaned README (N/A outputs); defect in published data: Stanford Alpaca.
    """
    for each in answered(row):
        if not _PLACEHOLDER.fullmatch(each.answer.strip()):
            continue
        said = each.answer.strip(BLANK)
        if not _NOT_APPLICABLE.search(each.instruction) and said not in each.instruction:
            yield Spot(each.pointer, "a placeholder stands for the answer", said)


_LABEL = re.compile(
    r"\s*(?:(?:#{1,4} *|\*\*)?(?:(?i:output|answer|response|ans|final answer"
    r"|antwort|réponse|respuesta|resposta|risposta|ответ)|A|输出|答案|回答|答复"
    r"|回复)(?:\*\*)? ?[:：](?:\*\*)?\s*)+|\s*[:：]\s+(?=[A-Z一-鿿])"
)
_OTHER_LABEL = re.compile(r"^[^\w\n]{0,20}[A-Z][A-Za-z ]{0,20}:|^[一-鿿]{1,6}[:：]", re.MULTILINE)
_EXPORTED = ("output", "输出")


def _label_of(answer: str, question: str) -> str | None:
    """Return the label that an answer begins with and should not, None where there is none."""
    found = _LABEL.match(answer)
    if found is None or found.end() == len(answer):
        return None
    label = found.group().strip(BLANK + "#*:： ")
    if not label:
        return found.group()
    if label in question and not (label == "A" and question.startswith("Q")):
        return None
    exported = label.lower().startswith(_EXPORTED)
    if not exported and _OTHER_LABEL.search(answer, found.end()):
        return None
    if label == "A" and not question.startswith(("Q:", "Q：")):
        return None
    return found.group()


def _without_labels(row: Row) -> Row:
    labelled = {
        each.answer: label
        for each in answered(row)
        if (label := _label_of(each.answer, each.question)) is not None
    }
    cut = {answer: answer[len(label) :] for answer, label in labelled.items()}
    return with_texts(row, lambda text: cut.get(text, text), ANSWERS) if cut else row


@rule(
    "QLT003",
    "answer-begins-with-label",
    severity="warning",
    kinds=KINDS,
    screen=begins(
        r"^\s*(?:#{1,4} *|\*\*)?(?:(?i:output|answer|response|ans|final answer"
        r"|antwort|réponse|respuesta|resposta|risposta|ответ)|A|输出|答案|回答|答复"
        r"|回复)(?:\*\*)? ?[:：]|^\s*[:：]\s"
    ),
    roles=ANSWERS,
    fix=_without_labels,
    fix_kind="unsafe",
)
def answer_begins_with_label(row: Row) -> Iterator[Spot]:
    """An answer begins with a label of the format it was cut from, such as "Output:".

    Why: the label belongs to a prompt or a table that is no longer there; the model learns to put
    it before its answers. Where the question itself uses the label, or where the answer has more
    labels, it may be asked for and is passed over.
    Example: "Output: 14"
    Fix: the unsafe fix removes the label.
    Source: defect in published data: Chinese Alpaca (GPT-4), LLaMA-Factory `alpaca_zh_demo`.
    """
    for each in answered(row):
        if (label := _label_of(each.answer, each.question)) is not None:
            message = "the answer begins with a label that the question does not ask for"
            yield Spot(each.pointer, message, label.strip(BLANK))


_PICTURE = (
    r"(?:image|picture|photo(?:graph)?|drawing|sketch|logo|chart|graph|diagram|illustration"
    r"|infographic|poster|painting|screenshot|video|audio|music(?:al)?(?: piece)?|song|melody"
    r"|tune)"
)
_STAND_IN = re.compile(
    rf"(?i)\s*[<\[(](?:(?:an? |the )?{_PICTURE}\b(?: (?:of|showing|with) [^\n<>\[\]=]{{1,80}}"
    rf"|\s*/\s*\w+| (?:here|goes here|omitted))?)[>\])]\.?(?!\()"
)
_DESCRIBED = re.compile(r"\s*\[[A-Z][a-z]*(?: [\w'-]+,?){5,}\.?\]\s*")
_MEDIA_TAG = re.compile(
    r"(?i)\s*<(?:img|audio|video)\b[^<>\n]*\bsrc=[\"']?([^\"'\s>]+)[^<>\n]*>"
    r"(?:\s*</(?:audio|video)>)?\s*"
)
_ABOUT_TAGS = re.compile(
    r"(?i)\b(?:html|tags?|code|web ?(?:page|site)s?|markup|embed|elements?"
    r"|<img|react|jsx)\b|网页|标签|代码"
)
# A picture inside a long post was there when a person wrote it.
_SHORT_TALK = 300
_SHOWN = re.compile(r"!\[[^\[\]\n]*\]\((https?://[^)\s]{1,500})\)")


def _stand_in(answer: str, question: str) -> str | None:
    found = _STAND_IN.match(answer)
    if found is not None and found.group().strip(BLANK) not in question and "</" not in answer:
        return found.group().strip(BLANK)
    tag = _MEDIA_TAG.fullmatch(answer)
    if tag is not None and not _ABOUT_TAGS.search(question) and tag[1] not in question:
        return answer.strip(BLANK)
    if _DESCRIBED.fullmatch(answer) and answer.strip(BLANK) not in question:
        return answer.strip(BLANK)
    for shown in _SHOWN.finditer(answer):
        if shown[1] not in question and len(answer) - len(shown.group()) <= _SHORT_TALK:
            return shown.group()
    return None


_BEGINS_IN_BRACKETS = begins(r"^\s*[<\[(][A-Za-z]")


def _may_stand_in(texts: Texts) -> Mask:
    return _BEGINS_IN_BRACKETS(texts) | texts.matching(r"\]\(http")


@rule(
    "QLT004",
    "stand-in-for-picture",
    severity="warning",
    kinds=("sft", "preference", "unpaired"),
    screen=_may_stand_in,
    roles=ANSWERS,
)
def stand_in_for_picture(row: Row) -> Iterator[Spot]:
    """An answer shows a stand-in for a picture or a sound, or a picture at an invented address.

    Why: a text model made nothing, yet the row teaches it to pretend; the addresses of such
    pictures lead nowhere.
    Example: "Design a logo" answered by "[Image of logo]"
    Fix: describe in words what was asked for, or remove the row.
    Source: AlpacaDataCleaned README (instructions to generate images); defect in published data:
    Stanford Alpaca.
    """
    for each in answered(row):
        if row.get("media"):
            return
        if (found := _stand_in(each.answer, each.question)) is not None:
            yield Spot(each.pointer, "a stand-in for what a text cannot hold", found)


RULES = (
    answer_without_a_word,
    placeholder_for_answer,
    answer_begins_with_label,
    stand_in_for_picture,
)
