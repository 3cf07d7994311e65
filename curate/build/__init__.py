"""The straight line: inputs to rows to checks to an output, as functions for Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from curate import __version__
from curate.build.beside import for_consumers
from curate.build.clashes import refuse_clashes
from curate.build.dataset import Dataset, load
from curate.build.mend import lost
from curate.build.outputs import Container
from curate.build.pairing import prepared
from curate.build.private import holds_private
from curate.build.reports import Report
from curate.build.runner import OnFinding, OnProgress, Run
from curate.build.settings import Settings
from curate.build.target import check_output, is_file, listed, target_of, writable
from curate.build.writing import check, write_file, write_folder

if TYPE_CHECKING:
    from curate.build.line.straight import Line

__all__ = ["Dataset", "Report", "Settings", "convert", "load", "run", "validate"]


def convert(  # noqa: PLR0913 - one keyword for each flag of the command
    inputs: Sequence[str | Path] | str | Path,
    out: str,
    *,
    to: str | None = None,
    container: Container = "arrow",
    settings: Settings | None = None,
    jobs: int = 1,
    on_error: Literal["quarantine", "fail"] = "quarantine",
    fail_on_loss: bool = False,
    consumers: Sequence[str] = (),
    dry_run: bool = False,
    recipe: dict[str, Any] | None = None,
    on_progress: OnProgress | None = None,
) -> Report:
    """Convert inputs to a dataset folder or one file.

    Args:
        inputs: Files, folders, patterns or `-`.
        out: A folder, or a file where it ends in .json .jsonl .csv .parquet .arrow.
        to: The format to write; None is `row` for a folder and, for a file, the inputs' own.
        container: The files of a folder: `arrow`, `parquet` or `jsonl`.
        settings: How to read and check.
        jobs: Number of processes; the output's bytes do not depend on it.
        on_error: `fail` writes nothing when a record would be set aside.
        fail_on_loss: Count any LOS finding as a failure, but those that were allowed or asked for
            by a repair.
        consumers: Trainers that the output is for; each is told beside the data how to read it.
        dry_run: Do everything but write.
        recipe: What the card records as the recipe.
        on_progress: Told of the records read so far, now and then.

    Returns:
        What was done; its `exit_code` is the command's.

    Raises:
        CurateError: If the inputs cannot be read or the output cannot be written.
    """
    inputs = listed(inputs)
    check_output(inputs, out, container)
    settings, stops = settings or Settings(), on_error == "fail"
    if settings.redact and holds_private(inputs, settings):
        line = _private_line(inputs, None if dry_run else out, settings, to, container)
        line.jobs, line.consumers, line.recipe = jobs, consumers, recipe
        line.stop_on_error, line.on_progress = stops, on_progress
        return _with_losses(line.run(), settings, fail_on_loss)
    target = target_of(to, out, inputs, settings)
    refuse_clashes(replace(settings, to=target), Path(out).suffix.lower(), container)
    settings = for_consumers(replace(settings, to=target), consumers, out, container)
    report = Report("convert")
    work = Run(report, settings, jobs, stops, on_progress=on_progress)
    with prepared(work, inputs) as ready:
        if report.refused:
            return report
        if dry_run:
            check(work, ready, one_kind=True)
        else:
            _write(work, ready, out, container, recipe)
    return _with_losses(report, settings, fail_on_loss)


def _write(
    work: Run,
    inputs: Sequence[str],
    out: str,
    container: Container,
    recipe: dict[str, Any] | None = None,
) -> Report:
    if is_file(out):
        return write_file(work, inputs, out)
    card = {"validated": _validated(work.settings), "recipe": recipe}
    return write_folder(work, inputs, out, container, card)


def _private_line(
    inputs: Sequence[str], out: str | None, settings: Settings, to: str | None, container: Container
) -> Line:
    """Return the line by which private inputs are read, redacted and written."""
    from curate.build.line.straight import Line

    to = writable(to, settings) if to is not None else None
    return Line("convert", inputs, out, [], replace(settings, to=to or "row"), to, container)


def _with_losses(report: Report, settings: Settings, are_faults: bool) -> Report:
    if are_faults and (n_lost := lost(report, settings)):
        report.by_severity["error"] += n_lost
    return report


def _validated(settings: Settings) -> dict[str, Any]:
    """Return what the card says of the checks."""
    return {"profile": ",".join(settings.profiles), "version": __version__, "errors": 0}


def validate(
    inputs: Sequence[str | Path] | str | Path,
    *,
    settings: Settings | None = None,
    jobs: int = 1,
    out: str | None = None,
    on_finding: OnFinding | None = None,
    on_diff: Callable[[str], None] | None = None,
    on_progress: OnProgress | None = None,
) -> Report:
    """Check inputs to the end.

    Args:
        inputs: Files, folders, patterns or `-`.
        settings: Which rules, which fixes; None runs every rule.
        jobs: Number of processes.
        out: Where fixed rows are written; None writes nothing.
        on_finding: Told of every finding, in input order.
        on_diff: Told of what fixes change, a text for each row, where the settings ask for it.
        on_progress: Told of the records read so far, now and then.

    Returns:
        What was found.

    Raises:
        CurateError: If the inputs cannot be read or the output cannot be written.
    """
    settings = replace(settings or Settings(profiles=("lint",)), whole=True)
    inputs = listed(inputs)
    work = Run(Report("validate"), settings, jobs, on_finding=on_finding, on_progress=on_progress)
    work.on_diff = on_diff
    if out is None:
        return check(work, inputs)
    check_output(inputs, out, "arrow")
    if is_file(out):
        work.settings = replace(settings, to=target_of(None, out, inputs, settings))
    return _write(work, inputs, out, "arrow")


def run(
    recipe: str,
    *,
    overrides: Sequence[str] = (),
    dry_run: bool = False,
    jobs: int = 1,
    on_progress: OnProgress | None = None,
) -> Report:
    """Run a curate recipe: read, check, the steps that it has sections for, write.

    A run with steps that was interrupted goes on behind the last step that was done.

    Args:
        recipe: A path, or the name of a recipe that ships.
        overrides: `key.path=value` pairs.
        dry_run: Do everything but write.
        jobs: Number of processes; no result depends on it.
        on_progress: Told of the records read so far, now and then.

    Returns:
        What was done.

    Raises:
        UsageError: If the recipe is wrong; every fault is listed.
        CurateError: As `convert`.
    """
    from curate.build.run_recipe import run_recipe

    return run_recipe(
        recipe, overrides=overrides, dry_run=dry_run, jobs=jobs, on_progress=on_progress
    )
