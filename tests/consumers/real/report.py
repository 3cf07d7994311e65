"""`docs/consumers.md`: what consumers read of what is written, and what they do to hostile rows."""

from __future__ import annotations

import datetime
import os
import platform
from collections import Counter
from collections.abc import Iterator

from tests.consumers.real.compare import Answers, Reading
from tests.consumers.real.environments import ENVIRONMENTS
from tests.consumers.real.generations import KNOWN, Table
from tests.consumers.real.predict import Outcome

_HEAD = """# Consumers

What other tools' own loaders read of what `curate convert` writes, and what they do with rows that
are not as they want them. `make consumers` makes a virtual environment for each of them, runs their
code on files written here, and fails where a row is lost or changed, or a prediction is wrong. It
writes this page.
"""
_READ = """## Every row is read

Each file was written by `curate convert` from rows made for it, or from the shipped
`recipes/data/dolly_style.jsonl` (of which some records are broken on purpose). "In" counts the
records, "out" the rows that the format can hold, "read" those that the consumer's own loader gave
back; roles, texts, calls, tools and labels of each were compared with what was meant.
"""
_GENERATIONS = """## Generations of `datasets`

The same bytes, read by `datasets.load_dataset` and compared, row by row, with what plain pyarrow
(for tables) and a JSON reader (for lines) find in them.
"""
_HOSTILE = """## Rows that are not as they should be

Each row stood between two good ones, or alone where the table says so. "Found" is what the consumer
did; every one was predicted (`tests/consumers/predictions.yaml`).

- *kept*: read as it was meant
- *dropped*: the row is gone, the run goes on
- *changed*: the row is read otherwise than it was meant
- *trains-other*: read as it was meant, but other text is trained
- *stopped*: the whole run ends
"""


def page(
    answers: dict[str, Answers],
    readings: dict[str, list[Reading]],
    tables: list[Table],
    outcomes: dict[str, list[Outcome]],
    skipped: dict[str, str],
) -> str:
    """Return the page.

    Args:
        answers: By consumer, for the versions.
        readings: By consumer.
        tables: What the generations of `datasets` read.
        outcomes: By consumer.
        skipped: Consumers that did not run, and formats that none reads, with the reason.
    """
    blocks = [_HEAD, "\n".join(_versions(answers)), _READ]
    blocks += ["\n".join(_readings(found)) for found in readings.items()]
    blocks += [_GENERATIONS, "\n".join(_tables(tables)), _HOSTILE]
    blocks += ["\n".join(_outcomes(found)) for found in outcomes.items()]
    blocks.append("\n".join(_left_out(skipped)))
    return "\n".join(f"{block.strip()}\n" for block in blocks)


def _versions(answers: dict[str, Answers]) -> Iterator[str]:
    today = datetime.datetime.now(datetime.UTC).date()
    system = f"{platform.system()} {platform.machine()}"
    yield f"Run on {today}: {system}, {os.cpu_count()} cores, no accelerator."
    yield ""
    yield "| consumer | versions |"
    yield "| --- | --- |"
    for name, said in answers.items():
        told = ", ".join(f"{package} {version}" for package, version in said.versions.items())
        yield f"| {name} | {told} |"


def _readings(found: tuple[str, list[Reading]]) -> Iterator[str]:
    consumer, readings = found
    yield f"### {consumer}"
    yield ""
    yield "| format | rows | container | in | out | read | kept out by |"
    yield "| --- | --- | --- | ---: | ---: | ---: | --- |"
    for it in readings:
        out = len(it.written.views)
        removed = ", ".join(f"{code} {n}" for code, n in it.written.removed.items())
        read = str(out) if it.fault is None else cell(it.fault)
        yield (
            f"| {it.to} | {it.source} | {it.container} | {it.written.rows_in} | {out} "
            f"| {read} | {removed} |"
        )


def _tables(tables: list[Table]) -> Iterator[str]:
    names = list(tables[0].found) if tables else []
    yield f"| format | container | rows | {' | '.join(names)} |"
    yield f"| --- | --- | ---: |{' --- |' * len(names)}"
    for table in tables:
        told = " | ".join(cell(table.found[name]) for name in names)
        yield f"| {table.to} | {table.container} | {table.rows} | {told} |"
    yield ""
    yield "Known, and no fault of a file:"
    yield ""
    for hazard in KNOWN:
        where = "JSON lines" if hazard.lines else "tables"
        yield f"- {hazard.generation or 'any'}, {where}, `{hazard.says}`: {hazard.why}."


def _outcomes(found: tuple[str, list[Outcome]]) -> Iterator[str]:
    consumer, outcomes = found
    told = Counter(it.found for it in outcomes)
    yield f"### {consumer} and hostile rows"
    yield ""
    yield ", ".join(f"{n} {name}" for name, n in sorted(told.items())) + "."
    yield ""
    yield "| declared as | the row | found | what it reads, trains or says |"
    yield "| --- | --- | --- | --- |"
    for it in outcomes:
        alone = " (alone)" if it.said.get("alone") else ""
        more = "; ".join(it.reads) if it.found in ("changed", "stopped") else ""
        if it.found == "trains-other" and it.trains is not None:
            more = f"trains {it.trains!r}"
        result = it.found if it.fault is None else f"**{it.found}** ({cell(it.fault)})"
        yield f"| {it.said['as']} | {it.said['case']}{alone} | {result} | {cell(more)} |"


def _left_out(skipped: dict[str, str]) -> Iterator[str]:
    yield "## What is left out"
    yield ""
    for name, wanted in ENVIRONMENTS.items():
        if wanted.note:
            yield f"- {name}: {wanted.note}"
    for name, why in skipped.items():
        yield f"- {name}: {why}"


def cell(text: str) -> str:
    """Return a text as it can stand in a cell of a table."""
    if not text:
        return ""
    short = text if len(text) <= 200 else text[:199] + "…"
    return "`" + short.replace("`", "'").replace("|", "\\|").replace("\n", "⏎") + "`"
