"""QLT020–QLT024: answers that lack the form which was asked for."""

from __future__ import annotations

import ast
import json
import re
import textwrap
import warnings
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.edges import asked
from curate.checks.quality.learned import (
    ANSWERS,
    BLANK,
    KINDS,
    QUESTIONS,
    answered,
    fenced,
    spoken_to_user,
)
from curate.row import Row

_JSON_FIRST = r"json (?:object|string|array|document|format|list|response|output|structure)\b"
_ASKED_JSON = re.compile(
    r"(?i)\b(?:(?:output|answer|result|response|respond|reply|return(?:ed)?|give|provide|present"
    r"|format(?:ted)?|convert|transform|represent|express|write|list|put|extract)\b[^.\n]{0,60}?"
    r"\b(?:in|as|into|to|using) (?:a |an |the )?(?:(?:valid|single|proper|following|structured"
    r"|simple|raw) )?json\b(?! (?:parser|file|library|schema|path))"
    rf"|json only\b|only (?:valid )?json\b"
    rf"|(?:generate|create|produce|construct) an? (?:\w+ )?{_JSON_FIRST})"
)
_PROGRAM = re.compile(
    r"(?i)\b(?:program|(?<!xml )(?<!json )code|script|function|class|method|query|snippet|python"
    r"|java|javascript|php|ruby|c\+\+|c#|swift|golang|bash|shell|sql|api|library|parser?|parsing"
    r"|how (?:do|can|would|to)|what is"
    r"|explain|pseudocode|template|suggest|algorithm|save|stor(?:e|ing)"
    r"|describe|design|why)\b"
)
_MAKES_JSON = re.compile(r"\bjson\.(?:dump|load)|\bJSON\.|\bto_json\b|JSONObject")
_OPENER = re.compile(r"[\[{]")
_OBJECT = re.compile(r"[\[\s]*\{\s*[\"']")


def _holds_json(text: str) -> bool:
    decoder, at = json.JSONDecoder(), 0
    while (opener := _OPENER.search(text, at)) is not None:
        try:
            decoder.raw_decode(text, opener.start())
        except (ValueError, RecursionError):
            # The parts of a broken object are no answer; what stands behind a blank line may be.
            broken = _OBJECT.match(text, opener.start()) is not None
            end = text.find("\n\n", opener.start()) if broken else opener.end()
            if end < 0:
                return False
            at = end
            continue
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@rule(
    "QLT020",
    "no-json-though-asked",
    severity="warning",
    kinds=KINDS,
    needs=r"(?i:json)",
    roles=QUESTIONS,
)
def no_json_though_asked(row: Row) -> Iterator[Spot]:
    """The instruction asks for JSON, and the answer holds none that can be parsed.

    Why: whoever asks for JSON parses it; the model learns that prose, single quotes or a cut-off
    object will do. Tasks about programs that handle JSON are passed over.
    Example: "Give the name and age as JSON: Ann, 30" answered by "{'name': 'Ann', 'age': 30}"
    Fix: write valid JSON.
    Source: qcri/llmxcpg#15; openai/openai-cookbook#905.
    """
    for each in answered(row):
        if not _ASKED_JSON.search(each.instruction) or _PROGRAM.search(each.instruction):
            continue
        if not _MAKES_JSON.search(each.answer) and not _holds_json(each.answer):
            message = "JSON is asked for, and the answer holds none that can be parsed"
            yield Spot(each.pointer, message, each.answer)


_JSON_FENCE = re.compile(r"^ {0,3}```json[ \t]*\n", re.MULTILINE)
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_NOT_MEANT_STRICT = re.compile(
    r"\.\.\.|…|//|/\*|#|<[^<>\n]+>|\{\{|\[(?:your|insert)\b", re.IGNORECASE
)


def _json_fault(block: str) -> str | None:
    if not block.strip() or _NOT_MEANT_STRICT.search(block):
        return None
    try:
        json.loads(block)
    except RecursionError:
        return None
    except ValueError as error:
        return None if _json_lines(block) else str(error)
    return None


def _json_lines(block: str) -> bool:
    """Tell whether a block is several JSON values, one behind the other, as far as can be told."""
    decoder, at = json.JSONDecoder(), 0
    text = block.strip()
    while at < len(text):
        try:
            _, at = decoder.raw_decode(text, at)
        except RecursionError:
            return True
        except ValueError:
            return False
        between = _BETWEEN.match(text, at)
        at = between.end() if between is not None else at
    return True


