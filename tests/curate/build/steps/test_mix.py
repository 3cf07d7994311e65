"""The step `mix`: every input gets what is asked for, or it is told why not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.build import Settings
from curate.build.line.base import Context, Decision, Rows
from curate.build.line.settle import settle
from curate.build.steps.mix import Mix, MixOptions
from curate.errors import UsageError
from tests.curate.build.steps.row_sets import asked, decided, rows_of
from tests.curate.checks.rendered import tiny


def mix(rows: Rows, /, **options: Any) -> Decision:
    return decided(Mix(MixOptions(**options)), rows)


def inputs(**n_rows: int) -> Rows:
    """Return rows of inputs by name."""
    names = [name for name, n in n_rows.items() for _ in range(n)]
    made = [asked(f"q {at}", "x" * (at % 7), id=f"{name}{at}") for at, name in enumerate(names)]
    return rows_of(made, inputs=names)


def out(rows: Rows, decision: Decision) -> Counter[str]:
    """Return how many rows of each input come out, as settled."""
    told: list[Any] = []
    left = settle(rows, decision, None, told.append)
    left.ledger.check()
    return Counter({name: n for name, n in left.rows.inputs.counts().items() if n})


def codes(decision: Decision) -> Counter[str]:
    return Counter(hit.code for _, hit in decision.findings)


def taken(rows: Rows, decision: Decision) -> set[str]:
    ids = rows.table["id"].to_pylist()
    gone = {at for removal in decision.removals for at in removal.rows.tolist()}
    return {own for at, own in enumerate(ids) if at not in gone}


def test_weights_take_the_most_that_repeats_nothing() -> None:
    rows = inputs(a=100, b=30)
    decision = mix(rows, weights=["a=1", "b=0.5"])
    assert out(rows, decision) == {"a": 60, "b": 30}
    (removal,) = decision.removals
    assert removal.code == "BAL030"
    assert removal.say(0).startswith(
        "a: drawn 60 of 100 rows for its weight of 1, a share of 66.67%; the row's draw of 0."
    )
    assert not decision.findings


def test_upsampling_leaves_nothing_out_and_counts_copies() -> None:
    rows = inputs(a=100, b=30)
    decision = mix(rows, weights=["a=1", "b=1"], upsample=True)
    assert out(rows, decision) == {"a": 100, "b": 100}
    assert len(decision.additions[0].rows) == 70
    assert decision.report["inputs"][1]["epochs"] == pytest.approx(100 / 30, abs=1e-3)


def test_a_budget_that_an_input_cannot_fill_is_told() -> None:
    rows = inputs(a=100, b=30)
    decision = mix(rows, weights=["a=1", "b=1"], rows=100)
    assert out(rows, decision) == {"a": 50, "b": 30}
    assert [(hit.code, hit.value) for _, hit in decision.findings] == [("BAL032", "b")]
    more = mix(rows, weights=["a=1", "b=1"], rows=400, upsample=True)
    assert out(rows, more) == {"a": 200, "b": 200}
    assert codes(more) == {"BAL033": 1}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"a": 90, "b": 10}),
        ({"rows": 50}, {"a": 45, "b": 5}),
        ({"strategy": "proportional", "rows": 20}, {"a": 18, "b": 2}),
        ({"strategy": "equal"}, {"a": 10, "b": 10}),
        ({"strategy": "equal", "rows": 10}, {"a": 5, "b": 5}),
        ({"strategy": "temperature", "temperature": 2.0, "rows": 40}, {"a": 30, "b": 10}),
        ({"epochs": ["a=0.5"]}, {"a": 45, "b": 10}),
        ({"epochs": ["b=2.5"], "upsample": True}, {"a": 90, "b": 25}),
        ({"epochs": ["b=2.5"]}, {"a": 90, "b": 10}),
        ({"weights": ["a/=3", "b=1"], "rows": 4}, {"a": 3, "b": 1}),
    ],
)
def test_strategies(options: dict[str, Any], expected: dict[str, int]) -> None:
    rows = inputs(a=90, b=10)
    assert out(rows, mix(rows, **options)) == expected


@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(1, 40), min_size=1),
    st.integers(1, 200),
    st.booleans(),
    st.integers(0, 5),
)
def test_counts_are_exact_and_nothing_is_lost(sizes, budget: int, upsample, seed) -> None:
    rows = inputs(**sizes)
    weights = [f"{name}={place + 1}" for place, name in enumerate(sizes)]
    decision = mix(rows, weights=weights, rows=budget, upsample=upsample, seed=seed)
    came = out(rows, decision)
    asked_of = {part["input"]: part["asked"] for part in decision.report["inputs"]}
    assert sum(asked_of.values()) == budget
    for name, n in sizes.items():
        assert came[name] == (asked_of[name] if upsample else min(asked_of[name], n))


@given(st.randoms(), st.integers(1, 60), st.sampled_from(["rows", "chars"]))
def test_the_same_rows_are_drawn_in_any_order(random, budget: int, unit: str) -> None:
    made = [(asked(f"q {n}", "x" * (n % 9), id=f"r{n}"), "ab"[n % 2]) for n in range(30)]
    whole = rows_of([row for row, _ in made], inputs=[name for _, name in made])
    budget *= 8 if unit == "chars" else 1
    options = {"strategy": "equal", unit: budget}
    first = taken(whole, mix(whole, **options))
    random.shuffle(made)
    moved = rows_of([row for row, _ in made], inputs=[name for _, name in made], chunk=3)
    assert taken(moved, mix(moved, **options)) == first


def test_another_seed_draws_others() -> None:
    rows = inputs(a=100)
    assert taken(rows, mix(rows, rows=50)) == taken(rows, mix(rows, rows=50, seed=42))
    assert taken(rows, mix(rows, rows=50)) != taken(rows, mix(rows, rows=50, seed=1))


@given(st.integers(20, 60), st.integers(0, 20))
def test_added_rows_push_out_as_many_at_most(n: int, more: int) -> None:
    before, after = inputs(a=n), inputs(a=n + more)
    first, second = taken(before, mix(before, rows=15)), taken(after, mix(after, rows=15))
    assert len(first - second) <= more


def test_characters_are_never_above_the_budget() -> None:
    rows = inputs(a=50, b=50)
    decision = mix(rows, weights=["a=1", "b=3"], chars=200)
    parts = decision.report["inputs"]
    assert [part["asked"] for part in parts] == [50, 150]
    assert [40 < parts[0]["chars_out"] <= 50, 140 < parts[1]["chars_out"] <= 150] == [True, True]
    assert decision.removals[0].say(0).startswith("a: drawn ")
    assert "(50 chars asked for)" in decision.removals[0].say(0)


def test_rows_of_other_splits_all_stay() -> None:
    rows = rows_of(
        [asked(f"q {n}") for n in range(40)],
        inputs=["a"] * 20 + ["b"] * 20,
        splits=(["train"] * 15 + ["test"] * 5) * 2,
    )
    decision = mix(rows, rows=10)
    assert out(rows, decision) == {"a": 10, "b": 10}
    assert decision.report["other_rows"] == 10
    assert "10 rows of other splits stay as they are" in decision.lines


def test_rows_name_the_input_they_came_from() -> None:
    rows = inputs(a=2, b=1)
    assert mix(rows).extra["mixed_from"].to_pylist() == ["a", "a", "b"]
    assert mix(rows, mark=None).extra == {}
    assert mix(inputs(a=3)).extra == {}


def test_a_mark_that_is_there_is_not_written_over() -> None:
    made = [asked("q", extra={"mixed_from": "x"}), asked("p", extra={"said": "mixed_from"})]
    rows = rows_of(made, inputs=["a", "b"])
    with pytest.raises(UsageError, match="rows have mixed_from in extra already"):
        mix(rows)
    assert mix(rows, mark="outer").extra["outer"].to_pylist() == ["a", "b"]
    assert mix(rows_of(made[1:] * 2, inputs=["a", "b"])).extra["mixed_from"]


def test_an_input_without_rows_is_told() -> None:
    rows = rows_of(
        [asked(f"q {n}") for n in range(4)],
        inputs=["a", "b", "a", "a"],
        splits=["train", "test", "train", "train"],
    )
    decision = mix(rows, weights=["a=1", "b=1"])
    assert codes(decision) == {"BAL034": 1}
    assert out(rows, decision) == {"a": 3, "b": 1}


def test_scores_are_written_for_every_row(tmp_path: Path) -> None:
    rows = inputs(a=20, b=20)
    mix(rows, chars=60).files["scores/mix.arrow"](tmp_path / "s.arrow")
    table = pa.ipc.open_file(tmp_path / "s.arrow").read_all()
    assert table.column_names == ["id", "input", "draw", "times", "chars"]
    assert len(table) == 40


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": ["a=0", "b=1"]}, "a must have a number above 0, found 0"),
        ({"weights": ["a=-1", "b=1"]}, "above 0"),
        ({"weights": ["a=nan", "b=1"]}, "expected INPUT=NUMBER"),
        ({"weights": ["a", "b=1"]}, "expected INPUT=NUMBER"),
        ({"weights": ["=1"]}, "expected INPUT=NUMBER"),
        ({"weights": ["a=1"]}, "b has none; with weights every input needs one"),
        ({"weights": ["a=1", "b=1", "bb=2"]}, "did you mean b?"),
        ({"weights": ["a=1", "a=2"]}, "named twice"),
        ({"weights": ["a=1", "a/=2", "b=1"]}, "named twice"),
        ({"epochs": ["c=1"]}, "no rows were read from an input c"),
        ({"weights": ["a=1"], "epochs": ["a=1"]}, "both given"),
        ({"epochs": ["a=1"], "rows": 4}, "so does rows"),
        ({"weights": ["a=1"], "strategy": "equal"}, "not with equal"),
        ({"strategy": "weights"}, "needs weights"),
        ({"strategy": "concatenate", "rows": 4}, "concatenate takes all rows"),
        ({"strategy": "temperature"}, "go together"),
        ({"temperature": 2.0}, "go together"),
        ({"strategy": "temperature", "temperature": 0.0}, "above 0"),
        ({"strategy": "temperature", "temperature": float("inf")}, "above 0"),
        ({"rows": 4, "chars": 4}, "one budget"),
        ({"rows": 0}, "at least 1"),
        ({"chars": 2}, "no row fits"),
        ({"tokens": 100}, "--tokenizer"),
        ({"mark": " "}, "mark is blank"),
        ({"splits": []}, "splits names no split"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        mix(inputs(a=8, b=8), **options)
    assert message in f"{raised.value} {raised.value.hint}"


def test_no_rows_are_refused() -> None:
    with pytest.raises(UsageError, match="no input has a row"):
        mix(rows_of([]))
    with pytest.raises(UsageError, match="no row has any chars"):
        mix(rows_of([{"text": ""}] * 3, "text"), chars=5)


def test_a_huge_row_does_not_stop_the_draw() -> None:
    made = [{"text": "x" * (15 << 20)}, *({"text": "y" * 10} for _ in range(100))]
    decision = mix(rows_of(made, "text"), chars=500)
    assert decision.report["chars_out"] == 500


def test_tokens_are_the_tokenizers(tmp_path: Path) -> None:
    tiny.write(tmp_path / "words", "words")
    made = [{"text": "What is it?"}] * 10 + [{"text": "A stone."}] * 10
    rows = rows_of(made, "text", inputs=["a"] * 10 + ["b"] * 10)
    context = Context(tmp_path, Settings(tokenizer=str(tmp_path / "words")))
    step = Mix(MixOptions(weights=["a=1", "b=1"], tokens=40))
    parts = step.decide(rows, context).report["inputs"]
    assert [part["tokens"] for part in parts] == [40, 30]
    assert [part["rows_drawn"] for part in parts] == [5, 6]
    assert [part["tokens_out"] for part in parts] == [20, 18]
