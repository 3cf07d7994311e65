"""The one function that removes and adds: a step's decision carried out, counted and told."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from curate.build.line.base import BATCH_ROWS, Decision, Indices, Removal, Rows
from curate.build.lint.masking import hidden, hidden_value
from curate.build.outputs import RejectedFile
from curate.build.verdict import code_of
from curate.errors import printable
from curate.files.json_text import dumps
from curate.files.limits import RAW_KEPT_BYTES
from curate.finding import Finding, Hit, Ledger, Removed, cut, shown
from curate.row import Row, from_batch

_MESSAGE_CHARS = 1_000
# A number between 0 and 1, by which rows are judged; it names nobody.
_SHARE = re.compile(r"(?<![\w.])0\.\d+(?![\w.])")


@dataclass(slots=True)
class Settled:
    """What became of the rows.

    Attributes:
        rows: Those that stayed, with the copies behind their originals.
        ledger: The step's counts.
    """

    rows: Rows
    ledger: Ledger


def settle(
    rows: Rows,
    decision: Decision,
    rejected: RejectedFile | None,
    tell: Callable[[Finding], None],
    *,
    removes: bool = True,
) -> Settled:
    """Carry a decision out.

    Args:
        rows: What was decided on.
        decision: The decision.
        rejected: Gets the removed rows, in order.
        tell: Told of every finding: one for each removed row, in order, then the others.
        removes: False only tells what would leave; nothing is removed, added or split.

    Raises:
        ConservationError: If the counts do not add up.
    """
    ledger = Ledger(rows_in=len(rows))
    leaving = _leaving(len(rows), decision.removals)
    gone = np.zeros(len(rows), np.bool_)
    for row, finding, record in _told(rows, decision.removals, leaving):
        ledger.findings[finding.code] += 1
        tell(finding)
        if removes:
            gone[row] = True
            ledger.removed[finding.code] += 1
            if rejected is not None:
                rejected.add([record])
    for finding in _found(rows, decision):
        ledger.findings[finding.code] += 1
        tell(finding)
    if not removes:
        ledger.rows_out = len(rows)
        return Settled(rows, ledger)
    kept = _with_copies(gone, decision, ledger)
    staying = rows if decision.splits is None else replace(rows, splits=decision.splits)
    staying = replace(staying, extra=rows.extra | decision.extra)
    ledger.rows_out = len(kept)
    ledger.check()
    return Settled(staying.at(kept), ledger)


def _leaving(n_rows: int, removals: list[Removal]) -> Indices:
    """Return the removal that each row leaves under, and -1 for those that stay."""
    leaving = np.full(n_rows, -1, np.int64)
    for number in reversed(range(len(removals))):
        leaving[removals[number].rows] = number
    return leaving


def _with_copies(gone: Any, decision: Decision, ledger: Ledger) -> Indices:
    """Return the indices of the rows that stay, each copy behind its original."""
    counts = np.where(gone, 0, 1)
    for addition in decision.additions:
        assert not gone[addition.rows].any(), "a copy is made of a row that left"
        np.add.at(counts, addition.rows, 1)
        if len(addition.rows):
            ledger.added[addition.code] += len(addition.rows)
    return np.repeat(np.arange(len(gone)), counts)


def _told(
    rows: Rows, removals: list[Removal], leaving: Indices
) -> Iterator[tuple[int, Finding, Removed]]:
    """Yield the rows that leave, in order, with their finding and their record."""
    wanted = np.flatnonzero(leaving >= 0)
    for start in range(0, len(wanted), BATCH_ROWS):
        part = wanted[start : start + BATCH_ROWS]
        whole = _as_rows(rows, part)
        at = {
            number: np.searchsorted(removals[number].rows, part[leaving[part] == number])
            for number in set(leaving[part].tolist())
        }
        kept_rows = [
            kept[at[number]] for number in at if (kept := removals[number].kept) is not None
        ]
        places = _places(rows, np.unique(np.concatenate(kept_rows)) if kept_rows else None)
        taken = dict.fromkeys(at, 0)
        for row, record in zip(part.tolist(), whole, strict=True):
            number = int(leaving[row])
            removal = removals[number]
            nth = int(at[number][taken[number]])
            taken[number] += 1
            message = _masked(cut(removal.say(nth), _MESSAGE_CHARS))
            kept = None
            if removal.kept is not None:
                kept, place = places[int(removal.kept[nth])]
                message += f" {hidden(printable(kept))} ({place}), which stays"
            score = None if removal.scores is None else _score(removal.scores[nth])
            finding = _finding(Hit(removal.code, removal.pointer, message), record)
            yield row, finding, _record(record, finding, kept, score)


def _score(found: Any) -> int | float | None:
    """Return what a row was judged by, to four digits; None where there was no number."""
    if isinstance(found, np.integer):
        return int(found)
    return round(float(found), 4) if math.isfinite(found) else None


def _record(record: Row, finding: Finding, kept: str | None, score: float | None) -> Removed:
    raw = dumps(record).encode()
    head = raw[:RAW_KEPT_BYTES]
    return Removed(record["origin"], record["id"], (finding,), head, len(raw), kept, score)


def _places(rows: Rows, wanted: Indices | None) -> dict[int, tuple[str, str]]:
    """Return the id and the place of each row that stays for others."""
    if wanted is None:
        return {}
    table = rows.take(wanted, ["id", "origin"])
    found = zip(wanted.tolist(), table["id"].to_pylist(), table["origin"].to_pylist(), strict=True)
    return {index: (own, _spot(origin or {})) for index, own, origin in found}


def _spot(origin: dict[str, Any]) -> str:
    return printable(f"{origin.get('path')}:{origin.get('line')}", 200)


def _found(rows: Rows, decision: Decision) -> Iterator[Finding]:
    """Yield the findings about rows that stay, and about the set."""
    for start in range(0, len(decision.findings), BATCH_ROWS):
        part = decision.findings[start : start + BATCH_ROWS]
        wanted = sorted({index for index, _ in part if index >= 0})
        table = rows.take(np.asarray(wanted, np.int64), ["id", "origin"])
        about = dict(zip(wanted, table.to_pylist(), strict=True))
        for index, hit in part:
            message = _masked(cut(hit.message, _MESSAGE_CHARS))
            yield _finding(hit._replace(message=message), about.get(index, {}))


def _masked(message: str) -> str:
    """Return a message as it is shown: looked at once for all that differ by a share alone."""
    alike = _SHARE.sub("0.5", message)
    return message if _hidden(alike) == alike else hidden(message)


_hidden = lru_cache(maxsize=1 << 12)(hidden)


def _finding(hit: Hit, record: Row) -> Finding:
    """Return the finding of a hit whose message is fit to be shown."""
    code = code_of(hit.code)
    origin = record.get("origin") or {}
    return Finding(
        code.code,
        code.slug,
        code.severity,
        hit.message,
        file=origin.get("path"),
        line=origin.get("line"),
        byte_offset=origin.get("byte_offset"),
        id=record.get("id"),
        pointer=hit.pointer,
        value=hidden_value(hit.value) if isinstance(hit.value, str) else shown(hit.value),
        fix=hit.fix or code.remedy,
    )


def _as_rows(rows: Rows, wanted: Indices) -> list[Row]:
    """Return rows as dicts, in order."""
    table = rows.take(wanted).combine_chunks()
    return [row for batch in table.to_batches() for row in from_batch(batch)]
