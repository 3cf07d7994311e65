"""The entry for LLaMA-Factory, read back by its documented rules, and merged into a registry."""

import json
from pathlib import Path

import pytest

from curate.build import load
from curate.consumers import BY_NAME
from curate.consumers.llama_factory import merged

ALPACA = {"instruction": "a", "input": "b", "output": "c", "system": "s", "history": [["x", "y"]]}
PLAIN = {"instruction": "a", "input": "", "output": "c"}
CALL = '{"name": "f", "arguments": {"x": 1}}'
CHAT = {
    "conversations": [
        {"from": "human", "value": "a"},
        {"from": "function_call", "value": CALL},
        {"from": "observation", "value": "1"},
        {"from": "gpt", "value": "b"},
    ],
    "system": "s",
    "tools": '[{"name": "f", "description": "", "parameters": {}}]',
}
ROLES = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
PAIR = {
    "prompt": [ROLES["messages"][0]],
    "chosen": [ROLES["messages"][1]],
    "rejected": [{"role": "assistant", "content": "c"}],
}
KTO = {"prompt": PAIR["prompt"], "completion": PAIR["chosen"], "label": False}
INPUTS = {
    "alpaca": [PLAIN, ALPACA],
    "dolly": [PLAIN],
    "sharegpt": [CHAT, ROLES, {"conversations": ROLES["messages"]}],
    "openai": [ROLES],
    "alpaca-preference": [PAIR],
    "sharegpt-preference": [PAIR],
    "alpaca-kto": [KTO, KTO | {"label": True}],
    "sharegpt-kto": [KTO],
    "openai-kto": [KTO],
    "text": [{"text": "t", "n": 1}, {"text": "u", "n": "one"}],
}
COLUMNS = {"prompt", "query", "response", "history", "messages", "system", "tools"}
COLUMNS |= {"images", "videos", "audios", "chosen", "rejected", "kto_tag"}
TAGS = {"role_tag", "content_tag", "user_tag", "assistant_tag", "observation_tag"}
TAGS |= {"function_tag", "system_tag"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name, records):
    Path(name).write_text("".join(json.dumps(record) + "\n" for record in records))


def convert(curate, records, to, out="data/set.jsonl", *more):
    write("in.jsonl", records)
    return curate(
        *("convert", "in.jsonl", "--to", to, "-o", out, "--consumer", "llama-factory", "--per-row"),
        *more,
    )


def trained(entry, record):
    """Return prompt and answers of a record by an entry, as LLaMA-Factory's README says."""
    columns = {name: entry["columns"].get(name) for name in COLUMNS}
    at = {name: record[column] for name, column in columns.items() if column is not None}
    if entry["formatting"] == "alpaca":
        prompt = [turn for pair in at.get("history") or () for turn in pair]
        prompt.append("\n".join(part for part in (at.get("prompt"), at.get("query")) if part))
        answers = [at.get("response")]
        if entry.get("ranking"):
            answers = [at["chosen"], at["rejected"]]
        return at.get("system"), prompt, answers, at.get("kto_tag"), at.get("tools")
    tags = entry["tags"]
    assert set(tags) == TAGS
    turns, system = at["messages"], at.get("system")
    role, content = tags["role_tag"], tags["content_tag"]
    if turns and turns[0][role] == tags["system_tag"]:
        system, turns = turns[0][content], turns[1:]
    for number, turn in enumerate(turns):
        asks = (tags["user_tag"], tags["observation_tag"])
        says = (tags["assistant_tag"], tags["function_tag"])
        assert turn[role] in (asks, says)[number % 2]
    texts = [turn[content] for turn in turns]
    if entry.get("ranking"):
        answers = [at[side][content] for side in ("chosen", "rejected")]
        return system, texts, answers, None, at.get("tools")
    return system, texts[:-1], texts[-1:], at.get("kto_tag"), at.get("tools")


