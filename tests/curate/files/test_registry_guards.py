"""Registries that are damaged, hostile or no registry at all."""

import json
from pathlib import Path

import pytest

ALPACA = {"instruction": "a", "input": "b", "output": "c"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    return tmp_path


def write(entries):
    Path("data/dataset_info.json").write_text(json.dumps(entries))
    Path("data/rows.jsonl").write_text(json.dumps(ALPACA))


def test_a_link_out_of_the_folder_is_not_followed(here, curate):
    Path("outside.jsonl").write_text(json.dumps(ALPACA))
    Path("data/link.jsonl").symlink_to(here / "outside.jsonl")
    Path("data/many").mkdir()
    Path("data/many/link.jsonl").symlink_to(here / "outside.jsonl")
    write({"x": {"file_name": "link.jsonl"}, "y": {"file_name": "many"}})
    assert curate("convert", "data/dataset_info.json#x", "-o", "out").code == 3
    assert curate("convert", "data/dataset_info.json#y", "-o", "out").code == 3


REGISTRIES = ["[]", '"x"', "{", "", '{"x": 1}', '{"x": null}', "[" * 100_000, '{"x": {}}', "\xff"]


@pytest.mark.parametrize("text", REGISTRIES)
def test_what_is_no_registry_is_said(here, curate, text):
    Path("data/dataset_info.json").write_bytes(text.encode("latin-1"))
    ended = curate("convert", "data/dataset_info.json#x", "-o", "out")
    assert ended.code == 3
    assert "SRC039" in ended.err


def test_a_file_of_data_is_not_read_as_a_registry(here, curate, monkeypatch):
    monkeypatch.setattr("curate.files.registry._BYTES_MAX", 10)
    write({"x": {"file_name": "rows.jsonl"}})
    assert "too large" in curate("convert", "data/dataset_info.json#x", "-o", "out").err


def test_names_are_shown_without_control_signs(here, curate):
    write({"\x1b[31m": {"hf_hub_url": "\x1b[31m"}, "x": {"file_name": "rows.jsonl"}})
    ended = curate("convert", "data/dataset_info.json#*", "-o", "out")
    assert ended.code == 0
    assert "\x1b" not in ended.err
