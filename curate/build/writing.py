"""Rows to an output: a dataset folder or one file, whole or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from curate.build.beside import enter, texts_beside, write_inside
from curate.build.carding import card_of
from curate.build.outputs import FILE_ENDINGS, Container, RejectedFile, Shard, Shards, open_shard
from curate.build.read import Work
from curate.build.reports import Report
from curate.build.runner import AbandonError, Run
from curate.build.settings import Settings
from curate.errors import UsageError
from curate.files.chunks import Chunk
from curate.files.commit import new_files, new_folder
from curate.files.inputs import Source
from curate.finding import Finding, Ledger
from curate.formats import BY_NAME
from curate.reporting.card import old_readme, readme
from curate.row import Kind

# Where rows go: a payload, its rows, the bytes that they were made of, their kind and their source.
Add = Callable[[bytes | pa.Buffer, int, int, Kind, Source], None]
# What fills an output, and gives the kind of its rows.
Fill = Callable[[RejectedFile, Add], Kind]
TRAIN = "train"
_ORDER = {TRAIN: 0, "validation": 1, "test": 2}


@dataclass(frozen=True, slots=True)
class Beside:
    """What an output carries beside its rows, known once they are written.

    Attributes:
        card: What a folder's card says, the funnel included.
        files: Path in the folder → what writes the file; beside a single file they are named
            after it.
    """

    card: dict[str, Any]
    files: Mapping[str, Callable[[Path], None]]


def check(run: Run, inputs: Sequence[str], *, one_kind: bool = False) -> Report:
    """Read and check inputs, and write nothing; `one_kind` refuses what no output can hold."""
    run.settings = replace(run.settings, payload="none")
    kinds: Counter[Kind] = Counter()
    with _abandoned():
        for _, outcome in run.outcomes(inputs):
            kinds.update(outcome.kinds)
    run.report.kind = next(iter(kinds), None)
    if one_kind:
        _refuse_mixture(run.report, kinds)
    funnel_of(run)
    run.report.ledger.check()
    return run.report


def write_folder(
    run: Run, inputs: Sequence[str], out: str, container: Container, card: dict[str, Any]
) -> Report:
    """Convert inputs to a dataset folder.

    Args:
        run: The run; its settings' payload is set to what the container needs.
        inputs: As typed.
        out: The folder as typed.
        container: `arrow`, `parquet` or `jsonl`.
        card: What the card says beside what the run itself knows (`validated`, `recipe`).

    Raises:
        OutputError: If the folder is foreign or cannot be written.
        LockedError: If another run writes it.
    """
    run.settings = with_payload(run.settings, container)

    def fill(rejected: RejectedFile, add: Add) -> Kind:
        return pour(run, inputs, rejected, add)

    def beside() -> Beside:
        return Beside({"funnel": funnel_of(run), **card}, {})

    put_folder(run.report, run.settings, out, container, fill, beside)
    return run.report


def put_folder(
    report: Report,
    settings: Settings,
    out: str,
    container: Container,
    fill: Fill,
    beside: Callable[[], Beside],
) -> None:
    """Write a dataset folder of what `fill` gives; nothing where that is abandoned."""
    folder = Path(out)
    with _abandoned(), new_folder(folder) as work:
        by_split: dict[str, Shards] = {}

        def shards(split: str) -> Shards:
            if split not in by_split:
                by_split[split] = Shards(work, split, container, settings.to)
            return by_split[split]

        def add(
            payload: bytes | pa.Buffer, rows: int, input_bytes: int, kind: Kind, source: Source
        ) -> None:
            shards(source.split or TRAIN).add(payload, rows, input_bytes, kind)

        rejected = RejectedFile(work / "rejected" / "rejected.jsonl")
        kind = fill(rejected, add)
        if not by_split:
            shards(TRAIN)
        ordered = sorted(by_split, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
        files = [entry for name in ordered for entry in by_split[name].finish(kind)]
        rejected.finish()
        more = beside()
        made = card_of(report, settings.to, kind, container, files) | more.card
        made |= write_inside(work, settings, out, container)
        for name, write in more.files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            write(work / name)
        if more.files:
            made["beside"] = sorted(more.files)
        text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
        (work / "card.json").write_text(text, encoding="utf-8")
        page = readme(made, old_readme(folder))
        (work / "README.md").write_text(page, encoding="utf-8", errors="surrogateescape")
        report.outputs.append(out)


def write_file(run: Run, inputs: Sequence[str], out: str) -> Report:
    """Convert inputs to one file, with `OUT.rejected.jsonl` beside it where records left.

    Raises:
        OutputError: If the file cannot be written.
        LockedError: If another run writes it.
    """
    run.settings = with_payload(run.settings, FILE_ENDINGS[Path(out).suffix.lower()])
    splits: set[str] = set()

    def fill(rejected: RejectedFile, add: Add) -> Kind:
        def one(
            payload: bytes | pa.Buffer, rows: int, input_bytes: int, kind: Kind, source: Source
        ) -> None:
            splits.add(source.split or TRAIN)
            add(payload, rows, input_bytes, kind, source)

        return pour(run, inputs, rejected, one)

    def beside() -> Beside:
        if len(splits) > 1:
            run.note(merged_splits(out, splits))
        funnel_of(run)
        return Beside({}, {})

    put_file(run.report, run.settings, out, fill, beside)
    return run.report


def merged_splits(out: str, splits: set[str]) -> Finding:
    """Return the finding that one file takes the rows of several splits."""
    message = f"the splits {', '.join(sorted(splits))} go into one file; a folder keeps them apart"
    return Finding("SRC035", "merged-splits", "warning", message, file=out)


def put_file(
    report: Report, settings: Settings, out: str, fill: Fill, beside: Callable[[], Beside]
) -> None:
    """Write one file of what `fill` gives; nothing where that is abandoned."""
    path = Path(out)
    container = FILE_ENDINGS[path.suffix.lower()]
    removed = path.with_name(path.name + ".rejected.jsonl")
    texts = texts_beside(settings, path, container)
    named = (path, removed, *(name for name, _ in texts))
    with _abandoned(), new_files(*named) as (work, work_rejected, *work_texts):
        rejected = RejectedFile(work_rejected)
        shards: list[Shard] = []

        def add(
            payload: bytes | pa.Buffer, rows: int, input_bytes: int, kind: Kind, source: Source
        ) -> None:
            del rows, input_bytes, source
            if not shards:
                shards.append(open_shard(work, container, settings.to, kind))
            shards[0].add(payload)

        kind = fill(rejected, add)
        if not shards:
            shards.append(open_shard(work, container, settings.to, kind))
        shards[0].finish()
        more = beside()
        report.outputs.append(out)
        if rejected.finish():
            report.outputs.append(removed.as_posix())
        for (name, text), to in zip(texts, work_texts, strict=True):
            to.write_text(text, encoding="utf-8")
            report.outputs.append(name.as_posix())
    if report.outputs:
        report.outputs += _put_beside(path, more)
        report.outputs += [p.as_posix() for p in enter(settings, path, container)]


def _put_beside(path: Path, more: Beside) -> list[str]:
    """Write `scores/dedup.arrow` as `OUT.scores-dedup.arrow`; return the names."""
    names = []
    for name, write in more.files.items():
        target = path.with_name(f"{path.name}.{name.replace('/', '-')}")
        with new_files(target) as (work,):
            write(work)
        names.append(target.as_posix())
    return names


def pour(run: Run, inputs: Sequence[str], rejected: RejectedFile, add: Add) -> Kind:
    """Write every outcome; refuse a mixture of kinds once all of it is counted."""
    kinds: Counter[Kind] = Counter()
    if run.earlier is not None:
        rejected.copy(run.earlier.rejected)
    for piece, outcome in run.outcomes(inputs):
        kinds.update(outcome.kinds)
        rejected.add(outcome.removed)
        if outcome.rows and len(kinds) == 1:
            (kind,) = kinds
            add(outcome.payload, outcome.rows, _size(piece), kind, piece.source)
    report = run.report
    _refuse_mixture(report, kinds)
    report.ledger.check()
    run.refuse_private()
    if report.empty:
        report.refused = "no record was found"
    if report.refused:
        raise AbandonError
    report.kind = next(iter(kinds), None)
    to = run.settings.to
    return report.kind or run.settings.kind or (BY_NAME[to].kind if to != "row" else "sft")


def _refuse_mixture(report: Report, kinds: Counter[Kind]) -> None:
    """Take all rows back out of the count where they are of several kinds."""
    if len(kinds) > 1:
        counts = ", ".join(f"{kind} {n:,}" for kind, n in kinds.items())
        report.refused = f"the input mixes kinds of rows ({counts}); choose one with --kind"
        report.ledger.removed["SCH008"] += report.ledger.rows_out
        report.ledger.rows_out = 0


@contextmanager
def _abandoned() -> Iterator[None]:
    """Let the output's own block end by an exception, so that the old output stays."""
    try:
        yield
    except AbandonError:
        return


