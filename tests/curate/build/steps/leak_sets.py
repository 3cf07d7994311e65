"""Questions, answers and rows that leak them, for tests of `decontaminate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from curate.build.line.base import Decision
from curate.build.steps.decontaminate import Decontaminate, DecontaminateOptions
from tests.curate.build.steps.row_sets import asked, decided, rows_of

QUESTIONS = [
    "A gardener plants seven rows of tulips behind the old mill and waters every second row twice "
    "on Monday. How many rows are watered in all before Friday comes?",
    "Marta's goats give 12 litres of milk a day. She keeps two litres for her kids, turns half of "
    "the rest into cheese and sells the remaining milk at the village fair for $3 a litre. How "
    "much money does Marta earn every day?",
]
ANSWERS = [
    "Every second row of the seven is watered, which makes three rows, and each of them twice, so "
    "that six times a row was watered.\n#### 6",
    "After the kids ten litres remain, of which five become cheese, so five litres are sold for "
    "three dollars each.\n#### 15",
]
REWORDED = (
    "Each day Marta gets twelve liters of milk from her goats. After keeping 2 litres for the kids "
    "and making cheese from half of what is left, the milk that remains is sold at the fair of the "
    "village for 3 dollars per litre. What are the daily earnings of Marta?"
)
CLEAN = [
    asked(f"{start} the {thing} of {who}, please.", "Gladly.")
    for start in ("Describe", "Explain", "List", "Rewrite", "Sum up")
    for thing in ("money", "work", "garden", "kitchen", "letter", "half")
    for who in ("my neighbour", "a village", "the school", "her sister", "two friends")
]


def lines(path: Path, records: list[Any]) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return str(path)


def found(rows, against: str | list[str], embed=None, **options: Any) -> Decision:
    named = [against] if isinstance(against, str) else against
    return decided(Decontaminate(DecontaminateOptions(against=named, **options), embed), rows)


def removed(decision: Decision) -> dict[int, str]:
    return {int(row): r.code for r in decision.removals for row in r.rows}


def listed(decision: Decision) -> dict[int, str]:
    return {row: hit.code for row, hit in decision.findings if row >= 0}


def told(decision: Decision) -> dict[str, str]:
    return {hit.code: hit.message for row, hit in decision.findings if row < 0}


def written(decision: Decision, tmp_path: Path) -> list[dict[str, Any]]:
    decision.files["leaks.jsonl"](tmp_path / "leaks.jsonl")
    return [json.loads(line) for line in (tmp_path / "leaks.jsonl").read_text("utf-8").splitlines()]


LEAKY = rows_of(
    [
        asked(f"Solve this.\n{QUESTIONS[0]}", "Six."),
        asked("Where is the lake?", "There."),
        asked(QUESTIONS[1].replace("Marta's", "Peter's"), "Fifteen."),
        asked(REWORDED, "Fifteen."),
        asked("Explain it to me.", ANSWERS[0]),
        asked("Hello", "So " + " ".join(QUESTIONS[0].split()[2:17]) + " and so on."),
        *CLEAN,
    ]
)
