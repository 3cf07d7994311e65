"""What an interrupted line had done: each step's outcome, kept until the output is written.

A step's outcome is taken up again where its inputs, its options and all before it are the same,
and where every file of it is as it was written.
"""

from __future__ import annotations

import dataclasses
import glob
import hashlib
import json
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate import __version__
from curate.build.inputs import expand
from curate.build.line.base import Decision, Rows, Splits
from curate.build.line.read import map_rows, open_rows
from curate.build.reports import Report
from curate.errors import CurateError
from curate.files.columnar import is_sound
from curate.files.hashes import sha256_of
from curate.files.platform import sync_file, sync_folder

if TYPE_CHECKING:
    from curate.build.line.straight import Line

Write = Callable[[Path], None]
_ROWS = "rows.arrow"
# Longer texts are no paths.
_PATH_CHARS = 1_000


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
        self._inputs = line.inputs if line is not None else ()
        self._keys = _keys(line) if line is not None else []

    def rejected(self, number: int) -> Path:
        """Return where the removed rows of a step go; reading is step 0."""
        return self._folder / f"{number:02d}.rejected.jsonl"

    def files(self, number: int, decision: Decision) -> dict[str, Write]:
        """Write what a decision puts beside the rows, and return what copies it."""
        for name, write in decision.files.items():
            path = self._files(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path)
        return self._copies(number, list(decision.files))

    def _files(self, number: int) -> Path:
        return self._folder / f"{number:02d}.files"

    def _copies(self, number: int, names: Sequence[str]) -> dict[str, Write]:
        def copier(source: Path) -> Write:
            def copy(target: Path) -> None:
                shutil.copyfile(source, target)

            return copy

        return {name: copier(self._files(number) / name) for name in names}

    def rows(self) -> Kept | None:
        """Return what reading left, or None where it has to be done."""
        if (told := self._told(0)) is None:
            return None
        if _ROWS not in told["sizes"]:  # dataset folders, which are mapped where they lie
            mapped = map_rows(self._inputs)
            return Kept(mapped, told["report"], {}, {}) if mapped is not None else None
        path = self._folder / _ROWS
        if not is_sound(path, told["kind"]):
            return None
        splits, inputs = (self._splits(0, told, name) for name in ("splits", "inputs"))
        return Kept(open_rows(path, told["kind"], splits, inputs), told["report"], {}, {})

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
            splits=self._splits(number, told, "splits"),
            inputs=self._splits(number, told, "inputs"),
            extra={name: table.column(name).combine_chunks() for name in table.schema.names},
        )
        return Kept(kept, told["report"], told["card"], self._copies(number, told["files"]))

    def forget(self, number: int) -> None:
        """Remove what was kept of a step and of those behind it: it is about to be done."""
        for path in self._folder.iterdir():
            first = path.name[:2]
            if not number or (first.isdigit() and int(first) >= number) or not _is_ours(path.name):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

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
        work = self._folder / f"{number:02d}.new"
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
            "sizes": self._sizes(number),
            "hashes": {path.name: sha256_of(path) for path in sorted(work.iterdir())},
        }
        text = json.dumps(told)
        digest = hashlib.sha256(text.encode()).hexdigest()
        (work / "state.json").write_text(f"{digest}\n{text}", encoding="utf-8")
        for path in [*work.iterdir(), *self._beside(number)]:
            sync_file(path)
        work.rename(self._place(number))
        sync_folder(self._folder)

    def _beside(self, number: int) -> list[Path]:
        """Return the files of a step that lie outside its place."""
        found = [self.rejected(number), *sorted(self._files(number).rglob("*"))]
        found += [] if number else [self._folder / _ROWS]
        return [path for path in found if path.is_file()]

    def _sizes(self, number: int) -> dict[str, int]:
        found = self._beside(number)
        return {path.relative_to(self._folder).as_posix(): path.stat().st_size for path in found}

    def _place(self, number: int) -> Path:
        return self._folder / f"{number:02d}"

    def _told(self, number: int) -> dict[str, Any] | None:
        """Return what was kept of a step under the same key, None where anything of it is amiss."""
        if not self._keys:
            return None
        place = self._place(number)
        try:
            digest, _, text = (place / "state.json").read_bytes().partition(b"\n")
            if hashlib.sha256(text).hexdigest().encode() != digest:
                return None
            told: dict[str, Any] = json.loads(text)
            hashes = {name: sha256_of(place / name) for name in told["hashes"]}
        except OSError:
            return None
        whole = hashes == told["hashes"] and self._sizes(number) == told["sizes"]
        return told if whole and told["key"] == self._keys[number] else None

    def _splits(self, number: int, told: dict[str, Any], name: str) -> Splits:
        of_row = np.load(self._place(number) / f"{name}.npy")
        return Splits(tuple(told["names"][name]), of_row)


def _is_ours(name: str) -> bool:
    """Return whether a name is one that `keep` leaves, and not work that was cut short."""
    return name == _ROWS or name[2:] in ("", ".files", ".rejected.jsonl", ".rows.arrow")


def _keys(line: Line) -> list[str]:
    """Return a key for reading and for each step: of what it is asked, and of all before it.

    There is none where an input can be read only once: nothing tells whether it is the same.
    """
    sources, _ = expand(line.inputs)
    if any(source.stdin for source in sources):
        return []
    files = [(source.path, *_stat(source.file)) for source in sources]
    cards = {source.file.parent.parent / "card.json" for source in sources if source.form}
    files += [(path.as_posix(), *_stat(path)) for path in sorted(cards)]
    key = _hashed(
        __version__, files, line.settings, list(_files_in(line.settings)), line.to, line.removes
    )
    keys = [key]
    for step in line.steps:
        key = _hashed(key, step.name, step.options, list(_files_in(step.options)))
        keys.append(key)
    return keys


def _hashed(*values: Any) -> str:
    return hashlib.sha256("\n".join(map(_plain, values)).encode()).hexdigest()


def _plain(value: Any) -> str:
    """Return a value as the same text in every process; sets have no order of their own."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return (
            f"({', '.join(f'{each.name}={_plain(getattr(value, each.name))}' for each in fields)})"
        )
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(_plain, value)))}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_plain, value))}]"
    return repr(value)


def _stat(path: Path) -> tuple[int, int]:
    """Return what tells a file's contents apart; a pipe is never the same again."""
    try:
        found = path.stat()
    except OSError:  # said by who reads it
        return -1, 0
    if not stat.S_ISREG(found.st_mode):
        return -1, time.time_ns()
    return found.st_size, found.st_mtime_ns


def _files_in(options: Any) -> Iterator[tuple[str, int, int]]:
    """Yield the files that options name, with what tells their contents apart."""
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        for text in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(text, str) and 0 < len(text) <= _PATH_CHARS and "\0" not in text:
                yield from ((path.as_posix(), *_stat(path)) for path in _named(text))


def _named(text: str) -> list[Path]:
    """Return the files that a text names: a path, `PATH#PART`, a pattern or `hf:owner/name`."""
    if text.startswith("hf:"):
        try:
            return [source.file for source in expand([text])[0]]
        except CurateError:  # said by the step that wants it
            return []
    try:
        names = (path for path in (Path(text), Path(text.rpartition("#")[0] or text)))
        path = next((path for path in names if path.exists()), None)
    except OSError:  # too long for a name
        return []
    if path is None:
        return sorted(map(Path, glob.glob(text, recursive=True)))  # noqa: PTH207
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    return [path]
