"""Lists that a column holds as text: JSON is read, a Python literal is named and refused."""

from __future__ import annotations

from typing import Any

from curate.errors import json_type
from curate.finding import Hit
from curate.formats.pieces.held_json import parse

_FIX = "write the list itself, or its JSON text"


def list_of_text(text: str, pointer: str, hits: list[Hit]) -> list[Any] | None:
    """Return the list that a text holds, or None with a SCH016 hit where it is no JSON list.

    ms-swift also takes Python literals (`ast.literal_eval`); what such a text means is not
    guessed here.

    Args:
        text: The text.
        pointer: Where it stands in the record.
        hits: Gets the fault.
    """
    try:
        found = parse(text)
    except ValueError as error:
        why = f"expected a list or its JSON text, but {error}"
    else:
        if isinstance(found, list):
            return found
        why = f"expected a list or its JSON text, found that of {json_type(found)}"
    hits.append(Hit("SCH016", pointer, why, text, _FIX))
    return None
