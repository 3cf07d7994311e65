"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from curate.row import KINDS

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def _apply(options: list[Callable[[F], F]]) -> Callable[[F], F]:
    def wrap(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return wrap


to_option = click.option(
    "--to",
    metavar="FORMAT",
    help="The format to write (default: row for a folder, the inputs' own for a file).",
)
container_option = click.option(
    "--container",
    type=click.Choice(["arrow", "parquet", "jsonl"]),
    default="arrow",
    show_default=True,
    help="The files of a folder.",
)
jobs_option = click.option(
    "--jobs", default=1, show_default=True, type=click.IntRange(1), help="Number of processes."
)

output_options = _apply(
    [
        click.option("-o", "--out", required=True, metavar="OUT", help="A folder, or one file."),
        to_option,
        container_option,
        click.option(
            "--consumer",
            "consumers",
            multiple=True,
            metavar="NAME",
            help="Also tell llama-factory, axolotl, ms-swift or trl how to read it.",
        ),
    ]
)

read_options = _apply(
    [
        click.argument("inputs", metavar="IN...", nargs=-1, required=True),
        click.option(
            "--from",
            "source_format",
            metavar="FORMAT",
            default="auto",
            help="Read every row as this format, or every file as this container.",
        ),
        click.option(
            "--per-row", is_flag=True, help="Rows of several formats in one file are meant."
        ),
        click.option(
            "--map",
            "mapping",
            multiple=True,
            metavar="FIELD=COLUMN",
            help="Read COLUMN as FIELD.",
        ),
        click.option(
            "--prompt", metavar="T", help="Make the prompt of columns: 'About {name}:', or @FILE."
        ),
        click.option("--completion", metavar="T", help="Make the completion of columns likewise."),
        click.option(
            "--label-map",
            "labels",
            multiple=True,
            metavar="TEXT=BOOL",
            help="Read these texts as labels: good=true,bad=false.",
        ),
        click.option("--margin", metavar="A-B", help="A pair's margin is column A minus column B."),
        click.option(
            "--me",
            multiple=True,
            metavar="PERSON",
            help="Learn this person's messages: an address, or a name as a chat shows it.",
        ),
        click.option(
            "--mail",
            type=click.Choice(["own", "whole"]),
            help="Keep of a mail what its sender wrote (default), or its whole text.",
        ),
        click.option(
            "--gap-minutes",
            type=click.IntRange(1),
            help="A longer silence begins a new conversation of a chat (default 480).",
        ),
        click.option(
            "--merge-minutes",
            type=click.IntRange(0),
            help="A sender's messages within it are one turn of a chat (default 60).",
        ),
        click.option("--table", metavar="NAME", help="Read this table of a database, or sheet."),
        click.option("--query", metavar="SQL", help="Read the rows of this query of a database."),
        click.option(
            "--no-redact",
            is_flag=True,
            help="Leave names, addresses and numbers of mail and chats as they are.",
        ),
        click.option("--kind", type=click.Choice(KINDS), help="Keep rows of this kind only."),
        click.option(
            "--limit",
            "limits",
            multiple=True,
            metavar="NAME=N",
            help="Change one of `curate limits`.",
        ),
    ]
)

change_options = _apply(
    [
        click.option(
            "--repair",
            "repairs",
            multiple=True,
            metavar="NAME",
            help="Repair rows, each counted: merge-consecutive, hoist-system, … (docs/formats.md).",
        ),
        click.option(
            "--as",
            "as_kind",
            type=click.Choice(KINDS),
            help="Make rows of this kind of those of another; each loss is reported.",
        ),
        click.option(
            "--pair",
            type=click.Choice(["first", "all"]),
            help="Make pairs of judged answers to one prompt: n-th with n-th, or every two.",
        ),
        click.option(
            "--template",
            metavar="NAME",
            help="Make `text` rows of chats by this template: a name, or a .jinja file.",
        ),
        click.option(
            "--reasoning",
            type=click.Choice(["field", "inline"]),
            help="Move reasoning to a key of the message, or to a <think> block of its text.",
        ),
        click.option("--reverse", is_flag=True, help="Ask the response for its instruction."),
    ]
)

check_options = _apply(
    [
        click.option(
            "--allow-loss",
            multiple=True,
            metavar="CODES",
            help="Keep rows with these losses, by code or name: LOS018,reason.",
        ),
        click.option("--fail-on-loss", is_flag=True, help="End with 1 on any other loss."),
        click.option(
            "--on-error",
            type=click.Choice(["quarantine", "fail"]),
            default="quarantine",
            show_default=True,
            help="Set a record with an error aside, or stop and write nothing.",
        ),
        click.option("--schema", "user_schema", metavar="FILE", help="Also check a JSON Schema."),
        jobs_option,
    ]
)

_TOKENIZER: list[Callable[[Any], Any]] = [
    click.option(
        "--tokenizer",
        metavar="MODEL",
        help="Count and check tokens by this one: a folder with tokenizer.json, or owner/name.",
    ),
    click.option(
        "--chat-template",
        metavar="NAME",
        help="Render by this template: a name, or a .jinja file (default: the tokenizer's).",
    ),
]
tokenizer_options = _apply(_TOKENIZER)
tokens_options = _apply(
    [
        *_TOKENIZER,
        click.option(
            "--max-length",
            type=click.IntRange(1),
            metavar="N",
            help="Where a trainer cuts, in tokens.",
        ),
    ]
)
