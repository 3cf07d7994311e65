"""What an element's attributes say about its text: hidden, spaces kept, a quoted mail."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import Literal, NamedTuple

Quoted = Literal["", "head", "whole", "reply", "rest"]

_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]*+)))?+""")
_WANTED = frozenset(("style", "class", "id", "name", "hidden", "start", "type", "alt"))
_EMOJI = "data-emoji"
_UNSEEN = re.compile(
    r"display\s*+:\s*+none|visibility\s*+:\s*+hidden|mso-hide\s*+:\s*+all"
    r"|(?:max-height|opacity)\s*+:\s*+0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"white-space\s*+:\s*+(?:pre|break-spaces)", re.IGNORECASE)
_COLLAPSED = re.compile(r"white-space\s*+:\s*+(?:normal|nowrap)", re.IGNORECASE)
_TIGHT = re.compile(r"(?<![\w-])margin(?:-bottom)?\s*+:\s*+0", re.IGNORECASE)
# Outlook's line above the header of the mail that is answered.
_TOPPED = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+(?:#\w+|windowtext)\s+1\.0pt;\s*padding:\s*3\.0pt",
    re.IGNORECASE,
)
# How Gmail, Apple Mail and editors in browsers indent what one writes oneself.
_INDENTED = re.compile(r"border:\s*(?:medium\s+)?none", re.IGNORECASE)
_PREVIEWS = frozenset(("preheader", "mcnpreviewtext", "preview-text", "previewtext"))

# Programs put `x_` before the names in a mail that is answered once more.
QUOTED: dict[str, Quoted] = {
    "gmail_attr": "head",
    "moz-cite-prefix": "head",
    "reply-intro": "head",
    "gmail_quote_container": "reply",
    "gmail_quote": "reply",
    "protonmail_quote": "reply",
    "zmail_extra": "reply",
    "airmail_quote": "reply",
    "yahoo_quoted": "reply",
    "tutanota_quote": "whole",
    "moz-forward-container": "whole",
    "mail-editor-reference-message-container": "whole",
    "front-blockquote": "whole",
    "isreplycontent": "whole",
    "isforwardcontent": "whole",
    "messagereplysection": "whole",
    "olk_src_body_section": "whole",
    "appendonsend": "rest",
    "divrplyfwdmsg": "rest",
    "outlookmessageheader": "rest",
    "stopspelling": "rest",
}
"""Classes and ids (in lower case) of what mail programs put an answered mail in.

`head` is the line above a quotation; `whole` holds nothing else than what is quoted; `reply` too,
but where quotations are its own children, what stands behind the first of them may be an answer
between them; `rest` begins a quoted mail that goes on to the end of what it stands in.

Source: markup that Gmail (gmail_*), Thunderbird (moz-*), Outlook and Outlook on the web
(appendonsend, divRplyFwdMsg, OutlookMessageHeader, mail-editor-…, stopSpelling, OLK_SRC_…), Yahoo,
Proton, Tuta, Zoho, Airmail, Front, Roundcube (reply-intro), NetEase (isReplyContent) and Spark
(messageReplySection) write.
"""


class Marks(NamedTuple):
    """What is known of an element.

    Attributes:
        hidden: Whether it is not shown.
        wrapped: Whether white space is kept in it; None where that is as around it.
        tight: Whether no blank line follows it.
        quoted: What of a quoted mail it is.
        indented: Whether, as a `blockquote`, it only moves its text to the right.
        start: The number that its list begins with.
        emoji: The emoji that it shows as an image.
    """

    hidden: bool = False
    wrapped: bool | None = None
    tight: bool = False
    quoted: Quoted = ""
    indented: bool = False
    start: int = 1
    emoji: str = ""


PLAIN = Marks()


def marks(attributes: str) -> Marks:
    """Return what an element's attributes say, as they stand in its start tag."""
    if not attributes or attributes.isspace():
        return PLAIN
    return _often(attributes) if len(attributes) < 256 else _read(attributes)


def _read(attributes: str) -> Marks:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        name = match[1].lower()
        if (name in _WANTED or name.startswith(_EMOJI)) and name not in found:
            found[name] = unescape(match[2] or match[3] or match[4] or "")
    if not found:
        return PLAIN
    style = found.get("style", "")
    names = (
        f"{found.get('class', '')} {found.get('id', '')} {found.get('name', '')}".lower().split()
    )
    quoted: Quoted = "rest" if style and _TOPPED.search(style) else ""
    for name in names:
        quoted = quoted or QUOTED.get(name.removeprefix("x_"), "")
    # A form in a page may have a field of any name; the class says that it is Web.de's or GMX's.
    if found.get("name") == "quote" and "border-left" in style:
        quoted = quoted or "whole"
    wrapped = None
    if style:
        wrapped = True if _WRAPPED.search(style) else False if _COLLAPSED.search(style) else None
    return Marks(
        "hidden" in found or bool(_UNSEEN.search(style)) or not _PREVIEWS.isdisjoint(names),
        wrapped,
        bool(_TIGHT.search(style)) or any(name.startswith(("mso", "x_mso")) for name in names),
        quoted,
        _indents(found.get("type", ""), style, names),
        _number(found.get("start", "")),
        _emoji(found),
    )


_often = lru_cache(4096)(_read)


def _indents(kind: str, style: str, names: list[str]) -> bool:
    if kind.lower() == "cite" or any("quote" in n and not n.startswith("webkit") for n in names):
        return False
    return bool(_INDENTED.search(style)) or "webkit-indent-blockquote" in names


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _emoji(found: dict[str, str]) -> str:
    alt = found.get("alt", "")
    shown = any(name.startswith(_EMOJI) for name in found) or "emoji" in found.get("class", "")
    return alt if (shown or 0 < len(alt) < 4) and alt and not alt.isascii() else ""
