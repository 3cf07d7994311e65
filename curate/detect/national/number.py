"""How a number of a state is described: its spelling, its check, the words it stands beside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from curate.detect.finder import Find, Finder, Hit
from curate.detect.late import late
from curate.detect.span import Confidence

Valid = Callable[[str], bool]

# Letters of scripts without spaces may touch a number.
_BEFORE = r"(?<![A-Za-z0-9_.,/+-])"
_AFTER = r"(?![A-Za-z0-9_/+-]|[.,][0-9])"
# Between a word that names a number and the number: `BSN-nummer is: `.
_GAP = r"[^\d\n]{0,24}?"


def compact(text: str) -> str:
    """Return the letters and digits of a number, in upper case and in their plain forms."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\W_]", "", text).upper()


def number(  # noqa: PLR0913
    kind: str,
    rule: str,
    valid: Valid,
    *,
    written: str | None = None,
    bare: str | None = None,
    words: tuple[str, ...] = (),
    digits: int = 7,
    mixed: bool = False,
    confidence: Confidence = "certain",
) -> Finder:
    """Return the finder of a national number.

    Args:
        kind: Country and name, `nl-bsn`.
        rule: Where its form and its check are laid down.
        valid: Tells whether letters and digits without separators are such a number.
        written: A pattern of the spelling that is enough by itself; None where none is.
        bare: A pattern of the spelling that needs one of `words` before it on its line.
        words: What names it, in lower case.
        digits: How many digits it has at least, one after the other or nearly.
        mixed: Whether it always has a letter next to a digit.
        confidence: How sure a number is that was found without a word.
    """
    finds: list[Find] = []
    needs: list[str] = []
    if written:
        finds.append(_matches(f"{_BEFORE}(?P<value>{written}){_AFTER}", valid, confidence))
        needs.append(f"(?i:{_consumed(written)})")
    if bare:
        named = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        behind = rf"(?:{named}){_GAP}(?<![A-Za-z0-9_])(?P<value>{bare}){_AFTER}"
        needs.append(rf"(?i:{named})[^0-9\n]*(?i:{_consumed(bare)})")
        start = r"(?<![^\W_])" if words[0].isascii() else ""
        finds.append(_matches(start + behind, valid, "certain"))

    def find(text: str, region: str | None) -> Iterator[Hit]:
        seen: set[int] = set()
        for each in finds:
            for hit in each(text, region):
                if hit.start not in seen:
                    seen.add(hit.start)
                    yield hit

    cues = () if written else words
    around = (2, 64) if cues else (16, 24) if mixed and not words else (64, 24)
    return Finder(kind, "id", find, cues, digits, mixed, around, rule=rule, needs="|".join(needs))


def _consumed(pattern: str) -> str:
    """Return what a pattern takes up, without what it looks at around it, for both engines."""
    pattern = re.sub(r"\(\?<?[!=][^)]*\)", "", pattern)
    pattern = re.sub(r"\[[^\]]*\]", lambda found: found.group().replace(r"\d", "0-9"), pattern)
    return pattern.replace(r"\d", "[0-9]")


def _matches(pattern: str, valid: Valid, confidence: Confidence) -> Find:
    compiled = late(pattern, re.IGNORECASE)

    def find(text: str, region: str | None) -> Iterator[Hit]:
        for found in compiled.finditer(text):
            if valid(compact(found["value"])):
                yield Hit(*found.span("value"), confidence)

    return find
