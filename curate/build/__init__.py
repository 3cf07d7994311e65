"""The straight line: inputs to rows to checks to an output, as functions for Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from curate import __version__
from curate.build.beside import for_consumers
from curate.build.clashes import refuse_clashes
from curate.build.dataset import Dataset, load
from curate.build.mend import repair_codes
from curate.build.outputs import FILE_ENDINGS, Container
from curate.build.reports import Report
from curate.build.runner import (
    OnFinding,
    OnProgress,
    Run,
    check,
    write_file,
    write_folder,
)
from curate.build.settings import Settings
from curate.errors import UsageError
from curate.files.inputs import expand
from curate.formats import ALIASES, BY_NAME, meant, writers
from curate.formats.shapes import own_formats

# Endings of files that nobody means as a folder's name.
_NO_OUTPUTS = {".gz", ".zst", ".zip", ".txt", ".tsv", ".ndjson", ".xlsx", ".yaml", ".yml", ".mbox"}

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
    inputs = _listed(inputs)
    _check_output(inputs, out, container)
    settings = settings or Settings()
    is_file = Path(out).suffix.lower() in FILE_ENDINGS
    target = _target(to, is_file, inputs, settings)
    refuse_clashes(replace(settings, to=target), Path(out).suffix.lower(), container)
    settings = for_consumers(replace(settings, to=target), consumers, out, container)
    report = Report("convert")
    work = Run(report, settings, jobs, stop_on_error=on_error == "fail", on_progress=on_progress)
    with _prepared(work, inputs) as ready:
        if report.refused:
            return report
        if dry_run:
            check(work, ready, one_kind=True)
        elif is_file:
            write_file(work, ready, out)
        else:
            validated = _validated(settings)
            write_folder(work, ready, out, container, {"validated": validated, "recipe": recipe})
    if fail_on_loss and (lost := _lost(report, settings)):
        report.by_severity["error"] += lost
    return report


def _validated(settings: Settings) -> dict[str, Any]:
    """Return what the card says of the checks."""
    return {"profile": ",".join(settings.profiles), "version": __version__, "errors": 0}


def _lost(report: Report, settings: Settings) -> int:
    """Return how many losses were found that were neither allowed nor asked for by a repair."""
    asked = settings.allow_loss | repair_codes(settings)
    found = report.ledger.findings.items()
    return sum(n for code, n in found if code.startswith("LOS") and code not in asked)


@contextmanager
def _prepared(work: Run, inputs: Sequence[str]) -> Iterator[Sequence[str]]:
    """Give what the run reads: the inputs, or the pairs that were made of them."""
    if work.settings.pair is None:
        yield inputs
        return
    from curate.build.pairing import paired

    with paired(work, inputs, work.settings.pair) as pairs:
        yield pairs


def _listed(inputs: Sequence[str | Path] | str | Path) -> list[str]:
    """Return inputs as texts; one text or path is one input."""
    return [str(inputs)] if isinstance(inputs, (str, Path)) else [str(name) for name in inputs]


def _check_output(inputs: Sequence[str], out: str, container: Container) -> None:
    """Refuse an output that is no place for rows, and one that is also read."""
    path = Path(out)
    if out in ("", "-"):
        raise UsageError(f"-o {out!r}: rows are written to a folder or a file")
    if path.suffix.lower() in _NO_OUTPUTS:
        known = " ".join(FILE_ENDINGS)
        raise UsageError(f"-o {out}: no file is written as {path.suffix}", hint=f"one of {known}")
    if container not in ("arrow", "parquet", "jsonl"):
        raise UsageError(f"container {container!r}: expected arrow, parquet or jsonl")
    entries = [name for name in inputs if "#" in name and not Path(name).exists()]
    for name in [*inputs, *(str(source.file) for source in expand(entries)[0])]:
        if name != "-" and path.exists() and Path(name).exists() and path.samefile(name):
            raise UsageError(f"{out} is also an input", hint="choose another -o")


def _target(to: str | None, is_file: bool, inputs: Sequence[str], settings: Settings) -> str:
    if to is None:
        if not is_file:
            return "row"
        if settings.pair is not None:
            return "trl-preference"
        own = settings.source_format or _own_format(inputs, settings)
        if settings.as_kind not in (None, BY_NAME[own].kind) and own != "row":
            raise UsageError(
                f"--as {settings.as_kind}: {own} holds {BY_NAME[own].kind}", hint="say --to FORMAT"
            )
        return own
    name = ALIASES.get(to, to)
    if name != "row" and (name not in BY_NAME or BY_NAME[name].encode is None):
        raise UsageError(f"--to {to}: no such format to write", hint=meant(name, writers()))
    if settings.as_kind is not None and name != "row" and settings.as_kind != BY_NAME[name].kind:
        raise UsageError(f"--as {settings.as_kind}: {name} holds {BY_NAME[name].kind}")
    return name


def _own_format(inputs: Sequence[str], settings: Settings) -> str:
    """Return the one format that the inputs have, by reading them."""
    if any(source.stdin for source in expand(inputs)[0]):
        raise UsageError("standard input and pipes can be read once", hint="say --to FORMAT")
    looked = check(Run(Report("inspect"), settings), inputs)
    shapes = own_formats({name for item in looked.inputs for name in item.shapes})
    if not shapes:
        return "row"  # no record can be used; the real pass says why
    if len(shapes) != 1:
        found = ", ".join(sorted(shapes))
        raise UsageError(f"the inputs have no single format ({found})", hint="say --to FORMAT")
    (name,) = shapes
    if name != "row" and BY_NAME[name].encode is None:
        raise UsageError(f"{name} can be read and not written", hint="say --to FORMAT")
    return name


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
    inputs = _listed(inputs)
    work = Run(Report("validate"), settings, jobs, on_finding=on_finding, on_progress=on_progress)
    work.on_diff = on_diff
    if out is None:
        return check(work, inputs)
    _check_output(inputs, out, "arrow")
    if Path(out).suffix.lower() in FILE_ENDINGS:
        work.settings = replace(settings, to=_target(None, True, inputs, settings))
        return write_file(work, inputs, out)
    validated = _validated(settings)
    return write_folder(work, inputs, out, "arrow", {"validated": validated})


def run(recipe: str, *, overrides: Sequence[str] = (), dry_run: bool = False) -> Report:
    """Run a curate recipe.

    Args:
        recipe: A path, or the name of a recipe that ships.
        overrides: `key.path=value` pairs.
        dry_run: Do everything but write.

    Returns:
        What was done.

    Raises:
        UsageError: If the recipe is wrong; every fault is listed.
        CurateError: As `convert`.
    """
    from curate.build.run_recipe import run_recipe

    return run_recipe(recipe, overrides=overrides, dry_run=dry_run)
