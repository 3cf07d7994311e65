"""`curate stats | report`: the figures of a set, on the terminal, as JSON or as a page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from curate import console
from curate.cli.options import json_option, read_options, tokens_options
from curate.cli.pandas_free import spare_pandas
from curate.errors import printable

if TYPE_CHECKING:
    from curate.build.overview import Stats
    from curate.build.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
Document = Mapping[str, Any]
_SIDES = ("prompt", "response", "whole")
_FIGURES = ("min", "median", "mean", "p95", "p99", "max", "sum")
_MOST_SHOWN = 8


def _figure_options(command: F) -> F:
    options = [
        read_options,
        tokens_options,
        click.option(
            "--select", multiple=True, metavar="CODES", help="Run these rules only: TRN,TOL003."
        ),
        click.option("--extend-select", multiple=True, metavar="CODES", help="Run these too."),
        click.option("--ignore", multiple=True, metavar="CODES", help="Leave these out."),
        click.option(
            "--language-rows",
            default=5_000,
            show_default=True,
            type=click.IntRange(0),
            metavar="N",
            help="Rows whose language is identified (by the extra `language`); 0 for none.",
        ),
        click.option(
            "--examples",
            default=3,
            show_default=True,
            type=click.IntRange(0, 100),
            metavar="N",
            help="Rows that are shown in a report, masked and cut.",
        ),
        click.option(
            "--jobs", default=1, show_default=True, type=click.IntRange(1), help="Processes."
        ),
        json_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _profiles_option(default: str) -> Callable[[F], F]:
    return click.option(
        "--for",
        "profiles",
        multiple=True,
        default=(default,),
        show_default=True,
        metavar="PROFILES",
        help="Whose rules are run, for the findings: default, lint, all, or consumers.",
    )


@click.command()
@_figure_options
@_profiles_option("default")
def stats(inputs: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Say what a set is like, in one pass: counts, lengths, turns, categories, repeats, findings.

    All figures are of the rows that are left when those with an error are set aside, as `convert`
    does. Without --for the rules of `convert` run; `--for lint` looks for everything.

    \b
    curate stats data.jsonl
    curate stats data/mine --tokenizer models/qwen --for lint --json > stats.json
    """  # noqa: D301 - click reads the backspace
    from curate.build.overview import stats as run_stats

    spare_pandas()
    with console.progress("stats", "records") as tick:
        found = run_stats(inputs, **_asked(options), on_progress=tick)
    if as_json:
        console.out_json(found.to_dict())
    else:
        for line in figure_lines(found.document):
            console.out(line)
    return _end("stats", found, as_json)


@click.command()
@_figure_options
@_profiles_option("lint")
@click.option("-o", "--out", required=True, metavar="PAGE", help="The page: report.html.")
def report(inputs: tuple[str, ...], out: str, as_json: bool, **options: Any) -> int:
    """Write a report: one HTML file that opens offline, and its numbers as JSON beside it.

    No script, no font and no address is in it; secrets and personal data are masked. The JSON file
    is what `curate stats --json` prints under the same options.

    \b
    curate report data.jsonl -o report.html
    """  # noqa: D301 - click reads the backspace
    from curate.build.overview import report as run_report

    spare_pandas()
    with console.progress("report", "records") as tick:
        found = run_report(inputs, out, **_asked(options), on_progress=tick)
    if as_json:
        console.out_json(found.report.to_dict() | {"command": "report"})
    code = _end("report", found, as_json)
    for path in found.report.outputs:
        console.say(f"wrote {path}")
    return code


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    from curate.build.ask import settings_of

    settings: Settings = settings_of(options)
    kept = {name: options[name] for name in ("jobs", "language_rows", "examples")}
    return {"settings": settings, **kept}


def _end(command: str, found: Stats, as_json: bool) -> int:
    if not as_json:
        for each in found.document["found"]:
            console.say(_found_line(each))
        if found.document["found"]:
            console.say("`curate validate` tells all places and what to do")
    console.show_funnel(command, found.report.ledger)
    return found.exit_code


def _found_line(found: Mapping[str, Any]) -> str:
    first = found["places"][0]
    line = f":{first['line']}" if first["line"] is not None else ""
    where = printable((first["file"] or "the set") + line, 200)
    code = console.styled(found["code"], found["severity"], sys.stderr)
    return f"{found['findings']:>7,} {code} {found['slug']}, first in {where}"


