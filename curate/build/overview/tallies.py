"""Values that rows have, counted: bounded however many different ones there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from curate.build.lint.masking import hidden
from curate.finding import cut

# Different values that are counted, and the characters that tell two apart.
_DIFFERENT, _CHARS = 10_000, 500
_SHOWN, _SHOWN_CHARS = 20, 200
_MARGIN_CHARS = 400


@dataclass(slots=True)
class Tally:
    """How many rows have which value.

    The first 10,000 different values are counted, by their first 500 characters; rows with later
    ones are counted together.

    Attributes:
        counts: Rows by value.
        beyond: Rows with a value that came when there were too many.
    """

    counts: Counter[str] = field(default_factory=Counter)
    beyond: int = 0

    def add(self, values: Iterable[str | None]) -> None:
        """Count rows by their value; null is none."""
        for value, n in Counter(values).items():
            if value is None:
                continue
            key = value[:_CHARS]
            if key in self.counts or len(self.counts) < _DIFFERENT:
                self.counts[key] += n
            else:
                self.beyond += n

    def to_dict(self) -> dict[str, Any]:
        """Return the counts: the 20 most frequent, of equal ones the first by their text."""
        ranked = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        top = ranked[:_SHOWN]
        rows = self.counts.total() + self.beyond
        return {
            "rows": rows,
            "different": len(self.counts),
            "different_is_least": self.beyond > 0,
            "top": [{"value": shown_text(value, _SHOWN_CHARS), "rows": n} for value, n in top],
            "others": rows - sum(n for _, n in top),
        }


def shown_text(text: str, limit_chars: int) -> str:
    """Return a text as a document shows it: cut, with secrets and personal data masked."""
    window = text[: limit_chars + _MARGIN_CHARS]
    masked = hidden(window)
    if len(window) < len(text):
        # What stands at the end of the window may go on behind it, and so be unrecognised.
        masked = masked[: max(0, len(masked) - _MARGIN_CHARS)] + "…"
    return cut(masked, limit_chars)
