"""`curate dedup`, `decontaminate`, `filter`, `balance`, `mix` and `split`: their flags are options.

Each step's options are declared once, as the dataclass that is also its recipe section.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, Union

import click

from curate import console
from curate.cli.options import (
    container_option,
    jobs_option,
    json_option,
    read_options,
    to_option,
    tokenizer_options,
)
from curate.cli.pandas_free import spare_pandas
from curate.cli.report import finish

_OUTPUT = (
    click.option("-o", "--out", metavar="OUT", help="A folder, or one file."),
    to_option,
    container_option,
    click.option("--report-only", is_flag=True, help="Tell what would be done, and keep all rows."),
    click.option("--dry-run", is_flag=True, help="Do everything but write."),
    click.option(
        "--on-error",
        type=click.Choice(["quarantine", "fail"]),
        default="quarantine",
        show_default=True,
        help="Set a record with an error aside in reading, or stop and write nothing.",
    ),
    jobs_option,
)
_SHARED = {"out", "to", "container", "report_only", "dry_run", "on_error", "jobs"}


def _flag(field: dataclasses.Field[Any], hint: Any) -> Callable[[Any], Any]:
    """Return the flag of an option: `validation_ratio` is `--validation-ratio`."""
    name = f"--{field.metadata.get('key', field.name).replace('_', '-')}"
    text = field.metadata["doc"]
    arms = typing.get_args(hint) if typing.get_origin(hint) in (Union, types.UnionType) else (hint,)
    (arm, *_) = [each for each in arms if each is not type(None)]
    if arm is bool:
        name = f"{name}/--no-{name[2:]}" if field.default else name
        return click.option(name, field.name, default=field.default, is_flag=True, help=text)
    if typing.get_origin(arm) is list:
        factory = field.default_factory
        default = () if factory is dataclasses.MISSING else tuple(factory())
        return click.option(
            name,
            field.name,
            multiple=True,
            required=factory is dataclasses.MISSING,
            default=default,
            show_default=bool(default),
            help=text,
        )
    choices = typing.get_args(arm) if typing.get_origin(arm) is Literal else None
    kind: Any = click.Choice(choices) if choices else arm
    if field.default is dataclasses.MISSING:
        return click.option(name, field.name, required=True, type=kind, help=text)
    shown = field.default not in (None, "")
    return click.option(
        name, field.name, default=field.default, type=kind, show_default=shown, help=text
    )


def _command(name: str, about: str) -> click.Command:
    """Return the command of a step."""
    from curate.build.line.known import options_of

    own = options_of(name)
    fields = {field.name for field in dataclasses.fields(own)}

    def run(inputs: tuple[str, ...], as_json: bool, **given: Any) -> int:
        return _run(name, inputs, as_json, given, fields)

    run.__doc__ = about
    command: Any = json_option(run)
    command = tokenizer_options(read_options(command))
    for option in reversed(_OUTPUT):
        command = option(command)
    hints = typing.get_type_hints(own)
    for field in reversed(dataclasses.fields(own)):
        command = _flag(field, hints[field.name])(command)
    return click.command(name)(command)


def _run(
    name: str, inputs: tuple[str, ...], as_json: bool, given: dict[str, Any], fields: set[str]
) -> int:
    from curate.build.ask import settings_of
    from curate.build.line.functions import run_step
    from curate.build.line.known import step_of

    spare_pandas()
    options = {key: value for key, value in given.items() if key in fields}
    shared = {key: given[key] for key in _SHARED}
    step_of(name, options)  # what is wrong with them is said before anything is read
    settings = settings_of({k: v for k, v in given.items() if k not in _SHARED | fields})
    with console.progress(name, "rows") as tick:
        report = run_step(name, inputs, settings=settings, on_progress=tick, **shared, **options)
    return finish(report, as_json)


_ABOUT = {
    "redact": """Replace personal data by placeholders, or by invented data, the same everywhere.

    Addresses, numbers, accounts, identity numbers, tokens and keys are found by their form, names
    by the people whom the input itself names, by salutations and by --names. What could be left is
    told for review; nothing finds everything, so look at the output before it leaves.

    \b
    curate redact data/mine -o data/redacted
    curate redact inbox.mbox --me dana@example.com --role boss=tomas@example.com -o data/mail
    curate redact chats.jsonl --style fake --seed 7 -o data/chats
    """,
    "dedup": """Remove rows that repeat others: the same text, or nearly the same.

    Every removed row is named with the row that stays and how alike they are. Near-duplicates are
    found by MinHash and confirmed by the exact Jaccard similarity of their word 5-grams.

    \b
    curate dedup chats.jsonl -o data/chats
    curate dedup data/chats -o data/unique --on prompt --threshold 0.8
    curate dedup data/chats --report-only
    """,
    "decontaminate": """Remove rows that hold items of an evaluation set.

    \b
    curate decontaminate data/mine --against gsm8k_test.jsonl -o data/clean
    curate decontaminate data/mine --against HumanEval.jsonl.gz --report-only
    """,
    "filter": """Score rows, and remove those that do not keep the conditions.

    \b
    curate filter data/mine --keep 'response_words >= 3' --keep 'language in en,de' -o data/good
    curate filter data/mine --keep 'compression_ratio < 0.9' --report-only
    """,
    "balance": """Balance rows by facets, or select the most different ones.

    \b
    curate balance data/mine --by category --cap-rows 1000 -o data/even
    curate balance data/mine --select diverse --rows 1000 -o data/small
    """,
    "mix": """Mix data sets by weights under a budget.

    \b
    curate mix data/a data/b --weights data/a=0.7 --weights data/b=0.3 --rows 10000 -o data/mix
    """,
    "split": """Split rows into train, validation and test; what belongs together stays together.

    \b
    curate split data/mine --validation-ratio 0.1 -o data/parts
    curate split data/mine --validation-rows 200 --test-rows 200 --stratify category -o data/parts
    """,
}


def __getattr__(name: str) -> click.Command:
    """Make a command when it is asked for: its flags need its module."""
    if name in _ABOUT:
        return _command(name, _ABOUT[name])
    raise AttributeError(name)
