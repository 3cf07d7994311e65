"""Every step as a function for Python, under its command's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from curate.build.line.known import step_of
from curate.build.line.straight import Line
from curate.build.outputs import Container
from curate.build.reports import Report
from curate.build.runner import OnFinding, OnProgress
from curate.build.settings import Settings
from curate.build.target import check_output, listed, refuse_splits, writable
from curate.errors import UsageError


def run_step(  # noqa: PLR0913 - one keyword for each flag that the step commands share
    name: str,
    inputs: Sequence[str | Path] | str | Path,
    out: str | None = None,
    *,
    settings: Settings | None = None,
    to: str | None = None,
    container: Container = "arrow",
    jobs: int = 1,
    on_error: Literal["quarantine", "fail"] = "quarantine",
    consumers: Sequence[str] = (),
    report_only: bool = False,
    dry_run: bool = False,
    on_finding: OnFinding | None = None,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> Report:
    """Read inputs, run one step on their rows, and write what it left.

    Args:
        name: The step: redact, dedup, decontaminate, filter, balance, mix or split.
        inputs: Files, folders, patterns or `-`.
        out: A folder, or a file where it ends in .json .jsonl .csv .parquet .arrow; None is for
            `report_only` and `dry_run`.
        settings: How to read and check.
        to: The format to write; None is `row` for a folder and, for a file, the inputs' own.
        container: The files of a folder: `arrow`, `parquet` or `jsonl`.
        jobs: Number of processes; no result depends on it.
        on_error: `fail` writes nothing when a record would be set aside in reading.
        consumers: Trainers that the output is for.
        report_only: Tell what would leave, and remove, add and split nothing.
        dry_run: Do everything but write.
        on_finding: Told of every finding, in order.
        on_progress: Told of the rows done so far, now and then.
        options: The step's own, as its recipe section names them.

    Returns:
        What was done; `steps[name]` is the step's own report.

    Raises:
        CurateError: If an option is wrong, the inputs cannot be read or the output cannot be
            written.
    """
    step = step_of(name, options)
    names = listed(inputs)
    if dry_run:
        out = None
    elif out is None and not report_only:
        raise UsageError("it is not said where the rows go", hint="say -o OUT, or --report-only")
    if out is not None:
        _check(name, names, out, container)
    settings = settings or Settings()
    to = writable(to, settings) if to is not None else None
    line = Line(name, names, out, [step], replace(settings, to=to or "row"), to, container)
    line.jobs, line.consumers, line.removes = jobs, consumers, not report_only
    line.stop_on_error = on_error == "fail"
    line.on_finding, line.on_progress = on_finding, on_progress
    return line.run()


def _check(name: str, inputs: Sequence[str], out: str, container: Container) -> None:
    check_output(inputs, out, container)
    if name == "split":
        refuse_splits(out)


def _function(name: str) -> Callable[..., Report]:
    def run(
        inputs: Sequence[str | Path] | str | Path, out: str | None = None, **options: Any
    ) -> Report:
        return run_step(name, inputs, out, **options)

    run.__name__ = run.__qualname__ = name
    run.__doc__ = f"Run the step `{name}` on inputs; see `run_step` and `curate {name} --help`."
    return run


redact = _function("redact")
dedup = _function("dedup")
decontaminate = _function("decontaminate")
filter = _function("filter")
balance = _function("balance")
mix = _function("mix")
split = _function("split")
