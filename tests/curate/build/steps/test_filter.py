"""The step `filter`: who leaves, under which code, why, and what is told and kept of the scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.build.line.base import Context, Decision, Rows
from curate.build.line.settle import settle
from curate.build.settings import Settings
from curate.build.steps.filter import Filter, FilterOptions
from curate.errors import InputError, UsageError
from curate.finding import Finding
from curate.row import Row
from tests.curate.build.steps.row_sets import asked, rows_of
from tests.curate.checks.rendered.tiny import SETTINGS, one_a_byte

PROSE = "The river ran past the mill, and the miller had not seen his brother for years. " * 4


class Scratch:
    """Gives a folder of its own to each decision."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given = 0

    def context(self, **settings: Any) -> Context:
        self._given += 1
        folder = self._folder / str(self._given)
        folder.mkdir()
        return Context(folder, Settings(**settings))


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return Scratch(folder)


def decided(scratch: Scratch, rows: Rows, *keep: str, **options: Any) -> Decision:
    return Filter(FilterOptions(keep=list(keep), **options)).decide(rows, scratch.context())


def left(decision: Decision) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for removal in decision.removals:
        found.setdefault(removal.code, []).extend(removal.rows.tolist())
    return found


def said(decision: Decision) -> dict[int, str]:
    return {
        row: removal.say(at)
        for removal in decision.removals
        for at, row in enumerate(removal.rows.tolist())
    }


def scores(decision: Decision, path: Path) -> pa.Table:
    path.parent.mkdir(parents=True, exist_ok=True)
    decision.files["scores/filter.arrow"](path)
    return pa.ipc.open_file(path).read_all()


def answers(*texts: str) -> Rows:
    return rows_of([asked(f"question {at}", text) for at, text in enumerate(texts)], chunk=3)


def test_a_row_leaves_under_the_first_rule_that_it_fails_and_names_all(scratch: Scratch) -> None:
    rows = answers("one", "one two three", "123", "1 2 3 4")
    found = decided(scratch, rows, "words >= 3", "letter_ratio >= 0.5")
    assert left(found) == {"LEN051": [0, 2], "QLT201": [3]}
    assert said(found) == {
        0: "response_words is 1, wanted >= 3",
        2: "response_words is 1, wanted >= 3; response_letter_ratio is 0, wanted >= 0.5",
        3: "response_letter_ratio is 0, wanted >= 0.5",
    }
    other = decided(scratch, rows, "letter_ratio >= 0.5", "words >= 3")
    assert left(other) == {"QLT201": [2, 3], "LEN051": [0]}
    assert [removal.scores.tolist() for removal in found.removals] == [[1.0, 1.0], [0.0]]  # type: ignore[union-attr]
    assert {removal.pointer for removal in found.removals} == {"/messages"}


def test_what_is_told_adds_up(scratch: Scratch) -> None:
    rows = answers("one", "one two three", "123", "1 2 3 4", "")
    found = decided(scratch, rows, "words >= 3", "letter_ratio >= 0.5")
    words, letters = found.report["rules"]
    assert (words["failing"], words["removed"], words["missing"]) == (3, 3, 0)
    assert (letters["failing"], letters["removed"], letters["missing"]) == (2, 1, 1)
    assert sum(words["bins"]["rows"]) + words["bins"]["below"] + words["bins"]["above"] == 5
    assert words["moved"][0] == {"threshold": 2.0, "failing": 3}
    assert words["moved"][1] == {"threshold": 4.0, "failing": 4}
    assert found.report["scores"]["response_words"]["highest"] == 4
    told = [line.split() for line in found.lines]
    assert told[0] == ["filter:", "of", "5", "rows"]
    assert told[2][:4] == ["response_words", ">=", "3", "3"]
    assert "at 4 1 more" in found.lines[2]
    assert "1 by a rule before too" in found.lines[3]
    assert found.lines[4] == "  1 without a score stay: the text has nothing but white space"


def test_rows_without_a_score_stay_or_leave_as_the_rule_says(scratch: Scratch) -> None:
    rows = answers("short", PROSE, "ha " * 200)
    assert left(decided(scratch, rows, "compression_ratio >= 0.2")) == {"QLT200": [2]}
    found = decided(scratch, rows, "compression_ratio >= 0.2 and known")
    assert left(found) == {"QLT200": [0, 2]}
    assert said(found)[0] == (
        "response_compression_ratio is not known (the text has fewer than 200 bytes)"
    )


