"""`diff`: how two sets differ, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from curate.build.emit import output_schema
from curate.build.inputs import expand
from curate.build.overview.comparing import Fields, Kept, by_split
from curate.build.overview.fields import content_keys
from curate.build.overview.measuring import measure_keys, sides_of
from curate.build.overview.pairing_up import NO_SPLITS, Pairs, Side, pair_up
from curate.build.overview.parts import Parts, cards_of
from curate.build.overview.stats import SCHEMA_VERSION, refuse_mixture
from curate.build.reports import Report
from curate.build.runner import OnProgress, Run
from curate.build.settings import Settings
from curate.checks.columns import mask_of
from curate.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from curate.lexical.keys import joined, keys_of
from curate.row import Kind

Key = Literal["id", "prompt", "response", "group"]
KEYS: tuple[Key, ...] = ("id", "prompt", "response", "group")


@dataclass(frozen=True, slots=True)
class Diff:
    """How two sets differ.

    Attributes:
        document: The JSON document of `diff.schema.json`.
    """

    document: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """0 where the sets hold the same rows in the same splits, else 1."""
        code: int = self.document["exit"]
        return code

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of the command."""
        return self.document


def diff(
    a: Sequence[str | Path] | str | Path,
    b: Sequence[str | Path] | str | Path,
    *,
    key: Key = "id",
    settings: Settings | None = None,
    max_rows: int = 20,
    jobs: int = 1,
    on_progress: OnProgress | None = None,
) -> Diff:
    """Return how two sets differ by row: what was added, removed, changed, renamed or moved.

    Rows are paired by `key`; rows that are left and have the same content in both are renamed.
    Everything is compared but ids, origins and how formats spelled a row. The order of rows is
    told and is no difference. Both sets are read twice, and 17 bytes are kept of each row, beside
    4 for each field of a row that changed.

    Args:
        a: The first set: files, folders, dataset folders or patterns.
        b: The second.
        key: What tells which rows belong together.
        settings: How to read both; None sets aside what `convert` does.
        max_rows: Rows of each sort that are shown with what differs.
        jobs: Number of processes; the result does not depend on it.
        on_progress: Told of the records read so far, now and then.

    Raises:
        UsageError: If a set cannot be read twice, or the two are of different kinds.
        CurateError: If an input cannot be read.
    """
    if key not in KEYS:
        raise UsageError(f"--key {key}: rows are paired by one of {', '.join(KEYS)}")
    settings = replace(settings or Settings(), payload="arrow", to="row")
    sets = [_Set(_listed(each), settings, jobs, on_progress) for each in (a, b)]
    first, second = (each.side(key) for each in sets)
    kinds = [each.kind for each in sets if each.kind is not None]
    if len(set(kinds)) > 1:
        raise UsageError(f"one set holds {kinds[0]} rows and the other {kinds[1]}")
    pairs = pair_up(first, second)
    shown = _Shown(pairs, pairs.moved(first, second), max_rows)
    kept = [
        each.again(pairs.changed[:, at], rows)
        for at, (each, rows) in enumerate(zip(sets, shown.rows, strict=True))
    ]
    return Diff(_document(sets, (first, second), shown, kept, key))


def _listed(inputs: Sequence[str | Path] | str | Path) -> list[str]:
    return [str(inputs)] if isinstance(inputs, (str, Path)) else [str(name) for name in inputs]


class _Batch(NamedTuple):
    rows: pa.RecordBatch
    kind: Kind
    part: int
    path: str
    lines: list[int]


class _Set:
    """One of the two sets, which is read twice."""

    def __init__(
        self,
        names: list[str],
        settings: Settings,
        jobs: int,
        on_progress: OnProgress | None,
    ) -> None:
        if any(source.stdin for source in expand(names)[0]):
            raise UsageError(
                "standard input and pipes can be read once", hint="put it into a file first"
            )
        self.names = names
        self.kind: Kind | None = None
        self.report = Report("diff")
        self.made_ids = 0
        self._parts = Parts(cards_of(names))
        self._settings, self._jobs, self._on_progress = settings, jobs, on_progress

    def _batches(self, report: Report) -> Iterator[_Batch]:
        run = Run(report, self._settings, self._jobs, on_progress=self._on_progress)
        kinds: Counter[Kind] = Counter()
        self.made_ids = 0
        for piece, outcome in run.outcomes(self.names):
            kinds.update(outcome.kinds)
            self.made_ids += outcome.rows - len(outcome.own)
            if outcome.rows and len(kinds) == 1:
                (kind,) = kinds
                schema = output_schema("row", kind)
                rows = pa.ipc.read_record_batch(pa.py_buffer(outcome.payload), schema)
                number = self._parts.number_of(piece.source) if self._parts.cards else 0
                yield _Batch(rows, kind, number, piece.source.path, outcome.lines)
        run.refuse_private()
        refuse_mixture(kinds)

    def side(self, key: Key) -> Side:
        """Read the set and keep a few numbers of each row."""
        keys, contents, splits = [], [], []
        for batch in self._batches(self.report):
            self.kind = batch.kind
            contents.append(content_keys(batch.rows, batch.kind))
            keys.append(_key_of(batch.rows, batch.kind, key, contents[-1]))
            splits.append(np.full(batch.rows.num_rows, batch.part, np.uint8))
        nothing = np.zeros(0, np.uint64)
        return Side(
            np.concatenate([nothing, *keys]),
            np.concatenate([nothing, *contents]),
            np.concatenate([nothing.astype(np.uint8), *splits]),
            tuple(self._parts.names) or (NO_SPLITS,),
        )

    def again(self, changed: Any, shown: Any) -> tuple[Fields, Kept]:
        """Read the set again for the fields of rows that changed, and for rows that are shown."""
        fields, kept, start = Fields(changed), Kept(shown), 0
        if len(changed) or len(shown):
            for batch in self._batches(Report("diff")):
                fields.add(batch.rows, batch.kind, start)
                kept.add(batch.rows, batch.path, batch.lines, start)
                start += batch.rows.num_rows
        return fields, kept