@rule(
    "QLT021",
    "json-block-does-not-parse",
    severity="warning",
    kinds=KINDS,
    needs=r"```json",
    roles=ANSWERS,
)
def json_block_does_not_parse(row: Row) -> Iterator[Spot]:
    r"""A code block that an answer marks as JSON cannot be parsed.

    Why: the model learns single quotes, trailing commas and missing brackets where programs read
    JSON. Blocks with comments, dots or fields to fill in are sketches and are passed over.
    Example: "```json\n{'name': 'Ann'}\n```"
    Fix: correct the block.
    Source: qcri/llmxcpg#15 (single quotes in JSON outputs of training data).
    """
    for pointer, _, text in spoken_to_user(row):
        for block in fenced(text, _JSON_FENCE):
            if (fault := _json_fault(block)) is not None:
                yield Spot(pointer, f"a JSON block does not parse: {fault}", block.strip())
                break


_PYTHON_FENCE = re.compile(r"^ *```(?:python|py|python3)[ \t]*\n", re.MULTILINE)
_SKETCH = re.compile(
    r"^[^\S\n]*(?:\.\.\.|…|>>>|\$ |!|%|In \[|print\s+[^\s(=]|exec )|\.\.\.\s*$|<[a-z_ ]+>"
    r"|\bexcept \w+, \w+:|\braise \w+, |\bxrange\(|\{\{|\[(?:your|insert)\b",
    re.MULTILINE | re.IGNORECASE,
)
_PARSE_BYTES = 50_000
# Python's parser takes 10 µs a line, so only blocks with one of these are parsed: a block without
# indent, a comment of C, brackets that do not pair, tabs, a line of words.
_LOST_INDENT = re.compile(
    r"^([ \t]*)(?:async |def|for|if|while|else|elif|class|try|with|except|finally)\b[^\n#]*:[ \t]*"
    r"(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*\1(?![ \t])\S",
    re.MULTILINE,
)
_OUT_OF_PLACE = re.compile(
    r"//|\t|\xa0|^[ \t]*(?:\d+[.)] |[-*] )?[A-Z]?[a-z]+(?: [A-Za-z]+){2}[ \w]*+:?(?: \d+)?[.,]?$"
    r"|[-+*/%=,(\[]\s*\Z|^\w+ {3,}\S|\w_ \w",
    re.MULTILINE,
)
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))


def _looks_broken(block: str) -> bool:
    unpaired = any(block.count(opening) != block.count(end) for opening, end in _BRACKETS)
    return unpaired or bool(_LOST_INDENT.search(block) or _OUT_OF_PLACE.search(block))


def python_fault(block: str) -> str | None:
    """Return why a text cannot be parsed as Python, None where it can or is not meant to be."""
    if len(block) > _PARSE_BYTES or "\0" in block:
        return None
    if not _looks_broken(block) or _SKETCH.search(block):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(textwrap.dedent(block))
    except SyntaxError as error:
        line = (error.text or "").strip()
        return f"{error.msg}: {line}" if line else error.msg
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


@rule(
    "QLT022",
    "python-block-does-not-parse",
    severity="warning",
    kinds=KINDS,
    needs=r"```(?:python|py)",
    roles=ANSWERS,
)
def python_block_does_not_parse(row: Row) -> Iterator[Spot]:
    r"""A code block that an answer marks as Python cannot be parsed.

    Why: most often its indentation was lost on the way, or it was cut off; the model learns code
    that does not run. Python 2, prompts and blocks with dots are passed over.
    Example: "```python\nfor n in range(3):\nprint(n)\n```"
    Fix: restore the indentation, or remove the row.
    Source: defect in published data: LLaMA-Factory `glaive_toolcall_en_demo`.
    """
    for pointer, _, text in spoken_to_user(row):
        for block in fenced(text, _PYTHON_FENCE):
            if (fault := python_fault(block)) is not None:
                yield Spot(pointer, f"a Python block does not parse: {fault}", block.strip())
                break


_LANGUAGES = (
    r"(?:python|javascript|java|typescript|c\+\+|c#|golang|rust|ruby|php|perl|kotlin|swift|scala"
    r"|matlab|c|r)"
)
_PIECE = r"(?:program|script|function|code|class|method)"
_MAKE = r"(?:write|create|develop|implement|construct|build|generate|code|make)"
_ASKED_PROGRAM = rf"^\W*(?:please )?{_MAKE} (?:me )?(?:an? |some )?(?:\w+ )?{_LANGUAGES} {_PIECE}\b"
_ASKS_PROGRAM = re.compile(f"(?i){_ASKED_PROGRAM}")
_HAS_CODE = re.compile(
    r"[{}=<>;\[\]\\]|\w\(|```|\b(?:def|import|print|return|echo|puts|class|fn|func|var|let|const)\b"
    r"|^[^\S\n]*(?:#|//|--)",
    re.MULTILINE,
)
_LISTED = re.compile(r"\[[^\[\]()=]*\]")


