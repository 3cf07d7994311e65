"""Sheets are tables as CSV files are; what a crafted workbook claims costs no memory."""

import datetime as dt
import subprocess
import sys
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import InputError
from curate.files.limits import Limits
from curate.sources.documents.workbook import EXPORTS
from curate.sources.documents.workbook.cells import date_kind, date_text, number_text

(WORKBOOK,) = EXPORTS


@pytest.fixture
def saved(tmp_path):
    """Write sheets as `{name: rows}`; `change` sees the workbook before it is saved."""

    def save(sheets, change=lambda book: None):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        change(book)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return save


def rewritten(path, **parts):
    """Replace parts of a workbook, by the last part of their names without the ending."""
    with zipfile.ZipFile(path) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    old.setdefault("xl/sharedStrings.xml", b"<sst/>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in old.items():
            new = parts.get(name.rpartition("/")[2].partition(".")[0])
            archive.writestr(name, new(data) if callable(new) else data if new is None else new)
    return path


def test_rows_are_records_of_the_header(saved, made):
    found = made(
        WORKBOOK, saved({"S 1": [["instruction", "output"], ["Hi", "Hello"], ["1", None]]})
    )
    assert found.rows == [
        {"instruction": "Hi", "output": "Hello"},
        {"instruction": "1", "output": ""},
    ]
    assert found.paths == ["book.xlsx/S 1"] * 2
    assert found.notes == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1, "1"),
        (1.0, "1"),
        (0.1, "0.1"),
        (1.1 * 3, "3.3"),
        (123456789012, "123456789012"),
        (1e20, "1e+20"),
        (-2.5, "-2.5"),
        (True, "true"),
        (False, "false"),
        ("007", "007"),
        (" grüße\n ", " grüße\n "),
        (dt.date(2024, 1, 31), "2024-01-31"),
        (dt.datetime(2024, 1, 31, 10, 20, 30), "2024-01-31T10:20:30"),
        (dt.time(10, 20), "10:20:00"),
        (dt.timedelta(hours=30, minutes=5), "30:05:00"),
    ],
)
def test_values_are_text_as_they_show(saved, made, value, shown):
    assert made(WORKBOOK, saved({"S": [["a"], [value]]})).rows == [{"a": shown}]


def test_shared_texts_are_joined_without_their_phonetic_signs(saved, made):
    texts = (
        b"<sst><si><t>a</t></si><si><r><t>b</t></r><r><t xml:space='preserve'> c</t></r>"
        b"<rPh><t>no</t></rPh></si><si/></sst>"
    )
    cells = b"".join(b"<row><c t='s'><v>%d</v></c></row>" % n for n in (0, 1, 2, 1))
    sheet = b"<x:worksheet xmlns:x='y'><sheetData>" + cells + b"</sheetData></x:worksheet>"
    path = rewritten(saved({"S": [["a"]]}), sheet1=sheet, sharedStrings=texts)
    assert made(WORKBOOK, path).rows == [{"a": "b c"}, {"a": "b c"}]


def test_days_of_1904_are_counted_from_there(saved, made):
    def change(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    path = saved({"S": [["a"], [dt.date(2024, 1, 31)]]}, change)
    assert made(WORKBOOK, path).rows == [{"a": "2024-01-31"}]


def test_dates_before_march_1900_are_those_that_a_sheet_shows():
    assert [date_text(str(n), "date", is_1904=False) for n in (1, 59, 60, 61)] == [
        "1900-01-01",
        "1900-02-28",
        "1900-02-29",
        "1900-03-01",
    ]
    assert date_text("-1", "date", is_1904=False) is None
    assert date_text("1e9", "date", is_1904=False) is None
    assert date_text("x", "date", is_1904=False) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", "date"),
        ('"day" 0', ""),
        ("0.00", ""),
        ("[Red]0", ""),
        ("[h]:mm", "elapsed"),
        ("General", ""),
        ("[$-409]d/m/yy", "date"),
        ("\\d0", ""),
        ("0;[Red]-d", ""),
    ],
)
def test_formats_that_show_dates_are_known(code, kind):
    assert date_kind(164, code) == kind


