"""What holds no words of a person, in many languages, and what only looks like it."""

from pathlib import Path

import pytest
import yaml

from curate.sources.chat.whatsapp.names import Names
from curate.sources.chat.whatsapp.notices import words_of

CASES = yaml.safe_load(
    (Path(__file__).parents[5] / "tests/cases/exports/whatsapp/notices.yaml").read_text("utf-8")
)


NONE = [(language, text) for language, texts in CASES["none"].items() for text in texts]


@pytest.mark.parametrize(("_language", "text"), NONE)
def test_notices_hold_no_words(_language, text):
    words, hit = words_of(text)
    assert words == ""
    assert hit is not None
    assert hit.code == "SRC074"


@pytest.mark.parametrize(("text", "words"), CASES["words"])
def test_words_stay(text, words):
    assert words_of(text) == (words, None)


def names(*lines):
    found = Names()
    for line in lines:
        found.see(line)
    found.settle()
    return [found.split(line) for line in lines]


def test_a_name_ends_at_the_first_colon():
    assert names("Ann: Hi: all", "Ann: x") == [("Ann", "Hi: all"), ("Ann", "x")]


def test_a_name_may_hold_a_colon_where_all_its_messages_say_so():
    lines = ["Team: Ann: a", "Team: Ann: b", "Team: Ann: c"] + ["Team: Bob: d"] * 3
    assert names(*lines)[0] == ("Team: Ann", "a")
    assert names(*lines)[-1] == ("Team: Bob", "d")
    assert names(*lines, "Team: no colon")[0] == ("Team", "Ann: a")
    assert names("Ann: Note: a", "Ann: Note: b")[0] == ("Ann", "Note: a")


def test_lines_without_a_sender_are_notices():
    assert names("Ann added Bob")[0] is None
    assert names('Ann changed the subject from "A: b" to "C"')[0] is None
    assert names("Ann changed the subject to “Lunch: today”")[0] is None
    assert names('Ann "Annie" Lee: Hi')[0] == ('Ann "Annie" Lee', "Hi")
    assert names("Ann:")[0] == ("Ann", "")
    assert names("x" * 300 + ": Hi")[0] is None
