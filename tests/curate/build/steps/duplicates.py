"""What tests of `dedup` are made of."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from curate.build.line.base import Decision, Rows
from curate.build.steps.dedup import Dedup, DedupOptions
from curate.row import Row
from tests.curate.build.steps.row_sets import decided
from tests.curate.deduplication.prose import WORDS


def dedup(rows: Rows, **options: Any) -> Decision:
    return decided(Dedup(DedupOptions(**options)), rows)


def left(decision: Decision) -> dict[int, tuple[str, int | None]]:
    """Return the rows that leave: index → (code, row that stays)."""
    found = {}
    for removal in decision.removals:
        kept = [None] * len(removal.rows) if removal.kept is None else removal.kept.tolist()
        for row, other in zip(removal.rows.tolist(), kept, strict=True):
            found.setdefault(row, (removal.code, other))
    return found


def told(decision: Decision) -> Counter[str]:
    return Counter(hit.code for _, hit in decision.findings)


def edited(text: str, edits: int, draw: random.Random) -> str:
    words = text.split(" ")
    for at in draw.sample(range(len(words)), edits):
        words[at] = draw.choice(WORDS)
    return " ".join(words)


def judged(prompt: str, chosen: str, rejected: str, **columns: Any) -> Row:
    def said(text: str) -> list[dict[str, str]]:
        return [{"role": "assistant", "content": text}]

    asked_of = [{"role": "user", "content": prompt}]
    return {"prompt": asked_of, "chosen": said(chosen), "rejected": said(rejected), **columns}


def labelled(prompt: str, answer: str, label: bool | None) -> Row:
    row = judged(prompt, answer, "")
    return {"prompt": row["prompt"], "completion": row["chosen"], "label": label}
