"""Pairs of judged answers: which of two or more is the better one, never by a guess."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from curate.finding import Hit
from curate.formats.pieces.sides import assistant
from curate.row import Message, Row


def tie(hits: list[Hit], pointer: str, value: object) -> None:
    """Report that the answers are judged equal."""
    hits.append(Hit("PRF012", pointer, "the answers are judged equal", value))


def unjudged(hits: list[Hit], pointer: str, why: str, value: object = None) -> None:
    """Report that there is no verdict."""
    hits.append(Hit("PRF013", pointer, why, value))


def is_number(value: object) -> bool:
    """Return whether a value is a number, which true, false and NaN are not."""
    if isinstance(value, float):
        return not math.isnan(value)
    return isinstance(value, int) and not isinstance(value, bool)


def best_and_worst(
    answers: Sequence[Mapping[str, Any]], key: str, hits: list[Hit], pointer: str
) -> tuple[int, int] | None:
    """Return the indexes of the answers of the highest and of the lowest score.

    Of several equal ones the first of the record is taken: each such pair is true. Where all are
    equal there is none, with a PRF012 hit; with fewer than two scores a PRF013 hit.

    Args:
        answers: The answers.
        key: The key of the score; an answer whose score is no number is left out.
        hits: Gets the hit.
        pointer: Where the answers stand in the record.
    """
    scored = [index for index, answer in enumerate(answers) if is_number(answer.get(key))]
    if len(scored) < 2:
        unjudged(hits, pointer, f"{len(scored)} of {len(answers)} answers have a {key}")
        return None
    best = max(scored, key=lambda index: answers[index][key])
    worst = min(scored, key=lambda index: answers[index][key])
    if best == worst:
        tie(hits, pointer, answers[best][key])
        return None
    return best, worst


def pair(prompt: list[Message], chosen: str, rejected: str) -> Row:
    """Return a row's own columns for two answers that are texts."""
    return {"prompt": prompt, "chosen": assistant(chosen), "rejected": assistant(rejected)}
