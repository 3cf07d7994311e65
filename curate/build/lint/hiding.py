"""What a chunk's rows and file hide of what is found in them, and whether they hid anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from curate.build.settings import Settings
from curate.checks import Selection, suppressor
from curate.checks.suppression import Suppressor, Wish
from curate.errors import printable
from curate.files.json_text import parse_record
from curate.files.limits import DEFAULT_LIMITS
from curate.finding import Finding, Hit
from curate.row import IGNORED


@dataclass(slots=True)
class Hiding:
    """The findings of one chunk that are not reported.

    Attributes:
        suppressor: What says which findings may be hidden.
        path: The chunk's input.
        wishes: What a record's rows do not want to hear of, by the record's index.
        hidden: How many findings of which code were hidden.
        patterns_used: How many findings which pattern of files hid, by its position.
    """

    suppressor: Suppressor
    path: str
    wishes: dict[int, Wish] = field(default_factory=dict)
    hidden: Counter[str] = field(default_factory=Counter)
    patterns_used: Counter[int] = field(default_factory=Counter)
    _of_file: list[int] = field(init=False)
    _used: set[tuple[int, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._of_file = self.suppressor.of_file(self.path) if self.suppressor.patterns else []

    def wish(self, index: int, value: object) -> Wish:
        """Note what a record does not want to hear of."""
        self.wishes[index] = wish = self.suppressor.wish(value)
        return wish

    def codes(self, index: int) -> frozenset[str]:
        """Return every code that a record or its file names."""
        named = [self.suppressor.patterns[at].codes for at in self._of_file]
        if index in self.wishes:
            named += [codes for _, codes in self.wishes[index].entries]
        return frozenset().union(*named)

    def hides(self, finding: Finding, index: int | None = None) -> bool:
        """Return whether a finding is hidden, and count it."""
        wish = self.wishes.get(index) if index is not None else None
        if wish is None and not self._of_file:
            return False
        code = finding.code
        if not self.suppressor.may_hide(code, finding.severity):
            return False
        entries = wish.naming(code) if wish is not None else []
        patterns = [at for at in self._of_file if code in self.suppressor.patterns[at].codes]
        if not (entries or patterns):
            return False
        if index is not None:
            self._used.update((index, entry) for entry in entries)
        self.patterns_used.update(patterns)
        self.hidden[code] += 1
        return True

    def refused(self, index: int, record: Any, errors: Sequence[str]) -> list[Hit]:
        """Return hits for the errors that an unusable record asks to hide.

        Args:
            index: The record.
            record: Its values, or its bytes.
            errors: The codes of its errors.
        """
        if index in self.wishes:
            return []
        if isinstance(record, bytes):
            record, _ = parse_record(record, DEFAULT_LIMITS)
        if not isinstance(record, dict):
            return []
        wish = self.suppressor.wish(record.get(IGNORED))
        why = "the record becomes no row, so this cannot be hidden"
        return [
            Hit("SCH034", f"/{IGNORED}", f"{code}: {why}", ", ".join(wish.naming(code)))
            for code in dict.fromkeys(errors)
            if wish.naming(code)
        ]

    def unused(self) -> Iterator[tuple[int, list[Hit]]]:
        """Yield each record with hits for what it names that was looked for and not found."""
        for index, wish in self.wishes.items():
            hits = [
                Hit("SCH032", f"/{IGNORED}", f"{printable(entry)!r} hides nothing here", entry)
                for entry, codes in wish.entries
                if (index, entry) not in self._used
                and self.suppressor.looked_for(codes, in_rows=True)
            ]
            if hits:
                yield index, hits


class RunHiding:
    """What a whole run hides beside its chunks, and which patterns of files hid nothing.

    Args:
        settings: The run's settings.
        selection: What they select.

    Attributes:
        patterns_used: How many findings which pattern hid, by its position.
    """

    def __init__(self, settings: Settings, selection: Selection) -> None:
        self.patterns_used: Counter[int] = Counter()
        self._selected = selection.codes | settings.allow_loss
        self._suppressor = suppressor(selection, settings.per_file_ignores)
        self._may_miss = settings.patterns_may_miss

    def keeps(self, finding: Finding, hidden: Counter[str]) -> bool:
        """Return whether a finding about a file is reported; count one that a pattern hides."""
        if finding.code not in self._selected and finding.severity != "error":
            return False
        if finding.file is None or not self._suppressor.patterns:
            return True
        hiding = Hiding(self._suppressor, finding.file)
        if not hiding.hides(finding):
            return True
        hidden[finding.code] += 1
        self.patterns_used.update(hiding.patterns_used)
        return False

    def unused(self, paths: Sequence[str]) -> Iterator[str]:
        """Yield what is to be said of each pattern that hid nothing in these inputs."""
        for at, own in enumerate(self._suppressor.patterns):
            if not any(map(own.matches, paths)):
                if not self._may_miss:
                    yield f"the pattern {printable(own.pattern)!r} names no input"
            elif not self.patterns_used[at] and self._suppressor.looked_for(own.codes):
                codes = ", ".join(own.entries)
                yield f"the pattern {printable(own.pattern)!r} hides nothing ({codes})"
