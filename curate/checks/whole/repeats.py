"""Rows, prompts and answers that come again over a set. This only tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.checks.whole.base import Fault, WholeRule, counted, whole_rule
from curate.checks.whole.rows import ANSWERED, LONG, WANTED, RowSet
from curate.lexical.keys import Keys, joined

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Indices = NDArray[np.int64]
else:
    Mask = Indices = Any

SHOWN = 5
_PROMPTS_OF_ANSWER = 20
_TURN_RATIO, _TURN_ROWS = 0.2, 50


class Groups(NamedTuple):
    """Rows sorted by key.

    Attributes:
        order: The rows, those of one key together, each group in input order.
        starts: Where in `order` each group begins.
        sizes: The rows of each group.
    """

    order: Indices
    starts: Indices
    sizes: Indices

    def firsts(self) -> Indices:
        """Return the first row of each group."""
        return np.asarray(self.order[self.starts])


def grouped(keys: Keys, rows: Indices | None = None) -> Groups:
    """Return rows by key; all of them, or those given in ascending order."""
    wanted = keys if rows is None else keys[rows]
    order = np.argsort(wanted, kind="stable")
    ordered = wanted[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    starts = begins if len(ordered) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(ordered)))
    return Groups(order if rows is None else rows[order], starts, sizes)


def repeats(keys: Keys) -> tuple[Indices, Indices]:
    """Return the rows whose key came before, ascending, and the first row with the key of each."""
    groups = grouped(keys)
    owners = np.repeat(groups.firsts(), groups.sizes)
    again = groups.order != owners
    rows, before = groups.order[again], owners[again]
    order = np.argsort(rows, kind="stable")
    return rows[order], before[order]


def first_places(rows: RowSet, found: Sequence[int] | Indices) -> str:
    """Return the first places in words, and how many more there are."""
    said = ", ".join(rows.line(int(row)) for row in found[:SHOWN])
    more = len(found) - SHOWN
    return f"{said} and {more:,} more" if more > 0 else said


@whole_rule(
    "DUP001",
    "repeated-row",
    severity="warning",
    over="rows",
    kinds=("sft", "unpaired", "prompt_only", "text", "stepwise", "segments"),
)
def repeated_row(rows: RowSet) -> Iterator[Fault]:
    """Rows come again with the same content.

    Why: what is repeated is memorised and weighs more than meant; a copy that falls into the
    validation split makes the loss there look better than it is. Ids, categories and other columns
    beside the content are not compared.
    Example: the same instruction and output in lines 3 and 40
    Fix: `curate dedup` keeps one of them; it finds near-duplicates too.
    Source: Lee et al. 2022, Deduplicating Training Data Makes Language Models Better; defect in
    published data: LLaMA-Factory's demo sets.
    """
    labels = rows.having(WANTED).astype(np.uint64)
    found, before = repeats(joined(rows.first, rows.second) + labels)
    if len(found):
        said = ", ".join(
            f"{rows.line(row)} repeats {rows.line(old)}"
            for row, old in zip(found[:SHOWN].tolist(), before[:SHOWN].tolist(), strict=True)
        )
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        message = f"{counted(len(found), 'row')} of {len(rows):,} repeat another: {said}{more}"
        yield Fault(rows.place(int(found[0])), message)


@whole_rule("DUP002", "prompt-with-several-answers", severity="info", over="rows", kinds=("sft",))
def prompt_with_several_answers(rows: RowSet) -> Iterator[Fault]:
    """One prompt has different answers in different rows.

    Why: the model is trained to say all of them, which is right for open questions and wrong for
    facts; often one of the answers is a leftover of an older version.
    Example: "Capital of Australia?" with "Canberra" in line 2 and "Sydney" in line 90
    Fix: look at the rows that are named; keep the better one, or make pairs of them.
    Source: defect in published data: LLaMA-Factory's identity and demo sets.
    """
    answered = np.flatnonzero(rows.having(ANSWERED))
    several, n_rows = _several(rows, answered)
    if len(several):
        message = (
            f"{counted(len(several), 'prompt')} in {n_rows:,} of {len(rows):,} rows have different "
            f"answers: {first_places(rows, several)}"
        )
        yield Fault(rows.place(int(several[0])), message)


def _several(rows: RowSet, of: Indices) -> tuple[Indices, int]:
    """Return the first row of each prompt with several answers, ascending, and all their rows."""
    groups = grouped(rows.first, of)
    answers = rows.second[groups.order]
    other = answers != np.repeat(answers[groups.starts], groups.sizes)
    counts = np.add.reduceat(other, groups.starts) if len(groups.starts) else groups.sizes
    some = counts > 0
    return np.sort(groups.firsts()[some]), int(groups.sizes[some].sum())


@whole_rule("DUP003", "answer-to-many-prompts", severity="info", over="rows", kinds=("sft",))
def answer_to_many_prompts(rows: RowSet) -> Iterator[Fault]:
    """One long answer is given to 20 or more different questions.

    Why: a canned answer, mostly a refusal or an excuse, is learnt as the answer to anything. Only
    answers of 40 bytes and more count, so that labels of a classification do not, and the last user
    turns must differ, so that the answer to every farewell does not.
    Example: "I'm sorry, but I cannot help with that request." in 300 rows
    Fix: remove the rows, or all but a few.
    Source: defect in published data: FastChat's dummy conversations.
    """
    answered = np.flatnonzero(rows.having(LONG))
    groups = grouped(rows.second, answered)
    turns = rows.last_turns()
    often = np.flatnonzero(groups.sizes >= _PROMPTS_OF_ANSWER)
    found = []
    for at in often.tolist():
        start = int(groups.starts[at])
        mine = groups.order[start : start + int(groups.sizes[at])]
        if len(np.unique(turns[mine])) >= _PROMPTS_OF_ANSWER:
            found.append((int(mine[0]), len(np.unique(rows.first[mine]))))
    for row, prompts in sorted(found)[:SHOWN]:
        message = f"the answer of {rows.line(row)} is given to {prompts:,} different prompts"
        yield Fault(rows.place(row), message)


@whole_rule(
    "DUP004",
    "frequent-first-turn",
    severity="info",
    over="rows",
    kinds=("sft", "preference", "unpaired", "prompt_only"),
)
def frequent_first_turn(rows: RowSet) -> Iterator[Fault]:
    """A fifth of the rows or more begin with the same user turn.

    Why: the set is made of one template or of one conversation over and over; what it teaches
    beside that is less than its rows suggest, and a random split puts the same prompt on both
    sides.
    Example: 300 of 500 conversations begin with "Who are you?"
    Fix: keep fewer of them (`curate dedup --on prompt`), and split with `curate split`, which keeps
    them together.
    Source: defect in published data: FastChat's dummy conversations.
    """
    turns = rows.first_turns()
    asked = np.flatnonzero(turns)
    if len(rows) < _TURN_ROWS or not len(asked):
        return
    values, first, counts = np.unique(turns[asked], return_index=True, return_counts=True)
    del values
    for at in np.argsort(asked[first], kind="stable").tolist():
        if counts[at] >= _TURN_RATIO * len(rows):
            row = int(asked[first[at]])
            message = (
                f"{int(counts[at]):,} of {len(rows):,} rows begin with the user turn of "
                f"{rows.line(row)}"
            )
            yield Fault(rows.place(row), message)


RULES: tuple[WholeRule, ...] = (
    repeated_row,
    prompt_with_several_answers,
    answer_to_many_prompts,
    frequent_first_turn,
)
