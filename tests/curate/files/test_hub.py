"""Data sets of the Hub as inputs: which files are meant, how they come, and every refusal."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import BackendError, InputError, MissingExtraError, UsageError
from curate.files.hub import fetch
from curate.files.hub_address import choose, compiled, parse_address, usual_splits
from curate.files.inputs import expand
from tests.curate.files.fake_hub import TOKEN, Repo, reached, running

ROW = b'{"instruction": "a", "output": "b"}\n'


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with running() as server:
        reached(server, monkeypatch, tmp_path / "home")
        yield server


def parquet(rows):
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def card(text):
    return f"---\n{text}\n---\n# Set\n".encode()


def names(sources):
    return [source.path.split(":", 2)[2] for source in sources]


# What an address says


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hf:o/n", ("o/n", None, None)),
        ("hf:o/n@v1.0", ("o/n", "v1.0", None)),
        ("hf:o/n@refs/pr/1:en/train", ("o/n", "refs/pr/1", "en/train")),
        ("hf:o/n:data/a:b.jsonl", ("o/n", None, "data/a:b.jsonl")),
        ("hf:a-b/c.d_e", ("a-b/c.d_e", None, None)),
    ],
)
def test_an_address_is_taken_apart(typed, meant):
    address = parse_address(typed)
    assert (address.repo, address.revision, address.part) == meant


@pytest.mark.parametrize(
    "typed",
    ["hf:", "hf:n", "hf:o/", "hf:/n", "hf:o/n/m", "hf:o/n@", "hf:o/n:", "hf:../n", "hf:ö/n"],
)
def test_an_address_that_is_none_is_refused(typed):
    with pytest.raises(UsageError) as refused:
        fetch(typed)
    assert "hf:owner/name" in refused.value.hint


# Which files are meant


@pytest.mark.parametrize(
    ("files", "splits", "left"),
    [
        (["a.jsonl", "b.jsonl"], {"train": ["a.jsonl", "b.jsonl"]}, []),
        (["train.jsonl", "test.jsonl"], {"train": ["train.jsonl"], "test": ["test.jsonl"]}, []),
        (["my-dev_set.csv"], {"validation": ["my-dev_set.csv"]}, []),
        (["retrained.csv"], {"train": ["retrained.csv"]}, []),
        (["train/0.json", "eval/1.json"], {"train": ["train/0.json"], "test": ["eval/1.json"]}, []),
        (
            ["data/train_sft-00000-of-00001-ab.parquet", "data/test_sft-00000-of-00001.parquet"],
            {
                "train_sft": ["data/train_sft-00000-of-00001-ab.parquet"],
                "test_sft": ["data/test_sft-00000-of-00001.parquet"],
            },
            [],
        ),
        (["train.jsonl", "other.jsonl"], {"train": ["train.jsonl"]}, ["other.jsonl"]),
        (["a.jsonl", "LICENSE.txt"], {"train": ["a.jsonl"]}, []),
        (["a.txt"], {"train": ["a.txt"]}, []),
        ([], {}, []),
    ],
)  # fmt: skip
def test_splits_by_the_usual_names(files, splits, left):
    assert usual_splits(files) == (splits, left)


def test_the_usual_names_are_those_of_datasets(tmp_path):
    from datasets.data_files import get_data_patterns, resolve_pattern

    sets = [
        ["train.jsonl", "test.jsonl"],
        ["a/dev.jsonl", "a/training.jsonl"],
        ["validation/x.jsonl", "train.2/y.jsonl", "z.jsonl"],
        ["data/train-00000-of-00002.jsonl", "data/train-00001-of-00002.jsonl", "b.jsonl"],
        ["one.jsonl", "sub/two.jsonl"],
        ["eval-1.jsonl", "my train.jsonl", "trainer.jsonl"],
    ]
    for number, files in enumerate(sets):
        base = tmp_path / str(number)
        for name in files:
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            (base / name).write_bytes(ROW)
        theirs: dict[str, set[str]] = {}
        for split, patterns in get_data_patterns(str(base)).items():
            for pattern in patterns:
                with contextlib.suppress(FileNotFoundError):  # one of several that fits nothing
                    found = resolve_pattern(pattern, str(base))
                    relative = {Path(each).relative_to(base).as_posix() for each in found}
                    theirs.setdefault(str(split), set()).update(relative)
        assert {split: set(found) for split, found in usual_splits(files)[0].items()} == theirs


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("data/train-*", ["data/train-0.parquet"], ["data/x/train-0", "data/test-0"]),
        ("**/*.jsonl", ["a.jsonl", "b/c/a.jsonl"], ["a.json"]),
        ("en/**", ["en/a", "en/b/c"], ["fr/a"]),
        ("a[0-9].csv", ["a1.csv"], ["ab.csv"]),
        ("a[!0-9].csv", ["ab.csv"], ["a1.csv"]),
        ("a?.csv", ["ab.csv"], ["a/.csv"]),
        ("a[z-a].csv", ["a[z-a].csv"], ["ab.csv"]),
        ("a+(b).csv", ["a+(b).csv"], ["aab.csv"]),
    ],
)
def test_patterns(pattern, fits, does_not):
    made = compiled(pattern)
    assert [name for name in fits + does_not if made.fullmatch(name)] == fits


FILES = ["README.md", "card.json", ".gitattributes", "en/train.jsonl", "en/test.jsonl", "fr/x.csv"]
TWO = [
    {"config_name": "en", "data_files": [{"split": "train", "path": "en/train*"},
                                         {"split": "test", "path": ["en/test.jsonl"]}]},
    {"config_name": "fr", "data_files": "fr/*.csv"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "configs", "chosen"),
    [
        ("en/train", TWO, ["en/train.jsonl"]),
        ("fr/train", TWO, ["fr/x.csv"]),
        ("fr", TWO, ["fr/x.csv"]),
        ("test", TWO, ["en/test.jsonl"]),
        ("en/test.jsonl", TWO, ["en/test.jsonl"]),
        ("en", [{"config_name": "en", "data_files": {"train": "en/*"}}], FILES[4:2:-1]),
        (None, [{"data_files": ["./en/train.jsonl"]}], ["en/train.jsonl"]),
        ("a/test", [{"config_name": "a", "data_dir": "en"}], ["en/test.jsonl"]),
        ("a", [{"config_name": "a", "data_dir": "en", "data_files": "tr*"}], ["en/train.jsonl"]),
        (None, {"config_name": "one", "data_files": "fr/x.csv"}, ["fr/x.csv"]),
    ],
)
def test_a_cards_configs_are_followed(part, configs, chosen):
    address = parse_address("hf:o/n" + (f":{part}" if part else ""))
    assert choose(address, FILES, configs)[0] == sorted(chosen)


@pytest.mark.parametrize(
    ("part", "configs", "said"),
    [
        (None, TWO, "en/train, en/test, fr/train"),
        ("en", TWO, "en/train, en/test"),
        ("train", TWO, "en/train, fr/train"),
        ("de/train", TWO, "no split de/train"),
        ("validation", None, "no split validation; there are: default/train, default/test"),
        (None, [{"data_files": ["en/train.jsonl", "fr/x.csv"]}], "the same rows twice"),
    ],
)
def test_nothing_is_guessed(part, configs, said):
    address = parse_address("hf:o/n" + (f":{part}" if part else ""))
    with pytest.raises(UsageError) as refused:
        choose(address, FILES, configs)
    assert said in refused.value.message
    assert refused.value.code == "SRC041"
    assert "hf:o/n:" in refused.value.hint


@pytest.mark.parametrize(
    ("files", "part", "configs", "said"),
    [
        (["a.png", "README.md"], None, None, "holds no file"),
        (["n.py", "train.jsonl"], None, None, "no code of a data set is run"),
        (["a.zip"], "a.zip", None, "no file of rows"),
        (["a.csv"], None, [{"data_files": "https://example.com/a.csv"}], "elsewhere"),
        (["a.csv"], None, ["oops"], "cannot be read"),
        (["a.csv"], None, [{"data_files": [{"split": "train"}]}], "cannot be read"),
        (["a.csv"], None, [{"data_files": 7}], "cannot be read"),
        (["a.csv"], None, [{"data_files": "b.csv"}], "holds no file"),
        (["../a.csv"], "../a.csv", None, "no file of rows"),
        (["../a.csv"], None, [{"data_files": "**"}], "holds no file"),
    ],
)
def test_what_holds_no_rows_is_refused(files, part, configs, said):
    address = parse_address("hf:o/n" + (f":{part}" if part else ""))
    with pytest.raises(InputError) as refused:
        choose(address, files, configs)
    assert said in refused.value.message
    assert refused.value.code == "SRC042"


def test_the_hubs_own_copy_has_its_configs_by_folder():
    files = ["en/train/0000.parquet", "en/train/0001.parquet", "fr/train/0000.parquet"]
    address = parse_address("hf:o/n@refs/convert/parquet:en/train")
    assert choose(address, files, None)[0] == files[:2]
    with pytest.raises(UsageError):
        choose(parse_address("hf:o/n@refs/convert/parquet"), files, None)


def test_a_script_beside_declared_files_is_not_run_and_not_in_the_way():
    address = parse_address("hf:o/n")
    assert choose(address, ["n.py", "a.csv"], [{"data_files": "a.csv"}])[0] == ["a.csv"]


# How they come


def test_files_come_from_one_commit_and_say_so(hub):
    repo = hub.repos["o/n"] = Repo({"train-1.jsonl": ROW, "train-0.jsonl": ROW, "odd.jsonl": ROW})
    first = repo.branches["main"][-1]
    repo.commit("main", {"new.jsonl": ROW})
    sources, findings = expand([f"hf:o/n@{first}"])
    assert [s.path for s in sources] == [f"hf:o/n@{first}:train-{n}.jsonl" for n in (0, 1)]
    assert [s.file.read_bytes() for s in sources] == [ROW, ROW]
    assert [(f.code, "odd.jsonl" in f.message) for f in findings] == [("SRC022", True)]
    assert names(expand(["hf:o/n"])[0]) == ["new.jsonl"]


def test_what_was_fetched_is_not_fetched_again_and_needs_no_network(hub, monkeypatch):
    hub.repos["o/n"] = Repo({"a.jsonl": ROW})
    (source,), _ = expand(["hf:o/n"])
    hub.asked.clear()
    expand(["hf:o/n"])
    assert not [path for path in hub.paths("GET") if "/resolve/" in path]
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert expand([source.path])[0] == [source]


def test_every_container_is_read(hub, tmp_path, monkeypatch, curate):
    monkeypatch.chdir(tmp_path)
    row = {"instruction": "a", "output": "b"}
    files = {
        "README.md": card("configs:\n- config_name: p\n  data_files: p/*.parquet\n"
                          "- config_name: j\n  data_files: j.json\n"
                          "- config_name: c\n  data_files: c.csv"),
        "p/0.parquet": parquet([row, row]),
        "j.json": json.dumps([row]).encode(),
        "c.csv": b"instruction,output\na,b\n",
    }  # fmt: skip
    hub.repos["o/n"] = Repo(files)
    for part, rows in (("p/train", 2), ("j", 1), ("c", 1)):
        ended = curate("convert", f"hf:o/n:{part}", "-o", f"out-{part[0]}", "--json")
        assert (ended.code, ended.document["rows_out"]) == (0, rows)
    made = json.loads(Path("out-p/card.json").read_text())
    commit = hub.repos["o/n"].branches["main"][-1]
    assert made["inputs"][0]["path"] == f"hf:o/n@{commit}:p/0.parquet"
    shown = curate("show", f"hf:o/n@{commit}:j.json:1")
    assert shown.code == 0, shown.err
    assert curate("inspect", "hf:o/n:c").code == 0
    assert curate("validate", "hf:o/n:j", "--output-format", "jsonl").code == 0


def test_a_token_is_sent_and_never_shown(hub, tmp_path, monkeypatch, curate):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.repos["o/n"] = Repo({"a.jsonl": ROW}, private=True)
    ended = curate("convert", "hf:o/n", "-o", "out")
    assert ended.code == 0
    assert hub.tokens == {TOKEN}
    everything = [p.read_bytes() for p in Path("out").rglob("*") if p.is_file()]
    assert TOKEN.encode() not in b"".join(everything)
    assert TOKEN not in ended.out + ended.err


def test_no_telemetry_is_sent(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY", False)
    hub.repos["o/n"] = Repo({"a.jsonl": ROW})
    expand(["hf:o/n"])
    assert {path.split("/")[1] for _, path in hub.asked} <= {"api", "datasets"}
    assert not [path for _, path in hub.asked if "telemetry" in path or "agent" in path]
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"


# Refusals


@pytest.mark.parametrize(
    ("typed", "said", "hint"),
    [
        ("hf:o/none", "no such data set, or it is private", "hf auth login"),
        ("hf:o/private", "no such data set, or it is private", "HF_TOKEN"),
        ("hf:o/gated", "gated", "/datasets/o/gated"),
        ("hf:o/n@v9", "no such revision", "/tree/main"),
        (f"hf:o/n@{'0' * 40}:a.jsonl", "no such file", "/tree/main"),
    ],
)
def test_the_hubs_no_says_what_to_do(hub, typed, said, hint):
    hub.repos["o/n"] = Repo({"a.jsonl": ROW})
    hub.repos["o/private"] = Repo({"a.jsonl": ROW}, private=True)
    hub.repos["o/gated"] = Repo({"a.jsonl": ROW}, gated=True)
    with pytest.raises(BackendError) as refused:
        fetch(typed)
    assert said in refused.value.message
    assert hint in refused.value.hint
    assert refused.value.code == "SRC040"


@pytest.mark.parametrize("status", [401, 403, 404, 418, 429, 500, 503])
def test_any_answer_is_an_error_and_no_traceback(hub, status):
    hub.broken = status
    with pytest.raises(BackendError) as refused:
        fetch("hf:o/n")
    assert "hf:o/n" in refused.value.message


def test_offline_names_the_way_round(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for typed in ("hf:o/n", f"hf:o/n@{'0' * 40}:a.jsonl"):
        with pytest.raises(BackendError) as refused:
            fetch(typed)
        assert "HF_HUB_OFFLINE" in refused.value.message
        assert "hf download o/n --repo-type dataset" in refused.value.hint
    assert hub.asked == []


def test_a_server_that_is_not_there_and_its_password(hub, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://me:geheim@127.0.0.1:{port}")
    with pytest.raises(BackendError) as refused:
        fetch("hf:o/n")
    assert "cannot be reached" in refused.value.message
    assert "geheim" not in refused.value.message + str(refused.value.hint)


def test_without_the_extra_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError) as refused:
        fetch("hf:o/n")
    assert refused.value.hint == "pip install 'tunesmith[hub]'"
    assert refused.value.exit_code == 5


def test_a_process_of_its_own_reads_the_environment(hub, tmp_path):
    hub.repos["o/n"] = Repo({"a.jsonl": ROW})
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS"))}
    environment |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf")}
    command = [sys.executable, "-m", "curate", "convert", "hf:o/n", "-o", str(tmp_path / "out")]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "out" / "card.json").is_file()
    offline = environment | {"HF_HUB_OFFLINE": "1"}
    ended = subprocess.run(
        command, env=offline, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 4
    assert "Traceback" not in ended.stderr
