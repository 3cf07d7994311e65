"""What only the source's spelling says, and another format does not: reported, never silent."""

from __future__ import annotations

from curate.finding import Hit
from curate.row import Row

_WHAT = {
    "absent": "missing keys",
    "null": "nulls",
    "blank": "empty keys",
    "alpaca_split": "where instruction ends and input begins",
    "completion_from": "where the completion begins",
    "system_from": "that the system text stood in a column",
    "prompt": "that prompt and answer were plain texts",
}
_KEPT = {"id"}


def lose_spelling(row: Row, came_from: str, target: str, hits: list[Hit]) -> None:
    """Report LOS055, once a row, where its layout is of another format than the target.

    A format reads its own spelling back; whether another one happens to have the same is not
    looked at, so that nothing is lost unsaid.

    Args:
        row: The row, with `layout` as an object.
        came_from: The format that the row was read from; "" where that is not known.
        target: The format that is written.
        hits: Gets the loss.
    """
    layout = row.get("layout")
    if not layout or came_from == target:
        return
    names = [_WHAT.get(key, key) for key in layout if key not in _KEPT]
    if names:
        hits.append(Hit("LOS055", "/layout", f"not kept: {', '.join(names)}"))
