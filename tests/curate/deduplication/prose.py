"""Made-up prose."""

from __future__ import annotations

import random

_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
WORDS = [
    first + second + third for first in _SYLLABLES[:30] for second in _SYLLABLES[30:60]
    for third in ("", "n", "ra")
]  # fmt: skip


def prose(draw: random.Random, n_words: int) -> str:
    """Return sentences of 6 to 12 words."""
    found: list[str] = []
    left = n_words
    while left > 0:
        size = min(left, draw.randint(6, 12))
        found.append(" ".join(draw.choice(WORDS) for _ in range(size)).capitalize() + ".")
        left -= size
    return " ".join(found)
