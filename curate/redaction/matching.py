"""The names of known people in a text: whole and in parts, in any order, in the forms they take."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import NamedTuple

from curate.redaction.eastern import EasternNames
from curate.redaction.forms import forms_of
from curate.redaction.identities import Identity
from curate.redaction.lexicon import TOKEN, family, folded, is_common, known_given, short
from curate.redaction.naming import Name
from curate.redaction.views import View, standing
from curate.redaction.wording import NOBODY, ORGANISATIONS, PARTICLES

_GAP = re.compile(r"[ \t\u00a0]{1,3}|,[ \u00a0]?|\.[ \u00a0]?|['’‐-]|[ \t]*\r?\n[ \t>]{0,4}")
_MOST_PENDING = 3
_LONGEST_RUN = 8
_LONGEST_NAME = 120
_REACH = 16
# A word with an initial's dot, or what joins a particle, at the very end.
_BEFORE = re.compile(rf"(?<!\w)(?P<word>{TOKEN.pattern})(?P<gap>\.? |[.'’])\Z")
_GIVEN, _MIDDLE, _FAMILY = "g", "m", "f"


class Named(NamedTuple):
    """A place in a text that names somebody.

    Attributes:
        start: Index of the first character.
        end: Index behind the last.
        who: Those it may be; several where a name alone does not tell.
        form: What it consists of: `g` and `f` for given and family name, in the text's order; an
            initial is in capitals.
    """

    start: int
    end: int
    who: tuple[Identity, ...]
    form: str


@dataclass(slots=True)
class _Use:
    """How one person bears a word: which parts of the name it can be."""

    parts: str
    alone: bool


class _Tokens(NamedTuple):
    starts: list[int]
    ends: list[int]
    words: list[str]


class NameMatcher:
    """Finds the names of some people.

    A given and a family name together are found in any case; one alone only as it is written, and
    where it is a common word only if it was typed, or is mine and stands inside a sentence. The
    longest place wins. The time grows with the text.

    Args:
        people: The people.
        typed: Words that were typed as names, in lower case.
        ordinary: Words that the texts have in lower case; None where that is not known.
    """

    def __init__(
        self,
        people: Sequence[Identity],
        typed: Collection[str] = frozenset(),
        ordinary: Collection[str] | None = None,
    ) -> None:
        self._people = people
        self._ordinary = ordinary
        self._typed = typed
        self._uses: defaultdict[str, dict[int, _Use]] = defaultdict(dict)
        self._initials: defaultdict[int, set[str]] = defaultdict(set)
        self._particles: defaultdict[int, set[str]] = defaultdict(set)
        self._eastern = EasternNames()
        for number, person in enumerate(people):
            for name in person.names:
                self._learn(number, name)
            for whole in person.whole:
                self._learn_whole(number, whole)
        self._triggers = frozenset(_spelt(self._uses))
        self._whole: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, person in enumerate(people):
            for text in person.whole:
                if found := TOKEN.search(text):
                    self._whole[found.group()].append((text, number))

    def _learn_whole(self, number: int, text: str) -> None:
        self._eastern.add(number, text, "g", alone=True)

    def _learn(self, number: int, name: Name) -> None:
        if self._eastern.takes(name):
            self._eastern.learn(number, name)
            return
        for part, text in ((_GIVEN, name.given), (_FAMILY, name.family)):
            tokens = [each.lower() for each in TOKEN.findall(text)]
            self._particles[number].update(PARTICLES.intersection(tokens))
            proper = [each for each in tokens if each not in PARTICLES] or tokens
            for at, token in enumerate(proper):
                # Of a name with a hyphen the first part stands alone too, and long others.
                alone = len(proper) == 1 or at == 0 or (part == _FAMILY and len(token) > 3)
                self._use(number, token, part, alone)
        for text in name.middle:
            for token in (each.lower() for each in TOKEN.findall(text)):
                if token in PARTICLES:
                    self._particles[number].add(token)
                else:
                    self._use(number, token, _MIDDLE, folded(token) not in known_given())
        for text in (name.given, *name.middle):
            self._initials[number].add(text[:1].upper())

    def _use(self, number: int, token: str, part: str, alone: bool) -> None:
        alone = token in self._typed or (alone and _is_telling(token, part))
        for form in (token, *forms_of(token)):
            use = self._uses[form].setdefault(number, _Use("", False))
            use.parts += part if part not in use.parts else ""
            use.alone = use.alone or alone

    def knows(self, word: str) -> bool:
        """Tell whether somebody bears a word as a part of the name."""
        return word.lower() in self._uses or self._eastern.knows(word)

    def who(self, phrase: str) -> tuple[Identity, ...]:
        """Return those whom a phrase that is a name may mean, none where it is a stranger's."""
        eastern = self._eastern.who(phrase)
        if eastern:
            return tuple(self._people[number] for number in eastern)
        left: set[int] | None = None
        for word in TOKEN.findall(phrase.lower()):
            if word in PARTICLES or len(word) == 1:
                continue
            bearers = set(self._uses.get(word, ()))
            if left is not None and not left & bearers:
                return ()
            left = bearers if left is None else left & bearers
        return tuple(self._people[number] for number in sorted(left or ()))

    def places(self, view: View) -> list[Named]:
        """Return where people are named, in order, none overlapping another."""
        text = view.text
        found = [] if text.isascii() else list(self._eastern_places(text))
        if not view.words.isdisjoint(self._triggers):
            probe = text.replace("_", " ") if "_" in text else text
            found += self._western(probe, view.words & self._triggers)
        if self._whole:
            for word in view.low & self._whole.keys():
                found += self._wholes(text, word)
        return apart(found) if len(found) > 1 else found

    def _eastern_places(self, text: str) -> Iterator[Named]:
        for start, end, numbers, form in self._eastern.places(text):
            yield Named(start, end, tuple(self._people[n] for n in numbers), form)

    def _wholes(self, text: str, word: str) -> Iterator[Named]:
        for whole, number in self._whole[word]:
            pattern = r"[ \t\u00a0]+".join(map(re.escape, whole.split()))
            is_words = not ORGANISATIONS.isdisjoint(whole.split())
            for at in re.finditer(rf"(?i)(?<!\w){pattern}(?!\w)", text):
                if is_words and at.group().islower():
                    continue  # `the catalogue team`
                yield Named(*at.span(), (self._people[number],), "gf")

    def _western(self, text: str, words: Iterable[str]) -> Iterator[Named]:
        """Yield where a run of words names somebody; it begins at one of these words."""
        reached = 0
        for at in sorted(standing(text, words)):
            if at >= reached:
                reached, place = self._match(text, _tokens_at(text, at))
                if place is not None:
                    yield place

    def _match(self, text: str, tokens: _Tokens) -> tuple[int, Named | None]:
        """Return the run of words that names somebody, and the index to go on from."""
        words = [word.lower() for word in tokens.words]
        bearers = self._uses[words[0]]
        linked, form, pending, last = [0], [self._part(bearers, "")], 0, 0
        for nth in range(1, len(words)):
            gap = text[tokens.ends[nth - 1] : tokens.starts[nth]]
            if not _GAP.fullmatch(gap):
                break
            part, shared = self._linked(bearers, words[nth], "".join(form), gap)
            if part:
                linked.append(nth)
                form.append(part)
                bearers, pending, last = shared, 0, nth
            elif pending < _MOST_PENDING and self._bridges(bearers, words[nth]):
                pending += 1
            else:
                break
        if len(linked) > 1 and not self._stands(tokens, linked, bearers, False):
            linked, form, last, bearers = [0], form[:1], 0, self._uses[words[0]]
        begin = self._reach_back(text, tokens.starts[0], bearers)
        is_led = begin < tokens.starts[0]
        if not self._stands(tokens, linked, bearers, is_led):
            return tokens.ends[0], None
        who = tuple(self._people[number] for number in bearers)
        shape = "".join(form)
        behind = self._goes_on(text, tokens, words) if [*form] == [_GIVEN] else 0
        if behind:
            return tokens.ends[behind], Named(begin, tokens.ends[behind], (), "gf")
        if is_led and shape == _FAMILY:
            shape = "Gf"
        return tokens.ends[last], Named(begin, tokens.ends[last], who, shape)

    @staticmethod
    def _part(bearers: dict[int, _Use], used: str) -> str:
        parts = {part for use in bearers.values() for part in use.parts} - set(used)
        return next((part for part in (_GIVEN, _FAMILY, _MIDDLE) if part in parts), "")

    def _linked(
        self, bearers: dict[int, _Use], word: str, form: str, gap: str
    ) -> tuple[str, dict[int, _Use]]:
        """Return which further part of the same people's names a word is, and who is left."""
        uses = self._uses.get(word)
        if not uses:
            return "", bearers
        shared = {number: use for number, use in uses.items() if number in bearers}
        if not shared:
            return "", bearers
        used = "" if gap in ("-", "'", "’", "‐") else form.replace(_MIDDLE, "")
        part = self._part(shared, used)
        if gap.startswith(",") and (form[-1:] != _FAMILY or part == _FAMILY):
            return "", bearers
        return part, shared if part else bearers

    def _bridges(self, bearers: dict[int, _Use], word: str) -> bool:
        """Tell whether a word may stand between the parts: an initial or a particle of theirs."""
        if len(word) == 1:
            return word.isalpha()
        return any(word in self._particles.get(number, ()) for number in bearers)

    def _reach_back(self, text: str, at: int, bearers: dict[int, _Use]) -> int:
        """Return where the place begins: initials and particles before it are in it."""
        begin = at
        for _ in range(_MOST_PENDING):
            found = _BEFORE.search(text, max(0, begin - _REACH), begin)
            if found is None:
                break
            word, gap = found["word"], found["gap"]
            initial = len(word) == 1 and any(word in self._initials[n] for n in bearers)
            particle = any(word.lower() in self._particles.get(n, ()) for n in bearers)
            if not (initial and gap[0] in ". ") and not particle:
                break
            begin = found.start("word")
        return begin

    def _stands(
        self, tokens: _Tokens, linked: list[int], bearers: dict[int, _Use], led: bool
    ) -> bool:
        """Tell whether a run of words names somebody, and is not the words it could also be."""
        words = [tokens.words[nth] for nth in linked]
        raised = [word[0].isupper() or not word[0].islower() for word in words]
        if len(words) > 1 or led:
            common = [is_common(word) for word in words]
            if not any(raised):
                return not all(common)
            return all(up or not word for up, word in zip(raised, common, strict=True))
        (word,) = words
        if not raised[0] or (word.isupper() and word.lower() != word and len(word) < 4):
            return False
        return any(use.alone for use in bearers.values())

    def _goes_on(self, text: str, tokens: _Tokens, words: list[str]) -> int:
        """Return the last word of a name that is none of the given name's bearers', 0 for none."""
        last = 0
        for nth in range(1, len(words)):
            gap, follows = text[tokens.ends[nth - 1] : tokens.starts[nth]], tokens.words[nth]
            led = nth > 1 and len(words[nth - 1]) == 1  # `George W. Bush`
            if not follows[0].isupper() or gap != (". " if led else " "):
                break
            if len(follows) == 1 and text.startswith(". ", tokens.ends[nth]) and not led:
                continue
            if words[nth] in NOBODY:
                break
            if not (led and follows[1:].islower()) and not self._is_family(follows, words[nth]):
                break
            last = nth
        return last

    def _is_family(self, follows: str, word: str) -> bool:
        """Tell whether a word behind a given name is a family name, and begins no sentence."""
        if any("f" in use.parts and use.alone for use in self._uses.get(word, {}).values()):
            return True
        if is_common(follows):
            return False
        if follows in _families():
            return True
        # `Anna Lovelace`, where `lovelace` is no word of these texts.
        if self._ordinary is None or len(follows) < 3 or not follows[1:].islower():
            return False
        return word not in self._ordinary


