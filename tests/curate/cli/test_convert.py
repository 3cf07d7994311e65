"""`curate convert`, as a user meets it: ids, options, refusals, losses."""

import json
from pathlib import Path

import pytest

from curate.build import load

ROOT = Path(__file__).parents[3]
PRODUCTS = ROOT / "recipes" / "data" / "products.csv"
MAIL = ROOT / "recipes" / "data" / "mailbox.mbox"
SFT = {"instruction": "a", "input": "", "output": "b"}
PAIR = {"prompt": "a", "chosen": "b", "rejected": "c"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def tree(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def messages(out):
    return [[m["content"] for m in row["messages"]] for row in load(out).rows()]


def test_own_ids_that_repeat_are_numbered_and_said(here, curate):
    rows = [SFT | {"id": i, "output": f"{n}"} for n, i in enumerate(["x", "y", "x", "x", "x~2"])]
    Path("in.jsonl").write_text(lines(*rows))
    document = curate("convert", "in.jsonl", "-o", "out", "--json").document
    ids = [row["id"] for row in load("out").rows()]
    assert ids[:2] == ["x", "y"]
    assert {i.partition("~")[0] for i in ids[2:]} == {"x"}
    assert len(set(ids)) == 5
    assert document["findings"]["SRC024"] >= 2
    assert document["exit"] == 0


def test_records_that_repeat_are_numbered_without_a_word(here, curate):
    Path("in.jsonl").write_text(lines(SFT, SFT, SFT))
    document = curate("convert", "in.jsonl", "-o", "out", "--json").document
    ids = [row["id"] for row in load("out").rows()]
    assert ids == [ids[0], f"{ids[0]}~2", f"{ids[0]}~3"]
    assert document["findings"] == {}


def test_map_reads_a_column_as_a_field(here, curate):
    Path("in.jsonl").write_text(lines({"frage": "a", "antwort": "b"}, {"frage": "a"}))
    ended = curate(
        "convert", "in.jsonl", "-o", "out", "--map", "instruction=frage", "--map", "output=antwort"
    )
    assert ended.code == 1
    assert "SRC028" in ended.err
    assert messages("out") == [["a", "b"]]


def test_templates_fill_columns_and_nothing_else(here, curate):
    Path("t.txt").write_text("{{{name}}}:")
    Path("in.jsonl").write_text(
        lines(
            {"name": "n", "text": "x {name}"},
            {"name": "n", "text": ""},
            {"name": "n"},
            {"name": ["n"], "text": "x"},
        )
    )
    template = ["--prompt", "@t.txt", "--completion", " {text}"]
    ended = curate("convert", "in.jsonl", "-o", "out", *template, "--json")
    assert ended.code == 1
    assert ended.document["removed"] == {"SCH002": 1, "SRC028": 2}
    assert messages("out") == [["{n}:", " x {name}"]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--prompt", "{a.b", "--completion", "x"],
        ["--prompt", "}", "--completion", "x"],
        ["--prompt", "{}", "--completion", "x"],
        ["--prompt", "x"],
        ["--prompt", "@missing", "--completion", "x"],
        ["--map", "instruction"],
        ["--label-map", "good=maybe"],
        ["--from", "nonsense"],
        ["--to", "nonsense"],
        ["--limit", "depth=no"],
        ["--allow-loss", "LOS999"],
        ["--kind", "nonsense"],
    ],
    ids=" ".join,
)
def test_usage_errors_end_with_2_and_write_nothing(here, curate, arguments):
    Path("in.jsonl").write_text(lines(SFT))
    ended = curate("convert", "in.jsonl", "-o", "out", *arguments)
    assert ended.code == 2
    assert ended.err
    assert [p.name for p in here.iterdir()] == ["in.jsonl"]


def test_products_become_rows_by_template(here, curate):
    ended = curate(
        "convert", PRODUCTS, "-o", "out", "--prompt", "Describe: {features}", "--completion",
        " {description}",
    )  # fmt: skip
    assert ended.code == 0
    assert all(m[0].startswith("Describe: Category:") for m in messages("out"))


def test_labels_are_read_as_the_map_says(here, curate):
    rows = [{"prompt": "a", "completion": "b", "label": v} for v in ("good", "bad", "odd")]
    Path("in.jsonl").write_text(lines(*rows))
    ended = curate("convert", "in.jsonl", "-o", "out", "--label-map", "good=true,bad=false")
    assert ended.code == 1
    assert [row["label"] for row in load("out").rows()] == [True, False]


def test_reverse_turns_an_exchange_round_to_the_byte(here, curate):
    response = " Müll\n\n### 🙂\t\u2028 end "
    row = {"instruction": "Name it.", "context": "c", "response": response, "category": "qa"}
    Path("in.jsonl").write_text(lines(row))
    assert curate("convert", "in.jsonl", "--reverse", "-o", "out").code == 0
    (got,) = load("out").rows()
    sentence = (
        "Use the Input below to create an instruction, which could have been used to generate "
        "the input using an LLM."
    )
    assert [m["content"] for m in got["messages"]] == [f"{sentence}\n{response}", "Name it."]
    assert json.loads(got["extra"]) == {"context": "c"}
    assert json.loads(got["layout"])["alpaca_split"] == len(sentence)
    assert got["category"] == "qa"


def test_mail_of_one_person_is_kept(here, curate):
    everything = curate("convert", MAIL, "-o", "all", "--json").document
    mine = curate("convert", MAIL, "-o", "mine", "--me", "dana@example.com", "--json").document
    assert mine["rows_in"] == everything["rows_in"]
    assert mine["removed"]["SRC030"] > 0
    assert 0 < mine["rows_out"] < everything["rows_out"]
    places = {row["origin"]["line"] for row in load("mine").rows()}
    assert places < {row["origin"]["line"] for row in load("all").rows()}
    senders = {json.loads(row["extra"])["from"] for row in load("mine").rows()}
    assert senders == {"[Your name] <[Your email]>"}


def test_kinds_that_mix_are_refused_with_counts(here, curate):
    Path("in.jsonl").write_text(lines(SFT))
    assert curate("convert", "in.jsonl", "-o", "out").code == 0
    before = tree(here / "out")
    Path("mixed.jsonl").write_text(lines(SFT, PAIR, SFT))
    Path("pair.jsonl").write_text(lines(PAIR))
    for inputs in (["mixed.jsonl"], ["in.jsonl", "pair.jsonl"]):
        for dry in ([], ["--dry-run"]):
            ended = curate("convert", *inputs, "-o", "out", "--json", *dry)
            assert ended.code == 1
            assert "--kind" in ended.err
            assert "preference 1" in ended.err
            assert ended.document["rows_out"] == 0
            assert ended.document["outputs"] == []
            assert tree(here / "out") == before
    ended = curate("convert", "mixed.jsonl", "-o", "out", "--kind", "sft", "--per-row", "--json")
    assert ended.document["removed"] == {"SCH008": 1}
    assert ended.document["rows_out"] == 2


def test_shapes_that_mix_are_an_error_unless_meant(here, curate):
    Path("in.jsonl").write_text(lines(SFT, {"prompt": "a", "completion": "b"}, SFT))
    ended = curate("convert", "in.jsonl", "-o", "out", "--json")
    assert (ended.code, ended.document["rows_out"]) == (1, 3)
    assert ended.document["findings"] == {"SRC023": 1}
    assert curate("convert", "in.jsonl", "-o", "out", "--per-row").code == 0


def test_on_error_fail_leaves_the_old_output(here, curate):
    Path("in.jsonl").write_text(lines(SFT))
    assert curate("convert", "in.jsonl", "-o", "out").code == 0
    before = tree(here / "out")
    Path("bad.jsonl").write_text(lines(SFT) + "broken\n")
    for more in ([], ["--dry-run"]):
        ended = curate("convert", "bad.jsonl", "-o", "out", "--on-error", "fail", *more)
        assert ended.code == 1
        assert "SRC001" in ended.err
        assert tree(here / "out") == before


def test_dry_run_writes_nothing(here, curate):
    Path("in.jsonl").write_text(lines(SFT) + "broken\n")
    document = curate("convert", "in.jsonl", "-o", "out", "--dry-run", "--json").document
    assert (document["exit"], document["rows_out"], document["outputs"]) == (1, 1, [])
    assert [p.name for p in here.iterdir()] == ["in.jsonl"]


def test_losses_are_said_allowed_or_fatal(here, curate):
    chat = {"messages": [{"role": r, "content": "x"} for r in ("user", "assistant") * 2]}
    chat["messages"].append({"role": "user", "content": "last"})
    weighted = {
        "messages": [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b", "weight": 0},
            {"role": "user", "content": "c"},
            {"role": "assistant", "content": "d", "weight": 1},
        ]
    }
    Path("in.jsonl").write_text(lines(weighted, chat))
    arguments = ["convert", "in.jsonl", "-o", "out.jsonl", "--to", "alpaca", "--json"]
    strict = curate(*arguments).document
    assert strict["removed"]["LOS018"] == 1
    assert strict["exit"] == 1
    allowed = curate(*arguments, "--allow-loss", "weight").document
    assert "LOS018" not in allowed["removed"]
    assert allowed["findings"]["LOS018"] == 1


def test_a_small_loss_is_clean_unless_asked(here, curate):
    row = {"messages": [{"role": "developer", "content": "s"}, {"role": "user", "content": "a"}]}
    row["messages"].append({"role": "assistant", "content": "b"})
    Path("in.jsonl").write_text(lines(row))
    arguments = ["convert", "in.jsonl", "-o", "out.jsonl", "--to", "alpaca", "--json"]
    document = curate(*arguments).document
    assert any(code.startswith("LOS") for code in document["findings"])
    assert document["exit"] == 0
    assert curate(*arguments, "--fail-on-loss").code == 1
