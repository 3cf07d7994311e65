"""The lists that names are judged by, and how words are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa"})
_BARE = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})

# Scripts that put no blank between words: Han, kana, Thai, Lao, Khmer, Myanmar.
UNSPACED = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
UNSPACED += "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
HANGUL = "\uac00-\ud7a3"
# A letter of a word: with the vowel signs of Indic, Arabic and Hebrew scripts, which `\w` lacks.
LETTER = r"[^\W_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
LETTER += r"\u0955-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a4d\u0b01-\u0b4d"
LETTER += r"\u0b82-\u0bcd\u0c00-\u0c4d\u0c81-\u0ccd\u0d00-\u0d4d\u0e31-\u0e4e]"
WORD = re.compile(rf"(?:{LETTER})+")
# The same and digits and `_`, in one class: several times as fast.
TOKEN = re.compile(
    r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962"
    r"\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a4d\u0b01-\u0b4d\u0b82-\u0bcd\u0c00-\u0c4d\u0c81-\u0ccd"
    r"\u0d00-\u0d4d\u0e31-\u0e4e]+"
)


def _words(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def words(name: str) -> frozenset[str]:
    """Return the words of one of the lists in `data/`."""
    return frozenset(_words(name))


@cache
def common() -> frozenset[str]:
    """Return the names that are words too, in lower case."""
    return words("common.txt")


@cache
def short() -> frozenset[str]:
    """Return words of two letters that are no names, in lower case."""
    return words("short.txt")


@cache
def given() -> tuple[str, ...]:
    """Return given names in Latin letters, each once, in the list's order."""
    return tuple(dict.fromkeys(name for name in _words("given.txt") if name[0] < "\u0250"))


@cache
def family() -> tuple[str, ...]:
    """Return family names in Latin letters, each once, in the list's order."""
    return tuple(dict.fromkeys(_words("family.txt")))


@cache
def known_given() -> frozenset[str]:
    """Return given names as they are compared."""
    return frozenset(map(folded, _words("given.txt")))


def is_common(word: str) -> bool:
    """Tell whether a name is a word too, or too short to be told from one."""
    if re.fullmatch(rf"[{UNSPACED}{HANGUL}]+", word):
        return len(word) < 2 or word in common()
    return len(word) < 3 or word.lower() in common()


def folded(text: str) -> str:
    """Return a text as names are compared: NFC, in lower case, blanks single.

    Marks on letters stay, since they tell names apart.
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def plain_forms(word: str) -> tuple[str, ...]:
    """Return how a name in lower case is written where its letters are missing.

    `jürgen` is also `juergen` (German) and `jurgen` (any other).
    """
    if word.isascii():
        return ()
    bare = unicodedata.normalize("NFD", word.translate(_BARE))
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    forms = (word.translate(_GERMAN), unicodedata.normalize("NFC", bare))
    return tuple(form for form in dict.fromkeys(forms) if form != word and form.isascii())