def test_every_side_can_be_asked(scratch: Scratch) -> None:
    talk = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "one two three"},
        {"role": "assistant", "content": "four"},
        {"role": "user", "content": "five six"},
        {"role": "assistant", "content": "seven eight nine ten"},
    ]
    rows = rows_of([{"messages": talk}])
    names = ["prompt_words", "response_words", "conversation_words", "turns"]
    found = decided(scratch, rows, scores=[*names, "prompt_to_response_ratio"])
    told = {name: section.get("50%") for name, section in found.report["scores"].items()}
    assert [told[name] for name in names] == [8, 4, 12, 2]
    assert told["prompt_to_response_ratio"] == round(told["prompt_chars"] / 20, 6)
    for on, expected in (("prompt", 8), ("prompt+response", 12), ("conversation", 12)):
        found = decided(scratch, rows, scores=["words"], on=on)
        assert next(iter(found.report["scores"].values()))["50%"] == expected


def test_of_a_preference_the_chosen_answer_is_measured(scratch: Scratch) -> None:
    def said_by(text: str) -> list[dict[str, str]]:
        return [{"role": "assistant", "content": text}]

    row: Row = {
        "prompt": [{"role": "user", "content": "go on"}],
        "chosen": said_by(PROSE),
        "rejected": said_by(PROSE),
    }
    short = row | {"rejected": said_by("no")}
    rows = rows_of([row, short], "preference")
    # Both answers together would look like one that says everything twice.
    assert left(decided(scratch, rows, "duplicate_line_ratio <= 0.3")) == {}
    found = decided(scratch, rows, "rejected_words >= 3")
    assert left(found) == {"LEN051": [1]}
    assert found.removals[0].pointer == "/rejected"


@pytest.mark.parametrize(
    ("kind", "row", "rule"),
    [
        ("prompt_only", {"prompt": [{"role": "user", "content": "x"}]}, "words >= 1"),
        ("text", {"text": "x"}, "prompt_words >= 1"),
        ("text", {"text": "x"}, "same_language == 1"),
        ("text", {"text": "x"}, "prompt_to_response_ratio <= 1"),
        ("text", {"text": "x"}, "turns >= 1"),
        ("sft", asked("x"), "rejected_words >= 1"),
        ("sft", asked("x"), "tokens >= 1"),
    ],
)
def test_a_side_that_no_row_has_is_refused(
    scratch: Scratch, kind: Any, row: Row, rule: str
) -> None:
    with pytest.raises(UsageError):
        decided(scratch, rows_of([row], kind), rule)


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("text", {"text": "one two"}),
        ("prompt_only", {"prompt": [{"role": "user", "content": "one two"}]}),
        ("segments", {"segments": [{"text": "one two", "train": True}]}),
        (
            "stepwise",
            {
                "prompt": [{"role": "user", "content": "one two"}],
                "completions": [],
                "labels": [],
            },
        ),
    ],
)
def test_rows_of_every_kind_are_measured(scratch: Scratch, kind: Any, row: Row) -> None:
    found = decided(scratch, rows_of([row], kind), "conversation_words >= 3")
    assert left(found) == {"LEN051": [0]}


def test_hostile_rows_have_defined_scores(scratch: Scratch) -> None:
    rows = rows_of(
        [
            {"messages": []},
            {"messages": [{"role": "assistant"}]},
            asked("", ""),
            asked("only a question")
            | {"messages": [{"role": "user", "content": "only a question"}]},
            asked("q", " \n\t "),
            asked("q", "word"),
            asked("q", "мир 世界 world שלום"),
        ]
    )
    found = decided(scratch, rows, "words >= 1", scores=["letter_ratio", "turns"])
    assert left(found) == {"LEN051": [0, 1, 2, 3, 4]}
    assert found.report["scores"]["response_letter_ratio"]["rows"] == 2
    assert found.report["scores"]["turns"]["rows"] == 7


