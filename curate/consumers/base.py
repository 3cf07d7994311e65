"""What a consumer is: a trainer that reads what was written, and the text that tells it how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Container = Literal["arrow", "parquet", "jsonl", "json", "csv"]
Unread = Callable[[str, Mapping[str, Any]], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, as a consumer is told of it.

    Attributes:
        form: The format's name.
        columns: The columns that every record has.
        data: The file, or the folder of rows, as the consumer is to be told its path.
        name: The data set's name.
        container: How the records lie in it.
        is_folder: Whether `data` is a folder.
    """

    form: str
    columns: frozenset[str]
    data: str
    name: str
    container: Container
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Consumer:
    """One trainer.

    Attributes:
        name: Its name on the command line.
        version: The version whose readers were looked at.
        formats: The names of the formats that it reads.
        containers: The containers that it opens for them.
        file: What its text is called: behind the data file's name, or in a folder by itself.
        text: Makes the text; LLaMA-Factory's is an entry that goes into a registry.
        unread: Yields pointer and reason for each part of a record that it would not read.
    """

    name: str
    version: str
    formats: tuple[str, ...]
    containers: frozenset[str]
    file: str
    text: Callable[[Written], str]
    unread: Unread


def nothing_unread(form: str, record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield nothing: every part of every format's record is read."""
    del form, record
    return ()


def said(record: Mapping[str, Any], *columns: str) -> list[str]:
    """Return those of the columns that hold something."""
    return [name for name in columns if record.get(name) not in (None, "", [], "[]")]
