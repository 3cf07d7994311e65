"""What in a mail its sender wrote, over mails as many programs of the field write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.own import closings, separate

CASES = Path(__file__).parents[5] / "tests" / "cases" / "mail_own"
FIELD = [
    pytest.param(each, id=each["name"])
    for path in sorted(CASES.glob("field_*.yaml"))
    for each in yaml.safe_load(path.read_text("utf-8"))
]


def lines(text: str, either: frozenset[str] = frozenset()) -> list[str]:
    """Return the lines that say something, but for those that may stay or go."""
    full = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in full if line and line not in either]


@pytest.mark.parametrize("case", FIELD)
def test_what_is_own_stays_and_nothing_else_does(case: dict[str, Any]) -> None:
    either = frozenset(lines(case.get("either", "")))
    assert lines(separate(case["text"]).own, either) == lines(case["own"])


@given(st.from_regex(closings.SIGN_OFF, fullmatch=True))
def test_the_screen_of_sign_offs_holds_back_none(line: str) -> None:
    assert closings.sign_off(line) is not None
