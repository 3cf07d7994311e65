"""QLT: conversions of units and sorted lists, which can be worked out, and answers that are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from curate.checks.base import Spot, rule
from curate.checks.quality.learned import answered
from curate.checks.quality.numbers import NUMBER, numbers_in, shown, value_of
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft",)
# Each unit's names, and how many of the dimension's first unit it is. Only units that mean one
# thing: ounces, gallons and tons mean several.
_UNITS: dict[str, dict[str, str]] = {
    "length": {
        "m|meters?|metres?": "1",
        "km|kms|kilometers?|kilometres?": "1000",
        "cm|centimeters?|centimetres?": "1/100",
        "mm|millimeters?|millimetres?": "1/1000",
        "inch|inches": "127/5000",
        "ft|foot|feet": "381/1250",
        "yards?|yd": "1143/1250",
        "miles?": "201168/125",
    },
    "mass": {
        "g|grams?": "1",
        "kg|kgs|kilograms?|kilos?": "1000",
        "mg|milligrams?": "1/1000",
        "lbs?|pounds?": "45359237/100000",
    },
    "time": {
        "seconds?|secs?": "1",
        "minutes?|mins?": "60",
        "hours?|hrs?": "3600",
        "days?": "86400",
        "weeks?": "604800",
    },
    "volume": {
        "l|liters?|litres?": "1",
        "ml|milliliters?|millilitres?": "1/1000",
    },
}
_BY_NAME = {
    name: (dimension, Fraction(size), names.split("|")[0])
    for dimension, units in _UNITS.items()
    for names, size in units.items()
    for name in [each.replace("?", "") for each in names.split("|")]
    + [each.replace("s?", "") for each in names.split("|") if "s?" in each]
}
_DEGREES = {
    **dict.fromkeys(("c", "celsius", "centigrade", "°c"), "celsius"),
    **dict.fromkeys(("f", "fahrenheit", "°f"), "fahrenheit"),
    **dict.fromkeys(("k", "kelvin", "kelvins"), "kelvin"),
}
_WORDS = "|".join(sorted((re.escape(n) for n in [*_BY_NAME, *_DEGREES]), key=len, reverse=True))
_ASKED = re.compile(
    rf"(?i)\b(?:convert|change|express|what is|how (?:many|much) is|transform)\b[^\d\n]{{0,60}}?"
    rf"(?P<number>-?{NUMBER})\s*(?:degrees? |°)?(?P<unit>{_WORDS})\.?"
    rf" (?:in(?:to|)|to) (?:degrees? |°)?(?P<target>{_WORDS})\b\.?"
    r"(?: (?:scale|units?|degrees))?\s*+[?.!]?\s*+\Z"
)
_TARGET = re.compile(
    rf"(?i)\bconvert\b[^\d\n]{{0,80}}? (?:in)?to (?:degrees? |°)?(?P<target>{_WORDS})\b"
    r"[^\w]*\Z"
)
_GIVEN = re.compile(
    rf"(?i)\s*(?:\w+:\s*)?(?P<number>-?{NUMBER})\s*(?:degrees? |°)?(?P<unit>{_WORDS})\.?\s*"
)
# A number of three digits is as exact as an answer has to be.
_CLOSE = Fraction(1, 100)


def _in_degrees(value: Fraction, unit: str, target: str) -> Fraction:
    celsius = value
    if unit == "fahrenheit":
        celsius = (value - 32) * Fraction(5, 9)
    elif unit == "kelvin":
        celsius = value - Fraction(27315, 100)
    if target == "fahrenheit":
        return celsius * Fraction(9, 5) + 32
    return celsius + Fraction(27315, 100) if target == "kelvin" else celsius


def _converted(number: str, unit: str, target: str) -> Fraction | None:
    value = value_of(number)
    unit, target = unit.lower(), target.lower()
    if value is None:
        return None
    if unit in _DEGREES and target in _DEGREES:
        return _in_degrees(value, _DEGREES[unit], _DEGREES[target])
    if unit not in _BY_NAME or target not in _BY_NAME:
        return None
    of, size, _ = _BY_NAME[unit]
    to, target_size, _ = _BY_NAME[target]
    return value * size / target_size if of == to else None


def _asked(instruction: str, given: str) -> tuple[str, str, str] | None:
    """Return the number, its unit and the unit asked for; None where nothing is to be converted."""
    found = _ASKED.search(instruction.strip())
    if found is not None:
        return found["number"], found["unit"], found["target"]
    target, quantity = _TARGET.search(instruction.strip()), _GIVEN.fullmatch(given)
    if target is None or quantity is None:
        return None
    return quantity["number"], quantity["unit"], target["target"]


def _is_near(true: Fraction, text: str) -> bool:
    found = [value_of(number) for number in numbers_in(text.replace("−", "-"))]
    room = max(abs(true) * _CLOSE, Fraction(1, 2) if abs(true) >= 10 else Fraction(1, 100))
    return any(value is not None and abs(abs(value) - abs(true)) <= room for value in found)


@rule(
    "QLT103",
    "wrong-conversion",
    severity="warning",
    kinds=_KINDS,
    needs=r"(?i:convert|change|express|what is|how (?:many|much) is|transform)[^0-9]{0,160}[0-9]",
    roles=("user",),
)
def wrong_conversion(row: Row) -> Iterator[Spot]:
    """The question converts a quantity to another unit, and the answer gives another quantity.

    Why: the model learns wrong sizes of units, which can be worked out.
    Example: "Convert 25m to km." answered by "25km"
    Fix: correct the answer, or remove the row.
    Source: gururise/AlpacaDataCleaned README (wrong answers: the same question).
    """
    for each in answered(row):
        asked = _asked(each.instruction, each.given)
        if asked is None or not numbers_in(each.answer):
            continue
        number, unit, target = asked
        true = _converted(number, unit, target)
        if true is None or re.search(r"\w\(|```|[eE^]", _numbers_only(each.answer)):
            continue
        if not _is_near(true, each.answer):
            said = f"{number} {unit} are {shown(true)} {target}, which the answer does not say"
            yield Spot(each.pointer, said, each.answer)


def _numbers_only(text: str) -> str:
    """Return what stands directly at numbers: powers and exponents are not read."""
    return "".join(re.findall(r"\d\s?[\^(]|\d[eE][-+\d]|\w\(|```", text))


_SORT = re.compile(
    r"(?i)\b(?:sort|arrange|order|rank|organi[sz]e)\b(?P<how>[^\d]{0,120}?)"
    rf"(?P<list>-?{NUMBER}(?:\s*(?:,\s*and|,|and)\s*-?{NUMBER}){{2,}})(?P<behind>[^\d]*)\Z"
)
_DOWN = re.compile(r"(?i)descend|decreas|greatest to|largest to|highest to|biggest to|high to low")
_UP = re.compile(r"(?i)ascend|increas|least to|smallest to|lowest to|low to high")
_PROGRAM = re.compile(
    r"(?i)\b(?:code|function|program|python|javascript|java|sql|script|query|algorithm|implement"
    r"|class|method|even|odd|prime|unique|remove|duplicates?"
    r"|check|whether|determine)\b"
)


@rule(
    "QLT104",
    "wrongly-sorted",
    severity="warning",
    kinds=_KINDS,
    needs=r"(?i:sort|arrange|order|rank|organi[sz]e)[^0-9]{0,121}[0-9.]+\s*(?:,|and)",
    roles=("user",),
)
def wrongly_sorted(row: Row) -> Iterator[Spot]:
    """The question asks to sort numbers, and the answer gives other numbers or another order.

    Why: the model learns to lose, invent and misplace items of a list.
    Example: "Sort in ascending order: 3, 1, 2" answered by "1, 3, 2"
    Fix: correct the answer, or remove the row.
    Source: defect in published data: alpagasus random_9k (original Alpaca).
    """
    for each in answered(row):
        asked = _SORT.search(each.question.strip())
        if asked is None or _PROGRAM.search(each.question):
            continue
        around = asked["how"] + asked["behind"]
        down, up = _DOWN.search(around), _UP.search(around)
        if bool(down) == bool(up) or re.search(r"\w\(|```", each.answer):
            continue
        given, told = _values(asked["list"]), _values(each.answer)
        expected = sorted(given, reverse=bool(down))
        if len(told) != len(given) and set(given) <= set(told) and expected != told:
            continue  # other numbers stand in the sentence
        if told and told != expected:
            true = ", ".join(shown(value) for value in expected[:10])
            yield Spot(each.pointer, f"sorted, the list is {true}", each.answer)


def _values(text: str) -> list[Fraction]:
    found = (value_of(number) for number in numbers_in(text.replace(" and ", " , ")))
    return [value for value in found if value is not None]


RULES = (wrong_conversion, wrongly_sorted)
