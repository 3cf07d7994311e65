"""What a rule is, and what separating a mail gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to tell what of a mail its sender did not write.

    Attributes:
        name: The name that cuts carry, `attribution`.
        kind: `quote`, `forward`, `signature` or `footer`.
        about: What it matches, in a sentence.
        clients: Mail programs and services that write it.
        languages: ISO 639-1 codes of the languages whose words it knows; empty where it goes by
            structure alone.
        example: A text with one such thing in it.
    """

    name: str
    kind: str
    about: str
    clients: str
    languages: tuple[str, ...]
    example: str


class Cut(NamedTuple):
    """A part of a text that its sender did not write, or a footer.

    Attributes:
        rule: Name of the rule in `RULES`.
        start: Index of its first character.
        end: Index behind its last.
    """

    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Separated:
    """A mail body, separated.

    Attributes:
        own: What its sender wrote: the text without its cuts, blank edges trimmed and parts that
            stood around a cut parted by one blank line.
        cuts: What is not in `own`, in ascending order and disjoint. They and what is kept cover
            the text; blank lines at the edges belong to neither.
        is_forward: Whether it is nothing or little but a forwarded mail.
    """

    own: str
    cuts: tuple[Cut, ...]
    is_forward: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """What recurs at the end of one person's mails.

    Attributes:
        lines: Its lines, blanks folded, in no order that matters; ascending.
    """

    lines: tuple[str, ...] = ()
