"""By which number of each row `dedup` decides which of some duplicates stays."""

from __future__ import annotations

import difflib
import math
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from curate.build.line.base import Rows
from curate.errors import UsageError, printable
from curate.files.json_text import loads
from curate.finding import Hit

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]
else:
    Scores = Any

BEST = "best:"
_CHOICES = "first, longest or best:FIELD"
_MARGIN, _EXTRA = "margin", "extra"
_LARGEST = sys.float_info.max


class Field(NamedTuple):
    """The numbers of a field.

    Attributes:
        numbers: `(n_rows,) float64`: NaN where a row has no number.
        n_text: How many rows have text or another value that is no number.
        n_absent: How many rows have null, or no such field.
    """

    numbers: Scores
    n_text: int
    n_absent: int

    def hits(self, name: str) -> list[Hit]:
        """Return what is found of the field."""
        lacking = self.n_text + self.n_absent
        if not lacking:
            return []
        said = f"{lacking:,} of {len(self.numbers):,} rows have no number in `{printable(name)}`"
        if self.n_text:
            said += f", {self.n_text:,} of them text or another value"
        return [Hit("DUP017", "", f"{said}; they rank below all rows with a number")]


def check_keep(keep: str) -> None:
    """Refuse what is no choice.

    Raises:
        UsageError: If `keep` is neither `first`, `longest` nor `best:` with a field.
    """
    field = keep.removeprefix(BEST)
    if keep in ("first", "longest") or (field != keep and field.strip(". ") == field != ""):
        return
    near = difflib.get_close_matches(keep, ["first", "longest"], n=1)
    meant = f" (did you mean `{near[0]}`?)" if near else ""
    raise UsageError(f"keep is {printable(keep)}, expected {_CHOICES}{meant}")


def numbers_of(rows: Rows, name: str) -> Field:
    """Return a number of each row.

    A value that a step put into the rows wins over the input's own: `margin`, and the keys of
    `extra`, of which a dotted path reaches into objects. `extra.` may stand before it.

    Raises:
        UsageError: If no row has such a field, or no row has a number in it.
    """
    path = name.removeprefix(f"{_EXTRA}.").split(".")
    numbers = np.full(len(rows), np.nan)
    seen: Counter[str] = Counter()
    known: set[str] = set()
    if path[0] in rows.extra and len(path) == 1:
        for at, value in enumerate(rows.extra[path[0]].to_pylist()):
            _take(value, at, numbers, seen)
    elif path == [_MARGIN] and _MARGIN in rows.table.column_names:
        for begin, batch in rows.batches([_MARGIN]):
            for at, value in enumerate(batch.column(0).to_pylist(), begin):
                _take(value, at, numbers, seen)
    else:
        for begin, batch in rows.batches([_EXTRA]):
            _take_extra(batch, begin, path, numbers, seen, known)
    if not seen["number"]:
        _refuse(name, seen, known | set(rows.extra))
    return Field(numbers, seen["other"], seen["null"] + seen["absent"])


def _take_extra(
    batch: pa.RecordBatch,
    begin: int,
    path: list[str],
    numbers: Scores,
    seen: Counter[str],
    known: set[str],
) -> None:
    for at, text in enumerate(batch.column(0).to_pylist(), begin):
        value = loads(text) if text else {}
        known.update(value if len(known) < 50 else ())
        if ".".join(path) in value:
            value = value[".".join(path)]
        else:
            for key in path:
                if not isinstance(value, dict) or key not in value:
                    seen["absent"] += 1
                    break
                value = value[key]
            else:
                _take(value, at, numbers, seen)
            continue
        _take(value, at, numbers, seen)


def _take(value: Any, at: int, numbers: Scores, seen: Counter[str]) -> None:
    if value is None:
        seen["null"] += 1
    elif isinstance(value, int | float) and not isinstance(value, bool) and not _is_nan(value):
        # Beyond the largest float, only the sign is left of an integer.
        numbers[at] = max(min(value, _LARGEST), -_LARGEST)
        seen["number"] += 1
    else:
        seen["other"] += 1


def _is_nan(value: float) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _refuse(name: str, seen: Counter[str], known: set[str]) -> None:
    shown = printable(name)
    if seen["other"] or seen["null"]:
        raise UsageError(
            f"keep: no row has a number in `{shown}`",
            hint="best:FIELD keeps the row with the highest number",
        )
    near = difflib.get_close_matches(name, sorted(known), n=1)
    meant = f" (did you mean `{printable(near[0])}`?)" if near else ""
    fields = ", ".join(printable(each, 40) for each in sorted(known)[:10])
    raise UsageError(
        f"keep: no row has the field `{shown}`{meant}",
        hint=f"fields beside the rows' own: {fields}" if fields else "the rows have no such fields",
    )
