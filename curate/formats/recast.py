"""Rows of one kind made of rows of another, each with the loss that it costs.

Nothing is derived in the other direction: answers are never made up, and judged answers become
pairs only where they share a prompt, which takes the whole set.
"""

from __future__ import annotations

from collections.abc import Callable

from curate.finding import Hit
from curate.row import Kind, Message, Row

Recast = Callable[[Row, list[Hit]], list[Row]]
# What a layout says of the question, which is the same in each kind: whether the id was a number,
# whether the texts were plain, and where the instruction ends.
OF_QUESTION = ("id", "prompt", "alpaca_split")
_ONE_SIDED = ("prompt", "chosen", "rejected", "completion", "label", "margin", "layout")


def kind_of_columns(row: Row) -> Kind:
    """Return the kind whose columns a row has."""
    for column, kind in _BY_COLUMN:
        if column in row:
            return kind
    return "sft"


_BY_COLUMN: tuple[tuple[str, Kind], ...] = (
    ("messages", "sft"),
    ("chosen", "preference"),
    ("label", "unpaired"),
    ("text", "text"),
    ("completions", "stepwise"),
    ("segments", "segments"),
    ("prompt", "prompt_only"),
)


def _rest(row: Row) -> Row:
    """Return what a row keeps in another kind; its layout mostly is about columns that go."""
    kept = {key: value for key, value in row.items() if key not in _ONE_SIDED}
    layout = row.get("layout") or {}
    known = {key: layout[key] for key in OF_QUESTION if key in layout}
    return kept | {"layout": known} if known else kept


def _lose_margin(row: Row, hits: list[Hit]) -> None:
    if "margin" in row:
        hits.append(Hit("LOS026", "/margin", "the kind has no margin", row["margin"]))


def _pair_to_chat(row: Row, hits: list[Hit]) -> list[Row]:
    hits.append(Hit("LOS024", "/rejected", "only the chosen answer is kept"))
    _lose_margin(row, hits)
    return [_rest(row) | {"messages": row["prompt"] + row["chosen"]}]


def _pair_to_judged(row: Row, hits: list[Hit]) -> list[Row]:
    hits.append(Hit("LOS027", "", "the pair becomes a desired and an undesired answer"))
    _lose_margin(row, hits)
    rest = _rest(row)
    return [
        rest | {"prompt": row["prompt"], "completion": row[side], "label": label}
        for side, label in (("chosen", True), ("rejected", False))
    ]


def _judged_to_chat(row: Row, hits: list[Hit]) -> list[Row]:
    if not row["label"]:
        hits.append(Hit("LOS028", "/label", "the answer is labelled as not desired"))
        return []
    return [_rest(row) | {"messages": row["prompt"] + row["completion"]}]


def _sides_to_prompt(row: Row, hits: list[Hit]) -> list[Row]:
    hits.append(Hit("LOS052", "", "only the prompt is kept"))
    return [_prompt(row, row["prompt"])]


def _chat_to_prompt(row: Row, hits: list[Hit]) -> list[Row]:
    messages: list[Message] = row["messages"]
    asked = [index for index, message in enumerate(messages) if message["role"] == "user"]
    end = asked[-1] + 1 if asked else 0
    hits.append(Hit("LOS052", f"/messages/{end}", "the turns from here on are left out"))
    if not end:
        hits.append(Hit("LOS034", "/messages", "there is no question that could be a prompt"))
        return [row]
    return [_prompt(row, messages[:end])]


def _prompt(row: Row, prompt: list[Message]) -> Row:
    kept = {k: v for k, v in _rest(row).items() if k not in ("messages", "tools", "media")}
    extra = dict(kept.get("extra") or {})
    if "tools" in row:
        extra.setdefault("tools", row["tools"])
    return kept | {"prompt": prompt} | ({"extra": extra} if extra else {})


RECASTS: dict[tuple[Kind, Kind], Recast] = {
    ("preference", "sft"): _pair_to_chat,
    ("preference", "unpaired"): _pair_to_judged,
    ("preference", "prompt_only"): _sides_to_prompt,
    ("unpaired", "sft"): _judged_to_chat,
    ("unpaired", "prompt_only"): _sides_to_prompt,
    ("sft", "prompt_only"): _chat_to_prompt,
}
