"""QLT: sums that can be worked out, and answers that got them wrong."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import reduce
from statistics import median

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.learned import answered
from curate.checks.quality.numbers import (
    NUMBER,
    agrees,
    numbers_in,
    says,
    says_fraction,
    shown,
    value_of,
    worked_out,
)
from curate.checks.walk import texts
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft",)
_TERM = rf"[$€£]?-?{NUMBER}%?"
_SIGN = r"\s*[-+*/×÷·−–]\s*|\s*[xX]\s*(?=[$€£\d])"
_SUM = rf"{_TERM}(?:(?:{_SIGN}){_TERM}){{1,60}}"
# What stands before or behind shows that the sum is only a part of something else: a power, a
# bracket, a variable, a date, a time, a mixed number, a decimal comma.
_BEFORE = r"(?<![\w.,:^√(+*/×÷·=−–%°½¼¾-])(?<![\d)\]}%½¼¾] )(?<![-+*/×÷·−–^√:(xX] )"
_EQUATION = re.compile(
    rf"{_BEFORE}(?P<left>{_SUM})\s*=\s*(?P<right>{_TERM}(?:\s*/\s*\d+)?)"
    r"(?![\d.,]*\d|\s*[-+*/×÷·^−–=!:(√°]|\s*[xX]\s*\d|\w|\.\.\.|…| \d"
    r"|\s*(?:remainder|R\d|and \d|mod))"
)
_OTHER_SYSTEM = re.compile(
    r"(?i:binary|hexadecimal|octal|\bbase[- ]|modul|\bmod\b|matrix|clock|roman|concatenat|string"
    r"|logarithm|remainder|estimat|round|approx|incorrect|wrong|error|mistake|joke|riddle|puzzle)"
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_ASKED_SUM = re.compile(r"[-(\d$€£][-\d\s.,+*/×÷·−–()$€£%]*(?:[xX](?=\s*[(\d])[-\d\s.,+*/×÷·()]*)*")
# A question of these words and a sum asks for its value and for nothing else.
_ASKING = re.compile(
    r"(?i)(?:"
    r"a|add|addition|an|and|answer|are|arithmetic|as|by|calculate|calculation|can|compute|deci"
    r"mal|determine|difference|display|do|equal|equals|equation|evaluate|expression|find|follo"
    r"wing|for|form|fraction|fractions|given|give|how|in|input|integer|is|it|math|mathematical"
    r"|mathematics|me|much|multiplication|multiply|number|numbers|numeric|numerical|of|operati"
    r"on|out|outcome|output|please|problem|product|quotient|result|simple|simplify|solution|so"
    r"lve|subtract|subtraction|sum|the|this|to|total|value|what|whats|work|you"
    r")"
)
_MATH_WORDS = re.compile(r"(?i)\b(?:arithmetic|calculat|equation|math|problem|sum\b|number)")


def _equations(text: str) -> Iterator[re.Match[str]]:
    """Yield the equations of a text; only the line that has an equals sign is searched."""
    for line in text.split("\n"):
        if "=" in line:
            yield from _EQUATION.finditer(line)


def _holds(left: str, right: str) -> bool:
    true = worked_out(left)
    if true is None:
        return True
    if "/" in right:
        stated = worked_out(right)
        return stated is None or stated == true
    # `50 / 200 = 25%` and `50 / 200 * 100 = 25%` are both how people write shares.
    shares = {true, true / 100} if "%" in right else {true}
    if "%" in left and "%" not in right:
        shares.add(true * 100)
    return any(agrees(each, right) for each in shares)


def _may_equate(texts: Texts) -> Mask:
    """Return which answers have an equals sign between figures."""
    found = texts.having(ord("=")) & texts.of_roles(("assistant",))
    found[found] = texts.at(found).matching(r"[0-9]%?\s*=\s*[$€£]?-?[0-9]")
    return found


@rule("QLT100", "false-equation", severity="warning", kinds=_KINDS, screen=_may_equate)
def false_equation(row: Row) -> Iterator[Spot]:
    """An equation of plain numbers in an answer does not hold.

    Why: the model learns wrong arithmetic from an answer that shows its own mistake. Of the math
    in Alpaca, its cleaners found some 80 % wrong.
    Example: "5 + 3 * 2 = 16"
    Fix: correct the answer, or remove the row.
    Source: gururise/AlpacaDataCleaned README (wrong answers).
    """
    for pointer, role, text in texts(row):
        if role != "assistant" or "=" not in text:
            continue
        for found in _equations(_CODE.sub(" ", text) if "`" in text else text):
            left, right = found["left"], found["right"]
            if not _holds(left, right) and not _OTHER_SYSTEM.search(text):
                said = f"{left.strip()} is {shown(worked_out(left))}, not {right.strip()}"
                yield Spot(pointer, said, found.group().strip())
                break


def _asked_sum(question: str) -> str | None:
    """Return the sum whose value a question asks for, None where it asks for something else."""
    question = question.strip().rstrip("?.! =")
    sums = [
        found.group().strip(" .,")
        for found in _ASKED_SUM.finditer(question)
        if re.search(r"[\d)]\s*(?:[-+*/×÷·−–xX]|\()\s*[-($€£]*\d", found.group())
    ]
    if len(sums) != 1 or question.count(sums[0]) != 1:
        return None
    before, _, after = question.partition(sums[0])
    words = re.findall(r"[^\W\d_]+", before.replace("'", "") + " " + after)
    if re.search(r"\d", before + after) or not all(map(_ASKING.fullmatch, words)):
        return None
    is_range = re.fullmatch(rf"{NUMBER}\s*[-−–]\s*{NUMBER}", sums[0]) or re.fullmatch(
        r"\d{1,4}([-/])\d{1,2}\1\d{1,4}", sums[0]
    )
    if is_range and not _MATH_WORDS.search(before):
        return None
    return sums[0] if words else None


@rule(
    "QLT101",
    "wrong-result",
    severity="warning",
    kinds=_KINDS,
    needs=r"[0-9)]%?\s*[+*/×÷·(]\s*[-($€£]*[0-9]|[0-9)]%? [-−xX] [($€£]*[0-9]|[0-9][xX][0-9]"
    r"|(?i:calculate|compute|evaluate|solve|what is)[^0-9]{0,40}[0-9]+[-−][0-9]",
    roles=("user",),
)
def wrong_result(row: Row) -> Iterator[Spot]:
    """The question is a sum of plain numbers, and its value is nowhere in the answer.

    Why: the model learns a wrong result for a sum that can be worked out.
    Example: "What is 12 * 8?" answered by "86"
    Fix: correct the answer, or remove the row.
    Source: gururise/AlpacaDataCleaned README (wrong answers).
    """
    for each in answered(row):
        asked = _asked_sum(each.question)
        if asked is None or _OTHER_SYSTEM.search(each.question):
            continue
        true = worked_out(asked)
        if true is None or not numbers_in(each.answer) or says(true, each.answer):
            continue
        if any(not _holds(one["left"], one["right"]) for one in _equations(each.answer)):
            continue  # QLT100 has said so
        said = f"{asked} is {shown(true)}, which the answer does not say"
        yield Spot(each.pointer, said, each.answer)


def _mean(values: list[Fraction]) -> Fraction:
    return _total(values) / len(values)


def _total(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def _product(values: list[Fraction]) -> Fraction:
    return reduce(operator.mul, values)


def _spread(values: list[Fraction]) -> Fraction:
    return max(values) - min(values)


_EXTREME = r"(?: (?:number|value|integer|element|item|one))?\b"
_MEASURES: tuple[tuple[str, Callable[[list[Fraction]], Fraction]], ...] = (
    (r"mean|average", _mean),
    (r"median", median),
    (r"range of", _spread),
    (r"sum|total|add (?:them|these|the (?:following )?numbers)", _total),
    (r"product of", _product),
    (rf"(?:maximum|largest|greatest|highest|biggest){_EXTREME}", max),
    (rf"(?:minimum|smallest|lowest){_EXTREME}", min),
)
_LIST = rf"-?{NUMBER}(?:\s*(?:,\s*and|,|and)\s*-?{NUMBER})+"
_LISTED = re.compile(
    rf"(?:^|[:\n ])\s*+(?:[\w ]{{1,20}}[:=]\s*+)?[\[({{]?\s*+(?P<list>{_LIST})\s*+[\])}}]?\s*+"
    r"[.?!]?\s*+\Z"
)
_QUESTION_CHARS = 2_000
_LONG_LIST = re.compile(rf"(?<!\d)-?{NUMBER}(?:\s*(?:,\s*and|,|and)\s*-?{NUMBER}){{2,}}")
# Words of questions that ask for more than one measure of the list, or for a part of it.
_MORE = re.compile(
    r"(?i)\b(?:deviation|variance|mode|prime|odd|even|than|squares?|squared|cubes?|weighted|geometric"
    r"|harmonic|two|three|second|third|each|every|digits?|positive|negative|unique|consecutive|gcd|lcm"
    r"|common|percent\w*|number of|how many|moving|running|cost|price|tax|profit|probability|matrix"
    r"|estimat\w*|sequence of|subset|subarray|pairs?|length|index|position|between|next)\b"
)
_PROGRAM = re.compile(
    r"(?i)\b(?:code|function|program|python|javascript|java|sql|script|query|algorithm|pseudocode"
    r"|create|generate|write|explain how|how to|sample)\b"
)
_CALL = re.compile(r"\w\(|```|/\*|//|=>")
_ROUNDED = re.compile(r"(?i)round|about|approx|nearest|≈|~|estimat")


def _measured(instruction: str, given: str) -> tuple[str, list[Fraction], Fraction] | None:
    """Return the measure that is asked for, of which numbers, and its value."""
    if len(instruction) + len(given) > _QUESTION_CHARS:
        return None
    if _PROGRAM.search(instruction) or _MORE.search(instruction):
        return None
    named = {
        words: match
        for words, _ in _MEASURES
        if (match := re.search(rf"(?i)\b(?:{words})\b", instruction))
    }
    if len(named) != 1:
        return None
    found = _LISTED.search(given if re.search(r"\d", given) else instruction)
    if found is None:
        return None
    if given and re.search(r"\d", instruction.replace(found["list"], "")):
        return None
    numbers = (value_of(each) for each in numbers_in(found["list"].replace(" and ", " , ")))
    values = [value for value in numbers if value is not None]
    ((words, match),) = named.items()
    true = next(measure(values) for of, measure in _MEASURES if of == words)
    return match.group().lower(), values, true


def _is_said(true: Fraction, text: str) -> bool:
    """Tell whether a measure's value is in an answer, rounded only where it has to be."""
    if any(value_of(number) == true for number in numbers_in(text)):
        return True
    is_short = (true * 100).denominator == 1
    return says(true, text) if not is_short or _ROUNDED.search(text) else says_fraction(true, text)


