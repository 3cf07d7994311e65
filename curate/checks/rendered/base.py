"""What a rule of this package is: it looks at a reading and not at a row alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from curate.checks.base import Rule, Spot
from curate.checks.columns import Mask, Texts
from curate.codes.base import Code, Severity
from curate.row import Kind, Row

if TYPE_CHECKING:
    from curate.checks.rendered.reading import Reading
    from curate.checks.rendered.rendering import Rendering

Look = Callable[["Reading"], Iterator[Spot]]

CHATS: tuple[Kind, ...] = ("sft", "preference", "unpaired", "prompt_only", "stepwise")
READ: tuple[Kind, ...] = (*CHATS, "text", "segments")


def _none(texts: Texts) -> Mask:
    return np.zeros(len(texts.values), dtype=np.bool_)


def _unread(row: Row) -> Iterator[Spot]:
    del row
    yield from ()


@dataclass(frozen=True, slots=True)
class RenderedRule(Rule):
    """A rule that needs a tokenizer; without one it finds nothing.

    Attributes:
        look: Yields a spot for each place where the reading breaks the rule; pure.
        once: Said once a run, with the number of rows, because the cause is the template or the
            tokenizer and no single row.
    """

    look: Look | None = None
    once: bool = False

    def spots(self, reading: Reading) -> list[Spot]:
        """Return where a reading breaks the rule; what several sides share is there once."""
        if self.look is None or reading.kind not in self.kinds:
            return []
        found = list(self.look(reading))
        if len(found) > 1 and len(reading.sides) > 1:
            return list({(spot.pointer, spot.message): spot for spot in found}.values())
        return found

    def bound(self, rendering: Rendering) -> Rule:
        """Return the rule as one that reads each row by a rendering."""

        def check(row: Row) -> Iterator[Spot]:
            yield from self.spots(rendering.read(row, kind_of_row(row)))

        return replace(self, check=check, screen=None)


def kind_of_row(row: Row) -> Kind:
    """Return the kind of a row by its columns."""
    by_column: tuple[tuple[str, Kind], ...] = (
        ("messages", "sft"),
        ("chosen", "preference"),
        ("completion", "unpaired"),
        ("completions", "stepwise"),
        ("text", "text"),
        ("segments", "segments"),
    )
    return next((kind for column, kind in by_column if column in row), "prompt_only")


def rendered_rule(
    code: str,
    slug: str,
    *,
    severity: Severity,
    kinds: tuple[Kind, ...] = CHATS,
    once: bool = False,
) -> Callable[[Look], RenderedRule]:
    """Make a rule of a function of a reading; its docstring becomes the rule's page."""

    def wrap(look: Look) -> RenderedRule:
        own = Code(code, slug, severity, inspect.cleandoc(look.__doc__ or ""))
        return RenderedRule(own, kinds, _unread, None, False, screen=_none, look=look, once=once)

    return wrap
