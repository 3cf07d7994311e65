"""Where the files that ship with Tunesmith lie: schemas and recipes.

In the wheel they sit inside the package (`curate/_schemas`, `curate/_recipes`); in a checkout they
are the folders of the repository's root.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

ResourceKind = Literal["schemas", "recipes"]
_PACKAGE = Path(__file__).parent


def folder(kind: ResourceKind) -> Path:
    """Return the folder that holds the shipped files of a kind."""
    packaged = _PACKAGE / f"_{kind}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / kind


def resource(kind: ResourceKind, name: str) -> Path:
    """Return the path of one shipped file; it is not checked that it exists.

    Args:
        kind: `schemas` or `recipes`.
        name: The file's name with its ending, `row.schema.json`.
    """
    return folder(kind) / name
