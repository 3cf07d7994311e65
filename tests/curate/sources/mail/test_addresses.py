"""Whom headers name, however mail programs and list archives write them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.addresses import people_of

READ = [
    ("dana@example.com", [("dana@example.com", "")]),
    ("Dana Roe <Dana@Example.com>", [("dana@example.com", "Dana Roe")]),
    ('"Roe, Dana" <dana@example.com>', [("dana@example.com", "Roe, Dana")]),
    ("Roe, Dana <d@example.com>, a@example.org",
     [("d@example.com", "Roe, Dana"), ("a@example.org", "")]),
    ("a@example.com; B <b@example.com>", [("a@example.com", ""), ("b@example.com", "B")]),
    ("Team: a@example.com, B <b@example.com>;, c@example.com",
     [("a@example.com", ""), ("b@example.com", "B"), ("c@example.com", "")]),
    ("undisclosed-recipients:;", []),
    ("dana at example.com (Dana Roe)", [("dana@example.com", "Dana Roe")]),
    ("dana@example.com (Dana (at home) Roe)", [("dana@example.com", "Dana (at home) Roe")]),
    ("dana at example.com (Roe, Dana)", [("dana@example.com", "Roe, Dana")]),
    ('"Dana" <dana at example.com>', [("dana@example.com", "Dana")]),
    ("=?utf-8?Q?J=C3=BCr?= =?utf-8?Q?gen?= <j@example.com>", [("j@example.com", "Jürgen")]),
    ("'dana@example.com' <dana@example.com>", [("dana@example.com", "")]),
    ('"Dana \\"D\\" Roe" <dana@example.com>', [("dana@example.com", 'Dana "D" Roe')]),
    ("<mailto:dana@example.com>", [("dana@example.com", "")]),
    ("<@relay.example:dana@example.com>", [("dana@example.com", "")]),
    ('"Dana <dana@example.com>', [("dana@example.com", "Dana")]),
    ("dana@example.com, Dana <dana@example.com>", [("dana@example.com", "Dana")]),
    ("nobody", []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("value", "people"), READ)
def test_people(value: str, people: list[tuple[str, str]]) -> None:
    found = people_of([value], "the header To")
    assert [(each.handle, each.name) for each in found.people] == people
    assert found.fault is None


def test_a_name_that_nothing_decodes_is_left_out_with_a_warning() -> None:
    found = people_of(["=?utf-8?Q?=E9?= <dana@example.com>"], "the header To")
    assert [(each.handle, each.name) for each in found.people] == [("dana@example.com", "")]
    assert found.fault is not None
    assert found.fault.code == "SRC055"


@given(st.text(st.sampled_from('ab@<>"\\(),:; \t\udce9=?'), max_size=60))
def test_any_value_is_read(value: str) -> None:
    for person in people_of([value], "the header To").people:
        assert "@" in person.handle
        (person.handle + person.name).encode()


@pytest.mark.parametrize("piece", ['"', "<", "(", "a,", "a at ", '"\\', "a@", "=?", ":;", "x"])
def test_a_value_of_a_megabyte_takes_no_long_time(piece: str) -> None:
    start = time.process_time()
    people_of([piece * (1_000_000 // len(piece))], "the header To")
    assert time.process_time() - start < 5
