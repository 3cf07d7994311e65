"""Plain arithmetic as people write it: numbers, sums with brackets, rounded results."""

from __future__ import annotations

import re
from fractions import Fraction

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TOKEN = re.compile(rf"\s*(?:(?P<number>[$€£]?{NUMBER}%?)|(?P<sign>[-+*/×÷·−–()xX]))")
_MINUS = "-−–"
_TIMES = "*×·xX"
_OVER = "/÷"


def value_of(term: str) -> Fraction | None:
    """Return a number as it is written (`$1,200.50`, `-3`, `15%`), None where it is none."""
    text = term.strip().replace("−", "-").replace(",", "")
    share = text.endswith("%")
    try:
        value = Fraction(re.sub(r"[$€£%]", "", text))
    except (ValueError, ZeroDivisionError):
        return None
    return value / 100 if share else value


def worked_out(text: str) -> Fraction | None:
    """Return the value of a sum of plain numbers and brackets, None where it has none.

    × and ÷ come before + and −, and each from left to right. A number before a bracket is
    multiplied by it, but not behind a division, where people disagree.
    """
    tokens: list[str] = []
    at = 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return None
        tokens.append(found["number"] or found["sign"])
        at = found.end()
    reader = _Reader(tokens)
    try:
        value = reader.sum()
    except (_NoValueError, RecursionError):
        return None
    return value if reader.at == len(tokens) else None


class _NoValueError(Exception):
    """The text is no sum."""


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._next()
        self.at += 1
        return token

    def sum(self) -> Fraction:
        total = self._product()
        while (sign := self._next()) and sign in "+" + _MINUS:
            self.at += 1
            total = total + self._product() if sign == "+" else total - self._product()
        return total

    def _product(self) -> Fraction:
        total, divided = self._term(), False
        while (sign := self._next()) and sign in _TIMES + _OVER + "(":
            if sign == "(":
                if divided:
                    raise _NoValueError
                total *= self._term()
                continue
            self.at += 1
            term = self._term()
            divided = sign in _OVER
            if divided and not term:
                raise _NoValueError
            total = total / term if divided else total * term
        return total

    def _term(self) -> Fraction:
        token = self._take()
        if token and token in _MINUS:
            return -self._term()
        if token == "(":
            inside = self.sum()
            if self._take() != ")":
                raise _NoValueError
            return inside
        value = value_of(token) if token else None
        if value is None:
            raise _NoValueError
        return value


def decimals(term: str) -> int:
    """Return how many decimals a number is written with."""
    _, _, rest = term.partition(".")
    return len(re.sub(r"\D", "", rest))


def agrees(true: Fraction, written: str) -> bool:
    """Tell whether a written number is a value, rounded or cut to the decimals that it shows."""
    value = value_of(written)
    if value is None:
        return True
    if true.denominator == 1 and not decimals(written):
        return true == value
    step = Fraction(1, 10 ** decimals(written)) * (Fraction(1, 100) if "%" in written else 1)
    return abs(true - value) < step


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text as they are written."""
    return re.findall(rf"(?<![\d.])-?{NUMBER}%?", text)


def says(true: Fraction, text: str) -> bool:
    """Tell whether a text has the value somewhere: as a number, a fraction or a mixed number."""
    for number in numbers_in(text):
        if agrees(true, number) or ("%" not in number and agrees(true * 100, number + "%")):
            return True
    return says_fraction(true, text)


# Python reads no number of thousands of digits.
_FRACTION = re.compile(r"(?<!\d)(?:(-?\d{1,30})\s+)?(-?\d{1,30})\s*/\s*(\d{1,30})(?!\d)")


def says_fraction(true: Fraction, text: str) -> bool:
    """Tell whether a text has the value as a fraction or a mixed number."""
    for whole, top, bottom in _FRACTION.findall(text):
        if int(bottom) and true == int(whole or 0) + Fraction(int(top), int(bottom)):
            return True
    return False


def shown(value: Fraction | None) -> str:
    """Return a value as a message shows it."""
    if value is None:
        return "something else"
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"
