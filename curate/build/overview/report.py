"""`report`: the figures of a set as one HTML file, with the same numbers as JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from curate.build.inputs import expand
from curate.build.overview.stats import Stats, stats
from curate.build.runner import OnProgress
from curate.build.settings import Settings
from curate.errors import OutputError, UsageError, escaped
from curate.files.commit import new_files
from curate.reporting.page import GENERATOR, page

_HEAD_CHARS = 2_000


def report(
    inputs: Sequence[str | Path] | str | Path,
    out: str | Path,
    *,
    settings: Settings | None = None,
    jobs: int = 1,
    language_rows: int = 5_000,
    examples: int = 3,
    on_progress: OnProgress | None = None,
) -> Stats:
    """Write a report of a set: one HTML file that needs no network, and its figures as JSON.

    The JSON file has the page's name with `.json`; it is the document of `stats`. The same inputs
    give the same bytes.

    Args:
        inputs: As `stats`.
        out: The page, ending in `.html`.
        settings: How to read and which rules to run; None runs `lint`.
        jobs: As `stats`.
        language_rows: As `stats`.
        examples: As `stats`.
        on_progress: As `stats`.

    Returns:
        The figures; `report.outputs` of it names the two files.

    Raises:
        UsageError: If `out` is no page, or its JSON file is an input.
        OutputError: If a file that stands there is no report of ours, or none can be written.
        CurateError: As `stats`.
    """
    names = [str(inputs)] if isinstance(inputs, (str, Path)) else [str(name) for name in inputs]
    path, numbers = page_places(Path(out), names)
    found = stats(
        names,
        settings=settings or Settings(profiles=("lint",)),
        jobs=jobs,
        language_rows=language_rows,
        examples=examples,
        on_progress=on_progress,
    )
    document = json.dumps(found.document, ensure_ascii=False, indent=2) + "\n"
    with new_files(path, numbers) as (work_page, work_numbers):
        work_page.write_text(page(found.document), encoding="utf-8", errors="backslashreplace")
        work_numbers.write_text(escaped(document), encoding="utf-8")
    found.report.outputs += [Path(out).as_posix(), Path(out).with_suffix(".json").as_posix()]
    return found


def page_places(page_path: Path, names: Sequence[str]) -> tuple[Path, Path]:
    """Return where a page and its figures go.

    Raises:
        UsageError: If it is no page, or one of the two is an input.
        OutputError: If a file that stands there is no report of ours.
    """
    if page_path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"-o {page_path}: a report is an HTML file", hint="-o report.html")
    numbers = page_path.with_suffix(".json")
    named = [name for name in names if name != "-"]
    for path in filter(Path.exists, (page_path, numbers)):
        read = [*map(Path, named), *(source.file for source in expand(named)[0])]
        if any(each.exists() and path.samefile(each) for each in read):
            raise UsageError(f"{path} is also an input", hint="choose another -o")
        if not _is_ours(path):
            raise OutputError(
                f"{path}: is no report of ours; it is not overwritten", hint="choose another -o"
            )
    return page_path, numbers


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.read(_HEAD_CHARS)
    if path.suffix == ".json":
        return head.startswith('{\n  "schema_version"') and '"command": "stats"' in head
    return f'<meta name="generator" content="{GENERATOR} ' in head
