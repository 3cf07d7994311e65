"""`curate convert` and `curate validate`, as a user meets them."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.build import load

ROOT = Path(__file__).parents[3]
DOLLY = ROOT / "recipes" / "data" / "dolly_style.jsonl"
PRODUCTS = ROOT / "recipes" / "data" / "products.csv"
MAIL = ROOT / "recipes" / "data" / "mailbox.mbox"
KEYS = [
    "schema_version",
    "command",
    "exit",
    "rows_in",
    "added",
    "removed",
    "rows_out",
    "findings",
    "outputs",
]
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


def schema(name):
    return json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())


def messages(out):
    return [[m["content"] for m in row["messages"]] for row in load(out).rows()]


def raw_dolly(out):
    """Return instruction and response of the shipped lines that a conversion did not set aside."""
    gone = {
        json.loads(line)["origin"]["line"]
        for line in (out / "rejected" / "rejected.jsonl").read_text().splitlines()
    }
    records = enumerate(DOLLY.read_text().split("\n")[:-1], 1)
    kept = [json.loads(line) for number, line in records if number not in gone]
    return [(record["instruction"], record["response"]) for record in kept]


# Output.


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Return a file of several chunks with broken and repeated records in it."""
    path = tmp_path_factory.mktemp("many") / "in.jsonl"
    with path.open("w") as file:
        for n in range(12_000):
            file.write(lines({"instruction": f"q {n % 9_000}", "output": f"a {n % 9_000}"}))
            if n % 1_000 == 0:
                file.write("broken\n\n")
    return path


@pytest.mark.parametrize("arguments", [[], ["--container", "parquet"], ["--container", "jsonl"]])
def test_the_same_input_gives_the_same_bytes_whatever_jobs_is(here, curate, many, arguments):
    made = []
    for run, jobs in enumerate((1, 1, 2, 3)):
        out = f"out-{run}"
        assert curate("convert", many, "-o", out, "--jobs", jobs, *arguments).code == 1
        made.append(tree(here / out))
    assert all(other == made[0] for other in made)


def test_a_file_has_the_same_bytes_whatever_jobs_is(here, curate, many):
    for jobs in (1, 2):
        out = f"{jobs}.jsonl"
        assert curate("convert", many, "-o", out, "--to", "openai", "--jobs", jobs).code == 1
    assert Path("1.jsonl").read_bytes() == Path("2.jsonl").read_bytes()
    one, two = (Path(f"{n}.jsonl.rejected.jsonl").read_bytes() for n in (1, 2))
    assert one == two


def test_nothing_hashed_holds_the_place_or_the_time(here, curate):
    Path("in.jsonl").write_text(lines(SFT))
    for name in ("one", "two"):
        (here / name).mkdir()
    assert curate("convert", "in.jsonl", "-o", "one/out").code == 0
    assert curate("convert", "in.jsonl", "-o", "two/out").code == 0
    assert tree(here / "one" / "out") == tree(here / "two" / "out")
    assert os.fsencode(here) not in b"".join(tree(here / "one" / "out").values())


