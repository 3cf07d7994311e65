"""TXT: what is left in a text of the web page or the program that it was copied from."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.text.looks import Look, Looks
from curate.checks.text.places import around
from curate.checks.text.prose import about_markup, has_code, outside_code, prose
from curate.checks.walk import texts, with_texts
from curate.row import Row

_TAG = (
    r"</?(?:br|p|div|span|b|i|u|li|ul|ol|strong|em|table|tr|td|th|h[1-6]|font|center|hr|sup|sub)"
    r"(?: [a-z-]+=[^<>\n]*)? ?/?>"
)
_TAGS = re.compile(_TAG, re.IGNORECASE)
_ENTITY = (
    r"&(?:amp|nbsp|quot|lt|gt|apos|ndash|mdash|[lr][sd]quo|hellip|copy|reg|trade|deg|euro"
    r"|[aeiouAEIOU](?:acute|grave|circ|uml)|[nN]tilde|[cC]cedil|szlig|#[0-9]{2,5}|#x[0-9A-Fa-f]{2,5});"
)
_ENTITIES = re.compile(_ENTITY)
_INTERFACES = re.compile("^Copy code$", re.MULTILINE)
_ESCAPED = r"[A-Za-z0-9]\\_[A-Za-z0-9]"
_ESCAPES = re.compile(r"(?<=[A-Za-z0-9])\\_(?=[A-Za-z0-9])")
_LATEX = re.compile(r"\$|\\[A-Za-z]+\{|\\[(\[]")
_NOTE = r"\[(?:citation needed|clarification needed|dubious|better source needed|edit)\]"
_NOTE_MARK = r"[.,;”\"]\[[1-9][0-9]{0,2}\]"
_MARK = r"\[[1-9][0-9]{0,2}\](?=[\s\[A-Z]|\Z)"
# All marks in a row, so that none is left behind the sign that the first one stood behind.
_NOTES = re.compile(rf"(?:{_NOTE}|(?<=[.,;”\"]){_MARK})(?:{_NOTE}|{_MARK})*")
_EMPTY = (
    r"(?:[A-Z][a-zà-ž]+|[^\x00-\x7f]) \((?:[;,] )?\)(?:,? [a-z(]|,)"
    r"|[^\s(] \((?:[;,] ){1,2}\)|[^\s(] \([;,] [A-Z0-9]"
)
_EMPTIES = re.compile(_EMPTY)
_CLOZE = re.compile(r"\bfill (?:in|the|each)\b|\bblanks?\b|\bcloze\b|填空|选择", re.IGNORECASE)
_IMAGE = r"!\[[^\[\]\n]*\]\([^)\[\n]+\)"
_IMAGES = re.compile(_IMAGE)
_DATA = r"data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]{30}"
_DATAS = re.compile(_DATA)
_LINK = (
    r"https?://(?:[a-z0-9]+\.safelinks\.protection\.outlook\.com/"
    r"|urldefense\.(?:proofpoint\.)?com/|protect[0-9]?\.fireeye\.com/)"
)
_LINKS = re.compile(_LINK)
# The words of it: `https://` is in too many texts.
_LINK_NEEDS = r"safelinks\.protection\.outlook|urldefense\.|\.fireeye\.com/"


_LOOKS = Looks(
    tag=Look(f"(?i:{_TAG})", "<"),
    entity=Look(_ENTITY, "&"),
    escaped=Look(_ESCAPED, "\\"),
    note=Look(f"{_NOTE}|{_NOTE_MARK}", "["),
    empty=Look(_EMPTY, "("),
    image=Look(_IMAGE, "!"),
)


# A tag as a word of a sentence: "between <b> and <strong>"; a lone <br> is what a page leaves.
_TAG_AS_WORD = re.compile(r"(?i)[a-z,(\"'] ?<(?!br|p>|hr)([a-z][a-z0-9]*)>(?=[ ,.;?)\"']|\Z)")


def _names_tags(row: Row) -> bool:
    """Tell whether somebody but the assistant speaks of a tag, or shows a template."""
    asked = [text for _, role, text in texts(row) if role and role != "assistant"]
    return any(
        "{{" in text or any(f"</{tag}>" not in text for tag in _TAG_AS_WORD.findall(text))
        for text in asked
    )


@rule("TXT016", "html-tag-in-prose", severity="warning", screen=_LOOKS["tag"])
def html_tag_in_prose(row: Row) -> Iterator[Spot]:
    """A text that is not about markup holds HTML tags.

    Why: the text was cut from a web page; the model learns to write tags where none are shown.
    Example: "First line.<br><br>Second line."
    Fix: turn the page into plain text or Markdown. Code, and rows that ask for it, are no fault.
    Source: FastChat 0.2.3 `data/clean_sharegpt.py`; defect in published data: AlpacaEval.
    """
    for pointer, _, text in texts(row):
        match = _TAGS.search(prose(text))
        if match and not has_code(text) and not about_markup(row) and not _names_tags(row):
            message = f"an HTML tag at character {match.start()}, {len(_TAGS.findall(text))} in all"
            yield Spot(pointer, message, around(text, match))


def _unescape(text: str) -> str:
    # Twice escaped text comes clean only in rounds, as the fix must leave nothing to fix.
    if has_code(text):
        return text
    while (again := _unescaped(text)) != text:
        text = again
    return text


def _unescaped(text: str) -> str:
    kept = prose(text)
    parts: list[str] = []
    done = 0
    for match in _ENTITIES.finditer(kept):
        parts += text[done : match.start()], html.unescape(match[0]).replace("\u00a0", " ")
        done = match.end()
    return "".join([*parts, text[done:]])


def _without_entities(row: Row) -> Row:
    return row if about_markup(row) else with_texts(row, _unescape)


@rule(
    "TXT017",
    "html-entity-in-prose",
    severity="warning",
    fix=_without_entities,
    fix_kind="unsafe",
    screen=_LOOKS["entity"],
)
def html_entity_in_prose(row: Row) -> Iterator[Spot]:
    """A text that is not about markup holds HTML entities.

    Why: somebody escaped the text for a page; the model learns to write `&amp;` for `&`.
    Example: "Dungeons &amp; Dragons"
    Fix: the unsafe fix writes the characters, outside code.
    Source: FastChat 0.2.3 `data/clean_sharegpt.py`; defect in published data: C4, AlpacaEval.
    """
    for pointer, _, text in texts(row):
        match = _ENTITIES.search(prose(text))
        if match and not has_code(text) and not about_markup(row):
            count = len(_ENTITIES.findall(text))
            message = f"an HTML entity at character {match.start()}, {count} in all"
            yield Spot(pointer, message, around(text, match))


@rule("TXT018", "copied-interface-text", severity="warning", needs="Copy code")
def copied_interface_text(row: Row) -> Iterator[Spot]:
    r"""A text holds the label of a button, copied with it from a chat window.

    Why: code blocks lost their fences and got a line that is no code; the model learns to write it.
    Example: "python\nCopy code\nprint(1)"
    Fix: put fences around the code and take the label away.
    Source: FastChat 0.2.3 `data/clean_sharegpt.py`; defect in published data: OpenAssistant.
    """
    for pointer, _, text in texts(row):
        if match := _INTERFACES.search(text):
            yield Spot(pointer, f"a button's label at character {match.start()}", match.group())


def _plain_underscores(text: str) -> str:
    return text if _LATEX.search(text) else outside_code(text, _ESCAPES, "_")


@rule(
    "TXT019",
    "markdown-escape-in-text",
    severity="warning",
    fix=lambda row: with_texts(row, _plain_underscores),
    fix_kind="unsafe",
    screen=_LOOKS["escaped"],
)
def markdown_escape_in_text(row: Row) -> Iterator[Spot]:
    r"""Names in a text have their underscores escaped for Markdown.

    Why: a page was turned into Markdown and escaped what needed no escape; code and names are
    wrong, and the model learns to write `\_` in them.
    Example: "set user\_name to order\_id"
    Fix: the unsafe fix takes the backslashes away, outside code and texts with formulas.
    Source: defect in published data: the preference sets that LLaMA-Factory ships.
    """
    for pointer, _, text in texts(row):
        if _LATEX.search(text):
            continue
        if match := _ESCAPES.search(prose(text)):
            count = len(_ESCAPES.findall(text))
            message = f"an escaped underscore at character {match.start()}, {count} in all"
            yield Spot(pointer, message, around(text, match))


def _without_notes(text: str) -> str:
    return text if has_code(text) else outside_code(text, _NOTES, "")


@rule(
    "TXT020",
    "encyclopedia-note-mark",
    severity="warning",
    fix=lambda row: with_texts(row, _without_notes),
    fix_kind="unsafe",
    screen=_LOOKS["note"],
)
def encyclopedia_note_mark(row: Row) -> Iterator[Spot]:
    """A text holds note marks of an encyclopedia whose notes are not there.

    Why: the marks point nowhere; the model learns to cite notes that do not exist.
    Example: "He was born in 1815.[4][citation needed]"
    Fix: the unsafe fix takes the marks away.
    Source: databricks-dolly-15k dataset card, which asks users to remove them.
    """
    for pointer, _, text in texts(row):
        if (match := _NOTES.search(prose(text))) and not has_code(text):
            yield Spot(pointer, f"a note mark at character {match.start()}", around(text, match))


@rule("TXT021", "emptied-parentheses", severity="warning", screen=_LOOKS["empty"])
def emptied_parentheses(row: Row) -> Iterator[Spot]:
    """A text holds parentheses whose contents were lost.

    Why: what stood there (a pronunciation, a name in another script) was taken out by a filter of
    wiki markup and left the hull behind, which the model learns to write.
    Example: "Alabama () is a state"
    Fix: extract the page again, or take the parentheses away.
    Source: defect in published data: the Wikipedia extracts that LLaMA-Factory ships, LongForm.
    """
    for pointer, role, text in texts(row):
        match = _EMPTIES.search(prose(text))
        if match and not has_code(text) and not (role and _CLOZE.search(text)):
            message = f"parentheses without contents at character {match.start()}"
            yield Spot(pointer, message, around(text, match))


@rule("TXT022", "image-link-without-image", severity="info", screen=_LOOKS["image"])
def image_link_without_image(row: Row) -> Iterator[Spot]:
    """A text links an image in Markdown, and the row has no image.

    Why: no trainer loads the link: a question about the image cannot be answered, and an answer
    teaches the model to invent addresses.
    Example: "![image.png](attachment:image.png)"
    Fix: put the image into the row's media, or remove the row.
    Source: defect in published data: Alpaca, AlpacaEval's outputs.
    """
    if row.get("media"):
        return
    for pointer, _, text in texts(row):
        if (match := _IMAGES.search(prose(text))) and not has_code(text):
            yield Spot(pointer, f"an image link at character {match.start()}", match.group()[:80])


@rule("TXT023", "file-inside-text", severity="warning", needs=_DATA)
def file_inside_text(row: Row) -> Iterator[Spot]:
    """A text holds a file in base64.

    Why: thousands of tokens that mean nothing, and a model that answers with files made up.
    Example: "data:image/png;base64,iVBORw0KGgo…"
    Fix: put the file into the row's media, or remove the row.
    Source: defect in published data: Glaive's function calls.
    """
    for pointer, _, text in texts(row):
        if match := _DATAS.search(text):
            message = f"a file in base64 at character {match.start()}"
            yield Spot(pointer, message, match.group()[:40])


@rule("TXT024", "rewritten-link", severity="warning", needs=_LINK_NEEDS)
def rewritten_link(row: Row) -> Iterator[Spot]:
    """A text holds a link that a mail filter rewrote.

    Why: the real address is hidden in hundreds of characters, often with the reader's own mail
    address among them; it opens for nobody else.
    Example: "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2F…"
    Fix: write the address that stands in `url=`.
    Source: defect in published data: the archive of a standards body's mailing list.
    """
    for pointer, _, text in texts(row):
        if match := _LINKS.search(text):
            # The link is not shown: the reader's mail address may stand in it.
            message = f"a rewritten link at character {match.start()}"
            yield Spot(pointer, message, match.group())


RULES = (
    html_tag_in_prose,
    html_entity_in_prose,
    copied_interface_text,
    markdown_escape_in_text,
    encyclopedia_note_mark,
    emptied_parentheses,
    image_link_without_image,
    file_inside_text,
    rewritten_link,
)
