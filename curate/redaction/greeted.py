"""Names by what stands around them: a greeting, a title, a closing, an introduction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from curate.redaction.cues import Cue, cues
from curate.redaction.lexicon import (
    HANGUL,
    TOKEN,
    UNSPACED,
    folded,
    is_common,
    known_given,
    short,
    words,
)
from curate.redaction.views import View
from curate.redaction.wording import (
    BARE_TITLES,
    CLOSINGS,
    GROUPS,
    HONORIFICS,
    NOBODY,
    ORGANISATIONS,
    PARTICLES,
    TITLES,
)

Sign = Literal["greeting", "closing", "title", "introduction", "honorific"]
_CLOSING_LINE = re.compile(
    rf"(?i)(?:{'|'.join(CLOSINGS)})[ \t]{{0,8}}[,.!]{{0,3}}[ \t]{{0,8}}(?:\r?\n|\Z)"
)
# The whole last line, as many sign who write without capitals.
_LOW_NAME = re.compile(r"[^\W\d_]{2,20}(?=[ \t.!]{0,3}\s*\Z)")
_TITLE = re.compile(
    rf"(?i)(?:{TITLES}|med|rer|nat|phil)(?:\.[ \t\u00a0]?|[ \t\u00a0]+)(?=[^\W\d_])"
)
_NAME_WORD = re.compile(rf"{TOKEN.pattern}(?:[-'’‐]{TOKEN.pattern})*")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_JOIN = re.compile(
    r"[ \t]?[&/+][ \t]?|[ \t]+(?:and|und|et|y|e|en|och|og|ja|i|oraz|ve|и|та|και)[ \t]+|[与和、]"
)
_COMMA = re.compile(r",[ \t]+(?=\w+(?:,| (?:and|und|et|y|e|en|och|og|и|&) ))")
_GO_ON = re.compile(r"\.?[ \t\u00a0]+|\.(?=\w)")
_ENDS = re.compile(r"[ \t]*(?:[,!.;:?，！。、：؛)\"”*–—-]|\r?\n|\Z)")
_LINE_ENDS = re.compile(r"[ \t]{0,8}(?:[,.!*]?[ \t]{0,8}(?:\r?\n|\Z)|[,|(–—][^\n]*)")
_ROMAN_HONORS = frozenset({"san", "sama", "kun", "chan", "sensei"})
_HONOR_CUES = (
    *("先生", "女士", "小姐", "老师", "老師", "经理", "經理", "总监", "教授", "医生", "主任"),
    *("さん", "様", "くん", "ちゃん", "씨", "님"),
)
_HONORIFIC = re.compile(rf"(?:{HONORIFICS})\Z")
_CASELESS = re.compile(rf"[{UNSPACED}{HANGUL}]")
_HAN = re.compile(r"[\u3400-\u9fff]")
# Words that begin as a family name does.
_NO_FAMILY = (
    "谢谢",
    "謝謝",
    "高兴",
    "任何",
    "方便",
    "许多",
    "于是",
    "马上",
    "万分",
    "向大家",
    "何时",
)
_MOST_WORDS = 4
_CHINESE = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧田"
    "董袁潘蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范石廖贾賈夏韦韋付傅邹鄒孟熊秦邱江尹"
    "薛闫阎段雷侯龙龍陶黎贺賀顾顧毛郝龚龔邵钱錢严嚴覃武戴莫"
)
_KOREAN = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구"
_HONORED = re.compile(
    rf"(?<![国女感多致道答])(?P<zh>[{_CHINESE}][\u4e00-\u9fff]{{0,2}}?)(?=先生|女士|小姐|老师|老師|经理|經理|总监|教授|医生|主任)"
    r"|(?<![\u4e00-\u9fff\u30a0-\u30ff])(?P<ja>[\u4e00-\u9fff]{1,3}|[\u30a1-\u30ff]{2,8})(?=さん|様"
    r"|くん|ちゃん)"
    rf"|(?<![{HANGUL}])(?P<ko>[{_KOREAN}][{HANGUL}]{{2}})(?= ?(?:씨|님))"
    r"|(?<![\w-])(?P<romaji>[A-Z][a-z]{2,})(?=-(?:san|sama|kun|chan|sensei)\b)"
)
_NOT_HONORED = words("not_honored.txt")
_NOBODY_TITLED = words("nobody_titled.txt")


class Greeted(NamedTuple):
    """A name that is told by its surroundings.

    Attributes:
        start: Index of the first character.
        end: Index behind the last.
        sign: What tells.
        sure: Whether it is certain: a title, a common given name, or a name that is known.
    """

    start: int
    end: int
    sign: Sign
    sure: bool


Knows = Callable[[str], bool]


def greeted(view: View, knows: Knows, told: Iterable[Cue] | None = None) -> list[Greeted]:
    """Return the names that greetings, titles, closings and introductions tell, in order.

    Args:
        view: Any text.
        knows: Tells whether a word is part of a known name.
        told: Its cues, where they were looked for before.
    """
    found: dict[tuple[int, int], Greeted] = {}
    for place in _all(view, cues(view) if told is None else told, knows):
        found.setdefault((place.start, place.end), place)
    if len(found) < 2:
        return list(found.values())
    kept: list[Greeted] = []
    for place in sorted(found.values(), key=lambda each: (each.start, -each.end)):
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept


def _all(view: View, told: Iterable[Cue], knows: Knows) -> Iterator[Greeted]:
    text = view.text
    for sign, at in told:
        if sign == "greeting":
            yield from _greeted(text, at, knows)
        elif sign in ("closing", "signed"):
            yield from _signed(text, at, knows, sure_only=sign == "signed")
        elif sign == "title":
            yield from _titled(text, at, knows)
        elif sign == "introduction":
            yield from _introduced(text, at, knows)
        else:
            yield from (each for each in _introduced(text, at, knows) if each.sure)
    if _may_honor(view):
        for met in _HONORED.finditer(text):
            if met.group() not in _NOT_HONORED:
                yield Greeted(*met.span(), "honorific", True)


def _may_honor(view: View) -> bool:
    """Tell whether a text holds a word that follows a name."""
    if not view.words.isdisjoint(_ROMAN_HONORS):
        return True
    return not view.text.isascii() and any(cue in view.text for cue in _HONOR_CUES)


class _Run(NamedTuple):
    """Words in a row that may be a name."""

    start: int
    end: int
    words: list[str]


def _read(text: str, at: int, knows: Knows, most: int = _MOST_WORDS) -> _Run | None:
    """Return the words from a place on that are written as a name is, None where there is none."""
    words: list[str] = []
    end = at
    while len(words) < most and (found := _NAME_WORD.match(text, at)):
        word = found.group()
        bare = _POSSESSIVE.sub("", word)
        if word.endswith(("'", "’")) or bare != word:
            word = bare
        low = word.lower()
        if any(c.isdigit() for c in word):
            break
        named = word[0].isupper() or (
            not is_common(word) and (knows(word) or (not words and _is_given(word)))
        )
        eastern = _CASELESS.match(word) is not None
        if eastern and (len(word) > 5 or words):
            break
        if not (named or eastern or not word[0].islower() or (low in PARTICLES and len(word) > 1)):
            break
        words.append(word)
        end = at + len(word)
        go_on = _GO_ON.match(text, end)
        if word != found.group() or go_on is None:
            break
        if go_on.group().startswith(".") and len(word) > 1 and low not in ("dr", "st", "jr"):
            break
        at = go_on.end()
    while words and words[-1].lower() in PARTICLES:
        end -= len(words.pop())
        while end and text[end - 1].isspace():
            end -= 1
    return _Run(end - _length(text, end, words), end, words) if words else None


def _length(text: str, end: int, words: list[str]) -> int:
    """Return how long the words before a place are, with what stands between them."""
    start = end
    for word in reversed(words):
        start = text.rfind(word, 0, start)
    return end - start


def _is_given(word: str) -> bool:
    return folded(word) in known_given() and not is_common(word)


def _is_nobody(words: list[str]) -> bool:
    low = [word.lower() for word in words]
    if any(word in ORGANISATIONS for word in low):
        return True
    if low[0] in BARE_TITLES or low[-1] in GROUPS:
        return True
    return low[0] in NOBODY and not (len(low[0]) == 1 and len(low) > 1)


def _greeted(text: str, at: int, knows: Knows) -> Iterator[Greeted]:
    at, titled = _past_titles(text, at)
    while run := _read(text, at, knows):
        if _is_nobody(run.words):
            return
        known = any(knows(word) for word in run.words)
        ended = _ENDS.match(text, run.end) is not None
        joined = _JOIN.match(text, run.end)
        first = run.words[0]
        sure = titled or known or _is_given(first)
        if not (ended or joined) and len(run.words) > 1:  # `Hi Anna Please call`
            run = _shortened(run, knows)
        if not (ended or joined or sure):
            return
        proper = [word for word in run.words if word.lower() not in PARTICLES]
        if (proper[0][0].islower() and not sure) or not (known or _may_be_chinese(text, run)):
            return
        end = run.end - len(run.words[-1]) + len(_HONORIFIC.sub("", run.words[-1]))
        if end > run.start:
            yield Greeted(run.start, end, "title" if titled else "greeting", sure)
        comma = _COMMA.match(text, run.end)
        following = joined or comma
        if following is None:
            return
        at = following.end()


def _shortened(run: _Run, knows: Knows) -> _Run:
    """Return a run up to the last word that is known to be part of a name."""
    kept = 1
    for nth, word in enumerate(run.words[1:], 2):
        if knows(word):
            kept = nth
    words = run.words[:kept]
    end = run.start + len(words[0])
    return _Run(run.start, end, words) if kept == 1 else run


def _signed(text: str, at: int, knows: Knows, *, sure_only: bool) -> Iterator[Greeted]:
    if _CLOSING_LINE.match(text, at):
        return
    low_name = _LOW_NAME.match(text, at)
    if low_name is not None and knows(low_name.group()):
        yield Greeted(*low_name.span(), "closing", True)
        return
    run = _read(text, at, knows)
    if run is None or _LINE_ENDS.match(text, run.end) is None or _is_nobody(run.words):
        return
    low = [word.lower() for word in run.words]
    sure = any(map(knows, run.words)) or _is_given(run.words[0])
    if not sure and (sure_only or (len(low) == 1 and low[0] in NOBODY | short())):
        return
    if not sure and run.words[0][0].islower():
        return
    yield Greeted(run.start, run.end, "closing", sure)


def _may_be_chinese(text: str, run: _Run) -> bool:
    """Tell whether Han signs can be a name; other scripts can.

    They begin with a family name, or are few behind words that only a name follows.
    """
    word = run.words[0]
    bare = _HONORIFIC.sub("", word)
    if not _HAN.match(word):
        return True
    if len(bare) <= 4 and word[0] in _CHINESE and not bare.startswith(_NO_FAMILY):
        return True
    before = text[max(0, run.start - 3) : run.start]
    return 2 <= len(bare) <= 3 and before.endswith(("亲爱的", "親愛的", "敬爱的", "我叫"))


def _past_titles(text: str, at: int) -> tuple[int, bool]:
    """Return where a name begins behind its titles, at most four, and whether there is one."""
    titled = False
    for _ in range(_MOST_WORDS):
        title = _TITLE.match(text, at)
        if title is None:
            break
        at, titled = title.end(), True
    return at, titled


def _titled(text: str, at: int, knows: Knows) -> Iterator[Greeted]:
    at, _ = _past_titles(text, at)
    run = _read(text, at, knows)
    if (
        run is None
        or run.words[0].lower() in _NOBODY_TITLED | BARE_TITLES
        or not run.words[0][0].isupper()
    ):
        return
    words = 1
    while words < len(run.words):
        before, word = run.words[words - 1], run.words[words]
        if not (
            knows(word)
            or _is_given(before)
            or before.lower() in PARTICLES
            or word.lower() in PARTICLES
            or len(before) == 1
        ):
            break
        words += 1
    end = run.end
    for word in reversed(run.words[words:]):
        end = text.rfind(word, run.start, end)
    end = run.start + len(text[run.start : end].rstrip(" \t\u00a0."))
    yield Greeted(run.start, end, "title", True)


def _introduced(text: str, at: int, knows: Knows) -> Iterator[Greeted]:
    run = _read(text, at, knows, 3)
    if run is None or run.words[0].lower() in NOBODY:
        return
    if run.words[0][0].islower() and not (knows(run.words[0]) or _is_given(run.words[0])):
        return
    known = any(map(knows, run.words))
    if known or _may_be_chinese(text, run):
        sure = known or _is_given(run.words[0])
        yield Greeted(run.start, run.end, "introduction", sure)
