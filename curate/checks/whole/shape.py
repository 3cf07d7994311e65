"""The shape of a record: its keys and the types of its values, as one hashable value.

Records of one shape are alike to whatever infers a schema from them, so that a file is as many
shapes as it has kinds of records, however many records it has.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

NULL, BOOL, FLOAT = "null", "boolean", "real"
INTEGER, LARGE, HUGE = "integer", "large integer", "huge integer"
TEXT, DATE, ENCODED = "text", "date", "encoded text"

# A shape is one of the names above, a frozenset of shapes (a list), or (keys, shapes).
Shape = Any

_LARGEST_EXACT = 2**53
_INT64 = 2**63
_OTHER = {type(None): NULL, bool: BOOL, float: FLOAT}

# What pyarrow 26 takes for a time with a resolution of a second; a fraction stays text.
_DATE = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d)?)?(Z|[+-]\d\d(:?\d\d)?)?)?"
)
_DATE_LONGEST = 25
# What ujson, by which `datasets` tells JSON from text, reads as a value.
_NUMBER = re.compile(r"[ \t\r\n]*-?\d*(?:(?<=\d)\.\d*)?(?:(?<=[\d.])[eE][+-]?\d+)?[ \t\r\n]*")
_NUMBER_LONGEST = 18
_WORDS = {"true", "false", "null", "NaN", "Infinity", "-Infinity"}
_WORD_LONGEST = 16
_BLANK = " \t\r\n"
_STARTS = frozenset('0123456789-tfnNI{["' + _BLANK)
_CLOSING = {"{": "}", "[": "]", '"': '"'}
_PARSED_LONGEST = 1_000
_LONG_STARTS = ('{"', "{}", "[{", '["', "[[", "[]")


def shape_of(value: Any) -> Shape:
    """Return the shape of a parsed JSON value."""
    kind = type(value)
    if kind is str:
        return TEXT if value[:1] not in _STARTS else _text(value)
    if kind is dict:
        return (tuple(value), tuple(map(shape_of, value.values())))
    if kind is list:
        return frozenset(map(shape_of, value))
    if kind is int:
        if -_LARGEST_EXACT <= value <= _LARGEST_EXACT:
            return INTEGER
        return LARGE if -_INT64 <= value < _INT64 else HUGE
    return _OTHER[kind]


def _text(text: str) -> str:
    """Return what kind of text one is whose first character may begin a date or a JSON value."""
    first = text[0]
    if first in _BLANK:
        text = text.strip(_BLANK)
        return ENCODED if text[:1] in _STARTS and text and _text(text) == ENCODED else TEXT
    if first in _CLOSING:
        return ENCODED if _is_json(text.rstrip(_BLANK), _CLOSING[first]) else TEXT
    length = len(text)
    if length <= _DATE_LONGEST and _DATE.fullmatch(text):
        return DATE
    if length <= _NUMBER_LONGEST and first in "-0123456789" and _NUMBER.fullmatch(text):
        return ENCODED
    return ENCODED if length <= _WORD_LONGEST and text.rstrip(_BLANK) in _WORDS else TEXT


def _is_json(text: str, closing: str) -> bool:
    """Return whether a text is JSON; a long one is judged by its ends."""
    if len(text) < 2 or text[-1] != closing:
        return False
    if len(text) > _PARSED_LONGEST:
        return text.startswith(_LONG_STARTS)
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True
