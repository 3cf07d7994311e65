"""What an interrupted line had done: each step's outcome, kept until the output is written.

A step's outcome is taken up again where its inputs, its options and all before it are the same.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate import __version__
from curate.build.line.base import Decision, Rows, Splits
from curate.build.line.read import open_rows
from curate.build.reports import Report
from curate.files.inputs import expand
from curate.files.platform import sync_file, sync_folder

if TYPE_CHECKING:
    from curate.build.line.straight import Line

Write = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """The outcome of one step.

    Attributes:
        rows: What it left.
        report: The report after it, as `Report.state` made it.
        card: What it put on the card.
        files: What it puts into the output.
    """

    rows: Rows
    report: dict[str, Any]
    card: dict[str, Any]
    files: dict[str, Write]


class State:
    """The folder in which a line keeps what its steps did.

    Args:
        folder: The folder.
        line: The line whose outcomes are kept, or None to keep nothing.
    """

    def __init__(self, folder: Path, line: Line | None) -> None:
        self._folder = folder
        self._keys = list(_keys(line)) if line is not None else []

    def rejected(self, number: int) -> Path:
        """Return where the removed rows of a step go; reading is step 0."""
        path = self._folder / f"{number:02d}.rejected.jsonl"
        path.unlink(missing_ok=True)
        return path

    def files(self, number: int, decision: Decision) -> dict[str, Write]:
        """Write what a decision puts beside the rows, and return what copies it."""
        for name, write in decision.files.items():
            path = self._folder / f"{number:02d}.files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path)
        return self._copies(number, list(decision.files))

    def _copies(self, number: int, names: Sequence[str]) -> dict[str, Write]:
        def copier(source: Path) -> Write:
            def copy(target: Path) -> None:
                shutil.copyfile(source, target)

            return copy

        folder = self._folder / f"{number:02d}.files"
        return {name: copier(folder / name) for name in names}

    def rows(self) -> Kept | None:
        """Return what reading left, or None where it has to be done."""
        if (told := self._told(0)) is None or not (self._folder / "rows.arrow").is_file():
            return None
        splits, inputs = (_splits(self._place(0), name) for name in ("splits", "inputs"))
        rows = open_rows(self._folder / "rows.arrow", told["kind"], splits, inputs)
        return Kept(rows, told["report"], {}, {})

    def step(self, number: int, rows: Rows) -> Kept | None:
        """Return what a step left of rows, or None where it has to be done."""
        if (told := self._told(number)) is None:
            return None
        place = self._place(number)
        with pa.ipc.open_stream((place / "extra.arrow").read_bytes()) as stream:
            table = stream.read_all().combine_chunks()
        kept = replace(
            rows,
            positions=np.load(place / "positions.npy"),
            splits=_splits(place, "splits"),
            inputs=_splits(place, "inputs"),
            extra={name: table.column(name).combine_chunks() for name in table.schema.names},
        )
        return Kept(kept, told["report"], told["card"], self._copies(number, told["files"]))

    def keep(
        self,
        number: int,
        rows: Rows,
        report: Report,
        card: Mapping[str, Any],
        files: Mapping[str, Write] | None = None,
    ) -> None:
        """Keep what a step left, whole or not at all."""
        if not self._keys:
            return
        place = self._place(number)
        work = place.with_name(place.name + ".new")
        for old in (place, work):
            shutil.rmtree(old, ignore_errors=True)
        work.mkdir()
        np.save(work / "positions.npy", rows.positions)
        names = {}
        for name, of in (("splits", rows.splits), ("inputs", rows.inputs)):
            np.save(work / f"{name}.npy", of.of_row)
            names[name] = list(of.names)
        table = pa.table(rows.extra) if rows.extra else pa.table({})
        with (
            (work / "extra.arrow").open("wb") as file,
            pa.ipc.new_stream(file, table.schema) as out,
        ):
            out.write_table(table)
        told = {
            "key": self._keys[number],
            "kind": rows.kind,
            "names": names,
            "report": report.state(),
            "card": dict(card),
            "files": list(files or {}),
        }
        (work / "state.json").write_text(json.dumps(told), encoding="utf-8")
        for path in work.iterdir():
            sync_file(path)
        work.rename(place)
        sync_folder(self._folder)

    def done(self) -> None:
        """Forget everything: the output is written."""
        if self._keys:
            for path in self._folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            self._folder.rmdir()

    def _place(self, number: int) -> Path:
        return self._folder / f"{number:02d}"

    def _told(self, number: int) -> dict[str, Any] | None:
        """Return what was kept of a step under the same key."""
        path = self._place(number) / "state.json"
        if not self._keys or not path.is_file():
            return None
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return told if told["key"] == self._keys[number] else None


def _splits(place: Path, name: str) -> Splits:
    told = json.loads((place / "state.json").read_text(encoding="utf-8"))
    return Splits(tuple(told["names"][name]), np.load(place / f"{name}.npy"))


def _keys(line: Line) -> Iterator[str]:
    """Yield a key for reading and for each step: of what it is asked, and of all before it."""
    sources, _ = expand(line.inputs)
    files = [(source.path, *_stat(source.file)) for source in sources]
    key = _hashed("", __version__, files, line.settings, line.to, line.removes)
    yield key
    for step in line.steps:
        key = _hashed(key, step.name, step.options, list(_files_in(step.options)))
        yield key


def _hashed(*values: Any) -> str:
    return hashlib.sha256("\n".join(map(repr, values)).encode()).hexdigest()


def _stat(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _files_in(options: Any) -> Iterator[tuple[str, int, int]]:
    """Yield the files that options name, with what tells their contents apart."""
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        for text in value if isinstance(value, list) else [value]:
            if not isinstance(text, str) or not text or len(text) > 1_000:
                continue
            path = Path(text)
            found = path.rglob("*") if path.is_dir() else [path] if path.is_file() else []
            yield from ((each.as_posix(), *_stat(each)) for each in sorted(found))
