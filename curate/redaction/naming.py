"""A name as it is shown, taken apart: which part is given and which is the family's."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from curate.redaction.lexicon import HANGUL, UNSPACED, WORD, folded, known_given
from curate.redaction.wording import ORGANISATIONS, PARTICLES

_HAN = re.compile(rf"[{UNSPACED}・]+")
_HANGUL = re.compile(rf"[{HANGUL}]{{2,5}}")
_ASIDE = re.compile(
    r"\s*[(（\[<][^)）\]>]*[)）\]>]?|\s+(?:via|bei|chez)\s.*|\s*[|•–—/].*|\s+[-@]\s.*"
)
_QUOTES = "\"'“”„«»‘’` "
_TITLE = re.compile(
    r"(?i)\A(?:(?:mr|mrs|ms|mx|miss|dr|prof|sir|rev|herrn?|frau|dipl\.-\w+|ing|mme|mlle|sra?"
    r"|srta|don|doña"
    r"|dra|dott|dott\.ssa|avv|m|med|rer|nat|phil|h\. ?c|mag|dhr|mevr|pan|pani|г-н|г-жа|господин"
    r"|госпожа)"
    r"\.? +)+(?=\w)"
)
_SUFFIX = re.compile(
    r"(?i)(?:,? +(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|mba|esq|msc|bsc|ma|llm|cpa|dds|obe))+\.?\Z"
)
_FIRST_SUFFIX = re.compile(r"(?i)(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|mba|esq|m\.?sc)\.?\Z")
_PATRONYMIC = re.compile(r"(?:ович|евич|ич|овна|евна|ична|івна|ївна)\Z")
_SLAVIC_FAMILY = re.compile(
    r"(?:ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|ский|ская|цкий|цкая|енко|ук|юк|чук|ян|дзе|швили|их"
    r"|ых)\Z"
)
_TWO_SIGNS = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "上官",
    "诸葛",
    "諸葛",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "令狐",
)
_TWO_SYLLABLES = ("남궁", "황보", "선우", "제갈", "독고", "사공", "서문")
_LONGEST = 80
# An address as archives of lists show it.
_SPELT = re.compile(r"(?i)[ ]at[ ][\w-]{1,63}\.[a-z]{2}")
_ROMAN_CHINESE = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+\Z")


class Name(NamedTuple):
    """The parts of a name, each as it is shown.

    Attributes:
        given: The first given name, `Anna-Lena`; "" where there is none.
        middle: Further given names, and names that may be either.
        family: The family name with its particles, `van der Berg`; "" where there is none.
    """

    given: str
    middle: tuple[str, ...]
    family: str

    @property
    def key(self) -> str:
        """The name as it is compared: the same in both orders and in any case."""
        return folded(f"{self.given} {self.family}".strip())

    @property
    def is_full(self) -> bool:
        """Whether there is a given and a family name."""
        return bool(self.given and self.family)


def split_name(shown: str) -> Name | None:
    """Take a name apart.

    `Berg, Anna`, `Dr. Anna M. Berg (ACME)`, `Jan van der Meer`, `王小明`, `김 민수` and
    `Иванова Анна Петровна` are each read in their own order.

    Args:
        shown: A display name; of a longer one the first 80 characters count.

    Returns:
        The parts, or None where it is no person's name: an address, a number, a company.
    """
    text = unicodedata.normalize("NFC", shown[:_LONGEST]).strip(_QUOTES)
    text = _ASIDE.sub("", text).strip(_QUOTES)
    text = _SUFFIX.sub("", _TITLE.sub("", text, count=1))
    if not text or "@" in text or any(c.isdigit() for c in text) or _SPELT.search(text):
        return None
    before, comma, after = text.partition(",")
    if comma and after.strip() and not _FIRST_SUFFIX.match(after.strip()):
        if "," in after or len(_tokens(before)) > 4:
            return None
        return _ordered(_tokens(after), _tokens(before))
    tokens = _tokens(before)
    if not tokens or len(tokens) > 6 or any(t.lower().strip(".") in ORGANISATIONS for t in tokens):
        return None
    return _eastern(tokens) or _western(tokens)


def _tokens(text: str) -> list[str]:
    """Return the words of a name; hyphens, apostrophes and dots of initials stay in them."""
    found = re.findall(rf"{WORD.pattern}(?:[-'’‐・]{WORD.pattern})*\.?", text)
    return [token.rstrip(".") for token in found]


def _ordered(given: list[str], family: list[str]) -> Name:
    while given and given[-1].lower() in PARTICLES and len(given) > 1:
        family = [given.pop(), *family]
    return Name(given[0] if given else "", tuple(given[1:]), " ".join(family))


def _eastern(tokens: list[str]) -> Name | None:
    """Return a name of Han, kana or Hangul, whose family name comes first."""
    text = "".join(tokens)
    if _HANGUL.fullmatch(text):
        if len(tokens) > 1:
            return Name("".join(tokens[1:]), (), tokens[0])
        cut = 2 if text.startswith(_TWO_SYLLABLES) and len(text) > 2 else 1
        return Name(text[cut:], (), text[:cut])
    if not _HAN.fullmatch(text):
        return None
    if len(tokens) > 1:
        return Name("".join(tokens[1:]), (), tokens[0])
    if "・" in text:
        parts = [part for part in text.split("・") if part]
        return Name(parts[0], tuple(parts[1:-1]), parts[-1] if len(parts) > 1 else "")
    if len(text) < 2 or len(text) > 5:
        return Name(text, (), "") if len(text) > 1 else None
    cut = 2 if (text.startswith(_TWO_SIGNS) and len(text) > 2) or len(text) >= 4 else 1
    return Name(text[cut:], (), text[:cut])


def _western(tokens: list[str]) -> Name | None:
    if len(tokens) == 1:
        word = tokens[0]
        return (
            Name(_cased(word), (), "") if len(word) > 1 and word.lower() not in PARTICLES else None
        )
    tokens = _slavic_order([_cased(token) for token in tokens])
    at = len(tokens) - 1
    while at > 1 and tokens[at - 1].lower() in PARTICLES:
        at -= 1
    return Name(tokens[0], tuple(tokens[1:at]), " ".join(tokens[at:]))


def _slavic_order(tokens: list[str]) -> list[str]:
    """Return a name with the family's last, where a Cyrillic one begins with it."""
    if not "\u0400" <= tokens[0][0] <= "\u04ff":
        return tokens
    if len(tokens) == 3 and _PATRONYMIC.search(tokens[2]):
        return [tokens[1], tokens[2], tokens[0]]
    first, last = tokens[0], tokens[-1]
    given = known_given()
    if len(tokens) == 2 and _SLAVIC_FAMILY.search(first) and folded(first) not in given:
        swapped = folded(last) in given or not _SLAVIC_FAMILY.search(last)
        return [last, first] if swapped else tokens
    return tokens


def _cased(word: str) -> str:
    """Return a word as a name is written, where it is shown in one case only."""
    if word.lower() in PARTICLES:
        return word
    if word.islower() or (word.isupper() and len(word) > 2):
        return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)
    return word


def name_of_address(local: str) -> Name | None:
    """Return the name that an address spells, `anna.berg`, or None where none is certain.

    Args:
        local: What stands before the `@`.
    """
    parts = re.split(r"[._-]", re.sub(r"\d+\Z", "", local.partition("+")[0]))
    if len(parts) != 2 or not all(len(part) > 2 and part.isalpha() for part in parts):
        return None
    if folded(parts[0]) in known_given():
        return Name(_cased(parts[0].lower()), (), _cased(parts[1].lower()))
    return None
