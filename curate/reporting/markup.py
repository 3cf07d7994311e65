"""Pieces of HTML. Every text that comes from data passes `text` or `attribute`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from curate.errors import escaped

# What `escaped` leaves: the Arabic letter mark, interlinear marks, tags and noncharacters.
_UNSEEN = re.compile("[\u061c\u180e\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]")
_LONGEST_CHARS = 4_000
_NAMED = re.compile(r"`([^`]+)`")
NARROW_SPACE = "\u202f"
DASH = "–"


def text(value: object, limit_chars: int = _LONGEST_CHARS) -> str:
    """Return any value as text in a page: cut, without control and bidi signs, escaped.

    A sign that cannot be seen is shown as its escape, so that nothing is hidden from the reader.
    """
    shown = value if isinstance(value, str) else str(value)
    if len(shown) > limit_chars:
        shown = shown[:limit_chars] + "…"
    shown = escaped(shown.replace("\r\n", "\n"))
    shown = _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", shown)
    return html.escape(shown, quote=True)


def prose(value: str) -> str:
    """Return a sentence of ours, in which names between backticks are set as code."""
    return _NAMED.sub(r"<code>\1</code>", text(value))


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with narrow spaces between thousands; a dash where there is none."""
    if value is None:
        return DASH
    return f"{value:,.{digits}f}".replace(",", NARROW_SPACE)


def share(part: float, whole: float) -> str:
    """Return a share in percent with one decimal; what is little but some is not shown as none."""
    if not whole:
        return DASH
    percent = 100 * part / whole
    if part and percent < 0.1:
        return "< 0.1 %".replace(" ", NARROW_SPACE)
    if part != whole and percent > 99.9:
        return "> 99.9 %".replace(" ", NARROW_SPACE)
    return f"{percent:.1f}{NARROW_SPACE}%"


def plural(n: int, noun: str, several: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number(n)} {noun if n == 1 else several or noun + 's'}"


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    left: Sequence[int] = (0,),
    class_: str = "",
) -> str:
    """Return a table of cells that are HTML already; all columns but those named are numbers.

    Args:
        caption: What it shows, for those who cannot see it; plain text.
        heads: The columns' names, plain text.
        rows: The rows; the first cell is the row's head.
        left: The columns whose cells are words.
        class_: A class for the table.
    """

    def kind(at: int) -> str:
        return "" if at in left else ' class="n"'

    own = f' class="{class_}"' if class_ else ""
    parts = [f'<div class="scroll"><table{own}>']
    parts.append(f'<caption class="unseen">{text(caption)}</caption><thead><tr>')
    parts += [f'<th scope="col"{kind(at)}>{text(head)}</th>' for at, head in enumerate(heads)]
    parts.append("</tr></thead><tbody>")
    for row in rows:
        first, *others = row
        parts.append(f'<tr><th scope="row"{kind(0)}>{first}</th>')
        parts += [f"<td{kind(at)}>{cell}</td>" for at, cell in enumerate(others, 1)]
        parts.append("</tr>")
    return "".join([*parts, "</tbody></table></div>"])


def section(name: str, title: str, *parts: str, lead: str = "") -> str:
    """Return a section; its parts are HTML, its title is text, its lead is HTML."""
    said = f'<p class="lead">{lead}</p>' if lead else ""
    inside = "\n".join(part for part in parts if part)
    head = f'<h2 id="{name}-title">{text(title)}</h2>'
    return (
        f'<section id="{name}" aria-labelledby="{name}-title">\n{head}\n{said}{inside}\n</section>'
    )


def folded(title: str, inside: str) -> str:
    """Return HTML that is shown when its title is clicked; it is printed open."""
    return f"<details><summary>{text(title)}</summary>{inside}</details>"
