"""What is left in a redacted text and may still be somebody's: told by its place, never shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from curate.redaction.identities import Identity
from curate.redaction.lexicon import TOKEN, is_common, words
from curate.redaction.views import View, cased
from curate.redaction.wording import NOBODY

DIGITS, HANDLE, ADDRESS_WORD, GREETED, NAME_WORD = "PII041", "PII042", "PII043", "PII044", "PII045"
_NUMBER = re.compile(r"[0-9](?:[ .()/-]{0,2}[0-9]){6,24}(?![\w%-])")
_NO_NUMBER_BEFORE = re.compile(r"[\w.#$€£¥/-]")
_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?[0-3]\d(?:[ T-]?\d[\d :.-]*)?\Z"
    r"|[0-3]?\d[-./ ][0-1]?\d[-./ ](?:19|20)?\d\d(?:[ ,-].*)?\Z|(?:19|20)\d\d ?[-/] ?(?:19"
    r"|20)\d\d\Z"
    r"|\d{1,3}(?:[ .]\d{3})+\Z"
)
_HANDLE = re.compile(r"(?<![\w@./\[])@[A-Za-z]\w{2,30}(?![\w@(.]|://)")
# Words of programs and style sheets that begin so.
_NO_HANDLES = words("no_handles.txt")
_LOWER_GREETED = re.compile(
    r"(?im)^[ \t>]*(?:hi|hello|hey|hallo|hola|bonjour|salut|ciao|hej|cześć|olá|oi|привет)[ \t]+"
    r"(?P<name>[^\W\d_]{3,})(?=[ \t]*(?:[,!.]|$))"
)


_LOWER_GREETINGS = cased(
    [
        *("hi", "hello", "hey", "hallo", "hola", "bonjour", "salut", "ciao", "hej", "cześć"),
        *("olá", "oi", "привет"),
    ]
)
_FEWEST_DIGITS = 7
_SHORT_WORD = 4


class Left(NamedTuple):
    """Something that is left.

    Attributes:
        code: What it looks like.
        start: Index of its first character.
        length: How many characters it has.
    """

    code: str
    start: int
    length: int


def leftovers(
    view: View, address_words: frozenset[str], name_words: frozenset[str], nobody: frozenset[str]
) -> Iterator[Left]:
    """Yield what is left in a text.

    Args:
        view: A redacted text.
        address_words: Words of hidden addresses, in lower case.
        name_words: Words of hidden names that are common words too, in lower case.
        nobody: Words that a greeting may name.
    """
    text = view.text
    for found in _NUMBER.finditer(text) if _has_digits(text) else ():
        if _NO_NUMBER_BEFORE.match(text[found.start() - 1 : found.start()]):
            continue
        if not _DATE.match(found.group()) and len(set(re.sub(r"\D", "", found.group()))) > 1:
            yield Left(DIGITS, found.start(), found.end() - found.start())
    yield from _handles(text)
    if not view.words.isdisjoint(_LOWER_GREETINGS):
        for found in _LOWER_GREETED.finditer(text):
            word = found["name"].lower()
            if found["name"].islower() and word not in nobody and not is_common(word):
                yield Left(GREETED, *_span(found, "name"))
    if not (view.low.isdisjoint(address_words) and view.low.isdisjoint(name_words)):
        yield from _words(text, address_words, name_words)


def _has_digits(text: str) -> bool:
    """Tell whether a text has as many digits as a number that is told of."""
    written = text.encode("utf-8", "surrogatepass")
    return len(written) - len(written.translate(None, b"0123456789")) >= _FEWEST_DIGITS


def _handles(text: str) -> Iterator[Left]:
    at = text.find("@")
    while at >= 0:
        found = _HANDLE.match(text, at)
        if found is not None and found.group().lower() not in _NO_HANDLES:
            yield Left(HANDLE, at, found.end() - at)
        at = text.find("@", at + 1)


def _span(found: re.Match[str], group: str) -> tuple[int, int]:
    return found.start(group), found.end(group) - found.start(group)


def _words(text: str, address_words: frozenset[str], name_words: frozenset[str]) -> Iterator[Left]:
    for found in TOKEN.finditer(text):
        word = found.group()
        low = word.lower()
        if low in address_words:
            yield Left(ADDRESS_WORD, found.start(), len(word))
        elif low in name_words and word[0].isupper() and _inside_sentence(text, found.start()):
            yield Left(NAME_WORD, found.start(), len(word))


def _inside_sentence(text: str, at: int) -> bool:
    """Tell whether a word stands behind another in lower case, so that its capital says a name."""
    before = text[max(0, at - 3) : at]
    return len(before) > 1 and before[-1] == " " and before[-2].islower()


def words_left(
    people: Iterable[Identity], kinds: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of addresses, and of names that are common words, in lower case."""
    addresses: set[str] = set()
    names: set[str] = set()
    for who in people:
        for handle in who.handles if "email" in kinds else ():
            local, at, _ = handle.partition("@")
            if at and len(local) >= _SHORT_WORD and local.isalnum() and not local.isdigit():
                addresses.add(local)
        for name in who.names if "name" in kinds else ():
            for part in (name.given, name.family):
                if len(part) > 2 and is_common(part) and part.isalpha():
                    names.add(part.lower())
    addresses = {word for word in addresses if not is_common(word) and word not in NOBODY}
    return frozenset(addresses), frozenset(names)
