"""What differs between two values, in words."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from curate.build.overview.wording import changes, told, value_shown, words_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab/~", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def at(value: Any, pointer: str) -> Any:
    """Return what a JSON Pointer leads to, None where it leads nowhere."""
    for name in pointer.split("/")[1:]:
        key = name.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


@given(VALUES)
def test_equal_values_do_not_differ(value: Any) -> None:
    assert list(changes(value, value)) == []


@given(VALUES, VALUES)
def test_pointers_lead_to_what_differs(before: Any, after: Any) -> None:
    for change in changes(before, after):
        assert at(before, change.pointer) == change.before
        assert at(after, change.pointer) == change.after
        assert (change.before, type(change.before)) != (change.after, type(change.after))


def test_one_and_true_are_not_the_same() -> None:
    assert [tuple(each) for each in changes({"a": 1}, {"a": True})] == [("/a", 1, True)]


WORDS = st.lists(st.sampled_from(["a", "bb", "c.", "\n"]), max_size=9).map(" ".join)


@given(WORDS, WORDS)
def test_short_texts_can_be_put_together_again(before: str, after: str) -> None:
    parts = words_of(before, after)
    if before == after:
        return
    if any("…" in text for _, text in parts):
        return
    assert "".join(text for sign, text in parts if sign != "+") == before
    assert "".join(text for sign, text in parts if sign != "-") == after


def test_a_changed_word_is_told_with_what_is_around_it() -> None:
    before = "one two three four five six seven eight nine ten"
    assert words_of(before, before.replace("nine", "NINE")) == [
        ["=", "…three four five six seven eight "],
        ["-", "nine"],
        ["+", "NINE"],
        ["=", " ten"],
    ]


def test_long_texts_are_compared_where_they_differ() -> None:
    before = "x " * 1_000_000 + "end"
    parts = words_of(before, before.replace("end", "END"))
    assert parts[-2:] == [["-", "end"], ["+", "END"]]
    parts = words_of(before, before[:900_000] + "NEW " + before[900_000:])
    assert [part for part in parts if part[0] != "="] == [["+", " NEW"]]
    assert sum(len(text) for _, text in parts) < 2_000
    middle = "y " * 500_000
    parts = words_of(f"{middle}old {middle}", f"{middle}new {middle}")
    assert [part for part in parts if part[0] != "="] == [["-", "old"], ["+", "new"]]


def test_texts_without_a_common_word_are_cut() -> None:
    parts = words_of("a" * 1_000_000, "b" * 1_000_000)
    assert [sign for sign, _ in parts] == ["-", "+"]
    assert all(len(text) <= 5_000 for _, text in parts)


def test_secrets_are_masked_and_their_change_is_told() -> None:
    parts = words_of("I am jane.miller@gmail.com.", "I am jack.miller@gmail.com.")
    assert parts == [["=", "what differs is masked"]]
    parts = words_of("I am jane.miller@gmail.com.", "I was jane.miller@gmail.com.")
    assert "jane.m" not in str(parts)
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" * 60
    assert "MIIEvQ" not in str(words_of(key + "= a", key + "= b"))


def test_values_are_shown_as_text() -> None:
    assert value_shown(None) is None
    assert value_shown({"a": [1, "x"]}) == '{"a":[1,"x"]}'
    assert len(value_shown("x" * 9_999) or "") == 301


def test_many_changes_are_cut() -> None:
    found, more = told({"a": list(range(90))}, {"a": list(range(1, 91))})
    assert (len(found), more) == (50, 40)
    assert found[0] == {"pointer": "/a/0", "a": "0", "b": "1"}
    assert told({"x": "a b"}, {"x": "a c"})[0][0]["words"] == [["=", "a "], ["-", "b"], ["+", "c"]]
