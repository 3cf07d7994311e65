r"""TXT: escapes that were read once too often or not at all, such as `\n` typed in two letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.columns import Mask, Texts
from curate.checks.text.looks import Look, Looks
from curate.checks.text.places import around, found, replacing
from curate.checks.text.prose import has_code, outside_code, prose
from curate.checks.walk import texts, with_texts
from curate.row import Row

# Behind the end of a sentence and before the start of one, so that no path and no program has it.
_BREAK = r"[A-Za-z0-9][.?!:]\"?(?:\\r)?\\n(?:(?:\\r)?\\n| )*(?:[A-Z][a-z]|\(?[A-D0-9][.)]|[-*] )"
_BREAKS = re.compile(_BREAK)
_WRITTEN_BREAK = re.compile(r"(?:\\r)?\\n")
# What JSON and Python make of \f, \b, \t and \r before the rest of a LaTeX command.
_SWALLOWED = (
    "\x0c(?:rac[{0-9]|orall\\b|box\\{|ootnote\\{)"
    "|\x08(?:egin|eta|ar\\{|inom|oxed|ullet|oldsymbol|ig[lr]?[(\\[])"
    "|\t(?:ext(?:bf|it|rm)?\\{|imes\\b|heta\\b|frac\\{|riangle|herefore\\b)"
    "|\r(?:ight[)\\]}|.\\\\]|ho\\b|angle|ceil|floor)"
)
_LOST = re.compile(_SWALLOWED)
_LETTER = {"\x0c": "f", "\x08": "b", "\t": "t", "\r": "r"}
_BARE = (
    r"(?:^|[^\\A-Za-z@])(?:(?:begin|end)\{[a-z]+\*?\}|usepackage(?:\[[^\]\n]*\])?\{[a-z]+\}"
    r"|documentclass(?:\[[^\]\n]*\])?\{[a-z]+\}|frac\{[^{}\n]+\}\{)"
)
_BARES = re.compile(_BARE)
_ANSI = "\x1b\\[[0-9;?]*[A-Za-z]"
_ANSIS = re.compile(_ANSI)
_UNICODE = r"\\u[0-9a-fA-F]{4}"
_UNICODES = re.compile(rf"(?:{_UNICODE})+")
_BYTE = r"<0x[0-9A-F]{2}>"
_PIECE = r"▁[A-Za-z]+▁[A-Za-z]|Ġ[a-z]+ ?Ġ[a-z]"
_PIECES = re.compile(f"{_BYTE}|{_PIECE}")


_LOOKS = Looks(
    line_break=Look(_BREAK, "\\"),
    swallowed=Look(_SWALLOWED, "\t^"),
    terminal=Look(_ANSI, "^"),
    unicode=Look(_UNICODE, "\\"),
    byte=Look(_BYTE, "<"),
    piece=Look(_PIECE, points="▁Ġ"),
)


def _with_breaks(text: str) -> str:
    if has_code(text) or not _BREAKS.search(prose(text)):
        return text
    return outside_code(text, _WRITTEN_BREAK, "\n")


@rule(
    "TXT025",
    "written-line-break",
    severity="warning",
    fix=lambda row: with_texts(row, _with_breaks),
    fix_kind="unsafe",
    screen=_LOOKS["line_break"],
)
def written_line_break(row: Row) -> Iterator[Spot]:
    r"""A text has line breaks written as a backslash and a letter.

    Why: the export was escaped twice. The tokenizer sees a backslash and an `n`, and the model
    learns to write them.
    Example: "Which one is it?\\n(A) red\\n(B) blue" in JSON
    Fix: export once more; the unsafe fix writes line feeds. Code is no fault.
    Source: RWKV/RWKV-infctx-trainer#34; defect in published data: DPO pairs, KTO rows.
    """
    for pointer, _, text in texts(row):
        if (match := _BREAKS.search(prose(text))) and not has_code(text):
            count = len(_WRITTEN_BREAK.findall(text))
            message = f"a written line break at character {match.start()}, {count} in all"
            yield Spot(pointer, message, around(text, match))


def _restored(text: str) -> str:
    return _LOST.sub(lambda lost: "\\" + _LETTER[lost[0][0]] + lost[0][1:], text)


@rule(
    "TXT026",
    "swallowed-backslash",
    severity="warning",
    fix=lambda row: with_texts(row, _restored),
    fix_kind="safe",
    screen=_LOOKS["swallowed"],
)
def swallowed_backslash(row: Row) -> Iterator[Spot]:
    r"""A formula lost a backslash to an escape: a form feed and `rac` stand for `\frac`.

    Why: a program wrote LaTeX into JSON without escaping it; the formula is broken, and the model
    learns to break it.
    Example: "\frac{1}{2}" in JSON, with one backslash
    Fix: the safe fix puts the command back.
    Source: RFC 8259, section 7; jsboige/CoursIA#9105; defect in published data: DPO pairs.
    """
    yield from found(row, _LOST, "a control character for a LaTeX command")


@rule("TXT027", "lost-backslash", severity="warning", needs=f"(?m:{_BARE})")
def lost_backslash(row: Row) -> Iterator[Spot]:
    r"""LaTeX commands in a text have no backslash.

    Why: a filter took every backslash away; such a document cannot be set, and the model learns to
    write such.
    Example: "begin{document}"
    Fix: export again, or remove the row.
    Source: defect in published data: Glaive's function calls.
    """
    yield from found(row, _BARES, "a LaTeX command without its backslash")


@rule(
    "TXT028",
    "terminal-escape",
    severity="warning",
    fix=replacing(_ANSIS, ""),
    fix_kind="safe",
    screen=_LOOKS["terminal"],
)
def terminal_escape(row: Row) -> Iterator[Spot]:
    r"""A text holds escapes that colour a terminal.

    Why: they show nothing, take up to a sixth of a tool result's tokens, and cut words apart.
    Example: "\u001b[31mError\u001b[0m"
    Fix: the safe fix removes whole escapes.
    Source: cline/cline#13346; ECMA-48.
    """
    yield from found(row, _ANSIS, "a terminal escape")


def _decoded(escapes: re.Match[str]) -> str:
    points = bytes.fromhex(escapes[0].replace("\\u", ""))
    try:
        characters = points.decode("utf-16-be")
    except UnicodeDecodeError:
        return escapes[0]
    # What cannot be seen keeps its escape, which is the only way to show it.
    return characters if characters.isprintable() else escapes[0]


def _with_characters(text: str) -> str:
    return text if has_code(text) else outside_code(text, _UNICODES, _decoded)


@rule(
    "TXT029",
    "written-unicode-escape",
    severity="warning",
    fix=lambda row: with_texts(row, _with_characters),
    fix_kind="unsafe",
    screen=_LOOKS["unicode"],
)
def written_unicode_escape(row: Row) -> Iterator[Spot]:
    r"""A text has characters written as `\u` and four digits.

    Why: JSON was dumped into the text in ASCII; a character becomes six or more tokens, which
    models take for code.
    Example: "\\u4f60\\u597d" in JSON
    Fix: dump with `ensure_ascii=False`; the unsafe fix writes the characters. Code is no fault.
    Source: modelcontextprotocol/python-sdk#580; agno-agi/agno#9485.
    """
    for pointer, _, text in texts(row):
        match = next((m for m in _UNICODES.finditer(prose(text)) if _decoded(m) != m[0]), None)
        if match and not has_code(text):
            message = f"an escape at character {match.start()} for {_decoded(match)!r}"
            yield Spot(pointer, message, around(text, match))


def _maybe_piece(texts: Texts) -> Mask:
    return _LOOKS["byte"](texts) | _LOOKS["piece"](texts)


@rule("TXT030", "tokenizer-piece-in-text", severity="warning", screen=_maybe_piece)
def tokenizer_piece_in_text(row: Row) -> Iterator[Spot]:
    """A text holds pieces of a tokenizer that were never put together.

    Why: the ids were turned into tokens and not into text, so that line feeds read `<0x0A>` and
    spaces `▁`; the model learns to write that.
    Example: "One<0x0A>Two", "▁The▁end"
    Fix: decode the ids with the tokenizer's `decode`.
    Source: janhq/jan#849.
    """
    for pointer, _, text in texts(row):
        if (match := _PIECES.search(prose(text))) and not has_code(text):
            message = f"a tokenizer's piece at character {match.start()}"
            yield Spot(pointer, message, around(text, match))


RULES = (
    written_line_break,
    swallowed_backslash,
    lost_backslash,
    terminal_escape,
    written_unicode_escape,
    tokenizer_piece_in_text,
)