def _size(piece: Work) -> int:
    """Return the bytes of input that a piece of work is."""
    return sum(map(len, piece.records)) if isinstance(piece, Chunk) else piece.length


def with_payload(settings: Settings, container: Container) -> Settings:
    """Return the settings with the payload that a container takes.

    Raises:
        UsageError: If rows are to go into a CSV file.
    """
    if container == "csv" and settings.to == "row":
        raise UsageError("a CSV file cannot hold rows", hint="choose --to alpaca, or a .jsonl file")
    payload = {"arrow": "arrow", "parquet": "arrow", "csv": "csv"}.get(container, "jsonl")
    return replace(settings, payload=cast("Any", payload))


def funnel_of(run: Run) -> list[dict[str, Any]]:
    """Return the steps with their counts; what earlier steps did is added to the report's."""
    report = run.report
    if run.earlier is None:
        return [funnel_entry(report.command, report)]
    steps = (*run.earlier.steps, (report.command, report.ledger))
    report.ledger = Ledger.of_steps([ledger for _, ledger in steps])
    report.inputs = run.earlier.report.inputs
    return [{"step": name, **ledger.to_dict()} for name, ledger in steps]


def funnel_entry(step: str, report: Report) -> dict[str, Any]:
    """Return a run's counts as the card's funnel has them."""
    more = {"suppressed": report.suppressed, "fixed": report.fixed}
    counts = {name: dict(sorted(each.items())) for name, each in more.items() if each}
    return {"step": step, **report.ledger.to_dict(), **counts}