def figure_lines(document: Document) -> list[str]:
    """Return a document's figures as lines for people."""
    kind = f" of kind {document['kind']}" if document["kind"] else ""
    lines = [console.styled(f"{document['rows_out']:,} rows{kind}", "bold", sys.stdout)]
    lines += _lengths(document)
    turns = document["turns"]["messages"]
    if turns:
        said = ", ".join(f"{n} in {rows:,} rows" for n, rows in turns.items() if rows)
        lines.append(f"messages: {said}")
    lines += _line("roles", {r: n["messages"] for r, n in document["roles"].items()})
    lines += _line("rows that have", document["uses"])
    for name in ("categories", "formats", "generated_by", "declared_languages"):
        lines += _tally(name.replace("_", " "), document[name])
    lines += _languages(document["languages"])
    if document["systems"]["rows"]:
        found = document["systems"]
        lines.append(f"system prompts: {found['rows']:,} rows, {found['different']:,} different")
    lines += _repeats(document["duplicates"])
    lines += _parts(document)
    if "tokens" in document:
        found = document["tokens"]
        lines.append(
            f"as a model reads them: {found['tokens']:,} tokens, "
            f"{found['trained_tokens']:,} of them trained"
        )
    return lines


def _lengths(document: Document) -> list[str]:
    from curate.build.steps.tables import aligned

    rows = []
    for unit in document["units"]:
        for side in _SIDES:
            found = document["lengths"][side][unit]
            if found is not None:
                figures = [
                    f"{found[name]:,.1f}" if name == "mean" else f"{found[name]:,}"
                    for name in _FIGURES
                ]
                rows.append([f"{side}, {unit}", *figures, _spark(found["histogram"])])
    if not rows:
        return []
    heads = ["length", *_FIGURES, ""]
    return aligned([heads, *rows], (0, len(heads) - 1))


def _spark(bins: Sequence[Sequence[int]]) -> str:
    """Return a histogram in one line, where the terminal can show it."""
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        return ""
    from curate.build.steps.tables import bars

    return bars([n for _, n in bins])


def _line(name: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    items = sorted(counts.items(), key=lambda item: -item[1])
    shown = [f"{printable(key)} {n:,}" for key, n in items[:_MOST_SHOWN] if n]
    more = f", … {len(items) - _MOST_SHOWN} more" if len(items) > _MOST_SHOWN else ""
    return [f"{name}: {', '.join(shown)}{more}"]


def _tally(name: str, tally: Mapping[str, Any]) -> list[str]:
    if not tally["rows"]:
        return []
    shown = [f"{printable(e['value'], 40)} {e['rows']:,}" for e in tally["top"][:_MOST_SHOWN]]
    more = tally["different"] - len(shown)
    return [f"{name}: {', '.join(shown)}{f', … {more:,} more' if more > 0 else ''}"]


def _languages(found: Mapping[str, Any]) -> list[str]:
    if found["identifier"] is None:
        return [f"languages: not identified ({found['why']})"]
    if not found["looked_at"]:
        return []
    few = found["looked_at"] < found["of"]
    of = f" (of {found['looked_at']:,} rows that were looked at)" if few else ""
    return _line(f"languages{of}", {each["value"]: each["rows"] for each in found["top"]})


def _repeats(found: Mapping[str, Any]) -> list[str]:
    said = [
        f"{name} {each['repeats']:,}"
        + (f" ({100 * each['repeats'] / each['of']:.1f} %)" if each["repeats"] else "")
        for name, each in found.items()
        if each is not None and each["of"]
    ]
    return [f"exact repeats: {', '.join(said)}"] if said else []


def _parts(document: Document) -> list[str]:
    lines = []
    for each in document["parts"]:
        whole = each["lengths"]["whole"]["words"]
        median = f", median {whole['median']:,} words" if whole else ""
        share = 100 * each["rows"] / max(document["rows_out"], 1)
        name = printable(each["name"], 200)
        lines.append(f"{name}: {each['rows']:,} rows ({share:.1f} %){median}")
    for each in document["overlaps"]:
        counts = [f"{n:,} {name}" for name in ("rows", "prompts") if (n := each.get(name))]
        if counts:
            of, into = printable(each["of"], 200), printable(each["in"], 200)
            lines.append(f"{of}: {' and '.join(counts)} are also in {into}")
    return lines
