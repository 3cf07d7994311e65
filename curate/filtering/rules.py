"""Rules by which rows are kept: `response_words >= 3`, `language in en, de`.

SCORE >= NUMBER     also <=, >, <, ==, !=
SCORE in CODES      also not in; languages, with commas between
… and known         rows without the score leave too
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.errors import UsageError, printable
from curate.filtering.score import Values
from curate.filtering.scores import Column, Side, column_named
from curate.language import CODES

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
else:
    Mask = Any

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_FORM = re.compile(
    rf"\s*(?P<name>\w+)\s*(?:(?P<op>>=|<=|==|!=|>|<)\s*(?P<number>{_NUMBER})"
    r"|(?P<no>\bnot\s+)?\bin\s+(?P<codes>\w+(?:\s*,\s*\w+)*))(?P<known>\s+and\s+known)?\s*"
)
_HOLDS: dict[str, Callable[[Values, float], Mask]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "==": np.equal,
    "!=": np.not_equal,
}
_NAMES = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "chinese": "zh"} | {
    "italian": "it", "japanese": "ja", "russian": "ru", "portuguese": "pt", "cn": "zh", "jp": "ja",
    "iw": "he", "nb": "no", "fil": "tl", "kr": "ko", "ua": "uk", "gr": "el", "cz": "cs", "dk": "da",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row must be to stay.

    Attributes:
        column: The score that is asked.
        op: `>=`, `<=`, `>`, `<`, `==`, `!=`, `in` or `not in`.
        number: The threshold; NaN where the rule names codes.
        codes: The codes.
        known: Whether rows without the score leave.
    """

    column: Column
    op: str
    number: float = np.nan
    codes: tuple[str, ...] = ()
    known: bool = False

    @property
    def wanted(self) -> str:
        """What the score must be: `>= 3`, `in en, de`."""
        asked = ", ".join(self.codes) if self.codes else f"{self.number:g}"
        return f"{self.op} {asked}"

    @property
    def text(self) -> str:
        """The rule, with the side named."""
        return f"{self.column.name} {self.wanted}" + (" and known" if self.known else "")

    def missing(self, values: Values) -> Mask:
        """Return which values are undefined, `(n,) bool`."""
        if self.column.score.is_code:
            return np.array([value is None for value in values], np.bool_)
        return np.isnan(values)

    def fails(self, values: Values) -> Mask:
        """Return which rows leave by this rule, `(n,) bool`.

        Args:
            values: The column, `(n,)`.
        """
        if self.codes:
            among = np.array([value in self.codes for value in values], np.bool_)
            holds = among == (self.op == "in")
        else:
            holds = _HOLDS[self.op](values, self.number)
        return np.where(self.missing(values), self.known, ~holds)

    def said(self, value: Any) -> str:
        """Return why a row with this value leaves."""
        if value is None or value != value:  # noqa: PLR0124
            return f"{self.column.name} is not known ({self.column.score.undefined})"
        return f"{self.column.name} is {shown(value)}, wanted {self.wanted}"


def shown(value: Any) -> str:
    """Return a value as people read it: five digits of a number that is not whole."""
    if isinstance(value, str):
        return value
    whole = float(value).is_integer() or abs(value) >= 10_000
    return f"{value:,.0f}" if whole else f"{value:.5g}"


def parse(text: str, on: Side) -> Rule:
    """Return the rule that a text states.

    Args:
        text: As it was typed.
        on: The side of a score that is named without one.

    Raises:
        UsageError: If it is no rule, names no score or code, or a number that cannot be.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(f"{printable(text)!r} is no rule: {_fault(text)}", hint=_HINT)
    column = column_named(found["name"], on)
    known = found["known"] is not None
    if column.score.is_code != (found["codes"] is not None):
        form = "in CODES" if column.score.is_code else ">= NUMBER"
        raise UsageError(f"{printable(text)!r}: {found['name']} is asked by `{form}`", hint=_HINT)
    if found["codes"] is not None:
        codes = tuple(dict.fromkeys(re.split(r"\s*,\s*", found["codes"].lower())))
        for code in codes:
            _check_code(code)
        return Rule(column, "not in" if found["no"] else "in", codes=codes, known=known)
    rule = Rule(column, found["op"], float(found["number"]), known=known)
    _check_number(rule)
    return rule


def parse_all(texts: Sequence[str], on: Side) -> list[Rule]:
    """Return the rules that texts state, in order.

    Raises:
        UsageError: As `parse`.
    """
    return [parse(text, on) for text in texts]


_HINT = "a rule is `SCORE >= NUMBER` (or <=, >, <, ==, !=) or `SCORE in CODE, CODE` (or not in)"


def _fault(text: str) -> str:
    if re.search(r"\bor\s+missing\b", text):
        return "rows without the score stay by themselves; `and known` makes them leave"
    if re.search(r"(?<![<>=!])=(?!=)|=[<>]|[<>]{2}", text):
        return "an operator is >=, <=, >, <, == or !="
    if "%" in text:
        return "shares are numbers from 0 to 1"
    if re.search(r"\b(?:and|or)\b", text):
        return "one score a rule; rows must pass every rule"
    return "it was not understood"


def _check_code(code: str) -> None:
    if code in CODES:
        return
    near = _NAMES.get(code) or next(iter(difflib.get_close_matches(code, sorted(CODES), n=1)), None)
    meant = f" (did you mean `{near}`?)" if near else ""
    raise UsageError(
        f"there is no language {printable(code)}{meant}",
        hint="languages are codes of ISO 639: en, de, zh; curate.language.CODES has all",
    )


def _check_number(rule: Rule) -> None:
    """Refuse a threshold that the score cannot reach: it would keep all rows, or none."""
    score, number = rule.column.score, rule.number
    if score.low <= number <= score.high and not isinf(number):
        return
    to = "up" if score.high == np.inf else f"to {score.high:g}"
    percent = " (a share, not per cent)" if score.unit == "share" and 1 < number <= 100 else ""
    raise UsageError(
        f"`{rule.text}`: {score.name} lies from {score.low:g} {to}{percent}", hint=_HINT
    )