@rule(
    "QLT102",
    "wrong-measure",
    severity="warning",
    kinds=_KINDS,
    needs=r"-?[0-9][0-9,.]*\s*(?:,|and)\s*(?:and )?-?[0-9][0-9,.]*\s*[\])}]?\s*[.?!]?\s*$",
    roles=("user",),
)
def wrong_measure(row: Row) -> Iterator[Spot]:
    """The mean, median, range, sum or extreme of listed numbers is nowhere in the answer.

    Why: the model learns a wrong result for a sum that can be worked out.
    Example: "Find the median of 1, 2, 4, 5, 8, 9" answered by "5"
    Fix: correct the answer, or remove the row.
    Source: gururise/AlpacaDataCleaned README (wrong answers: the median).
    """
    for each in answered(row):
        if not numbers_in(each.answer):
            continue
        asked = _measured(each.instruction, each.given)
        if asked is None or _CALL.search(each.answer):
            continue
        name, values, true = asked
        # A list of three numbers or more repeats the question.
        rest = _LONG_LIST.sub(" ", each.answer)
        if (
            len(values) < 2
            or _is_said(true, rest)
            or (true in values and len(values) > 2 and not rest.strip())
        ):
            continue
        said = f"the {name} is {shown(true)}, which the answer does not say"
        yield Spot(each.pointer, said, each.answer)


RULES = (false_equation, wrong_result, wrong_measure)