@pytest.mark.parametrize("to", BY_NAME["llama-factory"].formats)
def test_llama_factory_reads_every_row_by_the_entry(here, curate, to):
    ended = convert(curate, INPUTS[to], to)
    assert ended.code == 0, ended.err
    entry = json.loads(Path("data/dataset_info.json").read_text())["set"]
    assert entry["file_name"] == "set.jsonl"
    assert set(entry["columns"]) <= COLUMNS
    records = [json.loads(line) for line in Path("data/set.jsonl").read_text().splitlines()]
    assert len(records) == len(INPUTS[to])
    assert {tuple(record) for record in records} == {tuple(records[0])}
    for record in records:
        _, prompt, answers, label, _ = trained(entry, record)
        assert prompt
        if to != "text":
            assert all(isinstance(answer, str) for answer in answers)
        assert label == record.get("kto_tag", record.get("label"))
    if to == "alpaca":
        assert [trained(entry, record)[:3] for record in records] == [
            (None, ["a"], ["c"]),
            ("s", ["x", "y", "a\nb"], ["c"]),
        ]
    if to == "sharegpt":
        assert trained(entry, records[0])[:3] == ("s", ["a", CALL, "1"], ["b"])
        assert [json.loads(record["tools"]) for record in records[1:]] == [[], []]


@pytest.mark.parametrize("to", BY_NAME["llama-factory"].formats)
def test_every_leaf_of_what_is_written_has_one_type(here, curate, to):
    convert(curate, INPUTS[to], to)
    kinds = {}

    def look(value, place):
        if isinstance(value, dict):
            for key, item in value.items():
                look(item, f"{place}/{key}")
        elif isinstance(value, list):
            for item in value:
                look(item, f"{place}/*")
        elif value is not None:
            assert kinds.setdefault(place, type(value)) is type(value), place

    for line in Path("data/set.jsonl").read_text().splitlines():
        look(json.loads(line), "")


def test_the_entry_is_read_back_by_curate_itself(here, curate):
    convert(curate, [CHAT], "sharegpt")
    document = curate("convert", "data/dataset_info.json#set", "-o", "back", "--json").document
    assert (document["rows_out"], document["findings"]) == (1, {})
    (row,) = load("back").rows()
    said = [(message["role"], message.get("content")) for message in row["messages"]]
    assert said == [
        ("system", "s"),
        ("user", "a"),
        ("assistant", None),
        ("tool", "1"),
        ("assistant", "b"),
    ]


def renamed(keys, words):
    turns = [dict(zip(keys, turn.values(), strict=True)) for turn in CHAT["conversations"]]
    return [{**turn, keys[0]: words.get(turn[keys[0]], turn[keys[0]])} for turn in turns]


