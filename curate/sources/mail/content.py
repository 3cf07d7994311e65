"""The values of Content-Type and Content-Disposition: a word and its parameters."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_WORD = re.compile(r"\s*([\w.+!#$&^-]{1,127})(?:\s*/\s*([\w.+!#$&^-]{1,127}))?")
_PARAMETER = re.compile(
    r"""[;\s]\s*+([^\s=;"]{1,127}+)\s*+=\s*+(?:"((?:[^"\\]++|\\(?:.|\Z))*+)(?:"|\Z)|([^;"]*+))""",
    re.DOTALL,
)
_ESCAPED = re.compile(r'\\(["\\])')
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_CHARS, _LONG = 64 << 10, 1_000


class Content(NamedTuple):
    """A word (`text/plain`, `attachment`) in lower case and its parameters by lower-case name."""

    word: str
    parameters: dict[str, str]


_NONE = Content("", {})


def content_of(value: str) -> Content:
    """Return what a header's value says; its word is "" where it has none.

    Parameters in sections and with a charset (RFC 2231) are put together as encoded words, so that
    `words_of` decodes every name alike. The first of two parameters of one name is the one that
    counts.
    """
    if not value:
        return _NONE
    value = value[:_CHARS]
    if len(value) > _LONG:
        value = " ".join(value.split())
    found = _WORD.match(value)
    if found is None:
        return _NONE
    word = (found[1] + (f"/{found[2]}" if found[2] else "")).lower()
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    if found.end() < len(value):
        for match in _PARAMETER.finditer(value, found.end()):
            name, quoted, bare = match.groups()
            text = _bare(bare) if quoted is None else _ESCAPED.sub(r"\1", quoted)
            name = name.lower()
            if "*" not in name:
                plain.setdefault(name, text)
            elif (part := _SECTION.fullmatch(name)) is not None:
                number, coded = int(part[2] or 0), part[3] is not None
                sections.setdefault(part[1], {}).setdefault(number, (text, coded))
    for name, pieces in sections.items():
        plain[name] = _together(pieces)
    return Content(word, plain)


def _bare(text: str) -> str:
    # A comment may follow a value that stands without quotes.
    return text.partition("(")[0].strip().strip("'")


def _together(pieces: dict[int, tuple[str, bool]]) -> str:
    """Return a value in sections as one encoded word, or as it is where no charset is told."""
    charset, data = "", bytearray()
    for number in sorted(pieces):
        text, coded = pieces[number]
        if coded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if coded else raw
    if not charset or data.isascii():
        return data.decode("utf-8", "surrogateescape")
    return f"=?{charset}?b?{binascii.b2a_base64(bytes(data), newline=False).decode()}?="
