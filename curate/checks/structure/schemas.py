"""Tool schemas as parsed values, and what Arrow's padding leaves in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# Where a null is a value, as in a schema's `default`, or an item, as in its `enum`.
_NULL_IS_A_VALUE = frozenset({"default", "const", "example"})
_NULL_IS_AN_ITEM = frozenset({"enum", "examples"})
_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_BRANCHES = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class Body:
    """What a tool says of itself.

    Attributes:
        pointer: JSON Pointer into the row, `/tools/0`.
        name: Its name, or "".
        body: The object that holds name and parameters; the entry itself or what it wraps.
        parameters: The JSON Schema of the parameters, or None where there is no object.
    """

    pointer: str
    name: str
    body: dict[str, Any]
    parameters: dict[str, Any] | None


@lru_cache(maxsize=512)
def bodies_of(text: str | None) -> tuple[Body, ...]:
    """Return the tools of a row's `tools` column that are objects; faulty ones are left out."""
    try:
        entries = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    found = (_body(f"/tools/{at}", entry) for at, entry in enumerate(entries))
    return tuple(body for body in found if body is not None)


def _body(pointer: str, entry: Any) -> Body | None:
    if not isinstance(entry, dict):
        return None
    body = entry
    if isinstance(kind := entry.get("type"), str) and isinstance(entry.get(kind), dict):
        body = entry[kind]
    name = body.get("name")
    parameters = body.get("parameters", body.get("input_schema"))
    return Body(
        pointer,
        name if isinstance(name, str) else "",
        body,
        parameters if isinstance(parameters, dict) else None,
    )


def properties_of(schema: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Return the schema of each property of an object's schema that has one."""
    found = (schema or {}).get("properties")
    if not isinstance(found, dict):
        return {}
    return {name: inner for name, inner in found.items() if isinstance(inner, dict)}


def subschemas(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a schema and every schema of a value inside it, each with its path (`city.items`)."""
    yield path, schema
    for name, inner in properties_of(schema).items():
        yield from subschemas(inner, f"{path}.{name}" if path else name)
    if isinstance(items := schema.get("items"), dict):
        yield from subschemas(items, f"{path}.items" if path else "items")
    for key in _BRANCHES:
        branches = schema.get(key)
        for branch in branches if isinstance(branches, list) else ():
            if isinstance(branch, dict):
                yield from subschemas(branch, path)


def types_of(schema: dict[str, Any]) -> tuple[str, ...]:
    """Return the JSON types that a schema names, in order."""
    named = schema.get("type")
    if isinstance(named, str):
        return (named,)
    return tuple(t for t in named if isinstance(t, str)) if isinstance(named, list) else ()


def without_padding(schema: Any) -> Any:
    """Return a schema without the nulls that Arrow puts where another row's tool has a key.

    Source: ms-swift 4.6 `swift/utils/schema_utils.py:remove_arrow_padding`.
    """
    if isinstance(schema, list):
        return [without_padding(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NULL_IS_A_VALUE or key.startswith("x-"):
            kept[key] = value
        elif value is None:
            continue
        elif key in _NULL_IS_AN_ITEM:
            kept[key] = value
        elif key in _MAPS and isinstance(value, dict):
            kept[key] = {
                n: without_padding(inner) for n, inner in value.items() if inner is not None
            }
        else:
            kept[key] = without_padding(value)
    return kept


def unpadded(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema `without_padding`; one that is nested too deeply as it stands."""
    try:
        cleaned: dict[str, Any] = without_padding(schema)
    except RecursionError:
        return schema
    return cleaned


def dumped(value: Any) -> str:
    """Return a value as JSON text; letters stand as they are unless half a surrogate is there."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def padding_of(schema: Any, path: str = "") -> list[str]:
    """Return the paths of the nulls that `without_padding` takes out, `properties.city`."""
    if isinstance(schema, list):
        return [p for at, item in enumerate(schema) for p in padding_of(item, f"{path}.{at}")]
    if not isinstance(schema, dict):
        return []
    found: list[str] = []
    for key, value in schema.items():
        here = f"{path}.{key}" if path else key
        if key in _NULL_IS_A_VALUE or key.startswith("x-"):
            continue
        if value is None:
            found.append(here)
        elif key not in _NULL_IS_AN_ITEM:
            found += padding_of(value, here)
    return found
