"""Two values side by side, as people see what differs: pointers, and words of texts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from curate.build.lint.masking import hidden
from curate.build.overview.tallies import shown_text
from curate.files.json_text import dumps

# How much of two long texts is compared by words, from where they begin to differ; how much of
# what both have is shown around a change; and how much is shown of a value.
_WINDOW_CHARS, _AROUND_CHARS, _VALUE_CHARS = 4_000, 400, 300
_MASKED_CHARS = 20_000
_KEPT_WORDS = 6
_WORD = re.compile(r"\s+|[^\s]+")
_MOST_CHANGES = 50


class Change(NamedTuple):
    """A value that differs.

    Attributes:
        pointer: JSON Pointer (RFC 6901) to it, the same in both rows.
        before: The first row's, None where it has none.
        after: The second row's.
    """

    pointer: str
    before: Any
    after: Any


def changes(before: Any, after: Any, pointer: str = "") -> Iterator[Change]:
    """Yield the values that differ, deepest first found, in the order of the first row's keys."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            name = key.replace("~", "~0").replace("/", "~1")
            yield from changes(before.get(key), after.get(key), f"{pointer}/{name}")
    elif isinstance(before, list) and isinstance(after, list):
        for at in range(max(len(before), len(after))):
            old = before[at] if at < len(before) else None
            new = after[at] if at < len(after) else None
            yield from changes(old, new, f"{pointer}/{at}")
    elif before != after or type(before) is not type(after):
        yield Change(pointer, before, after)


def told(before: Any, after: Any) -> tuple[list[dict[str, Any]], int]:
    """Return the first 50 changes as a document shows them, and how many more there are."""
    found = list(changes(before, after))
    return [_told(each) for each in found[:_MOST_CHANGES]], max(0, len(found) - _MOST_CHANGES)


def _told(change: Change) -> dict[str, Any]:
    pointer = shown_text(change.pointer, _VALUE_CHARS)
    if isinstance(change.before, str) and isinstance(change.after, str):
        return {"pointer": pointer, "words": words_of(change.before, change.after)}
    return {"pointer": pointer, "a": value_shown(change.before), "b": value_shown(change.after)}


def value_shown(value: Any) -> str | None:
    """Return a value as text: masked and cut, None where there is none."""
    if value is None:
        return None
    return shown_text(value if isinstance(value, str) else dumps(value), _VALUE_CHARS)


def words_of(before: str, after: str) -> list[list[str]]:
    """Return what differs between two texts by words: `["=", …]`, `["-", …]` and `["+", …]`.

    Of what both have a few words around each change are kept. Secrets and personal data are
    masked; where nothing else differs, that is said in their place.
    """
    # What is masked is far wider than what is shown, so that nothing is cut unrecognised.
    wide = _windows(before, after, _MASKED_CHARS)
    masked = hidden(wide[0]), hidden(wide[1])
    if masked[0] == masked[1]:
        return [["=", "what differs is masked"]]
    old, new = _windows(*masked, _AROUND_CHARS)
    one, other = _WORD.findall(old), _WORD.findall(new)
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    parts: list[list[str]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            parts.append(["=", _around(one[a:b], first=a == 0, last=b == len(one))])
            continue
        parts += [["-", "".join(one[a:b])]] if b > a else []
        parts += [["+", "".join(other[c:d])]] if d > c else []
    return [[sign, text] for sign, text in parts if text]


def _windows(before: str, after: str, around: int) -> tuple[str, str]:
    """Return two texts from so many characters before they begin to differ to where they end to.

    Of what stands between, some 4,000 characters are kept.
    """
    most = min(len(before), len(after))
    start = _common(before, after, most)
    rest = before[start:][::-1], after[start:][::-1]
    end = _common(*rest, most)
    start = max(0, start - around)
    cut = []
    for text in (before, after):
        stop = min(len(text) - end + around, len(text))
        window = text[start : min(stop, start + 2 * around + _WINDOW_CHARS)]
        shown = window if start + len(window) == len(text) else window + "…"
        cut.append(shown if start == 0 else "…" + shown)
    return cut[0], cut[1]


def _common(one: str, other: str, most: int) -> int:
    """Return how many characters two texts have in common at their beginning."""
    most = min(most, len(one), len(other))
    if one[:most] == other[:most]:
        return most
    low, high = 0, most
    while low + 1 < high:
        middle = (low + high) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle
    return low


def _around(words: list[str], *, first: bool, last: bool) -> str:
    """Return the words next to a change; those far from it are an ellipsis."""
    keep = 2 * _KEPT_WORDS
    head = [] if first else words[:keep]
    tail = [] if last else words[-keep:]
    if len(head) + len(tail) >= len(words):
        return "".join(words)
    return "".join([*head, "…", *tail])
