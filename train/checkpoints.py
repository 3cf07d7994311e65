"""Checkpoints that are whole or not there: staged, hashed, synced, renamed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from curate.files.hashes import sha256_of
from curate.files.platform import sync_file, sync_folder

STAGING = ".staging"
MANIFEST = "checkpoint.json"
_PREFIX = "checkpoint-"
# A pickle of the training arguments, which nothing reads back.
_UNWANTED = ("training_args.bin", "README.md")


def seal(staged: Path, target: Path, *, step: int) -> None:
    """Make a staged folder a checkpoint: hash and sync each file, then rename it into place."""
    for name in _UNWANTED:
        (staged / name).unlink(missing_ok=True)
    files = {}
    for path in sorted(p for p in staged.rglob("*") if p.is_file()):
        files[path.relative_to(staged).as_posix()] = {
            "bytes": path.stat().st_size,
            "sha256": sha256_of(path),
        }
        sync_file(path)
    write_json(staged / MANIFEST, {"schema_version": 1, "step": step, "files": files})
    sync_folder(staged)
    replace_folder(staged, target)


def replace_folder(new: Path, target: Path) -> None:
    """Rename a folder into place; one that stands there is moved aside first, then removed."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def is_whole(folder: Path) -> bool:
    """Whether a checkpoint's files are those that its manifest lists."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return all(
            sha256_of(folder / name) == entry["sha256"] for name, entry in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def step_of(folder: Path) -> int:
    """The step in a checkpoint's name, or -1."""
    number = folder.name.removeprefix(_PREFIX)
    return int(number) if number.isdigit() else -1


def checkpoints(run: Path) -> list[Path]:
    """Return a run's checkpoint folders, oldest first."""
    return sorted((p for p in run.glob(f"{_PREFIX}*") if step_of(p) >= 0), key=step_of)


def newest_whole(run: Path) -> Path | None:
    """Return the newest checkpoint that is whole, or None."""
    return next((p for p in reversed(checkpoints(run)) if is_whole(p)), None)


def rotate(run: Path, keep: int) -> None:
    """Remove the oldest checkpoints beyond `keep`."""
    for folder in checkpoints(run)[:-keep]:
        shutil.rmtree(folder)


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically: beside it, synced, renamed."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")
    sync_file(beside)
    beside.replace(path)
