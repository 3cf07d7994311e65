"""Published corpora of broken and strange files; skipped where the data folder is absent."""

import base64
import csv
import json
from pathlib import Path

import pytest

from curate.build import Settings, convert, load
from curate.build.reports import Report
from curate.build.runner import Run
from curate.build.writing import check

BEFORE, AFTER = {"text": "before"}, {"text": "after"}


@pytest.fixture
def corpus(data):
    return data / "robustness"


def adds_up(ledger):
    return ledger.rows_in + ledger.added.total() == ledger.rows_out + ledger.removed.total()


def test_json_test_suite_in_a_line_between_good_ones(corpus, read):
    cases = sorted((corpus / "JSONTestSuite" / "test_parsing").glob("*.json"))
    assert len(cases) > 300
    wrong = []
    for case in cases:
        raw = case.read_bytes()
        if b"\n" in raw or b"\r" in raw:
            continue  # a line cannot hold it
        value = b'{"text": "case", "v": ' + raw + b"}"
        lines = [json.dumps(BEFORE).encode(), value, json.dumps(AFTER).encode()]
        result = read(b"\n".join(lines) + b"\n")
        texts = result.texts
        if texts[:1] != ["before"] or texts[-1:] != ["after"]:
            wrong.append((case.name, "neighbours"))
        kept = len(texts) == 3
        duplicate = "duplicated_key" in case.name
        # Case files whose bytes close the object around them are good JSON here.
        whole = True
        try:
            json.loads(raw)
        except (ValueError, RecursionError):
            whole = False
        if case.name.startswith("y_") and kept == duplicate:
            wrong.append((case.name, "not accepted"))
        if case.name.startswith("n_") and kept and not whole:
            wrong.append((case.name, "not rejected"))
    assert wrong == []


def test_csv_spectrum_reads_as_its_json_says(corpus, tmp_path):
    for path in sorted((corpus / "csv-spectrum" / "csvs").glob("*.csv")):
        expected = json.loads((corpus / "csv-spectrum" / "json" / f"{path.stem}.json").read_text())
        found = []
        from curate.build.read import chunks_of
        from curate.files.inputs import Source
        from curate.files.streams import recognise

        settings = Settings()
        source = recognise(Source(path.name, path), None, settings.limits)
        for chunk in chunks_of(source, settings, lazy=False):
            assert chunk.faults == {}, path.name
            found += chunk.values
        with path.open(newline="", encoding="utf-8") as file:
            exact = [dict(zip(*pair, strict=True)) for pair in _pairs(csv.reader(file))]
        assert found == exact, path.name
        assert [list(row) for row in found] == [list(row) for row in expected], path.name


def _pairs(rows):
    header, *rest = rows
    return [(header, row) for row in rest if row]


def test_naughty_strings_come_out_as_they_went_in(corpus, tmp_path):
    strings = json.loads((corpus / "blns" / "blns.json").read_text(encoding="utf-8"))
    strings += [
        base64.b64decode(line).decode(errors="replace")
        for line in (corpus / "blns" / "blns.base64.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    strings = [text for text in strings if text.strip()]
    source = tmp_path / "in.json"
    rows = [{"instruction": text, "output": text} for text in strings]
    source.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    anything = Settings(ignore=("TRN012",))  # the rule against text of blanks only
    assert convert([str(source)], str(tmp_path / "out"), settings=anything).exit_code == 0
    got = [[m["content"] for m in row["messages"]] for row in load(tmp_path / "out").rows()]
    assert got == [[text, text] for text in strings]
    for name in ("a.jsonl", "a.json", "a.parquet"):
        back = tmp_path / name
        convert([str(tmp_path / "out")], str(back), to="alpaca", settings=anything)
        convert([str(back)], str(tmp_path / "back"), settings=anything)
        got = [[m["content"] for m in row["messages"]] for row in load(tmp_path / "back").rows()]
        assert got == [[text, text] for text in strings], name


def test_invalid_utf_8_costs_its_line_only(corpus, read):
    result = read(corpus / "utf8tests" / "utf8tests.bin", container="lines")
    ledger = result.report.ledger
    assert ledger.rows_out > 0
    assert set(ledger.removed) == {"SRC004"}
    raw = (corpus / "utf8tests" / "utf8tests.bin").read_bytes().split(b"\n")
    good = []
    for line in raw:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            continue
        if not line.isspace() and line:
            good.append(text.removesuffix("\r"))
    assert result.texts == good


@pytest.mark.slow
def test_crafted_columnar_files_never_crash_the_command(corpus, curate, tmp_path):
    folders = [corpus / "parquet-testing", corpus / "arrow-testing"]
    files = [p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()]
    assert len(files) > 50
    for path in files:
        if path.suffix in (".md", ".txt"):
            continue
        kind = "parquet" if "parquet" in path.as_posix().replace("parquet-testing", "") else "arrow"
        if "/csv/" in path.as_posix():
            kind = "csv"
        ended = curate(
            "convert", path, "--from", kind, "-o", tmp_path / "out.jsonl", "--to", "text"
        )
        assert ended.code in (0, 1, 3), (path, ended.err)


def readable(data: Path) -> list[Path]:
    endings = {".json", ".jsonl", ".csv", ".txt", ".mbox", ".gz"}
    found = [p for p in data.rglob("*") if p.is_file() and p.suffix in endings]
    return sorted(found, key=lambda p: (p.stat().st_size, p.as_posix()))


def every_file(files):
    for path in files:
        report = check(Run(Report("convert"), Settings(payload="arrow")), [str(path)])
        assert adds_up(report.ledger), path
        assert report.exit_code in (0, 1, 3), path
        if report.exit_code == 3:
            assert report.ledger.rows_in == 0, path


def test_every_small_file_adds_up(data):
    files = readable(data)
    assert len(files) > 500
    every_file(path for path in files if path.stat().st_size < 30_000)


@pytest.mark.slow
def test_every_file_converts_and_adds_up(data, tmp_path, curate):
    for path in readable(data):
        ended = curate("convert", path, "-o", tmp_path / "out", "--json")
        document = ended.document
        assert ended.code in (0, 1, 3), (path, ended.err)
        left = document["rows_in"] + sum(document["added"].values())
        assert left == document["rows_out"] + sum(document["removed"].values()), path
