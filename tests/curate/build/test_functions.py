"""The functions that Python users call, and what they refuse."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import curate
from curate.build.settings import Settings
from curate.errors import InputError, UsageError

ROW = {"instruction": "Name a colour.", "input": "", "output": "Red."}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(json.dumps(ROW) + "\n")
    return tmp_path


def test_one_input_may_be_a_text_or_a_path(here):
    assert curate.convert("a.jsonl", "x").ledger.rows_out == 1
    assert curate.convert(here / "a.jsonl", "y").ledger.rows_out == 1
    assert curate.validate("a.jsonl").exit_code == 0


@pytest.mark.parametrize("out", ["", "-", "x.txt", "x.jsonl.gz", "x.tsv", "a.jsonl"])
def test_what_is_no_place_for_rows_is_refused(here, out):
    with pytest.raises(UsageError):
        curate.convert(["a.jsonl"], out)
    assert json.loads((here / "a.jsonl").read_text()) == ROW


def test_an_unknown_container_is_refused(here):
    with pytest.raises(UsageError, match="bogus"):
        curate.convert(["a.jsonl"], "x", container="bogus")


@pytest.mark.parametrize("container", ["arrow", "parquet", "jsonl"])
def test_a_folder_is_loaded_whatever_its_files_are(here, container):
    curate.convert(["a.jsonl"], "x", container=container)
    rows = list(curate.load("x").rows())
    assert [m["content"] for m in rows[0]["messages"]] == ["Name a colour.", "Red."]
    assert curate.load("x").to_pandas().shape[0] == 1
    assert curate.load("x").to_datasets().num_rows == 1


def test_a_damaged_folder_is_an_error_that_says_so(here):
    curate.convert(["a.jsonl"], "x")
    data = next((here / "x" / "data").iterdir())
    data.write_bytes(data.read_bytes()[:400])
    with pytest.raises(InputError, match="damaged"):
        curate.load("x")
    with pytest.raises(InputError, match="no split"):
        curate.load("x", split="test")


def test_validation_checks_rows_of_every_kind(here):
    text = json.dumps({"text": "   "})
    wrong = json.dumps({**ROW, "output": ""})
    (here / "mixed.jsonl").write_text("\n".join([json.dumps(ROW), text, wrong]) + "\n")
    found = []
    report = curate.validate("mixed.jsonl", on_finding=found.append)
    assert report.ledger.rows_out == 1
    assert {f.code for f in found if f.line == 3} == {"TRN012"}
    assert "SCH008" not in report.ledger.findings


def test_reversing_needs_a_response(here):
    (here / "b.jsonl").write_text(json.dumps({**ROW, "output": " "}) + "\n")
    report = curate.convert("b.jsonl", "x", settings=Settings(reverse=True))
    assert report.ledger.removed == {"SCH010": 1}


def test_a_number_that_is_none_in_a_table_is_a_finding(here):
    table = pa.table({"text": ["a", "b"], "score": [0.5, float("nan")]})
    pq.write_table(table, "n.parquet")
    report = curate.convert("n.parquet", "x")
    assert report.ledger.removed == {"SRC006": 1}
    assert report.ledger.rows_out == 1


def test_what_was_written_by_hand_in_a_readme_is_kept(here):
    curate.convert("a.jsonl", "x")
    page = here / "x" / "README.md"
    page.write_bytes(page.read_bytes() + b"My own words \xe9.\n")
    curate.convert("a.jsonl", "x")
    assert page.read_bytes().endswith(b"My own words \xe9.\n")
    page.write_bytes(b"All mine.\n")
    curate.convert("a.jsonl", "x")
    assert page.read_bytes().endswith(b"All mine.\n")
    assert page.read_bytes().startswith(b"---\nconfigs:")


def test_nothing_is_written_where_no_record_can_be_used_and_the_findings_are_shown(here):
    (here / "bad.jsonl").write_text('{"foo": 1}\n')
    report = curate.convert("bad.jsonl", "x.jsonl")
    assert report.ledger.removed == {"SCH006": 1}
    assert report.exit_code == 1
