"""Names and numbers of many languages are hidden, and words that only look like them are not."""

from __future__ import annotations

import pytest

from tests.curate.redaction.cases import FILES, redacted, redactor_of

CHANGED = [(name, case) for name, file in FILES.items() for case in file["changed"]]
KEPT = [(name, text) for name, file in FILES.items() for text in file["kept"]]


@pytest.mark.parametrize(("name", "case"), CHANGED)
def test_what_is_somebodys_is_hidden(name: str, case: dict[str, str]) -> None:
    redactor = redactor_of(FILES[name])
    assert redacted(redactor, case["text"], own=bool(case.get("own"))) == case["becomes"]


@pytest.mark.parametrize(("name", "text"), KEPT)
def test_what_is_nobodys_stays(name: str, text: str) -> None:
    assert redacted(redactor_of(FILES[name]), text) == text


@pytest.mark.parametrize(("name", "case"), CHANGED)
def test_what_is_hidden_stays_as_it_is(name: str, case: dict[str, str]) -> None:
    redactor = redactor_of(FILES[name])
    assert redacted(redactor, case["becomes"], own=bool(case.get("own"))) == case["becomes"]


def test_there_are_cases_of_many_languages() -> None:
    assert len(CHANGED) + len(KEPT) >= 150
    assert len(KEPT) >= 60
