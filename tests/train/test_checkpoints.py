"""Checkpoints are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from train import checkpoints


def sealed(run: Path, step: int) -> Path:
    staged = run / checkpoints.STAGING / f"checkpoint-{step}"
    staged.mkdir(parents=True)
    (staged / "weights").write_text(str(step))
    (staged / "training_args.bin").write_bytes(b"pickle")
    target = run / f"checkpoint-{step}"
    checkpoints.seal(staged, target, step=step)
    return target


def test_a_sealed_checkpoint_is_whole(tmp_path: Path) -> None:
    folder = sealed(tmp_path, 5)
    assert checkpoints.is_whole(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["checkpoint.json", "weights"]
    assert checkpoints.step_of(folder) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: (f / "weights").write_text("other"),
        lambda f: (f / "weights").unlink(),
        lambda f: (f / "checkpoint.json").write_text("{"),
        lambda f: (f / "checkpoint.json").unlink(),
        lambda f: (f / "checkpoint.json").write_text("[]"),
    ],
)
def test_a_damaged_one_is_not(tmp_path: Path, damage: object) -> None:
    sealed(tmp_path, 2)
    folder = sealed(tmp_path, 10)
    damage(folder)  # type: ignore[operator]
    assert not checkpoints.is_whole(folder)
    assert checkpoints.newest_whole(tmp_path) == tmp_path / "checkpoint-2"


def test_order_is_by_step_and_the_oldest_leave(tmp_path: Path) -> None:
    for step in (10, 9, 100):
        sealed(tmp_path, step)
    (tmp_path / "checkpoint-x").mkdir()
    checkpoints.rotate(tmp_path, 2)
    assert [checkpoints.step_of(p) for p in checkpoints.checkpoints(tmp_path)] == [10, 100]


def test_a_folder_is_replaced(tmp_path: Path) -> None:
    old, new = tmp_path / "a", tmp_path / "b"
    old.mkdir()
    (old / "x").write_text("old")
    new.mkdir()
    (new / "y").write_text("new")
    checkpoints.replace_folder(new, old)
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "y"]
