"""What greetings tell is found whether or not the text is asked for cues first."""

from __future__ import annotations

import re
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from curate.redaction import cues
from curate.redaction.greeted import greeted
from curate.redaction.views import View
from curate.redaction.wording import CLOSING_STARTS, CLOSINGS, GREETING_STARTS, GREETINGS
from tests.curate.redaction.cases import FILES

TEXTS = [case["text"] for file in FILES.values() for case in file["changed"]]
TEXTS += [
    f"{said} Anna Berg and"
    for said in (
        *("my name is", "The name's", "i am called", "mein name ist", "ich heisse", "je m'appelle"),
        *("mon nom est", "me llamo", "mi nombre es", "chamo-me", "me chamo", "o meu nome é"),
        *("mi chiamo", "il mio nome è", "mijn naam is", "ik heet", "jag heter", "mitt namn är"),
        *("jeg hedder", "jeg heter", "nimeni on", "nazywam się", "mam na imię", "jmenuji se"),
        *("benim adım", "меня зовут", "мене звати", "με λένε"),
        *("Mr", "Mrs.", "Miss", "Mx", "Dr.", "Professor", "Herrn", "Mlle", "Señora", "Dott.ssa"),
        *("Meneer", "Mevr.", "Dhr.", "Госпожа", "г-жа", "Κυρία", "Senhora", "Signora"),
    )
]


class _All(frozenset[str]):
    def __contains__(self, word: object) -> bool:
        return True

    def isdisjoint(self, words: object) -> bool:
        return False


@pytest.mark.parametrize("text", TEXTS)
def test_how_a_text_begins_and_its_words_are_necessary(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = greeted(View(text), lambda word: False)
    for name in ("GREETING_STARTS", "CLOSING_STARTS"):
        monkeypatch.setattr(cues, name, _All())
    every = cues._INLINE.finditer(text), cues._INTRODUCED.finditer(text)
    ends = {at.end() for those in every for at in those}
    ends |= {at.end() for at in cues._TITLED.finditer(text)}
    view = View(text)
    assert ends <= {cue.at for cue in cues.cues(view)}
    assert greeted(view, lambda word: False) == found
    if text.endswith(" Anna Berg and"):
        assert [text[at.start : at.end] for at in found] == ["Anna Berg"]


def _starts(items: Any) -> set[str]:
    """Return how what a parsed pattern matches begins: three characters, or all of it."""
    made = {""}
    for kind, given in items:
        if all(len(each) >= 3 for each in made):
            break
        options = _of_one(kind, given)
        made = {each if len(each) >= 3 else (each + more)[:3] for each in made for more in options}
    return made


def _of_one(kind: Any, given: Any) -> set[str]:
    if kind is constants.LITERAL:
        return {chr(given).lower()}
    if kind is constants.BRANCH:
        return {start for branch in given[1] for start in _starts(branch)}
    if kind is constants.SUBPATTERN:
        return _starts(given[-1])
    if kind is constants.MAX_REPEAT:
        least, most, items = given
        return {""} | _starts(items) if least == 0 else _starts([*items] * min(most, 3))
    if kind is constants.IN:
        blank = {" "} if any(what is constants.CATEGORY for what, _ in given) else set()
        return {chr(c).lower() for what, c in given if what is constants.LITERAL} | blank
    return {"?"} if kind is constants.ANY else {""}


@pytest.mark.parametrize(
    ("patterns", "starts"), [(GREETINGS, GREETING_STARTS), (CLOSINGS, CLOSING_STARTS)]
)
def test_every_greeting_and_closing_begins_as_is_said(patterns: Any, starts: Any) -> None:
    spelt = {start for each in patterns for start in _starts(parser.parse(each, re.IGNORECASE))}
    told = {start for start in spelt if start[0].isascii() and start[0].isalpha()}
    assert {start for start in told if start not in starts and start[:2] not in starts} == set()
