"""LNG: answers in another language than the question asks for. Needs the extra `language`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.quality.learned import answered
from curate.language import identify, is_sure
from curate.row import Kind, Row

_KINDS: tuple[Kind, ...] = ("sft", "preference", "unpaired")
# The shortest text whose language is told.
_LEAST_CHARS = 40
# Lines that are shorter on the average are a list or a poem.
_LINE_CHARS = 40
_NAMES = {
    "arabic": "ar",
    "bengali": "bn",
    "bulgarian": "bg",
    "chinese": "zh",
    "mandarin": "zh",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "persian": "fa",
    "farsi": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "thai": "th",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "vietnamese": "vi",
}
_ANY = "|".join(_NAMES)
_ASKED = re.compile(
    rf"(?i)\b(?:(?:translate|convert|rewrite|put|say)\b[^.\n]{{0,80}}?\b(?:in)?to|(?:write|answer|reply"
    rf"|respond|say|express)\b[^.\n]{{0,60}}?\bin) (?:simplified |traditional )?(?P<name>{_ANY})\b"
    r"(?! (?:food|class|literature|history|style|novel|cuisine|restaurant|culture))"
)
# Words that make another language likely, so that nothing is wrong with one.
_ABOUT_LANGUAGE = re.compile(
    rf"(?i)\b(?:translat|language|{_ANY}|latin\b|dialect|poem|lyrics|quote|proverb|idiom|phrase"
    r"|pronounc|bilingual|multilingual|loanword|etymolog)|翻译|英文|英语|中文|语言|日语|法语|translit"
)
# Programs, formulas and lists of names are in no language.
_NO_PROSE = re.compile(r"```|[{}<>=;]|https?://|^[^\S\n]*(?:[-*•]|\d+[.)])", re.MULTILINE)
# A word of another script in quotes: the question is about that word.
_QUOTED_LATIN = re.compile("[\"'“‘「《（(][A-Za-z]")
# Languages that the model takes for each other in short texts.
_ALIKE = (
    frozenset({"no", "nn", "da", "sv"}),
    frozenset({"hr", "sr", "bs", "sh", "sl"}),
    frozenset({"id", "ms", "jv", "su"}),
    frozenset({"cs", "sk"}),
    frozenset({"es", "gl", "ca", "pt", "ast", "oc", "an"}),
    frozenset({"ru", "uk", "be", "bg", "mk"}),
    frozenset({"hi", "mr", "ne", "sa", "bh"}),
    frozenset({"fa", "ur", "ar", "ckb", "ps", "pnb", "arz", "azb"}),
    frozenset({"zh", "wuu", "yue", "ja", "ko"}),
    frozenset({"nl", "af", "nds", "li", "vls", "fy"}),
    frozenset({"de", "als", "lb", "bar", "nds"}),
    frozenset({"tr", "az", "tk", "uz", "crh"}),
    frozenset({"it", "scn", "vec", "lmo", "pms", "nap", "co", "sc"}),
    frozenset({"en", "sco"}),
)


def _alike(one: str, other: str) -> bool:
    return one == other or any({one, other} <= group for group in _ALIKE)


def _prose(text: str) -> str | None:
    if len(text) < _LEAST_CHARS and text.isascii():
        return None
    if text.count("\n") > 1 and len(text) < _LINE_CHARS * (text.count("\n") + 1):
        return None  # a list
    return None if len(text) < _LEAST_CHARS // 3 or _NO_PROSE.search(text) else text


@rule("LNG001", "answer-in-another-language", severity="warning", kinds=_KINDS)
def answer_in_another_language(row: Row) -> Iterator[Spot]:
    """The answer is in another language than the question, and nothing asks for that.

    Why: the model learns to answer people in a language that they did not write in.
    Example: a question in German, its answer in English
    Fix: translate the answer, or remove the row (`curate filter --keep 'same_language == 1'`).
    Source: Joulin et al. 2016 (the model); measured in `curate/language.py`.
    """
    for each in answered(row):
        if _ABOUT_LANGUAGE.search(each.question):
            continue
        asked, told = _prose(each.instruction), _prose(each.answer)
        if asked is None or told is None:
            continue
        if told.isascii() and not asked.isascii() and _QUOTED_LATIN.search(asked):
            continue
        mine, theirs = identify(asked), identify(told)
        both = is_sure(asked, mine) and is_sure(told, theirs)
        if both and not _alike(mine.code, theirs.code):
            said = f"asked in {mine.code}, answered in {theirs.code}"
            yield Spot(each.pointer, said, each.answer)


@rule(
    "LNG002",
    "not-the-language-asked-for",
    severity="warning",
    kinds=_KINDS,
    needs=r"(?i:translate|convert|rewrite|put|say|write|answer|reply|respond|express)",
    roles=("user",),
)
def not_the_language_asked_for(row: Row) -> Iterator[Spot]:
    """The question asks for a language by name, and the answer is in another one.

    Why: the model learns translations that are none.
    Example: "Translate to French: Good morning, how are you today?" answered in English
    Fix: correct the answer, or remove the row.
    Source: Joulin et al. 2016 (the model); measured in `curate/language.py`.
    """
    for each in answered(row):
        asked = _ASKED.search(each.instruction)
        if asked is None:
            continue
        told = _prose(each.answer)
        wanted = _NAMES[asked["name"].lower()]
        if told is None or len(set(re.findall(_ANY, each.instruction.lower()))) > 2:
            continue
        if asked["name"].lower() in told.lower():
            continue  # it tells the words and talks about them
        found = identify(told)
        if is_sure(told, found) and not _alike(found.code, wanted):
            said = f"asked for {asked['name']} ({wanted}), answered in {found.code}"
            yield Spot(each.pointer, said, each.answer)


RULES = (answer_in_another_language, not_the_language_asked_for)
