"""SRC, what is said about notes, pages, notebooks, workbooks and databases."""

from curate.codes.base import Code

DOCUMENTS = (
    Code(
        "SRC085",
        "front-matter-kept",
        "warning",
        """\
The front matter of a note cannot be read, so it stays in the text as it is.

Why: it is read as YAML without anchors, aliases, tags and repeated keys, up to 64 KiB; anything
else would be a guess.
Example: a first line `---`, then `title: a: b`, then `---`
Fix: correct it, or put quotation marks around the value.
Source: YAML 1.2.2; Obsidian Help, Properties.""",
    ),
    Code(
        "SRC086",
        "parts-left-out",
        "info",
        """\
Parts of the document that are no text of its own were left out.

Why: outputs of code cells, pictures, embedded notes, comments, and a page's menus, headers and
footers are not what was written. Of a database, virtual tables and what they store are left out.
Example: a notebook with a plot; a page with `<nav>`; a note with `![[picture.png]]`
Fix: none is needed; put what you miss into the text.
Source: Jupyter nbformat 4.5; HTML Standard, section 4.3; Obsidian Help, Embed files.""",
    ),
    Code(
        "SRC087",
        "damaged-document",
        "error",
        """\
The document is not what its name or its first bytes say, or is damaged.

Why: a part of it might be read as the whole. The document is set aside, or what could be read
before the damage is kept.
Example: an `.ipynb` file that is not JSON; a workbook without its list of sheets
Fix: open it in its application and save or export it again.
Source: Jupyter nbformat 4.5; ECMA-376 Part 1; SQLite, Database File Format.""",
    ),
    Code(
        "SRC088",
        "value-left-out",
        "warning",
        """\
A cell or a field holds no value that a row can have.

Why: a formula that was never calculated has no value in the file, `#N/A` is a fault of the sheet
and no text, and binary data is no text. The cell is left empty, the field is left out.
Example: a workbook written by a program that does not calculate
Fix: open the workbook in its application, calculate and save it; export binary data apart.
Source: ECMA-376 Part 1, section 18.3.1.96 (v, cell value); SQLite, Datatypes.""",
    ),
    Code(
        "SRC089",
        "no-text",
        "info",
        """\
The document, the row or the table is empty.

Why: an empty text teaches nothing.
Example: a note that is only front matter; an empty row between two tables of a sheet
Fix: none is needed.
Source: Tunesmith's reader: README, Any raw export.""",
    ),
    Code(
        "SRC090",
        "no-such-table",
        "error",
        """\
The table, the sheet or the query that was named cannot be read.

Why: a query is one `SELECT` that reads the database; whatever would change it or open another file
is refused.
Example: `--table mesages`; `--query "DELETE FROM notes"`
Fix: the message lists the tables or sheets that there are.
Source: SQLite, C interface, `sqlite3_set_authorizer`.""",
    ),
    Code(
        "SRC091",
        "query-stopped",
        "error",
        """\
A table or a query gave no row for too long, or too many, and was stopped.

Why: the definition of a view can make a database calculate forever.
Example: a view over a recursive table expression without an end
Fix: name a table instead of the view, or add a `LIMIT`.
Source: SQLite, Defense Against The Dark Arts.""",
    ),
)
