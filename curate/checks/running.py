"""Rules run over a batch, and fixes applied to rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from curate.checks.base import Rule, Spot
from curate.checks.candidates import candidates
from curate.checks.columns import texts_of
from curate.checks.screen import content_columns, ordinary
from curate.checks.selection import Selection
from curate.row import Kind, Row, from_batch

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
    content = content_columns(batch, kind)
    may_break = candidates(rules, texts_of(content), ordinary(batch, kind))
    at = np.flatnonzero(may_break.any(axis=0))
    if not len(at):
        return []
    if len(at) < batch.num_rows:
        content = content.take(pa.array(at))
    hits: list[tuple[int, Rule, Spot]] = []
    for index, row in zip(at.tolist(), from_batch(content), strict=True):
        for of_rule in np.flatnonzero(may_break[:, index]).tolist():
            rule = rules[of_rule]
            hits += [(index, rule, spot) for spot in rule.check(row)]
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
    mine = [rule for rule in rules if kind in rule.kinds]
    allowed = ("safe", "unsafe") if unsafe else ("safe",)
    fixing = [rule for rule in mine if rule.fix is not None and rule.code.fix in allowed]
    fixed: list[Row] = []
    done: list[tuple[int, str]] = []
    for index, row in enumerate(rows):
        result, codes = _fix_row(row, mine, fixing)
        fixed.append(result)
        done += [(index, code) for code in codes]
    return fixed, done


def _fix_row(row: Row, rules: list[Rule], fixing: list[Rule]) -> tuple[Row, list[str]]:
    applied: dict[str, None] = {}
    for _ in range(_ROUNDS):
        before = row
        for rule in fixing:
            if rule.fix is None or next(rule.check(row), None) is None:
                continue
            changed = rule.fix(row)
            if changed != row and _codes(changed, rules) <= _codes(row, rules):
                row = changed
                applied[rule.code.code] = None
        if row is before:
            break
    return row, list(applied)


def _codes(row: Row, rules: list[Rule]) -> set[str]:
    return {rule.code.code for rule, _ in check_row(row, rules)}
