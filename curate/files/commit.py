"""Outputs that are whole or absent: a hidden sibling is written, flushed and renamed into place."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curate.errors import OutputError
from curate.files.platform import locked, sync_file, sync_folder

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write into an `OutputError` that names the path."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in _NO_SPACE:
            hint = "free some space and run the same command again; the old output is untouched"
        else:
            hint = "choose a place that you may write to with -o"
        raise OutputError(f"{path}: {error.strerror or error}", hint=hint) from None


def _own_card(folder: Path) -> set[str] | None:
    """Return the files that a dataset folder's card lists, or None where it is not ours."""
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        listed = {str(entry["path"]) for entry in card["files"]}
        for key in ("consumers", "beside"):
            listed |= {str(name) for name in card.get(key, ())}
        return listed if "tunesmith_version" in card else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def refuse_foreign(folder: Path) -> None:
    """Refuse to replace what is not a dataset folder of ours, or holds a file that is not.

    Raises:
        OutputError: With the first strange file.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError(f"{folder}: exists and is not a folder", hint="choose another -o")
    if not folder.exists() or not any(folder.iterdir()):
        return
    listed = _own_card(folder)
    if listed is None:
        raise OutputError(
            f"{folder}: holds files and no card.json of ours; nothing is overwritten",
            hint="choose another -o, or empty the folder yourself",
        )
    own = listed | {"card.json", "README.md", "rejected/rejected.jsonl"}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (path.is_symlink() or not path.is_dir()) and name not in own:
            raise OutputError(
                f"{path}: is not part of the dataset that stands here; nothing is overwritten",
                hint="move it away, or choose another -o",
            )


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a hidden sibling to write into, and put it in the folder's place when the block ends.

    A run that was killed between the two renames is repaired: where only `.NAME.old` stands, it is
    renamed back first. An exception in the block leaves the old folder as it was.

    Raises:
        OutputError: If the folder is foreign or cannot be written.
        LockedError: If another run writes the same folder.
    """
    folder = folder.absolute()
    work, old = folder.parent / f".{folder.name}.new", folder.parent / f".{folder.name}.old"
    with os_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder.parent / f".{folder.name}.lock"):
            _repair(folder, old)
            refuse_foreign(folder)
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            try:
                yield work
                _sync_tree(work)
                if folder.exists():
                    folder.rename(old)
                work.rename(folder)
                sync_folder(folder.parent)
            finally:
                shutil.rmtree(work, ignore_errors=True)
                _repair(folder, old)


def _repair(folder: Path, old: Path) -> None:
    """Put the old folder back where no new one took its place; else it is done with."""
    if old.exists() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def new_files(*paths: Path) -> Iterator[list[Path]]:
    """Give hidden siblings to write into, and rename each that was written when the block ends.

    A path whose sibling was not written is removed, if it stands from an earlier run: the set of
    files is one output.
    """
    paths = tuple(path.absolute() for path in paths)
    work = [path.parent / f".{path.name}.new" for path in paths]
    main = paths[0]
    with os_errors(main):
        main.parent.mkdir(parents=True, exist_ok=True)
        if main.is_dir():
            raise OutputError(f"{main}: is a folder", hint="name a file with -o")
        with locked(main.parent / f".{main.name}.lock"):
            try:
                yield work
                for new, path in zip(work, paths, strict=True):
                    if new.exists():
                        sync_file(new)
                        new.replace(path)
                    else:
                        path.unlink(missing_ok=True)
                sync_folder(main.parent)
            finally:
                for new in work:
                    new.unlink(missing_ok=True)


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            sync_file(path)
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        sync_folder(path)
