"""Which rows may break which rule, found on whole columns before any row becomes Python.

Most patterns that rules need have words in them: those of all rules are looked for in one pass
(`grams`), and only texts with a word are searched for its pattern. Patterns without words are
searched for together, several in one pass of RE2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from curate.checks.base import Rule
from curate.checks.columns import Mask, Texts
from curate.checks.grams import Grams, grams_of
from curate.checks.literals import words_of

# How much RE2 looks for in one pass. Of more, its automaton outgrows its cache and is built anew
# all the time; repetitions make most of it.
_TOGETHER = 24
_REPETITION = re.compile(r"[*+]|\{\d")


def candidates(rules: tuple[Rule, ...], texts: Texts, plain: Mask) -> Mask:
    """Return which rules each row may break, `(n_rules, n_rows) bool`.

    A rule that is False for a row finds nothing in it; one that is True has still to be run.

    Args:
        rules: The rules.
        texts: Every text of the batch.
        plain: Which rows are ordinary, one per row.
    """
    found = np.ones((len(rules), texts.n_rows), dtype=np.bool_)
    for at, rule in enumerate(rules):
        if rule.ordinary:
            found[at] &= ~plain
        if rule.screen is not None:
            found[at] &= texts.rows_of(_of_role(rule, texts, rule.screen(texts)))
    plan = _plan(rules)
    if plan.by_words:
        for at, some in zip(plan.by_words, plan.grams.texts(*texts.flat), strict=True):
            found[at] &= _rows_with(rules[at], texts.at(_of_role(rules[at], texts, some)))
    for roles, union, members in plan.passes:
        of_roles = texts.at(texts.of_roles(roles)) if roles else texts
        some_texts = of_roles.at(of_roles.matching(union))
        for at in members:
            found[at] &= _rows_with(rules[at], some_texts)
    return found


def _rows_with(rule: Rule, texts: Texts) -> Mask:
    """Return which rows have a text, of those given, that the rule's pattern is found in."""
    return texts.rows_of(texts.matching(str(rule.needs)))


def _of_role(rule: Rule, texts: Texts, hit: Mask) -> Mask:
    return hit & texts.of_roles(rule.roles) if rule.roles else hit


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the patterns of rules are looked for.

    Attributes:
        by_words: The rules whose patterns have words, in order.
        grams: Looks for these words.
        passes: Of the others: roles, patterns joined, and the rules that they are of.
    """

    by_words: tuple[int, ...]
    grams: Grams
    passes: tuple[tuple[tuple[str, ...], str, tuple[int, ...]], ...]


@lru_cache(maxsize=64)
def _plan(rules: tuple[Rule, ...]) -> _Plan:
    by_words: list[int] = []
    words: list[frozenset[bytes]] = []
    rest: dict[tuple[str, ...], list[int]] = {}
    for at, rule in enumerate(rules):
        if rule.needs is None:
            continue
        found = words_of(rule.needs)
        if found is None:
            rest.setdefault(rule.roles, []).append(at)
        else:
            by_words.append(at)
            words.append(found)
    passes = [
        (roles, "|".join(f"(?:{rules[at].needs})" for at in group), tuple(group))
        for roles, members in rest.items()
        for group in _groups(members, [_size(str(rules[at].needs)) for at in members])
    ]
    return _Plan(tuple(by_words), grams_of(words), tuple(passes))


def _size(pattern: str) -> int:
    return 1 + 2 * len(_REPETITION.findall(pattern))


def _groups(members: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    """Return members in groups that are small enough for one pass, those of one size together."""
    groups: list[list[int]] = []
    room = 0
    for size, member in sorted(zip(sizes, members, strict=True)):
        if not groups or size > room:
            groups.append([])
            room = _TOGETHER
        groups[-1].append(member)
        room -= size
    return groups
