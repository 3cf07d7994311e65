"""`curate validate`: output formats, selections, fixes, exit codes, a closed pipe."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from curate.schema import check

SFT = {"instruction": "a", "input": "", "output": "b"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def faulty(here):
    rows = [SFT, {"instruction": "a", "output": 4}, {"messages": [{"role": "usr", "content": "a"}]}]
    text = lines(*rows) + "bro\x1b[31mken\u202e <&>\x00\n"
    Path("in.jsonl").write_text(text)
    return here


def test_validate_prints_every_finding_in_each_format(faulty, curate):
    count = sum(curate("validate", "in.jsonl", "--json").document["findings"].values())
    ended = {
        name: curate("validate", "in.jsonl", "--output-format", name)
        for name in ("human", "jsonl", "sarif", "github", "junit")
    }
    assert {e.code for e in ended.values()} == {1}
    assert len(ended["jsonl"].out.splitlines()) == count
    sarif = json.loads(ended["sarif"].out)
    assert sarif["version"] == "2.1.0"
    assert len(sarif["runs"][0]["results"]) == count
    lines_of_github = ended["github"].out.splitlines()
    assert len(lines_of_github) == count
    assert all(line.startswith("::") for line in lines_of_github)
    suite = ET.fromstring(ended["junit"].out)
    assert len(suite.findall("testcase")) == count
    assert "in.jsonl:2: SCH002 /output" in ended["human"].out
    for name in ("human", "github", "junit"):
        assert not {"\x1b", "\u202e", "\x00"} & set(ended[name].out + ended[name].err)


def test_the_one_document_holds_the_first_findings(faulty, curate, monkeypatch):
    printed = curate("validate", "in.jsonl", "--output-format", "jsonl").out.splitlines()
    whole = curate("validate", "in.jsonl", "--json").document
    assert whole["items"] == [json.loads(line) for line in printed]
    assert whole["items_cut"] == 0
    assert check("report", whole) == []
    monkeypatch.setattr("curate.cli.report.ITEMS", 2)
    some = curate("validate", "in.jsonl", "--output-format", "json").document
    assert some["items"] == whole["items"][:2]
    assert some["items_cut"] == len(printed) - 2


def test_junit_is_xml_whatever_the_data_holds(here, curate):
    signs = "".join(map(chr, (*range(32), 127, 0x85, 0x2028, 0xFEFF, 0xFFFE, 0xFFFF, 0x1FFFF)))
    Path("in.jsonl").write_text(lines({f"<&>\"'{signs}": 1}, {signs: signs}))
    ended = curate("validate", "in.jsonl", "--output-format", "junit")
    assert len(ET.fromstring(ended.out).findall("testcase")) == 2


def test_select_and_ignore_choose_rules(faulty, curate):
    chosen = curate("validate", "in.jsonl", "--select", "TRN", "--output-format", "jsonl")
    codes = {json.loads(line)["code"] for line in chosen.out.splitlines()}
    # What keeps a record from being read is always said.
    assert {c for c in codes if not c.startswith("TRN")} <= {"SRC001", "SRC023", "SCH002", "SCH008"}
    ended = curate("validate", "in.jsonl", "--select", "TNR")
    assert ended.code == 2
    assert "did you mean TRN?" in ended.err
    assert curate("validate", "in.jsonl", "--for", "nonsense").code == 2


def test_exit_zero_and_clean_input(faulty, curate):
    assert curate("validate", "in.jsonl", "--exit-zero").code == 0
    Path("good.jsonl").write_text(lines(SFT))
    assert curate("validate", "good.jsonl", "--for", "default").code == 0


def test_a_schema_of_the_user_is_checked(here, curate):
    Path("in.jsonl").write_text(lines(SFT, SFT | {"lang": "en"}))
    Path("mine.json").write_text(json.dumps({"type": "object", "required": ["lang"]}))
    ended = curate("validate", "in.jsonl", "--schema", "mine.json", "--output-format", "jsonl")
    assert ended.code == 1
    lines_found = [
        f["line"] for f in map(json.loads, ended.out.splitlines()) if f["code"][:3] == "SCH"
    ]
    assert lines_found == [1]
    Path("mine.json").write_text("{")
    assert curate("validate", "in.jsonl", "--schema", "mine.json").code == 2
    assert curate("validate", "in.jsonl", "--schema", "missing.json").code in (2, 3)


def test_fix_writes_the_fixed_rows(here, curate):
    rows = [{"instruction": "a", "input": "", "output": "b\x00c"}, SFT]
    Path("in.jsonl").write_text(lines(*rows))
    before = Path("in.jsonl").read_bytes()
    assert curate("validate", "in.jsonl", "--fix").code == 2
    assert curate("validate", "in.jsonl", "-o", "out.jsonl").code == 2
    ended = curate("validate", "in.jsonl", "--unsafe-fixes", "-o", "out.jsonl")
    assert ended.code in (0, 1)
    assert len(Path("out.jsonl").read_text().splitlines()) == 2
    assert Path("in.jsonl").read_bytes() == before


def test_a_closed_pipe_ends_without_a_word(here):
    with open("in.jsonl", "w") as file:  # noqa: PTH123
        file.write('{"instruction": "a", "output": 4}\n' * 20_000)
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))}
    for arguments in (["validate", "in.jsonl"], ["rules"], ["rules", "--json"], ["--help"]):
        with subprocess.Popen(
            [sys.executable, "-m", "curate", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
        ) as child:
            if arguments[0] == "validate":
                child.stdout.readline()
            child.stdout.close()
            said = child.stderr.read().decode()
        assert child.returncode == 141, (arguments, said)
        assert "Traceback" not in said
        assert "Exception ignored" not in said