@pytest.mark.parametrize("container", ["arrow", "parquet", "jsonl"])
def test_the_folder_loads_elsewhere_with_the_same_rows(here, curate, container, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert curate("convert", DOLLY, "-o", "out", "--container", container).code == 1
    split = datasets.load_dataset("out", split="train", cache_dir=str(here / "cache"))
    answers = [pair[-1] for pair in raw_dolly(Path("out"))]
    assert len(answers) > 200
    assert [row["messages"][-1]["content"] for row in split] == answers
    (file,) = (here / "out" / "data").iterdir()
    if container == "arrow":
        with pa.memory_map(str(file)) as mapped:
            table = pa.ipc.open_stream(mapped).read_all()
    elif container == "parquet":
        table = pq.read_table(file)
    else:
        return
    table.validate(full=True)
    assert [row[-1]["content"] for row in table["messages"].to_pylist()] == answers


def test_card_and_findings_keep_their_schemas(here, curate):
    Path("in.jsonl").write_text(lines(SFT, {"instruction": "a", "output": 4}, SFT) + "broken\n")
    assert curate("convert", "in.jsonl", "-o", "out").code == 1
    card = json.loads(Path("out/card.json").read_text())
    jsonschema.validate(card, schema("card"))
    assert card["rows"] == 2
    ended = curate("validate", "in.jsonl", "--output-format", "jsonl")
    findings = [json.loads(line) for line in ended.out.splitlines()]
    assert {f["code"] for f in findings} >= {"SCH002", "SRC001"}
    for finding in findings:
        jsonschema.validate(finding, schema("finding"))


def test_json_documents_have_the_keys_of_every_command(here, curate):
    Path("in.jsonl").write_text(lines(SFT) + "broken\n")
    for arguments in (["convert", "in.jsonl", "-o", "out"], ["validate", "in.jsonl"]):
        document = curate(*arguments, "--json").document
        assert list(document)[: len(KEYS)] == KEYS
        assert document["command"] == arguments[0]
        assert document["exit"] == 1
        assert (document["rows_in"], document["rows_out"]) == (2, 1)
    assert curate("validate", "in.jsonl", "--json", "--exit-zero").document["exit"] == 0


# Round trips.


def comparable(row):
    row = dict(row)
    row.pop("origin")
    return row


ONE_FILE = [".jsonl", ".json", ".parquet"]
CSV = pytest.param(
    ".csv", marks=pytest.mark.xfail(reason="the empty history column is read back as a fault")
)


@pytest.mark.parametrize("to", ["alpaca", "sharegpt", "openai", "trl-messages"])
@pytest.mark.parametrize("ending", [*ONE_FILE, CSV, ""])
def test_shipped_rows_come_back_from_every_format(here, curate, to, ending):
    if ending == ".csv" and to != "alpaca":
        pytest.skip("a CSV cell cannot hold a list of messages")
    assert curate("convert", DOLLY, "-o", "rows").code == 1
    out = f"there{ending}"
    there = curate("convert", "rows", "--to", to, "-o", out, "--json").document
    assert there["exit"] == 0, there
    back = curate("convert", out, "--from", to, "-o", "back", "--json").document
    assert back["rows_out"] == there["rows_in"]
    assert back["exit"] == 0, back
    assert messages("back") == messages("rows")


JSONL = pytest.param(
    "jsonl", marks=pytest.mark.xfail(reason="a row without layout is taken for its outer format")
)


@pytest.mark.parametrize("container", ["arrow", "parquet", JSONL])
def test_a_dataset_folder_is_read_back_as_it_was(here, curate, container):
    assert curate("convert", DOLLY, "-o", "rows", "--container", container).code == 1
    assert curate("convert", "rows", "-o", "again").code == 0
    assert curate("convert", DOLLY, "-o", "direct").code == 1
    assert list(load("again").rows()) == list(load("direct").rows())


def test_published_demos_come_back_from_their_own_format(here, curate, data):
    demos = sorted((data / "hiyouga+LLaMA-Factory" / "data").glob("*_demo.json"))
    assert len(demos) > 8
    for demo in demos:
        first = curate("convert", demo, "-o", "rows", "--json").document
        if not first["rows_out"] or "media" in demo.name or "mllm" in demo.name:
            continue
        shape = next(iter(json.loads(Path("rows/card.json").read_text())["inputs"][0]["shapes"]))
        for ending in ONE_FILE:
            out = f"there{ending}"
            there = curate("convert", "rows", "--to", shape, "-o", out, "--json").document
            if any(code.startswith("LOS") for code in there["findings"]):
                continue
            back = curate("convert", out, "--from", shape, "-o", "back", "--json").document
            assert back["rows_out"] == first["rows_out"], (demo.name, ending, there, back)
            one, two = ([comparable(r) for r in load(f).rows()] for f in ("rows", "back"))
            for row in one + two:
                row.pop("id")
            assert one == two, (demo.name, ending)


# Ids.


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


# Options.


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
    texts = [row["text"] for row in load("mine").rows()]
    assert set(texts) < {row["text"] for row in load("all").rows()}


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


# Validate.


@pytest.fixture
def faulty(here):
    rows = [SFT, {"instruction": "a", "output": 4}, {"messages": [{"role": "usr", "content": "a"}]}]
    text = lines(*rows) + "bro\x1b[31mken\u202e <&>\x00\n"
    Path("in.jsonl").write_text(text)
    return here


def test_validate_prints_every_finding_in_each_format(faulty, curate):
    count = sum(curate("validate", "in.jsonl", "--json").document["findings"].values())
    ended = {
        name: curate("validate", "in.jsonl", "--output-format", name)
        for name in ("human", "jsonl", "sarif", "github", "junit")
    }
    assert {e.code for e in ended.values()} == {1}
    assert len(ended["jsonl"].out.splitlines()) == count
    sarif = json.loads(ended["sarif"].out)
    assert sarif["version"] == "2.1.0"
    assert len(sarif["runs"][0]["results"]) == count
    lines_of_github = ended["github"].out.splitlines()
    assert len(lines_of_github) == count
    assert all(line.startswith("::") for line in lines_of_github)
    suite = ET.fromstring(ended["junit"].out)
    assert len(suite.findall("testcase")) == count
    assert "in.jsonl:2: SCH002 /output" in ended["human"].out
    for name in ("human", "github", "junit"):
        assert not {"\x1b", "\u202e", "\x00"} & set(ended[name].out + ended[name].err)


def test_select_and_ignore_choose_rules(faulty, curate):
    chosen = curate("validate", "in.jsonl", "--select", "TRN", "--output-format", "jsonl")
    codes = {json.loads(line)["code"] for line in chosen.out.splitlines()}
    # What keeps a record from being read is always said.
    assert {c for c in codes if not c.startswith("TRN")} <= {"SRC001", "SRC023", "SCH002", "SCH008"}
    ended = curate("validate", "in.jsonl", "--select", "TNR")
    assert ended.code == 2
    assert "did you mean TRN?" in ended.err
    assert curate("validate", "in.jsonl", "--for", "nonsense").code == 2


def test_exit_zero_and_clean_input(faulty, curate):
    assert curate("validate", "in.jsonl", "--exit-zero").code == 0
    Path("good.jsonl").write_text(lines(SFT))
    assert curate("validate", "good.jsonl", "--for", "default").code == 0


def test_a_schema_of_the_user_is_checked(here, curate):
    Path("in.jsonl").write_text(lines(SFT, SFT | {"lang": "en"}))
    Path("mine.json").write_text(json.dumps({"type": "object", "required": ["lang"]}))
    ended = curate("validate", "in.jsonl", "--schema", "mine.json", "--output-format", "jsonl")
    assert ended.code == 1
    lines_found = [
        f["line"] for f in map(json.loads, ended.out.splitlines()) if f["code"][:3] == "SCH"
    ]
    assert lines_found == [1]
    Path("mine.json").write_text("{")
    assert curate("validate", "in.jsonl", "--schema", "mine.json").code == 2
    assert curate("validate", "in.jsonl", "--schema", "missing.json").code in (2, 3)


def test_fix_writes_the_fixed_rows(here, curate):
    rows = [{"instruction": "a", "input": "", "output": "b\x00c"}, SFT]
    Path("in.jsonl").write_text(lines(*rows))
    before = Path("in.jsonl").read_bytes()
    assert curate("validate", "in.jsonl", "--fix").code == 2
    assert curate("validate", "in.jsonl", "-o", "out.jsonl").code == 2
    ended = curate("validate", "in.jsonl", "--unsafe-fixes", "-o", "out.jsonl")
    assert ended.code in (0, 1)
    assert len(Path("out.jsonl").read_text().splitlines()) == 2
    assert Path("in.jsonl").read_bytes() == before


def test_a_closed_pipe_ends_without_a_word(here):
    with open("in.jsonl", "w") as file:  # noqa: PTH123
        file.write('{"instruction": "a", "output": 4}\n' * 20_000)
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))}
    for arguments in (["validate", "in.jsonl"], ["rules"], ["rules", "--json"], ["--help"]):
        with subprocess.Popen(
            [sys.executable, "-m", "curate", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
        ) as child:
            if arguments[0] == "validate":
                child.stdout.readline()
            child.stdout.close()
            said = child.stderr.read().decode()
        assert child.returncode == 141, (arguments, said)
        assert "Traceback" not in said
        assert "Exception ignored" not in said
