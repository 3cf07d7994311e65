"""QLT018–QLT019: answers in a script that the question does not let expect."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.edges import width, widths
from curate.checks.quality.learned import ANSWERS, CODE, KINDS, QUESTIONS, answered
from curate.row import Row

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_SCRIPTS = {
    "Han": re.compile("[㐀-鿿]"),
    "Kana": re.compile("[぀-ヿ]"),
    "Hangul": re.compile("[ᄀ-ᇿ가-힣]"),
    "Cyrillic": re.compile("[Ѐ-ӿ]"),
    "Greek": re.compile("[Ͱ-Ͽ]"),
    "Arabic": re.compile("[؀-ۿ]"),
    "Hebrew": re.compile("[֐-׿]"),
    "Devanagari": re.compile("[ऀ-ॿ]"),
    "Thai": re.compile("[฀-๿]"),
}
# Words that ask for another language, or for something that is written in Latin letters anyway.
_OTHER_TONGUE = re.compile(
    r"(?i)translat|\blanguage|\bin (?:english|chinese|japanese|korean|russian|arabic|hindi|greek"
    r"|hebrew|thai|spanish|french|german)\b|english|chinese|mandarin|japanese|korean|kanji|hanzi"
    r"|pinyin|romaji|翻译|译成|译为|英文|英语|英國|中文|汉语|日语|韩语|法语|德语|俄语|拉丁|语言|代码|程序|函数"
    r"|перевед|перевод|англи|немецк|французск|испанск|латин|μετάφρα|αγγλικ|ترجم|انجليزي|إنجليزي"
    r"|بالإنجليزية|انگلیسی|अनुवाद|अंग्रेज|תרגם|תרגמ|אנגלית|แปล|อังกฤษ|번역|영어|英作文|訳して|英訳|和訳"
    r"|код\b|программ|функци|скрипт|название|имя"
    r"|编写|用户名|密码|网址|名称|名字|品牌|域名|邮箱|公式|脚本|算法|正则|查询|缩写|拼音|表达式|SQL|HTML|JSON|Python"
)
_PROSE_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_CODE_SIGN = re.compile(r"[{}<>=\\|_`$]|\w\(")
_ENOUGH_WORDS = 5
_ENOUGH_LETTERS = 8
_MOSTLY = 0.9
_WIDE = 60
_NARROW = 20


def main_script(text: str) -> str | None:
    """Return the script that nearly all letters of a text are of, None where none is."""
    if not (counts := script_counts(text)):
        return None
    name = max(counts, key=counts.__getitem__)
    total = sum(counts.values())
    return name if total >= _ENOUGH_LETTERS and counts[name] >= _MOSTLY * total else None


def script_counts(text: str) -> dict[str, int]:
    """Return how many letters of which script a text has; Kana counts as Han beside Han."""
    counts = {"Latin": len(_LATIN.findall(text))}
    if not text.isascii():
        counts |= {
            name: len(found) for name, each in _SCRIPTS.items() if (found := each.findall(text))
        }
    return counts


def _in_another_width(texts: Texts) -> Mask:
    """Return the answers in rows that have a text of wide letters and one of narrow ones."""
    beyond = widths(texts)
    wide, narrow = texts.rows_of(beyond >= _WIDE), texts.rows_of(beyond <= _NARROW)
    return np.asarray((wide & narrow)[texts.rows])


@rule(
    "QLT018",
    "answer-in-another-script",
    severity="warning",
    kinds=KINDS,
    screen=_in_another_width,
    roles=ANSWERS,
)
def answer_in_another_script(row: Row) -> Iterator[Spot]:
    """A question is in Chinese or another script, its answer in Latin letters, or the other way.

    Why: part of a translated set was left untranslated; the model learns to change its language
    for no reason. Questions that speak of languages, names or code are passed over.
    Example: "用一句话介绍春节的来历。" answered by "It goes back to the Shang dynasty."
    Fix: translate the answer, or remove the row.
    Source: defect in published data: LLaMA-Factory `alpaca_zh_demo`, `glaive_toolcall_zh_demo`.
    """
    for each in answered(row):
        if (scripts := _mismatch(each.question, each.answer)) is not None:
            yield Spot(each.pointer, "the question is in {}, the answer in {}".format(*scripts))


def _mismatch(question: str, answer: str) -> tuple[str, str] | None:
    if question.isascii() and answer.isascii():
        return None
    narrow, wide = sorted((width(question), width(answer)))
    if narrow > _NARROW or wide < _WIDE:
        return None
    prose = CODE.sub(" ", answer)
    theirs, said = main_script(question), main_script(prose)
    if theirs is None or said is None or theirs == said or "Latin" not in (theirs, said):
        return None
    if _OTHER_TONGUE.search(question) or _CODE_SIGN.search(prose):
        return None
    if said == "Latin" and len(_PROSE_WORD.findall(prose)) < _ENOUGH_WORDS:
        return None
    return theirs, said


_WRITTEN_IN = {
    "japanese": ("Kana", "Han"),
    "chinese": ("Han",),
    "mandarin": ("Han",),
    "cantonese": ("Han",),
    "russian": ("Cyrillic",),
    "ukrainian": ("Cyrillic",),
    "bulgarian": ("Cyrillic",),
    "arabic": ("Arabic",),
    "persian": ("Arabic",),
    "urdu": ("Arabic",),
    "hindi": ("Devanagari",),
    "korean": ("Hangul",),
    "greek": ("Greek",),
    "hebrew": ("Hebrew",),
    "thai": ("Thai",),
    "english": ("Latin",),
    "spanish": ("Latin",),
    "french": ("Latin",),
    "german": ("Latin",),
    "italian": ("Latin",),
    "portuguese": ("Latin",),
    "日语": ("Kana", "Han"),
    "日文": ("Kana", "Han"),
    "韩语": ("Hangul",),
    "俄语": ("Cyrillic",),
    "阿拉伯语": ("Arabic",),
    "英语": ("Latin",),
    "英文": ("Latin",),
    "法语": ("Latin",),
    "德语": ("Latin",),
    "西班牙语": ("Latin",),
}
_NAMES = "|".join(_WRITTEN_IN)
_ASKED_ENGLISH = (
    r"(?:translat\w{0,6}|how (?:do|would|can) (?:you|i|we) say)\b[^.\n]{0,120}?"
    r"\b(?:in|into|to) (?:the )?"
)
_ASKED_CHINESE = r"(?:翻译|译|转换)(?:成|为|到)\s*"
_ASKED_LANGUAGE = re.compile(rf"(?i){_ASKED_ENGLISH}({_NAMES})\b|{_ASKED_CHINESE}({_NAMES})")
_AND_ANOTHER = re.compile(rf"(?i)\s*(?:,|and|or|&|/|和|、)\s*(?:in|into|to)?\s*(?:{_NAMES})")
_IN_LATIN = re.compile(
    r"(?i)romani[sz]|romaji|pinyin|transliterat|latin (?:letters|script|alphabet)"
)


@rule(
    "QLT019",
    "translation-in-wrong-script",
    severity="warning",
    kinds=KINDS,
    needs=r"(?i:translat|how (?:do|would|can) (?:you|i|we) say)|翻译|译[成为到]|转换[成为到]",
    roles=QUESTIONS,
)
def translation_in_wrong_script(row: Row) -> Iterator[Spot]:
    """A translation is asked for, and the answer has no letter of that language's script.

    Why: the translation is not there, is in another language, or is spelled in other letters
    though nobody asked for that.
    Example: "Translate 'good morning' to Japanese" answered by "Ohayou gozaimasu."
    Fix: write the translation in its own script, or ask for the spelling that is meant.
    Source: defect in published data: Stanford Alpaca; LLaMA-Factory `dpo_zh_demo`.
    """
    for each in answered(row):
        named = list(_ASKED_LANGUAGE.finditer(each.instruction))
        if len({found.group(1) or found.group(2) for found in named}) != 1:
            continue
        more = _AND_ANOTHER.match(each.instruction, named[0].end())
        if more or _IN_LATIN.search(each.instruction):
            continue
        language = named[0].group(1) or named[0].group(2)
        counts = script_counts(each.answer)
        wanted = _WRITTEN_IN[language.lower()]
        if sum(counts.values()) and not any(counts.get(name) for name in wanted):
            message = f"a translation to {language} is asked for, which is written in {wanted[0]}"
            yield Spot(each.pointer, message, each.answer)


RULES = (answer_in_another_script, translation_in_wrong_script)
