"""Whatever steps decide: no row leaves or appears without being counted, in one step or in many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build.line.base import Addition, Decision, Removal, Rows, Splits
from curate.build.line.known import step_of
from curate.build.line.settle import settle
from curate.build.line.straight import whole_of
from curate.build.line.write import finished
from curate.build.outputs import RejectedFile
from curate.build.steps.mix import Mix, MixOptions
from curate.build.steps.split import Split, SplitOptions
from curate.errors import UsageError
from curate.files.json_text import dumps
from curate.finding import ConservationError, Finding, Hit, Ledger
from tests.curate.build.steps.row_sets import asked, decided, rows_of

CODES = ("BAL030", "SCH060", "DUP001")


@dataclass
class Kept:
    """Stands for the file of removed records."""

    ids: list[str] = field(default_factory=list)

    def add(self, removed: Any) -> None:
        self.ids += [each.id for each in removed]


@st.composite
def decisions(draw: st.DrawFn, n_rows: int) -> Decision:
    """Return any decision on so many rows that keeps to the rules of `Decision`."""
    every = st.integers(0, max(n_rows - 1, 0))
    some = st.lists(every, unique=True, max_size=n_rows).map(sorted)
    removals, gone = [], set()
    for code in draw(st.lists(st.sampled_from(CODES), max_size=3)):
        rows = np.array(draw(some), np.int64)
        gone |= set(rows.tolist())
        removals.append(Removal(code, rows, lambda at: f"the {at}. of them"))
    staying = sorted(set(range(n_rows)) - gone)
    additions = []
    if staying:
        copied = draw(st.lists(st.sampled_from(staying), max_size=8).map(sorted))
        additions = [Addition("BAL031", np.array(copied, np.int64))]
    findings = [(draw(every), Hit("SCH060", "", "large"))] if staying else []
    of_row = draw(st.lists(st.integers(0, 1), min_size=n_rows, max_size=n_rows))
    splits = Splits(("train", "test"), np.array(of_row, np.uint16)) if draw(st.booleans()) else None
    extra = {"number": pa.array([str(at) for at in range(n_rows)])} if draw(st.booleans()) else {}
    return Decision(removals, additions, splits, extra, [*findings, (-1, Hit("SCH061", "", "set"))])


def ids(rows: Rows) -> list[str]:
    return [own for _, batch in rows.batches(["id"]) for own in batch.column(0).to_pylist()]


@given(st.integers(0, 20), st.integers(1, 5), st.data())
@settings(max_examples=200)
def test_every_step_and_the_whole_line_add_up(n: int, chunk: int, data: st.DataObject) -> None:
    rows = rows_of([asked(f"q {at}") for at in range(n)], chunk=chunk)
    steps = [Ledger(rows_in=n, rows_out=n)]
    for _ in range(data.draw(st.integers(1, 4))):
        decision = data.draw(decisions(len(rows)))
        before, kept, told = ids(rows), Kept(), list[Finding]()
        settled = settle(rows, decision, kept, told.append)  # type: ignore[arg-type]
        ledger = settled.ledger
        gone = sorted({at for removal in decision.removals for at in removal.rows.tolist()})
        copies = [at for addition in decision.additions for at in addition.rows.tolist()]
        expected = sorted([*(set(range(len(before))) - set(gone)), *copies])
        assert ids(settled.rows) == [before[at] for at in expected]
        assert kept.ids == [before[at] for at in gone]
        assert ledger.rows_in + ledger.added.total() == ledger.rows_out + ledger.removed.total()
        assert (ledger.rows_in, ledger.rows_out) == (len(before), len(settled.rows))
        assert ledger.removed.total() == len(gone)
        assert ledger.findings.total() == len(told)
        assert len(settled.rows.splits.of_row) == len(settled.rows.inputs.of_row) == len(expected)
        steps.append(ledger)
        rows = settled.rows
    whole = Ledger.of_steps(steps)
    whole.check()
    assert (whole.rows_in, whole.rows_out) == (n, len(rows))


@given(st.integers(1, 20), st.data())
def test_a_row_that_two_removals_name_leaves_once_under_the_first(n, data) -> None:
    rows = rows_of([asked(f"q {at}") for at in range(n)])
    first, second = (
        np.array(sorted(data.draw(st.sets(st.integers(0, n - 1)))), np.int64) for _ in range(2)
    )
    decision = Decision(
        [Removal("DUP001", first, lambda _: "one"), Removal("BAL030", second, lambda _: "two")]
    )
    ledger = settle(rows, decision, None, lambda _: None).ledger
    assert ledger.removed["DUP001"] == len(first)
    assert ledger.removed["BAL030"] == len(set(second.tolist()) - set(first.tolist()))


@given(st.integers(1, 20), st.data())
def test_only_telling_removes_nothing(n: int, data: st.DataObject) -> None:
    rows = rows_of([asked(f"q {at}") for at in range(n)])
    settled = settle(rows, data.draw(decisions(n)), None, lambda _: None, removes=False)
    assert ids(settled.rows) == ids(rows)
    assert settled.rows.splits is rows.splits
    assert not settled.ledger.removed
    assert not settled.ledger.added


@pytest.mark.parametrize(
    "steps",
    [
        [Ledger(5, 5), Ledger(4, 4)],
        [Ledger(5, 5), Ledger(5, 4)],
        [Ledger(5, 4, removed=Counter({"DUP010": 1})), Ledger(5, 4, removed=Counter({"A": 1}))],
    ],
)
def test_a_line_whose_steps_do_not_fit_together_is_a_fault(steps: list[Ledger]) -> None:
    with pytest.raises(ConservationError):
        whole_of(steps)


def test_a_copy_of_a_row_that_left_is_a_fault_of_the_step() -> None:
    decision = Decision(
        [Removal("BAL030", np.array([0]), lambda _: "")], [Addition("BAL031", np.array([0]))]
    )
    with pytest.raises(AssertionError, match="a copy is made of a row that left"):
        settle(rows_of([asked("q")]), decision, None, lambda _: None)


@given(st.integers(12, 40), st.integers(1, 60), st.booleans(), st.integers(0, 9), st.integers(1, 4))
@settings(max_examples=25)
def test_mixing_then_splitting_adds_up(n: int, budget, upsample, seed, copies) -> None:
    names = [f"in{at % 3}" for at in range(n)]
    rows = rows_of([asked(f"q {at // copies}") for at in range(n)], inputs=names)
    mixed = settle(
        rows,
        decided(Mix(MixOptions(rows=budget, upsample=upsample, seed=seed)), rows),
        None,
        lambda _: None,
    )
    try:
        decision = decided(Split(SplitOptions(test_ratio=0.3, seed=seed)), mixed.rows)
    except UsageError:  # too few rows were drawn to be split
        return
    parted = settle(mixed.rows, decision, None, lambda _: None)
    assert parted.ledger.rows_in == parted.ledger.rows_out == mixed.ledger.rows_out
    assert not parted.ledger.removed + parted.ledger.added
    written = [batch for _, batch in finished(parted.rows)]
    made = [own for batch in written for own in batch.column("id").to_pylist()]
    assert len(set(made)) == len(made) == len(parted.rows)
    of_id: dict[str, set[int]] = {}
    for own, number in zip(ids(parted.rows), parted.rows.splits.of_row.tolist(), strict=True):
        of_id.setdefault(own, set()).add(number)
    assert all(len(splits) == 1 for splits in of_id.values())


def test_removed_rows_are_written_with_their_records(tmp_path) -> None:
    rows = rows_of([asked(f"q {at}") for at in range(30)])
    rejected = RejectedFile(tmp_path / "rejected.jsonl")
    decision = decided(Mix(MixOptions(rows=10)), rows)
    settle(rows, decision, rejected, lambda _: None)
    rejected.finish()
    assert len((tmp_path / "rejected.jsonl").read_text("utf-8").splitlines()) == 20


TEXTS = (
    "",
    " ",
    "a",
    "one word",
    "What is the capital of France, and how many people live there today?",
    "What is the capital of France, and how many people live there now?",
    "法国的首都是哪里？那里有多少人？",
    "Ünïcödé wörds ænd \u202eodd signs \U0001f600 " * 3,
    "the same line\n" * 20,
)
some_text = st.sampled_from(TEXTS)
some_rows = st.lists(
    st.fixed_dictionaries(
        {"prompt": some_text, "response": some_text},
        optional={
            "category": st.sampled_from(["a", "b"]),
            "group": st.sampled_from(["g", "h", ""]),
            "extra": st.fixed_dictionaries({"score": st.integers(0, 3) | st.none()}),
        },
    ),
    max_size=25,
)
some_steps = st.lists(
    st.sampled_from(
        [
            ("redact", {}),
            ("redact", {"style": "fake"}),
            ("dedup", {"method": "exact"}),
            ("dedup", {"on": "prompt", "keep": "longest"}),
            ("dedup", {"on": "response", "threshold": 1.0}),
            ("filter", {"keep": ["response_words >= 2"]}),
            ("filter", {"preset": ["gopher"]}),
            ("balance", {"by": ["category"], "cap_rows": 3}),
            ("balance", {"by": ["category"], "temperature": 2.0, "upsample": True}),
            ("mix", {"rows": 7, "upsample": True, "mark": None}),
            ("mix", {"strategy": "equal", "mark": None}),
            ("mix", {"chars": 400, "mark": None}),
            ("split", {"test_rows": 2, "group": ["group"], "resplit": True}),
            ("split", {"test_ratio": 0.3, "stratify": ["turns"], "resplit": True}),
        ]
    ),
    min_size=1,
    max_size=4,
)


@given(some_rows, some_steps, st.integers(1, 4))
@settings(max_examples=60)
def test_every_real_step_adds_up_on_anything(made, steps, chunk: int) -> None:
    rows = rows_of(
        [asked(**row) for row in made], inputs=[*["x", "y"] * 12, "x"][: len(made)], chunk=chunk
    )
    ledgers = [Ledger(rows_in=len(rows), rows_out=len(rows))]
    for name, options in steps:
        step = step_of(name, options)
        try:
            decision = decided(step, rows)
        except UsageError:  # no row has a category, or none is left: said, and nothing is done
            continue
        kept, before = Kept(), len(rows)
        settled = settle(rows, decision, kept, lambda _: None)  # type: ignore[arg-type]
        settled.ledger.check()
        assert len(kept.ids) == settled.ledger.removed.total()
        assert (settled.ledger.rows_in, settled.ledger.rows_out) == (before, len(settled.rows))
        assert all(dumps(line) for line in decision.lines)
        assert dumps(decision.report)
        ledgers.append(settled.ledger)
        rows = settled.rows
    whole = Ledger.of_steps(ledgers)
    whole.check()
    ids_out = [own for _, batch in finished(rows) for own in batch.column("id").to_pylist()]
    assert len(set(ids_out)) == len(ids_out) == whole.rows_out
