"""Where an output goes, and in which format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from curate.build.inputs import expand
from curate.build.outputs import FILE_ENDINGS, Container
from curate.build.reports import Report
from curate.build.runner import Run
from curate.build.settings import Settings
from curate.build.writing import check
from curate.errors import UsageError
from curate.formats import ALIASES, BY_NAME, meant, writers
from curate.formats.shapes import own_formats

# Endings of files that nobody means as a folder's name.
_NO_OUTPUTS = {".gz", ".zst", ".zip", ".txt", ".tsv", ".ndjson", ".xlsx", ".yaml", ".yml", ".mbox"}


def listed(inputs: Sequence[str | Path] | str | Path) -> list[str]:
    """Return inputs as texts; one text or path is one input."""
    return [str(inputs)] if isinstance(inputs, (str, Path)) else [str(name) for name in inputs]


def is_file(out: str) -> bool:
    """Return whether an output is one file."""
    return Path(out).suffix.lower() in FILE_ENDINGS


def refuse_splits(out: str) -> None:
    """Refuse an output that cannot keep splits apart.

    Raises:
        UsageError: If it is one file.
    """
    if is_file(out):
        raise UsageError(f"{out}: one file holds no splits", hint="name a folder")


def check_output(inputs: Sequence[str], out: str, container: Container) -> None:
    """Refuse an output that is no place for rows, and one that is also read.

    Raises:
        UsageError: With what to do.
    """
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


def target_of(to: str | None, out: str, inputs: Sequence[str], settings: Settings) -> str:
    """Return the format to write; where none is named, a folder gets rows, a file its inputs' own.

    Raises:
        UsageError: If there is no such format, or the inputs have none of their own.
    """
    if to is None:
        if not is_file(out):
            return "row"
        if settings.pair is not None:
            return "trl-preference"
        own = settings.source_format or _own_format(inputs, settings)
        if settings.as_kind not in (None, BY_NAME[own].kind) and own != "row":
            raise UsageError(
                f"--as {settings.as_kind}: {own} holds {BY_NAME[own].kind}", hint="say --to FORMAT"
            )
        return own
    return writable(to, settings)


def writable(to: str, settings: Settings) -> str:
    """Return the name of a format that can be written.

    Raises:
        UsageError: If there is none of that name, or it holds another kind than is asked for.
    """
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
    return single_format(name for item in looked.inputs for name in item.shapes)


def single_format(found: Iterable[str]) -> str:
    """Return the one format among the shapes that were found, `row` where nothing could be used.

    Raises:
        UsageError: If they are several, or it cannot be written.
    """
    shapes = own_formats(set(found))
    if not shapes:
        return "row"  # no record can be used; the real pass says why
    if len(shapes) != 1:
        names = ", ".join(sorted(shapes))
        raise UsageError(f"the inputs have no single format ({names})", hint="say --to FORMAT")
    (name,) = shapes
    if name != "row" and BY_NAME[name].encode is None:
        raise UsageError(f"{name} can be read and not written", hint="say --to FORMAT")
    return name
