"""The texts for the other trainers: they parse, name the data and say what is trained."""

import json
import shlex
from pathlib import Path

import pytest
import yaml

from curate.consumers import BY_NAME, CONSUMERS, Written
from curate.formats import BY_NAME as FORMATS

NAMES = ["set", "a b", "it's", 'q"uote', "ünï", "a: b #c", "-x", "$(x)", "{y}", "%", "\\n"]
EACH = [(consumer, form) for consumer in CONSUMERS for form in consumer.formats]


def written(form, data="data/set.jsonl", container="jsonl", **more):
    columns = frozenset(FORMATS[form].columns.names)
    return Written(form, columns, data, "set", container, **more)


@pytest.mark.parametrize(
    ("consumer", "form"), EACH, ids=lambda value: getattr(value, "name", value)
)
def test_a_consumer_reads_formats_that_are_written(consumer, form):
    assert FORMATS[form].encode is not None
    assert consumer.text(written(form))
    # The prompt of a pair is no prompt without a turn.
    expected = ["/conversations"] if consumer.name == "llama-factory" else []
    expected = expected if form == "sharegpt-preference" else []
    assert [pointer for pointer, _ in consumer.unread(form, {})] == expected


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", BY_NAME["axolotl"].formats)
def test_axolotls_block_is_yaml_that_names_the_data(form, name):
    made = yaml.safe_load(BY_NAME["axolotl"].text(written(form, f"data/{name}.jsonl")))
    (block,) = made["datasets"]
    assert block["path"] == f"data/{name}.jsonl"
    assert (block["ds_type"], block["split"]) == ("json", "train")
    assert isinstance(block["type"], str | dict)
    for key in ("field_messages", "field"):
        assert block.get(key) is None or block[key] in FORMATS[form].columns.names


CHATS = {"openai": "weight", "axolotl": "train", "trl-messages": None, "sharegpt": None}


@pytest.mark.parametrize("form", CHATS)
def test_axolotls_chats_say_what_is_trained(form):
    made = yaml.safe_load(BY_NAME["axolotl"].text(written(form)))["datasets"][0]
    assert made["type"] == "chat_template"
    assert made["roles_to_train"] == ["assistant"]
    assert made["train_on_eos"] == "turn"
    assert made["field_tools"] == "tools"
    assert set(made["message_property_mappings"]) >= {"role", "content"}
    assert made.get("message_field_training") == CHATS[form]
    spoken = {word for words in made["roles"].values() for word in words}
    assert spoken >= ({"human", "gpt", "function_call"} if form == "sharegpt" else {"tool"})


def test_axolotl_is_told_of_a_folder_without_a_kind_of_file():
    made = yaml.safe_load(BY_NAME["axolotl"].text(written("openai", "out", is_folder=True)))
    assert "ds_type" not in made["datasets"][0]
    made = yaml.safe_load(BY_NAME["axolotl"].text(written("openai", "x.parquet", "parquet")))
    assert made["datasets"][0]["ds_type"] == "parquet"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", BY_NAME["ms-swift"].formats)
def test_ms_swifts_command_is_shell_that_names_the_data(form, name):
    words = shlex.split(BY_NAME["ms-swift"].text(written(form, f"{name}.jsonl")), comments=True)
    assert words[0] == "swift"
    assert words[words.index("--dataset") + 1] == f"{name}.jsonl"
    assert words[words.index("--strict") + 1] == "true"
    if "--columns" in words:
        columns = json.loads(words[words.index("--columns") + 1])
        assert columns.keys() <= set(FORMATS[form].columns.names)


