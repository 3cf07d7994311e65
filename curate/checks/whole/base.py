"""What a rule about a whole file or a whole set is.

Such a rule never sees the data. Each chunk is reduced where it is read, the reductions are merged
in input order, and the rule looks at what is left; so its findings depend neither on how many
processes work nor on where chunks end.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from curate.codes.base import Code, Severity
from curate.row import KINDS, Kind

# records: the records of one JSON file as they stand · cells: those of one CSV file
# rows: the rows of one kind of all inputs
Over = Literal["records", "cells", "rows"]


class Place(NamedTuple):
    """Where a record stands: its file as typed, its line and its byte offset, where known."""

    file: str | None = None
    line: int | None = None
    offset: int | None = None


class Fault(NamedTuple):
    """A fault of a whole file or set.

    Attributes:
        place: The first record that shows it.
        message: What was found, with counts and the first places, and what is expected.
        pointer: JSON Pointer into the records, in which `*` stands for any element of a list; ""
            is the whole.
        value: The value found, or None.
        fix: What to do, where it differs from the rule's page.
    """

    place: Place
    message: str
    pointer: str = ""
    value: Any = None
    fix: str | None = None


Conclude = Callable[[Any], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class WholeRule:
    """A check of a whole file or set.

    Attributes:
        code: Code, slug, default severity and page (the function's docstring).
        over: What it is about; its function takes `tree.Tree`, `cells.Table` or `rows.RowSet`.
        kinds: The kinds of row it looks at, where it is about rows.
        conclude: Yields the faults.
    """

    code: Code
    over: Over
    kinds: tuple[Kind, ...]
    conclude: Conclude


def whole_rule(
    code: str, slug: str, *, severity: Severity, over: Over, kinds: tuple[Kind, ...] = KINDS
) -> Callable[[Conclude], WholeRule]:
    """Make a rule about a whole file or set of a function; its docstring becomes the page."""

    def wrap(conclude: Conclude) -> WholeRule:
        page = inspect.cleandoc(conclude.__doc__ or "")
        return WholeRule(Code(code, slug, severity, page), over, kinds, conclude)

    return wrap


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return `1 row`, `1,234 rows`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {plural or noun + 's'}"
