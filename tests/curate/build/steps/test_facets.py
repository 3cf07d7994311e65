"""What rows are told apart by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from curate.build.line.base import Context, Rows
from curate.build.steps.facets import check_name, numbers_of, values_of
from curate.errors import UsageError
from tests.curate.build.steps.row_sets import asked, rows_of

CONTEXT = Context(Path("nowhere"))


def texts(rows: Rows, name: str) -> list[str | None]:
    found = values_of(rows, name, CONTEXT)
    assert found.codes.dtype == np.int64
    assert len(found.texts) == len(set(found.texts))
    return [None if code < 0 else found.texts[code] for code in found.codes.tolist()]


def test_columns_are_read_across_batches() -> None:
    rows = rows_of([asked("q", category=c) if c else asked("q") for c in "ab cab abc"], chunk=3)
    expected = [c if c != " " else " " for c in "ab cab abc"]
    assert texts(rows, "category") == expected
    mixed = rows_of([asked("q", category="x"), asked("q"), asked("q", category="")], chunk=1)
    assert texts(mixed, "category") == ["x", None, ""]


def test_values_come_in_the_order_of_their_first_row() -> None:
    rows = rows_of([asked("q", language=v) for v in ("de", "en", "de", "fr")], chunk=2)
    assert values_of(rows, "language", CONTEXT).texts == ["de", "en", "fr"]


def test_where_rows_came_from() -> None:
    origin = {"path": "a/b.jsonl", "line": 1, "format": "alpaca"}
    rows = rows_of([asked("q", origin=origin), asked("q", generated={"model": "m1"})])
    assert texts(rows, "source") == ["a/b.jsonl", "in.jsonl"]
    assert texts(rows, "format") == ["alpaca", None]
    assert texts(rows, "model") == [None, "m1"]


def test_splits_and_labels() -> None:
    rows = rows_of([asked("q")] * 3, splits=["train", "test", "train"])
    assert texts(rows, "split") == ["train", "test", "train"]
    side = [{"role": "user", "content": "q"}]
    answer = [{"role": "assistant", "content": "a"}]
    made = [{"prompt": side, "completion": answer, "label": label} for label in (True, False)]
    assert texts(rows_of(made, "unpaired"), "label") == ["true", "false"]
    with pytest.raises(UsageError, match="rows of kind sft have no label"):
        values_of(rows, "label", CONTEXT)


def test_turns_are_what_the_user_says() -> None:
    one = asked("q")
    two = {"messages": [{"role": "system", "content": "s"}, *one["messages"], *one["messages"]]}
    assert texts(rows_of([one, two]), "turns") == ["1", "2"]
    with pytest.raises(UsageError, match="no row has a turns"):
        values_of(rows_of([{"text": "t"}], "text"), "turns", CONTEXT)


@pytest.mark.parametrize(
    ("length", "bucket"),
    [
        (0, "0"),
        (1, "1–511"),
        (511, "1–511"),
        (512, "512–2,047"),
        (2_048, "2,048–8,191"),
        (40_000, "32,768 and more"),
    ],
)
def test_lengths_are_buckets_of_characters(length: int, bucket: str) -> None:
    assert texts(rows_of([{"text": "ö" * length}], "text"), "length_chars") == [bucket]


def test_tokens_need_a_tokenizer() -> None:
    with pytest.raises(UsageError, match="counting tokens needs a tokenizer"):
        values_of(rows_of([asked("q")]), "length_tokens", CONTEXT)


def test_extra_is_reached_by_a_dotted_path() -> None:
    values = [
        {"a": {"b": "x"}},
        {"a.b": "y"},
        {"a": {"b": 3}},
        {"a": {"b": True}},
        {"a": {"b": ["t", 1]}},
        {"a": {"b": None}},
        {"a": "no object"},
        {},
    ]
    rows = rows_of([asked("q", extra=value) for value in values] + [asked("q")])
    assert texts(rows, "extra.a.b") == ["x", "y", "3", "true", '["t",1]', *[None] * 4]


def test_what_a_step_put_there_wins() -> None:
    rows = rows_of(
        [asked("q", extra={"topic": "old"})] * 2, extra={"topic": pa.array(["new", None])}
    )
    assert texts(rows, "extra.topic") == ["new", None]


def test_a_facet_of_no_row_names_what_there_is() -> None:
    rows = rows_of([asked("q", extra={"topic": 1, "other": 2})])
    with pytest.raises(UsageError, match=r"no row has an extra\.topc") as raised:
        values_of(rows, "extra.topc", CONTEXT)
    assert raised.value.hint == "there are extra.topic, extra.other"
    with pytest.raises(UsageError, match="no row has a category"):
        values_of(rows, "category", CONTEXT)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("categry", "category"),
        ("length", "length_chars or length_tokens"),
        ("extra.", ""),
        ("", ""),
    ],
)
def test_an_unknown_facet_is_refused(name: str, meant: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_name(name)
    assert f"did you mean {meant}" in raised.value.message if meant else True


def test_numbers_are_numbers_only() -> None:
    values = [1, 2.5, None, "3", True, 10**400, -(10**400)]
    found = numbers_of(rows_of([asked("q", extra={"s": v}) for v in values]), "extra.s", CONTEXT)
    assert found[:2].tolist() == [1, 2.5]
    assert np.isnan(found[2:5]).all()
    assert found[5] > 1e300
    assert found[6] < -1e300
    with pytest.raises(UsageError, match=r"no row has a number under extra\.s"):
        numbers_of(rows_of([asked("q", extra={"s": "x"})]), "extra.s", CONTEXT)
    with pytest.raises(UsageError, match="have no margin"):
        numbers_of(rows_of([asked("q")]), "margin", CONTEXT)
