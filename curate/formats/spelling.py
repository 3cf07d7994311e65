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
    "older_names": "the older names of the two sides",
    "bare": "that a turn's marker has no space behind it",
    "media": "that files stood in columns beside messages",
    "scalar": "that a media column held one file and no list",
    "described": "that files were objects",
    "image_list": "that one image stood in a list",
    "image_place": "that the images stood beside texts alone",
    "item_order": "the order of a message's items",
    "item_extra": "keys beside an item's own",
    "rendered": "the template and its tokens that the text was written with",
    "tools_bare": "that tools were not wrapped",
    "tools_style": "the spacing of the tools' JSON",
    "tools_block": "where the tools stood in the system text",
    "tools_from": "that the tools stood in a column",
    "call_style": "the spacing of calls",
    "string_arguments": "which arguments were text",
    "think": "the white space around reasoning",
    "think_moved": "the white space around reasoning",
    "inline": "the spacing of calls and results in the text",
    "results": "which results shared a turn",
    "answers": "that the calls were no text",
    "answers_style": "the spacing of calls",
    "text_list": "that the list was a text",
    "history_text": "that the list was a text",
    "messages_text": "that the list was a text",
    "columns": "other names of columns",
    "tool_role": "which results had the role tool",
    "loss_scale": "which weights were a loss_scale",
    "call_text": "the spacing of calls",
    "call_arguments": "that arguments were text",
    "article_split": "where the article ends",
    "choices": "where a choice of several lines ends",
    "side_forms": "that an answer was a text or a list",
    "rejected_turns": "that the rejected answer was a list",
    "parameters": "that a tool's parameters were text",
    "weight_beside": "a weight beside train or loss",
    "texts": "which texts stood beside parts",
    "weight_key": "which weights were no train",
    "margin": "that the margin was a whole number",
    "prompt_repeated": "that an answer began with the prompt",
}
_KEPT = {"id"}
# Formats that say the same in their own way, also for rows that were another kind before.
_SHARED = {
    "prompt": frozenset({"trl-prompt-completion", "trl-preference", "trl-kto", "trl-prompt-only"}),
    "alpaca_split": frozenset({"alpaca", "alpaca-preference", "alpaca-kto"}),
}


_MARKS = ("absent", "null", "blank")


def lose_spelling(row: Row, came_from: str, target: str, hits: list[Hit]) -> Row:
    """Report LOS055, once a row, where its layout is of another format than the target.

    A format reads its own spelling back; whether another one happens to have the same is not
    looked at, so that nothing is lost unsaid. Returned is the row without the marks of its columns
    that were empty: an empty `tools` text, which one tool takes for none, ends another's run.

    Args:
        row: The row, with `layout` as an object.
        came_from: The format that the row was read from; "" where that is not known.
        target: The format that is written.
        hits: Gets the loss.
    """
    layout = row.get("layout")
    if not layout or came_from == target:
        return row
    names = [
        _WHAT.get(key, key)
        for key in layout
        if key not in _KEPT and target not in _SHARED.get(key, ())
    ]
    if names:
        hits.append(Hit("LOS055", "/layout", f"not kept: {', '.join(names)}"))
    if layout.keys().isdisjoint(_MARKS):
        return row
    kept = {key: _inner(value) if key in _MARKS else value for key, value in layout.items()}
    return {**row, "layout": {key: value for key, value in kept.items() if value != []}}


def _inner(pointers: list[str]) -> list[str]:
    """Return the pointers that lead inside a column."""
    return [pointer for pointer in pointers if pointer.count("/") > 1]
