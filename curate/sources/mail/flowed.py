"""Text whose lines were broken for the way, put together again."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">+")
_COMMAND = re.compile(r"<(/?)([A-Za-z0-9-]{1,60})>")
_NEWLINES = re.compile(r"\n+")


def unflowed(text: str, delete_space: bool) -> str:
    r"""Return `format=flowed` text with its paragraphs each on one line.

    A line that ends in a space goes on in the next one of the same depth of quotation; `-- ` never
    does, and an empty line ends a paragraph even so. One space in front, which was put there for
    the way, is taken off. Quotations keep their marks, as `>> text`.

    Args:
        text: Lines that end in `\n`.
        delete_space: Whether the space at the end is no part of the text (`DelSp=yes`).

    Source: RFC 3676 sections 4.1 to 4.5.
    """
    lines: list[str] = []
    open_depth = -1
    for whole in text.split("\n"):
        found = _QUOTES.match(whole)
        depth = len(found[0]) if found else 0
        line = whole[depth:].removeprefix(" ")
        is_separator = line == "-- "
        flows = line.endswith(" ") and not is_separator
        kept = line[:-1] if flows and delete_space else line
        if depth == open_depth and line and not is_separator:
            lines.append(kept)
        else:
            if lines:
                lines.append("\n")
            lines.append(f"{'>' * depth} {kept}" if depth and kept else ">" * depth + kept)
        open_depth = depth if flows else -1
    return "".join(lines)


def plain_of_enriched(text: str) -> str:
    r"""Return the words of `text/enriched` (or `text/richtext`) without its commands.

    One line end is a space, and n of them are n - 1. `<<` is `<`.

    Source: RFC 1896 section 3; what `<param>` holds is no text.
    """
    pieces: list[str] = []
    unfilled = hidden = 0
    done = 0
    text = text.replace("<<", "\x00")
    for found in _COMMAND.finditer(text):
        pieces.append("" if hidden else _filled(text[done : found.start()], unfilled))
        done = found.end()
        step = -1 if found[1] else 1
        if found[2].lower() == "param":
            hidden = max(0, hidden + step)
        elif found[2].lower() in ("nofill", "verbatim"):
            unfilled = max(0, unfilled + step)
        elif found[2].lower() == "nl":
            pieces.append("\n")
    pieces.append("" if hidden else _filled(text[done:], unfilled))
    return "".join(pieces).replace("\x00", "<")


def _filled(text: str, unfilled: int) -> str:
    if unfilled:
        return text
    return _NEWLINES.sub(lambda found: "\n" * (len(found[0]) - 1) or " ", text)
