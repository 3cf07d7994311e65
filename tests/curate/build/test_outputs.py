"""What is written: the same bytes each time, read elsewhere and read back with the same rows."""

import json
import os
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.build import load

ROOT = Path(__file__).parents[3]
DOLLY = ROOT / "recipes" / "data" / "dolly_style.jsonl"
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


def comparable(row):
    row = dict(row)
    row.pop("origin")
    return row


ONE_FILE = [".jsonl", ".json", ".parquet"]


@pytest.mark.parametrize("to", ["alpaca", "sharegpt", "openai", "trl-messages"])
@pytest.mark.parametrize("ending", [*ONE_FILE, ".csv", ""])
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


@pytest.mark.parametrize("container", ["arrow", "parquet", "jsonl"])
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