@pytest.mark.parametrize("raw", ["", "x", "nan", "inf", "1e999"])
def test_what_is_no_number_has_no_text(raw):
    assert number_text(raw) is None


def test_formulas_without_values_and_errors_are_said(saved, made):
    path = saved({"S": [["a", "b"], ["=1+1", "x"], ["#N/A", "y"]]})
    found = made(WORKBOOK, path)
    assert found.rows == [{"a": "", "b": "x"}, {"a": "", "b": "y"}]
    assert found.notes == [("SRC088", 2), ("SRC088", 3)]


def test_formulas_with_values_are_their_values(saved, made):
    path = saved({"S": [["a"], ["=1+1"]]})
    rewritten(
        path,
        sheet1=lambda data: data.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"),
    )
    assert made(WORKBOOK, path).rows == [{"a": "2"}]


def test_hidden_sheets_are_told_and_can_be_named(saved, made):
    def change(book):
        book["B"].sheet_state = "veryHidden"

    path = saved({"A": [["a"], ["1"]], "B": [["b"], ["2"]], "C": []}, change)
    found = made(WORKBOOK, path)
    assert found.rows == [{"a": "1"}]
    assert found.notes == [("SRC086", 1), ("SRC089", 1)]
    assert made(WORKBOOK, path, table="B").rows == [{"b": "2"}]
    with pytest.raises(InputError) as caught:
        made(WORKBOOK, path, table="b")
    assert caught.value.code == "SRC090"
    assert "'A', 'B', 'C'" in caught.value.hint


def test_merged_cells_and_empty_rows_are_told(saved, made):
    def change(book):
        book["S"].merge_cells("A2:A3")

    path = saved({"S": [["a", "b"], ["x", "1"], [None, "2"], [], [], ["z", "3"]]}, change)
    found = made(WORKBOOK, path)
    assert found.rows == [{"a": "x", "b": "1"}, {"a": "", "b": "2"}, {"a": "z", "b": "3"}]
    assert sorted(found.notes) == [("SRC086", 1), ("SRC089", 1)]
    assert "2 empty rows between others" in found.messages


def test_names_of_the_header_that_repeat_get_numbers_and_more_cells_are_faults(saved, made):
    path = saved({"S": [["a", "a", None, "b"], ["1", "2", "3", "4"], ["1", "2", "3", "4", "5"]]})
    found = made(WORKBOOK, path)
    assert found.rows == [{"a.0": "1", "a.1": "2", "": "3", "b": "4"}]
    assert found.faults == [("SRC016", 3)]
    assert found.notes == [("SRC007", 1)]


def test_many_rows_come_in_chunks(saved):
    from curate.files.inputs import Source
    from curate.sources.base import Reading

    path = saved({"S": [["a"], *([str(n)] for n in range(7_000))]})
    chunks = list(WORKBOOK.chunks(Source("b.xlsx", path), Reading(), Limits()))
    assert [len(chunk.records) for chunk in chunks] == [5_000, 2_000]
    assert chunks[1].lines[0] == 5_002
    assert len(set(chunks[0].records)) == 5_000


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_workbook_is_said(tmp_path, made, content):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    found = made(WORKBOOK, path)
    assert found.rows == []
    assert [code for code, _ in found.notes] in (["SRC019"], ["SRC087"])


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "sheet",
    [
        ENTITIES + b"<worksheet><sheetData/></worksheet>",
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>',
        b"<worksheet><sheetData><row r='1'><c><v>1</v></c></row>",
        b"<worksheet><sheetData><row r='2'/><row r='1'/></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='9999999'/></sheetData></worksheet>",
        b"<worksheet><sheetData><row><c r='ZZZ1'/></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row><c t='s'><v>99</v></c></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row><c s='x'/></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='" + b"9" * 5_000 + b"'/></sheetData></worksheet>",
        b"<worksheet>" + b"<a>" * 100_000,
        b"\xff\xfe<\0",
    ],
)
def test_a_crafted_sheet_is_damage(saved, made, sheet):
    found = made(WORKBOOK, rewritten(saved({"S": [["a"], ["1"]]}), sheet1=sheet))
    assert found.rows == []
    assert "SRC087" in [code for code, _ in found.notes]


