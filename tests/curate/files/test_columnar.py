"""Parquet and Arrow files: rows through a child process; a bad file is a finding."""

import datetime
import json
import os
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = [
    {"text": "a", "meta": {"k": 1, "list": ["x", None]}, "n": None},
    {"text": "b", "meta": None, "n": 2**60},
    {"text": "c", "meta": {"k": None, "list": None}, "n": 3},
]


def write(path, table):
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=2)
    else:
        kind = pa.ipc.new_file if path.stem == "file" else pa.ipc.new_stream
        with kind(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=2)


@pytest.mark.parametrize("name", ["in.parquet", "file.arrow", "stream.arrow", "in"])
def test_rows_are_read_without_their_nulls(read, tmp_path, name):
    path = tmp_path / (name if "." in name else name + ".parquet")
    write(path, pa.Table.from_pylist(ROWS))
    if "." not in name:
        path = path.rename(tmp_path / name)
    result = read(path)
    assert result.texts == ["a", "b", "c"]
    assert json.loads(result.rows[0]["extra"]) == {"meta": {"k": 1, "list": ["x", None]}}
    assert json.loads(result.rows[1]["extra"]) == {"n": 2**60}
    assert [row["origin"]["line"] for row in result.rows] == [1, 2, 3]


def test_other_types_become_text(read, tmp_path):
    path = tmp_path / "in.parquet"
    row = {
        "text": "a",
        "day": datetime.date(2024, 1, 2),
        "at": datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
        "price": Decimal("1.10"),
        "raw": b"\x00\xff",
    }
    write(path, pa.Table.from_pylist([row]))
    extra = json.loads(read(path).rows[0]["extra"])
    assert extra == {
        "day": "2024-01-02",
        "at": "2024-01-02T03:04:05+00:00",
        "price": "1.10",
        "raw": "AP8=",
    }


@pytest.mark.parametrize("name", ["in.parquet", "file.arrow", "stream.arrow"])
def test_damage_is_a_finding(read, tmp_path, name):
    path = tmp_path / name
    write(path, pa.Table.from_pylist(ROWS * 500))
    whole = path.read_bytes()
    for raw in (
        b"",
        whole[:3],
        whole[: len(whole) // 2],
        whole[:100] + b"\xff" * 400 + whole[500:],
    ):
        path.write_bytes(raw)
        result = read(path)
        assert result.report.exit_code in (1, 3)
        assert {"SRC020", "SRC012"} & {f.code for f in result.found}


def test_a_file_without_rows_is_an_empty_input(read, tmp_path):
    path = tmp_path / "in.parquet"
    write(path, pa.table({"text": pa.array([], pa.string())}))
    assert read(path).report.exit_code == 3


def test_a_column_that_stands_twice_is_said(read, tmp_path):
    path = tmp_path / "stream.arrow"
    write(path, pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["text", "text"]))
    result = read(path)
    assert "stands twice" in result.found[0].message
    assert result.rows == []


def test_a_module_in_the_working_folder_is_not_imported(read, tmp_path, monkeypatch):
    path = tmp_path / "in.parquet"
    write(path, pa.Table.from_pylist(ROWS))
    work = tmp_path / "work"
    (work / "curate").mkdir(parents=True)
    for name in ("curate/__init__.py", "pyarrow.py", "orjson.py"):
        (work / name).write_text("raise SystemExit(9)")
    monkeypatch.chdir(work)
    assert read(path).texts == ["a", "b", "c"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to die of")
def test_a_reader_that_dies_is_a_finding(read, tmp_path, monkeypatch):
    path = tmp_path / "in.parquet"
    write(path, pa.Table.from_pylist(ROWS))
    shell = tmp_path / "python"
    shell.write_text("#!/bin/sh\nkill -SEGV $$\n")
    os.chmod(shell, 0o755)  # noqa: PTH101
    monkeypatch.setattr("curate.files.columnar.sys.executable", str(shell))
    result = read(path)
    assert "SRC020" in [f.code for f in result.found]
    assert "signal 11" in next(f for f in result.found if f.code == "SRC020").message
