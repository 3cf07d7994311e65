"""What `datasets` reads of the files and folders that are written for TRL's trainers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from curate.build import convert, load
from tests.consumers.records import CASES, answer, calling, result, user
from tests.consumers.written import Written, expected_of, read, read_message


@pytest.mark.parametrize(("source", "to", "container"), CASES)
def test_datasets_loads_what_the_rows_hold(
    write: Callable[..., Written], source: str, to: str, container: str
) -> None:
    written = write(source, to, container)
    loaded = written.dataset()
    assert len(loaded) == written.count == len(written.rows)
    for row, record in zip(written.rows, loaded, strict=True):
        expected = expected_of(row, to, texts=container == "jsonl")
        assert read(record, expected) == expected
        assert json.loads(record.get("tools") or "null") == json.loads(row.get("tools", "null"))
        assert record.get("category") == row.get("category")
        if not row["id"].startswith(row["origin"]["sha256"][:16]):
            assert record["id"] == row["id"]
        extra = json.loads(row.get("extra", "{}"))
        beside = record if container == "jsonl" else json.loads(record["extra"] or "{}")
        assert {key: beside[key] for key in extra} == extra


@pytest.mark.parametrize("container", ["arrow", "parquet"])
@pytest.mark.parametrize("source", ["chats", "margins", "judged", "texts"])
def test_a_folder_of_rows_is_the_same_to_datasets_and_to_curate(
    write: Callable[..., Written], source: str, container: str
) -> None:
    written = write(source, "row", container)
    assert written.dataset().to_list() == load(written.out).arrow.to_pylist()
    assert list(load(written.out).rows()) == written.rows


def test_arrow_keeps_texts_that_all_look_like_dates(write: Callable[..., Written]) -> None:
    records = [{"prompt": f"Day {n}?", "completion": f"2024-01-0{n}"} for n in range(1, 4)]
    loaded = write(records, "trl-prompt-completion", "arrow").dataset()
    assert [row["completion"][0]["content"] for row in loaded] == [
        record["completion"] for record in records
    ]


@pytest.mark.parametrize(
    ("to", "names"),
    [
        ("trl-messages", {"prompt", "completion", "chosen", "labels"}),
        ("trl-prompt-completion", {"chosen", "text", "labels"}),
    ],
)
def test_columns_by_which_trl_takes_a_row_for_another_type_are_left_out(
    write: Callable[..., Written], to: str, names: set[str]
) -> None:
    extra = {name: "x" for name in names | {"note"}}
    record = {"messages": [user("a"), answer("b")], **extra}
    written = write([record], to, "jsonl", source_format="openai")
    own = {"messages"} if to == "trl-messages" else {"prompt", "completion"}
    assert set(written.dataset().column_names) == own | {"note"}
    assert written.findings["LOS032"] == len(names)
    folder = write([record], to, "arrow", source_format="openai").dataset()
    assert json.loads(folder[0]["extra"]).keys() >= {"note", "chosen"}


def test_a_full_prompt_beside_whole_conversations_is_left_out(
    write: Callable[..., Written],
) -> None:
    record = {"chosen": [user("a"), answer("b")], "rejected": [user("a"), answer("c")]}
    record |= {"prompt": "a", "messages": record["chosen"]}
    written = write(
        [record], "trl-preference-implicit", "jsonl", source_format="trl-preference-implicit"
    )
    assert set(written.dataset().column_names) == {"chosen", "rejected"}


@pytest.mark.parametrize("container", ["jsonl", "arrow"])
def test_a_legacy_call_is_written_as_a_call(write: Callable[..., Written], container: str) -> None:
    legacy = {"name": "add", "arguments": '{"a": 1}'}
    messages = [
        user("1+1?"),
        {"role": "assistant", "content": None, "function_call": legacy},
        {"role": "function", "name": "add", "content": "2"},
        answer("2"),
    ]
    (loaded,) = write([{"messages": messages}], "trl-messages", container).dataset()
    call = read_message(loaded["messages"][1])["tool_calls"][0]
    assert call["function"] == {"name": "add", "arguments": {"a": 1}}
    assert loaded["messages"][2]["role"] == "tool"


def test_a_call_that_is_no_function_call_keeps_its_row_out(tmp_path: Path) -> None:
    call = {"id": "a", "type": "custom", "custom": {"name": "add", "input": "{}"}}
    path = tmp_path / "in.jsonl"
    messages = [user("a"), calling(call), result("a", "add", "1"), answer("1")]
    path.write_text(json.dumps({"messages": messages}))
    report = convert([str(path)], str(tmp_path / "out.jsonl"), to="trl-messages")
    assert report.ledger.removed == {"LOS010": 1}
