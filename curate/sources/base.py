"""What a reader of an export is, and what it is asked.

An export is what an application gives its user: a mailbox, a chat, a page, a table. Its reader
turns it into records of the row's own JSON form (`curate/row.py`; `extra` is an object), each at
its place, and each piece of the export that becomes no record is set aside under a code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree


@dataclass(frozen=True, slots=True)
class Reading:
    """How exports are read.

    Attributes:
        me: Addresses, names, numbers or handles of the person whose messages are learnt; empty
            where nobody was named.
        mail: `own` keeps what the sender of a mail wrote; `whole` keeps the text as it is.
        gap_minutes: A longer silence begins a new conversation; above 0.
        merge_minutes: Messages of one sender that follow each other within it are one turn.
        table: The table of a database, or the sheet of a workbook, that is read; None reads all.
        query: The query whose rows are read from a database, or None.
    """

    me: tuple[str, ...] = ()
    mail: Literal["own", "whole"] = "own"
    gap_minutes: int = 480
    merge_minutes: int = 60
    table: str | None = None
    query: str | None = None


@runtime_checkable
class Piece(Protocol):
    """Records that a worker reads by itself: plain data that crosses processes."""

    @property
    def source(self) -> Source:
        """Return the file they are in."""

    @property
    def length(self) -> int:
        """Return the bytes of input that they are made of."""

    def read(self) -> Chunk:
        """Return the records with their values."""


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of export and how it is read.

    Attributes:
        name: Its name, which `--from` takes.
        title: What it is, for `curate formats`: `a WhatsApp chat (_chat.txt)`.
        columns: The columns of its rows: `text` or `messages`; `table` where its records are plain
            ones, whose format is recognised as that of a CSV file's.
        chunks: Yields its records in order, each as a value of the row's JSON form.
        sniff: Whether a file is one, by its first bytes (decompressed, at most 1 MiB) and its name;
            None for exports that are never one file. It must not take a file of another kind.
        claim: Given a folder or an archive, returns what in it is such an export: the names of
            files, or of folders with a `/` at the end (`""` for the whole tree); None for exports
            that are never part of a tree. A file that it claims is read by `chunks` alone.
        endings: Names of files that are one whatever their bytes are: `(".eml",)`.
        personal: Whether it is somebody's private life: what is made of it is redacted.
    """

    name: str
    title: str
    columns: Literal["text", "messages", "table"]
    chunks: Callable[[Source, Reading, Limits], Iterator[Chunk | Piece]]
    sniff: Callable[[bytes, str], bool] | None = None
    claim: Callable[[Tree], list[str]] | None = None
    endings: tuple[str, ...] = ()
    personal: bool = True


Value = dict[str, Any]
