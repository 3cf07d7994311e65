"""QLT: questions that hold too much, too little, or the marks of how they were made."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from curate.checks.base import Rule, Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.asking import ASKING, USER, asked, opening, with_question
from curate.checks.walk import Exchange, is_blank, layout_of
from curate.row import Row

_NO_INPUT = (
    r"(?:no[ _-]?(?:additional |further |extra |specific |other )?inputs?"
    r"(?: (?:is |was )?(?:required|needed|necessary|given|provided|available|specified))?"
    r"|(?:无|無|没有|无需|不需要|無需)(?:输入|輸入)"
    r"|keine eingabe(?: erforderlich| nötig)?|aucune entrée|sin entrada|入力なし)"
)
_EDGE = r"[^\w\n\"“”']{0,4}"
_PLACEHOLDER = re.compile(rf"(?is){_EDGE}(?:{_NO_INPUT}|<none>|<n/a>){_EDGE}\d{{0,2}}\s*")
_LAST_LINE = re.compile(rf"(?i)\n[ \t]*{_EDGE}{_NO_INPUT}{_EDGE}\s*\Z")
_BRACKETED = re.compile(rf"(?i)(?<=\S)[ \t]*[<\[]\\?\s?{_NO_INPUT}\s?\\?[>\]]\W{{0,2}}\Z")
_WEAK_WORDS = (
    r"(?:none|n/a|n\.a|not applicable|nil|null|nan|empty|blank|不适用|[无無]|[–—]|[(\[<](?:none"
    r"|n/a))"
)
_WEAK = re.compile(rf"(?i){_WEAK_WORDS}[)\]>.,]{{0,2}}\s*")
# Words by which an instruction points at an input of its own.
_POINTS = re.compile(
    r"(?i)\b(?:this|these|that|those|following|given|below|above|provided|inputs?"
    r"|(?:the|an?|each) (?:value|word|term|string|text|sentence|phrase|name|symbol|keyword|item)s?)"
    r"\b|[:：]\s*\Z|[这该下]"
)


def _placeholder(exchange: Exchange) -> tuple[str, str, str] | None:
    """Return the placeholder, and instruction and input as they are without it."""
    instruction, given = exchange.instruction, exchange.given
    if given:
        weak = _WEAK.fullmatch(given) and not _POINTS.search(instruction)
        if weak or _PLACEHOLDER.fullmatch(given):
            return given, instruction, ""
        if match := _BRACKETED.search(given):
            return match.group(), instruction, given
    text = given or instruction
    if match := _LAST_LINE.search(text):
        left = text[: match.start()].rstrip()
        if not is_blank(left):
            return match.group(), *((instruction, left) if given else (left, ""))
    return None


def _without_placeholder(row: Row) -> Row:
    for exchange in list(asked(row)):
        found = _placeholder(exchange)
        # Behind a text on the same line it may stand for a word that is to be found.
        if found and found[1:] != (exchange.instruction, exchange.given):
            row = with_question(row, exchange.question.pointer, *found[1:])
    return row


@rule(
    "QLT040",
    "placeholder-input",
    severity="warning",
    kinds=ASKING,
    fix=_without_placeholder,
    fix_kind="safe",
    needs=r"(?i:no[ _-]?input|(?:additional|further|extra|specific|other) input|<none>|<n/a>)"
    r"|(?i:keine eingabe|aucune entrée|sin entrada)|入力なし"
    rf"|[无無有](?:输入|輸入)|[需要](?:输入|輸入)|\n(?i:{_WEAK_WORDS})[)\]>.,]*\s*$",
    roles=USER,
)
def placeholder_input(row: Row) -> Iterator[Spot]:
    r"""The input is a placeholder that says that there is none.

    Why: the placeholder is put into the prompt, so that the same task is asked in two ways, and
    the model learns that such a remark may be part of a question.
    Example: instruction "Name three metals.", input "<noinput>"
    Fix: the safe fix drops the placeholder.
    Source: AlpacaDataCleaned (README, point 7, `tools/tool_inputcheck.py`); defect in
    published data: Alpaca, in 26 spellings.
    """
    for exchange in asked(row):
        if found := _placeholder(exchange):
            message = "the input says that there is none, expected no input"
            yield Spot(exchange.question.pointer, message, found[0].strip())


_SHOWS = (
    r"\b(?:following|below|this|these|given|the (?:sentences?|words?|blanks?|phrase|text|paragraph"
    r"|passage|code|equation|list|animals|items))\b"
)
# An instruction that speaks of a text, and the text on the lines behind it.
_ANNOUNCED = re.compile(
    rf"(?is)\A(?P<head>[^\n]{{0,300}}{_SHOWS}[^\n]{{0,120}}[:：]"
    # Without a colon, a blank line parts the text from its task.
    rf"|[^\n]{{0,100}}{_SHOWS}[^\n]{{0,60}}(?=[ \t]*\n[ \t]*\n))[ \t]*\n\s*"
    r"(?P<data>(?!(?:output|answer|please|use|include|note|make sure|return|your|the output)"
    r"\b)\S.*)\Z"
)
_QUOTES = " \t\r\n.\"'“”‘’`"


def _core(text: str) -> str:
    return text.strip(_QUOTES).casefold()


def _is_repeated(exchange: Exchange) -> bool:
    given = _core(exchange.given)
    if len(given) < _SHORTEST_REPEAT:
        return False
    instruction = exchange.instruction.casefold()
    at = instruction.find(given)
    while at >= 0:
        around = instruction[at - 1 : at] + instruction[at + len(given) : at + len(given) + 1]
        if not any(sign.isalnum() for sign in around):
            return True
        at = instruction.find(given, at + 1)
    return False


_SHORTEST_REPEAT = 5


def _may_repeat(texts: Texts) -> Mask:
    """Tell which texts end on a line that also stands before it."""
    found: Mask = texts.of_roles(USER)
    found &= texts.having(ord("\n"))
    at = np.flatnonzero(found)
    for index, text in zip(at, texts.values.take(pa.array(at)).to_pylist(), strict=True):
        folded = text.strip(_QUOTES).casefold()
        start = folded.rfind("\n") + 1
        last = folded[start:].strip(_QUOTES)
        found[index] = start == 0 or folded.find(last, 0, start) >= 0
    return found


def _without_repeat(row: Row) -> Row:
    for exchange in list(asked(row)):
        if _is_repeated(exchange):
            kept, given = exchange.instruction, ""
            match = _ANNOUNCED.match(kept)
            if match and _core(match["data"]) == _core(exchange.given):
                kept, given = match["head"], exchange.given
            row = with_question(row, exchange.question.pointer, kept, given)
    return row


@rule(
    "QLT041",
    "repeated-input",
    severity="info",
    kinds=ASKING,
    fix=_without_repeat,
    fix_kind="unsafe",
    screen=_may_repeat,
)
def repeated_input(row: Row) -> Iterator[Spot]:
    """The instruction holds the whole input already.

    Why: the same text is read twice, and real questions do not look like this.
    Example: instruction "Sort these words: pear, fig", input "pear, fig"
    Fix: the unsafe fix drops the input, or what follows the colon where the instruction announces
    the same text.
    Source: defect in published data: Alpaca, GPTeacher Toolformer.
    """
    for exchange in asked(row):
        if _is_repeated(exchange):
            message = "the input stands in the instruction too"
            yield Spot(exchange.question.pointer, message, exchange.given)


_LABEL = re.compile(r"(?i)\A\s*(?:input|输入|輸入)[ \t]?[:：]\s*(?=\S)")
_FIELD = re.compile(r"(?m)^[^\S\n]*[^\W\d][\w /]{0,24}[:：]")


def _unlabelled(exchange: Exchange) -> str | None:
    """Return the input without its label; None where it has none, or further fields beside."""
    match = _LABEL.match(exchange.given)
    if match is None:
        return None
    rest = exchange.given[match.end() :]
    if "\n" not in match.group() and _FIELD.search(rest):
        return None
    return rest


def _without_label(row: Row) -> Row:
    for exchange in list(asked(row)):
        if (rest := _unlabelled(exchange)) is not None:
            row = with_question(row, exchange.question.pointer, exchange.instruction, rest)
    return row


@rule(
    "QLT042",
    "labelled-input",
    severity="info",
    kinds=ASKING,
    fix=_without_label,
    fix_kind="unsafe",
    needs=r"\n\s*(?i:input|输入|輸入)[ \t]?[:：]",
    roles=USER,
)
def labelled_input(row: Row) -> Iterator[Spot]:
    """The input begins with the label "Input:", which the prompt's template puts there.

    Why: with Alpaca's template the model reads "### Input:" and then "Input:"; other rows of the
    set have no such label.
    Example: instruction "Translate to French.", input "Input: Good morning"
    Fix: the unsafe fix drops the label.
    Source: stanford_alpaca `train.py:PROMPT_DICT`; defect in published data: the Chinese
    alpaca_zh_demo of LLaMA-Factory, in which a tenth of the rows has it.
    """
    for exchange in asked(row):
        if _unlabelled(exchange) is not None:
            message = 'the input begins with a label, expected the text behind "Input:" alone'
            yield Spot(exchange.question.pointer, message, exchange.given)


def _pasted(row: Row) -> tuple[Exchange, str, str] | None:
    layout = layout_of(row)
    if "/input" in layout.get("absent", ()) or "/context" in layout.get("absent", ()):
        return None
    for exchange in asked(row):
        text = exchange.question.text
        if layout.get("alpaca_split") == len(text) and (match := _ANNOUNCED.match(text)):
            return exchange, match["head"].rstrip(), match["data"]
    return None


def _with_input(row: Row) -> Row:
    found = _pasted(row)
    return row if found is None else with_question(row, found[0].question.pointer, *found[1:])


_MAY_ANNOUNCE = r"[:：][ \t]*\n|\n[ \t]*\n"


def _may_announce(texts: Texts) -> Mask:
    """Tell which of the user's texts have a line that may announce another one."""
    found: Mask = texts.of_roles(USER) & texts.having(ord("\n"))
    found[found] = texts.at(found).matching(_MAY_ANNOUNCE)
    return found


