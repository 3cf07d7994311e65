"""JSON text to values and back, with nothing changed in silence.

`orjson` parses; what it would let pass (duplicate keys, integers beyond 2^53, deep nesting) is
looked for on the raw bytes, cheaply where a count settles it and exactly where it does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from curate.files.limits import Limits
from curate.finding import Hit

_SPACED_KEY_END = re.compile(rb'"\s+:')
_KEY = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"(\s*:)?', re.DOTALL)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|$)|[\[{]|[\]}]', re.DOTALL)
_LONG_NUMBER = re.compile(rb"(?<![\w.+-])-?\d[\d.eE+-]{15,}")
_LONG_DIGITS = re.compile(rb"\d[\d.eE+-]{15}")  # what it needs, found four times as fast
_NO_NUMBER = {str, bool, type(None)}
_ALL_TEXT = {str}
_LARGEST_EXACT = 2**53
_REAL, _INTEGER = 1, 2  # what numbers of a record may be inexact, none being 0

Record = dict[str, Any]


def dumps(value: Any) -> str:
    """Return compact JSON, keys in their order, text unescaped, integers of any size exact."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # integers beyond 64 bits, or nesting beyond orjson's 254 levels
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """Parse JSON whose integers may be of any size.

    Raises:
        ValueError: If the text is not JSON.
    """
    if _has_long_number(text.encode() if isinstance(text, str) else text):
        return json.loads(text, parse_constant=_refuse_constant)
    return orjson.loads(text)


def parse_record(raw: bytes, limits: Limits) -> tuple[Record | None, list[Hit]]:
    """Parse one record.

    Args:
        raw: The record's bytes, UTF-8, at most `limits.record_bytes`.
        limits: Bounds on depth and keys.

    Returns:
        The object, or None where it cannot be used; and what was found. A warning leaves the
        object usable, an error comes with None. An array stands for an object where `array_row`
        says so.
    """
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return None, [_too_deep(raw, limits) or diagnose(raw, error)]
    if type(record) is not dict:
        return _array_record(record, raw, limits)
    once = False
    number = 0
    keys = widest = len(record)
    types = set(map(type, record.values()))
    if types == _ALL_TEXT:
        # Four quotes for each key and its text: no key was given twice, no quote is escaped.
        once = raw.count(b'"') == 4 * keys
    elif types <= _NO_NUMBER:
        pass
    else:
        keys, widest, number, depth = _survey(record.values(), keys)
        if depth > limits.depth:
            return None, [_deep(depth, limits)]
    if widest > limits.keys:
        return None, [_too_wide(widest, limits)]
    compact = not once and _is_compact(raw, record)
    if not once and not compact and not _has_keys(raw, keys):
        return None, [_duplicate(raw)]
    # A real number that is written as it was read has lost nothing.
    if (number == _INTEGER or (number and not compact)) and _has_long_number(raw):
        return _exact_numbers(raw)
    return record, []


def _is_compact(raw: bytes, record: Record) -> bool:
    """Return whether text is what `dumps` writes, which gives every key once.

    The sign behind the first key tells most other spellings apart before anything is written.
    """
    end = raw.find(b'":')
    if end < 0 or raw[end + 2 : end + 3] == b" ":
        return False
    try:
        return orjson.dumps(record) == raw
    except TypeError:  # what is too deep to be written
        return False


def array_row(value: Any) -> Record | None:
    """Return the record that an array stands for, or None where it stands for none.

    A list of messages (role and content, as AutoTrain's lines are) or of turns (from and value) is
    a conversation; a list of one object is that object.
    """
    if type(value) is not list or not value or any(type(item) is not dict for item in value):
        return None
    if all("role" in item for item in value) and any("content" in item for item in value):
        return {"messages": value}
    if all("from" in item and "value" in item for item in value):
        return {"conversations": value}
    return value[0] if len(value) == 1 else None


