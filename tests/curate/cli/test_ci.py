"""What other tools run us by: the pre-commit hook, and the examples of docs/ci.md."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from curate.config import read
from curate.files.inputs import _COMPRESSED, _ENDINGS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
GOOD = {"instruction": "Name a colour.", "input": "", "output": "Red is one."}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/good.jsonl").write_text(json.dumps(GOOD) + "\n")
    Path("data/bad.jsonl").write_text(json.dumps(GOOD | {"output": 4}) + "\n")
    return tmp_path


def blocks(language):
    return [text for own, text in BLOCKS if own == language]


def commands():
    return re.findall(r"curate validate [^>\n`]*", "".join(blocks("yaml")))


def test_the_hook_names_every_file_that_is_read():
    pattern = re.compile(HOOK["files"])
    for ending in _ENDINGS:
        if ending == ".txt":  # any text is no data
            continue
        for packed in ("", ".gz", ".zst"):
            assert pattern.search(f"data/a{ending}{packed}"), ending + packed
    assert {".gz", ".zst"} <= set(_COMPRESSED)
    for name in ("a.py", "a.jsonl.bak", "jsonl", "a.yaml", "a.txt"):
        assert not pattern.search(name), name


def test_the_hooks_entry_is_a_command_that_takes_files(here, curate):
    program, *arguments = shlex.split(HOOK["entry"])
    assert program == "curate"
    assert HOOK["language"] == "python"
    ended = curate(*arguments, "data/good.jsonl", "data/bad.jsonl")
    assert ended.code == 1
    assert ended.out.startswith("data/bad.jsonl:1: SCH002 ")
    assert curate(*arguments, "data/good.jsonl").code == 0


def test_the_page_names_the_hook_and_the_repository():
    (config,) = [found for found in map(yaml.safe_load, blocks("yaml")) if "repos" in found]
    (repo,) = config["repos"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["urls"]["Documentation"].startswith(repo["repo"])
    assert [hook["id"] for hook in repo["hooks"]] == [HOOK["id"]]


@pytest.mark.parametrize("command", commands())
def test_commands_of_the_page_run(here, curate, command):
    assert curate(*shlex.split(command)[1:]).code == (0 if "--exit-zero" in command else 1)


def test_the_settings_of_the_page_are_read(here, curate):
    (text,) = blocks("toml")
    Path("curate.toml").write_text(text)
    assert read(Path("curate.toml")).given["per_file_ignores"]
    assert curate("validate", "data/good.jsonl").code == 0


def test_the_row_of_the_page_hides_its_finding(here, curate):
    (text,) = blocks("json")
    Path("in.jsonl").write_text(json.dumps(json.loads(text)) + "\n")
    document = curate("validate", "in.jsonl", "--select", "TXT,SCH03", "--json").document
    assert document["findings"] == {}
    assert sum(document["suppressed"].values()) == 1


def test_every_format_is_on_the_page():
    from curate.cli.validate import FORMATS

    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(FORMATS)
