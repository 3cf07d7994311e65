"""What an evaluation is made of: items, each with the texts that a training row must not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["question", "answer"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of an item that is looked for by itself.

    An item may say one thing in several pieces (a question alone, and with its choices): the
    strongest match of any of them is the item's.

    Attributes:
        side: Whether it asks or answers.
        field: The column it is from; what was put together is joined by `+`.
        text: The text as it stands in the file.
    """

    side: Side
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an evaluation.

    Attributes:
        file: The evaluation file as it was typed, with `/`.
        line: First physical line of the record, from 1 (in a columnar file: the row, from 1).
        id: The item's own id as text, or None.
        pieces: Its texts.
    """

    file: str
    line: int
    id: str | None
    pieces: tuple[Piece, ...]

    @property
    def place(self) -> str:
        """Where it stands: `FILE:LINE`."""
        return f"{self.file}:{self.line}"
