"""Commands that say what this installation knows."""

import json
import subprocess
import sys

import pytest

from curate.cli import COMMANDS
from curate.codes.reading import READING


def test_help_names_every_command_and_each_has_its_own(curate):
    ended = curate("--help")
    assert ended.code == 0
    for name in COMMANDS:
        assert name in ended.out
        assert curate(name, "--help").code == 0


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom curate.cli import cli\ncli(['--help'], standalone_mode=False)\n"
        "print(sorted({'pyarrow', 'numpy', 'torch', 'jsonschema', 'rich'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ["formats", "rules", "limits", "doctor"])
def test_lists_are_printed_for_people_and_as_json(curate, name):
    assert curate(name).out
    assert json.loads(curate(name, "--json").out)


def test_every_page_about_reading_says_what_to_do_and_why_one_may_believe_it():
    for code in READING:
        assert code.remedy, code.code
        assert "\nSource: " in code.page, code.code
        assert "design of" not in code.page, code.code


@pytest.mark.parametrize(
    "arguments",
    [["rule", "SRC0O1"], ["schema", "alpacca"], ["nonsense"], [], ["convert"], ["validate"]],
    ids=" ".join,
)
def test_wrong_words_end_with_2_and_a_hint(curate, arguments):
    ended = curate(*arguments)
    assert ended.code == 2
    assert ended.err or ended.out


def test_schemas_are_printed_as_json(curate):
    names = curate("schema").out.split()
    assert "alpaca" in names
    assert json.loads(curate("schema", "alpaca").out)["title"]
