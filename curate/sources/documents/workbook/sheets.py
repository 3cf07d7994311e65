"""The sheets of a workbook and their rows.

Source: ECMA-376 Part 1, sections 18.2 (workbook), 18.3.1 (sheet data), 18.4 (shared strings) and
18.8 (styles).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from curate.files.limits import Limits
from curate.sources.documents.workbook.cells import DateKind, date_kind, date_text, number_text
from curate.sources.documents.workbook.parts import Handler, Parts, damage, drained

LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
_CELL = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
Missing = Literal["formula", "error", "number"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes:
        name: As its tab shows it.
        part: The part that it is in; "" for one that is none, a chart.
        is_hidden: Whether its tab is not shown.
    """

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class SheetRow:
    """One row of a sheet.

    Attributes:
        number: From 1.
        cells: Column, from 1 → text.
        missing: Columns whose cells have no value that can be used, and why.
    """

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    missing: dict[int, Missing] = field(default_factory=dict)


@dataclass(slots=True)
class Book:
    """What all sheets of a workbook share.

    Attributes:
        sheets: In the order of the tabs.
        texts: Texts that cells name by number.
        dates: For each style of a cell, whether it shows a date.
        is_1904: Whether days are counted from 1904.
    """

    sheets: list[Sheet]
    texts: list[str]
    dates: list[DateKind]
    is_1904: bool


def open_book(parts: Parts) -> Book:
    """Return what a workbook says of its sheets, its texts and its styles.

    Raises:
        InputError: If it is no workbook, or is damaged.
    """
    place = parts.find("xl/workbook.xml") or next(
        (name for name in parts.names() if name.endswith("/workbook.xml")), None
    )
    if place is None:
        raise damage("it has no list of sheets")
    folder, _, name = place.rpartition("/")
    listed = _Workbook()
    drained(parts.read(place, listed), lambda: None)
    related = _Related()
    if (links := parts.find(f"{folder}/_rels/{name}.rels")) is not None:
        drained(parts.read(links, related), lambda: None)
    strings, styles = _Strings(), _Styles()
    for handler, kind in ((strings, "sharedStrings"), (styles, "styles")):
        target = next((to for of, to in related.targets.values() if of == kind), f"{kind}.xml")
        if (part := parts.find(_joined(folder, target))) is not None:
            drained(parts.read(part, handler), lambda: None)
    sheets = []
    for title, link, is_hidden in listed.sheets:
        of, to = related.targets.get(link, ("", ""))
        part = parts.find(_joined(folder, to)) if of == "worksheet" else None
        sheets.append(Sheet(title, part or "", is_hidden))
    return Book(sheets, strings.texts, styles.dates(), listed.is_1904)


def _joined(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def rows_of(parts: Parts, book: Book, sheet: Sheet, limits: Limits) -> Iterator[SheetRow | int]:
    """Yield the rows of a sheet that hold something, in order, and the number of merged ranges.

    Raises:
        InputError: If the sheet is damaged or goes beyond the limits.
    """
    handler = _Rows(book, limits)
    for _ in parts.read(sheet.part, handler, held=False):
        found, handler.found = handler.found, []
        yield from found
    if handler.merged:
        yield handler.merged


class _Workbook(Handler):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.is_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            link = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), link, hidden))


class _Related(Handler):
    """`targets`: id → (the last word of the type, where it is)."""

    def __init__(self) -> None:
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))


class _Strings(Handler):
    """`texts`: every shared text, its runs joined, without phonetic signs."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "t":
            self._in_text = not self._in_phonetic

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._parts))
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)


class _Styles(Handler):
    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._formats.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def dates(self) -> list[DateKind]:
        """Return for each style of a cell whether it shows a date."""
        known = {number: date_kind(number, self._codes.get(number)) for number in self._formats}
        return [known[number] for number in self._formats]


class _Rows(Handler):
    """Rows of a sheet as its elements come; `found` are those that are whole."""

    def __init__(self, book: Book, limits: Limits) -> None:
        self._book, self._most = book, limits.record_bytes
        self.found: list[SheetRow] = []  # type: ignore[assignment]
        self.merged = 0
        self._row = SheetRow(0)
        self._column = self._chars = 0
        self._kind, self._style = "n", 0
        self._value: list[str] | None = None
        self._has_formula = self._takes = self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self._takes = not self._in_phonetic
            self._value = self._value or []
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "mergeCell":
            self.merged += 1

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._row.number + 1))
        if not self._row.number < number <= LAST_ROW:
            raise damage(f"its rows are not in order behind row {self._row.number:,}")
        self._row, self._column, self._chars = SheetRow(number), 0, 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = _CELL.fullmatch(attributes.get("r", ""))
        column = _column(place[1]) if place else self._column + 1
        if column > LAST_COLUMN:
            raise damage(f"row {self._row.number:,} has more columns than a sheet can have")
        self._column, self._kind = column, attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._value, self._has_formula = None, False

    def text(self, text: str) -> None:
        if not self._takes or self._value is None:
            return
        self._chars += len(text)
        if self._chars > self._most:
            raise damage(f"row {self._row.number:,} is longer than the limit")
        self._value.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._takes = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and (self._row.cells or self._row.missing):
            self.found.append(self._row)

    def _end_cell(self) -> None:
        raw = "".join(self._value or ())
        if not raw:
            if self._has_formula and self._kind != "str":
                self._row.missing[self._column] = "formula"
            return
        text = self._text(raw)
        if text is None:
            self._row.missing[self._column] = "error" if self._kind == "e" else "number"
        elif text:
            self._row.cells[self._column] = text

    def _text(self, raw: str) -> str | None:
        """Return a cell's value as text, None where it is a fault or damaged."""
        if self._kind == "s":
            at = int(raw)
            if not 0 <= at < len(self._book.texts):
                raise damage(f"row {self._row.number:,} names a text that is not there")
            text = self._book.texts[at]
            self._chars += len(text)
            if self._chars > self._most:
                raise damage(f"row {self._row.number:,} is longer than the limit")
            return text
        if self._kind == "b":
            return "true" if raw.strip() == "1" else "false"
        if self._kind == "e":
            return None
        if self._kind != "n":
            return raw
        dates = self._book.dates
        kind = dates[self._style] if 0 <= self._style < len(dates) else ""
        return date_text(raw, kind, self._book.is_1904) if kind else number_text(raw)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