def test_a_threshold_at_either_end_keeps_all_or_nothing_as_it_says(scratch: Scratch) -> None:
    rows = answers("abc", "123", "a1")
    assert left(decided(scratch, rows, "letter_ratio >= 0")) == {}
    assert left(decided(scratch, rows, "letter_ratio >= 1")) == {"QLT201": [1, 2]}
    assert left(decided(scratch, rows, "letter_ratio > 1")) == {"QLT201": [0, 1, 2]}


def test_no_rows_are_filtered_too(scratch: Scratch, tmp_path: Path) -> None:
    found = decided(scratch, rows_of([]), "words >= 3", "turns >= 1", add_scores=True)
    assert found.removals == []
    assert len(scores(found, tmp_path / "scores.arrow")) == 0


def test_a_filter_without_a_rule_is_refused() -> None:
    for options in (FilterOptions(), FilterOptions(add_scores=True)):
        with pytest.raises(UsageError, match="needs a rule"):
            Filter(options)


def test_a_preset_warns_and_says_what_it_removes(scratch: Scratch) -> None:
    found = decided(scratch, answers("Yes.", PROSE), preset=["gopher"])
    ((index, hit),) = found.findings
    assert index == -1
    assert hit.code == "QLT229"
    assert "web pages" in hit.message
    assert hit.message.endswith("it removes 1 of 2 rows")
    assert left(found) == {"LEN051": [0]}
    assert {rule["preset"] for rule in found.report["rules"]} == {"gopher"}


def test_the_scores_of_all_rows_are_written(scratch: Scratch, tmp_path: Path) -> None:
    rows = answers("one", "one two three", "")
    found = decided(scratch, rows, "words >= 3", "letter_ratio > 0.5")
    table = scores(found, tmp_path / "scores.arrow")
    assert table.column_names == ["id", "row_key", "response_words", "response_letter_ratio"]
    assert table["id"].to_pylist() == ["r0", "r1", "r2"]
    assert table["response_words"].to_pylist() == [1, 3, 0]
    assert table["response_letter_ratio"].to_pylist() == [1.0, 1.0, None]


def test_another_threshold_needs_no_measuring(
    scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = answers("one", "one two three", "", "four five")
    first = decided(scratch, rows, "words >= 3", "letter_ratio > 0.5")
    scores(first, tmp_path / "out" / "scores" / "filter.arrow")
    monkeypatch.setattr("curate.build.steps.filter.measure", None)
    for source in (tmp_path / "out", tmp_path / "out" / "scores" / "filter.arrow"):
        again = decided(scratch, rows, "words >= 2", scores_from=str(source))
        assert left(again) == {"LEN051": [0, 2]}
    fewer = rows.at(np.array([1, 3]))
    again = decided(scratch, fewer, "words >= 3", scores_from=str(tmp_path / "out"))
    assert left(again) == {"LEN051": [1]}
    assert scores(again, tmp_path / "again.arrow")["response_words"].to_pylist() == [3, 2]


def test_scores_of_other_rows_or_columns_are_refused(scratch: Scratch, tmp_path: Path) -> None:
    path = tmp_path / "scores.arrow"
    scores(decided(scratch, answers("one", "two"), "words >= 3"), path)
    for other in (answers("one", "changed"), answers("one", "two", "three")):
        with pytest.raises(UsageError, match="holds no scores of row"):
            decided(scratch, other, "words >= 3", scores_from=str(path))
    with pytest.raises(UsageError, match="holds no response_chars"):
        decided(scratch, answers("one", "two"), "chars >= 3", scores_from=str(path))
    scores(decided(scratch, rows_of([]), "words >= 3"), tmp_path / "empty.arrow")
    with pytest.raises(UsageError, match="of any row"):
        decided(scratch, answers("one"), "words >= 3", scores_from=str(tmp_path / "empty.arrow"))
    with pytest.raises(InputError):
        decided(scratch, answers("one"), "words >= 3", scores_from=str(tmp_path / "absent"))
    (tmp_path / "text.arrow").write_text("no arrow")
    with pytest.raises(InputError):
        decided(scratch, answers("one"), "words >= 3", scores_from=str(tmp_path / "text.arrow"))
    with pa.OSFile(str(tmp_path / "foreign.arrow"), "wb") as file:
        table = pa.table({"id": ["r0"], "response_words": [1]})
        with pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table)
    with pytest.raises(UsageError, match="no scores of this version"):
        decided(scratch, answers("one"), "words >= 3", scores_from=str(tmp_path / "foreign.arrow"))


