"""TXT: what a wrong encoding leaves in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from curate.checks.base import Spot, rule
from curate.checks.text.looks import Look, Looks
from curate.checks.text.places import characters
from curate.checks.walk import texts, with_texts
from curate.row import Row

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LOST = re.compile("\ufffd")
_AROUND = 20

# What UTF-8's second bytes are in latin-1 and cp1252.
_SECOND = "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc–-›€™]"
# One of these stands in every misread text that ftfy can read again: in latin-1 and cp1252, with a
# blank for a no-break space, in cp1251, Mac Roman, cp437, cp1253, cp1257 and cp1250.
_MISREAD = "|".join(
    (
        f"[Â-ß]{_SECOND}|[à-ï]{_SECOND}{{2}}|ð{_SECOND}",
        "[a-z.,?!][ÂÃ][ \u00a0]",
        "вЂ|[ВГРС][\u0080-\u00bf‚-™Ђ-џ][ВГРС]",
        "‚Ä|√[±-´µø†™∂≠≤≥©]",
        "ΓÇ|├[^\\s─-╿]",
        f"[βā]€|[ΒΓΞΟ]{_SECOND}[ΒΓΞΟ]",
        f"[ĂĹ](?:{_SECOND}|[ˇ˘Łłˇş])",
    )
)
_MAYBE_MISREAD = re.compile(_MISREAD)


_LOOKS = Looks(
    control=Look(_CONTROL.pattern, "^", "\x80-\x9f"),
    lost=Look(_LOST.pattern, points=_LOST.pattern),
    misread=Look(_MISREAD, points="Â-ïðвВГРС‚√Γ├βāΒΞΟĂĹ"),
)


class _Reread(NamedTuple):
    """A text read again.

    Attributes:
        text: The text that it was, as far as it can be told.
        exact: Whether misreading it again gives the text that was found, to the last character.
        how: The encoding it was read in.
    """

    text: str
    exact: bool
    how: str


@cache
def _config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    # Only steps that lose nothing: no guesses at bytes that are gone.
    return TextFixerConfig(replace_lossy_sequences=False, fix_c1_controls=False)


def _reread(text: str) -> _Reread | None:
    """Return a misread text read again, None where it was not misread or nothing can be done."""
    if text.isascii() or not _MAYBE_MISREAD.search(text):
        return None
    from ftfy import fix_encoding_and_explain

    again, steps = fix_encoding_and_explain(text, _config())
    if again == text:
        return None
    names = [step.parameter for step in steps or () if step.action in ("encode", "decode")]
    exact = len(names) == len(steps or ()) and _misread(again, names) == text
    how = names[0].removeprefix("sloppy-") if names else "another encoding"
    return _Reread(again, exact, how)


def _misread(text: str, steps: list[str]) -> str | None:
    try:
        for decoded, encoded in zip(steps[::-2], steps[-2::-2], strict=True):
            text = text.encode(decoded).decode(encoded)
    except UnicodeError:
        return None
    return text


def _rereading(*, exact: bool) -> Callable[[Row], Row]:
    def change(text: str) -> str:
        again = _reread(text)
        return text if again is None or again.exact != exact else again.text

    return lambda row: with_texts(row, change)


def _misread_texts(row: Row, *, exact: bool) -> Iterator[Spot]:
    for pointer, _, text in texts(row):
        again = _reread(text)
        if again is not None and again.exact == exact:
            pairs = enumerate(zip(text, again.text, strict=False))
            at = next((n for n, (old, new) in pairs if old != new), len(again.text))
            around = slice(max(0, at - _AROUND), at + _AROUND)
            message = f"UTF-8 read as {again.how} at character {at}: {again.text[around]!r}"
            yield Spot(pointer, message, text[around])


def _without_controls(row: Row) -> Row:
    # In misread UTF-8 they are parts of letters, which TXT004 and TXT015 may still save.
    return with_texts(row, lambda text: text if _reread(text) else _CONTROL.sub("", text))


@rule(
    "TXT002",
    "control-character",
    severity="warning",
    fix=_without_controls,
    fix_kind="unsafe",
    screen=_LOOKS["control"],
)
def control_character(row: Row) -> Iterator[Spot]:
    r"""A text holds a control character other than tab and line ends.

    Why: remains of terminals (U+001B), of PDF pages (U+000C) or of a wrong encoding (U+0080 to
    U+009F); each costs tokens, and the model learns to write them.
    Example: "\u001b[31mError"
    Fix: remove them; the unsafe fix does, whatever they stood for.
    Source: The Unicode Standard, section 23.1 (control codes).
    """
    yield from characters(row, _CONTROL, ascii_too=True)


@rule("TXT003", "replacement-character", severity="warning", screen=_LOOKS["lost"])
def replacement_character(row: Row) -> Iterator[Spot]:
    """A text holds U+FFFD, which stands for a character that was lost.

    Why: somebody read the text in the wrong encoding; what it was cannot be told any more.
    Example: "caf\ufffd"
    Fix: export the text again with the right encoding.
    Source: The Unicode Standard, section 23.8 (specials).
    """
    yield from characters(row, _LOST)


@rule(
    "TXT004",
    "mojibake",
    severity="warning",
    fix=_rereading(exact=True),
    fix_kind="safe",
    screen=_LOOKS["misread"],
)
def mojibake(row: Row) -> Iterator[Spot]:
    """A whole text is UTF-8 that somebody read in another encoding.

    Why: the model learns to write the broken letters.
    Example: "Itâ€™s a cafÃ©"
    Fix: the safe fix reads the text again, where misreading the result gives back what was found.
    Source: ftfy 6.3 `fix_encoding`; defect in published data: Toolformer of GPTeacher.
    """
    yield from _misread_texts(row, exact=True)


@rule(
    "TXT015",
    "partial-mojibake",
    severity="warning",
    fix=_rereading(exact=False),
    fix_kind="unsafe",
    screen=_LOOKS["misread"],
)
def partial_mojibake(row: Row) -> Iterator[Spot]:
    """A part of a text is UTF-8 that somebody read in another encoding.

    Why: texts of two encodings were put together; the model learns to write the broken letters.
    Example: "Privet, Привет: 20Â°C"
    Fix: export the part again; the unsafe fix reads the broken letters again and leaves the rest.
    Source: ftfy 6.3 `decode_inconsistent_utf8`; defect in published data: C4.
    """
    yield from _misread_texts(row, exact=False)


RULES = (control_character, replacement_character, mojibake, partial_mojibake)