def _array_record(value: Any, raw: bytes, limits: Limits) -> tuple[Record | None, list[Hit]]:
    """Return an array's record after the checks that `parse_record` makes of an object."""
    record = array_row(value)
    if record is None:
        found = type(value).__name__
        return None, [Hit("SRC011", "", f"found {found}, expected a JSON object", value)]
    keys, widest, number, depth = _survey(value, 0)
    if depth > limits.depth:
        return None, [_deep(depth, limits)]
    if widest > limits.keys:
        return None, [_too_wide(widest, limits)]
    if not _has_keys(raw, keys):
        return None, [_duplicate(raw)]
    if number and _has_long_number(raw):
        exact, hits = _exact_numbers(raw)
        return array_row(exact), hits
    return record, []


def _too_wide(widest: int, limits: Limits) -> Hit:
    return Hit("SRC010", "", f"an object has {widest:,} keys, the limit is {limits.keys:,}")


def _too_deep(raw: bytes, limits: Limits) -> Hit | None:
    if raw.count(b"{") + raw.count(b"[") <= limits.depth:
        return None
    depth = depth_of(raw)
    return _deep(depth, limits) if depth > limits.depth else None


def _deep(depth: int, limits: Limits) -> Hit:
    return Hit("SRC008", "", f"nested {depth:,} deep, the limit is {limits.depth}")


def _has_long_number(raw: bytes) -> bool:
    """Return whether text has a number that a double may not hold, in a string or outside."""
    return _LONG_DIGITS.search(raw) is not None and _LONG_NUMBER.search(raw) is not None


def _has_keys(raw: bytes, keys: int) -> bool:
    """Return whether valid JSON text has so many keys, those in strings left out.

    Every key ends in a quote and a colon: as many of those as keys means that no key was given
    twice. Where text holds such a pair too, the strings are skipped one by one.
    """
    if _SPACED_KEY_END.search(raw) is None:
        ends = raw.count(b'":')
        if ends == keys:
            return True
        # Without two backslashes in a row, a quote behind one always is inside a string.
        # (A text that begins with a colon makes such a pair too: then the strings are skipped.)
        if rb"\\" not in raw and ends - raw.count(b'\\":') == keys:
            return True
    return sum(map(bool, _KEY.findall(raw))) == keys


def _survey(values: Iterable[Any], keys: int) -> tuple[int, int, int, int]:
    """Return the keys of all objects, the most of one, which numbers may be inexact, and the depth.

    Args:
        values: The values of the outermost object, or the items of the outermost list.
        keys: How many keys the outermost has.
    """
    widest = keys
    number = 0
    deeper = False
    depth = 1
    while True:
        inner: list[Any] = []
        for item in values:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict:
                deeper = True
                own = len(item)
                keys += own
                if own > widest:  # noqa: PLR1730 - a call costs more than the test
                    widest = own
                inner.extend(item.values())
            elif kind is list:
                deeper = True
                inner.extend(item)
            elif kind is float:
                number = number or _REAL
            elif kind is int and not -_LARGEST_EXACT <= item <= _LARGEST_EXACT:
                number = _INTEGER
        if not deeper:
            return keys, widest, number, depth
        depth += 1
        deeper = False
        values = inner


def depth_of(raw: bytes) -> int:
    """Return how deep brackets nest in JSON text, strings left out; works on invalid text too."""
    depth = deepest = 0
    for match in _TOKEN.finditer(raw):
        first = raw[match.start()]
        if first in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif first != 0x22:
            depth -= 1
    return deepest


class _Pairs(list[tuple[str, Any]]):
    """An object's members in the order of the text, a repeated key as often as it stands."""


def _duplicate(raw: bytes) -> Hit:
    pointer, name = _doubled(json.loads(raw, object_pairs_hook=_Pairs), "") or ("", "")
    return Hit("SRC007", pointer, f"the key {name!r} stands twice in one object", name)


