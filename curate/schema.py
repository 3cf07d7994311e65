"""JSON Schemas: the shipped ones, compiled once, and a user's own.

Shipped schemas are checked by `jsonschema-rs`, which takes about a microsecond a record; a user's
schema is checked by `jsonschema`, the reference that the fast validator is tested against. Both
follow JSON Schema 2020-12. No reference is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from curate.errors import UsageError, json_type, printable
from curate.finding import Hit
from curate.resources import resource

_LENGTHS = {
    f"{bound}{what}": (words, noun)
    for bound, words in (("min", "at least"), ("max", "at most"))
    for what, noun in (
        ("Items", "item"),
        ("Length", "character"),
        ("Properties", "key"),
        ("Contains", "matching item"),
    )
}
_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}
_WRITE = {
    "array": "a list",
    "object": "an object",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@cache
def load(name: str) -> dict[str, Any]:
    """Return a shipped schema by its name, `alpaca`.

    Raises:
        UsageError: If there is no schema of that name.
    """
    path = resource("schemas", f"{name}.schema.json")
    if not path.is_file():
        known = sorted(p.name.removesuffix(".schema.json") for p in path.parent.glob("*.json"))
        raise UsageError(
            f"no schema is named {printable(name)}", hint=f"the schemas are {', '.join(known)}"
        )
    loaded: dict[str, Any] = orjson.loads(path.read_bytes())
    return loaded


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Return the compiled validator of a shipped schema; its `is_valid` is the fast path."""
    return jsonschema_rs.Draft202012Validator(load(name))


def check(name: str, record: Any) -> list[Hit]:
    """Return how a record breaks a shipped schema, in the schema's order; [] where it is valid.

    Args:
        name: The schema's name.
        record: A JSON value.

    Returns:
        SCH001 for a missing key (the pointer is where it should stand), SCH002 for a wrong type,
        SCH003 for a value that is not one of those allowed, SCH004 for a wrong length, SCH005 for
        anything else.
    """
    compiled = validator(name)
    if compiled.is_valid(record):
        return []
    return _settled(chain.from_iterable(map(_fast_hits, compiled.iter_errors(record))))


def _fast_hits(error: Any) -> list[Hit]:
    pointer = _pointer(error.instance_path)
    keyword = error.schema_path[-1] if error.schema_path else ""
    if keyword == "required":
        return [_missing(pointer, error.kind.property)]
    if keyword == "additionalProperties":
        return [_unknown(pointer, key, error.instance) for key in error.kind.unexpected]
    if keyword == "anyOf":
        branches = [list(chain.from_iterable(map(_fast_hits, b))) for b in error.kind.context]
        return _nearest(pointer, branches)
    return [_hit(keyword, pointer, error.instance, error.kind.value, error.message)]


