"""The forms that one word of a name takes in a text: cases, possessives, missing letters."""

from __future__ import annotations

import re

from curate.redaction.lexicon import is_common, plain_forms

_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
# Endings of names by how the word ends: (what it ends in, what is cut, the endings).
# Source: the declension tables of Zaliznyak's grammar (1977) for names; Ukrainian beside them.
_DECLENSIONS = (
    (("ский", "цкий"), 2, ("ий", "ого", "ому", "им", "ом", "ие", "их", "ими")),
    (("ская", "цкая"), 2, ("ая", "ой", "ую", "ие", "их", "ими")),
    (("ова", "ева", "ёва", "ина", "ына"), 1, ("а", "ой", "у", "ою", "ы", "ых", "ым", "ыми", "е")),
    (("ов", "ев", "ёв", "ин", "ын"), 0, ("", "а", "у", "ым", "е", "ы", "ых", "ыми", "і")),
    (("ия", "ія"), 1, ("я", "и", "ю", "ей", "й", "ї", "єю")),
    (("я",), 1, ("я", "и", "е", "ю", "ей", "ею", "ь", "й", "і")),
    (("а",), 1, ("а", "ы", "и", "е", "у", "ой", "ою", "ей", "", "і", "о")),
    (("й",), 1, ("й", "я", "ю", "ем", "ём", "е", "и", "єм", "єві", "ї")),
    (("ь",), 1, ("ь", "я", "ю", "ем", "ём", "е", "и", "ем")),
    (("о", "е", "и", "у", "ю", "э", "ы", "і", "ї", "є"), 0, ("",)),
)
_CONSONANT = ("", "а", "у", "ом", "ем", "е", "ы", "и", "ов", "ам", "ові")
_FLEETING = re.compile(r"([бвгджзклмнпрстфхцчшщ])([её])([лнрцвк])\Z")


def forms_of(word: str) -> tuple[str, ...]:
    """Return the other forms of a word in lower case, each once.

    An English or German possessive without an apostrophe (`annas`), the cases of Cyrillic names,
    and what is written where letters are missing (`juergen`). Words that are common get none.

    Args:
        word: One word of a name in lower case.
    """
    if len(word) < 3 or is_common(word):
        return plain_forms(word)
    made: list[str] = list(plain_forms(word))
    if _CYRILLIC.fullmatch(word):
        made += _declined(word)
    elif word[0] < "\u0250":
        made += [f"{each}s" for each in (word, *made) if each[-1] not in "sxzß"]
    return tuple(each for each in dict.fromkeys(made) if each != word and not is_common(each))


def _declined(word: str) -> list[str]:
    for ends, cut, endings in _DECLENSIONS:
        if word.endswith(ends):
            stem = word[: len(word) - cut]
            return [stem + ending for ending in endings]
    made = [word + ending for ending in _CONSONANT]
    if found := _FLEETING.search(word):  # Павел, Павла
        stem = word[: found.start()] + found[1] + found[3]
        made += [stem + ending for ending in _CONSONANT[1:]]
    return made
