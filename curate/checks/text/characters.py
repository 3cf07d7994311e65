"""TXT: characters that should not be in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from curate.checks.base import Spot, rule
from curate.checks.columns import Indices, Mask, Texts
from curate.checks.structure.preference import same_but_space
from curate.checks.text.looks import Look, Looks
from curate.checks.text.places import characters, replacing
from curate.checks.walk import is_blank, texts, with_texts
from curate.row import Row

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Joiners shape letters in Persian, in Indic scripts and in emoji; between these they do nothing.
_UNSEEN = re.compile(
    "[\u00ad\u180e\u200b\u2060-\u2064]|(?<=[\x20-\x7e])[\u200c\u200d](?=[\x20-\x7e])"
)
_LINE_SIGN = re.compile("[\u2028\u2029]")
_NUL = re.compile("\x00")
_MARK = re.compile("\ufeff")
_RETURN = re.compile("\r")
_CRLF = re.compile("\r\n?")

# White space in UTF-8 as numbers, by how many bytes it has.
_SPACES = {
    size: [
        int.from_bytes(chr(point).encode(), "big")
        for point in range(0x3001)
        if chr(point).isspace() and len(chr(point).encode()) == size
    ]
    for size in (1, 2, 3)
}


_LOOKS = Looks(
    nul=Look(_NUL.pattern, "^"),
    mark=Look(_MARK.pattern, points=_MARK.pattern),
    unseen=Look(
        "[\u00ad\u180e\u200b\u2060-\u2064]|[\x20-\x7e][\u200c\u200d][\x20-\x7e]",
        points="\u00ad\u180e\u200b-\u200d\u2060-\u2064",
    ),
    bidi=Look(_BIDI.pattern, points=_BIDI.pattern[1:-1]),
    line_sign=Look(_LINE_SIGN.pattern, points=_LINE_SIGN.pattern[1:-1]),
    carriage_return=Look(_RETURN.pattern, "^"),
)


@rule(
    "TXT001",
    "nul-character",
    severity="warning",
    fix=replacing(_NUL, ""),
    fix_kind="safe",
    screen=_LOOKS["nul"],
)
def nul_character(row: Row) -> Iterator[Spot]:
    r"""A text holds U+0000.

    Why: programs in C cut the text there, databases refuse it, and it shows nothing.
    Example: "Hello\u0000"
    Fix: the safe fix removes it.
    Source: The Unicode Standard, section 23.1 (control codes).
    """
    yield from characters(row, _NUL, ascii_too=True)


@rule(
    "TXT005",
    "byte-order-mark-inside",
    severity="warning",
    fix=replacing(_MARK, ""),
    fix_kind="safe",
    screen=_LOOKS["mark"],
)
def byte_order_mark_inside(row: Row) -> Iterator[Spot]:
    r"""A text holds U+FEFF, the mark at the start of some files.

    Why: it cannot be seen, breaks the match of the first word, and is a token of its own.
    Example: "\ufeffHello"
    Fix: the safe fix removes it.
    Source: The Unicode Standard, section 23.8 (byte order mark).
    """
    yield from characters(row, _MARK)


@rule(
    "TXT006",
    "invisible-character",
    severity="info",
    fix=replacing(_UNSEEN, ""),
    fix_kind="unsafe",
    screen=_LOOKS["unseen"],
)
def invisible_character(row: Row) -> Iterator[Spot]:
    r"""A text holds characters that cannot be seen, such as a zero-width space.

    Why: remains of web pages; words that look the same become other tokens. Thai and Khmer use
    some of them between words, so this is a hint only.
    Example: "zero\u200bwidth"
    Fix: the unsafe fix removes them.
    Source: Unicode Standard Annex 14 (zero width space); Unicode Technical Report 36.
    """
    yield from characters(row, _UNSEEN)


@rule(
    "TXT007",
    "bidi-control",
    severity="warning",
    fix=replacing(_BIDI, ""),
    fix_kind="unsafe",
    screen=_LOOKS["bidi"],
)
def bidi_control(row: Row) -> Iterator[Spot]:
    r"""A text holds a sign that changes the direction of what follows.

    Why: the text reads otherwise than it is stored, which can hide instructions and code.
    Example: "access\u202e tnemmoc"
    Fix: look at the text; the unsafe fix removes the signs.
    Source: Boucher and Anderson 2021, Trojan Source (CVE-2021-42574).
    """
    yield from characters(row, _BIDI)


def _tidy(text: str) -> str:
    """Return a text without white space around it; the first of several lines keeps its indent."""
    if is_blank(text):
        return text
    text = text.rstrip()
    start = len(text) - len(text.lstrip())
    if "\n" in text[start:]:
        start = text.rfind("\n", 0, start) + 1
    return text[start:]


def _edged_with_space(texts: Texts) -> Mask:
    """Return which texts begin or end with white space, by their first and last three bytes."""
    data, starts, ends = texts.flat
    if not len(data):
        return np.zeros(len(starts), np.bool_)

    def three(at: Indices) -> Indices:
        first, second, third = (
            data[np.clip(at + step, 0, len(data) - 1)].astype(np.int64) for step in range(3)
        )
        return np.asarray(first << 16 | second << 8 | third)

    head, tail = three(starts), three(ends - 3)
    found = np.zeros(len(starts), np.bool_)
    for size, spaces in _SPACES.items():
        found |= np.isin(head >> 8 * (3 - size), spaces)
        found |= np.isin(tail & (1 << 8 * size) - 1, spaces)
    return np.asarray(found & (ends > starts))


def _tidied(row: Row) -> Row:
    if "chosen" in row and same_but_space(row):
        return row
    return with_texts(row, _tidy, roles=("assistant",))


@rule(
    "TXT008",
    "surrounding-white-space",
    severity="info",
    fix=_tidied,
    fix_kind="safe",
    kinds=("sft", "preference", "unpaired"),
    screen=_edged_with_space,
    roles=("assistant",),
)
def surrounding_white_space(row: Row) -> Iterator[Spot]:
    r"""An answer begins or ends with white space.

    Why: templates that trim make axolotl lose the answer, and others teach the model to begin or
    end with blanks, which are tokens of their own. The indent of a first line is no fault.
    Example: " Paris" or "Paris\n"
    Fix: the safe fix removes it from answers.
    Source: axolotl 0.19 `dpo/chat_template.py`; Llama 3 chat template (`| trim`).
    """
    for pointer, role, text in texts(row):
        if role == "assistant" and text != _tidy(text):
            yield Spot(pointer, "white space around the answer", repr(text[:10] + "…" + text[-10:]))


@rule(
    "TXT009",
    "line-separator",
    severity="warning",
    fix=replacing(_LINE_SIGN, "\n"),
    fix_kind="safe",
    screen=_LOOKS["line_sign"],
)
def line_separator(row: Row) -> Iterator[Spot]:
    r"""A text holds U+2028 or U+2029, line ends that few programs know.

    Why: readers that use `splitlines` cut a JSONL record there; in a text it is a rare token.
    Example: "one\u2028two"
    Fix: the safe fix writes a line feed.
    Source: The Unicode Standard, section 5.8 (newline guidelines).
    """
    yield from characters(row, _LINE_SIGN)


@rule(
    "TXT013",
    "carriage-return",
    severity="info",
    fix=replacing(_CRLF, "\n"),
    fix_kind="safe",
    screen=_LOOKS["carriage_return"],
)
def carriage_return(row: Row) -> Iterator[Spot]:
    r"""A text has Windows line ends.

    Why: `\r\n` is another token than `\n`, so the model learns two ways to end a line.
    Example: "one\r\ntwo"
    Fix: the safe fix writes line feeds.
    Source: The Unicode Standard, section 5.8 (newline guidelines).
    """
    yield from characters(row, _RETURN, ascii_too=True)


RULES = (
    nul_character,
    byte_order_mark_inside,
    invisible_character,
    bidi_control,
    surrounding_white_space,
    line_separator,
    carriage_return,
)
