"""Files read as an entry of LLaMA-Factory's `dataset_info.json` says."""

import json
from pathlib import Path

import pytest

from curate.build import load

ALPACA = {"instruction": "a", "input": "b", "output": "c"}
CHAT = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
ROLES = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
TURNS = {"role_tag": "role", "content_tag": "content", "user_tag": "user"}
MESSAGES = {**TURNS, "assistant_tag": "assistant"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    return tmp_path


def write(entries, **files):
    """Write a registry and the files beside it: `rows=[…]` becomes `rows.jsonl`."""
    text = entries if isinstance(entries, str) else json.dumps(entries)
    Path("data/dataset_info.json").write_text(text)
    for name, records in files.items():
        lines = "".join(json.dumps(record) + "\n" for record in records)
        Path(f"data/{name}.jsonl").write_text(lines)


def said(row):
    sides = ("messages", "prompt", "chosen", "rejected", "completion")
    return [(m["role"], m.get("content")) for side in sides for m in row.get(side) or ()]


def read(curate, name="x", *more):
    ended = curate("convert", f"data/dataset_info.json#{name}", "-o", "out", *more, "--json")
    document = ended.document
    assert document["rows_in"] + sum(document["added"].values()) == document["rows_out"] + sum(
        document["removed"].values()
    )
    rows = list(load("out").rows()) if Path("out").exists() else []
    return rows, document


USER, ANSWER = ("user", "a"), ("assistant", "b")

READ = {
    "defaults": ({}, ALPACA, [("user", "a\nb"), ("assistant", "c")]),
    "columns": (
        {"columns": {"prompt": "q", "query": "more", "response": "r", "system": "s"}},
        {"q": "a", "more": "x", "r": "b", "s": "be brief"},
        [("system", "be brief"), ("user", "a\nx"), ANSWER],
    ),
    "a name that is another field": (
        {"columns": {"prompt": "input", "response": "output"}},
        {"input": "a", "output": "b"},
        [USER, ANSWER],
    ),
    "columns that change places": (
        {"columns": {"prompt": "output", "response": "instruction"}},
        {"instruction": "b", "output": "a"},
        [USER, ANSWER],
    ),
    "history": (
        {"columns": {"prompt": "instruction", "response": "output", "history": "before"}},
        {"instruction": "a", "output": "b", "before": [["x", "y"]]},
        [("user", "x"), ("assistant", "y"), USER, ANSWER],
    ),
    "sharegpt": ({"formatting": "sharegpt"}, CHAT, [USER, ANSWER]),
    "tags": (
        {
            "formatting": "sharegpt",
            "columns": {"messages": "dialog"},
            "tags": {
                **{"role_tag": "who", "content_tag": "what"},
                **{"user_tag": "U", "assistant_tag": "B", "system_tag": "S"},
            },
        },
        {
            "dialog": [
                {"who": "S", "what": "be brief"},
                {"who": "U", "what": "a"},
                {"who": "B", "what": "b"},
            ]
        },
        [("system", "be brief"), USER, ANSWER],
    ),
    "tags of words that mean another role by default": (
        {
            "formatting": "sharegpt",
            "tags": {
                **{"role_tag": "from", "content_tag": "value"},
                **{"user_tag": "gpt", "assistant_tag": "human"},
            },
        },
        {"conversations": [{"from": "gpt", "value": "a"}, {"from": "human", "value": "b"}]},
        [USER, ANSWER],
    ),
    "messages as sharegpt": (
        {"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": MESSAGES},
        ROLES,
        [USER, ANSWER],
    ),
    "openai": (
        {"formatting": "openai", "columns": {"messages": "messages"}, "tags": MESSAGES},
        ROLES,
        [USER, ANSWER],
    ),
    "openai by other words": (
        {
            "formatting": "openai",
            "columns": {"messages": "log"},
            "tags": {**MESSAGES, "user_tag": "Q", "assistant_tag": "A"},
        },
        {"log": [{"role": "Q", "content": "a"}, {"role": "A", "content": "b"}]},
        [USER, ANSWER],
    ),
    "text": ({"columns": {"prompt": "raw"}}, {"raw": "a long text"}, []),
    "alpaca ranking": (
        {"ranking": True, "columns": {"prompt": "q", "chosen": "good", "rejected": "bad"}},
        {"q": "a", "good": "b", "bad": "c"},
        [USER, ANSWER, ("assistant", "c")],
    ),
    "sharegpt ranking": (
        {
            "ranking": True,
            "formatting": "sharegpt",
            "columns": {"messages": "m", "chosen": "good", "rejected": "bad"},
            "tags": {**MESSAGES, "user_tag": "Q"},
        },
        {
            "m": [{"role": "Q", "content": "a"}],
            "good": {"role": "assistant", "content": "b"},
            "bad": {"role": "assistant", "content": "c"},
        },
        [USER, ANSWER, ("assistant", "c")],
    ),
    "alpaca kto": (
        {"columns": {"prompt": "instruction", "response": "output", "kto_tag": "ok"}},
        {"instruction": "a", "output": "b", "ok": True},
        [USER, ANSWER],
    ),
    "sharegpt kto": (
        {
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "kto_tag": "label"},
            "tags": MESSAGES,
        },
        {**ROLES, "label": False},
        [USER, ANSWER],
    ),
}