@rule(
    "QLT043",
    "input-in-instruction",
    severity="info",
    kinds=("sft",),
    fix=_with_input,
    fix_kind="unsafe",
    screen=_may_announce,
)
def input_in_instruction(row: Row) -> Iterator[Spot]:
    r"""The text to work on stands in the instruction, and the input is empty.

    Why: templates write instruction and input in two sections; a set that puts the text now here
    and now there trains both ways on fewer rows.
    Example: instruction "Correct this sentence:\nHe go home.", input ""
    Fix: the unsafe fix moves what follows the colon into the input.
    Source: stanford_alpaca `train.py:PROMPT_DICT`; defect in published data: Alpaca.
    """
    if (found := _pasted(row)) is not None:
        message = "the instruction announces a text and holds it; the input is empty"
        yield Spot(found[0].question.pointer, message, found[2])


_TASK = re.compile(
    r"(?i)(?:please )?(?:Write|Generate|Create|Describe|Explain|Give|List|Compose|Design|Suggest"
    r"|Tell|Make|Provide|Identify|Summari[sz]e|Discuss|Compare|Name|Find|Come up|Develop|Construct"
    r"|Rewrite|Convert|Classify|Draft|Produce|Translate|Edit|Analy[sz]e|Outline|Build|Show)\b"
)
_LOOSE_END = re.compile(
    r"(?:,|\b(?:about|with|in|for|as|to|on|from|by|into|at|and|or|create|write|generate|is|of) an?"
    r"|\b(?:the|and|or|such as|my|your))\Z"
)
_NAMED_WORD = re.compile(
    r"(?i)\b(?:words?|letters?|keywords?|operators?|articles?|conjunctions?|variables?|value of"
    r"|gates?|function|between|symbols?|complete|continue|finish|command)\b"
)


