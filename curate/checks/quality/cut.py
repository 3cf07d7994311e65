"""QLT005–QLT009: answers that stop before they are done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.quality.edges import ends_with, matching_among
from curate.checks.quality.learned import (
    ANSWERS,
    BLANK,
    KINDS,
    inside_code,
    last_line,
    spoken_to_user,
)
from curate.row import Row

_TAIL = 40
_LETTERS = "".join(map(chr, range(ord("a"), ord("z") + 1)))
_CAPITALS = _LETTERS.upper()
_OPEN_SIGNS = ",，、:：(（[【“‘「『《-–—"
# What code, formulas and tables have and prose has not.
_NO_PROSE = re.compile(r"[{}<>=|\\$`_~^]|\w\(|\)\(|//|\b(?:def|for|if|while|else|elif|class|try)\b")
_CLOSING_WORDS = 5


def _tail(text: str) -> str:
    return "…" + text.rstrip(BLANK)[-_TAIL:]


def _may_end_open(texts: Texts) -> Mask:
    return matching_among(texts, ends_with(texts, _OPEN_SIGNS), r"[,，、:：(（\[【“‘「『《–—-]\s*$")


def _open_end(text: str) -> bool:
    """Tell whether a text ends on a sign behind which more must come."""
    line = last_line(text)
    sign = line[-1:]
    if sign not in _OPEN_SIGNS or not sign or inside_code(text) or _NO_PROSE.search(line):
        return False
    words = len(line.split())
    if sign in ",，、":
        # "Yours sincerely," closes a letter; a short line of its own does so too.
        return sign == "、" or words > _CLOSING_WORDS or (sign == "，" and len(line) > _TAIL // 2)
    if sign in ":：":
        # Two such lines in a row are a form that is to be filled in.
        before = last_line(text.rstrip(BLANK)[: -len(line)])
        told = before or (words > _CLOSING_WORDS and re.search(r"[a-z)][.!?] +[A-Z]", line))
        return bool(told) and not before.endswith((":", "："))
    if sign in "-–—":
        return re.search(r"[^\s\W][-–—]$|[a-z,] [–—]$", line) is not None and words > 1
    return words > 1


@rule(
    "QLT005",
    "answer-ends-on-open-sign",
    severity="warning",
    kinds=KINDS,
    screen=_may_end_open,
    roles=ANSWERS,
)
def answer_ends_on_open_sign(row: Row) -> Iterator[Spot]:
    """An answer ends on a comma, a colon, a hyphen or an opening bracket or quotation mark.

    Why: a length limit cut it off; the model learns to stop in the middle. Code, forms that are
    to be filled in, and the last words of a letter are passed over.
    Example: "Bring water, food,"
    Fix: complete the answer, or remove the row.
    Source: defect in published data: Stanford Alpaca; LLaMA-Factory `alpaca_zh_demo`.
    """
    for pointer, _, text in spoken_to_user(row):
        if _open_end(text):
            yield Spot(pointer, "the answer ends where more must come", _tail(text))


# Words that no English sentence ends with, and words that a sentence may end with, but hardly one
# that has no full stop while the sentences before it have theirs.
_NEVER_LAST = r"the|an?|and|or|of|your|our|my|than|because|whose|including|between"
_HARDLY_LAST = (
    r"is|are|was|were|to|for|with|from|by|as|at|into|their|its|his|that|which|who|where|when|while|if|but|be|been"
    r"|has|have|had|will|would|should|could|can|may|might|must|through|during|without|within|upon"
    r"|they|she|he|we|these|those|although|whether|until|since|such|not"
)
_DANGLING = re.compile(rf"[^\W\d_]['’]?[;,)]?[ \t]({_NEVER_LAST})$")
_MAYBE_DANGLING = re.compile(rf"[^\W\d_]['’]?[;,)]?[ \t]({_HARDLY_LAST})$")
_NO_PREDICATE = re.compile(
    r"(?:The|Your|My)\b(?!.*\b(?:what|where|who|how|that|which|why|it|there)\b)[A-Za-z ]{12,} is$"
)
_SENTENCE_END = re.compile(r"[a-z)\]][.!?][\"”’)]?\s")
_ENOUGH_WORDS = 5
_LAST_WORD = rf"[\s,;)](?:{_NEVER_LAST}|{_HARDLY_LAST})\s*$"
_RHYME_LINES = 4


def _may_end_on_word(texts: Texts) -> Mask:
    return matching_among(texts, ends_with(texts, _LETTERS), _LAST_WORD)


def _dangling_word(text: str) -> str | None:
    line = last_line(text)
    sentence = re.split(r"[.!?:]\s+", line)[-1]
    if len(line.split()) < _ENOUGH_WORDS or inside_code(text) or _NO_PROSE.search(sentence):
        return None
    if found := _DANGLING.search(line):
        # "edit, here, the, this, a" is a list of words.
        listed = sentence.count(",") * 2 >= len(sentence.split())
        return None if listed else found[1]
    if _NO_PREDICATE.match(sentence):
        return "is"
    if (
        _ended(text)
        and not re.match(r"\W*[-*•\d]", line)
        and (found := _MAYBE_DANGLING.search(line))
    ):
        return found[1]
    return None


def _ended(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None


@rule(
    "QLT006",
    "answer-ends-on-function-word",
    severity="warning",
    kinds=KINDS,
    screen=_may_end_on_word,
    roles=ANSWERS,
)
def answer_ends_on_function_word(row: Row) -> Iterator[Spot]:
    """An English answer ends on a word that cannot be a sentence's last, such as "the" or "and".

    Why: a length limit cut it off; the model learns to stop in the middle of a sentence.
    Example: "It is a reminder of the importance of"
    Fix: complete the answer, or remove the row.
    Source: defect in published data: LLaMA-Factory `alpaca_en_demo`, `kto_en_demo`.
    """
    for pointer, _, text in spoken_to_user(row):
        if (word := _dangling_word(text)) is not None:
            yield Spot(pointer, f"the answer ends on {word!r}, without a full stop", _tail(text))


_EMPTY_MARK = re.compile(r"\n[ \t]*(?:(\d{1,2})([.)、])|([-*•]))[ \t\n\r]*\Z")
_ITEM = re.compile(r"^[ \t]*(?:(\d{1,2})([.)、])|([-*•])[ \t])", re.MULTILINE)
_EMPTY_HEADING = re.compile(r"\n[ \t]*#{1,6}[ \t\n\r]*\Z")


def _ends_on_mark(text: str) -> bool:
    """Tell whether a text ends on the mark of an item that goes on with a list of its own."""
    mark = _EMPTY_MARK.search(text)
    if mark is None:
        return False
    number, sign, bullet = mark.groups()
    before = (str(int(number) - 1), sign, None) if number else (None, None, bullet)
    return any(item.groups() == before for item in _ITEM.finditer(text, 0, mark.start() + 1))


def _may_end_on_mark(texts: Texts) -> Mask:
    marked = ends_with(texts, ".)、-*•#")
    return matching_among(texts, marked, r"\n[ \t]*(?:\d{1,2}[.)、]|[-*•]|#{1,6})\s*$")


@rule(
    "QLT007",
    "empty-list-item-at-end",
    severity="warning",
    kinds=KINDS,
    screen=_may_end_on_mark,
    roles=ANSWERS,
)
def empty_list_item_at_end(row: Row) -> Iterator[Spot]:
    r"""An answer ends on the mark of a list item or a heading that has no text.

    Why: a length limit cut it off; the model learns to begin items that it does not write.
    Example: "1. Eat well\n2. Sleep\n3."
    Fix: write the item, or cut the mark.
    Source: defect in published data: LLaMA-Factory `alpaca_en_demo`.
    """
    for pointer, _, text in spoken_to_user(row):
        if inside_code(text):
            continue
        if _ends_on_mark(text) or _EMPTY_HEADING.search(text):
            yield Spot(pointer, "a list item without a text ends the answer", _tail(text))


_PAIRS = (("(", ")"), ("（", "）"), ("《", "》"), ("“", "”"), ("「", "」"), ("【", "】"))
_SMILEY = re.compile(r"[:;=]-?\(|(?m:^[ \t]*(?:\d{1,2}|[a-zA-Z])\))")
_WORD_LAST = re.compile(r"\w$")
_CODE_SIGN = re.compile(r"[{}=|\\$`]|\w\(\)")
_OPEN_BYTES = "(（《“「【"


def _may_lack_bracket(texts: Texts) -> Mask:
    worded = ends_with(texts, _LETTERS + _CAPITALS + "0123456789_")
    worded |= last_byte_is_wide(texts)
    return matching_among(
        texts, worded, rf"[{_OPEN_BYTES}][^\n]*[^\s.!?。！？;；:：，、）)》”」】]\s*$"
    )


def last_byte_is_wide(texts: Texts) -> Mask:
    """Return which texts may end with a character beyond ASCII."""
    return ends_with(texts, "".join(map(chr, range(0x80, 0xC0))))


def _unclosed(text: str) -> str | None:
    line = last_line(text)
    if inside_code(text) or not _WORD_LAST.search(line) or _CODE_SIGN.search(line):
        return None
    plain = _SMILEY.sub("", line)
    for opening, closing in _PAIRS:
        if plain.count(opening) > plain.count(closing) and plain.rfind(opening) > plain.rfind(
            closing
        ):
            return opening
    return None


@rule(
    "QLT008",
    "answer-ends-inside-brackets",
    severity="warning",
    kinds=KINDS,
    screen=_may_lack_bracket,
    roles=ANSWERS,
)
def answer_ends_inside_brackets(row: Row) -> Iterator[Spot]:
    r"""An answer's last line opens a bracket or a quotation, and the answer ends there.

    Why: a length limit cut it off; the model learns to stop in the middle.
    Example: "42. Molybdenum (Mo)\n43. Technetium (T"
    Fix: complete the answer, or remove the row.
    Source: defect in published data: LLaMA-Factory `alpaca_zh_demo`, `dpo_en_demo`.
    """
    for pointer, _, text in spoken_to_user(row):
        if (opening := _unclosed(text)) is not None:
            yield Spot(pointer, f"the last line opens {opening} and stops", _tail(text))


_LONG = 600
_PROSE_SENTENCE = re.compile(r"[a-z)][.!?][\"”)]? +[A-Z“\"]")
_NO_SENTENCE = re.compile(r"#\w|https?:|www\.|@\w")


def _may_lack_end(texts: Texts) -> Mask:
    worded = ends_with(texts, _LETTERS) & (texts.lengths >= _LONG)
    return matching_among(texts, worded, r"[a-z)][.!?][\"”)]? +[A-Z“\"][^\n]*\s*$")


def _lacks_end(text: str) -> bool:
    if len(text) < _LONG or inside_code(text):
        return False
    line = last_line(text)
    if re.match(r"\W*\d{1,2}[.)]", line) or _NO_SENTENCE.search(line):
        return False
    *_, last = re.split(r"[.!?][\"”)]? +", line)
    whole = _PROSE_SENTENCE.search(line) and re.search(r"[a-z]$", line)
    return bool(whole) and len(last.split()) > 1 and not _NO_PROSE.search(last)


@rule(
    "QLT009",
    "answer-without-end-mark",
    severity="info",
    kinds=KINDS,
    screen=_may_lack_end,
    roles=ANSWERS,
)
def answer_without_end_mark(row: Row) -> Iterator[Spot]:
    """The last sentence of a long answer's last paragraph has no end mark; the ones before have.

    Why: in generated text a length limit cut it off; in written text the full stop was forgotten.
    Example: "We reverse the rest of the list. Then we reverse"
    Fix: complete the sentence.
    Source: defect in published data: LLaMA-Factory `alpaca_en_demo`, `dpo_en_demo`.
    """
    for pointer, _, text in spoken_to_user(row):
        if _lacks_end(text) and _dangling_word(text) is None:
            yield Spot(pointer, "the last sentence has no end mark", _tail(text))


RULES = (
    answer_ends_on_open_sign,
    answer_ends_on_function_word,
    empty_list_item_at_end,
    answer_ends_inside_brackets,
    answer_without_end_mark,
)
