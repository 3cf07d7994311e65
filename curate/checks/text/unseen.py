"""TXT: characters that look like others, or like nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.text.looks import Look, Looks
from curate.checks.text.places import around, characters, found, replacing
from curate.checks.walk import texts, with_texts
from curate.row import Row

_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_NONCHARACTER = "[\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff\U0010fffe\U0010ffff]"
_NONCHARACTERS = re.compile(_NONCHARACTER)
# A black flag and up to six tags are the flag of a region, as of Scotland.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{3,6}\U000e007f")
_TAG = "[\U000e0000-\U000e007f]"
_TAGS = re.compile(f"({_FLAG.pattern})|{_TAG}+")
_SELECTOR = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_SELECTED = f"(?:^|[A-Za-z \n\t.,:;!?]|{_SELECTOR}){_SELECTOR}"
_SELECTORS = re.compile(f"(?:(?<=[A-Za-z \n\t.,:;!?])|(?<={_SELECTOR})|^){_SELECTOR}+")
_SPACE = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_WORD_SPACE = f"[A-Za-z,.;:!?)]{_SPACE}+ ?[A-Za-z]"
_WORD_SPACES = re.compile(f"(?<=[A-Za-z,.;:!?)]){_SPACE}+(?= ?[A-Za-z])")
_INDENT = "^ *\u00a0{2,}[ \u00a0]*[^\\s\u00a0]"
_INDENTS = re.compile("^ *\u00a0{2,}[ \u00a0]*(?=\\S)", re.MULTILINE)
_WIDE = "[\uff01-\uff5e]"
_WIDES = re.compile(_WIDE)
_EAST = re.compile("[\u1100-\u11ff\u3001-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]")
_STACK = "[\u0300-\u036f]{4}"
_STACKS = re.compile(_STACK + "[\u0300-\u036f]*")
# Marks that join the letter before them, and signs that are letters in disguise.
_COMPOSABLE = "[\u0300-\u0345\u0653-\u0655\u3099\u309a\u1100-\u11ff\u2126\u212a\u212b]"
_COMPOSABLES = re.compile(_COMPOSABLE)
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_CYRILLIC, _LATIN = "АВЕКМНОРСТХасеорухіјѕ", "ABEKMHOPCTXaceopyxijs"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_MIXED = f"[A-Za-z][{_CYRILLIC}]|[{_CYRILLIC}][A-Za-z]|[{_LATIN}][а-яА-Я]|[а-яА-Я][{_LATIN}]"
_MIXED_WORDS = re.compile("[A-Za-z\u0400-\u045f]{4,}")


_LOOKS = Looks(
    private=Look(_PRIVATE.pattern, points=_PRIVATE.pattern[1:-1]),
    noncharacter=Look(_NONCHARACTER, points=_NONCHARACTER[1:-1]),
    tag=Look(_TAG, points=_TAG[1:-1]),
    selector=Look(_SELECTED, points=_SELECTOR[1:-1]),
    space=Look(_WORD_SPACE, points=_SPACE[1:-1]),
    indent=Look(f"(?m:{_INDENT})", points="\u00a0"),
    stack=Look(_STACK, points="\u0300-\u036f"),
    composable=Look(_COMPOSABLE, points=_COMPOSABLE[1:-1]),
    wide=Look(_WIDE, points=_WIDE[1:-1]),
    ligature=Look(_LIGATURE.pattern, points=_LIGATURE.pattern[1:-1]),
    mixed=Look(_MIXED, points=_CYRILLIC + "а-яА-Я"),
)


@rule("TXT031", "private-use-character", severity="warning", screen=_LOOKS["private"])
def private_use_character(row: Row) -> Iterator[Spot]:
    r"""A text holds a character of a private use area.

    Why: icon fonts and symbol fonts of PDF files put their signs there; without the font it means
    nothing, and most tokenizers spend three tokens on it.
    Example: "\uf0b7 first point"
    Fix: write the sign that was meant, or remove it.
    Source: mozilla/pdf.js#15358; The Unicode Standard, section 23.5 (private use).
    """
    yield from characters(row, _PRIVATE)


@rule(
    "TXT032",
    "noncharacter",
    severity="warning",
    fix=replacing(_NONCHARACTERS, ""),
    fix_kind="safe",
    screen=_LOOKS["noncharacter"],
)
def noncharacter(row: Row) -> Iterator[Spot]:
    r"""A text holds a code point that is never a character.

    Why: programs use them as marks of their own; XML, and whatever writes it, refuses the text.
    Example: "end\uffff"
    Fix: the safe fix removes them.
    Source: The Unicode Standard, section 23.7 (noncharacters); XML 1.0, production 2.
    """
    yield from characters(row, _NONCHARACTERS)


@rule(
    "TXT033",
    "hidden-tag-characters",
    severity="warning",
    fix=lambda row: with_texts(row, lambda text: _TAGS.sub(lambda m: m[1] or "", text)),
    fix_kind="unsafe",
    screen=_LOOKS["tag"],
)
def hidden_tag_characters(row: Row) -> Iterator[Spot]:
    """A text holds tag characters, an unseen copy of ASCII.

    Why: people see nothing, models read it: the way to smuggle instructions past a reviewer. The
    flags of regions use them too and are no fault.
    Example: "Hello" and U+E0068 U+E0069, which reads "hi"
    Fix: look at where the row came from; the unsafe fix removes them.
    Source: CVE-2025-32711; aaif-goose/goose#3920; NVIDIA/SkillSpector#169.
    """
    for pointer, _, text in texts(row):
        hidden = [match for match in _TAGS.finditer(text) if not match[1]] if _has_tag(text) else []
        if hidden:
            said = "".join(chr(ord(sign) - 0xE0000) for match in hidden for sign in match[0])
            shown = "".join(sign for sign in said if sign.isprintable())
            message = f"unseen text at character {hidden[0].start()}, {len(said)} characters"
            yield Spot(pointer, message, shown[:80])


def _has_tag(text: str) -> bool:
    return not text.isascii() and max(text) >= "\U000e0000"


@rule(
    "TXT034",
    "lone-variation-selector",
    severity="warning",
    fix=replacing(_SELECTORS, ""),
    fix_kind="safe",
    screen=_LOOKS["selector"],
)
def lone_variation_selector(row: Row) -> Iterator[Spot]:
    r"""A text holds a variation selector behind a letter, a space or another selector.

    Why: it selects nothing there; left over where an emoji was cut out, or a way to hide bytes in
    an emoji, which models read and people do not see.
    Example: "Thanks \ufe0f!"
    Fix: the safe fix removes it.
    Source: The Unicode Standard, section 23.4 (variation selectors); moji2002/unsmuggle.
    """
    for pointer, _, text in texts(row):
        if not text.isascii() and (match := _SELECTORS.search(text)):
            count = sum(len(run) for run in _SELECTORS.findall(text))
            yield Spot(pointer, f"a selector at character {match.start()}, {count} in all")


@rule(
    "TXT035",
    "unusual-space",
    severity="info",
    fix=replacing(_WORD_SPACES, " "),
    fix_kind="safe",
    screen=_LOOKS["space"],
)
def unusual_space(row: Row) -> Iterator[Spot]:
    r"""Words of a text are parted by a space that is none of the keyboard.

    Why: remains of pages and word processors; the words behind it become other tokens than behind
    a plain space.
    Example: "from another\u00a0page"
    Fix: the safe fix writes a plain space between words; between a number and its unit it stays.
    Source: defect in published data: Dolly, GSM8K, C4.
    """
    yield from characters(row, _WORD_SPACES)


def _plain_indents(text: str) -> str:
    return _INDENTS.sub(lambda indent: " " * len(indent[0]), text)


@rule(
    "TXT036",
    "indent-of-no-break-spaces",
    severity="warning",
    fix=lambda row: with_texts(row, _plain_indents),
    fix_kind="safe",
    screen=_LOOKS["indent"],
)
def indent_of_no_break_spaces(row: Row) -> Iterator[Spot]:
    r"""Lines of a text are indented with no-break spaces.

    Why: code from a web page; Python refuses it (`invalid non-printable character U+00A0`), and the
    model learns to write it.
    Example: "def f():\n\u00a0\u00a0\u00a0\u00a0return 1"
    Fix: the safe fix writes plain spaces.
    Source: CPython 3.11 `Parser/tokenizer.c`; defect in published data: Code Alpaca, Alpaca.
    """
    for pointer, _, text in texts(row):
        if not text.isascii() and (match := _INDENTS.search(text)):
            count = len(_INDENTS.findall(text))
            yield Spot(pointer, f"a line at character {match.start()}, {count} in all")


def _wide_in_latin(texts: Texts) -> Mask:
    found = _LOOKS["wide"](texts).copy()
    found[found] = ~texts.at(found).matching(_EAST.pattern)
    return found


def _narrow(text: str) -> str:
    if text.isascii() or _EAST.search(text):
        return text
    return _WIDES.sub(lambda wide: chr(ord(wide[0]) - 0xFEE0), text)


@rule(
    "TXT037",
    "full-width-in-latin-text",
    severity="info",
    fix=lambda row: with_texts(row, _narrow),
    fix_kind="safe",
    screen=_wide_in_latin,
)
def full_width_in_latin_text(row: Row) -> Iterator[Spot]:
    """A text without Chinese, Japanese or Korean has full-width letters or signs.

    Why: an input method was left on; they are other tokens than the signs they look like.
    Example: "the book ＂Dune＂"
    Fix: the safe fix writes the common signs.
    Source: Unicode Standard Annex 11; defect in published data: AlpacaEval.
    """
    for pointer, _, text in texts(row):
        if text.isascii() or _EAST.search(text):
            continue
        if match := _WIDES.search(text):
            count = len(_WIDES.findall(text))
            message = f"{match[0]} at character {match.start()}, {count} in all"
            yield Spot(pointer, message, around(text, match))


@rule(
    "TXT038",
    "stacked-marks",
    severity="warning",
    fix=replacing(_STACKS, ""),
    fix_kind="unsafe",
    screen=_LOOKS["stack"],
)
def stacked_marks(row: Row) -> Iterator[Spot]:
    r"""Four or more marks are stacked on one letter.

    Why: no language writes so; it is a joke or an attack, and every mark is a token.
    Example: "h\u0300\u0301\u0302\u0303i"
    Fix: the unsafe fix takes the stacked marks away.
    Source: Unicode Standard Annex 15, section 13 (stream-safe text).
    """
    yield from found(row, _STACKS, "stacked marks")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text) if _COMPOSABLES.search(text) else text


@rule(
    "TXT039",
    "decomposed-letters",
    severity="info",
    fix=lambda row: with_texts(row, _composed),
    fix_kind="safe",
    screen=_LOOKS["composable"],
)
def decomposed_letters(row: Row) -> Iterator[Spot]:
    r"""A text spells letters apart that have one code point (it is not in NFC).

    Why: file names of a Mac and some PDF tools write so. Tokenizers without normalisation (Llama
    3) make other tokens of it than of the same text composed; Qwen's compose it first.
    Example: "cafe\u0301"
    Fix: the safe fix composes the text (NFC), which is the same text by definition.
    Source: Unicode Standard Annex 15; transformers 5.23.0 `tokenization_qwen2.py`.
    """
    for pointer, _, text in texts(row):
        if text.isascii() or not _COMPOSABLES.search(text):
            continue
        if not unicodedata.is_normalized("NFC", text):
            composed = unicodedata.normalize("NFC", text)
            pairs = enumerate(zip(text, composed, strict=False))
            at = next((n for n, (old, new) in pairs if old != new), len(composed))
            yield Spot(pointer, f"not composed at character {at}", text[max(0, at - 20) : at + 20])


def _without_ligatures(text: str) -> str:
    return _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


@rule(
    "TXT040",
    "typeset-ligature",
    severity="warning",
    fix=lambda row: with_texts(row, _without_ligatures),
    fix_kind="safe",
    screen=_LOOKS["ligature"],
)
def typeset_ligature(row: Row) -> Iterator[Spot]:
    """A text holds ligatures that a typesetter put for two letters.

    Why: remains of PDF files; `oﬃce` and `office` share no token.
    Example: "the ﬁrst oﬃce"
    Fix: the safe fix writes the letters.
    Source: ftfy 6.3 `fix_latin_ligatures`; defect in published data: C4.
    """
    yield from characters(row, _LIGATURE)


def _unmixed(word: str) -> str:
    """Return a word in the script that most of it is in, itself where that cannot be told."""
    latin = sum(letter.isascii() for letter in word)
    foreign = len(word) - latin
    if not latin or not foreign or latin == foreign:
        return word
    changed = word.translate(_TO_LATIN if latin > foreign else _TO_CYRILLIC)
    # Letters of one script only, and no capital inside a small word: two words stuck together.
    one = changed.isascii() or not any(letter.isascii() for letter in changed)
    even = changed.islower() or changed.isupper() or changed[1:].islower()
    return changed if one and even else word


def _without_mixed(row: Row) -> Row:
    return with_texts(row, lambda text: _MIXED_WORDS.sub(lambda word: _unmixed(word[0]), text))


@rule(
    "TXT041",
    "word-of-two-scripts",
    severity="warning",
    fix=_without_mixed,
    fix_kind="unsafe",
    screen=_LOOKS["mixed"],
)
def word_of_two_scripts(row: Row) -> Iterator[Spot]:
    r"""A Latin word holds Cyrillic letters that look the same, or a Cyrillic word Latin ones.

    Why: nobody sees it; the word becomes other tokens, which is how spam passes filters.
    Example: "p\u0430ssword", with a Cyrillic a
    Fix: the unsafe fix writes the word in the script that most of it is in.
    Source: Unicode Technical Standard 39, section 5 (mixed scripts).
    """
    for pointer, _, text in texts(row):
        if text.isascii():
            continue
        words = (match for match in _MIXED_WORDS.finditer(text) if _unmixed(match[0]) != match[0])
        if match := next(words, None):
            signs = [sign for sign in match[0] if not sign.isascii()]
            names = ", ".join(f"U+{ord(sign):04X}" for sign in signs[:4])
            yield Spot(
                pointer, f"two scripts in a word at character {match.start()}: {names}", match[0]
            )


RULES = (
    private_use_character,
    noncharacter,
    hidden_tag_characters,
    lone_variation_selector,
    unusual_space,
    indent_of_no_break_spaces,
    full_width_in_latin_text,
    stacked_marks,
    decomposed_letters,
    typeset_ligature,
    word_of_two_scripts,
)
