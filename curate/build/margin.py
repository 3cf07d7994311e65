"""`--margin A-B`: how much better the chosen answer is, from two columns of the record."""

from __future__ import annotations

from collections.abc import Callable

from curate.errors import UsageError, printable
from curate.finding import Hit
from curate.row import Row

Change = Callable[[Row, list[Hit]], list[Row]]


def margin_by(text: str) -> Change:
    """Return the change that gives pairs a margin: column A minus column B, which both stay.

    Column names may hold a hyphen (`chosen-rating-rejected-rating`): the one split of the text
    whose two names are columns of the record is meant.

    Raises:
        UsageError: If no hyphen stands between two names.
    """
    splits = [
        (text[:at], text[at + 1 :])
        for at, sign in enumerate(text)
        if sign == "-" and text[:at] and text[at + 1 :]
    ]
    if not splits:
        raise UsageError(
            f"--margin {printable(text)}: expected two columns, A-B",
            hint="--margin score_chosen-score_rejected",
        )

    def change(row: Row, hits: list[Hit]) -> list[Row]:
        margin = _margin(row, text, splits, hits)
        return [row if margin is None else {**row, "margin": margin}]

    return change


def _margin(row: Row, text: str, splits: list[tuple[str, str]], hits: list[Hit]) -> float | None:
    if "chosen" not in row:
        why, fix = (
            "--margin is for pairs, and the row is none",
            "leave --margin out, or --kind preference",
        )
        hits.append(Hit("SCH008", "", why, fix=fix))
        return None
    if "margin" in row:
        hits.append(Hit("SRC028", "/margin", f"--margin {text}, but the record has a margin"))
        return None
    extra = row.get("extra") or {}
    found = [pair for pair in splits if pair[0] in extra and pair[1] in extra]
    if len(found) != 1:
        there = ", ".join(list(extra)[:10]) or "none"
        which = "more than one pair of columns fits" if found else "no such two columns"
        hits.append(
            Hit("SRC028", "", f"--margin {text}: {which}; beside the pair there are: {there}")
        )
        return None
    numbers = [_number(extra[name], name, hits) for name in found[0]]
    first, second = numbers
    return None if first is None or second is None else first - second


def _number(value: object, name: str, hits: list[Hit]) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            hits.append(Hit("SCH003", f"/{name}", "the number is too large", None))
            return None
    hits.append(Hit("SCH002", f"/{name}", "expected a number", value))
    return None
