"""What `curate validate` prints, byte for byte, in every format and for hostile values.

`UPDATE_GOLDEN=1` writes the expected files again.
"""

import os
import shutil
from pathlib import Path

import pytest

from curate import __version__

GOLDEN = Path(__file__).parents[3] / "golden" / "validate"
# A name that every format has to escape in its own way.
INPUT = "some data/50% ünï,a:b.jsonl"
# Rules whose meaning is settled; what reading finds is always said.
CODES = "TXT001,TRN001,SCH,SRC,LOS"
CASES = {
    "human.txt": [],
    "human_one.txt": ["--max-findings", "1"],
    "statistics.txt": ["--statistics"],
    "full.txt": ["--output-format", "full"],
    "concise.txt": ["--output-format", "concise"],
    "document.json": ["--output-format", "json"],
    "findings.jsonl": ["--output-format", "jsonl"],
    "findings.sarif": ["--output-format", "sarif"],
    "github.txt": ["--output-format", "github"],
    "junit.xml": ["--output-format", "junit"],
    "changes.diff": ["--fix", "--diff"],
}
UNSAFE = {chr(n) for n in (*range(10), *range(11, 32), *range(127, 160), 0x202E, 0x2066, 0xFEFF)}


@pytest.fixture
def faulty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("some data").mkdir()
    shutil.copy(GOLDEN / "in" / "faulty.jsonl", INPUT)
    return INPUT


@pytest.mark.parametrize("name", sorted(CASES))
def test_golden(name, faulty, curate):
    ended = curate("validate", faulty, "--select", CODES, "--isolated", *CASES[name])
    assert ended.code == 1
    made = {name: ended.out.replace(__version__, "VERSION"), f"{name}.stderr": ended.err}
    for file, text in made.items():
        path = GOLDEN / "out" / file
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), file
        assert not UNSAFE & set(text), file