@pytest.mark.parametrize("name", READ)
def test_records_are_read_as_the_entry_says(here, curate, name):
    entry, record, expected = READ[name]
    write({"x": {"file_name": "rows.jsonl", **entry}}, rows=[record, record])
    rows, document = read(curate)
    assert document["exit"] == 0, document
    assert document["findings"] == {}
    assert [said(row) for row in rows] == [expected] * 2
    assert {row["origin"]["path"] for row in rows} == {"data/rows.jsonl"}
    if name == "text":
        assert rows[0]["text"] == "a long text"
    if name.endswith("kto"):
        assert {row["label"] for row in rows} == {record.get("ok", record.get("label"))}


def test_what_the_entry_does_not_list_is_kept_and_said(here, curate):
    record = {**ALPACA, "system": "be brief", "history": [["x", "y"]], "tools": ""}
    write(
        {
            "x": {
                "file_name": "rows.jsonl",
                "columns": {"prompt": "instruction", "response": "output"},
            }
        },
        rows=[record],
    )
    rows, document = read(curate)
    assert said(rows[0]) == [("user", "a"), ("assistant", "c")]
    kept = json.loads(rows[0]["extra"]) if isinstance(rows[0]["extra"], str) else rows[0]["extra"]
    assert kept == {k: record[k] for k in ("input", "system", "history", "tools")}
    assert document["findings"] == {"SCH027": 3}


def test_an_answer_that_is_not_listed_is_no_part_of_a_text(here, curate):
    write({"x": {"file_name": "rows.jsonl", "columns": {"prompt": "instruction"}}}, rows=[ALPACA])
    rows, document = read(curate)
    assert rows[0]["text"] == "a"
    assert document["findings"] == {"SCH027": 2}


def test_tags_that_are_left_out_lose_their_turns_with_a_place(here, curate):
    turns = [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]
    entry = {"file_name": "rows.jsonl", "formatting": "sharegpt"}
    write({"x": {**entry, "tags": {"user_tag": "human"}}}, rows=[{"conversations": turns}])
    rows, document = read(curate)
    assert rows == []
    assert document["removed"] == {"SCH028": 1}
    assert document["findings"]["SRC038"] == 1
    tags = {"role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt"}
    system = {"from": "system", "value": "s"}
    write({"x": {**entry, "tags": tags}}, rows=[CHAT, {"conversations": [system, *turns]}])
    ended = curate("convert", "data/dataset_info.json#x", "-o", "out")
    assert ended.code == 1
    assert "data/rows.jsonl:2: SCH028 /conversations/0/from" in ended.err


