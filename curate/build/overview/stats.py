"""`stats`: the figures of a set, in one pass over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate import __version__
from curate.build.emit import output_schema
from curate.build.lint.tokens import rendering_of
from curate.build.overview.gathering import Gathered
from curate.build.overview.measuring import CountTokens
from curate.build.overview.parts import Card, Parts, cards_of
from curate.build.overview.samples import Examples, Languages, sample_keys
from curate.build.reports import Report
from curate.build.runner import OnProgress, Run
from curate.build.settings import Settings
from curate.build.verdict import code_of
from curate.errors import MissingExtraError, UsageError
from curate.language import check_installed
from curate.row import Kind

SCHEMA_VERSION = 1


@dataclass(slots=True)
class Stats:
    """The figures of a set.

    Attributes:
        report: What reading and checking found.
        document: The JSON document of `stats.schema.json`.
    """

    report: Report
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0, or 1 where an error finding was left, or 3 where nothing could be read."""
        return self.report.exit_code

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of the command."""
        return self.document


def stats(
    inputs: Sequence[str | Path] | str | Path,
    *,
    settings: Settings | None = None,
    jobs: int = 1,
    language_rows: int = 5_000,
    examples: int = 3,
    on_progress: OnProgress | None = None,
) -> Stats:
    """Return the figures of a set: counts, lengths, turns, categories, languages, repeats, faults.

    All figures are of the rows that are left when those with an error are set aside, as `convert`
    does; the document says how many left, by code. One pass; some 50 bytes a row are kept.

    Args:
        inputs: Files, folders, dataset folders, patterns or `-`.
        settings: How to read, which rules to run, and which tokenizer counts; None runs the rules
            of `convert`.
        jobs: Number of processes; the figures do not depend on it.
        language_rows: Rows whose language is identified: those with the lowest hash of their id.
            Without the extra `language` none are, and the document says so.
        examples: Rows that are shown, chosen likewise.
        on_progress: Told of the records read so far, now and then.

    Raises:
        UsageError: If the rows are of several kinds.
        CurateError: If the inputs cannot be read.
    """
    names = [str(inputs)] if isinstance(inputs, (str, Path)) else [str(name) for name in inputs]
    settings = settings or Settings()
    settings = replace(settings, payload="arrow", to="row", whole=True)
    looked = _Look(settings, Parts(cards_of(names)), language_rows, examples)
    run = Run(Report("stats"), settings, jobs, on_progress=on_progress)
    for batch, kind, part in _batches(run, names, looked):
        looked.add(batch, kind, part)
    run.refuse_private()
    refuse_mixture(looked.kinds)
    run.report.kind = next(iter(looked.kinds), None)
    run.report.ledger.check()
    return Stats(run.report, _document(run.report, looked, settings))


def _batches(
    run: Run, names: Sequence[str], looked: _Look
) -> Iterator[tuple[pa.RecordBatch, Kind, int]]:
    """Yield the rows of a run with their kind and part, in input order; note kinds of others."""
    for piece, outcome in run.outcomes(names):
        looked.kinds.update(outcome.kinds)
        part = looked.parts.number_of(piece.source)
        if outcome.rows and len(looked.kinds) == 1:
            (kind,) = outcome.kinds
            schema = output_schema("row", kind)
            yield pa.ipc.read_record_batch(pa.py_buffer(outcome.payload), schema), kind, part


class _Look:
    """Everything that is gathered while a set is read."""

    def __init__(self, settings: Settings, parts: Parts, language_rows: int, examples: int) -> None:
        self.parts = parts
        self.kinds: Counter[Kind] = Counter()
        self.gathered: Gathered | None = None
        self.examples = Examples(examples)
        self.languages, self.why_none = _languages(language_rows)
        self._count_tokens = _token_counter(settings)

    def add(self, batch: pa.RecordBatch, kind: Kind, part: int) -> None:
        """Take the next rows."""
        if self.gathered is None:
            self.gathered = Gathered(kind, self._count_tokens)
        keys, number = sample_keys(batch.column("id")), self.gathered.n_rows
        if self.languages is not None:
            self.languages.add(batch, kind, keys, number)
        self.examples.add(batch, keys, number)
        self.gathered.add(batch, part)


def refuse_mixture(kinds: Counter[Kind]) -> None:
    """Refuse rows of several kinds, as `convert` does.

    Raises:
        UsageError: With the counts.
    """
    if len(kinds) > 1:
        counts = ", ".join(f"{kind} {n:,}" for kind, n in kinds.items())
        raise UsageError(f"the input mixes kinds of rows ({counts})", hint="choose one with --kind")


def _languages(rows: int) -> tuple[Languages | None, str | None]:
    if not rows:
        return None, "none was asked for"
    try:
        check_installed()
    except MissingExtraError as error:
        return None, f"{error.message}: {error.hint}"
    return Languages(rows), None


def _token_counter(settings: Settings) -> CountTokens | None:
    rendering = rendering_of(settings)
    if rendering is None:
        return None
    count: Callable[[Sequence[str]], list[int]] = rendering.tokenizer.counts
    return count


def _document(report: Report, looked: _Look, settings: Settings) -> dict[str, Any]:
    gathered = looked.gathered or Gathered("sft", looked._count_tokens)
    parts = looked.parts
    names = parts.names
    told = report.to_dict()
    told.pop("profiles", None)
    told.pop("fixed")
    return {
        **told,
        "tunesmith_version": __version__,
        "checked": _checked(settings),
        "inputs": _inputs(report),
        "kind": report.kind,
        "units": list(gathered.units),
        "lengths": gathered.lengths(),
        "turns": gathered.turns(),
        "roles": gathered.roles(),
        "uses": gathered.uses(),
        "systems": gathered.systems(),
        **gathered.tallies(),
        "languages": _about_languages(looked, gathered.n_rows),
        "duplicates": gathered.duplicates(),
        "parts_are": parts.by,
        "parts": gathered.parts(names),
        "overlaps": gathered.overlaps(names),
        "funnel": _funnel(report, parts.cards),
        "found": _found(report),
        "examples": looked.examples.values(),
    }


def _checked(settings: Settings) -> dict[str, Any]:
    """Return which rules ran: what was not looked for cannot be missing."""
    return {
        "profiles": list(settings.profiles),
        "select": list(settings.select),
        "extend_select": list(settings.extend_select),
        "ignore": list(settings.ignore),
        "tokenizer": settings.tokenizer,
    }


def _inputs(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "path": item.path,
            "container": item.container,
            "bytes": item.bytes,
            "records": item.records,
            "shapes": {name: n for name, (n, _) in item.shapes.items()},
        }
        for item in report.inputs
    ]


def _about_languages(looked: _Look, n_rows: int) -> dict[str, Any]:
    if looked.languages is None:
        return {"identifier": None, "why": looked.why_none}
    return looked.languages.to_dict(n_rows)


def _funnel(report: Report, cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Return the steps that made the dataset folders, then this reading of them."""
    steps = [
        {
            "of": card.folder,
            "step": step["step"],
            "rows_in": step["rows_in"],
            "added": step["added"],
            "removed": step["removed"],
            "rows_out": step["rows_out"],
        }
        for card in cards
        for step in card.steps
    ]
    counts = report.ledger.to_dict()
    counts.pop("findings")
    return [*steps, {"of": None, "step": "read and check", **counts}]


def _found(report: Report) -> list[dict[str, Any]]:
    """Return what was found by code: the worst first, then the most frequent."""
    order = {"error": 0, "warning": 1, "info": 2}
    counts = report.ledger.findings
    found = []
    for code, samples in report.samples.items():
        first = samples[0]
        places = [
            {
                name: getattr(each, name)
                for name in ("file", "line", "byte_offset", "id", "pointer", "message", "value")
            }
            for each in samples
        ]
        found.append(
            {
                "code": code,
                "slug": first.slug,
                "severity": first.severity,
                "title": code_of(code).title,
                "findings": counts[code],
                "fix": first.fix,
                "places": places,
            }
        )
    return sorted(found, key=lambda e: (order[e["severity"]], -e["findings"], e["code"]))
