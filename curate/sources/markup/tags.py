"""The elements of HTML by what they do to the text in them.

Source: HTML Standard, sections 13.1.2 (void elements, end tags that may be left out) and 15.3.
"""

from __future__ import annotations

SKIPPED = frozenset(
    [
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "svg",
        "math",
        "iframe",
        "object",
        "audio",
        "video",
        "canvas",
        "map",
        "select",
        "datalist",
        "textarea",
        "xml",
    ]
)
VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# They change how letters look; nothing here depends on where they end.
LOOKS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "o:p",
        "q",
        "s",
        "samp",
        "small",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
    ]
)
GAPS = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "dl", "figure", "blockquote"]
)
LISTS = frozenset(("ul", "ol", "menu", "dir"))
BREAKS = frozenset(
    [
        "div",
        "li",
        "tr",
        "dt",
        "dd",
        "address",
        "article",
        "aside",
        "body",
        "center",
        "details",
        "fieldset",
        "figcaption",
        "footer",
        "form",
        "header",
        "html",
        "legend",
        "main",
        "nav",
        "optgroup",
        "option",
        "section",
        "summary",
        "caption",
        "tbody",
        "thead",
        "tfoot",
    ]
)
CELLS = frozenset(("td", "th"))
BLOCKS = GAPS | LISTS | BREAKS | CELLS
# What an opening tag ends where it is still open, and what it does not look behind.
ITEM_ENDS = (frozenset(("li",)), LISTS | CELLS | {"table", "blockquote"})
CELL_ENDS = (CELLS, frozenset(("tr", "table")))
TERM_ENDS = (frozenset(("dt", "dd")), frozenset(("dl", "table")))
ENDS = {
    "li": ITEM_ENDS,
    "td": CELL_ENDS,
    "th": CELL_ENDS,
    "tr": (frozenset(("tr",)), frozenset(("table",))),
    "dt": TERM_ENDS,
    "dd": TERM_ENDS,
}
PARAGRAPH = frozenset(("p",))
OTHER_BLOCKS = BLOCKS - PARAGRAPH
FENCES = frozenset(("table", "td", "th"))
TABLES = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td", "th"))
TELLING = frozenset(("hr", "img"))
