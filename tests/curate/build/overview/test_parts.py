"""Which part a file is of: a split where a card says so, else the input itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate.build.overview.parts import Parts, cards_of
from curate.errors import InputError
from curate.files.inputs import Source


def numbers(parts: Parts, *paths: str) -> list[int]:
    return [parts.number_of(Source(path, Path(path))) for path in paths]


def test_inputs_are_parts_in_their_order() -> None:
    parts = Parts([])
    assert numbers(parts, "b", "a", "b") == [0, 1, 0]
    assert parts.names == ["b", "a"]
    assert parts.by == "input"


def test_many_inputs_are_one_part_at_the_end() -> None:
    parts = Parts([])
    assert numbers(parts, *map(str, range(12)))[-4:] == [8, 8, 8, 8]
    assert parts.names[-1] == "other inputs"
    assert numbers(parts, "3", "11") == [3, 8]


def card(path: Path, **more: object) -> None:
    path.mkdir()
    files = [{"path": "data/a.arrow", "split": "train"}, {"path": "data/b.arrow", "split": "test"}]
    (path / "card.json").write_text(json.dumps({"files": files, **more}))


def test_splits_are_those_of_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    card(tmp_path / "one")
    for name in ("one", "one/"):
        parts = Parts(cards_of([name]))
        assert numbers(parts, "one/data/b.arrow", "one/data/a.arrow") == [0, 1]
        assert parts.names == ["test", "train"]
    card(tmp_path / "two")
    parts = Parts(cards_of(["one", "two"]))
    numbers(parts, "one/data/a.arrow", "two/data/a.arrow", "x.jsonl")
    assert parts.names == ["one: train", "two: train", "x.jsonl"]


def test_a_broken_card_is_told(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(InputError, match="not a dataset card"):
        cards_of([str(tmp_path)])


def test_a_card_without_a_funnel_has_no_steps(tmp_path: Path) -> None:
    card(tmp_path / "one", funnel=None)
    assert cards_of([str(tmp_path / "one")])[0].steps == []
