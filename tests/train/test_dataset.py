"""Dataset folders that may not be trained on, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from train.dataset import DatasetError, open_dataset


def edit(folder: Path, **changes: Any) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def entry(folder: Path, **changes: Any) -> None:
    files = json.loads((folder / "card.json").read_text())["files"]
    edit(folder, files=[files[0] | changes, *files[1:]])


def test_a_whole_folder_opens(rows: Callable[..., Any], dataset: Callable[..., Path]) -> None:
    folder = dataset(rows(5), validation=rows(2))
    opened = open_dataset(str(folder))
    assert opened.kind == "sft"
    assert opened.rows == {"train": 5, "validation": 2}
    assert len(opened.card_sha256) == 64
    found = list(opened.read("train"))
    assert [row["id"] for row in found] == [row["id"] for row in rows(5)]
    assert found[0]["messages"] == rows(5)[0]["messages"]


CASES: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "no folder": (lambda f: f.rename(f.with_name("other")), "RUN002", "there is no dataset folder"),
    "no card": (lambda f: (f / "card.json").unlink(), "RUN003", "no card.json"),
    "not json": (lambda f: (f / "card.json").write_text("{"), "RUN003", "not JSON"),
    "a list": (lambda f: (f / "card.json").write_text("[]"), "RUN003", "schema_version None"),
    "newer": (lambda f: edit(f, schema_version=2), "RUN003", "schema_version 2"),
    "no files": (lambda f: edit(f, files=None), "RUN003", "lacks kind"),
    "files of text": (lambda f: edit(f, files=["x"]), "RUN003", "lacks kind"),
    "outside": (lambda f: entry(f, path="../x.arrow"), "RUN003", "names a file outside"),
    "absolute": (lambda f: entry(f, path="/etc/passwd"), "RUN003", "names a file outside"),
    "other format": (lambda f: edit(f, format="alpaca"), "RUN004", "format alpaca"),
    "parquet": (lambda f: edit(f, container="parquet"), "RUN004", "container parquet"),
    "missing file": (
        lambda f: next((f / "data").iterdir()).unlink(),
        "RUN006",
        "is missing",
    ),
    "changed file": (
        lambda f: next((f / "data").iterdir()).open("ab").write(b"x"),
        "RUN006",
        "not the card's",
    ),
    "errors": (lambda f: edit(f, validated={"errors": 3}), "RUN007", "3 errors"),
    "not validated": (lambda f: edit(f, validated=None), "RUN007", "no validation"),
}


@pytest.mark.parametrize("name", CASES)
def test_refusals(name: str, rows: Callable[..., Any], dataset: Callable[..., Path]) -> None:
    change, code, expected = CASES[name]
    folder = dataset(rows(3))
    change(folder)
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(folder))
    assert caught.value.code == code
    assert expected in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 3


def test_the_commands_that_make_it_are_shown() -> None:
    with pytest.raises(DatasetError) as caught:
        open_dataset("nowhere", makes=("curate convert a -o nowhere",))
    assert "curate convert a -o nowhere" in (caught.value.hint or "")


def test_columns_of_another_kind_are_refused(
    rows: Callable[..., Any], dataset: Callable[..., Path]
) -> None:
    folder = dataset(rows(3))
    edit(folder, kind="text")
    with pytest.raises(DatasetError, match="other columns"):
        list(open_dataset(str(folder)).read("train"))
