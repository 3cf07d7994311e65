"""How texts are redacted, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from curate.redaction.labels import KINDS
from curate.redaction.pseudonyms import Numbering, Style


@dataclass(frozen=True, slots=True)
class Plan:
    """How texts are redacted.

    Attributes:
        kinds: What is hidden, of `labels.KINDS`.
        style: `placeholder` or `fake`.
        numbering: How far a number reaches: `dataset`, `row` or `none`.
        seed: Of invented values.
        roles: `boss=anna@example.com`, one each.
        names: Further names to look for.
        region: The region (ISO 3166-1) of phone numbers without a country, or None.
        remember: Keep what was hidden, for a key file.
    """

    kinds: frozenset[str] = frozenset(KINDS)
    style: Style = "placeholder"
    numbering: Numbering = "dataset"
    seed: int = 0
    roles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    region: str | None = None
    remember: bool = False


@dataclass(slots=True)
class Tally:
    """What was hidden, in numbers.

    Attributes:
        kinds: Places by kind.
        rules: Places by the rule that found them.
        unsure: Places that were hidden on a weak sign, by rule.
        ambiguous: Names that may be several people's.
        rows: Rows that were changed.
        media: References to media that were changed.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    ambiguous: int = 0
    rows: int = 0
    media: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a row that is worth a look.

    Attributes:
        code: What it is.
        pointer: JSON Pointer to the text.
        start: Index of its first character in the redacted text.
        length: Its characters.
    """

    code: str
    pointer: str
    start: int
    length: int
