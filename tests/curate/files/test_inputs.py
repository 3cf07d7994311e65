"""What the user names, as sources: files, folders, patterns, standard input, pipes."""

import json
import os
import threading

import pytest

from curate.errors import InputError
from curate.files.inputs import expand

LINE = b'{"text": "%s"}\n'


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("in/b.jsonl", "in/a.jsonl", "in/deep/c.json", "in/.hidden.jsonl", "in/x.pdf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LINE % name.encode())
    (tmp_path / "in" / "empty").mkdir()
    return tmp_path


def paths(*inputs):
    return [source.path for source in expand(inputs)[0]]


def test_a_folder_is_read_in_the_order_of_names_and_says_what_it_skips(here, curate):
    sources, findings = expand(["in/"])
    assert [s.path for s in sources] == ["in/a.jsonl", "in/b.jsonl", "in/deep/c.json"]
    assert [(f.code, f.file) for f in findings] == [("SRC022", "in/x.pdf"), ("SRC022", "in")]
    assert "1 hidden" in findings[1].message
    document = curate("convert", "in", "-o", "out", "--json").document
    assert document["rows_out"] == 3
    assert document["findings"] == {"SRC022": 2}
    assert document["exit"] == 0


def test_files_about_data_and_inner_dataset_folders_are_not_read(here, curate):
    for name in ("dataset_info.json", "state.json"):
        (here / "in" / name).write_text("{}")
    curate("convert", "in/a.jsonl", "-o", "in/deep/set")
    sources, findings = expand(["in"])
    assert [s.path for s in sources] == ["in/a.jsonl", "in/b.jsonl", "in/deep/c.json"]
    skipped = {f.file for f in findings if f.code == "SRC022"}
    assert {"in/dataset_info.json", "in/state.json", "in/deep/set/card.json"} <= skipped


def test_files_named_as_splits_are_said_to_be_merged(here):
    for name in ("train", "test"):
        (here / "in" / f"{name}.jsonl").write_bytes(LINE % b"x")
    assert [f.code for f in expand(["in"])[1]] == ["SRC022", "SRC022", "SRC035"]
    assert expand(["in/train.jsonl", "in/test.jsonl"])[1] == []


def test_files_keep_the_order_typed_and_patterns_are_sorted(here):
    assert paths("in/b.jsonl", "in/a.jsonl") == ["in/b.jsonl", "in/a.jsonl"]
    assert paths("in/*.jsonl") == ["in/a.jsonl", "in/b.jsonl"]
    assert paths("in/**/*.json*") == ["in/a.jsonl", "in/b.jsonl", "in/deep/c.json"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(here):
    (here / "a[1].jsonl").write_bytes(LINE % b"x")
    assert paths("a[1].jsonl") == ["a[1].jsonl"]


@pytest.mark.parametrize("name", ["missing.jsonl", "no/*.jsonl", "in/empty", ""])
def test_what_names_nothing_is_an_error_with_exit_3(here, curate, name):
    with pytest.raises(InputError):
        expand([name])
    ended = curate("convert", name, "-o", "out")
    assert ended.code == 3
    assert ended.err.startswith("error: SRC")
    assert not (here / "out").exists()


def test_a_folder_of_other_files_only_says_so(here, curate):
    for name in ("a.jsonl", "b.jsonl", "deep/c.json"):
        (here / "in" / name).unlink()
    ended = curate("validate", "in")
    assert ended.code == 3
    assert "SRC013" in ended.err


def test_standard_input_is_read(here, curate):
    for raw in (LINE % b"x", b"[" + LINE % b"x" + b"]", b"text\nx\n"):
        ended = curate("convert", "-", "-o", "out", "--from", "text", "--json", stdin=raw)
        if raw.startswith((b"{", b"[")):
            assert ended.document["rows_out"] == 1
    assert not list(here.glob("curate-stdin-*"))


def test_a_pipe_is_read_whole(here, curate):
    os.mkfifo("pipe")

    def feed():
        with open("pipe", "wb") as pipe:  # noqa: PTH123
            pipe.write(LINE % b"x" * 3_000)

    writer = threading.Thread(target=feed)
    writer.start()
    ended = curate("convert", "pipe", "-o", "out", "--json")
    writer.join()
    assert ended.document["rows_out"] == 3_000
    assert os.path.exists("pipe")  # noqa: PTH110


def test_what_can_be_read_once_needs_a_named_format(here, curate):
    ended = curate("convert", "-", "-o", "out.jsonl", stdin=LINE % b"x")
    assert ended.code == 2
    assert "--to" in ended.err
    ended = curate("convert", "-", "--to", "text", "-o", "out.jsonl", stdin=LINE % b"x")
    assert ended.code == 0
    assert (here / "out.jsonl").read_bytes() == b'{"text":"x"}\n'


def test_a_file_name_that_is_no_utf_8_is_read_and_shown_escaped(here, curate):
    name = os.fsdecode(b"caf\xe9.jsonl")
    (here / name).write_bytes(LINE % b"x" + b"broken\n")
    ended = curate("convert", name, "-o", "out", "--json")
    assert ended.code == 1
    card = json.loads((here / "out" / "card.json").read_text())
    assert card["inputs"][0]["path"] == r"caf\xe9.jsonl"
    assert curate("validate", name, "--output-format", "jsonl").code == 1


def test_an_unreadable_file_is_an_error_with_exit_3(here, curate):
    path = here / "in" / "a.jsonl"
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    ended = curate("convert", "in/a.jsonl", "-o", "out")
    assert ended.code == 3
    assert "SRC021" in ended.err


def test_a_dataset_folder_stands_for_its_data_files(here, curate):
    assert curate("convert", "in/a.jsonl", "-o", "set").code == 0
    assert paths("set") == ["set/data/train-00000-of-00001.arrow"]
    (here / "set" / "card.json").write_text("{")
    assert curate("convert", "set", "-o", "other").code == 3
