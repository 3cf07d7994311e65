"""The step `balance`: what is asked for is got, told, and the same for any order of the rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build import Settings
from curate.build.line.base import Context
from curate.build.steps.balance import Balance, BalanceOptions
from curate.errors import BackendError, UsageError
from tests.curate.build.steps.balancing import (
    balance,
    codes,
    ids,
    judged,
    kept,
    many,
    settled,
    values,
)
from tests.curate.build.steps.row_sets import asked, rows_of
from tests.curate.checks.rendered import tiny
from tests.curate.deduplication.test_embeddings import tiny as static_model

# Caps, targets, temperature


def test_a_cap_bounds_each_value() -> None:
    done, told = settled(rows_of(many(a=30, b=12, c=4)), by=["category"], cap_rows=10)
    assert values(done.rows) == {"a": 10, "b": 10, "c": 4}
    assert done.ledger.removed == {"BAL010": 22}
    said = {finding.message for finding in told if finding.code == "BAL010"}
    assert said == {
        "category 'a' has 30 rows, and cap_rows 10 keeps 10 of them",
        "category 'b' has 12 rows, and cap_rows 10 keeps 10 of them",
    }


def test_a_ratio_bounds_the_share_of_what_stays() -> None:
    done, _ = settled(rows_of(many(a=60, b=10, c=10)), by=["category"], cap_ratio=0.5)
    assert values(done.rows) == {"a": 20, "b": 10, "c": 10}


def test_rows_without_a_value_are_one_of_their_own() -> None:
    rows = rows_of(many(a=10, none=7))
    done, told = settled(rows, by=["category"], cap_rows=5)
    assert values(done.rows) == {"a": 5, None: 5}
    assert [f.message for f in told if f.code == "BAL017"] == ["7 rows of 17 have no category"]
    assert values(settled(rows, by=["category"], target=["(none)=2"])[0].rows) == {"a": 10, None: 2}


def test_a_value_that_is_called_none_is_another() -> None:
    rows = rows_of([asked("q", category="(none)"), asked("q"), asked("q", category="")])
    found = balance(rows, by=["category"], cap_rows=1).report["values"]
    assert sorted(value["value"] for value in found) == ['""', '"(none)"', "(none)"]


def test_several_facets_are_every_combination() -> None:
    made = [asked("q", category=c, language=v) for c in "ab" for v in ("de", "en") for _ in "123"]
    done, _ = settled(rows_of(made), by=["category", "language"], target=["a · de=1"])
    assert len(done.rows) == 10
    done, _ = settled(rows_of(made), by=["category", "language"], cap_rows=2)
    assert len(done.rows) == 8


def test_targets_are_met_with_copies_only_if_asked() -> None:
    rows = rows_of(many(a=30, b=4))
    done, told = settled(rows, by=["category"], target=["a=8", "b=8"])
    assert values(done.rows) == {"a": 8, "b": 4}
    assert done.ledger.removed == {"BAL011": 22}
    assert [f.message for f in told if f.code == "BAL015"] == [
        "category 'b' has 4 rows of the 8 asked for"
    ]
    done, told = settled(rows, by=["category"], target=["a=8", "b=8"], upsample=True)
    assert values(done.rows) == {"a": 8, "b": 8}
    assert done.ledger.added == {"BAL014": 4}
    assert Counter(ids(done.rows)).most_common()[0][1] == 2
    assert "BAL015" not in {f.code for f in told}


def test_many_copies_are_told() -> None:
    rows = rows_of(many(a=30, b=2))
    assert codes(balance(rows, by=["category"], target=["b=8"], upsample=True))["BAL016"] == 0
    assert codes(balance(rows, by=["category"], target=["b=9"], upsample=True))["BAL016"] == 1


def test_a_temperature_makes_shares_alike() -> None:
    rows = rows_of(many(a=90, b=10))
    done, _ = settled(rows, by=["category"], temperature=2.0)
    assert values(done.rows) == {"a": 30, "b": 10}
    done, _ = settled(rows, by=["category"], temperature=2.0, upsample=True)
    assert values(done.rows) == {"a": 90, "b": 30}
    done, _ = settled(rows, by=["category"], temperature=2.0, rows=20)
    assert values(done.rows) == {"a": 15, "b": 5}
    assert done.ledger.removed == {"BAL012": 80}
    done, _ = settled(rows, by=["category"], temperature=1.0)
    assert not done.ledger.removed


# Budgets


def test_a_budget_of_rows_keeps_shares() -> None:
    rows = rows_of(many(a=60, b=30, c=10))
    done, told = settled(rows, by=["category"], rows=20)
    assert values(done.rows) == {"a": 12, "b": 6, "c": 2}
    assert done.ledger.removed == {"BAL013": 80}
    assert told[0].message.endswith("and the budget of 20 rows keeps 12 of them")
    done, _ = settled(rows, by=["category"], cap_rows=10, rows=15)
    assert values(done.rows) == {"a": 5, "b": 5, "c": 5}
    assert done.ledger.removed == {"BAL010": 70, "BAL013": 15}


def test_a_budget_without_facets() -> None:
    done, told = settled(rows_of(many(a=9, b=9)), rows=5)
    assert len(done.rows) == 5
    assert told[0].message == "the set has 18 rows, and the budget of 5 rows keeps 5 of them"


def test_a_budget_larger_than_the_set_keeps_all_and_says_so() -> None:
    decision = balance(rows_of(many(a=9)), rows=10)
    assert not decision.removals
    assert codes(decision) == {"BAL015": 1}


def test_a_budget_of_characters_is_spent_and_not_exceeded() -> None:
    made = [{"text": "x" * (1 + at % 9)} for at in range(200)]
    rows = rows_of(made, "text")
    done, _ = settled(rows, chars=300)
    spent = sum(len(row["text"]) for row in done.rows.take(np.arange(len(done.rows))).to_pylist())
    assert 290 < spent <= 300
    assert done.ledger.removed.keys() == {"BAL013"}
    assert len(settled(rows, chars=10**9)[0].rows) == 200
    assert len(settled(rows_of([{"text": "long"}], "text"), chars=3)[0].rows) == 0


def test_a_temperature_shares_a_budget_of_characters() -> None:
    made = [asked("x" * 8, "yy", category="a" if at < 90 else "b") for at in range(100)]
    done, _ = settled(rows_of(made), by=["category"], temperature=2.0, chars=200)
    assert values(done.rows) == {"a": 15, "b": 5}
    assert done.ledger.removed == {"BAL012": 80}


def test_a_large_row_does_not_stop_smaller_ones() -> None:
    made = [{"text": "x" * 5_000}, *({"text": "y" * 10} for _ in range(20))]
    for seed in range(5):
        assert len(settled(rows_of(made, "text"), chars=200, seed=seed)[0].rows) == 20


def test_tokens_are_the_tokenizers(tmp_path: Path) -> None:
    tiny.write(tmp_path / "words", "words")
    rows = rows_of([{"text": "What is it?"}] * 10 + [{"text": "A stone."}] * 10, "text")
    context = Context(tmp_path, Settings(tokenizer=str(tmp_path / "words")))
    step = Balance(BalanceOptions(by=["length_chars"], tokens=35))
    (value,) = step.decide(rows, context).report["values"]
    assert value["tokens_before"] == 70
    assert 32 <= value["tokens_after"] <= 35
    step = Balance(BalanceOptions(by=["length_tokens"], cap_rows=5))
    found = step.decide(rows, context)
    assert found.report["values"][0]["value"] == "1–127"
    assert "tokens before" in found.lines[1]


# Which rows stay


def test_the_first_and_the_best_stay() -> None:
    made = [asked("q", id=str(at), extra={"score": s}) for at, s in enumerate([2, None, 9, 5, 9])]
    rows = rows_of(made)
    assert kept(rows, rows=2, select="first") == ["0", "1"]
    assert kept(rows, rows=2, select="best:score") == ["2", "4"]
    assert kept(rows, rows=2, select="best:extra.score") == ["2", "4"]
    assert kept(rows, rows=4, select="best:score") == ["0", "2", "3", "4"]
    told = settled(rows, rows=2, select="best:score")[1]
    expected = "1 of 5 rows have no number under extra.score"
    assert [f.message for f in told if f.code == "BAL018"] == [expected]


def test_the_shortest_are_not_the_best() -> None:
    rows = rows_of([{"text": "x" * n} for n in (3, 9, 1)], "text")
    assert kept(rows, rows=1, select="best:length_chars") == ["r1"]


@given(st.permutations(range(40)), st.integers(0, 3), st.sampled_from(["random", "diverse"]))
@settings(max_examples=25)
def test_the_order_of_the_rows_does_not_matter(order, seed: int, select: str) -> None:
    made = many(a=25, b=15)
    options: dict[str, Any] = {"by": ["category"], "cap_rows": 9, "seed": seed, "select": select}
    expected = set(kept(rows_of(made), **options))
    assert set(kept(rows_of([made[at] for at in order]), **options)) == expected


@given(st.integers(0, 40), st.integers(0, 3))
@settings(max_examples=25)
def test_added_rows_only_take_the_places_of_others(n_first: int, seed: int) -> None:
    made = many(a=25, b=15)
    options: dict[str, Any] = {"by": ["category"], "cap_rows": 6, "seed": seed}
    if not n_first:
        return
    before = set(kept(rows_of(made[:n_first]), **options))
    after = set(kept(rows_of(made), **options))
    assert (after & {row["id"] for row in made[:n_first]}) <= before


def test_another_seed_keeps_other_rows() -> None:
    rows = rows_of(many(a=60))
    assert kept(rows, rows=9, seed=1) == kept(rows, rows=9, seed=1)
    assert kept(rows, rows=9, seed=1) != kept(rows, rows=9, seed=2)


def test_the_most_different_rows_stay_and_stand_for_others() -> None:
    topics = ["the cat sat on a mat", "tax law for small firms", "boil rice in salted water"]
    made = [asked(f"{topic} {topic}", f"number {at}", id=f"t{at % 3}x{at}")
            for at, topic in enumerate(topics * 12)]  # fmt: skip
    done, told = settled(rows_of(made), rows=3, select="diverse")
    assert {own[:2] for own in ids(done.rows)} == {"t0", "t1", "t2"}
    assert len(told) == 33
    for finding in told:
        place = finding.message.partition("the nearest row (cosine ")[2]
        assert place.endswith("which stays")
        assert finding.id is not None
        assert finding.id[:2] in place
    report = balance(rows_of(made), rows=3, select="diverse").report["coverage"]
    assert report["mean_similarity"] >= report["random_mean_similarity"]
    assert report["sampled_rows"] == 36


def test_a_model_tells_rows_apart_by_what_they_mean(tmp_path: Path) -> None:
    model = str(static_model(tmp_path / "tiny"))
    prompts = ["how tall is everest", "how high is everest", "a cat sleeps", ""]
    rows = rows_of([asked(text, "yes", id=f"r{at}") for at, text in enumerate(prompts)])
    options: dict[str, Any] = {"rows": 2, "select": "diverse", "on": "prompt", "model": model}
    done, told = settled(rows, **options)
    assert ids(done.rows)[1:] == ["r2"], "one of the two that mean the same, and no empty one"
    alike = next(finding for finding in told if finding.id in ("r0", "r1"))
    assert "cosine 1.00" in alike.message or "cosine 0.99" in alike.message
    assert kept(rows, **options) == ids(done.rows)


def test_a_model_goes_with_different_rows_only_and_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="means nothing with select random"):
        balance(rows_of(many(a=9)), rows=2, model="x")
    with pytest.raises(BackendError):
        balance(rows_of(many(a=9)), rows=2, select="diverse", model=str(tmp_path / "none"))


def test_what_made_rows_different_is_written(tmp_path: Path) -> None:
    rows = rows_of(many(a=20, b=3))
    decision = balance(rows, by=["category"], cap_rows=5, select="diverse")
    decision.files["scores/balance.arrow"](tmp_path / "s.arrow")
    table = pa.ipc.open_file(tmp_path / "s.arrow").read_all()
    assert table.column_names == ["id", "rank", "nearest_row", "similarity"]
    assert len(table) == 23
    # Rows of a value that keeps all were not compared.
    assert sum(near >= 0 for near in table["nearest_row"].to_pylist()) == 20


@pytest.mark.parametrize("text", ["", "…", "a"])
def test_rows_that_are_all_alike(text: str) -> None:
    rows = rows_of([{"text": text}] * 30, "text")
    assert len(kept(rows, rows=4, select="diverse")) == 4


# Splits


def test_other_splits_pass() -> None:
    rows = rows_of(many(a=20), splits=["train"] * 15 + ["test"] * 5)
    done, _ = settled(rows, by=["category"], cap_rows=3)
    assert Counter(done.rows.splits.of_row.tolist()) == {0: 3, 1: 5}
    assert balance(rows, by=["category"], cap_rows=3).report["rows_not_balanced"] == 5
    done, _ = settled(rows, by=["category"], cap_rows=3, splits=["test"])
    assert Counter(done.rows.splits.of_row.tolist()) == {0: 15, 1: 3}
    with pytest.raises(UsageError, match=r"there is no split trian \(did you mean train\?\)"):
        balance(rows, by=["category"], cap_rows=3, splits=["trian"])


def test_one_split_is_balanced_whatever_its_name() -> None:
    rows = rows_of(many(a=20), splits=["test"] * 20)
    assert len(settled(rows, rows=3)[0].rows) == 3


# Labels


def test_weights_are_written_and_rows_stay() -> None:
    decision = balance(judged(30, 10))
    assert not decision.removals
    assert decision.card["kto_weights"] == {
        "desirable_weight": 1.0,
        "undesirable_weight": 2.6013,
        "desirable_rows": 30,
        "undesirable_rows": 10,
    }


def test_weights_count_what_stays() -> None:
    rows = judged(30, 10)
    decision = balance(rows, by=["label"], target=["*=50%"])
    assert decision.card["kto_weights"]["desirable_rows"] == 10
    decision = balance(rows, by=["label"], target=["*=50%"], upsample=True)
    assert decision.card["kto_weights"]["undesirable_rows"] == 30
    assert decision.report["kto_weights"] == decision.card["kto_weights"]


def test_one_label_gets_no_weights() -> None:
    decision = balance(judged(5, 0))
    assert "kto_weights" not in decision.card
    assert codes(decision) == {"BAL019": 1}


def test_labels_are_of_judged_rows_only() -> None:
    with pytest.raises(UsageError, match="rows of kind sft have no label"):
        balance(rows_of(many(a=3)), by=["label"], cap_rows=1)
