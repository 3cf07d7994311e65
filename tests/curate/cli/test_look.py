"""Looking at data: inspect, sample, show."""

import json

import pytest

ROWS = '{"instruction": "a", "output": "b"}\nbroken\n{"instruction": "c\\u001b[31m", "output": 4}\n'


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_text(ROWS)
    return tmp_path


def test_inspect_says_what_a_file_holds(here, curate):
    ended = curate("inspect", "in.jsonl", "--json")
    assert ended.code == 1
    (item,) = ended.document["inputs"]
    assert item == {
        "path": "in.jsonl",
        "container": "jsonl",
        "bytes": len(ROWS),
        "records": 3,
        "shapes": {"alpaca": 1},
    }
    assert "alpaca 1" in curate("inspect", "in.jsonl").out


def test_sample_shows_rows_as_they_will_be_read(here, curate):
    ended = curate("sample", "in.jsonl", "-n", 2, "--json")
    assert [json.loads(line)["messages"][0]["content"] for line in ended.out.splitlines()] == ["a"]
    assert "user: a" in curate("sample", "in.jsonl").out


def test_show_prints_a_record_its_row_and_its_findings(here, curate):
    good = curate("show", "in.jsonl:1", "--json").document
    assert (good["raw"], good["row"]["messages"][1]["content"]) == (
        ROWS.split("\n", maxsplit=1)[0],
        "b",
    )
    bad = curate("show", "in.jsonl:3")
    assert bad.code == 1
    assert "SCH002" in bad.out
    assert "\x1b" not in bad.out


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("in.jsonl", 2),
        ("in.jsonl:x", 2),
        ("in.jsonl:99", 3),
        ("missing:1", 3),
        (".:1", 3),
        ("*:1", 3),
    ],
)
def test_a_place_that_is_none_ends_in_a_line(here, curate, place, code):
    (here / "b.jsonl").write_text(ROWS)
    ended = curate("show", place)
    assert ended.code in (2, code)
    assert ended.err.startswith("error:")
