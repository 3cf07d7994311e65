"""`curate validate` and what rows, files and recipes hide of what it finds."""

import json
from pathlib import Path

import pytest

from curate.build import Settings, convert
from curate.schema import check

SFT = {"instruction": "a", "input": "", "output": "b"}
NUL = SFT | {"output": "b\x00c"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def checked(curate, *arguments):
    """Return code, line and value of each finding, and how the command ended."""
    ended = curate("validate", *arguments, "--output-format", "jsonl")
    found = [json.loads(line) for line in ended.out.splitlines()]
    return [(each["code"], each["line"], each["value"]) for each in found], ended


def ignoring(*values, row=NUL):
    return [row | {"curate_ignore": value} for value in values]


@pytest.mark.parametrize(
    "value",
    ["TXT001", "txt001", "TRN, TXT001", "TXT", "TXT00", "nul-character", ["TRN", " TXT001 "]],
    ids=str,
)
def test_a_row_hides_what_it_names(here, curate, value):
    Path("in.jsonl").write_text(lines(*ignoring(value), NUL))
    found, ended = checked(curate, "in.jsonl", "--select", "TXT001,SCH03")
    assert found == [("TXT001", 2, None)]
    assert ended.err.splitlines()[-1].endswith("; 1 suppressed")
    document = curate("validate", "in.jsonl", "--select", "TXT001,SCH03", "--json").document
    assert document["suppressed"] == {"TXT001": 1}
    assert document["findings"] == {"TXT001": 1}


@pytest.mark.parametrize(("value", "code"), [("", None), (None, None), ([], None), (",", None)])
def test_an_empty_wish_is_none(here, curate, value, code):
    Path("in.jsonl").write_text(lines(*ignoring(value)))
    found, _ = checked(curate, "in.jsonl", "--select", "TXT001,SCH03")
    assert found == [("TXT001", 1, None)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("TXT0X1", ("SCH033", 1, "TXT0X1")),
        (["TXT001", 7], ("SCH035", 1, '["TXT001", 7]')),
        (True, ("SCH035", 1, "true")),
        ({"TXT001": 1}, ("SCH035", 1, '{"TXT001": 1}')),
        ("SCH002", ("SCH034", 1, "SCH002")),
        ("SRC001, TXT001", ("SCH034", 1, "SRC001")),
        ("SCH032", ("SCH034", 1, "SCH032")),
        ("TXT001, TXT002", ("SCH032", 1, "TXT002")),
    ],
    ids=str,
)
def test_what_a_row_cannot_hide_is_said(here, curate, value, expected):
    Path("in.jsonl").write_text(lines(*ignoring(value)))
    found, ended = checked(curate, "in.jsonl", "--select", "TXT001,TXT002,SCH03")
    assert expected in found
    hidden = isinstance(value, str) and "TXT001" in value
    assert (("TXT001", 1, None) in found) != hidden
    assert ended.code == (1 if expected[0] in ("SCH033", "SCH035") else 0)


def test_a_code_that_was_not_looked_for_is_not_called_unused(here, curate):
    Path("in.jsonl").write_text(lines(*ignoring("TXT001", row=SFT)))
    assert checked(curate, "in.jsonl", "--select", "TXT001,SCH032")[0] == [("SCH032", 1, "TXT001")]
    assert checked(curate, "in.jsonl", "--select", "TRN,SCH032")[0] == []


def test_an_unusable_record_stays_one_and_says_so(here, curate):
    Path("in.jsonl").write_text(lines(*ignoring("SCH002", "SCH", "TXT", row=SFT | {"output": 4})))
    found, ended = checked(curate, "in.jsonl", "--select", "SCH")
    assert [(code, line) for code, line, _ in found] == [
        ("SCH002", 1), ("SCH034", 1), ("SCH002", 2), ("SCH034", 2), ("SCH002", 3),
    ]  # fmt: skip
    assert ended.code == 1