def test_tokens_are_those_of_the_tokenizer(scratch: Scratch, tmp_path: Path) -> None:
    folder = tmp_path / "tokenizer"
    folder.mkdir()
    one_a_byte().save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(SETTINGS))
    tokenizer = str(folder)
    rows = answers("one", "é", "two words")
    step = Filter(FilterOptions(keep=["tokens >= 2", "prompt_tokens >= 1"]))
    found = step.decide(rows, scratch.context(tokenizer=tokenizer))
    path = tmp_path / "scores.arrow"
    assert scores(found, path)["response_tokens"].to_pylist() == [3, 2, 9]
    again = Filter(FilterOptions(keep=["tokens >= 3"], scores_from=str(path)))
    for context in (scratch.context(tokenizer=tokenizer), scratch.context()):
        assert left(again.decide(rows, context)) == {"LEN052": [1]}
    with pytest.raises(UsageError, match="counts tokens of"):
        again.decide(rows, scratch.context(tokenizer="another"))


def test_scores_go_into_the_rows_where_asked(scratch: Scratch) -> None:
    rows = answers("one", "one two", "")
    found = decided(scratch, rows, "words >= 1", scores=["letter_ratio"], add_scores=True)
    assert {name: values.to_pylist() for name, values in found.extra.items()} == {
        "response_words": [1, 2, 0],
        "response_letter_ratio": [1.0, 1.0, None],
    }


@given(
    st.lists(st.text(st.sampled_from("ab 1.\n谢"), max_size=30), max_size=25),
    st.integers(1, 9),
    st.integers(0, 12),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_are_conserved_and_chunks_change_nothing(
    scratch: Scratch, texts: list[str], chunk: int, at: int
) -> None:
    made = [asked("q", text) for text in texts]
    rules = (f"chars >= {at}", "letter_ratio >= 0.3 and known", "unique_word_ratio < 0.9")
    one, other = (decided(scratch, rows_of(made, chunk=size), *rules) for size in (chunk, 100))
    assert left(one) == left(other)
    assert said(one) == said(other)
    assert one.report == other.report
    rows = rows_of(made, chunk=chunk)
    told: list[Finding] = []
    settled = settle(rows, one, None, told.append)
    assert settled.ledger.rows_in == settled.ledger.rows_out + settled.ledger.removed.total()
    gone = [row for removal in one.removals for row in removal.rows.tolist()]
    assert len(gone) == len(set(gone)) == len(told)
    for rule in one.report["rules"]:
        assert 0 <= rule["removed"] <= rule["failing"]
    assert sum(rule["removed"] for rule in one.report["rules"]) == len(gone)


@given(st.lists(st.text(st.sampled_from("ab 1.\n"), max_size=30), max_size=25), st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_lower_threshold_keeps_every_row_that_a_higher_one_keeps(
    scratch: Scratch, texts: list[str], data: st.DataObject
) -> None:
    rows = answers(*texts)
    low, high = sorted((data.draw(st.integers(0, 30)), data.draw(st.integers(0, 30))))
    gone = [left(decided(scratch, rows, f"chars >= {at}")).get("LEN050", []) for at in (low, high)]
    assert set(gone[0]) <= set(gone[1])


@pytest.mark.slow
def test_a_million_identical_rows_are_filtered(scratch: Scratch) -> None:
    batch = rows_of([asked("q", "one two")] * 5_000, chunk=5_000)
    table = pa.Table.from_batches(batch.table.to_batches() * 200)
    rows = Rows(
        "sft",
        table,
        np.arange(len(table), dtype=np.int64),
        type(batch.splits)(("train",), np.zeros(len(table), np.uint16)),
        type(batch.splits)(("in",), np.zeros(len(table), np.uint16)),
        {},
    )
    found = decided(scratch, rows, "words >= 3", "unique_word_ratio >= 0.5")
    assert len(left(found)["LEN051"]) == 1_000_000
    assert found.report["rules"][0]["moved"][0] == {"threshold": 2.0, "failing": 0}
