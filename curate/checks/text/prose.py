"""What of a text is prose: everything but code, and whether a row is about markup at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from curate.checks.walk import texts
from curate.row import Row

CODE = re.compile(
    r"^[ ]{0,3}(?:```|~~~).*?(?:^[ ]{0,3}(?:```|~~~)|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL
)
_CODE_SIGN = re.compile(
    r"^[^\S\n]*(?:def \w|class \w+[:({]|import \w|from \w+ import|#include|public |private "
    r"|function\b|const |let |var |return\b|SELECT |<\?|<!DOCTYPE|<html|using |package |@\w+$|#!/)"
    r"|[;{}]\s*$|=>|[=!]=|\w\(\)|\)\s*\{|</?(?:script|head|body|code|pre)\b|print\(|console\.",
    re.MULTILINE,
)
_MARKUP = re.compile(
    r"\b(?:x?html5?|xml|css|svg|jsx?|javascript|php|react|markup|markdown|tags?|web ?pages?|code"
    r"|websites?|web ?sites?|latex|scripts?|elements?|escap\w+|entit(?:y|ies)|encod\w+|snippets?)\b"
    r"|网页|标签|代码|网站",
    re.IGNORECASE,
)


def prose(text: str) -> str:
    """Return a text with backticks in the place of its code, as long as that was."""
    return CODE.sub(lambda code: "`" * len(code[0]), text) if "`" in text or "~~~" in text else text


@lru_cache(maxsize=64)
def has_code(text: str) -> bool:
    """Tell whether a text looks like a program, in part at least, fences or not."""
    return _CODE_SIGN.search(text) is not None


# What a question may ask for that is answered in markup.
_ASKED = re.compile(
    r"\b(?:programs?|embed\w*|highlight\w*|animat\w+|bold|italics?|underlin\w+)\b", re.IGNORECASE
)


def about_markup(row: Row) -> bool:
    """Tell whether somebody but the assistant speaks of markup, web pages or code in a row."""
    return any(
        _MARKUP.search(text) or (role and _ASKED.search(text))
        for _, role, text in texts(row)
        if role != "assistant"
    )


Replacement = str | Callable[[re.Match[str]], str]


def outside_code(text: str, pattern: re.Pattern[str], by: Replacement) -> str:
    """Return a text with `by` put for a pattern everywhere but in its code."""
    parts: list[str] = []
    done = 0
    for code in CODE.finditer(text):
        parts += pattern.sub(by, text[done : code.start()]), code[0]
        done = code.end()
    return "".join([*parts, pattern.sub(by, text[done:])])
