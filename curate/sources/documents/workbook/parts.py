"""The parts of a workbook: XML in a zip, read as a stream of elements within bounds.

A declaration of a document type is refused, and with it every entity; a token longer than a record
may be ends the reading; no tree is built.

Source: ECMA-376 Part 1, sections 12 and 18.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from xml.parsers import expat

from curate.errors import InputError
from curate.files.limits import Limits
from curate.files.tree import open_tree

_BLOCK_BYTES = 1 << 16
# Texts that cells share, styles and the list of sheets are held in memory.
HELD_BYTES = 128 << 20

Found = TypeVar("Found")


class Handler:
    """What is told of a part's elements; names come without their prefix.

    Attributes:
        found: What was made of the elements and not taken yet.
    """

    found: list[object]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take some text of the element that is open."""


class Parts:
    """The parts of one workbook.

    Args:
        path: The workbook.
        limits: Bounds on the archive and its growth.

    Raises:
        InputError: If it is no zip archive, is damaged, or goes beyond the limits.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._tree, self._limits = open_tree(path, limits), limits
        self._names = {name.lower(): name for name in self._tree.names}

    def find(self, name: str) -> str | None:
        """Return a part's own name by its path in any case, None where there is none."""
        return self._names.get(name.lower())

    def names(self) -> list[str]:
        """Return all parts' names."""
        return self._tree.names

    def read(self, name: str, handler: Handler, *, held: bool = True) -> Iterator[None]:
        """Feed a part to a handler; yields after each block, so that what was found can be taken.

        Args:
            name: The part.
            handler: Is told of its elements.
            held: Whether what is made of it stays in memory, which bounds its length.

        Raises:
            InputError: If it is no XML, is damaged, or goes beyond the limits.
        """
        if held and self._tree.size(name) > HELD_BYTES:
            raise damage(f"a part of it is longer than {HELD_BYTES:,} bytes")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, found: handler.start(_local(name), found)
        parser.EndElementHandler = lambda name: handler.end(_local(name))
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = _refuse
        fed = 0
        with self._tree.open(name) as stream:
            while True:
                block = stream.read(_BLOCK_BYTES)
                try:
                    parser.Parse(block, not block)
                except (expat.ExpatError, ValueError) as error:
                    if isinstance(error, expat.ExpatError):
                        what = expat.ErrorString(error.code)
                        raise damage(f"no XML at byte {parser.ErrorByteIndex:,}: {what}") from None
                    raise damage("a number in it is none") from None
                fed += len(block)
                if fed - parser.CurrentByteIndex > self._limits.record_bytes + _BLOCK_BYTES:
                    raise damage("a mark in it is longer than the limit")
                yield
                if not block:
                    return


def drained(reading: Iterator[None], take: Callable[[], Found]) -> Found:
    """Read a part to its end and return what its handler has made of it."""
    for _ in reading:
        pass
    return take()


def damage(what: str) -> InputError:
    """Return the error for a workbook that is damaged."""
    return InputError(
        f"a damaged workbook: {what}",
        code="SRC087",
        hint="open it in its application and save it again",
    )


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise damage("it declares a document type, which no workbook does")
