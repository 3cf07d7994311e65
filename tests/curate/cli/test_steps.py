"""The commands of the steps: what they print, count, leave aside and refuse."""

from __future__ import annotations

import json
import os
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from curate.schema import check

CONTENTS = {
    "sft": lambda n: {"instruction": f"ask {n // 2} of it", "output": f"say {n // 3} word"},
    "preference": lambda n: {"prompt": f"p {n // 2}", "chosen": f"good {n}", "rejected": "bad"},
    "unpaired": lambda n: {"prompt": f"p {n // 4}", "completion": f"c {n}", "label": n % 2 == 0},
    "text": lambda n: {"text": f"text number {n // 2} goes on"},
    "stepwise": lambda n: {"prompt": f"p {n}", "completions": ["a", "b"], "labels": [True, False]},
}
COMMANDS = {
    "dedup": ["--on", "conversation"],
    "decontaminate": ["--against", "items.jsonl"],
    "filter": ["--keep", "chars > 1"],
    "balance": ["--by", "category", "--cap-rows", "7"],
    "mix": ["--rows", "11"],
    "split": ["--test-ratio", "0.2"],
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for kind, made in CONTENTS.items():
        rows = [{"id": f"r{n}", **made(n), "category": "ab"[n % 2]} for n in range(24)]
        lines = [json.dumps(row) for row in rows]
        Path(f"{kind}.jsonl").write_text("\n".join([*lines[:5], "{broken", *lines[5:]]) + "\n")
    Path("items.jsonl").write_text(json.dumps({"question": "ask 3 of it", "answer": "x"}) + "\n")
    return tmp_path


def removed(out: Path) -> int:
    names = (out / "rejected" / "rejected.jsonl", out.with_name(out.name + ".rejected.jsonl"))
    return sum(len(name.read_text().splitlines()) for name in names if name.exists())


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_adds_up_on_every_kind(here: Path, curate, command: str, kind: str) -> None:
    ended = curate(command, f"{kind}.jsonl", *COMMANDS[command], "-o", "out", "--json")
    told = ended.document
    assert check("report", told) == []
    assert ended.code == told["exit"] == 1  # a record could not be read
    assert [step["step"] for step in told["funnel"]] == ["read", command]
    assert all(a["rows_out"] == b["rows_in"] for a, b in pairwise(told["funnel"]))
    assert told["rows_in"] == 25
    assert removed(here / "out") == sum(told["removed"].values())
    card = json.loads((here / "out" / "card.json").read_text())
    assert card["rows"] == told["rows_out"]
    assert card["funnel"] == told["funnel"]
    assert sorted(each.name for each in here.iterdir() if each.name.startswith(".")) == []


@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "x.csv", "x.parquet", "x.arrow"])
def test_one_file_of_each_container_reads_back(here: Path, curate, name: str) -> None:
    told = curate("filter", "sft.jsonl", "--keep", "chars > 9", "-o", name, "--json").document
    assert told["outputs"][0] == name
    assert removed(here / name) == sum(told["removed"].values()) == 1
    assert curate("validate", name, "--json").document["rows_out"] == 24


@pytest.mark.parametrize("to", ["openai", "sharegpt", "alpaca", "trl-prompt-completion"])
def test_copies_have_ids_of_their_own_in_every_format(here: Path, curate, to: str) -> None:
    targets = ["--target", "a=30", "--target", "b=20", "--upsample"]
    out = ["--to", to, "-o", "x.jsonl", "--json"]
    told = curate("balance", "sft.jsonl", "--by", "category", *targets, *out).document
    rows = [json.loads(line) for line in Path("x.jsonl").read_text().splitlines()]
    assert len(rows) == told["rows_out"] == 50
    assert len({row["id"] for row in rows}) == 50