SPELLINGS = {
    "other words": {
        "conversations": renamed(("from", "value"), {"human": "user", "gpt": "assistant"})
    },
    "other keys": {"conversations": renamed(("role", "content"), {"observation": "tool"})},
    "one other key": {"conversations": renamed(("role", "value"), {})},
    "arguments as text": {
        "conversations": [
            {**turn, "value": turn["value"].replace('{"x": 1}', '"{\\"x\\": 1}"')}
            for turn in CHAT["conversations"]
        ]
    },
    "tools as a list": {**CHAT, "tools": json.loads(CHAT["tools"])},
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_becomes_the_one_that_the_entry_names(here, curate, name):
    record = {"tools": CHAT["tools"], **SPELLINGS[name]}
    ended = convert(curate, [record], "sharegpt")
    assert ended.code == 0, ended.err
    (line,) = Path("data/set.jsonl").read_text().splitlines()
    written = json.loads(line)
    entry = json.loads(Path("data/dataset_info.json").read_text())["set"]
    _, prompt, answers, _, tools = trained(entry, written)
    assert prompt[-3:] == ["a", CALL, "1"]
    assert answers == ["b"]
    assert json.loads(tools)[0]["name"] == "f"


def test_what_is_empty_is_written_as_all_trainers_read_it(here, curate):
    asks = CHAT["conversations"][:1] + CHAT["conversations"][3:]
    convert(curate, [{"conversations": asks, "tools": "", "system": ""}, CHAT], "sharegpt")
    first, second = map(json.loads, Path("data/set.jsonl").read_text().splitlines())
    assert first["tools"] == "[]"
    assert "system" not in first  # it is a turn, which every trainer reads
    assert (first["extra"], first["images"]) == ("{}", [])
    assert "system" not in second
    assert second["conversations"][0] == {"from": "system", "value": "s"}
    assert len({first["id"], second["id"]}) == 2


OLD = [
    '{\n  "a": {\n    "file_name": "a.json"\n  },\n  "b": {"file_name": "\u00e9.json"}\n}\n',
    '{\r\n\t"a": {"file_name": "a.json"}\r\n}',
    '{"a": {"file_name": "a.json"}}',
    '\ufeff{"a": {"x": "}"}}  \n',
    "{}",
    "",
    "{ }\n",
]


@pytest.mark.parametrize("old", OLD)
def test_an_entry_is_added_and_every_other_byte_stays(old):
    new = merged(old, "new", {"file_name": "n.jsonl"})
    known = json.loads(old.lstrip("\ufeff")) if old.strip() else {}
    assert list(json.loads(new.lstrip("\ufeff")).items()) == [
        *known.items(),
        ("new", {"file_name": "n.jsonl"}),
    ]
    if known:
        kept = old.rpartition("}")[0].rstrip()
        assert new.startswith(kept)
        assert new.endswith(old.rpartition("}")[2])
    assert merged(new, "new", {"file_name": "n.jsonl"}) == new
    with pytest.raises(ValueError, match="another entry 'new'"):
        merged(new, "new", {"file_name": "other.jsonl"})


def test_another_entry_of_the_name_is_kept_and_nothing_is_written(here, curate):
    Path("data").mkdir()
    old = '{"set": {"file_name": "mine.json"}}'
    Path("data/dataset_info.json").write_text(old)
    ended = convert(curate, [PLAIN], "alpaca")
    assert ended.code == 2
    assert "another entry 'set'" in ended.err
    assert "fix:" in ended.err
    assert Path("data/dataset_info.json").read_text() == old
    assert [path.name for path in Path("data").iterdir()] == ["dataset_info.json"]


@pytest.mark.parametrize("old", ["[]", "{", '{"a": 1', "\x00"])
def test_a_file_that_is_no_registry_is_left_alone(here, curate, old):
    Path("data").mkdir()
    Path("data/dataset_info.json").write_text(old)
    assert convert(curate, [PLAIN], "alpaca").code == 2
    assert Path("data/dataset_info.json").read_text() == old


def test_the_same_conversion_twice_leaves_one_entry(here, curate):
    for _ in range(2):
        ended = convert(curate, [PLAIN], "alpaca")
        assert ended.code == 0, ended.err
    convert(curate, [PLAIN], "alpaca", "data/second.json")
    assert list(json.loads(Path("data/dataset_info.json").read_text())) == ["set", "second"]


def test_a_folder_holds_its_own_registry_and_is_replaced_with_it(here, curate):
    for _ in range(2):
        ended = convert(curate, [CHAT], "sharegpt", "out")
        assert ended.code == 0, ended.err
    registry = json.loads(Path("out/consumers/dataset_info.json").read_text())
    assert registry["out"]["file_name"] == "../data"
    assert json.loads(Path("out/card.json").read_text())["consumers"] == [
        "consumers/dataset_info.json"
    ]
    Path("out/consumers/mine.txt").write_text("x")
    assert convert(curate, [CHAT], "sharegpt", "out").code == 7


REFUSED = {
    "a weight": (
        {
            "messages": [
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b", "weight": 0},
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b", "weight": 1},
            ]
        },
        "/weight",
    ),
    "calls": (
        {
            "messages": [
                {"role": "user", "content": "a"},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "1",
                            "type": "function",
                            "function": {"name": "f", "arguments": "{}"},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "1", "content": "r"},
                {"role": "assistant", "content": "b"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
        },
        "/tool_calls",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_llama_factory_would_not_read_is_set_aside(here, curate, name):
    record, pointer = REFUSED[name]
    ended = convert(curate, [record, ROLES], "openai", "data/set.jsonl", "--json")
    assert ended.code == 1
    assert ended.document["removed"] == {"SCH029": 1}
    rejected = json.loads(Path("data/set.jsonl.rejected.jsonl").read_text())
    assert any(finding["pointer"].endswith(pointer) for finding in rejected["findings"])