def test_a_hidden_error_keeps_the_row_and_a_wrong_wish_takes_it_out(here, curate):
    two = {"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}
    listed = [two, two | {"curate_ignore": "TRN"}, two | {"curate_ignore": "TRM"}]
    Path("in.jsonl").write_text(lines(*listed))
    plain = curate("convert", "in.jsonl", "-o", "out", "--json").document
    assert plain["removed"] == {"SCH033": 1, "TRN005": 1}
    assert plain["rows_out"] == 1
    assert plain["suppressed"] == {"TRN005": 1}
    card = json.loads(Path("out/card.json").read_text())
    assert check("card", card) == []
    assert card["funnel"][0]["suppressed"] == {"TRN005": 1}


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet", "out"])
@pytest.mark.parametrize("value", ["TXT001", ["TXT001", "TRN"]], ids=str)
def test_a_wish_survives_conversion(here, curate, name, value):
    Path("in.jsonl").write_text(lines(*ignoring(value)))
    to = [] if name == "out" else ["--to", "alpaca"]
    assert curate("convert", "in.jsonl", *to, "-o", name).code == 0
    document = curate("validate", name, "--select", "TXT001,SCH03", "--json").document
    assert document["findings"] == {}
    assert document["suppressed"] == {"TXT001": 1}
    assert curate("convert", name, "--to", "openai", "-o", "again.jsonl").code == 0
    (again,) = map(json.loads, Path("again.jsonl").read_text().splitlines())
    assert again["curate_ignore"] == value


def test_a_column_of_a_table_hides_as_a_key_does(here, curate):
    cells = ["instruction,output,curate_ignore", "a,b\x0b,control-character", "a,b\x0b,", "a,b,TXT"]
    Path("in.csv").write_text("\r\n".join(cells) + "\r\n")
    found, _ = checked(curate, "in.csv", "--select", "TXT002,SCH032")
    assert [(code, line) for code, line, _ in found] == [("TXT002", 3), ("SCH032", 4)]


def test_a_wish_counts_for_every_row_that_a_record_makes(here):
    said = [("system", "s"), ("user", "a\x00"), ("assistant", "b")]
    turns = [{"role": role, "content": content} for role, content in said * 2]
    Path("in.jsonl").write_text(lines({"messages": turns, "curate_ignore": "TXT001"}))
    settings = Settings(select=("TXT001", "SCH032"), repairs=(("split-at-system", ""),), fix="safe")
    report = convert("in.jsonl", "out", settings=settings)
    assert (report.ledger.rows_out, report.ledger.added.total()) == (2, 1)
    assert (report.suppressed.total(), report.fixed.total()) == (2, 0)
    assert "SCH032" not in report.ledger.findings


def test_what_is_found_about_a_file_is_selected_and_hidden_too(here, curate):
    Path("in.jsonl").write_text(lines(SFT | {"id": "x"}, SFT | {"id": "x"}))
    assert [code for code, *_ in checked(curate, "in.jsonl", "--select", "SRC")[0]] == ["SRC024"]
    assert checked(curate, "in.jsonl", "--select", "SRC", "--ignore", "SRC024")[0] == []
    hidden = ["--select", "SRC", "--per-file-ignores", "*.jsonl:SRC024", "--json"]
    assert curate("validate", "in.jsonl", *hidden).document["suppressed"] == {"SRC024": 1}


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_hide_by_pattern(here, curate, jobs):
    for name in ("a.jsonl", "old/b.jsonl", "old/c.jsonl"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(lines(NUL))

    def files(*patterns):
        given = [part for pattern in patterns for part in ("--per-file-ignores", pattern)]
        fixed = ["--select", "TXT001,SCH032", "--jobs", jobs, "--output-format", "jsonl"]
        ended = curate("validate", "a.jsonl", "old", *fixed, *given)
        found = map(json.loads, ended.out.splitlines())
        return [each["file"] or each["message"] for each in found]

    assert files() == ["a.jsonl", "old/b.jsonl", "old/c.jsonl"]
    assert files("old/*:TXT001") == ["a.jsonl"]
    assert files("b.jsonl:nul-character,TRN", "*a.jsonl:TXT") == ["old/c.jsonl"]
    unused = files("old/*:TXT001", "new/*.jsonl:TXT", "a.jsonl:SCH", "[ab].jsonl:TXT")
    assert unused == ["the pattern 'new/*.jsonl' names no input"]
    Path("a.jsonl").write_text(lines(SFT))
    assert "the pattern 'a.jsonl' hides nothing (TXT001)" in files("a.jsonl:TXT001")


@pytest.mark.parametrize("text", ["TXT001", "a.jsonl:", ":TXT001", "a.jsonl:TXT0X"])
def test_a_wrong_pattern_is_refused(here, curate, text):
    Path("in.jsonl").write_text(lines(NUL))
    assert curate("validate", "in.jsonl", "--per-file-ignores", text).code == 2


def test_a_recipe_selects_and_hides(here, curate):
    Path("in.jsonl").write_text(lines(NUL))
    recipe = {
        "input": {"paths": "in.jsonl"},
        "checks": {"extend_select": ["TXT001"], "per_file_ignores": {"*.jsonl": ["TXT001"]}},
        "output": {"folder": "out"},
    }
    Path("x.curate.yaml").write_text(json.dumps(recipe))
    document = curate("run", "x.curate.yaml", "--json").document
    assert (document["findings"], document["suppressed"]) == ({}, {"TXT001": 1})
    recipe["checks"]["per_file_ignores"] = {"*.jsonl": "TXT001"}
    Path("x.curate.yaml").write_text(json.dumps(recipe, indent=1))
    ended = curate("run", "x.curate.yaml")
    assert ended.code == 2
    assert "x.curate.yaml:10: `*.jsonl` under `checks.per_file_ignores` must be a list" in ended.err
