"""PRF: pairs of a chosen and a rejected answer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from curate.checks.base import Spot, rule
from curate.checks.walk import says_nothing, spoken, turns_of
from curate.row import Kind, Message, Row

_PAIRS: tuple[Kind, ...] = ("preference",)
_SIDES = ("chosen", "rejected")
_SPACE = re.compile(r"\s+")
_LENGTH_RATIO = 10
_LENGTH_LEAST_CHARS = 200


def side_fault(side: list[Message], *, of: str) -> Iterator[Spot]:
    """Yield a spot where an answer does not begin, or does not end, with an assistant turn."""
    turns = turns_of(of, side)
    for turn in dict.fromkeys(turn.pointer for turn in (turns[:1] + turns[-1:])):
        role = side[int(turn.rsplit("/", 1)[1])]["role"]
        if role != "assistant":
            yield Spot(f"{turn}/role", f"the answer's turn is {role}, expected assistant", role)


def _signature(side: list[Message]) -> list[Any]:
    """Return all of a side that is rendered, white space as it stands."""
    return [
        (
            message["role"],
            spoken(message),
            [part for part in message.get("parts") or () if part["type"] != "text"],
            message.get("tool_calls"),
            message.get("tool_call_id"),
            message.get("reasoning"),
            message.get("refusal"),
        )
        for message in side
    ]


def _squeezed(side: list[Message]) -> list[Any]:
    return [
        tuple(_SPACE.sub(" ", item).strip() if isinstance(item, str) else item for item in entry)
        for entry in _signature(side)
    ]


def _sides(row: Row) -> tuple[list[Message], list[Message]]:
    return row.get("chosen") or [], row.get("rejected") or []


def _is_empty(side: list[Message]) -> bool:
    return all(says_nothing(message) for message in side)


def same_but_space(row: Row) -> bool:
    """Tell whether the two sides are equal, or would be with other white space."""
    chosen, rejected = _sides(row)
    return _squeezed(chosen) == _squeezed(rejected)


@rule("PRF003", "identical-sides", severity="error", kinds=_PAIRS, ordinary=True)
def identical_sides(row: Row) -> Iterator[Spot]:
    """Chosen and rejected are the same.

    Why: the pair says nothing; its loss is a constant, and its accuracy is counted as a mistake.
    ms-swift deletes it.
    Example: chosen "4", rejected "4"
    Fix: remove the pair.
    Source: ms-swift 4.6 preprocessor (identical strings raise); TRL 1.16 `DPOTrainer`.
    """
    chosen, rejected = _sides(row)
    if chosen and not _is_empty(chosen) and _signature(chosen) == _signature(rejected):
        yield Spot("/rejected", "equal to /chosen", spoken(rejected[-1]))


@rule("PRF004", "same-but-whitespace", severity="warning", kinds=_PAIRS)
def same_but_whitespace(row: Row) -> Iterator[Spot]:
    """Chosen and rejected differ in white space only.

    Why: the model learns a preference for line breaks; templates that trim make the sides equal.
    Example: chosen "Yes.", rejected "Yes. "
    Fix: remove the pair, unless layout is what it is about.
    Source: axolotl 0.19 `dpo/chat_template.py` (trimming templates).
    """
    chosen, rejected = _sides(row)
    if _is_empty(chosen) or not same_but_space(row):
        return
    if _signature(chosen) != _signature(rejected):
        yield Spot("/rejected", "equal to /chosen but for white space", spoken(rejected[-1]))


@rule("PRF005", "empty-side", severity="error", kinds=_PAIRS, ordinary=True)
def empty_side(row: Row) -> Iterator[Spot]:
    """Chosen or rejected is missing or shows nothing.

    Why: the pair teaches "anything is better than silence", or silence; axolotl trains the word
    None for null, and cuts an empty side wrongly.
    Example: `"rejected": []`, or a rejected text of ""
    Fix: remove the pair, or write the missing side.
    Source: axolotl 0.19 `chatml` and `dpo/chat_template.py`; ms-swift (null rejected raises).
    """
    for name in _SIDES:
        if _is_empty(row.get(name) or []):
            yield Spot(f"/{name}", "the answer is empty")


@rule("PRF006", "side-is-prefix", severity="warning", kinds=_PAIRS)
def side_is_prefix(row: Row) -> Iterator[Spot]:
    """One side is the beginning of the other.

    Why: the pair compares where the text stops, not what it says: often a rejected side that a
    length limit cut off.
    Example: chosen "Paris is the capital.", rejected "Paris is"
    Fix: remove the pair, unless length is what it is about.
    Source: TRL 1.16 `extract_prompt` (its common-prefix rule fails on such pairs).
    """
    chosen, rejected = _sides(row)
    if len(chosen) != 1 or len(rejected) != 1 or _is_empty(chosen) or _is_empty(rejected):
        return
    if chosen[0].get("tool_calls") or rejected[0].get("tool_calls"):
        return
    texts = [spoken(chosen[0]).strip(), spoken(rejected[0]).strip()]
    for at, name in enumerate(_SIDES):
        mine, other = texts[at], texts[1 - at]
        if other.startswith(mine) and len(mine) < len(other):
            yield Spot(f"/{name}", f"the first {len(mine)} of {len(other)} characters of the other")


@rule("PRF007", "side-role", severity="error", kinds=_PAIRS, ordinary=True)
def side_role(row: Row) -> Iterator[Spot]:
    """Chosen or rejected does not begin and end with an assistant turn.

    Why: LLaMA-Factory warns and trains the user's text as an answer; templates put the answer
    under the wrong header.
    Example: `"chosen": [{"role": "user", "content": "Hi"}]`
    Fix: put shared turns into the prompt and give the answer the role assistant.
    Source: LLaMA-Factory `converter.py:SharegptDatasetConverter`.
    """
    for name in _SIDES:
        yield from side_fault(row.get(name) or [], of=name)


@rule("PRF008", "length-ratio", severity="info", kinds=_PAIRS)
def length_ratio(row: Row) -> Iterator[Spot]:
    """One side is at least ten times as long as the other, and over 200 characters.

    Why: preference training learns length first; such pairs feed it.
    Example: chosen of 2,000 characters, rejected "No."
    Fix: none for one pair; where many pairs are like it, length is what the set teaches.
    Source: Park et al. 2024, Disentangling Length from Quality in DPO (arXiv:2403.19159).
    """
    lengths = [sum(len(spoken(m).strip()) for m in row.get(name) or ()) for name in _SIDES]
    shorter, longer = min(lengths), max(lengths)
    if shorter and longer > _LENGTH_LEAST_CHARS and longer >= _LENGTH_RATIO * shorter:
        name = _SIDES[lengths.index(longer)]
        yield Spot(f"/{name}", f"{longer} characters against {shorter}", longer / shorter)


@rule("PRF009", "margin-not-finite", severity="error", kinds=_PAIRS, ordinary=True)
def margin_not_finite(row: Row) -> Iterator[Spot]:
    """The margin is NaN or infinite.

    Why: one such value makes the reward loss NaN, and every weight after it.
    Example: `"margin": NaN`
    Fix: remove the margin (it is optional), or write the number.
    Source: TRL 1.16 `RewardTrainer` (the margin is subtracted inside the loss).
    """
    margin = row.get("margin")
    if margin is not None and not math.isfinite(margin):
        yield Spot("/margin", "expected a finite number", margin)


@rule("PRF010", "margin-negative", severity="warning", kinds=_PAIRS)
def margin_negative(row: Row) -> Iterator[Spot]:
    """The margin is below zero: by its own score the rejected side is the better one.

    Why: the sides are probably swapped, and the pair teaches the worse answer.
    Example: `"margin": -1.5`
    Fix: swap the sides, or correct the margin.
    Source: Llama 2 paper, section 3.2.2 (margin as a positive rating distance); TRL 1.16.
    """
    margin = row.get("margin")
    if margin is not None and margin < 0:
        yield Spot("/margin", "expected zero or more", margin)


@rule("PRF011", "user-turn-in-side", severity="warning", kinds=_PAIRS, ordinary=True)
def user_turn_in_side(row: Row) -> Iterator[Spot]:
    """An answer of several messages has a user's turn in it.

    Why: TRL trains every token of a side, so the model learns to write the user's part.
    Example: chosen: assistant, user, assistant
    Fix: end each side at its first answer, and put shared turns into the prompt.
    Source: TRL 1.16 `DPOTrainer` (the whole completion is scored).
    """
    for name in _SIDES:
        for pointer, message in turns_of(name, row.get(name))[1:-1]:
            if message["role"] == "user":
                yield Spot(f"{pointer}/role", "a user turn inside the answer")


RULES = (
    identical_sides,
    same_but_whitespace,
    empty_side,
    side_is_prefix,
    side_role,
    length_ratio,
    margin_not_finite,
    margin_negative,
    user_turn_in_side,
)
