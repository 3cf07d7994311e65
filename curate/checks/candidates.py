"""Which rows may break which rule, found on whole columns before any row becomes Python.

The patterns that rules need are first looked for together, in one pass of RE2 over every text of
the batch; only in the few texts where one of them is found are they told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from curate.checks.base import Rule
from curate.checks.columns import Mask, Texts

# Patterns in one pass. Of more, RE2's automaton outgrows its cache and is built anew all the time.
_TOGETHER = 16


def candidates(rules: Sequence[Rule], texts: Texts, plain: Mask) -> Mask:
    """Return which rules each row may break, `(n_rules, n_rows) bool`.

    A rule that is False for a row finds nothing in it; one that is True has still to be run.

    Args:
        rules: The rules.
        texts: Every text of the batch.
        plain: Which rows are ordinary, one per row.
    """
    found = np.ones((len(rules), texts.n_rows), dtype=np.bool_)
    with_needs = [at for at, rule in enumerate(rules) if rule.needs is not None]
    for at, rule in enumerate(rules):
        if rule.ordinary:
            found[at] &= ~plain
        if rule.screen is not None:
            found[at] &= texts.rows_of(_of_role(rule, texts, rule.screen(texts)))
    for start in range(0, len(with_needs), _TOGETHER):
        group = with_needs[start : start + _TOGETHER]
        union = _union(tuple(str(rules[at].needs) for at in group))
        some = texts.at(texts.matching(union))
        for at in group:
            hit = some.matching(str(rules[at].needs))
            found[at] &= some.rows_of(_of_role(rules[at], some, hit))
    return found


def _of_role(rule: Rule, texts: Texts, hit: Mask) -> Mask:
    return hit & texts.of_roles(rule.roles) if rule.roles else hit


@lru_cache
def _union(patterns: tuple[str, ...]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)
