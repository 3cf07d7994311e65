"""What is made equal before texts are compared, and where words end beyond ASCII."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Runs of other characters than ASCII up to this many bytes recur (quotation marks, accents).
_SHORT_RUN = 16
_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),  # Han iteration mark, closing mark, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
    (0x20000, 0x3FFFF),  # Han, later extensions
)


@dataclass(frozen=True, slots=True)
class Folds:
    """What an exact key does not tell apart.

    Attributes:
        case: Upper and lower case (Unicode case folding).
        width: Compatible forms: full and half width, ligatures, composed and decomposed (NFKC).
        space: Kinds and amounts of white space, and white space at both ends.
        punctuation: Punctuation counts as a space, so `1.5` still differs from `15`; symbols such
            as `+` and `$` are kept.
    """

    case: bool = True
    width: bool = True
    space: bool = True
    punctuation: bool = False


DEFAULT_FOLDS = Folds()


def folded(text: str, folds: Folds = DEFAULT_FOLDS) -> str:
    """Return a text with what `folds` names made equal; folding twice changes nothing more."""
    if not text.isascii():
        text = _folded_unicode(text, folds)
    elif folds.case:
        text = text.lower()
    if folds.punctuation:
        text = text.translate(_PUNCTUATION)
    return " ".join(text.split()) if folds.space else text


def folded_run(run: bytes, folds: Folds) -> bytes:
    """Return a part of a text folded, in UTF-8; each white space is a space where it is folded.

    Args:
        run: UTF-8. What stands before and behind it in its text is ASCII, or nothing, and no mark
            follows it: see `spaced`.
        folds: What is made equal.
    """
    text = _folded_unicode(run.decode("utf-8", "surrogatepass"), folds)
    if folds.punctuation:
        text = text.translate(_PUNCTUATION)
    if folds.space:
        text = text.translate(_SPACES)
    return text.encode("utf-8", "surrogatepass")


def spaced(run: bytes) -> bytes:
    """Return characters beyond ASCII, with the one before them, with spaces where words end.

    Args:
        run: UTF-8. What stands before and behind it in its text is ASCII, or nothing: then no
            character outside changes what these fold to, since marks join the one before them.
    """
    return _recurring(run) if len(run) <= _SHORT_RUN else _spaced(run)


def _spaced(run: bytes) -> bytes:
    text = _folded_unicode(run.decode("utf-8", "surrogatepass"), DEFAULT_FOLDS)
    return text.translate(_SPACING).encode("utf-8", "surrogatepass")


_recurring = lru_cache(maxsize=1 << 14)(_spaced)


def _folded_unicode(text: str, folds: Folds) -> str:
    # Folding and normalising undo each other's work in a few characters, so both run twice
    # (Unicode Standard, definition D146, for caseless matching of compatible forms).
    for _ in range(2):
        if folds.width:
            text = unicodedata.normalize("NFKC", text)
        if folds.case:
            text = text.casefold()
    return unicodedata.normalize("NFKC", text) if folds.width else text


class _Spacing(dict[int, str]):
    """What `str.translate` puts for a character; filled as characters come."""

    def __missing__(self, point: int) -> str:
        self[point] = found = _spacing_of(chr(point))
        return found


def _spacing_of(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" and character != "\u200b":
        return ""
    if category[0] not in "LMN":
        return " " if ord(character) > 127 else character
    point = ord(character)
    spaceless = any(low <= point <= high for low, high in _SPACELESS)
    return f" {character} " if spaceless else character


class _Punctuation(dict[int, str]):
    """A space for each mark of punctuation; filled as characters come."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = found = " " if unicodedata.category(character)[0] == "P" else character
        return found


class _Spaces(dict[int, str]):
    """A space for each white space; filled as characters come."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = found = " " if character.isspace() else character
        return found


_SPACING = _Spacing()
_SPACES = _Spaces()
_PUNCTUATION = _Punctuation()
