"""What the README says of the linter: its numbers, its commands, and what they print."""

import json
import re
import shlex
import shutil
from collections import Counter
from pathlib import Path

import pytest

from curate.checks import RULE_CODES
from curate.checks.profiles import consumer_names
from curate.cli.findings import PRINTERS
from curate.cli.rules import measured
from tests.curate.checks.rendered.tiny import write
from tests.measured.sets import SETS

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text("utf-8")
SECTION = README.partition("\n## The linter\n")[2].partition("\n## ")[0]
STORY = README.partition("\n### 1. ")[2].partition("\n### 2. ")[0]
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", SECTION, re.DOTALL)
COMMANDS = [
    line.partition(" #")[0].strip()
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
]
SHOWN = [block for language, block in BLOCKS if not language]
CHAT = "{% for m in messages %}{{ m.role }}: {{ m.content }}</s>\n{% endfor %}"
DATA = [
    {"instruction": "Name three metals.", "input": "<noinput>", "output": "Iron, tin and zinc."},
    {"instruction": "Name a river.", "input": "", "output": "The Rhine is one."},
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipes").mkdir()
    shutil.copytree(ROOT / "recipes" / "data", tmp_path / "recipes" / "data")
    Path("data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in DATA))
    write(tmp_path / "models" / "qwen", chat_template=CHAT)
    return tmp_path


def test_the_numbers_of_rules_are_those_of_the_registry():
    there = Counter(code[:3] for code in RULE_CODES)
    said = re.findall(r"\| ((?:[A-Z]{3} ?)+) \| (\d+) \|", SECTION)
    families = [family for named, _ in said for family in named.split()]
    assert sorted(families) == sorted(there)
    assert {named: int(n) for named, n in said} == {
        named: sum(there[family] for family in named.split()) for named, _ in said
    }


def test_the_other_numbers_are_true():
    read, right = (
        sum(each[key] for hits in measured().values() for each in hits) for key in ("read", "right")
    )
    said = " ".join(SECTION.split())
    assert f"on {len(SETS)} published files" in said
    assert f"{100 * right // read} in 100 were right" in said
    assert f"{len(consumer_names())} profiles of trainers" in said
    assert "eight output formats" in said
    assert len({*PRINTERS, "human"}) == 8


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs(command, here, curate):
    program, *arguments = shlex.split(command)
    assert program == "curate"
    ended = curate(*arguments)
    assert ended.code in ((1,) if {"--diff", "--for"} & set(arguments) else (0,)), ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.splitlines()[0])
def test_what_is_shown_is_printed(shown, here, curate):
    lines = [line for line in shown.splitlines() if line != "…"]
    command = (
        lines.pop(0) if lines[0].startswith("$ ") else "$ curate validate data.jsonl --fix --diff"
    )
    ended = curate(*shlex.split(command.removeprefix("$ curate ")))
    printed = f"{ended.out}{ended.err}".splitlines()
    places = [printed.index(line) for line in lines]
    assert places == sorted(places)


def test_what_the_first_story_shows_is_printed(here, curate):
    shown = re.findall(r"```\n(.*?)```", STORY, re.DOTALL)[0].splitlines()
    file = "recipes/data/dolly_style.jsonl"
    ended = [curate("validate", file), curate("convert", file, "-o", "data/demo")]
    printed = [line for each in ended for line in f"{each.out}{each.err}".splitlines()]
    assert [line for line in shown if line not in {*printed, "…"}] == []