def _key_of(batch: pa.RecordBatch, kind: Kind, key: Key, contents: Any) -> Any:
    """Return what rows are paired by; one that has none is only paired with the same content."""
    if key in ("id", "group"):
        keys: Any = keys_of(batch.column(key))
        missing = mask_of(batch.column(key).is_null())
    else:
        prompts, responses, _ = measure_keys(batch, kind)
        if (prompts is None and key == "prompt") or (kind == "prompt_only" and key == "response"):
            raise UsageError(f"--key {key}: {kind} rows have no {key}", hint="--key id")
        keys = prompts if key == "prompt" else responses
        missing = sides_of(batch, kind)[key].sizes() == 0
    return np.where(missing, joined(contents, np.zeros(len(contents), np.uint64)), keys)


class _Shown:
    """The rows that are shown, by sort: pairs, or rows of one set with -1 for the other."""

    def __init__(self, pairs: Pairs, moved: Any, max_rows: int) -> None:
        self.pairs, self.moved = pairs, moved
        gone = np.stack([pairs.removed, np.full(len(pairs.removed), -1)], axis=1)
        new = np.stack([np.full(len(pairs.added), -1), pairs.added], axis=1)
        everything = {
            "changed": pairs.changed,
            "removed": gone,
            "added": new,
            "renamed": pairs.renamed,
            "moved": moved,
        }
        self.counts = {name: len(found) for name, found in everything.items()}
        self.by_sort = {name: found[:max_rows].tolist() for name, found in everything.items()}
        both = [pair for found in self.by_sort.values() for pair in found]
        self.rows = [
            np.unique(np.array([pair[at] for pair in both if pair[at] >= 0], np.int64))
            for at in (0, 1)
        ]


def _document(
    sets: Sequence[_Set],
    sides: tuple[Side, Side],
    shown: _Shown,
    kept: Sequence[tuple[Fields, Kept]],
    key: Key,
) -> dict[str, Any]:
    pairs = shown.pairs
    (fields_a, rows_a), (fields_b, rows_b) = kept
    tellers: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
        "changed": rows_a.change_to(rows_b),
        "removed": lambda row, _: rows_a.alone(row),
        "added": lambda _, row: rows_b.alone(row),
        "renamed": rows_a.name_to(rows_b),
        "moved": lambda one, other: {
            "id": rows_b.id_of(other),
            "a": rows_a.place(one) | {"split": sides[0].names[sides[0].splits[one]]},
            "b": rows_b.place(other) | {"split": sides[1].names[sides[1].splits[other]]},
        },
    }
    rows = [
        {"sort": sort, **tellers[sort](one, other)}
        for sort, found in shown.by_sort.items()
        for one, other in found
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "diff",
        "exit": EXIT_FINDINGS if any(shown.counts.values()) else EXIT_OK,
        "key": key,
        "kind": next((each.kind for each in sets if each.kind is not None), None),
        "a": _about(sets[0]),
        "b": _about(sets[1]),
        "counts": {"same": len(pairs.same), **shown.counts},
        "same_order": pairs.in_order(),
        "by_field": fields_a.changed_in(fields_b, pairs.changed),
        "by_split": by_split(pairs, *sides),
        "rows": rows,
        "rows_cut": {
            sort: n - len(shown.by_sort[sort])
            for sort, n in shown.counts.items()
            if n > len(shown.by_sort[sort])
        },
    }


def _about(one: _Set) -> dict[str, Any]:
    return {
        "inputs": [item.path for item in one.report.inputs],
        **one.report.ledger.to_dict(),
        "made_ids": one.made_ids,
    }
