"""Which mails a person wrote, by their header fields, subjects and types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.codes import CODES
from curate.sources.mail.addresses import people_of
from curate.sources.mail.headers import read_headers
from curate.sources.mail.kinds import CODES as OF_KINDS
from curate.sources.mail.kinds import kind_of

CASES = yaml.safe_load(
    (Path(__file__).parents[4] / "tests/cases/mail/kinds.yaml").read_text("utf-8")
)
BY_CODE = {each.code: each for each in CODES}


def sorted_as(fields: dict[str, str], types: list[str]):
    fields = {"From": "Dana <dana@example.com>", **fields}
    raw = "".join(f"{name}: {value}\n" for name, value in fields.items()).encode() + b"\nhi\n"
    headers = read_headers(raw)
    senders = [each.handle for each in people_of(headers.all("from"), "From").people]
    return kind_of(headers, headers.get("subject"), senders, frozenset(types))


@pytest.mark.parametrize("case", CASES, ids=[str(case["fields"])[:60] for case in CASES])
def test_kind(case: dict[str, Any]) -> None:
    found = sorted_as(case["fields"], case.get("types", ["text/plain"]))
    assert found.kind == case["kind"]
    code = OF_KINDS.get(found.kind)
    assert (found.hit.code if found.hit else None) == code


@pytest.mark.parametrize("code", OF_KINDS.values())
def test_kinds_are_told_by_codes_that_are_as_asked(code: str) -> None:
    assert BY_CODE[code].severity == "info"


@given(
    st.dictionaries(st.sampled_from(["Subject", "Precedence", "X-Mailer"]), st.text(max_size=400))
)
def test_a_hit_says_nothing_of_the_mail(fields: dict[str, str]) -> None:
    hit = sorted_as({name: " ".join(value.split()) for name, value in fields.items()}, []).hit
    assert hit is None or (hit.value is None and hit.message.startswith("by "))
