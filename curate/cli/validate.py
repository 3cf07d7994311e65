"""`curate validate`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from curate import console
from curate.cli.effects import show_effects
from curate.cli.options import json_option, read_options, tokens_options
from curate.cli.pandas_free import spare_pandas
from curate.console import progress
from curate.errors import UsageError

if TYPE_CHECKING:
    from curate.build import Report
    from curate.cli.findings import Printer, Tally
    from curate.finding import Finding

FORMATS = ("human", "full", "concise", "json", "jsonl", "sarif", "github", "junit")


@click.command()
@read_options
@click.option(
    "--for",
    "profiles",
    multiple=True,
    metavar="PROFILES",
    help="Check for consumers or by sets of rules: llama-factory,trl-sft (default: lint).",
)
@click.option(
    "--select",
    multiple=True,
    metavar="CODES",
    help="Run these rules only: TRN,TOL003. Reading errors are always shown.",
)
@click.option("--extend-select", multiple=True, metavar="CODES", help="Run these rules too.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Leave these rules out.")
@click.option(
    "--extend-ignore",
    multiple=True,
    metavar="CODES",
    help="Leave these out too, beside those of a file of settings.",
)
@click.option(
    "--per-file-ignores",
    multiple=True,
    metavar="PATTERN:CODES",
    help="Report none of these codes of inputs that the pattern names.",
)
@click.option("--schema", "user_schema", metavar="FILE", help="Also check a JSON Schema of yours.")
@click.option(
    "--media-root",
    metavar="FOLDER",
    help="Look at the files of media below this folder: are they there, and what they should be?",
)
@click.option("--fix", is_flag=True, help="Apply fixes that keep the meaning; needs -o or --diff.")
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="Apply fixes that may change it too; needs -o or --diff.",
)
@click.option("--diff", is_flag=True, help="Print what fixes would change, and write nothing.")
@click.option("-o", "--out", metavar="OUT", help="Where the fixed rows go.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    default="human",
    show_default=True,
    help="How findings are printed.",
)
@click.option(
    "--max-findings",
    default=3,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="How many places of a code are shown (human).",
)
@click.option("--statistics", is_flag=True, help="Print how often each code was found, no places.")
@tokens_options
@click.option("--exit-zero", is_flag=True, help="End with 0 although errors were found.")
@click.option(
    "--jobs", default=1, show_default=True, type=click.IntRange(1), help="Number of processes."
)
@click.option("--config", metavar="FILE", help="Read settings from here (default: the nearest).")
@click.option("--isolated", is_flag=True, help="Read no file of settings.")
@json_option
@click.pass_context
def validate(ctx: click.Context, /, inputs: tuple[str, ...], **options: Any) -> int:
    """Check data, row by row, to the end: each fault with its place, its code and a remedy.

    Settings are read from the nearest curate.toml, or [tool.curate] of pyproject.toml, from here
    upwards; flags win. A row's column curate_ignore names codes that are not reported of it.

    \b
    curate validate data.jsonl
    curate validate data.jsonl --fix --diff
    curate validate data.jsonl --select TRN,TOL --output-format sarif > findings.sarif
    """  # noqa: D301 - click reads the backspace
    from curate.build import validate as run_validate
    from curate.build.ask import settings_of
    from curate.cli.findings import Tally

    _read_config(ctx, options)
    printer = _printer(options)
    options["fix"] = fix = _fix_level(ctx, options)
    settings = settings_of(options | {"profiles": options["profiles"] or ("lint",)})
    tally = Tally()

    def found(finding: Finding) -> None:
        tally.add(finding)
        if printer is not None:
            printer.add(finding)

    spare_pandas()
    with progress("validate", "records") as tick:
        report = run_validate(
            inputs,
            settings=settings,
            jobs=options["jobs"],
            out=options["out"],
            on_finding=found,
            on_diff=_show_diff if settings.diff and printer is None else None,
            on_progress=tick,
        )
    exit_code = 0 if options["exit_zero"] else report.exit_code
    if printer is not None:
        from curate.build.chunk import selection_of
        from curate.cli.findings import Ending

        selection = selection_of(settings)
        ran = [rule.code for rule in selection.rules] + [rule.code for rule in selection.whole]
        # Without a tokenizer, rules about what a model reads find nothing.
        rules = [code for code in ran if code.family != "LEN" or settings.tokenizer]
        printer.end(Ending(report, exit_code, tally, rules))
    _sum_up(report, tally, fix)
    return exit_code


def _read_config(ctx: click.Context, options: dict[str, Any]) -> None:
    """Put what a file of settings says where no flag does, and say so."""
    from curate import config

    path, isolated = options.pop("config"), options.pop("isolated")
    if path is not None and isolated:
        raise UsageError("--config and --isolated exclude each other")
    if isolated:
        return
    found = config.read(Path(path)) if path is not None else config.find(Path.cwd())
    if found is None:
        return
    for name, value in found.given.items():
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            continue
        options[name] = (value,) if name == "profiles" and isinstance(value, str) else value
        if name == "per_file_ignores":
            options["patterns_may_miss"] = True
    console.say(f"settings from {found.name} ({', '.join(found.keys) or 'empty'})")


def _fix_level(ctx: click.Context, options: dict[str, Any]) -> str:
    """Return which fixes are applied; what a file of settings asks for waits for -o or --diff."""
    out, diff = options["out"], options["diff"]
    typed = [
        name
        for name in ("fix", "unsafe_fixes")
        if options[name] and ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
    ]
    if diff and out is not None:
        raise UsageError("--diff writes nothing, so it takes no -o")
    if out is None and not diff:
        if typed:
            raise UsageError(
                "fixed rows need a place",
                hint="curate validate IN --fix -o OUT, or --fix --diff to see what would change",
            )
        return "none"
    if not (options["fix"] or options["unsafe_fixes"]):
        flag = "--diff" if diff else "-o"
        raise UsageError(f"{flag} goes with --fix or --unsafe-fixes", hint=f"--fix {flag} …")
    return "unsafe" if options["unsafe_fixes"] else "safe"


def _printer(options: dict[str, Any]) -> Printer | None:
    """Return what prints findings, None where a diff is printed in their place."""
    from curate.cli.findings import PRINTERS, Grouped, Statistics

    name = "json" if options["as_json"] else options["output_format"]
    if options["statistics"]:
        if name != "human":
            raise UsageError("--statistics goes with --output-format human")
        return None if options["diff"] else Statistics()
    if options["diff"] and name not in ("human", "json"):
        raise UsageError("--diff goes with --output-format human or json")
    if options["diff"] and name == "human":
        return None
    return Grouped(options["max_findings"]) if name == "human" else PRINTERS[name]()


def _show_diff(text: str) -> None:
    styles = {"-": "removed", "+": "added", "@": "info"}
    for line in text.split("\n"):
        style = styles.get(line[:1])
        console.out(console.styled(line, style, sys.stdout) if style else line)


def _sum_up(report: Report, tally: Tally, fix: str) -> None:
    """Print the counts, what was fixed or would be, and what was written, on stderr."""
    console.show_funnel(report.command, report.ledger)
    for code, count in sorted(report.fixed.items()):
        verb = "fixed" if report.diffs is None else "would fix"
        console.say(f"{verb} {code} in {count:,} {'row' if count == 1 else 'rows'}")
    for line in report.tokens.lines() if report.tokens is not None else ():
        console.say(line)
    show_effects(report)
    if report.refused:
        console.say(f"nothing was written: {report.refused}")
    for path in report.outputs:
        console.say(f"wrote {path}")
    rows = report.ledger.rows_in
    parts = [tally.totals(), f"{rows:,} {'row' if rows == 1 else 'rows'} checked"]
    parts += _fixable(tally, fix)
    if hidden := report.suppressed.total():
        parts.append(f"{hidden:,} suppressed")
    console.say(console.styled("; ".join(parts), "bold", sys.stderr))


def _fixable(tally: Tally, fix: str) -> Sequence[str]:
    safe, unsafe = tally.fixable("safe"), tally.fixable("unsafe")
    if fix == "unsafe" or not (safe or unsafe):
        return ()
    if fix == "safe":
        return (f"{unsafe:,} fixable with --unsafe-fixes",) if unsafe else ()
    if not safe:
        return (f"{unsafe:,} fixable with --unsafe-fixes",)
    more = f" ({unsafe:,} more with --unsafe-fixes)" if unsafe else ""
    return (f"{safe:,} fixable with --fix{more}",)
