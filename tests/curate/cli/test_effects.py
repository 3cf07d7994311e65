"""`curate profiles`, and what `curate validate --for` says of consumers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from curate.cli import cli
from curate.schema import check

RECORDS = [
    {"conversations": [{"from": "human", "value": "How many?"}, {"from": "gpt", "value": "3"}]},
    {"conversations": [{"from": "human", "value": "So?"}, {"from": "human", "value": "Well?"}]},
]


def curate(*words: str) -> Result:
    return CliRunner().invoke(cli, words, standalone_mode=False)


@pytest.fixture
def data(tmp_path: Path) -> str:
    path = tmp_path / "chats.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS * 600))
    return str(path)


def test_a_consumer_is_summed_up(data: str) -> None:
    found = curate("validate", data, "--for", "llama-factory,axolotl")
    assert found.return_value == 1
    said = found.stderr.splitlines()
    (head,) = [at for at, line in enumerate(said) if line.startswith("llama-factory 0.9.5:")]
    assert said[head] == "llama-factory 0.9.5: 1,200 rows, kept 600, dropped 600"
    lines = [line.split()[:3] for line in said[head + 1 : head + 3]]
    assert lines == [["dropped", "TRN005", "×600"], ["dropped", "TRN009", "×600"]]
    assert "trains 6 % of the text (every assistant turn" in said[head + 3]
    assert any(line.startswith("axolotl 0.19.0: 1,200 rows, kept 600, trained") for line in said)


def test_the_document_has_the_profiles(data: str) -> None:
    found = curate("validate", data, "--for", "llama-factory", "--for", "ms-swift", "--json")
    document: dict[str, Any] = json.loads(found.stdout)
    assert check("report", document) == []
    assert [each["name"] for each in document["profiles"]] == ["llama-factory", "ms-swift"]
    assert document["profiles"][0]["by_code"]["TRN009"]["rows"] == 600
    assert "profiles" not in json.loads(curate("validate", data, "--json").stdout)


def test_an_unknown_profile_is_refused(data: str) -> None:
    found = curate("validate", data, "--for", "llama-factory,nobody")
    assert found.exception is not None
    assert "unknown profile 'nobody'" in str(found.exception)


def test_profiles_are_listed() -> None:
    listed = curate("profiles")
    assert listed.exception is None
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert {"default", "lint", "all", "llama-factory", "trl-sft", "openai-vision"} <= set(names)
    document = json.loads(curate("profiles", "--json").stdout)
    assert [each["name"] for each in document["profiles"]] == names


def test_a_profile_is_shown() -> None:
    shown = curate("profiles", "openai-vision").stdout
    assert "read 2026-11-21 in OpenAI's vision fine-tuning guide" in shown
    assert "limit image types: jpeg, png, webp" in shown
    assert "limit image bytes: 10,485,760" in shown
    assert "rejected      SCH047: an example has at most 10 images" in shown
    document = json.loads(curate("profiles", "llama-factory", "--json").stdout)
    first = document["effects"][0]
    assert first["effect"] == "changed"
    assert first["severity"] == "error"
    assert first["codes"] == []
    assert document["reads"][0] == "alpaca"
    assert curate("profiles", "lint").stdout.startswith("lint: What validate uses")
