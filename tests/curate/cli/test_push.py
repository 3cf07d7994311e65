"""`curate push`: what leaves, what stays, and what the Hub's answers end in. No real network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from curate.schema import check
from tests.curate.files.fake_hub import TOKEN, Repo, reached, running

LINES = b'{"instruction": "a", "output": "b"}\n{"instruction": "a"}\n{"oops": 1}\n'


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with running() as server:
        reached(server, monkeypatch, tmp_path / "home")
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield server


@pytest.fixture
def folder(tmp_path, monkeypatch, curate):
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_bytes(LINES)
    curate("convert", "in.jsonl", "-o", "out")
    assert Path("out/rejected/rejected.jsonl").exists()
    return Path("out")


def files_of(repo: Repo, branch: str = "main") -> dict[str, bytes]:
    return repo.commits[repo.branches[branch][-1]]


def recorded(folder: Path, **changes: object) -> None:
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | changes))


def test_a_new_data_set_is_private_and_holds_the_cards_files_only(hub, folder, curate):
    (folder / "key.pem").write_text("secret")
    (folder / "run.journal").write_text("{}")
    ended = curate("push", "out", "me/set", "--json")
    assert ended.code == 0
    repo = hub.repos["me/set"]
    assert repo.private
    data = "data/train-00000-of-00001.arrow"
    sent = files_of(repo)
    assert sorted(sent) == [".gitattributes", "README.md", "card.json", data]
    assert sent[data] == (folder / data).read_bytes()
    document = ended.document
    assert check("report", document) == []
    assert document["private"] is True
    assert document["commit"] == repo.branches["main"][-1]
    assert document["outputs"] == [f"{hub.url}/datasets/me/set"]
    assert document["left_out"] == ["key.pem", "rejected/rejected.jsonl", "run.journal"]
    assert "left here: key.pem, rejected/rejected.jsonl, run.journal" in ended.err
    assert TOKEN not in ended.out + ended.err


def test_it_comes_back_as_an_input(hub, folder, curate):
    curate("push", "out", "me/set")
    ended = curate("convert", "hf:me/set", "-o", "again", "--json")
    assert ended.code == 0
    assert ended.document["rows_out"] == 1
    commit = hub.repos["me/set"].branches["main"][-1]
    card = json.loads(Path("again/card.json").read_text())
    path = f"hf:me/set@{commit}:data/train-00000-of-00001.arrow"
    assert [item["path"] for item in card["inputs"]] == [path]
    assert curate("push", "again", "me/again").code == 0


def test_a_dry_run_lists_and_asks_nothing(hub, folder, curate, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    ended = curate("push", "out", "me/set", "--dry-run", "--json")
    assert ended.code == 0
    size = (folder / "data/train-00000-of-00001.arrow").stat().st_size
    assert f"{size:,}  data/train-00000-of-00001.arrow" in ended.err
    assert ended.document["outputs"] == []
    assert ended.document["files"][2]["bytes"] == size
    assert hub.asked == []


def test_without_the_extra_it_says_how_to_install_it(hub, folder, curate, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    ended = curate("push", "out", "me/set")
    assert ended.code == 5
    assert "pip install 'tunesmith[hub]'" in ended.err


def test_public_is_typed(hub, folder, curate):
    assert curate("push", "out", "me/set", "--public").code == 0
    assert not hub.repos["me/set"].private
    before = len(hub.repos["me/set"].commits)
    ended = curate("push", "out", "me/set")
    assert ended.code == 2
    assert "the data set is public" in ended.err
    assert len(hub.repos["me/set"].commits) == before


def test_a_private_one_stays_private(hub, folder, curate):
    hub.repos["me/set"] = Repo({".gitattributes": b""}, private=True)
    ended = curate("push", "out", "me/set", "--public", "--json")
    assert ended.code == 0
    assert ended.document["private"] is True
    assert "stays so" in ended.err


def test_shards_of_an_earlier_upload_are_deleted(hub, folder, curate):
    old = {"files": [{"path": "data/train-00000-of-00002.arrow"}], "tunesmith_version": "1"}
    files = {"card.json": json.dumps(old).encode(), "data/train-00000-of-00002.arrow": b"x"}
    hub.repos["me/set"] = Repo(files, private=True)
    ended = curate("push", "out", "me/set", "--json")
    assert ended.code == 0
    assert ended.document["deleted"] == ["data/train-00000-of-00002.arrow"]
    assert [name for name in files_of(hub.repos["me/set"]) if name.startswith("data/")] == [
        "data/train-00000-of-00001.arrow"
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"notes.txt": b"mine"},
        {"data/train-00000-of-00001.arrow": b"mine"},
        {"card.json": b'{"files": []}'},
        {"card.json": b"[]"},
    ],
)
def test_what_is_not_ours_is_not_overwritten(hub, folder, curate, files):
    hub.repos["me/set"] = Repo(files, private=True)
    ended = curate("push", "out", "me/set")
    assert ended.code == 7
    assert files_of(hub.repos["me/set"]) == files


def test_a_branch_is_made(hub, folder, curate):
    hub.repos["me/set"] = Repo({"README.md": b"hello"}, private=True)
    assert curate("push", "out", "me/set", "--revision", "v2").code == 0
    assert list(files_of(hub.repos["me/set"])) == ["README.md"]
    assert "card.json" in files_of(hub.repos["me/set"], "v2")


@pytest.mark.parametrize("code", ["PII001", "SEC003"])
def test_private_findings_keep_it_here(hub, folder, curate, code):
    card = json.loads((folder / "card.json").read_text())
    card["funnel"][0]["findings"][code] = 2
    recorded(folder, **card)
    ended = curate("push", "out", "me/set", "--json")
    assert ended.code == 1
    assert ended.document["error"]["code"] == code
    assert hub.asked == []


def test_a_changed_file_keeps_it_here(hub, folder, curate):
    with (folder / "data/train-00000-of-00001.arrow").open("ab") as file:
        file.write(b"x")
    ended = curate("push", "out", "me/set")
    assert ended.code == 3
    assert "RUN006" in ended.err
    assert hub.asked == []


@pytest.mark.parametrize(
    "path", ["rejected/rejected.jsonl", "../in.jsonl", "data/../../in.jsonl", "data", "data/.env"]
)
def test_a_card_cannot_name_what_is_no_data_file(hub, folder, curate, path):
    entry = {"path": path, "split": "train", "rows": 1, "bytes": 1, "sha256": "0" * 64}
    recorded(folder, files=[entry])
    ended = curate("push", "out", "me/set")
    assert ended.code == 3
    assert "no data file" in ended.err


def test_a_link_does_not_leave(hub, folder, curate, tmp_path):
    data = folder / "data/train-00000-of-00001.arrow"
    data.rename(tmp_path / "elsewhere")
    data.symlink_to(tmp_path / "elsewhere")
    assert curate("push", "out", "me/set").code == 3


@pytest.mark.parametrize(
    ("card", "said"), [(None, "no dataset folder"), ("[]", "not an object"), ("{}", "card.json")]
)
def test_only_a_dataset_folder_is_pushed(hub, folder, curate, card, said):
    (folder / "card.json").unlink()
    if card is not None:
        (folder / "card.json").write_text(card)
    ended = curate("push", "out", "me/set")
    assert ended.code == 3
    assert said in ended.err


@pytest.mark.parametrize("name", ["set", "me/set/x", "me/", "../set", "me/se t"])
def test_a_name_is_owner_and_name(hub, folder, curate, name):
    assert curate("push", "out", name).code == 2
    assert hub.asked == []


def test_without_a_token_it_says_how_to_log_in(hub, folder, curate, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    ended = curate("push", "out", "me/set")
    assert ended.code == 4
    assert "hf auth login" in ended.err
    assert hub.asked == []


def test_a_token_that_may_not_write_is_an_answer_of_the_hub(hub, folder, curate):
    ended = curate("push", "out", "other/set")
    assert ended.code == 4
    assert "403" in ended.err
    assert TOKEN not in ended.err


def test_offline_asks_nobody(hub, folder, curate, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    ended = curate("push", "out", "me/set")
    assert ended.code == 4
    assert "HF_HUB_OFFLINE" in ended.err
    assert hub.asked == []
