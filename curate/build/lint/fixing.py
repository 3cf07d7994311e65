"""Fixes on the way from decoded rows to a batch, what they change, and rows that want none."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from difflib import unified_diff
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from curate.build.emit import Block
from curate.build.settings import Settings
from curate.checks import Rule, Selection, fix_rows
from curate.errors import printable
from curate.files.json_text import loads
from curate.formats.base import Format
from curate.formats.rest import flat, with_rest
from curate.row import IGNORED, Kind, Row

if TYPE_CHECKING:
    from curate.build.decode import Decoded
    from curate.build.verdict import Verdict

_LINE_CHARS, _BEFORE_CHARS = 400, 120
# Spaces and joiners that a terminal shows as a space, or not at all.
_UNSEEN = re.compile(
    "[\xa0\xad\u034f\u061c\u1680\u180e\u2000-\u200a\u202f\u205f\u3000\ufe00-\ufe0f]"
)


def unwished(block: Block, verdict: Verdict) -> set[int]:
    """Note what rows do not want to hear of; return the positions of rows that this removes."""
    extra = block.batch.column("extra")
    if extra.null_count == len(extra):
        return set()
    named = pc.match_substring(extra, IGNORED).fill_null(False).to_numpy(zero_copy_only=False)
    gone: set[int] = set()
    for position in np.flatnonzero(named).tolist():
        columns = loads(extra[position].as_py())
        index, own = block.at[position], block.ids[position]
        if IGNORED in columns and verdict.wish(index, columns[IGNORED], own):
            gone.add(position)
    return gone


def fix(
    settings: Settings, selection: Selection, kind: Kind, done: Decoded, verdict: Verdict
) -> None:
    """Fix rows in place of `done`, but for what a row or its file hides; count each fix."""
    unsafe = settings.fix == "unsafe"
    hidden = verdict.hiding.codes(-1)
    rules = [rule for rule in selection.rules if rule.code.code not in hidden]
    before = done.rows
    done.rows, fixed = fix_rows(before, kind, rules, unsafe=unsafe)
    counted = [code for index, code in fixed if not _wishes(before[index])]
    for position, row in enumerate(before):
        if _wishes(row):
            own = _wanted(rules, row, verdict)
            (done.rows[position],), more = fix_rows([row], kind, own, unsafe=unsafe)
            counted += [code for _, code in more]
    verdict.out.fixed.update(counted)
    if settings.diff:
        verdict.out.diffs += _diffs(before, done, verdict)


def _wishes(row: Row) -> bool:
    extra = row.get("extra")
    return isinstance(extra, dict) and IGNORED in extra


def _wanted(rules: Sequence[Rule], row: Row, verdict: Verdict) -> list[Rule]:
    wish = verdict.suppressor.wish(row["extra"][IGNORED])
    return [rule for rule in rules if not wish.naming(rule.code.code)]


def _diffs(before: Sequence[Row], done: Decoded, verdict: Verdict) -> list[tuple[int, str]]:
    chunk = verdict.chunk
    texts: list[tuple[int, str]] = []
    for position, (old, new) in enumerate(zip(before, done.rows, strict=True)):
        if old != new:
            index = done.at[position]
            where = f"{chunk.source.path}:{chunk.lines[index]}"
            texts.append((index, diff_of(old, new, done.forms[position], where)))
    return texts


def diff_of(old: Row, new: Row, form: Format, where: str) -> str:
    """Return what differs between two rows, as a unified diff of records of their format.

    Args:
        old: The row as it was read, `layout` and `extra` as objects.
        new: The row as it is now.
        form: Its format; a row that it cannot write again is shown as the row itself.
        where: Where it stands.
    """
    records = [_record(row, form) for row in (old, new)]
    sides = records if all(records) and records[0] != records[1] else [old, new]
    before, after = map(_lines, sides)
    name = printable(where, 200)
    told = list(unified_diff(before, after, lineterm=""))
    told[:2] = [f"--- {name}", "+++ fixed"]
    return "\n".join(_windows(told))


def _record(row: Row, form: Format) -> dict[str, Any] | None:
    if form.encode is None or form.name == "row":
        return None
    record = form.encode(row, [])
    return None if record is None else flat(with_rest(form, record, row, form.name, []))


def _lines(value: Any) -> list[str]:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=repr)
    lines = [printable(line, len(line)) for line in text.split("\n")]
    return [_UNSEEN.sub(lambda m: f"\\u{ord(m.group()):04x}", line) for line in lines]


def _windows(lines: Sequence[str]) -> list[str]:
    """Cut long lines to what surrounds the first sign that differs from the other side's line."""
    told: list[str] = []
    sides: dict[str, list[str]] = {"-": [], "+": []}
    for line in [*lines[2:], "end"]:
        if line[0] in sides:
            sides[line[0]].append(line)
            continue
        for one, two in (("-", "+"), ("+", "-")):
            others = chain(sides[two], repeat(""))
            told += [_window(own, other) for own, other in zip(sides[one], others, strict=False)]
        sides = {"-": [], "+": []}
        told.append(_window(line, ""))
    return [*lines[:2], *told[:-1]]


def _window(line: str, other: str) -> str:
    if len(line) <= _LINE_CHARS:
        return line
    pairs = enumerate(zip(line[1:], other[1:], strict=False), 1)
    at = next((n for n, (one, two) in pairs if one != two), len(other))
    start = max(1, at - _BEFORE_CHARS)
    cut = line[start : start + _LINE_CHARS]
    head = "…" if start > 1 else ""
    return line[0] + head + cut + ("…" if start + _LINE_CHARS < len(line) else "")
