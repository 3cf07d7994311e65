"""Sets of rows for tests of the step `balance`, and what it does to them."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np

from curate.build.line.base import Decision, Rows
from curate.build.line.settle import Settled, settle
from curate.build.steps.balance import Balance, BalanceOptions
from curate.finding import Finding
from curate.row import Row
from tests.curate.build.steps.row_sets import asked, decided, rows_of


def balance(rows: Rows, /, **options: Any) -> Decision:
    return decided(Balance(BalanceOptions(**options)), rows)


def settled(rows: Rows, /, **options: Any) -> tuple[Settled, list[Finding]]:
    told: list[Finding] = []
    return settle(rows, balance(rows, **options), None, told.append), told


def ids(rows: Rows) -> list[str]:
    return [own for _, batch in rows.batches(["id"]) for own in batch.column(0).to_pylist()]


def kept(rows: Rows, /, **options: Any) -> list[str]:
    return ids(settled(rows, **options)[0].rows)


def values(rows: Rows) -> Counter[str | None]:
    table = rows.take(np.arange(len(rows)), ["category"])
    return Counter(table["category"].to_pylist())


def many(**counts: int) -> list[Row]:
    made = [name for name, n in counts.items() for _ in range(n)]
    random.Random(1).shuffle(made)
    return [
        asked(f"about {name} {at % 17} {at}", f"an answer {at * 7 % 31}", id=f"{name}{at}",
              **({} if name == "none" else {"category": name}))
        for at, name in enumerate(made)
    ]  # fmt: skip


def judged(n_true: int, n_false: int) -> Rows:
    labels = [True] * n_true + [False] * n_false
    side = [{"role": "user", "content": "q"}]
    made = [
        {"prompt": side, "completion": [{"role": "assistant", "content": str(at)}], "label": label}
        for at, label in enumerate(labels)
    ]
    return rows_of(made, "unpaired")


def codes(decision: Decision) -> Counter[str]:
    return Counter(hit.code for _, hit in decision.findings)
