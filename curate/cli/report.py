"""How what a run did is printed at its end."""

from __future__ import annotations

from curate import console
from curate.build.reports import Report
from curate.cli.effects import show_effects
from curate.finding import Ledger


def finish(report: Report, as_json: bool) -> int:
    """Print what a conversion did; return its exit code."""
    if as_json:
        console.out_json(report.to_dict())
    else:
        console.show_samples(report.samples, report.ledger)
    steps = [(entry["step"], Ledger.from_dict(entry)) for entry in report.funnel]
    if len(steps) > 2 or (steps and steps[0][1].removed):
        for name, ledger in steps:
            console.show_funnel(f"  {name}", ledger)
    console.show_funnel(report.command, report.ledger)
    for line in report.lines:
        console.say(line)
    show_effects(report)
    if report.refused:
        console.say(f"nothing was written: {report.refused}")
    for path in report.outputs:
        console.say(f"wrote {path}")
    return report.exit_code
