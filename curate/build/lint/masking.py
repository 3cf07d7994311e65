"""What a finding shows of a text that holds secrets or personal data."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from curate.detect import PERSONAL, SECRETS, masked
from curate.finding import shown

_DETECTORS = (*SECRETS, *PERSONAL)
# More of a value than is ever shown, so that nothing is cut before it is recognised.
_CHARS = 400


@cache
def _needs() -> re.Pattern[str]:
    return re.compile("|".join(detector.needs for detector in _DETECTORS))


def hidden(text: str) -> str:
    """Return a text with each secret and each piece of personal data masked."""
    if not _needs().search(text):
        return text
    places = [place for detector in _DETECTORS for place in detector.places(text)]
    parts: list[str] = []
    at = 0
    for place in sorted(places, key=lambda place: place.start):
        if place.start >= at:
            parts += (text[at : place.start], masked(text[place.start : place.end]))
        at = max(at, place.end)
    return "".join((*parts, text[at:]))


def hidden_value(value: Any) -> str | None:
    """Return a value as a finding shows it, masked as by `hidden`."""
    if isinstance(value, str):
        return shown(hidden(value[:_CHARS]) + value[_CHARS:])
    text = shown(value)
    return None if text is None else hidden(text)
