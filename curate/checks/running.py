"""Rules run over a batch, and fixes applied to rows."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from curate.checks.base import Rule, Spot
from curate.checks.candidates import candidates
from curate.checks.columns import texts_of
from curate.checks.screen import CONTENT, ordinary
from curate.checks.selection import Selection
from curate.row import Kind, Row, from_batch, to_batch

# A fix may make room for another; more rounds than this would mean that two undo each other.
_ROUNDS = 8


def check_row(row: Row, rules: Sequence[Rule]) -> list[tuple[Rule, Spot]]:
    """Return every place where a row breaks one of the rules, in the rules' order.

    The caller gives only rules of the row's kind (`Selection.of_kind`).
    """
    return [(rule, spot) for rule in rules for spot in rule.check(row)]


def check_batch(
    batch: pa.RecordBatch, kind: Kind, selection: Selection
) -> list[tuple[int, Rule, Spot]]:
    """Return every place where a batch's rows break the selected rules.

    The result is sorted by row (0-based in the batch), then by the rules' order, and depends on
    nothing but the batch. Rows that no selected rule can hit are never turned into Python rows.
    """
    rules = selection.of_kind(kind)
    if not rules or not batch.num_rows:
        return []
    content = batch.select(list(CONTENT[kind]))
    may_break = candidates(rules, texts_of(content), ordinary(batch, kind))
    at = np.flatnonzero(may_break.any(axis=0))
    if not len(at):
        return []
    if len(at) < batch.num_rows:
        content = content.take(pa.array(at))
    rows, indices = from_batch(content), at.tolist()
    hits: list[tuple[int, Rule, Spot]] = []
    places, of_rules = np.nonzero(may_break[:, at].T)
    for place, of_rule in zip(places.tolist(), of_rules.tolist(), strict=True):
        rule = rules[of_rule]
        hits += [(indices[place], rule, spot) for spot in rule.check(rows[place])]
    return hits


def fix_rows(
    rows: Sequence[Row], kind: Kind, rules: Sequence[Rule], *, unsafe: bool
) -> tuple[list[Row], list[tuple[int, str]]]:
    """Apply the rules' fixes until nothing changes.

    A fix is kept only if it brings no code that the row did not have, among `rules`. The rows
    given are not changed.

    Args:
        rows: Rows of one kind.
        kind: Their kind.
        rules: The rules whose fixes are applied, in order.
        unsafe: Whether fixes that may change the meaning are applied too.

    Returns:
        The rows in their order, and (row index, code) for each code that was fixed in a row.
    """
    mine = tuple(rule for rule in rules if kind in rule.kinds)
    allowed = ("safe", "unsafe") if unsafe else ("safe",)
    fixing = [rule for rule in mine if rule.fix is not None and rule.code.fix in allowed]
    fixed = list(rows)
    codes = _codes(fixed, kind, mine)
    done: dict[tuple[int, str], None] = {}
    for _ in range(_ROUNDS):
        changes = 0
        for rule in fixing:
            own = rule.code.code
            changed = _changed(rule, fixed, [at for at, has in enumerate(codes) if own in has])
            for at, found in zip(changed, _codes(list(changed.values()), kind, mine), strict=True):
                if found <= codes[at]:
                    fixed[at], codes[at] = changed[at], found
                    done[at, own] = None
                    changes += 1
        if not changes:
            break
    return fixed, sorted(done, key=lambda each: each[0])


def _changed(rule: Rule, rows: list[Row], broken: list[int]) -> dict[int, Row]:
    """Return the rows that a rule's fix changes, by their position."""
    if rule.fix is None:
        return {}
    made = {at: rule.fix(rows[at]) for at in broken}
    return {at: row for at, row in made.items() if row != rows[at]}


def _codes(rows: list[Row], kind: Kind, rules: tuple[Rule, ...]) -> list[set[str]]:
    """Return the codes of the rules that each row breaks."""
    found: list[set[str]] = [set() for _ in rows]
    if rows:
        batch = to_batch(kind, [_content(row, kind) for row in rows])
        for index, rule, _ in check_batch(batch, kind, Selection(rules, {}, frozenset())):
            found[index].add(rule.code.code)
    return found


def _content(row: Row, kind: Kind) -> Row:
    content = {name: row[name] for name in CONTENT[kind] if name in row}
    for name in ("extra", "layout"):
        if isinstance(kept := content.get(name), dict):
            content[name] = json.dumps(kept, ensure_ascii=False)
    return content
