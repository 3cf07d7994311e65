"""Looking at data: inspect, sample, show."""

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
        "found": {"shape": {"alpaca": 2}},
    }
    assert "shape: alpaca 2" in curate("inspect", "in.jsonl").out


def test_inspect_counts_what_it_cannot_read(here, curate):
    (here / "odd.jsonl").write_text('{"text": "a", "label": 1}\n{"q": 1}\n{"input_ids": [1]}\n')
    (item,) = curate("inspect", "odd.jsonl", "--json").document["inputs"]
    shapes = {"text or trl-kto (to be said)": 1, "token ids (not read)": 1, "unknown": 1}
    assert item["found"]["shape"] == shapes


def test_sample_shows_rows_as_they_will_be_read(here, curate):
    ended = curate("sample", "in.jsonl", "-n", 2, "--json")
    found = ended.document
    assert (found["schema_version"], found["command"], found["exit"]) == (1, "sample", 0)
    assert [row["messages"][0]["content"] for row in found["rows"]] == ["a"]
    assert "user: a" in curate("sample", "in.jsonl").out


def test_sample_says_what_was_set_aside(here, curate):
    ended = curate("sample", "in.jsonl")
    assert ended.code == 0
    assert "2 of the 3 records read so far were set aside: SCH002 1, SRC001 1" in ended.err
    (here / "good.jsonl").write_text(ROWS.split("\n", maxsplit=1)[0] + "\n")
    assert curate("sample", "good.jsonl").err == ""


@pytest.mark.parametrize(("text", "code"), [("broken\n", 1), ("", 3)])
def test_sample_of_nothing_ends_as_inspect_does(here, curate, text, code):
    (here / "bad.jsonl").write_text(text)
    for more in ((), ("--json",)):
        ended = curate("sample", "bad.jsonl", *more)
        assert ended.code == curate("inspect", "bad.jsonl").code == code
        assert "SRC0" in ended.err
    assert ended.document["rows"] == []
    assert ended.document["exit"] == code


def test_sample_takes_no_negative_number(here, curate):
    assert curate("sample", "in.jsonl", "-n", -1).code == 2
    ended = curate("sample", "in.jsonl", "-n", 0)
    assert (ended.code, ended.out) == (0, "")


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
