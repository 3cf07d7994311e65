"""Marks that ChatGPT turns into links to its sources, taken out of a text.

Two spellings are in use: `【12†source】`, and a run between the private signs U+E200 and U+E201
whose fields U+E202 parts: `cite` and `turn0search3`, `url` with the label that is shown,
`entity` with a JSON list whose second item is shown.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

_OPEN, _CLOSE, _PART = "\ue200", "\ue201", "\ue202"
_LONGEST = 2_000
_MARK = re.compile(
    rf"(?P<blank> ?)(?:{_OPEN}(?P<fields>[^{_OPEN}{_CLOSE}]{{0,{_LONGEST}}}){_CLOSE}"
    r"|【[^】†\n]{0,200}†[^】\n]{0,200}】|(?P<lone>[\ue200-\ue20f]))"
)


def without_citations(text: str) -> tuple[str, int]:
    """Return a text without such marks, and how many there were; linear in its length."""
    if _OPEN not in text and "†" not in text and not any(c in text for c in "\ue201\ue202\ue203"):
        return text, 0
    return _MARK.subn(_shown, text)


def _shown(found: re.Match[str]) -> str:
    """Return what a mark shows: a label with the blank before it, or nothing."""
    if found["lone"]:
        return found["blank"]
    fields = (found["fields"] or "").split(_PART)
    label = ""
    if len(fields) > 1 and fields[0] == "url":
        label = fields[1]
    elif len(fields) > 1 and fields[0] == "entity":
        label = _name_of(fields[1])
    return f"{found['blank']}{label}" if label else ""


def _name_of(text: str) -> str:
    try:
        listed: Any = orjson.loads(text)
    except ValueError:
        return ""
    named = isinstance(listed, list) and len(listed) > 1 and isinstance(listed[1], str)
    return listed[1] if named else ""
