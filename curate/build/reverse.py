"""Turning an exchange round: given the response, the model learns to write the instruction."""

from __future__ import annotations

from curate.finding import Hit
from curate.render import REVERSE_INSTRUCTION
from curate.row import Row


def reverse_row(row: Row, hits: list[Hit]) -> Row:
    """Return the row whose input is the old response and whose response is the old instruction.

    The context that came with the instruction goes to `extra.context`; a system message and other
    columns stay. A row that is not one exchange of plain texts gets an SCH010 hit.
    """
    messages = row.get("messages") or []
    lead = [m for m in messages if m["role"] in ("system", "developer")]
    turns = [m for m in messages if m["role"] not in ("system", "developer")]
    texts = [m.get("content") for m in turns]
    if [m["role"] for m in turns] != ["user", "assistant"] or None in texts:
        roles = ", ".join(m["role"] for m in messages[:10]) or "no messages"
        hits.append(Hit("SCH010", "/messages", f"found {roles}; expected user, assistant"))
        return row
    asked, response = str(texts[0]), str(texts[1])
    if not response.strip():
        hits.append(Hit("SCH010", "/messages", "the response is empty: there is nothing to ask"))
        return row
    layout = row.get("layout") or {}
    extra = dict(row.get("extra") or {})
    split = layout.get("alpaca_split")
    if isinstance(split, int) and split < len(asked):
        extra["context"] = asked[split + 1 :]
        asked = asked[:split]
    turned = dict(row)
    turned["messages"] = [
        *lead,
        {"role": "user", "content": f"{REVERSE_INSTRUCTION}\n{response}"},
        {"role": "assistant", "content": asked},
    ]
    # What else the layout says is about the columns of the record as it was.
    kept = {key: layout[key] for key in ("id", "system_from") if key in layout}
    turned["layout"] = {**kept, "alpaca_split": len(REVERSE_INSTRUCTION)}
    if extra:
        turned["extra"] = extra
    return turned
