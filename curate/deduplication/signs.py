"""The signs between the words of a text that change what it says."""

from __future__ import annotations

import re

# A sign between two operands, with at most one space on either side: of those that prose uses too
# (hyphens, slashes, asterisks, points) only the ones beside digits or single letters.
_SIGNS = re.compile(
    r"(?<=[\w)\]]) ?(?:!=|[+<>=^%|&~]+) ?(?=[\w(\[+-])"
    r"|(?<=\d) ?[-*/]+ ?(?=[\d(])"
    r"|(?<=\d)[.:](?=\d)"
    r"|(?<=\b[^\W\d_]) ?[-*/]+ ?(?=[\d(]|[^\W\d_]\b)"
    r"|(?<=\d) ?[-*/]+ ?(?=[^\W\d_]\b)"
    r"|(?<!\w)-(?=\d)"
    r"|[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2080-\u2089]"
)


def signs(text: str) -> tuple[str, ...]:
    """Return the signs of a text that tell `3 + 4` from `3 - 4`, in order, without white space.

    Signs of operations and comparisons, points and colons within numbers, the minus of a number,
    and raised or lowered digits. Word n-grams know none of them. Marks of lists and emphasis,
    hyphens and slashes between words are none.
    """
    return tuple(sign.strip() for sign in _SIGNS.findall(text))
