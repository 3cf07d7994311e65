"""Files of settings: which one counts, what it may say, and where a fault stands."""

import json
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest

from curate.cli.validate import validate
from curate.config import Config, find, read
from curate.errors import UsageError
from curate.schema import load

ROW = {"instruction": "a", "input": "", "output": "b\x00c"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "project" / "data"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    (folder / "in.jsonl").write_text(json.dumps(ROW) + "\n")
    return folder


def test_the_nearest_file_counts_and_a_pyproject_without_settings_does_not(here):
    parent = here.parent
    assert find(here) is None
    (parent.parent / "curate.toml").write_text('select = ["TRN"]')
    assert find(here).given == {"select": ["TRN"]}
    (parent / "pyproject.toml").write_text('[tool.ruff]\nselect = ["curate"]')
    assert find(here).name == "../../curate.toml"
    (parent / "pyproject.toml").write_text('[tool.curate]\nignore = ["TXT"]\n')
    assert (find(here).name, find(here).given) == ("../pyproject.toml", {"ignore": ["TXT"]})
    (parent / "curate.toml").write_text("jobs = 2")
    assert find(here).given == {"jobs": 2}
    (here / "curate.toml").write_text("")
    assert (find(here).given, find(here).keys) == ({}, ())


WHOLE = """
for = ["lint", "default"]
select = ["TXT"]
extend-select = ["TRN"]
ignore = ["QLT003"]
fix = true
unsafe-fixes = false
output-format = "sarif"
max-length = 2048
tokenizer = "models/tiny"
chat-template = "chatml"
jobs = 2
exit-zero = true
media-root = "media"
[per-file-ignores]
"old/*.jsonl" = ["TXT001"]
"c.jsonl" = ["TRN"]
"""


def test_every_key_is_read_and_paths_are_taken_from_the_files_folder(here):
    (here.parent / "curate.toml").write_text(WHOLE)
    (here.parent / "models" / "tiny").mkdir(parents=True)
    found = find(here)
    assert set(found.given) == {field.name for field in fields(Config)}
    assert found.given["per_file_ignores"] == {"../old/*.jsonl": ["TXT001"], "c.jsonl": ["TRN"]}
    assert found.given["media_root"] == "../media"
    assert found.given["tokenizer"] == "../models/tiny"
    assert found.given["chat_template"] == "chatml"
    assert found.given["profiles"] == ["lint", "default"]


FAULTS = [
    ("selct = []", "curate.toml:1: unknown key `selct` (did you mean `select`?)"),
    ("\n# a\nper-file-ignore = {}", "curate.toml:3: unknown key `per-file-ignore` (did"),
    ('jobs = "2"', "curate.toml:1: `jobs` must be a whole number, found the text '2'"),
    ("jobs = true", "curate.toml:1: `jobs` must be a whole number, found true"),
    ("jobs = 0", "curate.toml:1: `jobs` must be at least 1, found 0"),
    ("fix = 1", "curate.toml:1: `fix` must be true or false, found 1"),
    ("select = 'TRN'", "curate.toml:1: `select` must be a list of text, found the text 'TRN'"),
    ("a = '''\nfix = 1\n'''\nfix = 1", "curate.toml:1: unknown key `a`"),
    ("a = '''\nfix = 1\n'''\nfix = 1", "curate.toml:4: `fix` must be true or false, found 1"),
    ("select = [\n  'A',\n  # ]\n]\nfix = 'no'", "curate.toml:5: `fix` must be true or false"),
    ("output-format = 'humna'", "found the text 'humna' (did you mean `human`?)"),
    ("[per-file-ignores]\n\n'a' = 1", "curate.toml:3: `a` under `per-file-ignores` must be"),
    ("per-file-ignores = {'a' = 'b'}", "curate.toml:1: `a` under `per-file-ignores` must be"),
    ("per-file-ignores.'a b' = 'b'", "curate.toml:1: `a b` under `per-file-ignores` must be"),
    ("[[select]]\n", "curate.toml:1: `select` must be a list of text, found a list"),
    ("fix = 2026-01-01", "curate.toml:1: `fix` must be true or false"),
    ("fix = ", "curate.toml: not TOML: "),
    ("fix = true\nfix = true", "curate.toml: not TOML: "),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_said_with_its_line(here, curate, text, said):
    Path("curate.toml").write_text(text)
    with pytest.raises(UsageError) as raised:
        find(here)
    assert said in raised.value.message
    ended = curate("validate", "in.jsonl")
    assert ended.code == 2
    assert said in ended.err


def test_a_fault_in_a_pyproject_has_its_line_too(here):
    Path("pyproject.toml").write_text('[project]\nname = "curate"\n\n[tool.curate]\njob = 1\n')
    with pytest.raises(
        UsageError, match=r"pyproject\.toml:5: unknown key `job` .did you mean `jobs`"
    ):
        find(here)
    Path("pyproject.toml").write_text("[tool]\ncurate = 3\n")
    with pytest.raises(UsageError, match=r"pyproject\.toml:2"):
        find(here)


def test_bytes_that_are_no_text_are_a_fault(here):
    Path("curate.toml").write_bytes(b"fix = '\xff'")
    with pytest.raises(UsageError, match="not TOML"):
        find(here)


def test_a_named_file_must_be_there_and_hold_settings(here):
    with pytest.raises(UsageError, match="no such file"):
        read(Path("none.toml"))
    Path("pyproject.toml").write_text("[tool.ruff]\n")
    with pytest.raises(UsageError, match=r"there is no \[tool.curate\]"):
        read(Path("pyproject.toml"))


def test_flags_win_and_what_was_used_is_said(here, curate):
    Path("curate.toml").write_text(
        'select = ["TRN"]\noutput-format = "concise"\nexit-zero = true\n'
    )
    ended = curate("validate", "in.jsonl")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines()[0] == (
        "settings from curate.toml (select, output-format, exit-zero)"
    )
    ended = curate("validate", "in.jsonl", "--select", "TXT001")
    assert ended.out.startswith("in.jsonl:1: TXT001 ")
    isolated = curate("validate", "in.jsonl", "--isolated", "--select", "TXT001")
    assert "settings" not in isolated.err
    assert isolated.out.startswith("warning TXT001")
    Path("other.toml").write_text('select = ["TXT001"]')
    assert "other.toml" in curate("validate", "in.jsonl", "--config", "other.toml").err
    assert curate("convert", "in.jsonl", "-o", "out").err.startswith("convert:")


def test_a_pattern_of_a_file_of_settings_may_name_other_inputs(here, curate):
    text = 'select = ["TXT001", "SCH032"]\n[per-file-ignores]\n"old/*" = ["TXT"]\n'
    (here.parent / "curate.toml").write_text(text + '"data/*.jsonl" = ["TXT001"]\n')
    ended = curate("validate", "in.jsonl")
    assert ended.out == ""
    assert ended.err.splitlines()[-1].endswith("1 suppressed")
    typed = curate("validate", "in.jsonl", "--per-file-ignores", "old/*:TXT")
    assert "the pattern 'old/*' names no input" in typed.out


def test_fixes_of_a_file_of_settings_wait_for_a_place(here, curate):
    Path("curate.toml").write_text('fix = true\nselect = ["TXT001"]\n')
    assert curate("validate", "in.jsonl").out.startswith("warning TXT001")
    assert curate("validate", "in.jsonl", "--diff").code == 1
    assert curate("validate", "in.jsonl", "-o", "out.jsonl").code == 0
    assert json.loads(Path("out.jsonl").read_text())["output"] == "bc"


def test_every_key_is_an_option_of_the_command():
    options = {option.name for option in validate.params}
    assert {field.name for field in fields(Config)} <= options


def test_the_schema_takes_what_is_read_and_nothing_else():
    validator = jsonschema.Draft202012Validator(load("curate_config"))
    keys = {str(field.metadata.get("key", field.name)) for field in fields(Config)}
    assert set(load("curate_config")["properties"]) == keys
    assert not validator.is_valid({"selct": []})
    assert not validator.is_valid({"per-file-ignores": {"a": "b"}})
    assert validator.is_valid({"per-file-ignores": {"a": ["b"]}, "jobs": 2, "for": "lint"})
