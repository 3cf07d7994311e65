"""What a trainer trains of a row's tokens, and what it does with a row over its length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.checks.profiles import TooLong, Trained
from curate.checks.rendered.reading import Reading, Side
from curate.checks.walk import ANSWER_COLUMNS, layout_of
from curate.row import Message

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    from curate.render.template import Span

    Mask = NDArray[np.bool_]
else:
    Mask = Any

# A mark of a format that has no column for it stands in the message's own extra keys.
UNTRAINED = '"(weight|loss|train)": ?(0(\\.0)?|false)[,}]'
_UNTRAINED = re.compile(UNTRAINED)
_LEARNT = (*ANSWER_COLUMNS, "completions")


class Fate(NamedTuple):
    """The tokens of a row, all its sequences together.

    Attributes:
        total: All of them.
        meant: Those that the data wants to be learnt.
        before: Those that the trainer trains of a row of any length.
        after: Those that it trains once the row is cut, or left out.
        over: Whether a sequence is longer than the trainer takes.
        untold: Whether it cannot be said which are trained; none counts so then.
    """

    total: int
    meant: int
    before: int
    after: int
    over: bool
    untold: bool


def fate(
    reading: Reading,
    trained: Trained | None,
    form: str,
    too_long: TooLong | None,
    limit: int | None,
) -> Fate:
    """Return what a trainer makes of a row's tokens.

    Args:
        reading: The row.
        trained: What is trained; None takes what is meant.
        form: The row's format.
        too_long: What becomes of a row over the length; None where that is not known.
        limit: The length in tokens, or None.
    """
    sides = [side for side, _ in reading.read()]
    found = [_trained(reading, side, trained, form) for side in sides]
    masks = [
        np.zeros(side.length, np.bool_) if mask is None else mask
        for side, mask in zip(sides, found, strict=True)
    ]
    before = _sum(masks)
    over = limit is not None and any(side.length > limit for side in sides)
    return Fate(
        total=sum(side.length for side in sides),
        meant=_sum([_meant(reading, side) for side in sides]),
        before=before,
        after=_left(masks, too_long, limit) if over and limit is not None else before,
        over=over,
        untold=any(mask is None for mask in found),
    )


def _sum(masks: Sequence[Mask | None]) -> int:
    return sum(int(mask.sum()) for mask in masks if mask is not None)


def _left(masks: Sequence[Mask], too_long: TooLong | None, limit: int) -> int:
    """Return how many trained tokens are left of a row that is too long."""
    if too_long == "drop":
        return 0
    if too_long == "cut":
        return _sum([mask[:limit] for mask in masks])
    if too_long == "shorten":
        # The sides of a pair are cut alike, as its longest answer asks for.
        _, answers = kept_by_llama_factory(max(masks, key=len).tolist(), limit)
        return sum(min(answers, int(mask.sum())) for mask in masks)
    return _sum(masks)


def _meant(reading: Reading, side: Side) -> Mask | None:
    """Return which tokens the data wants to be learnt, None where that cannot be told."""
    answers = _answers(side)
    if answers is None:
        return _flags(side)
    if reading.kind != "sft":
        columns = (side.pointers[turn].split("/")[1] for turn, _, _ in answers)
        spans = [
            span for column, (_, span, _) in zip(columns, answers, strict=True) if column in _LEARNT
        ]
        return _over(side, spans)
    begin = _begin(reading)
    return _over(side, [span for turn, span, marked in answers if turn >= begin and not marked])


def _trained(reading: Reading, side: Side, trained: Trained | None, form: str) -> Mask | None:
    if trained is None or reading.kind != "sft":
        return _meant(reading, side)
    on = trained.with_tools if trained.with_tools and reading.row.get("tools") else trained.on
    if on == "all":
        return np.ones(side.length, np.bool_)
    answers, reads = _answers(side), trained.reads_weights(form)
    if answers is None:
        return _flags(side) if on == "assistant" and reads else None
    begin = _begin(reading)
    if on == "completion" and begin > 0:
        starts = [span[0] for turn, span, _ in answers if turn >= begin]
        end = len(side.rendered.text) if side.rendered is not None else 0
        return _over(side, [(start, end) for start in starts[:1]])
    chosen = answers if on == "assistant" else answers[-1:]
    return _over(side, [span for _, span, marked in chosen if not (reads and marked)])


def _answers(side: Side) -> list[tuple[int, Span, bool]] | None:
    """Return place, span and mark of each answer; None where they are not told apart."""
    rendered = side.rendered
    if side.unmasked is not None or rendered is None:
        return None
    if rendered.spans and not rendered.answers:
        return None
    return [(turn, span, _marked(side.messages[turn])) for turn, span in rendered.answers]


def _marked(message: Message) -> bool:
    """Return whether a message says that it is not to be learnt."""
    extra = message.get("extra")
    return message.get("weight") == 0 or bool(extra and _UNTRAINED.search(extra))


def _begin(reading: Reading) -> int:
    """Return the first turn of the completion, as the row's format said; 0 where it did not."""
    found = layout_of(reading.row).get("completion_from", 0)
    return found if isinstance(found, int) else 0


def _flags(side: Side) -> Mask | None:
    if side.encoded is None or side.unmasked is not None:
        return None
    return np.array(side.encoded.trained, np.bool_)


def _over(side: Side, spans: Sequence[Span]) -> Mask:
    """Return which tokens begin in some spans of the rendering."""
    starts = np.array(side.encoded.starts if side.encoded is not None else (), np.int64)
    mask = np.zeros(len(starts), np.bool_)
    for start, end in spans:
        mask |= (starts >= start) & (starts < end)
    return mask


def kept_by_llama_factory(trained: list[bool], limit: int) -> tuple[int, int]:
    """Return how many tokens of prompts and of answers `infer_seqlen` (0.9.5) keeps."""
    runs = [(flag, len(list(run))) for flag, run in groupby(trained)]
    if runs and runs[0][0]:
        runs.insert(0, (False, 0))
    prompts = answers = 0
    for (_, source), (_, target) in zip(runs[::2], runs[1::2], strict=False):
        left = limit - prompts - answers
        if left <= 0:
            break
        most = int(left * (target / (source + target)))
        if target * 2 < left:
            most = left
        elif source * 2 < left:
            most = left - source
        kept = min(most, target)
        answers += kept
        prompts += min(max(left - kept, 0), source)
    return prompts, answers
