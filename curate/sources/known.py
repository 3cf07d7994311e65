"""Every export that is read, by name."""

from __future__ import annotations

from curate.files.tree import Tree, within
from curate.sources.base import Export
from curate.sources.chat import discord, messenger, signal, slack, telegram, whatsapp, x
from curate.sources.documents import database, notebook, notes, pages, workbook
from curate.sources.mail import export as mail

_READERS = (
    *(mail, whatsapp, telegram, slack, discord, messenger, signal, x),
    *(workbook, database, notebook, notes, pages),
)
EXPORTS: tuple[Export, ...] = tuple(export for reader in _READERS for export in reader.EXPORTS)
BY_EXPORT: dict[str, Export] = {export.name: export for export in EXPORTS}
# Read where they are named themselves, or where a reader claims them.
DOCUMENTS = frozenset((*notes.ENDINGS, *pages.ENDINGS, *notebook.ENDINGS, ".db"))
ENDINGS: dict[str, str] = {ending: export.name for export in EXPORTS for ending in export.endings}


_TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".arrow", ".feather", ".txt")
# Exports whose folders hold JSON or scripts alone, and which of the endings above they have.
_OF_FOLDERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("slack", "x", "messenger"), ()),
    "discord-package": (".csv", "README.txt"),
}


def foreign(export: str, name: str) -> bool:
    """Return whether a file in a folder of an export is data that the export does not have."""
    own = _OF_FOLDERS.get(export)
    return own is not None and name.lower().endswith(_TABLES) and not name.endswith(own)


def sniffed(head: bytes, name: str) -> str | None:
    """Return the export that a file is, by its first bytes and its name; None for none.

    Args:
        head: Its first bytes, decompressed.
        name: Its name, without folders.
    """
    for export in EXPORTS:
        if export.sniff is not None and export.sniff(head, name):
            return export.name
    return None


def claimed(tree: Tree) -> list[tuple[str, str]]:
    """Return what of a tree belongs to exports, as `(export, file or folder/)`, each once.

    A place that two exports claim goes to the one that stands first in `EXPORTS`.
    """
    found: dict[str, str] = {}
    for export in EXPORTS:
        for place in export.claim(tree) if export.claim is not None else ():
            if not any(within(place, other) for other in found):
                found[place] = export.name
    return [(name, place) for place, name in found.items()]
