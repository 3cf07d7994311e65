"""Every string of a row that leaves, taken out to be changed and put back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from curate.redaction.strings import Node, Text, node_of, texts_in
from curate.row import MESSAGE_COLUMNS, Row

# Words of a schema, of which a text can be no name: they are left alone.
_FIXED = frozenset({"role", "type", "sha256", "format", "backend", "prompt_sha256", "mime"})
# Labels that rows share, and what tells rows apart (`id`, `group`, `origin.parent`), are changed by
# whoever knows all rows.
LABELS = ("category", "language")
_SHORTEST = 5
_COLUMNS = (
    *MESSAGE_COLUMNS,
    "text",
    "segments",
    "completions",
    "tools",
    "media",
    "extra",
    "layout",
    "origin",
    "generated",
)


@dataclass(slots=True)
class Place:
    """Where a string of a row stands.

    Attributes:
        holder: The object or list it is in.
        key: Its key or index there.
        node: The string.
    """

    holder: Any
    key: Any
    node: Node


def places(row: Row) -> list[Place]:
    """Return every string of a row that can say something, in the order of reading.

    Roles, types, formats and hashes are words of ours and left out; `id`, `group`, `category`,
    `language` and the path and parent of the origin too, which are the same over all rows.

    Args:
        row: A row as `row.from_batch` gives it. Its lists and objects are changed by `put_back`.
    """
    return [
        Place(
            holder,
            key,
            node_of(Text(holder[key], "", pointer, own and key != "name", key == "name")),
        )
        for holder, key, pointer, own in _strings(row)
    ]


def put_back(found: list[Place]) -> set[str]:
    """Put the strings back into the row as they are now.

    Returns:
        The columns in which one changed.
    """
    changed: set[str] = set()
    for place in found:
        made = place.node.value()
        if made is not place.holder[place.key] and made != place.holder[place.key]:
            place.holder[place.key] = made
            changed.add(place.node.text.pointer.split("/", 2)[1])
    return changed


_Found = tuple[Any, Any, str, bool]


def _strings(row: Row) -> Iterator[_Found]:
    """Yield where the strings of a row stand: holder, key, pointer, whether I wrote it."""
    for name in _COLUMNS:
        value = row.get(name)
        if value is None:
            continue
        if name in MESSAGE_COLUMNS:
            for at, message in enumerate(value):
                own = message.get("role") == "assistant"
                yield from _inside(message, f"/{name}/{at}", own)
        elif isinstance(value, str):
            yield row, name, f"/{name}", name == "text"
        else:
            yield from _inside(value, f"/{name}", name in ("segments", "completions"))


def _inside(value: Any, pointer: str, own: bool) -> Iterator[_Found]:
    """Yield the strings in an object or a list, at any depth."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, str):
            if key not in _FIXED and not (pointer == "/origin" and key in ("path", "parent")):
                yield value, key, f"{pointer}/{key}", own
        elif isinstance(item, (dict, list)):
            yield from _inside(item, f"{pointer}/{key}", own)


def texts_of(row: Row) -> Iterator[str]:
    """Yield the texts that people wrote to each other in a row, as far as they may greet."""
    for holder, key, _, _ in _strings(row):
        if key != "name":
            for text in texts_in(holder[key]):
                if len(text) > _SHORTEST:
                    yield text
