"""Whatever the text: it never fails, JSON stays JSON, and what is hidden stays as it is."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from curate.people import Person
from curate.redaction import Plan, Redactor
from tests.curate.redaction.cases import FILES, redacted

PEOPLE = [
    Person("anna@example.com", "Anna Berg"),
    Person("a2@example.com", "Anna Klein"),
    Person("will@example.com", "Will Grant"),
    Person("wang@example.com", "王小明"),
    Person("me@example.com", "Dana Müller", True),
    Person("p@example.com", "Павел Соколов"),
    Person("k@example.com", "김민수"),
    Person("+4915123456789", "Tom Baker"),
]
PIECES = [
    *[case["text"] for file in FILES.values() for case in file["changed"]],
    *[text for file in FILES.values() for text in file["kept"]],
    *("Anna", "Berg", "Anna Berg", "anna@example.com", "4539 5787 6362 1486", "0151 23456789"),
    *(
        "[name 1]",
        "[Your name]",
        "[",
        "]",
        "{",
        "}",
        '"',
        "\\",
        "\n",
        "\r\n",
        "> ",
        " ",
        ",",
        ".",
        "-",
    ),
    *(
        "Hi ",
        "Dear ",
        "\n\nBest,\n",
        "Mr. ",
        "王",
        "先生",
        "씨",
        "\u0301",
        "\u202e",
        "\x00",
        "@",
        "_",
    ),
    *(
        "password: ",
        "12345678",
        "Tel.: ",
        "https://x.example/?token=",
        "Will",
        "will",
        "J. ",
        "'s",
        "’",
    ),
]
mixed = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join)
any_text = mixed | st.text(max_size=200)


def redactor(**plan) -> Redactor:
    return Redactor(PEOPLE, Plan(roles=("boss=will@example.com",), region="DE", **plan))


@given(any_text, st.sampled_from(["placeholder", "fake"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_text_is_redacted(text: str, style: str, own: bool) -> None:
    made = redacted(redactor(style=style), text, own=own)
    assert "anna@example.com" not in made


@given(any_text, st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_redacted_text_stays_as_it_is(text: str, own: bool) -> None:
    once = redacted(redactor(), text, own=own)
    assert redacted(redactor(), once, own=own) == once


json_values = st.recursive(
    any_text | st.integers() | st.floats(allow_nan=False) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)


@given(json_values, st.booleans(), st.sampled_from([None, 2]))
@settings(max_examples=150, deadline=None)
def test_json_stays_json_of_the_same_shape(value, escaped: bool, indent: int | None) -> None:
    text = json.dumps({"it": value}, ensure_ascii=escaped, indent=indent)
    made = redacted(redactor(), text)
    assert _shape(json.loads(made)) == _shape({"it": value})


def _shape(value):
    if isinstance(value, dict):
        return [_shape(each) for each in value.values()]
    if isinstance(value, list):
        return [_shape(each) for each in value]
    return value if isinstance(value, (bool, type(None))) else "scalar"


@given(st.lists(mixed, min_size=1, max_size=6), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_numbers_follow_the_rows_and_not_how_they_are_handed_over(texts, cut: int) -> None:
    def rows(some):
        return [{"messages": [{"role": "user", "content": text}]} for text in some]

    whole, parted = redactor(), redactor()
    together, apart = rows(texts), rows(texts)
    for row in together:
        whole.row(row)
    for row in [*apart[:cut]]:
        parted.row(row)
    for row in apart[cut:]:
        parted.row(row)
    assert together == apart


@given(st.lists(mixed, min_size=2, max_size=5))
@settings(max_examples=40, deadline=None)
def test_invented_values_do_not_depend_on_the_order(texts) -> None:
    forward, backward = redactor(style="fake", seed=3), redactor(style="fake", seed=3)
    made = [redacted(forward, text) for text in texts]
    again = [redacted(backward, text) for text in reversed(texts)]
    assert made == again[::-1]