TRAINERS = {
    "text": "SFTTrainer",
    "trl-messages": "SFTTrainer",
    "trl-kto": "KTOTrainer",
    "trl-preference": "DPOTrainer",
    "trl-preference-implicit": "RewardTrainer",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", BY_NAME["trl"].formats)
def test_trls_file_is_python_that_loads_the_data(form, name):
    text = BY_NAME["trl"].text(written(form, f"{name}.jsonl"))
    code = compile(text, "x.trl.py", "exec")
    assert f"{name}.jsonl" in code.co_consts
    assert TRAINERS.get(form, "SFTTrainer") in code.co_names
    assert "load_dataset" in code.co_names


def test_trl_is_told_that_messages_train_every_token():
    text = BY_NAME["trl"].text(written("trl-messages"))
    assert "trains every token" in text
    assert "assistant_only_loss=True" in text
    assert "{% generation %}" in text
    assert "completion_only_loss=True" in BY_NAME["trl"].text(written("trl-prompt-completion"))


UNREAD = [
    ("axolotl", "alpaca", {"system": "s"}, ["/system"]),
    ("axolotl", "alpaca", {"system": "", "history": []}, []),
    ("axolotl", "alpaca-kto", {"input": "x", "system": None}, ["/input"]),
    ("axolotl", "openai", {"messages": [{"refusal": "no"}]}, ["/messages/0/refusal"]),
    ("axolotl", "sharegpt-preference", {"tools": "[]"}, []),
    ("axolotl", "sharegpt-preference", {"tools": '[{"name": "f"}]'}, ["/tools"]),
    ("axolotl", "trl-preference", {"prompt": [], "chosen": [{}, {}]}, ["/chosen"]),
    ("axolotl", "trl-preference-implicit", {"chosen": [{}, {}]}, []),
    ("ms-swift", "openai", {"messages": [{"weight": 0}, {"weight": 1}]}, ["/messages/0/weight"]),
    ("ms-swift", "openai-kto", {"messages": [{"reasoning_content": "x"}]},
     ["/messages/0/reasoning_content"]),
    ("ms-swift", "sharegpt", {"conversations": [{"from": "function_call", "value": "[{}, {}]"}]},
     ["/conversations/0/value"]),
    ("llama-factory", "openai", {"messages": [
        {"role": "user", "content": [{"type": "text"}]}, {"role": "assistant", "content": "b"}]},
     ["/messages/0/content"]),
    ("llama-factory", "alpaca-kto", {"output": "", "kto_tag": True}, ["/kto_tag"]),
    ("llama-factory", "alpaca-kto", {"output": "", "kto_tag": False}, []),
    ("llama-factory", "alpaca-kto", {"output": "x", "kto_tag": True}, []),
    ("llama-factory", "openai-kto", {"messages": [
        {"role": "user", "content": "a"}, {"role": "assistant", "content": ""}], "label": True},
     ["/label"]),
    ("trl", "trl-messages", {"messages": [{"tool_calls": [{}]}]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "form", "record", "pointers"), UNREAD)
def test_what_a_consumer_does_not_read_has_a_place(name, form, record, pointers):
    assert [pointer for pointer, _ in BY_NAME[name].unread(form, record)] == pointers


ORDERS = [
    ("sharegpt", "human gpt", None),
    ("sharegpt", "system human function_call observation gpt", None),
    ("sharegpt", "human observation gpt", "/conversations/1/from"),
    ("sharegpt", "gpt human gpt", "/conversations/0/from"),
    ("sharegpt", "human gpt system gpt", "/conversations/2/from"),
    ("sharegpt", "human gpt human", "/conversations"),
    ("sharegpt-kto", "human", "/conversations"),
    ("sharegpt-preference", "human gpt human", None),
    ("sharegpt-preference", "human gpt", "/conversations"),
]


@pytest.mark.parametrize(("form", "words", "pointer"), ORDERS)
def test_rows_that_llama_factory_drops_for_their_order_have_a_place(form, words, pointer):
    turns = [{"from": word, "value": "x"} for word in words.split()]
    found = [at for at, _ in BY_NAME["llama-factory"].unread(form, {"conversations": turns})]
    assert found == ([pointer] if pointer else [])


# Through the command.


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_files_are_written_beside_the_data_and_named(here, curate):
    wanted = ["--consumer", "axolotl", "--consumer", "ms-swift"]
    ended = curate("convert", "in.jsonl", "--to", "openai", "-o", "d/x.jsonl", *wanted, "--json")
    names = ["x.jsonl", "x.jsonl.axolotl.yaml", "x.jsonl.ms-swift.sh"]
    assert ended.document["outputs"] == [f"d/{name}" for name in names]
    assert sorted(path.name for path in Path("d").iterdir()) == names


def test_a_folder_has_them_inside(here, curate):
    for _ in range(2):
        ended = curate(
            *("convert", "in.jsonl", "--to", "trl-messages", "-o", "d"),
            *("--consumer", "trl", "--consumer", "axolotl"),
        )
        assert ended.code == 0, ended.err
    inside = sorted(path.name for path in Path("d/consumers").iterdir())
    assert inside == ["axolotl.yaml", "trl.py"]
    assert "load_dataset('d', split=\"train\")" in Path("d/consumers/trl.py").read_text()
    assert curate("validate", "d").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "openai", "--consumer", "trl"], "trl-messages"),
        (["--to", "trl-messages", "--consumer", "llama-factory"], "sharegpt"),
        (["--consumer", "trainer"], "llama-factory"),
        (["--to", "alpaca", "-o", "d/x.csv", "--consumer", "axolotl"], ".jsonl"),
    ],
)
def test_what_a_consumer_cannot_read_is_refused_before_anything_is_written(
    here, curate, arguments, words
):
    out = [] if "-o" in arguments else ["-o", "d/x.jsonl"]
    ended = curate("convert", "in.jsonl", *out, *arguments)
    assert ended.code == 2, ended.err
    assert words in ended.err
    assert not Path("d").exists()


def test_nothing_is_written_on_a_dry_run(here, curate):
    wanted = ["--to", "alpaca", "--consumer", "llama-factory", "--dry-run"]
    assert curate("convert", "in.jsonl", "-o", "d/x.jsonl", *wanted).code == 0
    assert not Path("d").exists()


def test_without_a_consumer_a_file_is_as_ever(here, curate):
    curate("convert", "in.jsonl", "--to", "openai", "-o", "x.jsonl")
    assert Path("x.jsonl").read_bytes() == Path("in.jsonl").read_bytes().replace(
        b": ", b":"
    ).replace(b", ", b",")