def test_rows_before_the_damage_are_kept(saved, made):
    path = saved({"S": [["a"], *([str(n)] for n in range(100))]})
    found = made(WORKBOOK, rewritten(path, sheet1=lambda data: data[: len(data) * 3 // 4]))
    assert 40 < len(found.rows) < 100
    assert found.notes[-1][0] == "SRC087"


def test_a_row_and_a_mark_that_are_too_long_end_the_sheet(saved, made):
    limits = Limits(record_bytes=100_000)
    path = saved({"S": [["a"], ["x" * 30_000]]})
    row = b"<row>" + b"<c t='str'><v>" + b"y" * 30_000 + b"</v></c>"
    head = b"<worksheet><sheetData>"
    long_row = head + row + (row[5:] * 5) + b"</row></sheetData></worksheet>"
    for sheet in (long_row, head + b"<row x='" + b"y" * 500_000 + b"'/></sheetData></worksheet>"):
        assert "SRC087" in [
            code for code, _ in made(WORKBOOK, rewritten(path, sheet1=sheet), limits).notes
        ]


def test_a_workbook_in_an_archive_is_told(tmp_path, saved, made):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(saved({"S": [["a"], ["1"]]}), "book.xlsx")
    assert made(WORKBOOK, path, member="book.xlsx").notes == [("SRC097", 1)]


BOMB = """
import resource, sys
from pathlib import Path
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.sources.base import Reading
from curate.sources.documents.workbook import EXPORTS
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
codes = set()
for chunk in EXPORTS[0].chunks(Source("b", Path(sys.argv[1])), Reading(), Limits()):
    codes |= {hit.code for _, _, hit in chunk.notes}
print(*sorted(codes), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.parametrize(
    ("part", "piece"),
    [
        ("sheet1", b"<row/>"),
        ("sheet1", b"<c/>"),
        ("sheet1", b"<c t='str'><v>x</v></c>"),
        ("sheet1", b" "),
        ("sharedStrings", b"<si/>"),
        ("styles", b"<x/>"),
    ],
)
def test_a_bomb_costs_little_memory(saved, part, piece):
    data = b"<sst><row>" + piece * ((60 << 20) // len(piece))
    path = rewritten(saved({"S": [["a"], ["1"]]}), **{part: data})
    assert path.stat().st_size < 5 << 20
    found = subprocess.run(
        [sys.executable, "-c", BOMB, str(path)], capture_output=True, text=True, check=True
    )
    *codes, grown = found.stdout.split()
    assert {"SRC026", "SRC087"} & set(codes)
    assert int(grown) < 60


@pytest.mark.parametrize(
    ("head", "name", "is_workbook"),
    [(b"PK\x03\x04", "a.xlsx", True), (b"PK\x03\x04", "a.zip", False), (b"x", "a.xlsx", False)],
)
def test_what_a_workbook_is(head, name, is_workbook):
    assert WORKBOOK.sniff(head, name) == is_workbook


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_changed_parts_bring_no_other_exception(data, tmp_path_factory):
    from curate.files.inputs import Source
    from curate.sources.base import Reading

    path = tmp_path_factory.mktemp("book") / "b.xlsx"
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, dt.date(2024, 1, 1)], ["x", True]):
        book.active.append(row)
    book.save(path)
    part = data.draw(st.sampled_from(["sheet1", "styles", "sharedStrings", "workbook"]))

    def change(raw):
        raw = bytearray(raw)
        for _ in range(data.draw(st.integers(1, 5))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 127))
        return bytes(raw)

    rewritten(path, **{part: change})
    for chunk in WORKBOOK.chunks(Source("b", path), Reading(), Limits()):
        assert len(chunk.values or []) == len(chunk.records)
