"""A dataset folder made ready to leave: what its card vouches for, and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from curate.errors import InputError, printable

BESIDE = ("README.md", "card.json")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that leaves.

    Attributes:
        path: Its path in the folder, with `/`.
        file: Where it is.
        bytes: Its size.
        sha256: Its hash, 64 hex digits.
    """

    path: str
    file: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A folder's files as its card lists them.

    Attributes:
        card: The card.
        uploads: README.md, card.json and the card's data files, in that order.
        left_out: Every other file of the folder, by name; none of them leaves.
    """

    card: dict[str, Any]
    uploads: tuple[Upload, ...]
    left_out: tuple[str, ...]


def read_card(folder: Path) -> dict[str, Any]:
    """Return a dataset folder's card as it stands; only that it is an object is checked.

    Raises:
        InputError: If there is no card that can be read (RUN003).
    """
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        if isinstance(card, dict):
            return card
        why = "it is not an object"
    except (OSError, ValueError) as error:
        why = str(error)
    raise InputError(
        f"{folder}: no dataset folder, card.json cannot be read: {printable(why, 200)}",
        code="RUN003",
        hint="make one with `curate convert IN -o FOLDER`",
    )


def pack(folder: Path, card: dict[str, Any]) -> Parcel:
    """Return what leaves of a folder; every data file's hash is compared with the card's.

    Args:
        folder: The dataset folder.
        card: Its card, of the shape that `schemas/card.schema.json` states.

    Raises:
        InputError: If a file is missing, or is not the one that the card describes (RUN006).
    """
    uploads = [_upload(folder, name) for name in BESIDE]
    for entry in card["files"]:
        upload = _upload(folder, entry["path"])
        if upload.sha256 != entry["sha256"]:
            found = f"{upload.path} has sha256 {upload.sha256[:12]}…, not the card's"
            raise _changed(folder, found)
        uploads.append(upload)
    taken = {upload.path for upload in uploads}
    names = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()]
    return Parcel(card, tuple(uploads), tuple(sorted(set(names) - taken)))


def _upload(folder: Path, name: str) -> Upload:
    parts = PurePosixPath(name).parts
    inside = name in BESIDE or (len(parts) == 2 and parts[0] == "data")
    if not inside or ".." in parts or "\\" in name or parts[-1].startswith("."):
        raise _changed(folder, f"{printable(name)} is no data file of a dataset folder")
    file = folder / name
    if not file.is_file() or file.is_symlink() or file.parent.is_symlink():
        raise _changed(folder, f"{printable(name)} is missing or no plain file")
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Upload(name, file, file.stat().st_size, digest)


def _changed(folder: Path, found: str) -> InputError:
    return InputError(
        f"{folder} was changed after it was made: {found}",
        code="RUN006",
        hint=f"curate validate {folder}, then convert it again",
    )
