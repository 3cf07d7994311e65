"""What readers of exports take of a folder or an archive, as files are told of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from curate.files.tree import Tree


def _claims_nothing(tree: Tree) -> list[tuple[str, str]]:
    del tree
    return []


def _nothing_foreign(export: str, name: str) -> bool:
    del export, name
    return False


def _nothing_beside(names: Collection[str]) -> dict[str, str]:
    del names
    return {}


@dataclass(frozen=True, slots=True)
class Claims:
    """What readers of exports take of folders and archives.

    Attributes:
        endings: Ending of a file → the export that it is.
        claimed: Returns what of a tree belongs to exports, as `(export, file or folder/)`.
        beside: Returns which files of a tree stand beside an export and are not read, with why.
        documents: Endings of documents that are read where they are claimed or named themselves.
        foreign: Whether a file in a folder that an export claims is data of another kind.
    """

    endings: Mapping[str, str] = field(default_factory=dict)
    claimed: Callable[[Tree], list[tuple[str, str]]] = _claims_nothing
    beside: Callable[[Collection[str]], dict[str, str]] = _nothing_beside
    documents: frozenset[str] = frozenset()
    foreign: Callable[[str, str], bool] = _nothing_foreign


NO_CLAIMS = Claims()
