"""`curate validate` and `curate show` with a tokenizer."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from curate.schema import check
from tests.curate.checks.rendered.tiny import write
from tests.house.tree import ROOT

CHAT = (
    "{% for m in messages %}{{ m.role }}: {{ m.content }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


def chat(question, answer):
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "tiny", chat_template=CHAT)
    return tmp_path


def put(*rows, name="in.jsonl"):
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def found(ended):
    return [(item["code"], item["line"], item["pointer"]) for item in ended.document["items"]]


ROWS = (
    chat("Hi", "Yo"),
    chat("Hi", "Yo, what a long answer"),
    chat("What a very long question this is", "Yo"),
    {"messages": [{"role": "system", "content": "S"}, *chat("a <s> b", "Yo")["messages"]]},
)
LIMIT = ("--tokenizer", "tiny", "--max-length", 30)


def test_rows_are_found_by_their_tokens(here, curate):
    put(*ROWS)
    ended = curate("validate", "in.jsonl", *LIMIT, "--select", "LEN", "--json")
    assert found(ended) == [
        ("LEN001", 2, "/messages/1"),
        ("LEN002", 3, "/messages/0"),
        ("LEN002", 4, "/messages/1"),
        ("LEN033", 4, "/messages/1/content"),
        ("LEN023", 1, ""),
    ]
    assert ended.code == 1
    assert check("report", ended.document) == []
    tokens = ended.document["tokens"]
    assert (tokens["rows"], tokens["rows_over_max_length"], tokens["max_length"]) == (4, 3, 30)
    assert tokens["longest"]["line"] == 3
    assert tokens["p50"] <= tokens["p95"] <= tokens["p99"] == tokens["longest"]["tokens"]
    assert "over max_length 30: 3 rows" in ended.err


def test_without_a_tokenizer_nothing_is_counted(here, curate):
    put(*ROWS)
    ended = curate("validate", "in.jsonl", "--select", "LEN", "--json")
    assert found(ended) == []
    assert "tokens" not in ended.document
    for flag in (("--max-length", 30), ("--chat-template", "chatml")):
        ended = curate("validate", "in.jsonl", *flag)
        assert ended.code == 2
        assert f"{flag[0]} needs --tokenizer" in ended.err


def test_a_consumers_profile_checks_tokens_too(here, curate):
    put(*ROWS)
    ended = curate("validate", "in.jsonl", *LIMIT, "--for", "trl-sft", "--json")
    assert {"LEN001", "LEN002"} <= set(ended.document["findings"])


def test_codes_can_be_left_out(here, curate):
    put(*ROWS)
    ended = curate("validate", "in.jsonl", *LIMIT, "--ignore", "LEN001,LEN023", "--json")
    codes = set(ended.document["findings"])
    assert "LEN002" in codes
    assert not codes & {"LEN001", "LEN023"}


def test_processes_and_files_change_nothing(here, curate):
    rows = [chat("Hi" * (n % 7), "Yo" * (n % 5)) for n in range(400)]
    put(*rows, name="a.jsonl")
    put(*ROWS, name="b.jsonl")
    arguments = ("validate", "a.jsonl", "b.jsonl", *LIMIT, "--select", "LEN", "--json")
    alone, together = curate(*arguments), curate(*arguments, "--jobs", 2)
    assert alone.out == together.out
    assert alone.document["tokens"]["rows"] == 404
    [once] = [i for i in alone.document["items"] if i["code"] == "LEN023"]
    assert "(in 404 rows)" in once["message"]
    assert once["file"] == "a.jsonl"


def test_rows_that_are_too_long_can_be_left_out(here, curate):
    put(*ROWS)
    curate("validate", "in.jsonl", *LIMIT, "--fix", "-o", "out.jsonl")
    kept = Path("out.jsonl").read_text().splitlines()
    # An error removes its row; a warning does not.
    assert len(kept) == 2
    assert "very long question" not in "".join(kept)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--tokenizer", "nowhere/at/all"), 3, "there is no such folder"),
        (("--tokenizer", "tiny", "--chat-template", "nothing"), 2, "there is no template nothing"),
        (("--tokenizer", "tiny", "--max-length", 0), 2, "0"),
    ],
)
@pytest.mark.parametrize("command", [("validate", "in.jsonl"), ("show", "in.jsonl:1")])
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_cannot_be_used_ends_in_a_line(here, curate, command, arguments, code, said, jobs):
    put(*ROWS)
    more = ("--jobs", jobs) if command[0] == "validate" else ()
    ended = curate(*command, *arguments, *more)
    assert ended.code == code
    assert said in ended.err


def test_a_missing_package_ends_with_its_install_line(here):
    put(*ROWS)
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'tokenizers':\n"
        "            raise ModuleNotFoundError('No module named ' + name, name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from curate.cli import main\nmain()"
    )
    for command in (("validate", "in.jsonl"), ("show", "in.jsonl:1")):
        done = subprocess.run(
            [sys.executable, "-c", code, *command, "--tokenizer", "tiny"],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert done.returncode == 5, done.stderr
        assert "pip install 'tunesmith[tokens]'" in done.stderr


def test_torch_is_not_needed(here):
    put(*ROWS)
    code = "import sys\nsys.modules['torch'] = sys.modules['transformers'] = None\n"
    code += "from curate.cli import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", code, "show", "in.jsonl:1", "--tokenizer", "tiny"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "assistant: ⟦Yo</s>\n⟧" in done.stdout


def test_show_marks_what_is_trained_and_where_it_is_cut(here, curate):
    put(chat("a </s> \x1b[31mb", "Yo,\nwhat\u202e a long answer"))
    ended = curate("show", "in.jsonl:1", *LIMIT)
    assert "user: a <·/s> \\u001b[31mb</s>\nassistant" in ended.out
    # The line break that this template ends every turn with is the template's, and trained.
    assert "⟦Yo,\nwhat\\u202e a long answer</s>\n⟧" in ended.out
    assert "✂ max_length 30 cuts here ✂" in ended.out
    assert "/messages/1    assistant" in ended.out
    assert "LEN002 /messages/0" in ended.out
    assert not {"\x1b", "\u202e"} & set(ended.out)
    assert "✂" not in curate("show", "in.jsonl:1", "--tokenizer", "tiny").out


def test_show_gives_the_tokens_as_json(here, curate):
    put(chat("Hi", "Yo"))
    [side] = curate("show", "in.jsonl:1", *LIMIT, "--json").document["rendered"]
    assert side["text"] == "user: Hi</s>\nassistant: Yo</s>\n"
    trained = [side["text"][s["start"] : s["end"]] for s in side["spans"] if s["trained"]]
    assert trained == ["Yo</s>\n"]
    assert [t["trained"] for t in side["tokens"]].count(True) == side["trained_count"] == 4
    assert "rendered" not in curate("show", "in.jsonl:1", "--json").document


def test_show_renders_a_row_that_is_set_aside(here, curate):
    put({"messages": [{"role": "user", "content": "Hi"}]}, {"instruction": "a", "output": 4})
    ended = curate("show", "in.jsonl:1", "--tokenizer", "tiny")
    assert "no row: the record is set aside" in ended.out
    assert "user: Hi</s>" in ended.out
    ended = curate("show", "in.jsonl:2", "--tokenizer", "tiny")
    assert ended.code == 1
    assert "as the model reads it" not in ended.out


def test_show_says_why_a_row_is_not_rendered(here, curate):
    put({"messages": [{"role": "system", "content": "S"}, *chat("a", "b")["messages"]]})
    ended = curate("show", "in.jsonl:1", "--tokenizer", "tiny", "--chat-template", "alpaca")
    assert "not rendered: template alpaca has no place for the roles" in ended.out
    assert "LEN010" in ended.out


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_a_terminal_gets_underlined_text(here):
    put(chat("Hi", "Yo"))
    leader, follower = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    code = "from curate.cli import main\nmain()"
    done = subprocess.Popen(
        [sys.executable, "-c", code, "show", "in.jsonl:1", "--tokenizer", "tiny"],
        stdout=follower,
        env=environment | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )
    assert done.wait(timeout=60) == 0
    os.close(follower)
    text = os.read(leader, 1 << 16).decode()
    os.close(leader)
    assert "\x1b[4;32mYo</s>\x1b[0m" in text
    assert "⟦Yo" not in text


def weighted():
    row = chat("Hi", "Yo, what a long answer")
    row["messages"][1]["weight"] = 0
    row["messages"] += chat("So", "Yes")["messages"]
    return row


def of_profile(ended, name):
    [found] = [each for each in ended.document["profiles"] if each["name"] == name]
    return found["tokens"]


def test_consumers_are_told_of_in_tokens(here, curate):
    put(chat("Hi", "Yo"), weighted(), chat("What a very long question this is", "Yo"))
    names = "trl-sft,torchtune,axolotl,mistral,fireworks"
    ended = curate("validate", "in.jsonl", *LIMIT, "--for", names, "--json")
    assert check("report", ended.document) == []
    whole = of_profile(ended, "trl-sft")
    assert whole["trained"] + whole["lost"] == whole["total"] == 152
    assert (whole["rows_too_long"], whole["too_long"]) == (2, "cut")
    cut = of_profile(ended, "torchtune")
    # Weights are ignored; of the long question's answer nothing is left.
    assert (cut["trained"], cut["lost"], cut["rows_left_empty"]) == (13, 24, 1)
    dropped = of_profile(ended, "axolotl")
    assert (dropped["trained"], dropped["rows_dropped"], dropped["lost"]) == (4, 2, 33)
    split = of_profile(ended, "mistral")
    assert (split["trained"], split["meant"], split["lost"]) == (13, 13, 0)
    unknown = of_profile(ended, "fireworks")
    assert (unknown["too_long"], unknown["rows_too_long"], unknown["lost"]) == (None, 2, 0)
    assert "trains 9 % of the tokens (13 of 152), the data asks for 9 % (13)" not in ended.err
    assert "torchtune 0.6.1: 3 rows, kept 1, changed 2" in ended.err
    assert "over max_length 30: 2 rows, 33 trained tokens lost" in ended.err


def test_a_consumers_own_length_counts_where_none_is_given(here, curate):
    put(chat("Hi", "Yo" * 300), chat("Hi", "Yo"))
    ended = curate("validate", "in.jsonl", "--tokenizer", "tiny", "--for", "axolotl", "--json")
    tokens = of_profile(ended, "axolotl")
    assert (tokens["max_length"], tokens["max_length_is_own"]) == (512, True)
    assert (tokens["rows_too_long"], tokens["trained"]) == (1, 4)
    # It is a default, so it is told of and no effect on the rows.
    assert "axolotl 0.19.0: 2 rows, kept 2" in ended.err
    assert "over max_length 512, its own: 1 row, 602 trained tokens lost" in ended.err
    wide = curate(
        "validate", "in.jsonl", *LIMIT[:2], "--max-length", 900, "--for", "axolotl", "--json"
    )
    assert of_profile(wide, "axolotl")["rows_too_long"] == 0


def test_a_rows_length_is_an_effect_where_it_was_asked_for(here, curate):
    put(*ROWS[:2])
    ended = curate("validate", "in.jsonl", *LIMIT, "--for", "axolotl,llama-factory", "--json")
    first, second = ended.document["profiles"]
    assert (first["dropped"], first["by_code"]["LEN001"]["effect"]) == (1, "dropped")
    assert second["by_code"]["LEN001"] == {
        "effect": "changed",
        "rows": 1,
        "says": "question and answer are cut to cutoff_len in proportion, without a word; "
        "packing drops the row",
    }


def test_tokens_of_consumers_do_not_hang_on_processes(here, curate):
    rows = [chat("Hi" * (n % 70), "Yo" * (n % 50)) for n in range(900)]
    put(*rows, name="a.jsonl")
    put(*ROWS, weighted(), name="b.jsonl")
    names = "trl-sft,llama-factory,axolotl,openai-sft"
    arguments = ("validate", "a.jsonl", "b.jsonl", *LIMIT, "--for", names, "--json")
    alone, together = curate(*arguments), curate(*arguments, "--jobs", 2)
    assert alone.out == together.out
    assert alone.err == together.err
    assert all(each["tokens"]["rows"] == 905 for each in alone.document["profiles"])


def test_a_file_that_is_refused_trains_no_token(here, curate):
    put(chat("Hi", "Yo"))
    ended = curate("validate", "in.jsonl", *LIMIT, "--for", "openai-sft", "--json")
    tokens = of_profile(ended, "openai-sft")
    assert (tokens["trained"], tokens["rows"]) == (0, 1)
    assert tokens["total"] > 0
