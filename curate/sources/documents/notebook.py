"""Jupyter notebooks: one notebook is one text, its cells in order, code between fences.

What cells printed, drew or had attached is left out: it is made by a machine, and often base64.

Source: Jupyter nbformat 4.5 (`nbformat/v4/nbformat.v4.5.schema.json`) and 3
(`nbformat/v3/nbformat.v3.schema.json`): v3 keeps its cells in worksheets, a code cell's source
under `input`, and has cells for headings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.documents.whole import claimed_where_most, left_out, read_whole, title_of

ENDINGS = (".ipynb",)
_DATA = re.compile(r"!\[([^\[\]\n]{0,500})\]\((?:data|attachment):[^()\s]*\)")
_TICKS = re.compile("`{3,}")
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")


def notebook_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield one chunk with the notebook as a text."""
    del reading
    whole = read_whole(source, limits)
    if whole.cut is not None:
        yield whole.chunk({})
        return
    cells, fault, about = _cells(whole.raw)
    if fault is not None:
        yield whole.chunk({}, fault)
        return
    counts: Counter[str] = Counter()
    texts = [_shown(cell, about["code_language"], counts) for cell in cells]
    text = "\n\n".join(text for text in texts if text)
    whole.notes += left_out(dict(counts))
    extra = {"title": title_of(source), **{key: value for key, value in about.items() if value}}
    fault = None if text else Hit("SRC089", "", "the notebook has no text")
    yield whole.chunk({"text": text, "extra": extra}, fault)


def _cells(raw: bytes) -> tuple[list[dict[str, Any]], Hit | None, dict[str, Any]]:
    """Return a notebook's cells, why it cannot be read, and its language and version."""
    try:
        book = orjson.loads(raw)
    except orjson.JSONDecodeError as bad:
        return [], Hit("SRC087", "", f"not JSON: {bad.msg} at character {bad.pos}"), {}
    if not isinstance(book, dict):
        return [], Hit("SRC087", "", "not a notebook: it is no object"), {}
    sheets = book.get("worksheets")
    held = [book] if "cells" in book else sheets if isinstance(sheets, list) else []
    cells: list[dict[str, Any]] = []
    for sheet in held:
        listed = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(listed, list) or not all(isinstance(cell, dict) for cell in listed):
            return [], Hit("SRC087", "", "its cells are no list of objects"), {}
        cells += listed
    if not held:
        return [], Hit("SRC087", "", "not a notebook: it has no cells"), {}
    version = book.get("nbformat")
    return (
        cells,
        None,
        {
            "code_language": _language(book.get("metadata"), cells),
            "nbformat": version if type(version) is int and 0 < version < 100 else None,
        },
    )


def _language(metadata: Any, cells: list[dict[str, Any]]) -> str:
    """Return the programming language that a notebook names, "" for none."""
    found: list[Any] = []
    if isinstance(metadata, dict):
        info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
        found += [info.get("name")] if isinstance(info, dict) else []
        found += [kernel.get("language")] if isinstance(kernel, dict) else []
    found += [cell.get("language") for cell in cells[:1]]
    named = (name for name in found if isinstance(name, str) and _LANGUAGE.fullmatch(name))
    return next(named, "")


def _shown(cell: dict[str, Any], language: str, counts: Counter[str]) -> str:
    """Return a cell's text: Markdown as it is, code between fences, headings of v3 with `#`."""
    kind = cell.get("cell_type")
    source = _source(cell.get("input") if "input" in cell else cell.get("source"), counts)
    if isinstance(outputs := cell.get("outputs"), list):
        counts["outputs of cells"] += len(outputs)
    if isinstance(attached := cell.get("attachments"), dict):
        counts["attached files"] += len(attached)
    if not source.strip():
        return ""
    if kind == "code":
        longest = max((len(ticks) for ticks in _TICKS.findall(source)), default=2)
        fence = "`" * (longest + 1)
        return f"{fence}{language}\n{source}\n{fence}"
    if kind == "heading":
        level = cell.get("level")
        return "#" * (level if type(level) is int and 1 <= level <= 6 else 1) + " " + source
    if kind in ("markdown", "html"):
        source, pictures = _DATA.subn(r"\1", source)
        counts["pictures"] += pictures
    return source.strip("\n")


def _source(source: Any, counts: Counter[str]) -> str:
    """Return what a cell holds: a text, or a list of its lines."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if isinstance(source, str):
        return source.replace("\r\n", "\n").rstrip()
    if source is not None:
        counts["cells without text"] += 1
    return ""


def _is_notebook(head: bytes, name: str) -> bool:
    del head
    return name.lower().endswith(ENDINGS)


def _claim(tree: Tree) -> list[str]:
    return claimed_where_most(tree, ENDINGS)


EXPORTS = (
    Export(
        "notebook",
        "Jupyter notebooks (.ipynb)",
        "text",
        notebook_chunks,
        sniff=_is_notebook,
        claim=_claim,
        personal=False,
    ),
)
