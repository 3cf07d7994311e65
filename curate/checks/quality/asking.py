"""What the rules on questions share: the questions of a row, and rows with other questions."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.walk import SYSTEM_ROLES, Exchange, exchanges, layout_of, with_layout
from curate.row import Kind, Row

# The kinds of row in which somebody asks.
ASKING: tuple[Kind, ...] = ("sft", "preference", "unpaired", "prompt_only", "stepwise")
USER = ("user",)


def asked(row: Row) -> Iterator[Exchange]:
    """Yield each question of the row once, however many answers it has."""
    seen: set[str] = set()
    for exchange in exchanges(row):
        if exchange.question.pointer not in seen:
            seen.add(exchange.question.pointer)
            yield exchange


def opening(row: Row) -> Exchange | None:
    """Return the first question, if nothing but system texts stands before it."""
    first = next(asked(row), None)
    if first is None:
        return None
    _, column, at, _ = first.question.pointer.split("/")
    before = row[column][: int(at)]
    return first if all(message["role"] in SYSTEM_ROLES for message in before) else None


def only_text(row: Row) -> bool:
    """Tell whether the row has neither media nor tools, so that its texts are all there is."""
    return not row.get("media") and not row.get("tools")


def with_question(row: Row, pointer: str, instruction: str, given: str) -> Row:
    """Return the row with another question at the pointer of a text.

    `layout.alpaca_split` is set as the decoder would set it.
    """
    _, column, at, _ = pointer.split("/")
    text = f"{instruction}\n{given}" if given else instruction
    messages = list(row[column])
    messages[int(at)] = {**messages[int(at)], "content": text}
    changed = {**row, column: messages}
    layout = dict(layout_of(row))
    if "alpaca_split" not in layout:
        return changed
    if "\n" in text:
        layout["alpaca_split"] = len(instruction)
    else:
        del layout["alpaca_split"]
    return with_layout(changed, layout)