def _is_telling(token: str, part: str) -> bool:
    """Tell whether a part of a name is one wherever it stands with a capital.

    Of two letters only given names are, as Jo.
    """
    if len(token) == 2:
        return part == _GIVEN and token.isalpha() and token.isascii() and token not in short()
    return len(token) > 2 and not is_common(token)


def _tokens_at(text: str, at: int) -> _Tokens:
    """Return the words from an index on that one name can have."""
    found = list(islice(TOKEN.finditer(text, at, at + _LONGEST_NAME), _LONGEST_RUN))
    return _Tokens([f.start() for f in found], [f.end() for f in found], [f.group() for f in found])


@cache
def _families() -> frozenset[str]:
    return frozenset(family())


def _spelt(uses: Iterable[str]) -> Iterator[str]:
    """Yield the words that a search begins at, as they are written."""
    for word in uses:
        if len(word) < 2 or word in PARTICLES:
            continue
        yield word.capitalize()
        yield word.upper()
        if not is_common(word):
            yield word


def apart(found: list[Named]) -> list[Named]:
    """Return places that do not overlap: the longer goes before the shorter, then the first."""
    kept: list[Named] = []
    for place in sorted(found, key=lambda each: (each.start, -each.end)):
        if kept and place.start < kept[-1].end:
            if place.end - place.start > kept[-1].end - kept[-1].start:
                kept[-1] = place
            continue
        kept.append(place)
    return kept
