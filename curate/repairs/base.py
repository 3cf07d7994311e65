"""What a repair is: a change to rows that is made only where its name was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from curate.finding import Hit
from curate.row import Row

Apply = Callable[[Row, str, list[Hit]], list[Row]]


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair.

    Attributes:
        name: What `--repair` is given.
        code: The LOS code that each repaired row is reported under.
        title: One line for the documentation.
        apply: Row, argument and hits to the rows that the row becomes: one, or several where the
            repair splits it. A row that needs no repair is returned as it is, without a hit; a
            repair that would leave a row without messages leaves it alone.
        argument: What `NAME=ARGUMENT` may give, as its default; None where there is none.
    """

    name: str
    code: str
    title: str
    apply: Apply
    argument: str | None = None
