"""Real consumers on what is written: `make consumers`, or `python -m tests.consumers.run_real`.

Names of consumers as arguments run those alone; the page is written only where all were asked for.
"""

from __future__ import annotations

import shutil
import sys

from curate.formats import FORMATS
from tests.consumers.real.compare import SCRATCH, Answers, Reading, read_formats
from tests.consumers.real.environments import ENVIRONMENTS, make
from tests.consumers.real.generations import Table, generations, is_known
from tests.consumers.real.jobs import READS
from tests.consumers.real.predict import Outcome, try_out
from tests.consumers.real.report import page
from tests.consumers.real.sources import ROOT

AT_LEAST = 3


def main(asked: list[str]) -> int:
    """Run the consumers, write the page, and return how many faults were found, or 0."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    skipped = {}
    for name in ENVIRONMENTS:
        if not asked or name in asked or any(word.startswith("datasets") for word in asked):
            say(f"{name}: making its environment")
            if why := make(name):
                skipped[name] = why
    answers: dict[str, Answers] = {}
    readings: dict[str, list[Reading]] = {}
    outcomes: dict[str, list[Outcome]] = {}
    for name in READS:
        if name in skipped or (asked and name not in asked):
            continue
        answers[name], readings[name] = read_formats(name)
        if answers[name].failed:
            skipped[name] = str(answers[name].failed)
            del answers[name], readings[name]
            continue
        outcomes[name] = try_out(name)
        wrong = sum(it.fault is not None for it in outcomes[name])
        lost = sum(it.fault is not None for it in readings[name])
        say(
            f"{name}: {len(readings[name])} files, {lost} read otherwise; "
            f"{len(outcomes[name])} hostile rows, {wrong} predicted otherwise"
        )
    ran = len(answers)
    tables: list[Table] = []
    if not asked or any(word.startswith("datasets") for word in asked):
        tables, said = generations()
        answers |= said
    faults = list(_faults(readings, outcomes, tables))
    if not asked:
        unread = {form.name for form in FORMATS if form.encode} - {
            to for formats in READS.values() for to in formats
        }
        skipped["formats that no consumer here reads"] = ", ".join(sorted(unread))
        text = page(answers, readings, tables, outcomes, skipped)
        (ROOT / "docs" / "consumers.md").write_text(text)
    for fault in faults:
        say(f"  {fault}")
    if not asked and ran < AT_LEAST:
        say(f"only {ran} consumers ran, fewer than {AT_LEAST}: {skipped}")
        return 1
    return 1 if faults else 0


def _faults(
    readings: dict[str, list[Reading]], outcomes: dict[str, list[Outcome]], tables: list[Table]
) -> list[str]:
    found = []
    for name, listed in readings.items():
        found += [
            f"{name}: {it.to} of {it.source} as {it.container}: {it.fault}"
            for it in listed
            if it.fault
        ]
    for name, tried in outcomes.items():
        found += [
            f"{name}: {it.said['as']}, {it.said['case']}: {it.fault}" for it in tried if it.fault
        ]
    for table in tables:
        found += [
            f"{generation}: {table.to} as {table.container}: {said}"
            for generation, said in table.found.items()
            if not is_known(generation, table)
        ]
    return found


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
