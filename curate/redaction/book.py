"""Who is looked for, and what is found of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from curate.redaction.identities import Identity
from curate.redaction.lexicon import folded, is_common, known_given
from curate.redaction.matching import NameMatcher
from curate.redaction.views import View

_SHORT_HANDLE = 5


class Span(NamedTuple):
    """Something to be hidden.

    Attributes:
        start: Index of the first character.
        end: Index behind the last.
        kind: One of `labels.KINDS`.
        key: Which thing it is; "" where it cannot be told from others.
        who: Those whom a name may mean; empty for a stranger and for what is no name.
        form: The parts of a name, as `matching.Named` has them.
        rule: What found it.
        sure: Whether that is certain enough not to be looked at.
        mine: Whether it signs a text of the person whose messages are learnt.
    """

    start: int
    end: int
    kind: str
    key: str
    who: tuple[Identity, ...] = ()
    form: str = ""
    rule: str = ""
    sure: bool = True
    mine: bool = False


@dataclass(slots=True)
class Book:
    """Who is looked for.

    Attributes:
        people: All of them.
        typed: Words that were typed as names, in lower case.
        ordinary: Words that the texts have in lower case; None where that is not known.
        matcher: Finds their names.
        handles: Address, number or user name as it is compared → whose it is.
        words: User names that are looked for as words.
        word_heads: A word of each of them.
        named: Of those, the ones that are words of the bearer's name.
        initials: Initials of a given and a family name → whose they are.
        me: The person whose messages are learnt, or None.
    """

    people: tuple[Identity, ...]
    typed: frozenset[str] = frozenset()
    ordinary: Collection[str] | None = None
    matcher: NameMatcher = field(init=False)
    handles: dict[str, Identity] = field(init=False)
    words: frozenset[str] = field(init=False)
    word_heads: frozenset[str] = field(init=False)
    named: frozenset[str] = field(init=False)
    initials: dict[str, tuple[Identity, ...]] = field(init=False)
    me: Identity | None = field(init=False)

    def __post_init__(self) -> None:
        self.matcher = NameMatcher(self.people, self.typed, self.ordinary)
        self.handles = {handle: who for who in self.people for handle in who.handles}
        self.words = frozenset(filter(_is_telling, self.handles))
        # `ann_b` stands where the word `ann` does; one without any word is in no text.
        self.word_heads = frozenset(head for word in self.words for head in _head(word))
        self.named = frozenset(word for word in self.words if _names(self.handles[word], word))
        self.initials = _initials(self.people)
        self.me = next((who for who in self.people if who.role == "Your"), None)


def _head(word: str) -> Iterable[str]:
    return sorted(View(word).low, key=len)[-1:]


def _is_telling(handle: str) -> bool:
    """Tell whether a user name is one wherever it stands as a word."""
    if "@" in handle or handle.startswith("+") or handle.isdigit() or len(handle) < _SHORT_HANDLE:
        return False
    return any(not c.isalpha() for c in handle) or not (
        is_common(handle) or handle in known_given()
    )


def _names(who: Identity, word: str) -> bool:
    return word in who.whole or any(
        word == folded(part) for name in who.names for part in (name.given, name.family, name.key)
    )


def _initials(people: Iterable[Identity]) -> dict[str, tuple[Identity, ...]]:
    """Return initials in capitals → whose they are: `AB` and, with a middle name, `AMB`."""
    found: defaultdict[str, dict[str, Identity]] = defaultdict(dict)
    for who in people:
        for name in who.names:
            if name.is_full:
                middle = "".join(part[0] for part in name.middle)
                for between in {"", middle}:
                    found[f"{name.given[0]}{between}{name.family[0]}".upper()][who.key] = who
    return {initials: tuple(bearers.values()) for initials, bearers in found.items()}
