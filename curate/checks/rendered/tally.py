"""What is counted of all rows' tokens, chunk by chunk; the same whatever the chunks are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from curate.checks.base import Spot

if TYPE_CHECKING:
    from curate.checks.rendered.reading import Reading

_PERCENTILES = (50, 95, 99)


class Place(NamedTuple):
    """Where a row came from."""

    file: str
    line: int
    byte_offset: int
    id: str | None


class Fact(NamedTuple):
    """Something that is said once: the first row where it was seen, and in how many it was."""

    place: Place
    spot: Spot
    rows: int


@dataclass(slots=True)
class Tally:
    """Token counts of rows.

    Attributes:
        tokenizer: The tokenizer as typed.
        chat_template: The template's name, None where there is none.
        max_length: As typed, or None.
        tokens: Of all sequences; a pair has two.
        trained: Those that carry loss.
        lengths: Rows by the tokens of their longest sequence.
        over: Rows longer than `max_length`.
        unread: Rows that could not be rendered.
        unmasked: Rows of which it cannot be said what is trained; none of their tokens counts so.
        longest: The longest row's tokens and place; of equal ones the first.
        facts: What is said once, by code.
    """

    tokenizer: str
    chat_template: str | None
    max_length: int | None
    tokens: int = 0
    trained: int = 0
    lengths: Counter[int] = field(default_factory=Counter)
    over: int = 0
    unread: int = 0
    unmasked: int = 0
    longest: tuple[int, Place] | None = None
    facts: dict[str, Fact] = field(default_factory=dict)

    def count(self, reading: Reading, place: Place) -> None:
        """Count one row."""
        if all(side.encoded is None for side in reading.sides):
            self.unread += 1
            return
        length = reading.length
        self.tokens += sum(side.length for side in reading.sides)
        self.trained += sum(side.trained for side in reading.sides)
        self.lengths[length] += 1
        self.unmasked += any(side.unmasked is not None for side in reading.sides)
        if self.max_length is not None and length > self.max_length:
            self.over += 1
        if self.longest is None or length > self.longest[0]:
            self.longest = length, place

    def note(self, code: str, spot: Spot, place: Place, rows: int = 1) -> None:
        """Note something that is said once."""
        known = self.facts.get(code)
        self.facts[code] = (
            known._replace(rows=known.rows + rows) if known else Fact(place, spot, rows)
        )

    def add(self, other: Tally) -> None:
        """Add the counts of rows that come behind these."""
        self.tokens += other.tokens
        self.trained += other.trained
        self.lengths.update(other.lengths)
        self.over += other.over
        self.unread += other.unread
        self.unmasked += other.unmasked
        if other.longest and (self.longest is None or other.longest[0] > self.longest[0]):
            self.longest = other.longest
        for code, (place, spot, rows) in other.facts.items():
            self.note(code, spot, place, rows)

    @property
    def rows(self) -> int:
        """The rows that were counted."""
        return self.lengths.total()

    def percentiles(self) -> Iterator[tuple[int, int]]:
        """Yield (percentile, tokens): the smallest length that so many in a hundred rows have."""
        lengths = sorted(self.lengths)
        ends = list(accumulate(self.lengths[length] for length in lengths))
        for percent in _PERCENTILES if lengths else ():
            at = next(n for n, end in enumerate(ends) if end * 100 >= percent * self.rows)
            yield percent, lengths[at]

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as the report's `tokens`."""
        longest = None
        if self.longest is not None:
            tokens, place = self.longest
            longest = {"tokens": tokens, **place._asdict()}
        return {
            "tokenizer": self.tokenizer,
            "chat_template": self.chat_template,
            "max_length": self.max_length,
            "rows": self.rows,
            "rows_not_rendered": self.unread,
            "rows_not_masked": self.unmasked,
            "rows_over_max_length": self.over if self.max_length is not None else None,
            "tokens": self.tokens,
            "trained_tokens": self.trained,
            "longest": longest,
            **{f"p{percent}": length for percent, length in self.percentiles()},
        }

    def lines(self) -> Iterator[str]:
        """Yield the counts as lines for people."""
        by = f", template {self.chat_template}" if self.chat_template else ""
        yield (
            f"tokens: {self.tokens:,} in {self.rows:,} rows, {self.trained:,} of them trained "
            f"({self.tokenizer}{by})"
        )
        if self.longest is not None:
            tokens, place = self.longest
            middle = ", ".join(f"p{percent} {length:,}" for percent, length in self.percentiles())
            yield f"  a row: {middle}, longest {tokens:,} ({place.file}:{place.line})"
        if self.max_length is not None:
            yield f"  over max_length {self.max_length:,}: {self.over:,} rows"
        if self.unread:
            yield f"  not rendered: {self.unread:,} rows"
        if self.unmasked:
            yield f"  what is trained cannot be told: {self.unmasked:,} rows, counted as untrained"
