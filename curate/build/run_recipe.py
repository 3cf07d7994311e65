"""`curate run`: a recipe's sections, in their fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from curate.build.ask import settings_of
from curate.build.line.base import Step
from curate.build.line.known import STEPS, made
from curate.build.line.straight import Line
from curate.build.mend import lost
from curate.build.reports import Report
from curate.build.runner import OnProgress
from curate.build.settings import Settings
from curate.build.steps.balance import BalanceOptions
from curate.build.steps.decontaminate import DecontaminateOptions
from curate.build.steps.dedup import DedupOptions
from curate.build.steps.filter import FilterOptions
from curate.build.steps.mix import MixOptions
from curate.build.steps.redact import RedactOptions
from curate.build.steps.split import SplitOptions
from curate.build.target import check_output, refuse_splits, writable
from curate.recipe import Loaded, load, option, values
from curate.row import Kind


@dataclass(frozen=True, slots=True)
class InputSection:
    """What is read."""

    paths: list[str] | str = option(doc="Files, folders or patterns, in order.")
    source_format: str = option("auto", doc="The format or container, as `--from`.", key="from")
    me: list[str] | str = option(
        factory=list, doc="Whose messages are learnt: addresses, or names as a chat shows them."
    )
    mail: Literal["own", "whole"] = option(
        "own", doc="Keep of a mail what its sender wrote, or its whole text."
    )
    gap_minutes: int = option(
        480, minimum=1, doc="A longer silence begins a new conversation of a chat."
    )
    merge_minutes: int = option(
        60, minimum=0, doc="A sender's messages within it are one turn of a chat."
    )
    table: str | None = option(None, doc="The table of a database, or the sheet of a workbook.")
    query: str | None = option(None, doc="The query whose rows are read from a database.")
    no_redact: bool = option(
        False, doc="Leave the private content of mail and chats as it is, without `redact`."
    )
    map: list[str] | str = option(factory=list, doc="FIELD=COLUMN: COLUMN is read as FIELD.")
    label_map: list[str] | str = option(factory=list, doc="TEXT=BOOL: how a label is read.")
    margin: str | None = option(None, doc="A-B: the margin is column A minus column B.")
    prompt: str | None = option(None, doc="Template of the prompt, `{column}` filled in.")
    completion: str | None = option(None, doc="Template of the completion.")
    repair: list[str] | str = option(factory=list, doc="Repairs that are made, as `--repair`.")
    reasoning: Literal["field", "inline"] | None = option(
        None, doc="Move reasoning to a key of the message, or to a <think> block of its text."
    )
    pair: Literal["first", "all"] | None = option(
        None, doc="Make pairs of judged answers to one prompt: n-th with n-th, or every two."
    )
    template: str | None = option(None, doc="The chat template by which chats become text.")
    reverse: bool = option(False, doc="Ask the response for its instruction.")
    tokenizer: str | None = option(
        None, doc="What steps count tokens with: a folder with tokenizer.json, or owner/name."
    )
    chat_template: str | None = option(
        None, doc="What rows are rendered by where tokens are counted: a name, or a .jinja file."
    )
    per_row: bool = option(False, doc="Rows of several formats in one file are meant.")
    kind: Kind | None = option(None, doc="Keep rows of this kind only.")
    as_kind: Kind | None = option(None, doc="Make rows of this kind of the others.", key="as")


@dataclass(frozen=True, slots=True)
class ChecksSection:
    """Which rules are run."""

    profile: list[str] | str = option("default", doc="The profiles, as `--for`.", key="for")
    select: list[str] = option(factory=list, doc="Codes or their beginnings to run instead.")
    ignore: list[str] = option(factory=list, doc="Codes or their beginnings to leave out.")
    extend_select: list[str] = option(factory=list, doc="Codes or their beginnings to run too.")
    per_file_ignores: dict[str, list[str]] = option(
        factory=dict, doc="Codes that are not reported of inputs, by pattern: `{'old/*': [TXT]}`."
    )
    fix: Literal["none", "safe", "unsafe"] = option("none", doc="Which fixes are applied.")


@dataclass(frozen=True, slots=True)
class OutputSection:
    """What is written."""

    folder: str = option(doc="The dataset folder.")
    format: str = option("row", doc="The format of its rows, as `--to`.")
    container: Literal["arrow", "parquet", "jsonl"] = option("arrow", doc="The files' container.")
    consumers: list[str] = option(factory=list, doc="Trainers it is also for, as `--consumer`.")
    allow_loss: list[str] = option(factory=list, doc="LOS codes or names that are accepted.")
    fail_on_loss: bool = option(False, doc="Any other loss is a failure.")
    report: str | None = option(None, doc="A page of figures about the folder, as FILE.html.")


@dataclass(frozen=True, slots=True)
class CurateRecipe:
    """A curate recipe; an absent section has its defaults."""

    input: InputSection = option(doc="What is read.")
    output: OutputSection = option(doc="What is written.")
    checks: ChecksSection = option(factory=ChecksSection, doc="Which rules are run.")
    redact: RedactOptions | None = option(
        None, doc="Replace personal data; mail and chats are redacted without it too."
    )
    dedup: DedupOptions | None = option(None, doc="Remove rows that repeat others.")
    decontaminate: DecontaminateOptions | None = option(
        None, doc="Remove rows that hold items of an evaluation set."
    )
    filter: FilterOptions | None = option(
        None, doc="Score rows, and remove those that do not keep the conditions."
    )
    balance: BalanceOptions | None = option(
        None, doc="Balance rows by facets, or select the most different ones."
    )
    mix: MixOptions | None = option(None, doc="Mix the inputs by weights under a budget.")
    split: SplitOptions | None = option(None, doc="Split rows into train, validation and test.")


def _listed(value: list[str] | str) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def read_recipe(name: str, overrides: Sequence[str] = ()) -> Loaded[CurateRecipe]:
    """Load and check a curate recipe, by path or, if it ships, by name.

    Raises:
        UsageError: If it does not exist or is wrong; every fault is listed.
    """
    return load(name, CurateRecipe, overrides=overrides, ending=".curate.yaml")


def run_recipe(
    name: str,
    *,
    overrides: Sequence[str],
    dry_run: bool,
    jobs: int = 1,
    on_progress: OnProgress | None = None,
) -> Report:
    """Run a recipe; see `curate.build.run`."""
    loaded = read_recipe(name, overrides)
    recipe = loaded.recipe
    settings = _settings(recipe)
    given = [(each, getattr(recipe, each)) for each in STEPS]
    steps = [made(each, options) for each, options in given if options is not None]
    if recipe.output.report is not None:
        from curate.build.overview.report import page_places

        page_places(Path(recipe.output.report), _listed(recipe.input.paths))
    if steps:
        done = _line(recipe, settings, steps, dry_run, jobs, on_progress)
    else:
        done = _convert(recipe, settings, dry_run, jobs, on_progress)
    if recipe.output.report is not None and recipe.output.folder in done.outputs:
        _put_page(recipe, recipe.output.report, done, jobs)
    return done


def _put_page(recipe: CurateRecipe, page: str, done: Report, jobs: int) -> None:
    """Write the page of figures about the folder that was written."""
    from curate.build.overview.report import report

    written = report(recipe.output.folder, page, jobs=jobs)
    done.outputs += written.report.outputs


def _settings(recipe: CurateRecipe) -> Settings:
    return settings_of(
        {
            "source_format": recipe.input.source_format,
            "kind": recipe.input.kind,
            "per_row": recipe.input.per_row,
            "mapping": _listed(recipe.input.map),
            "labels": _listed(recipe.input.label_map),
            "margin": recipe.input.margin,
            "prompt": recipe.input.prompt,
            "completion": recipe.input.completion,
            "me": _listed(recipe.input.me),
            "mail": recipe.input.mail,
            "gap_minutes": recipe.input.gap_minutes,
            "merge_minutes": recipe.input.merge_minutes,
            "table": recipe.input.table,
            "query": recipe.input.query,
            "no_redact": recipe.input.no_redact,
            "repairs": _listed(recipe.input.repair),
            "as_kind": recipe.input.as_kind,
            "reasoning": recipe.input.reasoning,
            "pair": recipe.input.pair,
            "template": recipe.input.template,
            "reverse": recipe.input.reverse,
            "profiles": _listed(recipe.checks.profile),
            "select": tuple(recipe.checks.select),
            "ignore": tuple(recipe.checks.ignore),
            "extend_select": tuple(recipe.checks.extend_select),
            "per_file_ignores": recipe.checks.per_file_ignores,
            "fix": recipe.checks.fix,
            "allow_loss": tuple(recipe.output.allow_loss),
        }
    )


def _convert(
    recipe: CurateRecipe,
    settings: Settings,
    dry_run: bool,
    jobs: int,
    on_progress: OnProgress | None,
) -> Report:
    from curate.build import convert

    report = convert(
        _listed(recipe.input.paths),
        recipe.output.folder,
        to=recipe.output.format,
        container=recipe.output.container,
        settings=settings,
        jobs=jobs,
        consumers=recipe.output.consumers,
        fail_on_loss=recipe.output.fail_on_loss,
        dry_run=dry_run,
        recipe=values(recipe),
        on_progress=on_progress,
    )
    report.command = "run"
    return report


def _line(
    recipe: CurateRecipe,
    settings: Settings,
    steps: list[Step],
    dry_run: bool,
    jobs: int,
    on_progress: OnProgress | None,
) -> Report:
    inputs, out = _listed(recipe.input.paths), recipe.output.folder
    check_output(inputs, out, recipe.output.container)
    if recipe.split is not None:
        refuse_splits(out)
    to = writable(recipe.output.format, settings)
    line = Line(
        "run",
        inputs,
        None if dry_run else out,
        steps,
        replace(
            settings,
            to=to,
            tokenizer=recipe.input.tokenizer,
            chat_template=recipe.input.chat_template,
        ),
        to=to,
        container=recipe.output.container,
        jobs=jobs,
        consumers=recipe.output.consumers,
        recipe=values(recipe),
        resumable=not dry_run,
        on_progress=on_progress,
    )
    report = line.run()
    if recipe.output.fail_on_loss and (n_lost := lost(report, settings)):
        report.by_severity["error"] += n_lost
    return report