_LONGEST_CUT_OFF = 240


def _may_be_cut_off(texts: Texts) -> Mask:
    found: Mask = texts.of_roles(USER) & (texts.lengths <= _LONGEST_CUT_OFF)
    ends = r"(?:,|\b(?:an?|the|and|or|such as|my|your))[ \t\r\n]*$"
    found[found] = texts.at(found).matching(ends)
    return found


@rule("QLT044", "question-cut-off", severity="warning", kinds=ASKING, screen=_may_be_cut_off)
def question_cut_off(row: Row) -> Iterator[Spot]:
    """The task breaks off in the middle of its sentence.

    Why: what was asked is not known, so the answer cannot be its answer.
    Example: "Write a story about a"
    Fix: complete the question or remove the row.
    Source: AlpacaDataCleaned (README, point 9, unclear instructions); defect in published
    data: Alpaca, alpaca_eval.
    """
    for exchange in asked(row):
        text = exchange.question.text.strip(" \t\r\n")
        if "\n" in text or len(exchange.question.text.encode()) > _LONGEST_CUT_OFF:
            continue
        if not _TASK.match(text) or not (match := _LOOSE_END.search(text)):
            continue
        if match.group() == "," or not _NAMED_WORD.search(text):
            yield Spot(exchange.question.pointer, "the question ends in mid-sentence", text[-60:])


_MAX_WORDLESS_BYTES = 40


def _wordless(texts: Texts) -> Mask:
    short = (texts.lengths <= _MAX_WORDLESS_BYTES) & texts.of_roles(USER)
    at = np.flatnonzero(short)
    short[at[texts.at(short).matching(r"[^\W_]")]] = False
    return short


@rule("QLT045", "wordless-question", severity="warning", kinds=ASKING, screen=_wordless)
def wordless_question(row: Row) -> Iterator[Spot]:
    """The conversation opens with a question that has neither a letter nor a digit.

    Why: nothing was asked, so that the model learns to make an answer up.
    Example: "???"
    Fix: remove the row.
    Source: data-juicer 1.6 `alphanumeric_filter.py`, which drops such texts.
    """
    first = opening(row)
    if first is None or row.get("media"):
        return
    text = first.question.text
    short = len(text.encode()) <= _MAX_WORDLESS_BYTES and not is_blank(text)
    if short and not any(sign.isalnum() for sign in text):
        yield Spot(first.question.pointer, "the question holds no letter and no digit", text)


RULES: tuple[Rule, ...] = (
    placeholder_input,
    repeated_input,
    labelled_input,
    input_in_instruction,
    question_cut_off,
    wordless_question,
)
