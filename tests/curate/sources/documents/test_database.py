"""Tables and queries give records; a database can neither write, open files nor run for ever."""

import gzip
import hashlib
import sqlite3
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import InputError
from curate.files.limits import Limits
from curate.sources.documents import database
from curate.sources.documents.database import EXPORTS

(DATABASE,) = EXPORTS


@pytest.fixture
def base(tmp_path):
    def make(*statements):
        path = tmp_path / "notes 100%#?.db"
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as connection:
            for statement in statements:
                if isinstance(statement, tuple):
                    connection.execute(*statement)
                else:
                    connection.execute(statement)
        connection.close()
        return path

    return make


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


NOTES = (
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)",
    "INSERT INTO notes VALUES (1, 'a')",
)


def test_rows_are_records_and_numbers_are_exact(base, made):
    path = base(
        "CREATE TABLE t (a, b, c)",
        ("INSERT INTO t VALUES (?, ?, ?)", (2**63 - 1, "grüße", None)),
        ("INSERT INTO t VALUES (?, ?, ?)", (-(2**53) - 1, 0.1, "")),
    )
    before = digest(path)
    found = made(DATABASE, path)
    assert found.rows == [{"a": 2**63 - 1, "b": "grüße"}, {"a": -(2**53) - 1, "b": 0.1, "c": ""}]
    assert found.paths == [f"{path.name}/t"] * 2
    assert found.notes == []
    assert digest(path) == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_every_table_is_read_and_one_can_be_named(base, made):
    path = base(*NOTES, 'CREATE TABLE "b/\'""" (x)', 'INSERT INTO "b/\'""" VALUES (3)')
    found = made(DATABASE, path)
    assert sorted(map(str, found.rows)) == ["{'id': 1, 'text': 'a'}", "{'x': 3}"]
    assert f"{path.name}/b_'\"" in found.paths
    assert made(DATABASE, path, table="notes").rows == [{"id": 1, "text": "a"}]
    with pytest.raises(InputError) as caught:
        made(DATABASE, path, table="note")
    assert caught.value.code == "SRC090"


def test_a_query_gives_its_columns(base, made):
    path = base(*NOTES)
    found = made(DATABASE, path, query="SELECT text AS output, 'x' AS instruction FROM notes")
    assert found.rows == [{"output": "a", "instruction": "x"}]
    assert made(DATABASE, path, query="WITH n AS (SELECT 1 AS a) SELECT a, a FROM n").notes == [
        ("SRC007", 1)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "-- nothing",
        "DELETE FROM notes",
        "DROP TABLE notes",
        "SELECT 1; DELETE FROM notes",
        "ATTACH '/tmp/x.db' AS x",
        "PRAGMA query_only = OFF",
        "VACUUM INTO '/tmp/x.db'",
        "CREATE TEMP TABLE x AS SELECT 1",
        "SELECT load_extension('/tmp/x.so')",
        "SELECT writefile('/tmp/x', 'y')",
        "INSERT INTO notes VALUES (2, 'b') RETURNING id",
        "SELECT nothing FROM notes",
        "SELECT '\0'",
        "BEGIN EXCLUSIVE",
    ],
)
def test_a_query_that_does_more_than_read_is_refused(base, made, query):
    path = base(*NOTES)
    before = digest(path)
    with pytest.raises(InputError) as caught:
        made(DATABASE, path, query=query)
    assert caught.value.code == "SRC090"
    assert digest(path) == before


def test_binary_data_is_left_out_and_said(base, made):
    path = base("CREATE TABLE t (a, b)", ("INSERT INTO t VALUES (?, ?)", ("x", b"\x00\xff")))
    found = made(DATABASE, path)
    assert found.rows == [{"a": "x"}]
    assert found.notes == [("SRC088", 1)]
    assert made(DATABASE, path, query="SELECT * FROM t").rows == [{"a": "x"}]


def test_texts_that_are_not_utf8_and_numbers_that_are_none_are_faults(base, made):
    path = base(
        "CREATE TABLE t (a)", "INSERT INTO t VALUES (CAST(x'61ff' AS TEXT)), (9e999), ('b')"
    )
    found = made(DATABASE, path)
    assert found.rows == [{"a": "b"}]
    assert found.faults == [("SRC004", 1), ("SRC006", 2)]


def test_utf16_databases_are_read(base, made):
    path = base(
        "PRAGMA encoding = 'UTF-16'", "CREATE TABLE t (a)", "INSERT INTO t VALUES ('grüße')"
    )
    assert made(DATABASE, path).rows == [{"a": "grüße"}]


