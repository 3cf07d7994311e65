"""Dataset folders: the one thing that training reads. Every file is checked before it is used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from curate.errors import CurateError, InputError
from curate.files.hashes import sha256_of

if TYPE_CHECKING:
    from curate.row import Row

CARD_VERSION = 1


class DatasetError(InputError):
    """The dataset cannot be trained on as it is."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked dataset folder.

    Attributes:
        folder: Where it is.
        kind: The kind of its rows.
        splits: Split → its Arrow files, in order.
        rows: Split → number of rows.
        card_sha256: Hash of `card.json`, 64 hex digits: the name of exactly this data.
    """

    folder: Path
    kind: str
    splits: dict[str, tuple[Path, ...]]
    rows: dict[str, int]
    card_sha256: str

    def read(self, split: str) -> Iterator[Row]:
        """Yield a split's rows in order.

        Raises:
            DatasetError: If a file is not an Arrow stream of the row's schema (RUN003).
        """
        import pyarrow as pa

        from curate.row import SCHEMAS, from_batch

        for path in self.splits[split]:
            try:
                with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
                    if set(stream.schema.names) != set(SCHEMAS[self.kind].names):  # type: ignore[index]
                        raise _fault(self.folder, "RUN003", f"{path.name} has other columns")
                    for batch in stream:
                        yield from from_batch(batch)
            except pa.ArrowInvalid as error:
                raise _fault(self.folder, "RUN003", f"{path.name}: {error}") from None


def open_dataset(name: str, *, makes: tuple[str, ...] = ()) -> Dataset:
    """Open a dataset folder and check it against its card.

    Args:
        name: The folder.
        makes: The commands that make it, shown where it does not exist.

    Raises:
        DatasetError: If it does not exist (RUN002), has no card that this version reads (RUN003),
            holds no rows in Arrow (RUN004), differs from its card (RUN006), or was not validated
            without errors (RUN007).
    """
    folder = Path(name)
    if not folder.is_dir():
        lines = "\n".join(makes)
        raise DatasetError(
            f"there is no dataset folder {name}",
            hint=f"make it:\n{lines}" if makes else "make it with `curate convert … -o FOLDER`",
            code="RUN002",
        )
    card, digest = _card(folder)
    if card.get("format") != "row" or card.get("container", "arrow") != "arrow":
        found = f"format {card.get('format')}, container {card.get('container', 'arrow')}"
        raise DatasetError(
            f"{name} holds {found}; training reads format row, container arrow",
            hint=f"curate convert {name} -o {name}-rows",
            code="RUN004",
        )
    splits: dict[str, list[Path]] = {}
    rows: dict[str, int] = {}
    for entry in card["files"]:
        path = _checked(folder, name, entry)
        splits.setdefault(entry["split"], []).append(path)
        rows[entry["split"]] = rows.get(entry["split"], 0) + entry["rows"]
    validated = card.get("validated") or {}
    if validated.get("errors") != 0:
        found = f"{validated['errors']} errors" if "errors" in validated else "no validation"
        raise DatasetError(
            f"the card of {name} records {found}", hint=f"curate validate {name}", code="RUN007"
        )
    files = {split: tuple(paths) for split, paths in splits.items()}
    return Dataset(folder, card["kind"], files, rows, digest)


def _card(folder: Path) -> tuple[dict[str, Any], str]:
    path = folder / "card.json"
    if not path.is_file():
        raise _fault(folder, "RUN003", "it has no card.json")
    raw = path.read_bytes()
    try:
        card = json.loads(raw)
    except ValueError as error:
        raise _fault(folder, "RUN003", f"card.json is not JSON: {error}") from None
    version = card.get("schema_version") if isinstance(card, dict) else None
    if version != CARD_VERSION:
        raise _fault(folder, "RUN003", f"card.json has schema_version {version!r}, not 1")
    well_formed = isinstance(card.get("kind"), str) and isinstance(card.get("files"), list)
    keys = {"path": str, "split": str, "rows": int, "sha256": str}
    if not well_formed or not all(
        isinstance(entry, dict) and all(isinstance(entry.get(k), t) for k, t in keys.items())
        for entry in card["files"]
    ):
        raise _fault(folder, "RUN003", "card.json lacks kind, or files with path, split and sha256")
    return card, hashlib.sha256(raw).hexdigest()


def _checked(folder: Path, name: str, entry: dict[str, Any]) -> Path:
    relative = PurePosixPath(entry["path"])
    if relative.is_absolute() or ".." in relative.parts:
        raise _fault(folder, "RUN003", f"card.json names a file outside: {entry['path']!r}")
    path = folder / relative
    if not path.is_file():
        raise _changed(name, f"{entry['path']} is missing")
    digest = sha256_of(path)
    if digest != entry["sha256"]:
        raise _changed(name, f"{entry['path']} has sha256 {digest[:12]}…, not the card's")
    return path


def _changed(name: str, what: str) -> CurateError:
    return DatasetError(
        f"{name} is not what its card describes: {what}",
        hint=f"curate validate {name}   # then convert it again",
        code="RUN006",
    )


def _fault(folder: Path, code: str, what: str) -> CurateError:
    return DatasetError(
        f"{folder.as_posix()} is not a dataset folder that can be trained on: {what}",
        hint="make it with `curate convert … -o FOLDER`",
        code=code,
    )
