"""`curate convert`, `curate validate` and `curate run`."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import click

from curate.cli.options import (
    change_options,
    check_options,
    json_option,
    output_options,
    read_options,
)
from curate.console import progress
from curate.errors import UsageError


class _NoPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Refuse pandas and nothing else."""
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _spare_pandas() -> None:
    """Let pyarrow settle that it needs no pandas, which it would import (0.2 s) to ask it.

    On the first list that it is given, pyarrow looks whether that is one of pandas' objects. No
    command makes any; others may import pandas afterwards as ever.
    """
    import pyarrow as pa

    if "pandas" not in sys.modules:
        finder = _NoPandas()
        sys.meta_path.insert(0, finder)
        try:
            pa.array([0])
        finally:
            sys.meta_path.remove(finder)


@click.command()
@output_options
@read_options
@change_options
@check_options
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@json_option
def convert(
    inputs: tuple[str, ...], out: str, to: str | None, dry_run: bool, as_json: bool, **options: Any
) -> int:
    """Turn raw exports into a checked dataset folder, or into another format.

    IN is a file, a folder, a quoted pattern, `-`, an entry of LLaMA-Factory's registry as
    dataset_info.json#NAME, or a data set of the Hub as hf:owner/name[@revision][:config/split]:
    JSON, JSON Lines, CSV, TSV, Parquet, Arrow, mbox, also as .gz or .zst. OUT is a folder, or one
    file where it ends in .json .jsonl .csv .parquet .arrow.

    \b
    curate convert dolly.jsonl -o data/dolly
    curate convert dolly.jsonl --reverse -o data/dolly-reverse
    curate convert chat.json --to openai -o chat.jsonl
    curate convert hf:databricks/databricks-dolly-15k -o data/dolly-15k
    curate convert products.csv --prompt 'About {features}:' --completion ' {text}' -o data/p
    """  # noqa: D301 - click reads the backspace
    from curate.build import convert as run_convert
    from curate.build.ask import settings_of
    from curate.cli.report import finish

    _spare_pandas()
    settings = settings_of(options)
    with progress("convert", "records") as tick:
        report = run_convert(
            inputs,
            out,
            to=to,
            container=options["container"],
            settings=settings,
            jobs=options["jobs"],
            on_error=options["on_error"],
            fail_on_loss=options["fail_on_loss"],
            consumers=options["consumers"],
            dry_run=dry_run,
            on_progress=tick,
        )
    return finish(report, as_json)


@click.command()
@read_options
@click.option("--for", "profiles", multiple=True, help="Check for a profile (default: lint).")
@click.option(
    "--select",
    multiple=True,
    metavar="CODES",
    help="Run these rules only: TRN,TOL003. Reading errors are always shown.",
)
@click.option("--ignore", multiple=True, metavar="CODES", help="Leave these rules out.")
@click.option("--schema", "user_schema", metavar="FILE", help="Also check a JSON Schema of yours.")
@click.option("--fix", is_flag=True, help="Apply fixes that keep the meaning; needs -o.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply fixes that may change it too; needs -o.")
@click.option("-o", "--out", metavar="OUT", help="Where the fixed rows go.")
@click.option(
    "--output-format",
    type=click.Choice(["human", "json", "jsonl", "sarif", "github", "junit"]),
    default="human",
    show_default=True,
    help="How findings are printed.",
)
@click.option("--exit-zero", is_flag=True, help="End with 0 although errors were found.")
@click.option(
    "--jobs", default=1, show_default=True, type=click.IntRange(1), help="Number of processes."
)
@json_option
def validate(
    inputs: tuple[str, ...],
    profiles: tuple[str, ...],
    output_format: str,
    exit_zero: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Check data, row by row, to the end: each fault with its place, its code and a remedy.

    \b
    curate validate data.jsonl
    curate validate data.jsonl --select TRN,TOL --output-format sarif > findings.sarif
    """  # noqa: D301 - click reads the backspace
    from curate.build import validate as run_validate
    from curate.build.ask import settings_of
    from curate.cli.report import Printer, finish_validate

    if len(profiles) > 1:
        raise UsageError("--for takes one profile at a time")
    fix = "unsafe" if options["unsafe_fixes"] else "safe" if options["fix"] else "none"
    if (fix == "none") != (options["out"] is None):
        raise UsageError("--fix and -o go together", hint="curate validate IN --fix -o OUT")
    printer = Printer("json" if as_json else output_format)
    settings = settings_of(options | {"profile": profiles[0] if profiles else "lint", "fix": fix})
    _spare_pandas()
    with progress("validate", "records") as tick:
        report = run_validate(
            inputs,
            settings=settings,
            jobs=options["jobs"],
            out=options["out"],
            on_finding=printer.add,
            on_progress=tick,
        )
    return finish_validate(report, printer, exit_zero=exit_zero)


@click.command()
@click.argument("recipe")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Set a recipe key.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@json_option
def run(recipe: str, overrides: tuple[str, ...], dry_run: bool, as_json: bool) -> int:
    """Run a curate recipe (a path, or the name of one that ships).

    \b
    curate run recipes/demo.curate.yaml
    curate run demo --set input.paths=mine.jsonl --set output.folder=data/mine
    """  # noqa: D301 - click reads the backspace
    from curate.build import run as run_recipe
    from curate.cli.report import finish

    if not Path(recipe).suffix and not Path(recipe).exists():
        recipe = f"{recipe}.curate.yaml"
    return finish(run_recipe(recipe, overrides=overrides, dry_run=dry_run), as_json)
