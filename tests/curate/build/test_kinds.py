"""Prompts alone, judged steps and trees through a dataset folder, and back to what they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curate.build import convert, load, validate
from curate.build.ask import settings_of

STEPS = [
    {
        "id": "a",
        "prompt": "Two and two?",
        "completions": ["2 + 2", "So 4."],
        "labels": [True, True],
    },
    {"id": "b", "prompt": "One?", "completions": ["So 2."], "labels": [False], "source": {"n": 1}},
]
PROMPTS = [
    {"id": "a", "prompt": "A colour?", "answer_key": "blue"},
    {
        "id": "b",
        "prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
    },
]
TREE = {
    "message_tree_id": "t",
    "prompt": {
        "text": "A",
        "role": "prompter",
        "replies": [
            {"text": "B", "role": "assistant", "rank": 1},
            {"text": "C", "role": "assistant", "rank": 0},
        ],
    },
}


def written(path: Path, records: list[Any]) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [("trl-stepwise", "stepwise", STEPS), ("trl-prompt-only", "prompt_only", PROMPTS)],
)
def test_a_kind_goes_into_a_folder_and_back(
    name: str, kind: str, records: list[Any], tmp_path: Path
) -> None:
    source = written(tmp_path / "in.jsonl", records)
    folder, again = str(tmp_path / "rows"), str(tmp_path / "again")
    report = convert(source, folder, settings=settings_of({"source_format": name}))
    assert (report.exit_code, report.ledger.rows_out) == (0, 2)
    assert load(folder).card["kind"] == kind
    assert validate(folder).ledger.findings == {}
    lines = str(tmp_path / "rows.jsonl")
    convert(folder, lines)
    convert(lines, again)
    assert list(load(again).rows()) == list(load(folder).rows())
    assert len(load(folder).to_datasets()) == 2
    out = tmp_path / "out.jsonl"
    convert(folder, str(out), to=name)
    assert [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] == records


@pytest.mark.parametrize(
    ("name", "records"), [("trl-stepwise", STEPS), ("trl-prompt-only", PROMPTS)]
)
@pytest.mark.parametrize("container", ["arrow", "parquet"])
def test_a_table_of_a_format_is_read_again(
    name: str, records: list[Any], container: Any, tmp_path: Path
) -> None:
    source = written(tmp_path / "in.jsonl", records)
    table, again = str(tmp_path / "table"), str(tmp_path / "again")
    settings = settings_of({"source_format": name})
    convert(source, table, to=name, container=container, settings=settings)
    assert convert(table, again).ledger.rows_out == 2
    assert [row["prompt"][-1]["content"] for row in load(again).rows()] == [
        record["prompt"] if isinstance(record["prompt"], str) else record["prompt"][-1]["content"]
        for record in records
    ]


@pytest.mark.parametrize(
    ("name", "rows", "added"),
    [("oasst", 1, {}), ("oasst-paths", 2, {"SCH011": 1}), ("oasst-preference", 1, {})],
)
def test_a_tree_becomes_as_many_rows_as_it_is_read_for(
    name: str, rows: int, added: dict[str, int], tmp_path: Path
) -> None:
    source = written(tmp_path / "in.jsonl", [TREE])
    report = convert(source, str(tmp_path / "out"), settings=settings_of({"source_format": name}))
    assert (report.ledger.rows_out, report.ledger.added) == (rows, added)
    found = list(load(tmp_path / "out").rows())
    assert {row["group"] for row in found} == {"t"}
    parents = [row["origin"].get("parent") for row in found]
    assert parents == [None, found[0]["id"]][:rows]


def test_steps_that_are_not_judged_as_true_or_false_need_a_map(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", [{**STEPS[0], "labels": [1, -1]}])
    assert convert(source, str(tmp_path / "a")).ledger.removed == {"SCH002": 1}
    settings = settings_of({"labels": ("1=true,-1=false",)})
    convert(source, str(tmp_path / "b"), settings=settings)
    assert next(iter(load(tmp_path / "b").rows()))["labels"] == [True, False]


def test_a_null_label_is_read_by_its_spelling(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", [{"prompt": "a", "completion": "b", "label": None}])
    convert(source, str(tmp_path / "a"), settings=settings_of({"labels": ("null=false",)}))
    assert next(iter(load(tmp_path / "a").rows()))["label"] is False


def test_the_margin_of_two_columns_is_the_pairs(tmp_path: Path) -> None:
    pair = {"prompt": "a", "chosen": "b", "rejected": "c", "chosen-rating": 5, "rejected-rating": 2}
    source = written(tmp_path / "in.jsonl", [pair])
    settings = settings_of({"margin": "chosen-rating-rejected-rating"})
    convert(source, str(tmp_path / "a"), settings=settings)
    (row,) = load(tmp_path / "a").rows()
    assert row["margin"] == 3.0
    assert json.loads(row["extra"]) == {"chosen-rating": 5, "rejected-rating": 2}
