"""`curate diff`: two sets, row by row."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from curate import console
from curate.cli.options import json_option, read_options
from curate.cli.pandas_free import spare_pandas
from curate.errors import UsageError, printable

_SORTS = ("changed", "removed", "added", "renamed", "moved")
_CHARS = 400


@click.command()
@read_options
@click.option(
    "--key",
    type=click.Choice(["id", "prompt", "response", "group"]),
    default="id",
    show_default=True,
    help="What tells which rows belong together.",
)
@click.option(
    "--max-rows",
    default=20,
    show_default=True,
    type=click.IntRange(0),
    metavar="N",
    help="Rows of each sort that are shown.",
)
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@json_option
def diff(
    inputs: tuple[str, ...], key: str, max_rows: int, jobs: int, as_json: bool, **options: Any
) -> int:
    """Say how two sets differ: rows that were added, removed, changed, renamed or moved.

    IN is two: the first set and the second, each a file, a folder, a dataset folder or a pattern.
    Ends with 0 where they hold the same rows in the same splits, else with 1. The order of rows is
    no difference.

    \b
    curate diff data/before data/after
    curate diff old.jsonl new.jsonl --key prompt --json
    """  # noqa: D301 - click reads the backspace
    from curate.build.ask import settings_of
    from curate.build.overview import diff as run_diff

    if len(inputs) != 2:
        raise UsageError(
            f"found {len(inputs)} set{'s' * (len(inputs) != 1)}, expected two",
            hint="curate diff BEFORE AFTER",
        )
    spare_pandas()
    with console.progress("diff", "records") as tick:
        found = run_diff(
            inputs[0],
            inputs[1],
            key=key,  # type: ignore[arg-type]
            settings=settings_of(options),
            max_rows=max_rows,
            jobs=jobs,
            on_progress=tick,
        )
    if as_json:
        console.out_json(found.to_dict())
        return found.exit_code
    for line in _lines(found.document):
        console.out(line)
    for line in _summary(found.document):
        console.say(line)
    return found.exit_code


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    tell: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
        "changed": _changed,
        "removed": lambda row: _alone(row, "-", "removed"),
        "added": lambda row: _alone(row, "+", "added"),
        "renamed": _renamed,
        "moved": _moved,
    }
    rows = document["rows"]
    for sort in _SORTS:
        for row in rows:
            if row["sort"] == sort:
                yield from tell[sort](row)
        if cut := document["rows_cut"].get(sort):
            yield f"… and {cut:,} more {sort}"


def _changed(row: Mapping[str, Any]) -> Iterator[str]:
    head = f"~ {_shown(row['id'])}  {_place(row['a'])} → {_place(row['b'])}"
    yield console.styled(head, "bold", sys.stdout)
    for field in row["fields"]:
        pointer = _shown(field["pointer"])
        if "words" in field:
            yield f"  {pointer}: {''.join(map(_word, field['words']))}"
        else:
            before = "nothing" if field["a"] is None else _word(["-", field["a"]])
            after = "nothing" if field["b"] is None else _word(["+", field["b"]])
            yield f"  {pointer}: {before} → {after}"
    if row["fields_cut"]:
        yield f"  … and {row['fields_cut']:,} more"


def _word(part: list[str]) -> str:
    """Return a piece of a text, marked as `wdiff` does where there is no colour."""
    sign, text = part
    shown = printable(text, _CHARS)
    if sign == "=":
        return shown
    style, left, right = ("removed", "[-", "-]") if sign == "-" else ("added", "{+", "+}")
    coloured = console.styled(shown, style, sys.stdout)
    return f"{left}{shown}{right}" if coloured == shown else coloured


def _alone(row: Mapping[str, Any], sign: str, style: str) -> Iterator[str]:
    head = f"{sign} {_shown(row['id'])}  {_place(row)}"
    yield f"{console.styled(head, style, sys.stdout)}  {_shown(row['text'])}"


def _renamed(row: Mapping[str, Any]) -> Iterator[str]:
    a, b = row["a"], row["b"]
    yield f"= {_shown(a['id'])} is now {_shown(b['id'])}  {_place(a)} → {_place(b)}"


def _moved(row: Mapping[str, Any]) -> Iterator[str]:
    a, b = row["a"], row["b"]
    yield f"> {_shown(row['id'])}  {_shown(a['split'])} → {_shown(b['split'])}  {_place(b)}"


def _shown(text: str) -> str:
    return printable(text, 200)


def _place(row: Mapping[str, Any]) -> str:
    return f"{_shown(row['file'])}:{row['line']}"


def _summary(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the counts, and what may explain them."""
    for side in ("a", "b"):
        about = document[side]
        if removed := sum(about["removed"].values()):
            name = printable(", ".join(about["inputs"]), 200)
            yield f"{name}: {removed:,} of {about['rows_in']:,} records were set aside"
    counts = document["counts"]
    if document["by_field"]:
        fields = ", ".join(f"{_shown(name)} {n:,}" for name, n in document["by_field"].items())
        yield f"changed fields: {fields}"
    splits = document["by_split"]
    if len(splits) > 1:
        for name, each in splits.items():
            said = ", ".join(f"{n:,} {sort}" for sort, n in each.items() if n)
            if said:
                yield f"{_shown(name)}: {said}"
    made = min(document["a"]["made_ids"], document["b"]["made_ids"])
    if document["key"] == "id" and made and counts["removed"] and counts["added"]:
        yield "ids were made of the records here: --key prompt pairs rows that changed"
    if not document["same_order"]:
        yield "the rows that both have stand in another order"
    said = ", ".join(f"{n:,} {name}" for name, n in counts.items() if n) or "no rows"
    yield console.styled(f"diff: {said}", "bold", sys.stderr)
