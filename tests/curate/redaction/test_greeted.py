"""What greetings tell is found whether or not the text is asked for cues first."""

from __future__ import annotations

import pytest

from curate.redaction import greeted
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


@pytest.mark.parametrize("text", TEXTS)
def test_cues_are_necessary(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = greeted.greeted(text, lambda word: False)
    monkeypatch.setattr(greeted, "_has", lambda text, cues: True)
    assert greeted.greeted(text, lambda word: False) == found
    if text.endswith(" Anna Berg and"):
        assert [text[at.start : at.end] for at in found] == ["Anna Berg"]
