"""`curate inspect | sample`: looking at data before anything is written."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from curate import console
from curate.cli.options import json_option, read_options
from curate.errors import printable
from curate.finding import Ledger

if TYPE_CHECKING:
    from curate.build.reports import InputReport


@click.command()
@read_options
@json_option
def inspect(inputs: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Say what files hold: container, shapes over the whole file, what would be set aside.

    Shapes and the traits of dialects (roles, tool calls, reasoning, media, weights) are counted
    over every record, those that cannot be read included.
    """
    from curate.build.ask import settings_of
    from curate.build.reports import Report
    from curate.build.runner import Run
    from curate.build.writing import check

    settings = replace(settings_of(options), traits=True)
    report = check(Run(Report("inspect"), settings), inputs)
    files = [_about(item) for item in report.inputs]
    if as_json:
        console.out_json(report.to_dict() | {"inputs": files})
        return report.exit_code
    for item in files:
        console.out(
            f"{item['path']}: {item['container']}, {item['bytes']:,} bytes, "
            f"{item['records']:,} records"
        )
        for group, counts in item["found"].items():
            said = ", ".join(f"{printable(name)} {n:,}" for name, n in counts.items())
            console.out(f"  {group}: {said}")
    console.show_samples(report.samples, report.ledger)
    console.show_funnel("inspect", report.ledger)
    return report.exit_code


def _about(item: InputReport) -> dict[str, Any]:
    """Return what one input holds; of each group the most frequent first."""
    found: dict[str, dict[str, int]] = {}
    for trait, count in sorted(item.traits.items(), key=lambda pair: (-pair[1], pair[0])):
        group, _, name = trait.partition(": ")
        found.setdefault(group, {})[name] = count
    return {
        "path": item.path,
        "container": item.container,
        "bytes": item.bytes,
        "records": item.records,
        "shapes": {name: n for name, (n, _) in item.shapes.items()},
        "found": dict(sorted(found.items(), key=lambda pair: (pair[0] != "shape", pair[0]))),
    }


@click.command()
@read_options
@click.option(
    "-n", "count", type=click.IntRange(min=0), default=5, show_default=True, help="How many rows."
)
@json_option
def sample(inputs: tuple[str, ...], count: int, as_json: bool, **options: Any) -> int:
    """Show the first rows as they will be read, and say what was set aside on the way to them."""
    from itertools import islice

    from curate.build.ask import settings_of
    from curate.build.look import first_rows
    from curate.build.reports import Report

    report = Report("sample")
    kept: list[dict[str, Any]] = []
    shown = 0
    for row in islice(first_rows(inputs, settings_of(options), report), count):
        shown += 1
        if as_json:
            kept.append(row)
        else:
            console.out(readable(row))
    nothing = count > 0 and not shown
    exit_code = report.exit_code if nothing else 0
    if as_json:
        document = {"schema_version": 1, "command": "sample", "exit": exit_code, "rows": kept}
        console.out_json(document)
    if nothing:
        console.show_samples(report.samples, report.ledger)
    if nothing or report.ledger.removed:
        console.say(_set_aside(report.ledger))
    return exit_code


def _set_aside(ledger: Ledger) -> str:
    removed = ", ".join(f"{code} {n:,}" for code, n in sorted(ledger.removed.items())) or "none"
    total = f"{ledger.removed.total():,} of the {ledger.rows_in:,} records read so far"
    return f"sample: {total} were set aside: {removed}; `curate inspect` reads to the end"


def readable(row: dict[str, Any]) -> str:
    """Return a row as lines for people."""
    lines = [f"── {row['id']}"]
    for name in ("messages", "prompt", "chosen", "rejected", "completion"):
        for message in row.get(name) or ():
            text = message.get("content") or json.dumps(
                message.get("tool_calls") or message.get("parts"), ensure_ascii=False
            )
            side = "" if name == "messages" else f"{name} "
            lines.append(f"{side}{message['role']}: {printable(text, 400)}")
    for step, right in zip(row.get("completions", ()), row.get("labels", ()), strict=False):
        lines.append(f"step {'right' if right else 'wrong'}: {printable(step, 400)}")
    if "text" in row:
        lines.append(printable(row["text"], 400))
    for name in ("label", "margin", "category", "tools", "extra"):
        if name in row:
            lines.append(f"{name}: {printable(row[name], 200)}")
    return "\n".join(lines)
