"""JSON held as text inside a record: told apart, cut out without re-spelling, written again.

Tool schemas and call arguments travel as JSON text. What a parser would lose (repeated keys, the
spelling of numbers, white space) is kept by cutting the text, and reported where a target format
needs it parsed.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring
from typing import Any, NamedTuple

import orjson

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_COMPACT = (",", ":")
# What JSON readers hold without rounding or failing: a signed or an unsigned 64-bit integer.
_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1


def dump(value: Any) -> str:
    """Return a value as the JSON text that Python's `json` writes, non-ASCII kept as it is."""
    return encode_basestring(value) if type(value) is str else "".join(_ENCODE(value, 0))


# What `json.dumps` makes anew for every value: without a look for circles, with NaN, unsorted.
_ENCODE = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, None, encode_basestring, None, ": ", ", ", False, False, True
)


def respell(value: Any, style: str | None) -> str:
    """Return a value as JSON text in a style of `style_of`; an unknown style is the usual one."""
    if style == "compact":
        return json.dumps(value, ensure_ascii=False, separators=_COMPACT)
    if style == "ascii":
        return json.dumps(value)
    return dump(value)


def style_of(text: str, value: Any) -> str | None:
    """Return how a JSON text is spelled: None is usual, else compact, ascii or other."""
    if text == dump(value):
        return None
    styles = ("compact", "ascii")
    return next((style for style in styles if text == respell(value, style)), "other")


def parse(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: If it is no JSON, or nested too deep to read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def is_sure_object(text: str) -> bool:
    """Return whether a text is an object that all readers agree on, by a cheap look.

    False says nothing: the text may be spelled in an unusual way. Spaces alone are taken out, so
    what is the same as its value's own text has no key twice and no number that was rounded.
    """
    if text[:1] != "{":
        return False
    try:
        written = orjson.dumps(orjson.loads(text)).decode()
    except (ValueError, TypeError):
        return False
    return written == text.replace('": ', '":').replace(', "', ',"')


class Cut(NamedTuple):
    """One value of an object, parsed and as it was spelled."""

    value: Any
    text: str


def cut_object(text: str, at: int = 0, *, unique: bool = False) -> tuple[dict[str, Cut], int]:
    """Return the members of the JSON object that begins at `at`, and where it ends.

    Of a repeated key the last value counts, as with every common parser; `unique` refuses it.

    Raises:
        ValueError: If no JSON object begins there.
    """
    members: dict[str, Cut] = {}
    at = _expect(text, at, "{")
    if text[at : at + 1] == "}":
        return members, at + 1
    while True:
        key, at = _value(text, at)
        if not isinstance(key, str):
            raise ValueError("a key is no text")
        start = _expect(text, at, ":")
        value, end = _value(text, start)
        if unique and key in members:
            raise ValueError(f"the key {key} is repeated")
        members[key] = Cut(value, text[start:end])
        at = _skip(text, end)
        if text[at : at + 1] == "}":
            return members, at + 1
        at = _expect(text, at, ",")


def cut_objects(text: str, *, unique: bool = False) -> tuple[list[dict[str, Cut]], bool]:
    """Return the objects of a text that holds one object or a list of them, and whether a list.

    Args:
        text: The text.
        unique: Whether a key that an object has twice is refused.

    Raises:
        ValueError: If the text is anything else.
    """
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        members, at = cut_object(text, at, unique=unique)
        found, listed = [members], False
    else:
        found, at, listed = *_cut_list(text, at, unique), True
    if _skip(text, at) != len(text):
        raise ValueError("text follows the JSON")
    return found, listed


def cut_values(text: str) -> list[Cut]:
    """Return the items of a text that holds a JSON list, each parsed and as it was spelled.

    Raises:
        ValueError: If the text is anything else.
    """
    found: list[Cut] = []
    at = _expect(text, 0, "[")
    while text[at : at + 1] != "]":
        value, end = _value(text, at)
        found.append(Cut(value, text[at:end]))
        at = _skip(text, end)
        if text[at : at + 1] != "]":
            at = _expect(text, at, ",")
    if _skip(text, at + 1) != len(text):
        raise ValueError("text follows the JSON")
    return found


def _cut_list(text: str, at: int, unique: bool) -> tuple[list[dict[str, Cut]], int]:
    found: list[dict[str, Cut]] = []
    at = _expect(text, at, "[")
    while text[at : at + 1] != "]":
        members, end = cut_object(text, at, unique=unique)
        found.append(members)
        at = _skip(text, end)
        if text[at : at + 1] != "]":
            at = _expect(text, at, ",")
    return found, at + 1


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _expect(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"{sign!r} is missing at character {at}")
    return _skip(text, at + 1)


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, _skip(text, at))
    except RecursionError:
        raise ValueError("it is nested too deep") from None


class Exact(NamedTuple):
    """An object parsed from text, and what parsing changed.

    Attributes:
        value: The object, or None where the text is no JSON object that readers agree on.
        why: What is wrong where there is no value.
        respelled: True where writing it again gives another text.
        inexact: True where a number changed its value.
    """

    value: dict[str, Any] | None
    why: str = ""
    respelled: bool = False
    inexact: bool = False


def exact_object(text: str) -> Exact:
    """Parse a JSON object without losing anything in silence; a blank text is an empty object.

    A repeated key, NaN, Infinity and an integer beyond 64 bits make it no object, since readers
    drop, refuse or round them.
    """
    if not text.strip():
        return Exact({}, respelled=True)
    with suppress(ValueError):  # what is the same when it is written again has lost nothing
        plain = orjson.loads(text)
        if type(plain) is dict and dump(plain) == text:
            return Exact(plain)
        if type(plain) is dict and orjson.dumps(plain) == text.encode():
            return Exact(plain, respelled=True)
    rounded: list[str] = []

    def number(spelling: str) -> float:
        value = float(spelling)
        try:
            same = Decimal(repr(value)) == Decimal(spelling)
        except InvalidOperation:  # an exponent beyond what Decimal holds
            same = False
        if not same:
            rounded.append(spelling)
        return value

    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=number,
            parse_int=_bounded,
            parse_constant=_refuse,
        )
        if not isinstance(value, dict):
            return Exact(None, "it is no JSON object")
        respelling = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except RecursionError:
        return Exact(None, "it is nested too deep")
    except ValueError as error:
        return Exact(None, str(error))
    return Exact(value, respelled=respelling != text, inexact=bool(rounded))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is repeated")
    return value


def _bounded(spelling: str) -> int:
    value = int(spelling)
    if not _INT_MIN <= value <= _INT_MAX:
        raise ValueError("an integer has more than 64 bits")
    return value


def _refuse(spelling: str) -> Any:
    raise ValueError(f"{spelling} is no JSON number")