def user_schema(path: str | Path) -> Callable[[Any], list[Hit]]:
    """Return a check of records by a user's schema file; hits are those of `check`.

    Args:
        path: A JSON file; `$schema` chooses the draft, 2020-12 where there is none.

    Raises:
        UsageError: If the file cannot be read, is no JSON, or is no valid schema, and when a
            record is checked by a reference that points outside the file.
    """
    import jsonschema
    import referencing

    try:
        schema = orjson.loads(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{path}: is no JSON: {error}", hint="write one JSON object") from None
    draft = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
    try:
        draft.check_schema(schema)
    except jsonschema.SchemaError as error:
        at = _pointer(error.absolute_path) or "the whole"
        raise UsageError(
            f"{path}: is no JSON Schema: {error.message} (at {at})",
            hint="write it by https://json-schema.org/draft/2020-12",
        ) from None
    compiled = draft(schema, registry=referencing.Registry())

    def check_record(record: Any) -> list[Hit]:
        try:
            errors = compiled.iter_errors(record)
            return _settled(chain.from_iterable(map(_reference_hits, errors)))
        except referencing.exceptions.Unresolvable as error:
            raise UsageError(
                f"{path}: the reference {error.ref} is not in the file",
                hint="nothing is fetched: put it under $defs",
            ) from None

    return check_record


def _reference_hits(error: Any) -> list[Hit]:
    pointer = _pointer(error.absolute_path)
    if error.validator == "required":
        keys = (key for key in error.validator_value if error.message.startswith(repr(key)))
        if (missing := next(keys, None)) is not None:
            return [_missing(pointer, missing)]
    if error.validator == "anyOf":
        branches: list[list[Hit]] = [[] for _ in error.validator_value]
        for inner in error.context:
            branches[inner.schema_path[0]] += _reference_hits(inner)
        return _nearest(pointer, branches)
    found, expected = error.instance, error.validator_value
    return [_hit(error.validator, pointer, found, expected, error.message)]


def _missing(pointer: str, key: str) -> Hit:
    return Hit("SCH001", pointer + _pointer([key]), f"the key {key!r} is missing")


def _unknown(pointer: str, key: str, found: Mapping[str, Any]) -> Hit:
    why = f"the key {printable(key)!r} is not known here"
    return Hit("SCH005", pointer + _pointer([key]), why, found.get(key), "leave it out")


def _nearest(pointer: str, branches: Sequence[list[Hit]]) -> list[Hit]:
    """Return what is wrong by the alternative that the value comes nearest to.

    That is the one with the fewest faults, and of those one that only lacks keys; where several
    lack one key each, one hit names them all.
    """
    fewest = min(map(len, branches))
    near = [hits for hits in branches if len(hits) == fewest]
    lacking = [hits for hits in near if all(hit.code == "SCH001" for hit in hits)]
    here = [hits[0].pointer for hits in lacking]
    if fewest > 1 or len(lacking) < 2 or any(at.rpartition("/")[0] != pointer for at in here):
        return (lacking or near)[0]
    names = ", ".join(at.rpartition("/")[2] for at in here)
    return [Hit("SCH001", here[0], f"missing: one of {names} is expected")]


def _hit(keyword: str | int, pointer: str, found: Any, expected: Any, message: str) -> Hit:
    if keyword == "type":
        message = f"expected {_types(expected)}, found {json_type(found)}"
        return Hit("SCH002", pointer, message, found, _retype(expected, pointer, found))
    if keyword in ("enum", "const"):
        allowed = expected if keyword == "enum" else [expected]
        values = ", ".join(map(_said, allowed))
        return Hit("SCH003", pointer, f"expected {'one of ' * (len(allowed) > 1)}{values}", found)
    if keyword == "pattern":
        why = f"expected text of the pattern {printable(json.dumps(expected))}"
        return Hit("SCH003", pointer, why, found)
    if (words := _BOUNDS.get(str(keyword))) is not None:
        return Hit("SCH003", pointer, f"expected {words} {expected}", found)
    if keyword == "not" and found is None:
        return Hit("SCH001", pointer, "a value is expected, found null")
    if keyword in _LENGTHS:
        return Hit("SCH004", pointer, _length(str(keyword), expected, found), found)
    return Hit("SCH005", pointer, printable(message, 200), found)


def _pointer(where: Iterable[str | int]) -> str:
    """Return a JSON Pointer (RFC 6901)."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in where)
    return "".join(f"/{step}" for step in steps)


def _types(expected: Any) -> str:
    if isinstance(expected, str):
        return expected
    return " or ".join(sorted(expected)) if isinstance(expected, list) else "another type"


def _retype(expected: Any, pointer: str, found: Any) -> str | None:
    """Return what to write in place of a value of the wrong type."""
    types = [expected] if isinstance(expected, str) else list(expected)
    forms = [_WRITE[name] for name in _WRITE if name in types and name != "null"]
    if not forms:
        return None
    form = " or ".join(forms)
    if found is None:
        return f"leave the key out, where it may be missing, or write {form}"
    if "string" in types and isinstance(found, (bool, int, float)):
        return f'write text as text (`"{printable(json.dumps(found))}"`)'
    column = pointer.count("/") == 1
    return f"write it as {form}" + (", or --map the right column" if column else "")


def _length(keyword: str, limit: Any, found: Any) -> str:
    words, noun = _LENGTHS[keyword]
    many = "" if limit == 1 else "s"
    size = f"a list of {_size(found)}" if noun.startswith("matching") else _size(found)
    return f"expected {words} {limit} {noun}{many}, found {size}"


def _size(value: Any) -> int | str:
    return len(value) if isinstance(value, (str, list, Mapping)) else json_type(value)


def _settled(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits in order, each place once where its type or value is wrong.

    A value of the wrong type is never one of those allowed, so its type is all that is said.
    """
    seen: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        about = "value" if hit.code in ("SCH002", "SCH003") else hit.message
        known = seen.setdefault((hit.pointer, about), hit)
        if known.code == "SCH003" and hit.code == "SCH002":
            seen[hit.pointer, about] = hit
    return list(seen.values())


def _said(value: Any) -> str:
    """Return an allowed value: text as it is, the empty text and all else as JSON."""
    return printable(value if isinstance(value, str) and value else json.dumps(value))