@rule(
    "QLT023",
    "no-code-though-asked",
    severity="warning",
    kinds=KINDS,
    screen=asked(f"(?i:{_ASKED_PROGRAM})"),
    roles=QUESTIONS,
)
def no_code_though_asked(row: Row) -> Iterator[Spot]:
    """A program in a named language is asked for, and the answer has no line of code.

    Why: the answer is what the program would print, or talk about it; the model learns to answer
    programming tasks without a program.
    Example: "Write a Python program that reverses the words of a text" answered by "dog lazy the"
    Fix: write the program, or remove the row.
    Source: AlpacaDataCleaned README (empty code examples); defect in published data: CodeAlpaca 2k.
    """
    for each in answered(row):
        if not _ASKS_PROGRAM.match(each.instruction.lstrip(BLANK)):
            continue
        if each.answer.strip() and not _HAS_CODE.search(_LISTED.sub("", each.answer)):
            yield Spot(each.pointer, "the answer holds no code", each.answer)


_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
_NUMBERS = dict(zip(_WORDS, (2, 3, 4, 5, 6, 7, 8, 9, 10, 12), strict=True))
_COUNT = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_ASKED_COUNT = (
    r"^\W*(?:please )?(?:can you |could you )?(?:list|name|give(?: me)?|tell me|provide"
    r"|generate|suggest"
    r"|create|write|come up with|brainstorm|identify|think of|make|state|mention|outline|describe"
    r"|propose|recommend)(?: a)?(?: numbered)?(?: list of| the names of)?"
    r"(?: the)?(?: exactly| just| only)?(?: top| best| main| most common| different)? "
)
_COUNT_ASKED = re.compile(rf"(?i){_ASKED_COUNT}{_COUNT} ")
_ASKS_COUNT = re.compile(
    rf"(?i){_ASKED_COUNT}{_COUNT} (?!(?:or|to|x) )(?!(?:\w+[- ])?(?:words?|sentences?"
    r"|letters?|lines?|characters?|digits?|syllables?|paragraphs?|pages?|steps?|days?|minutes?|hours?|years?|weeks?"
    r"|points?|stars?|percent|people|ingredient|course)\b)[a-z]"
)
_MORE_ASKED = re.compile(
    r"(?i)\b(?:each|every|at least|minimum|or more|per|up to|both|respectively)\b"
)
_ITEM = re.compile(r"^ {0,3}(\d{1,2})[.):]\s?\S", re.MULTILINE)


def _items(answer: str) -> int | None:
    """Return how many items an answer's one numbered list has, None where that cannot be said."""
    numbers = [int(number) for number in _ITEM.findall(answer)]
    whole = len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))
    return len(numbers) if whole else None


def _may_miscount(texts: Texts) -> Mask:
    """Return the answers whose numbers are not as many as a question of their row asks for."""
    asking = asked(rf"(?i:{_ASKED_COUNT}{_COUNT} )")(texts)
    answers = texts.of_roles(ANSWERS) & texts.rows_of(asking)[texts.rows]
    found = np.zeros(len(asking), dtype=np.bool_)
    if not answers.any():
        return found
    wanted: dict[int, set[int]] = {}
    for row, text in zip(texts.rows[asking].tolist(), _texts(texts, asking), strict=True):
        if count := _COUNT_ASKED.match(text):
            wanted.setdefault(row, set()).add(_number(count[1]))
    counts = pc.count_substring_regex(texts.at(answers).values, r"(?m)^ {0,3}\d{1,2}[.):]\s?\S")
    pairs = zip(texts.rows[answers].tolist(), counts.to_pylist(), strict=True)
    found[answers] = [count > 1 and wanted.get(row, {count}) != {count} for row, count in pairs]
    return found


def _texts(texts: Texts, some: Mask) -> list[str]:
    found: list[str] = texts.at(some).values.to_pylist()
    return found


def _number(word: str) -> int:
    return _NUMBERS.get(word.lower()) or int(word)


@rule(
    "QLT024",
    "other-number-of-items",
    severity="warning",
    kinds=KINDS,
    screen=_may_miscount,
    roles=ANSWERS,
)
def other_number_of_items(row: Row) -> Iterator[Spot]:
    r"""A number of items is asked for, and the answer's numbered list has another.

    Why: an instruction that is easy to follow was not followed, or the list was cut off.
    Example: "Name four feelings." answered by a list from 1 to 8
    Fix: cut or complete the list.
    Source: defect in published data: Stanford Alpaca.
    """
    for each in answered(row):
        count = _ASKS_COUNT.match(each.instruction)
        if count is None or _MORE_ASKED.search(each.instruction):
            continue
        wanted = _number(count[1])
        found = _items(each.answer)
        if found is not None and found != wanted and wanted > 1:
            message = f"{wanted} items are asked for, the answer's list has {found}"
            yield Spot(each.pointer, message, found)


RULES = (
    no_json_though_asked,
    json_block_does_not_parse,
    python_block_does_not_parse,
    no_code_though_asked,
    other_number_of_items,
)
