"""Columns that hold the text of a Python list of turns, opened on request.

CSV files that pandas or `datasets` wrote hold lists as `str()` writes them; AutoTrain reads such a
column with `ast.literal_eval` (`src/autotrain/trainers/clm/utils.py`).
"""

from __future__ import annotations

from typing import Any

from curate.finding import Hit
from curate.formats.pieces.held_json import parse
from curate.formats.pieces.literals import json_of_literal

_COLUMNS = ("messages", "conversations", "text", "prompt", "chosen", "rejected", "completion")


def turns_as_lists(record: dict[str, Any]) -> tuple[dict[str, Any], list[Hit]]:
    """Return a record whose columns of turns are lists where they were Python literals, and hits.

    A text is opened where it is a list of objects that each have a `role` or a `from`, and JSON can
    say the same; any other text is left alone, JSON text too.

    Args:
        record: The record; it is not changed.

    Returns:
        The record, and LOS051 for each column that is opened.
    """
    hits: list[Hit] = []
    changed = record
    for column in _COLUMNS:
        text = record.get(column)
        if not isinstance(text, str) or text.lstrip()[:1] != "[":
            continue
        turns = _turns(text)
        if turns is not None:
            why = "a Python literal is read as a list of turns"
            hits.append(Hit("LOS051", f"/{column}", why, text))
            changed = {**changed, column: turns}
    return changed, hits


def _turns(text: str) -> list[dict[str, Any]] | None:
    found = json_of_literal(text)
    turns = None if found is None else parse(found)
    if not isinstance(turns, list) or not turns:
        return None
    are = all(isinstance(turn, dict) and not {"role", "from"}.isdisjoint(turn) for turn in turns)
    return turns if are else None
