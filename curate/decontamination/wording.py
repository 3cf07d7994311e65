"""The forms of a word that count as one: English endings, and numbers as words or digits."""

from __future__ import annotations

from functools import cache

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_TEENS = "fifteen sixteen seventeen eighteen nineteen twenty"
_NUMBERS = {word: str(n) for n, word in enumerate(f"{_UNITS} {_TEENS}".split())} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "hundred": "100",
    "once": "1",
    "twice": "2",
    "double": "2",
    "doubles": "2",
    "doubled": "2",
    "thrice": "3",
    "triple": "3",
    "tripled": "3",
    "triples": "3",
    "dozen": "12",
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "quarter": "4",
}
_AS_WORDS: dict[str, list[str]] = {}
for _word, _number in _NUMBERS.items():
    _AS_WORDS.setdefault(_number, []).append(_word)
# The first ending that a word has is taken off.
_ENDINGS = ("ies", "ing", "ed", "es", "s", "e")
_LEAST_STEM = 3


@cache
def stem(word: str) -> str:
    """Return what the forms of a lower-case word have in common; digits for a number word."""
    word = _NUMBERS.get(word, word)
    if word.isdigit():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            word = word.removesuffix(ending) + ("y" if ending == "ies" else "")
            break
    return word[:-1] if len(word) > _LEAST_STEM and word[-1] == word[-2] else word


def forms(word: str) -> list[str]:
    """Return a lower-case word and other words of the same stem, the word first."""
    root = stem(word)
    if root.isdigit():
        return list(dict.fromkeys([word, root, *_AS_WORDS.get(root, [])]))
    bases = [root, root + root[-1:]]
    made = [base + ending for base in bases for ending in ("", "s", "es", "e", "ed", "ing")]
    if root.endswith("y"):
        made += [root[:-1] + "ies", root[:-1] + "ied"]
    return list(dict.fromkeys([word, *(form for form in made if stem(form) == root)]))
