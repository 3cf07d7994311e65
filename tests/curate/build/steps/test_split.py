"""The step `split`: nothing is parted that belongs together, and what is asked for is got."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.build import load
from curate.build.line.base import Decision, Rows, Splits
from curate.build.line.functions import run_step
from curate.build.steps.split import Split, SplitOptions
from curate.errors import UsageError
from curate.row import Row
from tests.curate.build.steps.row_sets import asked, decided, rows_of


def split(rows: Rows, **options: Any) -> Decision:
    return decided(Split(SplitOptions(**options)), rows)


def names(decision: Decision) -> list[str]:
    assert decision.splits is not None
    return [decision.splits.names[number] for number in decision.splits.of_row.tolist()]


def codes(decision: Decision) -> Counter[str]:
    return Counter(hit.code for _, hit in decision.findings)


def many(n: int, **columns: Any) -> list[Row]:
    return [asked(f"question {number}", id=f"id{number}", **columns) for number in range(n)]


some_rows = st.lists(
    st.tuples(
        st.integers(0, 60), st.sampled_from([None, "", "a", "b", "c", "d"]), st.integers(0, 2)
    ),
    min_size=12,
    max_size=60,
)


def made(drawn: list[tuple[int, str | None, int]]) -> list[Row]:
    found = []
    for number, (prompt, group, category) in enumerate(drawn):
        row = asked(f"prompt {prompt}", f"answer {number}", id=f"id{number}")
        row |= {} if group is None else {"extra": {"thread": group}}
        found.append(row | {"category": f"c{category}"})
    return found


def tried(rows: list[Row], **options: Any) -> list[str] | None:
    """Return the splits, or None where groups are too large for what is asked."""
    try:
        return names(split(rows_of(rows), **options))
    except UsageError:
        return None


@given(some_rows, st.booleans(), st.booleans(), st.integers(0, 3))
@settings(max_examples=40)
def test_nothing_straddles(drawn, by_rows: bool, stratify: bool, seed: int) -> None:
    options: dict[str, Any] = {"group": ["thread"], "seed": seed}
    options |= {"stratify": ["category"]} if stratify else {}
    options |= {"test_rows": 3} if by_rows else {"test_ratio": 0.2, "validation_ratio": 0.2}
    found = tried(made(drawn), **options)
    if found is None:
        return
    assert len(found) == len(drawn)
    for position in (0, 1):
        of: dict[Any, set[str]] = {}
        for row, name in zip(drawn, found, strict=True):
            if row[position] not in (None, ""):
                of.setdefault(row[position], set()).add(name)
        assert all(len(names) == 1 for names in of.values())


@given(some_rows, st.booleans(), st.randoms())
@settings(max_examples=20)
def test_the_order_of_rows_and_batches_changes_nothing(drawn, stratify: bool, random) -> None:
    options: dict[str, Any] = {"group": ["thread"], "test_ratio": 0.3, "validation_rows": 2}
    options |= {"stratify": ["category"]} if stratify else {}
    rows = made(drawn)
    first = tried(rows, **options)
    order = list(range(len(rows)))
    random.shuffle(order)
    second = tried([rows[at] for at in order], **options)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert second == [first[at] for at in order]
    chunked = split(rows_of(rows, chunk=1), **options) if first else None
    assert chunked is None or names(chunked) == first


@given(st.integers(40, 120), st.integers(1, 60), st.integers(0, 5))
@settings(max_examples=20)
def test_added_rows_move_no_row_by_ratio(n: int, more: int, seed: int) -> None:
    rows = many(n + more)
    options = {"test_ratio": 0.3, "validation_ratio": 0.3, "seed": seed}
    before, after = tried(rows[:n], **options), tried(rows, **options)
    assert before is not None
    assert after is not None
    assert after[:n] == before


def test_a_group_that_grows_stays_where_it_is() -> None:
    rows = [asked(f"q {n}", group=f"g{n % 40}") for n in range(200)]
    options = {"group": ["group"], "test_ratio": 0.3}
    before = names(split(rows_of(rows), **options))
    rows += [asked(f"other {n}", group=f"g{n % 40}") for n in range(200)]
    assert names(split(rows_of(rows), **options))[:200] == before


@given(st.integers(40, 120), st.integers(1, 30))
@settings(max_examples=20)
def test_added_rows_move_few_rows_by_count(n: int, more: int) -> None:
    rows = many(n + more)
    before = tried(rows[:n], test_rows=10)
    after = tried(rows, test_rows=10)
    assert before is not None
    assert after is not None
    moved = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    assert len(moved) <= more
    assert set(moved) <= {("test", "train")}


def test_counts_are_exact_and_seeds_differ() -> None:
    rows = rows_of(many(100))
    found = [names(split(rows, test_rows=10, validation_rows=25, seed=seed)) for seed in (0, 0, 1)]
    assert Counter(found[0]) == {"train": 65, "test": 10, "validation": 25}
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_strata_keep_their_shares() -> None:
    rows = [asked(f"q {n}", category=f"c{n % 10 // 7}", language="en") for n in range(1_000)]
    decision = split(rows_of(rows), test_ratio=0.1, stratify=["category", "language"])
    table = {each["value"]: each["rows"] for each in decision.report["strata"]["largest"]}
    assert table == {
        "c0 · en": {"train": 630, "test": 70},
        "c1 · en": {"train": 270, "test": 30},
    }
    assert not decision.findings


def test_a_row_without_a_value_is_a_stratum_of_its_own() -> None:
    rows = [asked(f"q {n}", **({"category": "x"} if n % 2 else {})) for n in range(40)]
    decision = split(rows_of(rows), test_rows=4, stratify=["category"])
    values = {each["value"]: each["rows"]["test"] for each in decision.report["strata"]["largest"]}
    assert values == {"x": 2, "(none)": 2}


def test_the_group_that_rows_have_holds_unasked() -> None:
    rows = [asked(f"q {n}", group=f"g{n // 10}") for n in range(200)]
    decision = split(rows_of(rows), test_rows=40)
    assert decision.report["groups"] == 20
    of_group: dict[str, set[str]] = {}
    for row, name in zip(rows, names(decision), strict=True):
        of_group.setdefault(row["group"], set()).add(name)
    assert all(len(found) == 1 for found in of_group.values())
    assert split(rows_of(rows), test_rows=40, group=["none"]).report["groups"] == 200


def test_blank_groups_hold_nothing() -> None:
    rows = [asked(f"q {n}", group=" ") for n in range(50)]
    assert split(rows_of(rows), test_rows=10).report["groups"] == 50


def test_rows_without_a_group_are_drawn_one_by_one() -> None:
    rows = [asked(f"q {n}", **({"group": "g"} if n < 10 else {"group": ""})) for n in range(100)]
    decision = split(rows_of(rows), test_rows=20, group=["group"])
    assert decision.report["groups"] == 91
    assert len(set(names(decision)[:10])) == 1


def test_identical_prompts_are_one_unless_they_may_be_parted() -> None:
    rows = [asked(f"  Question {n % 50}".upper(), f"answer {n}") for n in range(100)]
    kept = split(rows_of(rows), test_rows=20)
    assert names(kept)[:50] == names(kept)[50:]
    assert "SCH064" not in codes(kept)
    assert kept.report["a_draw_of_rows_would_part"]["identical prompts"]["groups"] > 5
    parted = split(rows_of(rows), test_rows=20, near_duplicates=False)
    assert codes(parted)["SCH064"] == 1


def test_near_duplicate_prompts_are_one() -> None:
    near = [
        asked(" ".join(f"w{n}x{at}" for at in range(30)) + f" end{k}", f"a {k}")
        for n in range(40)
        for k in range(2)
    ]
    decision = split(rows_of(near), test_rows=20)
    found = names(decision)
    assert found[::2] == found[1::2]
    assert decision.report["groups"] == 40
    parted = decision.report["a_draw_of_rows_would_part"]
    assert parted["identical prompts"] == {"groups": 0, "rows": 0}
    assert parted["near-duplicates"]["groups"] > 3
    assert split(rows_of(near), test_rows=20, threshold=1.0).report["groups"] == 80
    assert split(rows_of(near), test_rows=20, near_duplicates=False).report["groups"] == 80
    with pytest.raises(UsageError, match="the smallest has 40"):
        split(rows_of(near), test_rows=20, on="response")


def test_rows_of_one_long_template_can_be_parted() -> None:
    system = "You are a careful assistant who follows every rule of the house. " * 20
    rows = [asked(f"{system}Question {n}: tell of w{n}a w{n}b w{n}c w{n}d.") for n in range(100)]
    assert split(rows_of(rows), test_rows=10).report["groups"] > 90


def test_near_duplicates_of_groups_chain() -> None:
    texts = [" ".join(f"w{n}x{at}" for at in range(30)) for n in range(20)]
    rows = [asked(f"{text} end{k}", group=f"g{k}") for text in texts[:2] for k in range(2)]
    rows += [asked(text) for text in texts[2:]]
    found = names(split(rows_of(rows), test_rows=5, group=["group"]))
    assert len(set(found[:4])) == 1


def test_another_picture_is_another_prompt() -> None:
    rows = [
        asked("What is this?", media=[{"type": "image", "ref": f"{n}.png", "mime": "image/png"}])
        for n in range(40)
    ]
    assert split(rows_of(rows), test_rows=4).report["groups"] == 40


def test_rows_without_any_text_are_not_the_same_question() -> None:
    rows = [{"text": "" if n % 2 else f"text {n}"} for n in range(40)]
    assert split(rows_of(rows, "text"), test_rows=4).report["groups"] == 40


def test_copies_are_never_parted() -> None:
    rows = rows_of(many(20)).at(np.repeat(np.arange(20), 3))
    for seed in range(5):
        found = names(split(rows, test_rows=7, near_duplicates=False, seed=seed))
        assert all(len(set(found[at : at + 3])) == 1 for at in range(0, 60, 3))


def test_a_value_of_an_earlier_step_can_group() -> None:
    cluster = pa.array([f"k{n // 4}" for n in range(40)])
    rows = rows_of(many(40), extra={"cluster": cluster})
    found = names(split(rows, test_rows=8, group=["extra.cluster"]))
    assert all(len(set(found[at : at + 4])) == 1 for at in range(0, 40, 4))


def test_a_group_too_large_is_told_with_its_first_row() -> None:
    rows = [asked(f"q {n}", group="big" if n >= 40 else f"g{n}") for n in range(100)]
    decision = split(rows_of(rows), group=["group"], validation_ratio=0.1, test_rows=5)
    assert [(at, hit.value) for at, hit in decision.findings if hit.code == "SCH060"] == [
        (40, 60),
        (40, 60),
    ]
    assert set(names(decision)[40:]) == {"train"}


def test_sizes_that_groups_cannot_make_are_told() -> None:
    rows = [asked(f"q {n}", group=f"g{n // 7}") for n in range(700)]
    decision = split(rows_of(rows), group=["group"], test_rows=20, near_duplicates=False)
    assert Counter(names(decision))["test"] == 21
    assert codes(decision) == {"SCH061": 1}


def test_strata_that_groups_spoil_are_told() -> None:
    rows = [asked(f"q {n}", group=f"g{n // 20}", category=f"c{n // 20 % 2}") for n in range(200)]
    decision = split(rows_of(rows), group=["group"], test_rows=30, stratify=["category"])
    assert codes(decision)["SCH062"] == 1
    decision = split(
        rows_of(many(50, category="a") + [asked("x", category="b")] * 1),
        test_rows=5,
        stratify=["category"],
    )
    assert codes(decision)["SCH063"] == 1


def test_splits_that_are_there_are_kept_unless_it_is_asked() -> None:
    rows = rows_of(many(20), splits=["train"] * 15 + ["test"] * 5)
    with pytest.raises(UsageError, match="split already: test 5"):
        split(rows, test_rows=4)
    assert Counter(names(split(rows, test_rows=4, resplit=True)))["test"] == 4


def test_scores_are_written_for_every_row(tmp_path: Path) -> None:
    decision = split(rows_of(many(20)), test_ratio=0.5)
    decision.files["scores/split.arrow"](tmp_path / "s.arrow")
    table = pa.ipc.open_file(tmp_path / "s.arrow").read_all()
    assert table.column_names == ["id", "unit", "draw"]
    below = [draw < 0.5 for draw in table["draw"].to_pylist()]
    assert below == [name == "test" for name in names(decision)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no split is asked for"),
        ({"test_ratio": 0.0}, "test_ratio must be above 0 and below 1"),
        ({"test_ratio": 1.0}, "below 1"),
        ({"test_ratio": float("nan")}, "below 1"),
        ({"test_ratio": 0.5, "validation_ratio": 0.5}, "leave no rows to train on"),
        ({"test_ratio": 0.5, "test_rows": 4}, "both given"),
        ({"test_rows": 0}, "at least 1"),
        ({"test_rows": 20}, "leave none to train on"),
        ({"test_rows": 2, "threshold": 0.0}, "expected above 0 and at most 1"),
        ({"test_rows": 10, "validation_ratio": 0.5}, "leave none to train on"),
        ({"test_ratio": 0.01}, "less than half a row"),
        ({"test_rows": 2, "stratify": ["categori"]}, "did you mean category"),
        ({"test_rows": 2, "stratify": ["category"]}, "no row has a category"),
        ({"test_rows": 2, "stratify": ["turns", "turns"]}, "twice"),
        ({"test_rows": 2, "group": ["grupo"]}, "did you mean group"),
        ({"test_rows": 2, "group": ["group"]}, "no row has a group"),
        ({"test_rows": 2, "group": ["thread"]}, "no row has an extra.thread"),
        ({"test_rows": 2, "group": ["thread", "thread"]}, "twice"),
        ({"test_rows": 2, "group": ["extra.one"]}, "20 rows are 1 group"),
        ({"test_rows": 1, "group": ["extra.half"]}, "test would be empty"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    rows = [
        asked(f"q {n}", extra={"one": 1, "half": [n % 2, n % 3]}) | {"id": f"i{n}"}
        for n in range(20)
    ]
    with pytest.raises(UsageError) as raised:
        split(rows_of(rows), **options)
    assert message in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_rows_than_splits_are_refused(n: int) -> None:
    with pytest.raises(UsageError, match=f"{n} rows? cannot make 3 splits"):
        split(rows_of(many(n)), test_rows=1, validation_rows=1)


def test_too_many_strata_are_refused() -> None:
    rows = rows_of([{"text": f"{n}", "category": f"{n}"} for n in range(10_001)], "text", chunk=500)
    with pytest.raises(UsageError, match="strata or more"):
        split(rows, test_rows=5, stratify=["category"])


def test_lines_show_what_came_out() -> None:
    rows = [asked(f"q {n % 60}", f"a {n}", category=f"c{n % 2}") for n in range(100)]
    told = split(rows_of(rows), test_ratio=0.2, stratify=["category"]).lines
    assert told[0].split() == ["rows", "groups", "share", "asked"]
    assert told[1].split()[0] == "train"
    assert told[2].split() == ["test", "20", told[2].split()[2], "20.00%", "20"]
    assert any("a draw of single rows would part" in line for line in told)


def test_a_huge_row_is_a_row_like_others() -> None:
    rows = [asked("x" * (15 << 20)), asked("word " * (3 << 20)), *many(18)]
    assert Counter(names(split(rows_of(rows), test_rows=4)))["test"] == 4


@pytest.mark.slow
def test_a_million_identical_rows_are_one_group() -> None:
    one = rows_of([asked("the same question")])
    table = pa.concat_tables([one.table] * 1_000).combine_chunks()
    table = pa.concat_tables([table] * 1_000)
    numbers = np.zeros(len(table), np.uint16)
    rows = replace(
        one,
        table=table,
        positions=np.arange(len(table)),
        splits=Splits(("train",), numbers),
        inputs=Splits(("in",), numbers),
    )
    with pytest.raises(UsageError, match="1,000,000 rows are 1 group by identical prompts"):
        split(rows, test_ratio=0.1)
    plain = split(rows, test_rows=1_000, near_duplicates=False)
    assert plain.report["splits"]["test"]["rows"] == 1_000
    assert codes(plain)["SCH064"] == 1


def test_published_rows_with_one_question_are_never_parted(data: Path, tmp_path: Path) -> None:
    path = data / "hiyouga+LLaMA-Factory" / "data" / "glaive_toolcall_en_demo.json"
    out = tmp_path / "out"
    report = run_step("split", path, str(out), test_ratio=0.2, validation_ratio=0.2)
    assert report.ledger.rows_in == report.ledger.rows_out == 300
    of: dict[tuple[str, ...], set[str]] = {}
    n_rows = 0
    for name in ("train", "validation", "test"):
        for row in load(out, name).rows():
            asked_of = [m.get("content", "").casefold() for m in row["messages"][:-1]]
            of.setdefault((*asked_of, row.get("tools", "")), set()).add(name)
            n_rows += 1
    assert n_rows == 300
    assert len(of) < 270
    assert all(len(names) == 1 for names in of.values())