def test_faults_point_into_the_record_as_it_is_in_the_file(here, curate):
    entry = {
        "formatting": "sharegpt",
        "columns": {"messages": "log"},
        "tags": {**MESSAGES, "user_tag": "Q"},
    }
    bad = {"log": [{"role": "Q", "content": 1}, {"role": "assistant", "content": "b"}]}
    write({"x": {"file_name": "rows.jsonl", **entry}}, rows=[bad, {"other": 1}])
    err = curate("convert", "data/dataset_info.json#x", "-o", "out").err
    assert "SCH002 /log/0/content" in err
    assert "SCH026 /log" in err
    write(
        {"x": {"file_name": "rows.jsonl", "columns": {"prompt": "q", "response": "r"}}},
        rows=[{"q": "a", "r": 1}],
    )
    assert "SCH002 /r" in curate("convert", "data/dataset_info.json#x", "-o", "out").err


SAID = {
    "a typo of a key": ({"format": "sharegpt"}, "SRC037", "did you mean formatting?"),
    "a typo of a column": (
        {"columns": {"promt": "q", "prompt": "instruction", "response": "output"}},
        "SRC037",
        "did you mean prompt?",
    ),
    "a typo of a tag": ({"formatting": "sharegpt", "tags": {"role": "from"}}, "SRC037", "role_tag"),
    "num_samples": ({"num_samples": 5}, "SRC038", "draws 5 rows at random"),
    "a split": ({"split": "test"}, "SRC038", "'test'"),
    "a subset": ({"subset": "en"}, "SRC038", "subset"),
    "a folder": ({"folder": "python"}, "SRC038", "folder"),
    "an address too": ({"hf_hub_url": "a/b"}, "SRC038", "hf_hub_url"),
    "an unknown formatting": ({"formatting": "shargpt"}, "SRC039", "did you mean sharegpt?"),
    "a wrong type": ({"ranking": "yes"}, "SRC039", "true or false"),
    "a wrong column": ({"columns": {"prompt": 1}}, "SRC039", "columns.prompt"),
    "ranking without answers": ({"ranking": True}, "SRC039", '"chosen"'),
    "ranking and a label": (
        {"ranking": True, "columns": {"prompt": "instruction", "kto_tag": "k"}},
        "SRC039",
        "exclude each other",
    ),
    "a missing file": ({"file_name": "none.json"}, "SRC039", "none.json"),
    "a file elsewhere": ({"file_name": "../secret.jsonl"}, "SRC039", "outside"),
    "an absolute file": ({"file_name": "/etc/passwd"}, "SRC039", "outside"),
    "no file at all": ({"file_name": ""}, "SRC039", "neither file_name"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_an_entry_says_amiss_is_a_finding(here, curate, name):
    entry, code, words = SAID[name]
    Path("secret.jsonl").write_text(json.dumps(ALPACA))
    write(
        {"x": {"file_name": "rows.jsonl", **entry}, "good": {"file_name": "rows.jsonl"}},
        rows=[ALPACA],
    )
    ended = curate("convert", "data/dataset_info.json#*", "-o", "out")
    assert code in ended.err
    assert words in ended.err
    assert ended.code == (1 if code == "SRC039" or "typo of a tag" in name else 0), ended.err


def test_entries_without_a_file_say_what_to_run(here, curate):
    entries = {
        "hub": {
            **{"hf_hub_url": "a/b", "subset": "en", "split": "test"},
            "columns": {"prompt": "the question", "response": "output"},
        },
        "scope": {"ms_hub_url": "c/d"},
        "cloud": {"cloud_file_name": "s3://bucket/x.json"},
        "here": {"file_name": "rows.jsonl"},
    }
    write(entries, rows=[ALPACA])
    ended = curate("convert", "data/dataset_info.json#*", "-o", "out")
    assert ended.code == 0
    flags = "--from alpaca --map 'instruction=the question' -o OUT"
    assert f"curate convert hf:a/b:en/test {flags}" in ended.err
    assert "modelscope download --dataset c/d" in ended.err
    document = read(curate, "*")[1]
    assert (document["rows_out"], document["findings"]) == (1, {"SRC036": 3})
    alone = curate("convert", "data/dataset_info.json#hub", "-o", "alone")
    assert alone.code == 3
    assert "curate convert hf:a/b:en/test" in alone.err


def test_entries_are_named_by_name_or_pattern(here, curate):
    write({n: {"file_name": "rows.jsonl"} for n in ("a_en", "a_zh", "b*")}, rows=[ALPACA])
    assert read(curate, "a_*")[1]["rows_out"] == 2
    assert read(curate, "b*")[1]["rows_out"] == 1
    missing = curate("convert", "data/dataset_info.json#a_eng", "-o", "out")
    assert missing.code == 3
    assert "did you mean data/dataset_info.json#a_en?" in missing.err


def test_a_folder_is_read_whole(here, curate):
    Path("data/many").mkdir()
    for name in ("b", "a"):
        Path(f"data/many/{name}.json").write_text(json.dumps([ALPACA | {"output": name}]))
    write({"x": {"file_name": "many"}})
    rows, document = read(curate)
    assert [row["origin"]["path"] for row in rows] == ["data/many/a.json", "data/many/b.json"]
    assert document["findings"] == {}
    Path("data/many/c.csv").write_text("instruction,input,output\na,b,c\n")
    assert read(curate)[1]["findings"] == {"SRC038": 1}


def test_a_name_that_stands_there_twice_is_said(here, curate):
    text = '{"x": {"file_name": "none.jsonl"}, "x": {"file_name": "rows.jsonl"}}'
    write(text, rows=[ALPACA])
    assert read(curate)[1]["findings"] == {"SRC038": 1}


def test_an_entry_excludes_flags_that_say_the_same(here, curate):
    write({"x": {"file_name": "rows.jsonl"}}, rows=[ALPACA])
    for flags in (["--from", "sharegpt"], ["--map", "instruction=q"]):
        ended = curate("convert", "data/dataset_info.json#x", "-o", "out", *flags)
        assert ended.code == 2, ended.err


def test_an_entrys_file_is_not_overwritten_by_its_own_rows(here, curate):
    write({"x": {"file_name": "rows.jsonl"}}, rows=[ALPACA])
    ended = curate("convert", "data/dataset_info.json#x", "-o", "data/rows.jsonl")
    assert ended.code == 2
    assert json.loads(Path("data/rows.jsonl").read_text()) == ALPACA


def test_other_commands_read_entries_too(here, curate):
    write({"x": {"file_name": "rows.jsonl"}}, rows=[ALPACA])
    name = "data/dataset_info.json#x"
    assert curate("validate", name).code == 0
    assert "alpaca 1" in curate("inspect", name).out
    assert curate("sample", name).code == 0
    assert curate("show", f"{name}:1").code == 0


ANY = [None, 0, "", [], {}, True, "x", [[]], {"a": 1}, [{}], [None], [{"role": 1}]]


def test_no_value_ends_in_a_traceback(here, curate):
    entries, records = {}, []
    for number, (entry, record, _) in enumerate(READ.values()):
        entries[f"e{number}"] = {"file_name": f"r{number}.jsonl", **entry}
        made = [{**record, key: value} for key in record for value in ANY]
        for key, value in record.items():
            if isinstance(value, list):
                made += [{**record, key: [item, *value]} for item in ANY]
        records.append(made)
    write(entries, **{f"r{n}": made for n, made in enumerate(records)})
    for number, made in enumerate(records):
        document = read(curate, f"e{number}")[1]
        assert document["rows_in"] == len(made)


def test_tables_are_read_by_entries(here, curate):
    Path("data/t.csv").write_text("q,r\na,b\n")
    curate("convert", "data/t.csv", "--map", "instruction=q", "--map", "output=r", "-o", "data/t")
    write({"x": {"file_name": "t.csv", "columns": {"prompt": "q", "response": "r"}}})
    rows, document = read(curate)
    assert (said(rows[0]), document["findings"]) == ([USER, ANSWER], {})
    curate("convert", "data/t", "--to", "sharegpt", "-o", "data/t.parquet")
    write({"x": {"file_name": "t.parquet", "formatting": "sharegpt"}})
    rows, document = read(curate)
    assert (said(rows[0]), document["findings"]) == ([USER, ANSWER], {})


def test_jobs_do_not_change_what_is_read(here, curate):
    entry, record, _ = READ["tags"]
    write({"x": {"file_name": "rows.jsonl", **entry}}, rows=[record] * 20)
    assert read(curate)[0] == read(curate, "x", "--jobs", "2")[0]
