"""Who is me: names and handles whole and in any case, numbers by their digits."""

import pytest

from curate.sources.chat.me import Me


@pytest.mark.parametrize(
    ("mine", "sender", "handle"),
    [
        ("Dana", "Dana", ""),
        ("dana k.", "Dana  K.", ""),
        ("Straße", "STRASSE", ""),
        ("Dana", "~ Dana", ""),
        ("Dana", "\u202aDana\u202c", ""),
        ("@dana_k", "Someone", "Dana_K"),
        ("+49 151 2345678", "\u202a+49 151 2345678\u202c", ""),
        ("0049151-2345678", "", "+491512345678"),
        ("dana@example.com", "", "Dana@Example.com"),
    ],
)
def test_a_person_is_known_by_name_handle_or_number(mine, sender, handle):
    assert Me([mine]).wrote(sender, handle)


@pytest.mark.parametrize(
    ("mine", "sender"),
    [
        ("Dana", "Dana K."),
        ("Dana K.", "Dana"),
        ("Dana", ""),
        ("12345", "+12345 00"),
        ("+49 151 2345678", "+49 151 2345679"),
        ("1512345678", "+49 151 2345678"),
    ],
)
def test_part_of_a_name_or_a_number_is_not_enough(mine, sender):
    assert not Me([mine]).wrote(sender, "")


def test_nobody_was_named():
    assert not Me([])
    assert not Me([" ", "\u200e"])
    assert not Me([]).wrote("", "")
