"""Texts made to be slow: the time taken grows with the length alone."""

from __future__ import annotations

import time

import pytest

from curate.sources.mail.own import separate

SIZE = 300_000
LONGEST_S = 3  # for 0.3 million characters; what is not linear takes minutes
UNITS = {
    "starters": "On On ",
    "starter lines": "On \n",
    "marks": ">",
    "marked lines": ">\n",
    "short lines": "ab\n",
    "verbs": "wrote: on Mon <a@b> ",
    "attribution lines": "On Mon 3 Jan 2022 10:00 x:\n",
    "colons": "x:\n",
    "labels": "From: a@b\n",
    "header blocks": "From: a@b 10:00 2022\nTo: b\n\n",
    "delimiters": "-- \n",
    "rulers": "----\nab\n\n",
    "blank lines": "\n",
    "carriage returns": "\r",
    "sign-offs": "Best,\nAnna\n\n",
    "disclaimers": "This e-mail is confidential, intended for the recipient, delete it.\n\n",
    "mobile footers": "Sent from my x y z w a b c d e f g\n",
    "list footers": "to unsubscribe mailing x\n",
    "verb lines": "bob wrote\n",
    "addresses": "a@b.",
    "numbers": "+49 30 123 " * 20 + "\n",
    "fences": "```\n> a\n",
    "initials": "AB> x\n",
    "underscores": "_",
    "notes": "To\ncc\nSubject\n",
    "nulls": "\x00",
    "labels in Chinese": "发件人：a\n",
    "names": "Anna " * 18 + "\n",
    "contacts": "a\n\n+49 30 1234567 www.example.com\n",
    "escaped": ">From x\n",
    "bars": "| a\n",
    "help desk lines": "reply above this line\n",
    "armour": "-----BEGIN PGP SIGNATURE-----\n",
    "answers": "On 1/3/22 10:05 AM, Ben wrote:\n> q\n\nanswer\n\n",
    "a ruler that leads to a word": "-" * 900 + "forward\n",
    "quotes of one line": "own\n> a\n",
    "quotes and blanks": "own\n\n> a\n\n> b\n\n",
    "dates and no address": "On 1 a. " * 110 + "<x: y\n",
}


@pytest.mark.parametrize("name", UNITS)
def test_a_hostile_text_is_separated_in_linear_time(name: str) -> None:
    unit = UNITS[name]
    text = unit * (SIZE // len(unit))
    start = time.process_time()
    separate(text)
    assert time.process_time() - start < LONGEST_S


@pytest.mark.slow
def test_a_line_of_fifteen_mebibytes() -> None:
    start = time.process_time()
    found = separate("x" * (15 << 20))
    assert time.process_time() - start < 15
    assert found.cuts == ()
