"""What only some rows of a set have, and what nearly all have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from curate.checks.whole.base import Fault, WholeRule, whole_rule
from curate.checks.whole.repeats import first_places
from curate.checks.whole.rows import REASONING, SYSTEM, WEIGHT, RowSet
from curate.errors import printable
from curate.row import Kind

_ROWS = 20
_MANY_ROWS = 100
_CATEGORY_RATIO = 0.9
_USUAL_RATIO, _ODD_RATIO = 0.95, 0.02
_CHATS: tuple[Kind, ...] = ("sft", "preference", "unpaired", "prompt_only")


def _in_some(rows: RowSet, mark: int, what: str) -> Iterator[Fault]:
    have = rows.having(mark)
    n = int(have.sum())
    if len(rows) < _ROWS or not 0 < n < len(rows):
        return
    few = np.flatnonzero(have if 2 * n <= len(rows) else ~have)
    word = "with" if 2 * n <= len(rows) else "without"
    message = f"{n:,} of {len(rows):,} rows have {what}; first {word}: {first_places(rows, few)}"
    yield Fault(rows.place(int(few[0])), message)


@whole_rule("BAL001", "dominating-category", severity="info", over="rows")
def dominating_category(rows: RowSet) -> Iterator[Fault]:
    """Nine tenths of the rows or more are of one category.

    Why: the others are too few to be learnt, and a validation split hardly has any of them.
    Example: 950 of 1,000 rows with the category `open_qa`
    Fix: keep fewer of them (`curate balance --by category`), or collect more of the others.
    Source: Wei et al. 2022, FLAN, which bounds the rows of each dataset so that none dominates.
    """
    tally = rows.categories
    total = tally.counts.total()
    if total < _MANY_ROWS or len(tally.counts) < 2:
        return
    name, n = min(tally.counts.items(), key=lambda item: (-item[1], tally.first[item[0]]))
    if n >= _CATEGORY_RATIO * total:
        message = f"{n:,} of {total:,} rows are of the category {printable(name)!r}"
        yield Fault(rows.place(tally.first[name]), message, "/category", name)


@whole_rule("BAL002", "odd-system-prompt", severity="info", over="rows", kinds=_CHATS)
def odd_system_prompt(rows: RowSet) -> Iterator[Fault]:
    """Nearly all system prompts are the same, and a few are not.

    Why: the odd ones are mostly a leftover or a typing error, and teach the model nothing; a
    service that puts the usual one before every request never uses them.
    Example: the same system prompt in 990 of 1,000 rows, with a full stop missing in the others
    Fix: look at the rows that are named; make them alike.
    Source: OpenAI's guide to fine-tuning, which asks for the same instructions in every row.
    """
    tally = rows.systems
    total = tally.counts.total()
    if total < _MANY_ROWS or len(tally.counts) < 2:
        return
    usual, n = min(tally.counts.items(), key=lambda item: (-item[1], tally.first[item[0]]))
    if n >= _USUAL_RATIO * total:
        odd = sorted(row for key, row in tally.first.items() if key != usual)
        message = (
            f"{n:,} of {total:,} system prompts are the one of {rows.line(tally.first[usual])}; "
            f"others: {first_places(rows, odd)}"
        )
        yield Fault(rows.place(odd[0]), message)


@whole_rule("TRN040", "system-in-some-rows", severity="info", over="rows", kinds=_CHATS)
def system_in_some_rows(rows: RowSet) -> Iterator[Fault]:
    """Some rows have a system turn and some have none.

    Why: many templates put a default of their own where there is none (Qwen's "You are Qwen, …"),
    so that rows are trained with system prompts that nobody wrote.
    Example: 80 of 300 rows with a system turn
    Fix: give every row one, or choose a template without a default.
    Source: Qwen2.5 `tokenizer_config.json:chat_template`; LLaMA-Factory 0.9.5 `template.py`.
    """
    return _in_some(rows, SYSTEM, "a system turn")


@whole_rule("WGT020", "weights-in-some-rows", severity="info", over="rows", kinds=_CHATS)
def weights_in_some_rows(rows: RowSet) -> Iterator[Fault]:
    """Some rows have weights on their turns and some have none.

    Why: a turn without a weight is trained as if it were 1; rows that were forgotten are trained in
    full.
    Example: `"weight": 0` on the first answers of 400 of 500 conversations
    Fix: give every conversation of several answers its weights.
    Source: OpenAI's guide to fine-tuning on `weight`.
    """
    return _in_some(rows, WEIGHT, "weights")


@whole_rule("RSN030", "reasoning-in-some-rows", severity="info", over="rows", kinds=_CHATS)
def reasoning_in_some_rows(rows: RowSet) -> Iterator[Fault]:
    """Some rows have reasoning before the answer and some have none.

    Why: templates of reasoning models write an empty thinking block where there is none, or none at
    all; a model that is trained on both thinks at random unless the prompt says when.
    Example: 600 of 1,000 answers with a `<think>` block
    Fix: mark the rows without reasoning as the template asks (Qwen3's `/no_think`), or split the
    set.
    Source: Qwen3 `tokenizer_config.json:chat_template`; trl#6363.
    """
    return _in_some(rows, REASONING, "reasoning")


RULES_BAL: tuple[WholeRule, ...] = (dominating_category, odd_system_prompt)
RULES_TRN: tuple[WholeRule, ...] = (system_in_some_rows,)
RULES_WGT: tuple[WholeRule, ...] = (weights_in_some_rows,)
RULES_RSN: tuple[WholeRule, ...] = (reasoning_in_some_rows,)