def _doubled(value: Any, pointer: str) -> tuple[str, str] | None:
    """Return the pointer and the name of the first key of a value that its object has twice."""
    members: Iterable[tuple[str, Any]] = ()
    if isinstance(value, _Pairs):
        members = value
    elif isinstance(value, list):
        members = ((str(index), item) for index, item in enumerate(value))
    seen: set[str] = set()
    for key, inner in members:
        at = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in seen:
            return at, key
        seen.add(key)
        if (found := _doubled(inner, at)) is not None:
            return found
    return None


def _exact_numbers(raw: bytes) -> tuple[Any, list[Hit]]:
    """Parse once more with integers of any size, and report what a double cannot hold."""
    hits: list[Hit] = []

    def integer(text: str) -> int:
        number = int(text)
        if abs(number) > _LARGEST_EXACT:
            hits.append(Hit("SRC018", "", f"the integer {text} is beyond 2^53", text))
        return number

    def real(text: str) -> float:
        number = float(text)
        digits = text.lower().partition("e")[0].lstrip("-").replace(".", "").strip("0")
        if len(digits) > 17:
            hits.append(Hit("SRC018", "", f"the number {text} is held as {number!r}", text))
        return number

    return json.loads(raw, parse_int=integer, parse_float=real), hits


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def diagnose(raw: bytes, error: orjson.JSONDecodeError) -> Hit:
    """Say why bytes are not a JSON record: the code, the place in the record and the cause."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as bad:
        return Hit(
            "SRC004",
            "",
            f"byte 0x{raw[bad.start]:02x} at offset {bad.start} of the record is not UTF-8",
            raw[max(0, bad.start - 20) : bad.start + 20].decode(errors="backslashreplace"),
        )
    if "infinity" in str(error):
        return Hit("SRC006", "", "a number is too large for a double")
    constants: list[str] = []
    try:
        value = json.loads(text, parse_constant=constants.append)
    except RecursionError:
        return Hit("SRC008", "", "nested deeper than can be parsed")
    except ValueError as fault:
        return _syntax(text, fault)
    if constants:
        return Hit("SRC006", "", f"{constants[0]} is not JSON", constants[0], "write null")
    try:
        dumps(value).encode()
    except UnicodeEncodeError as bad:
        lone = f"\\u{ord(bad.object[bad.start]):04x}"
        return Hit("SRC005", "", f"the escape {lone} is half of a surrogate pair", lone)
    return Hit("SRC001", "", str(error))


def _syntax(text: str, fault: ValueError) -> Hit:
    if not isinstance(fault, json.JSONDecodeError):  # Python reads integers of 4,300 digits
        return Hit("SRC006", "", "a number has too many digits to be read")
    at, rest = fault.pos, text[fault.pos :].lstrip()
    near = text[max(0, at - 20) : at + 20]
    place = f"column {fault.colno}" if fault.lineno == 1 else f"{fault.lineno}:{fault.colno}"
    if fault.msg.startswith("Extra data") and rest[:1] in ("{", "["):
        return Hit("SRC003", "", f"a second record begins at {place}", near)
    if not rest or fault.msg.startswith("Unterminated string"):
        return Hit("SRC002", "", f"the record ends in the middle ({fault.msg.lower()})", text[-40:])
    if fault.msg.startswith("Invalid control character"):
        return Hit("SRC001", "", f"a raw control character in a string at {place}", near)
    return Hit("SRC001", "", f"not JSON at {place}: {_cause(text, at, fault.msg)}", near)


def _cause(text: str, at: int, message: str) -> str:
    before, after = text[:at].rstrip(), text[at:].lstrip()
    if before.endswith(",") and after[:1] in ("}", "]"):
        return "a trailing comma"
    if after.startswith("'"):
        return "single quotes; JSON needs double quotes"
    if re.match(r"(None|True|False)\b", after):
        return "a Python literal; JSON writes null, true, false"
    if after.startswith(("//", "#", "/*")):
        return "a comment; JSON has none"
    if text.lstrip().startswith("<"):
        return "this is HTML or XML, perhaps an error page"
    if text.startswith("version https://git-lfs"):
        return "a Git LFS pointer; fetch the file with `git lfs pull`"
    return message.lower()
