"""A reading as plain values: its text, what of it is trained, its tokens, counts of each turn."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Any

from curate.checks.rendered.reading import Reading, Side
from curate.checks.walk import ANSWER_COLUMNS


def document(reading: Reading) -> list[dict[str, Any]]:
    """Return each sequence of a row as the model reads it; places are in characters of `text`."""
    return [_of_side(reading, side) for side in reading.sides]


def _of_side(reading: Reading, side: Side) -> dict[str, Any]:
    head = {"answer": _answer(side), "tokenizer": reading.rendering.name}
    if side.encoded is None:
        refused = side.refused.message if side.refused is not None else side.unreadable
        return head | {"text": None, "refused": refused}
    limit = reading.rendering.max_length
    starts, trained = side.starts(), side.encoded.trained
    cut = starts[limit] if limit is not None and side.length > limit else None
    return head | {
        "text": side.text,
        "refused": None,
        "unmasked": side.unmasked.message if side.unmasked is not None else None,
        "token_count": side.length,
        "trained_count": side.trained,
        "max_length": limit,
        "cut_at": cut,
        "split_at": side.breaks(),
        "added": [reading.rendering.tokenizer.decode([n]) for n in side.added()],
        "spans": _spans(side),
        "turns": _turns(side, starts, trained),
        "tokens": [
            {"id": number, "start": start, "trained": flag}
            for number, start, flag in zip(side.encoded.ids, starts, trained, strict=True)
        ],
    }


def _answer(side: Side) -> str | None:
    """Return which of a pair's answers a side holds."""
    columns = [pointer.split("/")[1] for pointer in side.pointers[-1:]]
    return next((column for column in columns if column in ANSWER_COLUMNS), None)


def _spans(side: Side) -> list[dict[str, Any]]:
    """Return the text in pieces, trained and not, in order."""
    spans = side.trained_spans()
    cuts = sorted({0, len(side.text), *(at for span in spans for at in span)})
    begins = {start for start, _ in spans}
    return [{"start": a, "end": b, "trained": a in begins} for a, b in pairwise(cuts)]


def _turns(side: Side, starts: list[int], trained: list[bool]) -> list[dict[str, Any]]:
    """Return the tokens of each message's text, and of what the template puts around them."""
    turns: list[dict[str, Any]] = []
    for pointer, message, span in zip(side.pointers, side.messages, side.spans(), strict=True):
        count = flags = None
        if span is not None:
            first, behind = bisect_left(starts, span[0]), bisect_left(starts, span[1])
            count, flags = behind - first, sum(trained[first:behind])
        role = message["role"]
        turns.append({"pointer": pointer, "role": role, "tokens": count, "trained": flags})
    known = [turn for turn in turns if turn["tokens"] is not None]
    if side.messages:
        around = len(starts) - sum(turn["tokens"] for turn in known)
        rest = sum(trained) - sum(turn["trained"] for turn in known)
        turns.append({"pointer": None, "role": "template", "tokens": around, "trained": rest})
    return turns