def test_only_asked_removals_are_clean(here: Path, curate) -> None:
    lines = Path("sft.jsonl").read_text().splitlines()
    Path("clean.jsonl").write_text("\n".join(line for line in lines if line != "{broken") + "\n")
    ended = curate("mix", "clean.jsonl", "--rows", "5", "-o", "out", "--json")
    assert (ended.code, ended.document["removed"]) == (0, {"BAL030": 19})
    assert curate("filter", "clean.jsonl", "--keep", "chars > 999", "-o", "out2").code == 1
    assert not Path("out2").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["dedup", "sft.jsonl"], 2, "say -o OUT"),
        (["dedup", "sft.jsonl", "-o", "sft.jsonl"], 2, "also an input"),
        (["dedup", "sft.jsonl", "--treshold", "1", "-o", "out"], 2, "--threshold"),
        (["dedupe", "sft.jsonl", "-o", "out"], 2, "'dedup'"),
        (["split", "sft.jsonl", "--test-ratio", "0.2", "-o", "x.jsonl"], 2, "holds no splits"),
        (["dedup", "absent.jsonl", "-o", "out"], 3, "no such file"),
        (["dedup", "sft.jsonl", "-o", "items.jsonl/out"], 7, "items.jsonl"),
    ],
)
def test_what_is_refused_says_why(here: Path, curate, arguments, code: int, said: str) -> None:
    before = sorted(each.name for each in here.iterdir())
    ended = curate(*arguments)
    assert ended.code == code
    assert said in ended.err
    assert sorted(each.name for each in here.iterdir()) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_what_is_the_steps_own(curate, command: str) -> None:
    text = curate(command, "--help").out
    own = COMMANDS[command][0]
    assert text.index(f"  {own}") < text.index("  -o, --out") < text.index("  --from")
    assert "(train)" not in text


def recipe(text: str) -> str:
    Path("r.curate.yaml").write_text(text)
    return "r.curate.yaml"


def test_a_recipe_refuses_splits_in_one_file(here: Path, curate) -> None:
    name = recipe("input: {paths: sft.jsonl}\noutput: {folder: x.jsonl}\nsplit: {test_ratio: 0.2}")
    ended = curate("run", name)
    assert (ended.code, "holds no splits" in ended.err) == (2, True)


def test_a_recipe_names_the_tokenizer_that_steps_count_with(here: Path, curate) -> None:
    text = "input: {{paths: text.jsonl{}}}\noutput: {{folder: out}}\nbalance: {{tokens: 40}}"
    ended = curate("run", recipe(text.format("")))
    assert (ended.code, "tokenizer" in ended.err) == (2, True)
    ended = curate("run", recipe(text.format(", tokenizer: absent/folder")))
    assert "absent/folder" in ended.err


def test_pairs_are_made_and_then_compared(here: Path, curate) -> None:
    text = "input: {paths: unpaired.jsonl, pair: first}\noutput: {folder: out}\ndedup: {}"
    told = curate("run", recipe(text), "--json").document
    assert [step["step"] for step in told["funnel"]] == ["read", "pair", "check", "dedup"]
    assert (told["rows_in"], told["rows_out"]) == (25, 12)


@pytest.mark.parametrize(("more", "code"), [("allow_loss: [LOS008]", 0), ("fail_on_loss: true", 1)])
def test_losses_at_writing_are_a_step_of_the_funnel(here: Path, curate, more, code) -> None:
    turns = [{"role": role, "content": "x y"} for role in ("user", "assistant") * 2]
    rows = [{"messages": turns}, {"messages": turns[:2]}]
    Path("chat.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = f"output: {{folder: out, format: dolly, {more}}}"
    ended = curate(
        "run", recipe(f"input: {{paths: chat.jsonl}}\n{out}\ndedup: {{method: exact}}"), "--json"
    )
    told = ended.document
    assert ended.code == code
    assert told["funnel"][-1]["step"] == "write"
    assert told["findings"]["LOS008"] == 1
    assert removed(here / "out") == sum(told["removed"].values()) == code


def test_what_names_a_person_is_masked_in_messages(here: Path, curate) -> None:
    own = "marta.kowalczyk@wp.pl"
    rows = [{"id": own, "instruction": "ask it now", "output": "say it now", "category": own}]
    rows += [{**rows[0], "id": f"r{n}"} for n in range(3)]
    Path("named.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = {"dedup": ["--method", "exact"], "balance": ["--by", "category", "--cap-rows", "1"]}
    for command, more in options.items():
        curate(command, "named.jsonl", *more, "-o", "out")
        for line in Path("out/rejected/rejected.jsonl").read_text().splitlines():
            (finding,) = json.loads(line)["findings"]
            assert own not in finding["message"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_read_by_a_recipe(here: Path, curate) -> None:
    os.mkfifo("pipe")
    data = Path("sft.jsonl").read_bytes()
    writer = threading.Thread(target=lambda: Path("pipe").write_bytes(data))
    writer.start()
    ended = curate("run", recipe("input: {paths: pipe}\noutput: {folder: out}\ndedup: {}"))
    writer.join()
    assert ended.code == 1  # a record could not be read
    assert curate("validate", "out", "--json").document["rows_in"] == 16
    ended = curate(
        "run", recipe("input: {paths: '-'}\noutput: {folder: out}\ndedup: {}"), stdin=data
    )
    assert ended.code == 1
