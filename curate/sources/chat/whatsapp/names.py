"""Where the sender's name ends in a line of a WhatsApp chat."""

from __future__ import annotations

# Longer than any name of a contact that phones take.
_LONGEST_NAME = 100
_REMEMBERED = 10_000
# A name with a colon is known by its recurrence: each of its messages goes on with the same words.
_FEWEST = 3
_QUOTES = (("“", "”"), ("«", "»"), ("„", "“"), ("「", "」"), ('"', '"'))
# Words that logs of programs have at the place of a name.
LEVELS = frozenset(
    (
        "trace",
        "debug",
        "info",
        "notice",
        "warn",
        "warning",
        "error",
        "critical",
        "fatal",
        "severe",
        "fine",
        "verbose",
    )
)


class Names:
    """Names that stand before `: `, found over the whole file; some hold a colon themselves.

    `Team: Anna` is a name where all messages that begin with `Team: ` go on with a name and a
    colon, and each of those names has at least three messages.
    """

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, int] | None] = {}
        self._double: frozenset[str] = frozenset()
        self._names: dict[str, bool] = {}

    def see(self, rest: str) -> None:
        """Take what stands behind the time of a message."""
        name, colon, text = rest.partition(": ")
        if not colon:
            return
        longer = self._seen.get(name, _NEW)
        if longer is None or (longer is _NEW and len(self._seen) >= _REMEMBERED):
            return
        second, colon, _ = text.partition(": ")
        if not colon or len(second) > _LONGEST_NAME:
            self._seen[name] = None
            return
        counts = self._seen.setdefault(name, {})
        assert counts is not None
        counts[second] = counts.get(second, 0) + 1
        if len(counts) > _REMEMBERED:
            self._seen[name] = None

    def settle(self) -> None:
        """Decide which names hold a colon; called once all messages were seen."""
        self._double = frozenset(
            name
            for name, counts in self._seen.items()
            if counts and min(counts.values()) >= _FEWEST
        )
        self._seen.clear()

    def split(self, rest: str) -> tuple[str, str] | None:
        """Return the sender and the text; None for a notice, which has no sender.

        A subject in quotes may hold a colon: a name in which a quotation is opened and not closed
        is none.
        """
        name, colon, text = rest.partition(": ")
        if not colon:
            if not rest.endswith(":"):
                return None
            name, text = rest[:-1], ""
        if name in self._double:
            second, _, text = text.partition(": ")
            name = f"{name}: {second}"
        known = self._names.get(name)
        if known is None:
            known = 0 < len(name.strip()) <= 2 * _LONGEST_NAME and not _open_quote(name)
            if len(self._names) < _REMEMBERED:
                self._names[name] = known
        return (name, text) if known else None


_NEW: dict[str, int] = {}


def _open_quote(name: str) -> bool:
    for begin, end in _QUOTES:
        if begin in name:
            count = name.count(begin)
            return count % 2 == 1 if begin == end else count > name.count(end)
    return False
