"""Whole outputs, byte for byte: what a change of any step shows in review.

`UPDATE_GOLDEN=1` writes the expected files again.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from curate.build import Settings, convert

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = ("card.json", "README.md", "rejected/rejected.jsonl")
CASES = {
    "damaged": (["in/chat.json", "in/table.csv", "in/lines.jsonl"], {"per_row": True}),
    "dolly_reverse": (["in/dolly.jsonl"], {"reverse": True}),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_golden(name, tmp_path, monkeypatch):
    inputs, settings = CASES[name]
    expected = GOLDEN / name / "out"
    monkeypatch.chdir(GOLDEN / name)
    convert(inputs, str(tmp_path / "out"), settings=Settings(**settings))
    convert([str(tmp_path / "out")], str(tmp_path / "rows.jsonl"))
    made = {file: (tmp_path / "out" / file).read_bytes() for file in FILES}
    made["rows.jsonl"] = (tmp_path / "rows.jsonl").read_bytes()
    if os.environ.get("UPDATE_GOLDEN"):
        shutil.rmtree(expected, ignore_errors=True)
        for file, raw in made.items():
            (expected / file).parent.mkdir(parents=True, exist_ok=True)
            (expected / file).write_bytes(raw)
    for file, raw in made.items():
        assert raw.decode() == (expected / file).read_bytes().decode(), file
    json.loads(made["card.json"])
