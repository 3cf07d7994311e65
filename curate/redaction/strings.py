"""JSON text whose strings are changed one by one, and nothing else: blanks and numbers stay."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|-?\d[\d.eE+-]{5,}')
_COLON = re.compile(r"\s*:")
_DEEPEST = 4
_LONGEST_LABEL = 60


@dataclass(slots=True)
class Text:
    """A text that is looked at as one.

    Attributes:
        value: The text.
        label: What it is called, the key of an object; "" where it has none.
        pointer: Where it stands in the row.
        own: Whether the person whose messages are learnt wrote it.
        whole: Whether it is one name or address and nothing else.
        number: Whether it stands as a number in JSON.
    """

    value: str
    label: str = ""
    pointer: str = ""
    own: bool = False
    whole: bool = False
    number: bool = False


@dataclass(slots=True)
class _Slot:
    start: int
    end: int
    read: str
    node: Node
    is_key: bool = False


@dataclass(slots=True)
class Node:
    """A text, or JSON text with the texts in it.

    Attributes:
        text: The text itself, or all of the JSON.
        slots: The strings and long numbers of the JSON, in order; empty for a text.
    """

    text: Text
    slots: list[_Slot]

    def texts(self) -> list[Text]:
        """Return the texts in it, in order."""
        if not self.slots:
            return [self.text]
        return [text for slot in self.slots for text in slot.node.texts()]

    def value(self) -> str:
        """Return it with the texts as they are now; what did not change keeps its bytes."""
        if not self.slots or all(slot.node.value() == slot.read for slot in self.slots):
            return self.text.value
        made = self._joined({})
        if made != self.text.value and _has_doubled_key(made):
            made = self._joined(Counter())
        return made

    def _joined(self, met: dict[str, int]) -> str:
        """Return the JSON; a counter tells keys apart that have come to be the same."""
        parts: list[str] = []
        at = 0
        before = self.text.value
        for slot in self.slots:
            written = before[slot.start : slot.end]
            now = slot.node.value()
            if now == slot.read:
                made = written
            else:
                made = _quoted(_told_apart(now, met) if slot.is_key else now)
            parts += (before[at : slot.start], made)
            at = slot.end
        parts.append(before[at:])
        return "".join(parts)


def _told_apart(key: str, met: dict[str, int]) -> str:
    """Return a key, from its second time on with a number where they are counted."""
    if not isinstance(met, Counter):
        return key
    met[key] += 1
    return key if met[key] == 1 else f"{key}~{met[key]}"


def _has_doubled_key(value: str) -> bool:
    """Tell whether an object of a JSON text has a key twice."""
    doubled = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal doubled
        doubled = doubled or len({key for key, _ in pairs}) < len(pairs)

    try:
        json.loads(value, object_pairs_hook=look, parse_int=str)
    except RecursionError:  # too deep to be looked at: the keys stay as they are
        return False
    return doubled


def _quoted(value: str) -> str:
    """Return a JSON string; halves of surrogate pairs are escapes, as only they can be."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def node_of(text: Text, depth: int = 0) -> Node:
    """Return a text as a tree of the texts that are looked at one by one.

    Text that is a JSON object or array is taken apart, to a depth of four such texts in each other;
    all other text is one.
    """
    value = text.value
    head = value[:1]
    if head.isspace():
        head = value.lstrip()[:1]
    if head not in ("{", "[") or depth >= _DEEPEST or not _is_json(value):
        return Node(text, [])
    slots: list[_Slot] = []
    label = text.label
    for found in _TOKEN.finditer(value):
        written = found.group()
        if written[0] != '"':
            inner = Text(written, label, text.pointer, text.own, number=True)
            slots.append(_Slot(*found.span(), written, Node(inner, [])))
            continue
        try:
            decoded = json.loads(written) if "\\" in written else written[1:-1]
        except ValueError:  # what orjson reads and the pattern cuts elsewhere: none is known
            return Node(text, [])
        end = found.end()
        is_key = value[end : end + 1] == ":" or _COLON.match(value, end) is not None
        inner = Text(decoded, "" if is_key else label, text.pointer, text.own)
        slots.append(_Slot(*found.span(), decoded, node_of(inner, depth + 1), is_key))
        if is_key:
            label = decoded[:_LONGEST_LABEL]
    return Node(text, slots)


def texts_in(value: str, depth: int = 0) -> Iterator[str]:
    """Yield the texts that `node_of` finds in a text, numbers left out; several times as fast."""
    head = value[:1]
    if head.isspace():
        head = value.lstrip()[:1]
    if head not in ("{", "[") or depth >= _DEEPEST:
        yield value
        return
    try:
        read = orjson.loads(value)
    except ValueError:  # no JSON, or such as only Python reads
        yield from (text.value for text in node_of(Text(value), depth).texts() if not text.number)
        return
    waiting = [read]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield from texts_in(item, depth + 1)
        elif isinstance(item, dict):
            waiting += [each for pair in reversed(item.items()) for each in reversed(pair)]
        elif isinstance(item, list):
            waiting += reversed(item)


def _is_json(value: str) -> bool:
    try:
        return isinstance(orjson.loads(value), (dict, list))
    except ValueError:
        return _is_python_json(value)


def _is_python_json(value: str) -> bool:
    """Tell whether it is JSON that only Python reads: numbers of any size, lone surrogates."""
    if value.rstrip()[-1:] not in ("}", "]"):
        return False
    try:
        return isinstance(json.loads(value), (dict, list))
    except (ValueError, RecursionError):
        return False
