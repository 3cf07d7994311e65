"""The signs between the words of a text that change what it says."""

from __future__ import annotations

import re

# A sign between two operands, with at most two spaces on either side: of those that prose uses too
# (hyphens, slashes, asterisks, points) only the ones beside digits or single letters; beside the
# English words `a` and `I` a hyphen is mostly a dash.
_SIGNS = re.compile(
    r"(?<=[\w)\]]) {0,2}(?:!=|[+<>=^%|&~]+) {0,2}(?=[\w(\[+-])"
    r"|(?<=\d) {0,2}[-*/]+ {0,2}(?=[\d(])"
    r"|(?<=\d)[.:](?=\d)"
    r"|(?<=\b[^\W\d_]) {0,2}[*/]+ {0,2}(?=[\d(]|[^\W\d_]\b)"
    r"|(?<=\d) {0,2}[*/]+ {0,2}(?=[^\W\d_]\b)"
    r"|(?<=\b[^\W\d_aAI]) {0,2}-+ {0,2}(?=[\d(]|[^\W\d_aAI]\b)"
    r"|(?<=\d) {0,2}-+ {0,2}(?=[^\W\d_aAI]\b)"
    r"|(?<!\w)-(?=\d)"
    r"|[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2080-\u2089]"
)
# Where a sign may stand. It begins with a set, which `re` searches for ten times as fast.
_MAYBE = re.compile(
    r"[-!+<>=^%|&~*/.:\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2080-\u2089]"
    r"(?:(?<![.:])|(?=\d))"
)


def signs(text: str) -> tuple[str, ...]:
    """Return the signs of a text that tell `3 + 4` from `3 - 4`, in order, without white space.

    Signs of operations and comparisons, points and colons within numbers, the minus of a number,
    and raised or lowered digits. Word n-grams know none of them. Marks of lists and emphasis,
    hyphens and slashes between words are none.
    """
    found: list[str] = []
    done = 0
    for maybe in _MAYBE.finditer(text):
        at = maybe.start()
        if at < done:
            continue
        # A sign is found with the spaces before it, unless the one before took them.
        start = at
        while at - start < 2 and start > done and text[start - 1] == " ":
            start -= 1
        sign = (start < at and _SIGNS.match(text, start)) or _SIGNS.match(text, at)
        if sign:
            found.append(sign[0].strip())
            done = sign.end()
    return tuple(found)
