"""What in a mail its sender wrote, over mails as many programs of the field write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.sources.mail.own import separate

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
