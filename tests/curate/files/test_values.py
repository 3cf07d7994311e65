"""JSON arrays and objects one after another: records by brackets, faults kept small."""

import json

import pytest

from curate.files.limits import Limits

ROWS = [{"text": f'row {n} with {{brackets]] and \\ " quotes'} for n in range(4)]


@pytest.mark.parametrize("indent", [None, 0, 1, 2, 4, "\t"])
@pytest.mark.parametrize("separator", [",", ", "])
def test_an_array_is_read_whatever_its_layout(read, indent, separator):
    raw = json.dumps(ROWS, indent=indent, separators=(separator, ":")).encode()
    for source in (raw, raw + b"\n", b"\n \n" + raw, raw.replace(b"\n", b"\r\n")):
        result = read(source, "in.json")
        assert result.texts == [row["text"] for row in ROWS]
        assert result.found == []


def test_lines_and_offsets_are_those_of_the_opening_brace(read):
    raw = b'[\n  {\n    "text": "a"\n  },\n  {\n    "text": "b"\n  }\n]\n'
    rows = read(raw, "in.json").rows
    assert [row["origin"]["line"] for row in rows] == [2, 5]
    assert [raw[row["origin"]["byte_offset"] :][:1] for row in rows] == [b"{", b"{"]


def test_objects_one_after_another_are_read(read):
    raw = "\n".join(json.dumps(row, indent=2) for row in ROWS).encode()
    assert read(raw, "in.json").texts == [row["text"] for row in ROWS]


@pytest.mark.parametrize(
    ("raw", "texts", "places"),
    [
        (b'[{"text": "a"}, {"text": "b"},]', ["a", "b"], [("SRC027", 1, 31)]),
        (b'[{"text": "a"} oops, {"text": "b"}]', ["a", "b"], [("SRC025", 1, 15)]),
        (b'[{"text": "a"}]\ntrailing\n', ["a"], [("SRC025", 2, 16)]),
        (b'[{"text": "a"}, 42, null, {"text": "b"}]', ["a", "b"], [("SRC025", 1, 16)]),
        (b'[{"text": "a"}, ["x"], {"text": "b"}]', ["a", "b"], [("SRC011", 1, 16)]),
        (b'[{"text": "a"}, {"text": "b"}', ["a", "b"], [("SRC002", 1, 29)]),
        (b'[{"text": "a"}, {"text": "b"', ["a"], [("SRC002", 1, 16)]),
        (b'[{"text": "a"}, {"text": 4}, {"text": "b"}]', ["a", "b"], [("SCH002", 1, 16)]),
        (b'[{"text": "a"}}, {"text": "b"}]', ["a", "b"], [("SRC025", 1, 14)]),
        (b'{"text": "a"\n}]\n{\n"text": "b"}', ["a", "b"], [("SRC025", 2, 14)]),
        (b'[{"text": "a"}, {"text": "b"]', ["a"], [("SRC002", 1, 16)]),
    ],
)
def test_damage_in_an_array_costs_its_record_only(read, raw, texts, places):
    result = read(raw, "in.json")
    assert result.texts == texts
    assert result.places() == places


def test_a_record_100_000_deep_in_an_array_costs_itself_only(read):
    deep = b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    result = read(b'[{"text": "a"},\n' + deep + b',\n{"text": "b"}]', "in.json")
    assert result.texts == ["a", "b"]
    assert result.places() == [("SRC008", 2, 16)]


def test_an_array_100_000_deep_never_closed_ends_in_a_finding(read):
    result = read(b'[{"text": "a"},\n' + b"[" * 100_000, "in.json")
    assert result.texts == ["a"]
    assert [code for code, *_ in result.places()] == ["SRC002"]


@pytest.mark.parametrize("indent", [0, 2, None])
@pytest.mark.parametrize("broken", [{1}, {1, 2}, {0, 3}, {4}, {0, 1, 2, 3}])
def test_a_missing_quote_costs_its_record_only(read, indent, broken):
    rows = [json.dumps({"text": f"row {n}", "n": n}, indent=indent) for n in range(5)]
    for n in broken:
        rows[n] = rows[n].replace(f'row {n}"', f"row {n}")
    margin = "  " if indent else ""
    text = "[\n" + ",\n".join(margin + row.replace("\n", "\n" + margin) for row in rows) + "\n]\n"
    result = read(text.encode(), "in.json")
    assert result.texts == [f"row {n}" for n in range(5) if n not in broken]
    assert result.report.exit_code == 1


def test_a_raw_line_feed_in_a_string_costs_its_record_only(read):
    result = read(b'[{"text": "a\nb"}, {"text": "b"},\n{"text": "c"}]', "in.json")
    assert result.texts == ["b", "c"]
    assert result.places() == [("SRC001", 1, 1)]


def test_a_missing_brace_costs_its_record_only(read):
    raw = b'[\n  {\n    "text": "a"\n  ,\n  {\n    "text": "b"\n  },\n  {\n    "text": "c"\n  }\n]'
    result = read(raw, "in.json")
    assert result.texts == ["b", "c"]
    assert result.places()[0] == ("SRC002", 2, 4)


def test_a_record_over_the_limit_is_set_aside_and_measured(read):
    long = json.dumps({"text": "x" * 200_000}).encode()
    raw = b'[\n{"text": "a"},\n' + long + b',\n{"text": "b"}\n]'
    result = read(raw, "in.json", limits=Limits(record_bytes=100_000))
    assert result.texts == ["a", "b"]
    assert result.places() == [("SRC009", 3, 17)]
    assert result.rejected[0]["length_bytes"] >= len(long)
    assert len(result.rejected[0]["raw"]) == 64 << 10


def test_records_across_block_bounds_are_whole(read):
    rows = [{"text": "é" * 70_000 + f'\\" {n} [' + "{" * n} for n in range(60)]
    result = read(json.dumps(rows, ensure_ascii=False, indent=1).encode(), "in.json")
    assert result.texts == [row["text"] for row in rows]
    assert result.found == []


@pytest.mark.parametrize("raw", [b"[]", b" [ ] \n", b"", b"\n\n", b" \r\n\t\n"])
@pytest.mark.parametrize("name", ["in.json", "in.jsonl", "in.txt"])
def test_an_input_without_records_is_an_error_and_writes_nothing(read, raw, name):
    if name == "in.txt" and raw.strip():
        pytest.skip("brackets are text in a text file")
    result = read(raw, name)
    assert [code for code, *_ in result.places()] == ["SRC012"]
    assert result.report.exit_code == 3
    assert result.report.outputs == []
