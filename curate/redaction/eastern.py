"""Names of Han, kana and Hangul: found in texts that put no blank between words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from curate.redaction.lexicon import HANGUL, UNSPACED, common
from curate.redaction.naming import Name
from curate.redaction.wording import HONORIFICS

_EASTERN = re.compile(rf"[{UNSPACED}{HANGUL}]")
_ALL = re.compile(rf"[{UNSPACED}{HANGUL} ]+")
_RUN = re.compile(rf"[{UNSPACED}{HANGUL}]+(?: [{UNSPACED}{HANGUL}]+)*")
_HANGUL = re.compile(rf"[{HANGUL}]")
_HONORED = re.compile(rf" ?(?:{HONORIFICS})")
_PARTICLE = re.compile(
    r"(?: ?(?:씨|님|선생님)|이?[가는랑야]|이?[은을와과]|[를의도만로아]|이|에게|한테|께서?"
    r"|으로|부터|까지|보다|처럼|입니다|이에요|예요|이라고|라고){0,3}(?![\uac00-\ud7a3])"
)

Place = tuple[int, int, tuple[int, ...], str]


class EasternNames:
    """Finds names by their first two characters."""

    def __init__(self) -> None:
        self._by_start: defaultdict[str, dict[str, dict[int, tuple[str, bool]]]] = defaultdict(dict)
        self._families: defaultdict[str, set[int]] = defaultdict(set)

    def takes(self, name: Name) -> bool:
        """Tell whether a name is of these scripts."""
        return _ALL.fullmatch(f"{name.given}{name.family}") is not None

    def learn(self, number: int, name: Name) -> None:
        """Remember the forms of a name: whole, with a blank, the given name alone."""
        whole = f"{name.family}{name.given}"
        self.add(number, whole, "fg", alone=len(whole) > 2 or whole not in common())
        if name.is_full:
            self.add(number, f"{name.family} {name.given}", "fg", alone=True)
            self.add(number, f"{name.given} {name.family}", "gf", alone=True)
        if name.family:
            self.add(
                number, name.given, "g", alone=len(name.given) > 1 and name.given not in common()
            )
            # Three signs may be 1 + 2 or 2 + 1.
            for family in {name.family, whole[:2]} if len(whole) == 3 else {name.family}:
                self.add(number, family, "f", alone=False)

    def add(self, number: int, text: str, form: str, *, alone: bool) -> None:
        """Remember a text that names somebody; not alone, it needs an honorific behind it."""
        if _EASTERN.match(text):
            start = text[:2] if len(text) > 1 and " " not in text[:2] else text[:1]
            bearers = self._by_start[start].setdefault(text, {})
            bearers.setdefault(number, (form, alone))

    def knows(self, word: str) -> bool:
        """Tell whether a word is somebody's name."""
        return word in self._by_start.get(word[:2], ()) or word in self._by_start.get(word[:1], ())

    def who(self, phrase: str) -> tuple[int, ...]:
        """Return those whose name a phrase is."""
        for start in (phrase[:2], phrase[:1]):
            if bearers := self._by_start.get(start, {}).get(phrase):
                return tuple(bearers)
        return ()

    def places(self, text: str) -> Iterator[Place]:
        """Yield where somebody is named."""
        if not self._by_start or text.isascii() or not _EASTERN.search(text):
            return
        for run in _RUN.finditer(text):
            at, end = run.span()
            while at < end:
                found = self._longest(text, at)
                if found is None:
                    at += 1
                else:
                    yield found
                    at = found[1]

    def _longest(self, text: str, at: int) -> Place | None:
        best: Place | None = None
        for start in (text[at : at + 2], text[at : at + 1]):
            for name, bearers in self._by_start.get(start, {}).items():
                end = at + len(name)
                if (best is None or end > best[1]) and text.startswith(name, at):
                    alone = any(is_alone for _, is_alone in bearers.values())
                    if self._stands(text, at, end, alone):
                        form = next(iter(bearers.values()))[0]
                        best = (at, end, tuple(bearers), form)
        return best

    @staticmethod
    def _stands(text: str, start: int, end: int, alone: bool) -> bool:
        honored = _HONORED.match(text, end) is not None
        if _HANGUL.match(text, start):  # words have blanks between them here, and endings
            if start and _HANGUL.match(text, start - 1):
                return False
            return honored or (alone and _PARTICLE.match(text, end) is not None)
        return alone or honored
