"""`curate convert` and `curate run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from curate.cli.options import (
    change_options,
    check_options,
    jobs_option,
    json_option,
    output_options,
    read_options,
)
from curate.cli.pandas_free import spare_pandas
from curate.console import progress


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

    IN is a file, a folder, a zip archive, a quoted pattern, `-`, an entry of LLaMA-Factory's
    registry as dataset_info.json#NAME, or a data set of the Hub as
    hf:owner/name[@revision][:config/split]: JSON, JSON Lines, CSV, TSV, Parquet, Arrow, also as .gz
    or .zst, and exports: mailboxes, chats, notes, pages, workbooks, databases (`curate formats`).
    Mail and chats are redacted. OUT is a folder, or one file where it ends in .json .jsonl .csv
    .parquet .arrow.

    \b
    curate convert dolly.jsonl -o data/dolly
    curate convert dolly.jsonl --reverse -o data/dolly-reverse
    curate convert chat.json --to openai -o chat.jsonl
    curate convert inbox.mbox --me dana@example.com -o data/mail
    curate convert "WhatsApp Chat - Tomas.zip" --me "Dana Reyes" -o data/chat
    curate convert hf:databricks/databricks-dolly-15k -o data/dolly-15k
    curate convert products.csv --prompt 'About {features}:' --completion ' {text}' -o data/p
    """  # noqa: D301 - click reads the backspace
    from curate.build import convert as run_convert
    from curate.build.ask import settings_of
    from curate.cli.report import finish

    spare_pandas()
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
@click.argument("recipe")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Set a recipe key.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@jobs_option
@json_option
def run(recipe: str, overrides: tuple[str, ...], dry_run: bool, jobs: int, as_json: bool) -> int:
    """Run a curate recipe (a path, or the name of one that ships).

    Reading and checking come first, then the steps that the recipe has sections for: dedup,
    decontaminate, filter, balance, mix, split. A run that was interrupted goes on where it was.

    \b
    curate run recipes/demo.curate.yaml
    curate run demo --set input.paths=mine.jsonl --set output.folder=data/mine
    """  # noqa: D301 - click reads the backspace
    from curate.build import run as run_recipe
    from curate.cli.report import finish

    if not Path(recipe).suffix and not Path(recipe).exists():
        recipe = f"{recipe}.curate.yaml"
    with progress("run", "rows") as tick:
        report = run_recipe(
            recipe, overrides=overrides, dry_run=dry_run, jobs=jobs, on_progress=tick
        )
    return finish(report, as_json)
