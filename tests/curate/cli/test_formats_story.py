"""What a user of other tools does with formats: the README's commands, and their neighbours."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from curate.build import load
from curate.formats import readers, writers
from tests.curate.files.fake_hub import TOKEN, Repo, reached, running

README = Path(__file__).parents[3] / "README.md"
ALPACA = {"instruction": "Name a colour.", "input": "", "output": "Blue."}
SHAREGPT = {
    "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}],
}
CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}
CALLED = {
    "messages": [
        {"role": "user", "content": "Do it"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": "1"},
        {"role": "assistant", "content": "Done."},
    ]
}
SWIFT = {
    "messages": [
        {"role": "user", "content": "Do it"},
        {"role": "tool_call", "content": '{"name": "f", "arguments": {"a": 1}}'},
        {"role": "tool_response", "content": "1"},
        {"role": "assistant", "content": "Done."},
    ]
}
WEIGHTED = {
    "messages": [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b", "weight": 0},
        {"role": "user", "content": "c"},
        {"role": "assistant", "content": "d"},
    ]
}
PAIR = {"prompt": "a", "chosen": "b", "rejected": "c"}
JUDGED = [
    {"prompt": "a", "completion": "b", "label": True},
    {"prompt": "a", "completion": "c", "label": False},
    {"prompt": "z", "completion": "y", "label": True},
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name, *records):
    Path(name).write_text("".join(json.dumps(each) + "\n" for each in records))


def got(name):
    return [json.loads(line) for line in Path(name).read_text().splitlines()]


# The README's section


def section():
    return README.read_text().partition("\n## Formats\n")[2].partition("\n## ")[0]


def commands():
    blocks = re.findall(r"```sh\n(.*?)```", section(), re.DOTALL)
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]


def test_the_readme_counts_the_registry():
    said = re.search(r"(\d+) formats and dialects are read, (\d+) of them written", section())
    assert said
    assert tuple(map(int, said.groups())) == (len(readers()), len(writers()))


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs(command, here, curate, monkeypatch):
    Path("dump.json").write_text(json.dumps([CHAT, CALLED]))
    entry = {"file_name": "mine.json", "formatting": "sharegpt"}
    Path("dataset_info.json").write_text(json.dumps({"my_set": entry}))
    Path("mine.json").write_text(json.dumps([SHAREGPT]))
    Path("train").mkdir()
    Path("train/dataset_info.json").write_text('{"other": {"file_name": "other.json"}}')
    program, *arguments = shlex.split(command)
    assert program == "curate"
    with running() as hub:
        reached(hub, monkeypatch, here / "home")
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        hub.repos["owner/name"] = Repo({"train.jsonl": json.dumps(ALPACA).encode() + b"\n"})
        ended = curate(*arguments)
    assert ended.code == 0, ended.err
    if "-o" in arguments:
        assert Path(arguments[arguments.index("-o") + 1]).exists()
    if "--consumer" in arguments:
        registry = json.loads(Path("train/dataset_info.json").read_text())
        assert registry["other"] == {"file_name": "other.json"}
        assert registry["dump"]["file_name"] == "dump.json"


def test_the_hub_offline_says_what_to_run(here, curate, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(here / "home"))
    ended = curate("convert", "hf:owner/name:default/train", "-o", "out")
    assert ended.code == 4
    assert "hf download owner/name --repo-type dataset" in ended.err


def test_a_registry_without_a_name_says_how_to_name_an_entry(here, curate):
    Path("dataset_info.json").write_text('{"a": {"file_name": "a.json"}, "b": {"script_url": "s"}}')
    ended = curate("inspect", "dataset_info.json")
    assert ended.code == 1
    assert "FILE#NAME" in ended.err


# Options that contradict each other


@pytest.mark.parametrize(
    "options",
    [
        ["--template", "chatml", "-o", "out"],
        ["--template", "chatml", "--to", "alpaca", "-o", "out.jsonl"],
        ["--pair", "first", "--to", "sharegpt", "-o", "out.jsonl"],
        ["--pair", "all", "--as", "sft", "-o", "out"],
        ["--pair", "all", "--kind", "sft", "-o", "out"],
        ["--container", "parquet", "-o", "out.jsonl"],
        ["--from", "alpaca", "--prompt", "{instruction}", "--completion", "{output}", "-o", "out"],
    ],
    ids=" ".join,
)
def test_an_option_without_effect_is_refused(options, here, curate):
    put("in.jsonl", ALPACA)
    ended = curate("convert", "in.jsonl", *options)
    assert ended.code == 2
    assert "fix: " in ended.err
    assert [path.name for path in here.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize(
    ("options", "near"),
    [(["--from", "alpacca"], "alpaca"), (["--to", "sharegtp"], "sharegpt")],
)
def test_a_format_that_is_misspelt_is_named(options, near, here, curate):
    put("in.jsonl", ALPACA)
    ended = curate("convert", "in.jsonl", *options, "-o", "out.jsonl")
    assert ended.code == 2
    assert f"did you mean {near}?" in ended.err


def test_consumers_may_stand_in_a_list(here, curate):
    put("in.jsonl", ALPACA)
    more = ["--to", "openai", "--consumer", "llama-factory,axolotl", "-o", "out.json"]
    assert curate("convert", "in.jsonl", *more).code == 0
    assert Path("dataset_info.json").exists()
    assert Path("out.json.axolotl.yaml").exists()


# Losses


@pytest.mark.parametrize("named", ["LOS018", "weight", "callid,weight"])
def test_an_allowed_loss_is_clean(named, here, curate):
    put("in.jsonl", WEIGHTED)
    arguments = ["convert", "in.jsonl", "--to", "sharegpt", "-o", "out.jsonl"]
    assert curate(*arguments).code == 1
    for more in ([], ["--fail-on-loss"]):
        ended = curate(*arguments, "--allow-loss", named, *more)
        assert (ended.code, len(got("out.jsonl"))) == (0, 1)
        assert "LOS018" in ended.err


def test_a_value_is_shown_as_json(here, curate):
    put("in.jsonl", CALLED)
    ended = curate("convert", "in.jsonl", "--to", "alpaca", "-o", "out.jsonl")
    assert '[{"type": "function", "name": "f"' in ended.err


# Kinds


def test_a_kind_that_nothing_makes_sets_the_rows_aside(here, curate):
    put("in.jsonl", ALPACA)
    ended = curate("convert", "in.jsonl", "--as", "preference", "-o", "out", "--json")
    assert ended.code == 1
    assert ended.document["removed"] == {"LOS034": 1}


def test_a_rendered_text_is_told_how_to_become_a_chat(here, curate):
    put("in.jsonl", {"text": "### Human: a### Assistant: b"})
    arguments = ["convert", "in.jsonl", "--to", "openai", "-o", "out.jsonl"]
    assert "--from rendered:" in curate(*arguments).err
    assert curate(*arguments, "--from", "rendered:guanaco").code == 0
    assert got("out.jsonl")[0]["messages"][1] == {"role": "assistant", "content": "b"}


def test_plain_texts_stay_plain_in_another_kind(here, curate):
    put("in.jsonl", PAIR)
    assert curate("convert", "in.jsonl", "--to", "trl-kto", "-o", "out.jsonl").code == 0
    assert [(row["prompt"], row["completion"]) for row in got("out.jsonl")] == [
        ("a", "b"),
        ("a", "c"),
    ]
    ended = curate("convert", "in.jsonl", "--to", "trl-messages", "-o", "out.jsonl", "--json")
    assert ended.document["findings"] == {"LOS024": 1, "LOS033": 1, "LOS055": 1}
    put("judged.jsonl", *JUDGED)
    assert curate("convert", "judged.jsonl", "--pair", "first", "-o", "pairs.jsonl").code == 0
    assert got("pairs.jsonl")[0].items() >= PAIR.items()


def test_the_instruction_keeps_its_end_in_another_kind(here, curate):
    put("in.jsonl", {"instruction": "a", "input": "b", "chosen": "c", "rejected": "d"})
    assert curate("convert", "in.jsonl", "--to", "alpaca", "-o", "out.jsonl").code == 0
    assert got("out.jsonl") == [{"instruction": "a", "input": "b", "output": "c"}]


def test_an_answer_without_a_partner_is_in_rejected(here, curate):
    put("in.jsonl", *JUDGED)
    assert curate("convert", "in.jsonl", "--pair", "first", "-o", "out").code == 0
    (left,) = got("out/rejected/rejected.jsonl")
    assert (left["code"], left["origin"]["line"]) == ("LOS040", 3)
    assert json.loads(left["raw"])["completion"][0]["content"] == "y"


@pytest.mark.parametrize(
    ("records", "removed", "why"),
    [
        ([ALPACA, ALPACA], {"SCH008": 2}, "none was found"),
        (JUDGED[:1], {"LOS040": 1}, "no two judged answers"),
    ],
)
def test_inputs_without_a_pair_are_counted_and_said(records, removed, why, here, curate):
    put("in.jsonl", *records)
    ended = curate("convert", "in.jsonl", "--pair", "first", "-o", "out", "--json")
    assert ended.code == 1
    assert ended.document["rows_in"] == len(records)
    assert ended.document["removed"] == removed
    assert why in ended.err
    assert not Path("out").exists()


def test_pairs_are_written_for_a_trainer(here, curate):
    put("in.jsonl", *JUDGED)
    more = ["--pair", "first", "--to", "trl-preference", "--consumer", "trl", "-o", "out.jsonl"]
    assert curate("convert", "in.jsonl", *more).code == 0
    assert "DPOTrainer" in Path("out.jsonl.trl.py").read_text()


RECIPES = {
    "pairs": (
        "{paths: in.jsonl, label_map: 'good=true,bad=false', pair: all}",
        "{folder: out, format: trl-preference, container: jsonl, consumers: [trl]}",
        [{"prompt": "a", "completion": each, "label": each} for each in ("good", "bad")],
        {"prompt": "a", "chosen": "good", "rejected": "bad"},
    ),
    "margin": (
        "{paths: in.jsonl, margin: x-y, kind: preference}",
        "{folder: out, format: trl-preference, container: jsonl}",
        [{**PAIR, "x": 3, "y": 1}],
        {**PAIR, "margin": 2.0},
    ),
    "text": (
        "{paths: in.jsonl, repair: ['merge-consecutive= / '], as: text, template: chatml}",
        "{folder: out, container: jsonl}",
        [{"messages": [CHAT["messages"][0], *CHAT["messages"]]}],
        {
            "text": "<|im_start|>user\nHi / Hi<|im_end|>\n"
            "<|im_start|>assistant\nHello<|im_end|>\n"
        },
    ),
    "reasoning": (
        "{paths: in.jsonl, reasoning: field}",
        "{folder: out, format: trl-messages, container: jsonl}",
        [{"messages": [{"role": "user", "content": "a"},
                       {"role": "assistant", "content": "<think>\nhm\n</think>\n\nb"}]}],
        {"messages": [{"role": "user", "content": "a"},
                      {"role": "assistant", "content": "b", "reasoning_content": "hm"}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_says_what_flags_say(name, here, curate):
    given, output, records, made = RECIPES[name]
    put("in.jsonl", *records)
    Path("r.curate.yaml").write_text(f"input: {given}\noutput: {output}\n")
    ended = curate("run", "r.curate.yaml")
    assert ended.code == 0, ended.err
    (row,) = got("out/data/train-00000-of-00001.jsonl")
    assert row.items() >= made.items()


# Files


@pytest.mark.parametrize(
    "records",
    [
        [ALPACA, {**ALPACA, "system": "s", "history": [["a", "b"]], "score": 0.5}],
        [SHAREGPT],
        [CHAT, {**CHAT, "id": "x", "source": "web"}],
        [PAIR, {**PAIR, "margin": 1.5}],
        JUDGED,
        [{**CHAT, "label": True}, {**CHAT, "label": False}],
    ],
    ids=["alpaca", "sharegpt", "openai", "pairs", "judged", "judged chats"],
)
def test_a_csv_file_comes_back_as_it_was(records, here, curate):
    put("in.jsonl", *records)
    assert curate("convert", "in.jsonl", "-o", "out.csv").code == 0
    ended = curate("convert", "out.csv", "-o", "back.jsonl")
    assert ended.code == 0, ended.err
    assert got("back.jsonl") == records


def test_rows_that_use_nothing_of_their_dialect_do_not_mix_with_it(here, curate):
    def mixed(*records):
        put("in.jsonl", *records)
        return curate("inspect", "in.jsonl", "--json").document["findings"].get("SRC023", 0)

    shown = {"conversations": SHAREGPT["conversations"], "image": "a.png"}
    shown["conversations"] = [{"from": "human", "value": "<image> Hi"}, shown["conversations"][1]]
    assert mixed(CHAT, CHAT, CALLED) == 0
    assert mixed(CHAT, SWIFT) == 0
    assert mixed(SHAREGPT, shown) == 0
    assert mixed(CHAT, CALLED, SWIFT) == 2
    assert mixed(CHAT, SHAREGPT) == 1


def test_alike_findings_are_said_once_with_their_lines(here, curate):
    put("in.jsonl", *[{"foo": 1}] * 3, {"bar": 1})
    ended = curate("inspect", "in.jsonl")
    assert ended.err.count("the columns fit no format: foo") == 1
    assert "the same in line 2, 3" in ended.err
    assert "in.jsonl:4: SCH006" in ended.err


@pytest.mark.parametrize("arguments", [["show", "in.jsonl:1"], ["schema"], ["schema", "alpaca"]])
def test_json_is_one_document(arguments, here, curate):
    put("in.jsonl", ALPACA)
    document = curate(*arguments, "--json").document
    assert document.get("command", "schema") == arguments[0]


def test_a_folder_goes_on_the_hub_dry_first(here, curate):
    put("in.jsonl", ALPACA, {"oops": 1})
    curate("convert", "in.jsonl", "-o", "out")
    ended = curate("push", "out", "owner/name", "--dry-run")
    assert ended.code == 0
    assert "rejected/rejected.jsonl" in ended.err.partition("left here")[2]
    assert len(list(load("out").rows())) == 1
