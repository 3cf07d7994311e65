"""Rules of renderings run over a batch, which is tokenised once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa

from curate.checks.base import Rule, Spot
from curate.checks.rendered.base import RenderedRule
from curate.checks.rendered.tally import Place, Tally
from curate.checks.screen import CONTENT
from curate.checks.selection import Selection
from curate.row import Kind, from_batch

if TYPE_CHECKING:
    from curate.checks.rendered.reading import Reading
    from curate.checks.rendered.rendering import Rendering

# Rows whose tokens are held at once.
_ROWS = 512


def check_tokens(
    batch: pa.RecordBatch,
    kind: Kind,
    selection: Selection,
    rendering: Rendering,
    place: Callable[[int], Place],
    watch: Callable[[int, Reading], None] | None = None,
) -> tuple[list[tuple[int, Rule, Spot]], Tally]:
    """Return where a batch's rows break the selected rules, and what was counted of its tokens.

    Args:
        batch: The rows.
        kind: Their kind.
        selection: Its rules of renderings are run; those that are said once go to the tally.
        rendering: The tokenizer and the template.
        place: Where a row of the batch, 0-based, came from.
        watch: Told of each row's reading.
    """
    rules = [rule for rule in selection.of_kind(kind) if isinstance(rule, RenderedRule)]
    name = rendering.template.name if rendering.template is not None else None
    tally = Tally(rendering.name, name, rendering.max_length)
    content = batch.select(list(CONTENT[kind]))
    hits: list[tuple[int, Rule, Spot]] = []
    for start in range(0, batch.num_rows, _ROWS):
        readings = rendering.read_all(from_batch(content.slice(start, _ROWS)), kind)
        for at, reading in enumerate(readings, start):
            tally.count(reading, place(at))
            if watch is not None:
                watch(at, reading)
            for rule in rules:
                spots = rule.spots(reading)
                if spots and rule.once:
                    tally.note(rule.code.code, spots[0], place(at))
                elif spots:
                    hits += [(at, rule, spot) for spot in spots]
    return hits, tally
