"""Where in a text a greeting, a title or a closing stands, whoever the people are.

The patterns cost some 100 ns a character on a whole text; here lines and words are looked at first,
so that a pattern begins only where it may match.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from curate.redaction.views import View, cased, standing
from curate.redaction.wording import (
    CLOSING_STARTS,
    CLOSINGS,
    GREETING_STARTS,
    GREETINGS,
    IN_THE_NAME,
    INTRODUCTIONS,
    TITLES_ANYWHERE,
)

Sign = Literal["greeting", "closing", "signed", "title", "introduction", "in-name"]
_LEAD = " \t>*\"'“(¡"
_GREETING = re.compile(
    rf"(?i)[ \t>*\"'“(¡]{{0,6}}(?:{'|'.join(GREETINGS)})"
    rf"(?:(?<=[\u3000-\u9fff，：])|[ \t\u00a0]{{1,8}})(?=\S)"
)
_INLINE = re.compile(r"(?i)(?<=[.!?] )(?:hi|hello|hey|hallo|bonjour|hola|ciao|привет)[ \t]+(?=\w)")
_INLINE_WORDS = cased(("hi", "hello", "hey", "hallo", "bonjour", "hola", "ciao", "привет"))
_CLOSING = re.compile(
    rf"(?i)[ \t>*]{{0,6}}(?:{'|'.join(CLOSINGS)})[ \t]{{0,8}}"
    r"[,.!:;–—，。、！-]{0,3}[ \t]{0,8}(?:(?:\r?\n[ \t>*]{0,4}){1,3}|(?<=[\s,.!，、-]))(?=[^\s])"
)
_SIGNATURE = re.compile(r"--[ \t]{0,4}\r?\n[ \t]{0,8}(?=\w)")
_DASHED = re.compile(r"[ \t]*(?:[-–—~]{1,2}[ \t]?|/)(?=\w[^\n]{1,40}\s*\Z)")
_ALONE = re.compile(r"[ \t]*(?=\w[^\n]{1,40}\s*\Z)")
_TITLED = re.compile(rf"(?<!\w)(?:{TITLES_ANYWHERE})(?:\.[ \t\u00a0]?|[ \t\u00a0])(?=[^\W\d_])")
_TITLE_WORDS = frozenset(
    re.split(r"\\?[.-]", spelt)[0]
    for title in TITLES_ANYWHERE.split("|")
    for spelt in (title.replace("?", ""), re.sub(r".\?", "", title))
)
_INTRODUCED = re.compile(rf"(?i)(?<!\w)(?:{INTRODUCTIONS})[ \t:：]{{0,3}}(?=[^\W\d_])")
# What a table is booked under: no name but one that is known, since much is done in a name.
_IN_NAME = re.compile(rf"(?i)(?<!\w)(?:{IN_THE_NAME})[ \t\u00a0]+(?=[^\W\d_])")
_REACH_BEFORE, _REACH_BEHIND = 24, 240
_MOST_TOLD = 200_000


class Cue(NamedTuple):
    """A place behind which a name may stand.

    Attributes:
        sign: What stands before it.
        at: The index behind what stands before it.
    """

    sign: Sign
    at: int


class _Cues:
    """Words of which each text that a pattern matches holds one."""

    def __init__(self, *cues: str) -> None:
        self.all = cues
        self.ascii = tuple(cue for cue in cues if cue.isascii())

    def places(self, text: str) -> Iterator[int]:
        """Yield where a cue stands in a text in lower case."""
        for cue in self.ascii if text.isascii() else self.all:
            at = text.find(cue)
            while at >= 0:
                yield at
                at = text.find(cue, at + 1)


_INTRODUCTION_CUES = _Cues(
    *("name is", "name's", "this is", "called", "ich hei", "appelle", "nom est", "me llamo"),
    *("nombre es", "chamo", "nome é", "nome è", "mi chiamo", "mijn naam", "ik heet", "jag heter"),
    *("namn är", "jeg he", "nimeni on", "nazywam", "na imię", "jmenuji", "adım", "зовут", "звати"),
    *("λένε", "我叫", "我的名字", "我是", "私の名前", "이름은", "저는"),
)
# Words of which each ASCII text that holds one of the cues before holds one.
_TELLING = cased(
    "name this called ich m je nom llamo nombre chamo nome chiamo naam heet heter jeg nimeni"  # noqa: SIM905
    " nazywam jmenuji namen namn".split()
)
_NAME_CUES = _Cues(
    *("the name", "den namen", "dem namen", "au nom d", "a nombre d", "em nome d", "a nome"),
    *("op naam", "på namn", "på navn", "на имя"),
)


def cues(view: View) -> list[Cue]:
    """Return the places of a text behind which a name may stand, sign by sign."""
    text = view.text
    greeted, closed = _lines(text)
    found = greeted
    if not view.words.isdisjoint(_INLINE_WORDS):
        found += [Cue("greeting", at.end()) for at in _INLINE.finditer(text)]
    found += closed
    found += _last_line(text)
    if not view.words.isdisjoint(_TITLE_WORDS):
        found += _titled(view)
    if not text.isascii() or not view.words.isdisjoint(_TELLING):
        found += _near(view, _INTRODUCED, _INTRODUCTION_CUES, "introduction")
        found += _near(view, _IN_NAME, _NAME_CUES, "in-name")
    return found


def _lines(text: str) -> tuple[list[Cue], list[Cue]]:
    """Return the cues of lines that greet, and of lines that close."""
    greeted: list[Cue] = []
    closed: list[Cue] = []
    at = greeted_to = closed_to = 0
    for line in text.split("\n"):
        start = line[:48].lstrip(_LEAD)[:3].lower()
        if start:
            two, ascii_ = start[:2], start[0].isascii()
            if (not ascii_ or start in GREETING_STARTS or two in GREETING_STARTS) and (
                at >= greeted_to and (met := _GREETING.match(text, at)) is not None
            ):
                greeted.append(Cue("greeting", met.end()))
                greeted_to = met.end()
            if (not ascii_ or start in CLOSING_STARTS or two in CLOSING_STARTS) and (
                at >= closed_to and (met := _CLOSING.match(text, at)) is not None
            ):
                closed.append(Cue("closing" if "\n" in met.group() else "signed", met.end()))
                closed_to = met.end()
        if line.startswith("--") and (met := _SIGNATURE.match(text, at)) is not None:
            closed.append(Cue("signed", met.end()))
        at += len(line) + 1
    return greeted, closed


def _last_line(text: str) -> Iterator[Cue]:
    """Yield where a last line may sign: behind a dash, and behind an empty line."""
    end = len(text.rstrip())
    start = text.rfind("\n", 0, end) + 1
    met = _DASHED.match(text, start)
    if met is not None:
        yield Cue("signed", met.end())
    before = text.rfind("\n", 0, max(0, start - 1)) + 1
    if start > 0 and before > 0 and not text[before : start - 1].strip(" \t"):
        met = _ALONE.match(text, start)
        if met is not None:
            yield Cue("signed", met.end())


def _titled(view: View) -> Iterator[Cue]:
    end = 0
    for at in sorted(standing(view.text, view.words & _TITLE_WORDS)):
        met = _TITLED.match(view.text, at) if at >= end else None
        if met is not None:
            end = met.end()
            yield Cue("title", end)


def _near(view: View, pattern: re.Pattern[str], cues: _Cues, sign: Sign) -> Iterator[Cue]:
    """Yield the matches of a pattern that lie around its cues."""
    if len(view.lower) != len(view.text):
        places: Collection[int] = (0,) if any(True for _ in cues.places(view.lower)) else ()
    else:
        places = sorted(set(cues.places(view.lower)))
    end = 0
    for at in places:
        if at < end:
            continue
        reach = at + _REACH_BEHIND if len(view.lower) == len(view.text) else len(view.text)
        for met in pattern.finditer(view.text, max(end, at - _REACH_BEFORE), reach):
            end = met.end()
            yield Cue(sign, end)


class Told:
    """Where texts greet and sign: found once for the first of them, which are looked at twice."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Cue, ...]] = {}

    def of(self, view: View) -> tuple[Cue, ...]:
        """Return the cues of a text."""
        key = (hash(view.text), len(view.text))
        known = self._known.get(key)
        if known is None:
            known = tuple(cues(view))
            if len(self._known) < _MOST_TOLD:
                self._known[key] = known
        return known