def test_a_row_that_is_too_long_is_set_aside(base, made):
    path = base(
        "CREATE TABLE t (a)",
        ("INSERT INTO t VALUES (?)", ("x" * 90_000,)),
        "INSERT INTO t VALUES ('y')",
    )
    found = made(DATABASE, path, limits=Limits(record_bytes=1_000))
    assert found.rows == [{"a": "y"}]
    assert found.faults == [("SRC009", 1)]
    assert len(found.records[0]) == 64 << 10


def test_views_and_virtual_tables_are_told(base, made):
    path = base(
        *NOTES, "CREATE VIEW v AS SELECT text FROM notes", "CREATE VIRTUAL TABLE f USING fts5(a)"
    )
    found = made(DATABASE, path)
    assert found.rows == [{"id": 1, "text": "a"}]
    assert found.notes == [("SRC086", 1)]
    assert made(DATABASE, path, table="v").rows == [{"text": "a"}]


ENDLESS = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n)"


def test_a_view_that_never_gives_a_row_is_stopped(base, made, monkeypatch):
    monkeypatch.setattr(database, "STALL_SECONDS", 0.3)
    path = base(*NOTES, f"CREATE VIEW v AS {ENDLESS} SELECT max(a) AS a FROM n")
    assert made(DATABASE, path, table="v").notes == [("SRC091", 1)]


def test_a_view_that_never_ends_is_stopped(base, made, monkeypatch):
    monkeypatch.setattr(database, "MOST_ROWS", 1_000)
    path = base(f"CREATE VIEW v AS {ENDLESS} SELECT a FROM n")
    found = made(DATABASE, path, table="v")
    assert len(found.rows) == 1_000
    assert found.notes == [("SRC091", 1_001)]


def test_a_value_of_gigabytes_is_refused(base, made):
    path = base("CREATE VIEW v AS SELECT replace(hex(zeroblob(90000000)), '0', 'ab') AS a")
    assert made(DATABASE, path, table="v").notes == [("SRC087", 1)]


def test_changes_in_the_journal_are_said(base, made):
    path = base(*NOTES)
    path.with_name(path.name + "-wal").write_bytes(b"x")
    found = made(DATABASE, path)
    assert found.rows == [{"id": 1, "text": "a"}]
    assert found.notes == [("SRC088", 1)]


def test_a_database_in_an_archive_is_read(base, made, tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(base(*NOTES), "a/notes.db")
    assert made(DATABASE, path, member="a/notes.db").rows == [{"id": 1, "text": "a"}]


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"x" * 5_000])
def test_what_is_no_database_is_said(tmp_path, made, content):
    path = tmp_path / "a.sqlite"
    path.write_bytes(content)
    found = made(DATABASE, path)
    assert found.rows == []
    assert found.notes == [("SRC087", 1)]


def test_a_database_without_tables_is_said(base, made):
    assert made(DATABASE, base("PRAGMA user_version = 3")).notes == [("SRC089", 1)]


def test_a_database_that_was_cut_keeps_what_is_whole(base, made):
    path = base(
        "CREATE TABLE t (a)", *(("INSERT INTO t VALUES (?)", ("x" * 900,)) for _ in range(200))
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = made(DATABASE, path)
    assert "SRC087" in [code for code, _ in found.notes]


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_changed_bytes_bring_no_other_exception(data, tmp_path_factory):
    from curate.files.inputs import Source
    from curate.sources.base import Reading

    path = tmp_path_factory.mktemp("base") / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a TEXT, b BLOB)")
        connection.execute("CREATE INDEX i ON t (a)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [("word " * 50, b"x" * 50)] * 40)
    connection.close()
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(16, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    for chunk in DATABASE.chunks(Source("a", path), Reading(), Limits()):
        assert len(chunk.values or []) == len(chunk.records)


GROWTH = """
import resource, sys
from pathlib import Path
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.sources.base import Reading
from curate.sources.documents.database import EXPORTS
import sqlite3
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
chunks = EXPORTS[0].chunks(Source("b", Path(sys.argv[1])), Reading(), Limits())
rows = sum(len(chunk.records) for chunk in chunks)
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def test_large_values_and_many_rows_take_flat_memory(base):
    path = base(
        "CREATE TABLE t (a, b)",
        *(("INSERT INTO t VALUES (?, zeroblob(40000000))", (n,)) for n in range(2)),
        f"INSERT INTO t SELECT a, 'some text' FROM ({ENDLESS} SELECT a FROM n LIMIT 60000)",
    )
    found = subprocess.run(
        [sys.executable, "-c", GROWTH, str(path)], capture_output=True, text=True, check=True
    )
    rows, grown = map(int, found.stdout.split())
    assert rows == 60_002
    assert grown < 40


def test_what_a_database_is():
    assert DATABASE.sniff(b"SQLite format 3\x00rest", "chat.db")
    assert not DATABASE.sniff(gzip.compress(b"x"), "chat.db")
