"""What consumers make of data, counted: rows, causes, text, whole files, bounds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curate.build import validate
from curate.build.lint.trained import Amounts
from curate.build.settings import Settings
from curate.checks.profiles import Trained
from curate.finding import Finding
from curate.row import Kind, Row, to_batch
from curate.schema import check

Turns = list[dict[str, Any]]


def chat(*turns: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns], **more}


def turns(*said: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"conversations": [{"from": role, "value": text} for role, text in said], **more}


GOOD = turns(("human", "How many?"), ("gpt", "Three."))
TWICE = turns(("human", "How"), ("human", "many?"), ("gpt", "Three."))


def written(path: Path, records: Sequence[Any]) -> str:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in records]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return str(path)


def consumed(
    path: Path, records: Sequence[Any], *profiles: str, jobs: int = 1, **more: Any
) -> tuple[list[dict[str, Any]], list[Finding]]:
    findings: list[Finding] = []
    settings = replace(Settings(profiles=profiles), **more)
    name = written(path, records)
    report = validate(name, settings=settings, jobs=jobs, on_finding=findings.append)
    assert check("report", report.to_dict()) == []
    return [each.to_dict() for each in report.profiles], findings


def of_one(path: Path, records: Sequence[Any], profile: str, **more: Any) -> dict[str, Any]:
    (found,), _ = consumed(path, records, profile, **more)
    return found


def rows_of(found: dict[str, Any]) -> dict[str, int]:
    names = ("kept", "trains_other", "changed", "dropped", "rejected", "unread")
    return {name: found[name] for name in names if found[name]}


def test_every_record_has_one_effect(tmp_path: Path) -> None:
    records = [GOOD, TWICE, GOOD, "{broken", turns(("Human", "a"), ("gpt", "b"))]
    found = of_one(tmp_path / "a.jsonl", records, "llama-factory")
    assert rows_of(found) == {"kept": 2, "dropped": 2, "rejected": 1}
    assert {code: (each["effect"], each["rows"]) for code, each in found["by_code"].items()} == {
        "SRC001": ("rejected", 1),
        "TRN001": ("dropped", 1),
        "TRN009": ("dropped", 1),
    }


def test_the_worst_of_a_row_counts_and_each_code_is_named(tmp_path: Path) -> None:
    row = turns(("human", "a"), ("human", "b"), ("gpt", "c"), tools="[")
    both = turns(("system", "s"), ("human", "a"), ("human", "b"), ("gpt", "c"), system="t")
    found = of_one(tmp_path / "a.jsonl", [row, both], "llama-factory")
    assert rows_of(found) == {"dropped": 1, "rejected": 1}
    assert set(found["by_code"]) == {"TOL001", "TRN003", "TRN009"}


def test_what_no_profile_speaks_of_is_unread(tmp_path: Path) -> None:
    found = of_one(tmp_path / "a.jsonl", [GOOD, {"colour": "red"}], "llama-factory")
    assert rows_of(found) == {"kept": 1, "unread": 1}


def test_several_consumers_are_told_apart(tmp_path: Path) -> None:
    found, findings = consumed(tmp_path / "a.jsonl", [GOOD, TWICE], "llama-factory", "axolotl")
    assert [each["name"] for each in found] == ["llama-factory", "axolotl"]
    assert rows_of(found[0]) == {"kept": 1, "dropped": 1}
    assert rows_of(found[1]) == {"kept": 2}
    assert [(each.code, each.severity) for each in findings] == [("TRN009", "error")]


def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    records = [GOOD, TWICE, {"colour": "red"}, turns(("human", "a"), ("gpt", "b"), system="s")]
    many = [records[n % 4 if n % 7 else 1] for n in range(12_000)]
    names = ("llama-factory", "trl-sft", "torchtune", "openai-sft")
    one, first = consumed(tmp_path / "a.jsonl", many, *names, jobs=1)
    two, second = consumed(tmp_path / "a.jsonl", many, *names, jobs=2)
    assert one == two
    assert first == second
    assert sum(rows_of(one[0]).values()) == len(many)


def test_a_format_that_is_not_read_is_said_once(tmp_path: Path) -> None:
    records = [{"instruction": "a", "input": "", "output": "b"}] * 5
    (found,), findings = consumed(tmp_path / "a.jsonl", records, "openai-sft")
    assert rows_of(found) == {"rejected": 5}
    assert found["by_code"]["SCH040"]["rows"] == 5
    unread = [each for each in findings if each.code == "SCH040"]
    assert len(unread) == 1
    assert f"curate convert {tmp_path / 'a.jsonl'} --to openai -o" in unread[0].message
    assert unread[0].severity == "error"


def test_another_kind_is_said_once(tmp_path: Path) -> None:
    found, findings = consumed(tmp_path / "a.jsonl", [{"text": "a"}] * 3, "llama-factory")
    assert rows_of(found[0]) == {"rejected": 3}
    assert [each.code for each in findings] == ["SCH041"]
    assert "sft" in findings[0].message


def test_rows_of_our_own_have_no_format_that_is_not_read(tmp_path: Path) -> None:
    row = {"id": "a", "messages": [{"role": "user", "content": "a"}]}
    row["messages"].append({"role": "assistant", "content": "b"})  # type: ignore[attr-defined]
    found = of_one(tmp_path / "a.jsonl", [row, row], "torchtune", source_format="row")
    assert rows_of(found) == {"kept": 2}


def test_what_a_format_does_to_every_row_is_said_once(tmp_path: Path) -> None:
    records = [chat(("user", "a"), ("assistant", "b"))] * 4
    found, findings = consumed(tmp_path / "a.jsonl", records, "llama-factory")
    assert rows_of(found[0]) == {"changed": 4}
    assert [(each.code, each.severity) for each in findings] == [("SCH042", "error")]
    assert "detailed thinking off" in findings[0].message


def test_a_finding_of_the_whole_file_reaches_its_rows(tmp_path: Path) -> None:
    dates = [turns(("human", f"2024-01-{n:02}"), ("gpt", f"2025-01-{n:02}")) for n in range(1, 9)]
    found, findings = consumed(tmp_path / "a.jsonl", dates, "llama-factory", "ms-swift")
    assert rows_of(found[0]) == {"rejected": 8}
    assert rows_of(found[1]) == {"changed": 8}
    assert found[0]["trained_chars"] == 0
    assert {each.code for each in findings} == {"ARW007"}


def test_only_the_file_that_is_meant_is_raised(tmp_path: Path) -> None:
    dates = [turns(("human", f"2024-01-{n:02}"), ("gpt", f"2025-01-{n:02}")) for n in range(1, 9)]
    one = written(tmp_path / "a.jsonl", dates)
    other = written(tmp_path / "b.jsonl", [GOOD] * 3)
    settings = Settings(profiles=("llama-factory",))
    (found,) = validate([one, other], settings=settings).profiles
    assert rows_of(found.to_dict()) == {"kept": 3, "rejected": 8}


def test_a_warning_of_reading_that_a_consumer_makes_an_error_leaves_a_row(tmp_path: Path) -> None:
    row = turns(("system", "t"), ("human", "a"), ("human", "b"), ("gpt", "c"), system="s")
    found, findings = consumed(tmp_path / "a.jsonl", [row], "llama-factory")
    assert [each.code for each in findings] == ["TRN003", "TRN009"]
    assert rows_of(found[0]) == {"dropped": 1}
    assert found[0]["total_chars"] == 4


def test_what_does_no_harm_in_itself_is_told_of(tmp_path: Path) -> None:
    row = chat(("user", "a"), ("assistant", "before <think>t</think>b"))
    found, findings = consumed(tmp_path / "a.jsonl", [row, row], "axolotl")
    assert rows_of(found[0]) == {"kept": 2}
    assert found[0]["by_code"]["RSN017"]["effect"] == "kept"
    assert "split_thinking" in found[0]["by_code"]["RSN017"]["says"]
    assert {(each.code, each.severity) for each in findings} == {("RSN017", "warning")}


def test_rows_of_another_kind_are_said_once_with_a_way_out(tmp_path: Path) -> None:
    pair = {"prompt": "a", "chosen": "b", "rejected": "c"}
    _, findings = consumed(tmp_path / "a.jsonl", [pair] * 12, "openai-sft")
    (said,) = (each.message for each in findings)
    assert "(--for openai-dpo is for these): curate convert" in said
    assert said.endswith("a.jsonl --to openai -o OUT.jsonl")
    _, findings = consumed(tmp_path / "b.jsonl", [{"text": "a"}] * 12, "openai-sft")
    assert findings[0].message.endswith("12 rows of text are text")
    judged = {"prompt": "a", "completion": "b", "label": True}
    _, findings = consumed(tmp_path / "c.jsonl", [judged] * 12, "trl-dpo")
    assert findings[0].message.endswith("c.jsonl --to trl-preference --pair first -o OUT.jsonl")


# What is trained


def amounts(kind: Kind, rows: Sequence[Row]) -> Amounts:
    return Amounts(to_batch(kind, rows), kind)


def messages(*said: tuple[str, str] | tuple[str, str, float], **more: Any) -> Row:
    made: Turns = []
    for role, text, *weight in said:
        made.append({"role": role, "content": text} | ({"weight": weight[0]} if weight else {}))
    return {"messages": made, **more}


DIALOGUE = messages(
    ("system", "s" * 100), ("user", "u" * 10), ("assistant", "a"), ("user", "v"),
    ("assistant", "b" * 5, 0), ("user", "w"), ("assistant", "c" * 7, 1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("on", "weights", "chars"),
    [
        ("all", True, 125),
        ("assistant", True, 8),
        ("assistant", False, 13),
        ("last-assistant", True, 7),
        ("completion", False, 7),
    ],
)
def test_the_text_that_is_trained(on: Any, weights: bool, chars: int) -> None:
    found = amounts("sft", [messages(("user", "Ü")), DIALOGUE, DIALOGUE])
    assert found.total.tolist() == [1, 125, 125]
    assert found.meant.tolist() == [0, 8, 8]
    trained = found.trained(Trained(on, weights, ""), "openai").tolist()
    assert trained == [1 if on == "all" else 0, chars, chars]


def test_weights_are_read_in_the_formats_that_are_named() -> None:
    found = amounts("sft", [DIALOGUE])
    trained = Trained("assistant", ("swift",), "")
    assert found.trained(trained, "swift").tolist() == [8]
    assert found.trained(trained, "openai").tolist() == [13]


def test_rows_with_tools_may_be_trained_otherwise() -> None:
    tools = '[{"type": "function", "function": {"name": "f", "parameters": {}}}]'
    found = amounts("sft", [DIALOGUE, DIALOGUE | {"tools": tools}])
    trained = Trained("assistant", False, "", (), "last-assistant")
    assert found.trained(trained, "openai").tolist() == [13, 7]


def test_signs_are_counted_and_not_bytes() -> None:
    assert amounts("sft", [messages(("user", "ü😀"), ("assistant", "漢字"))]).total.tolist() == [4]


@pytest.mark.parametrize(
    ("extra", "meant"),
    [
        ('{"weight": 0}', 0),
        ('{"loss": false}', 0),
        ('{"note":"x","train":false}', 0),
        ('{"weight": 0.5}', 2),
        ('{"weight": 1}', 2),
        ('{"note": "weight 0"}', 2),
    ],
)
def test_marks_without_a_column_count(extra: str, meant: int) -> None:
    row = {"messages": [{"role": "assistant", "content": "ok", "extra": extra}]}
    assert amounts("sft", [row]).meant.tolist() == [meant]


def test_parts_reasoning_and_calls_are_text() -> None:
    call = {"type": "function", "name": "f", "arguments": "{}"}
    parts = [{"type": "image", "media": 0}, {"type": "text", "text": "abc"}]
    row = {
        "messages": [
            {"role": "user", "parts": parts},
            {"role": "assistant", "reasoning": "hm", "tool_calls": [call, call]},
        ],
        "media": [{"type": "image", "ref": "a.png"}],
    }
    found = amounts("sft", [row])
    assert found.total.tolist() == [3 + 2 + 6]
    assert found.meant.tolist() == [8]


def test_a_completion_begins_where_its_format_said() -> None:
    row = messages(("user", "a"), ("assistant", "bb"), ("user", "c"), ("assistant", "dddd"))
    row["layout"] = '{"completion_from": 3}'
    plain = messages(("user", "a"), ("assistant", "bb"), ("assistant", "ccc"))
    found = amounts("sft", [row, plain])
    assert found.meant.tolist() == [4, 5]
    trained = Trained("completion", False, "")
    assert found.trained(trained, "trl-prompt-completion").tolist() == [4, 3]


@pytest.mark.parametrize(
    ("kind", "row", "total", "meant"),
    [
        (
            "preference",
            {
                "prompt": [{"role": "user", "content": "aaa"}],
                "chosen": [{"role": "assistant", "content": "bb"}],
                "rejected": [{"role": "assistant", "content": "c"}],
            },
            6,
            3,
        ),
        (
            "unpaired",
            {
                "prompt": [{"role": "user", "content": "aaa"}],
                "completion": [{"role": "assistant", "content": "bb"}],
                "label": False,
            },
            5,
            2,
        ),
        ("text", {"text": "abc"}, 3, 3),
        (
            "segments",
            {"segments": [{"text": "ab", "train": False}, {"text": "c", "train": True}]},
            3,
            1,
        ),
        (
            "stepwise",
            {
                "prompt": [{"role": "user", "content": "aaa"}],
                "completions": ["b", "cc"],
                "labels": [True, False],
            },
            6,
            3,
        ),
        ("prompt_only", {"prompt": [{"role": "user", "content": "aaa"}]}, 3, 0),
    ],
)
def test_other_kinds(kind: Kind, row: Row, total: int, meant: int) -> None:
    found = amounts(kind, [row, row])
    assert found.total.tolist() == [total, total]
    assert found.meant.tolist() == [meant, meant]
    assert found.trained(Trained("completion", False, ""), "any").tolist() == [meant, meant]


def test_text_that_is_not_asked_for_is_said_once(tmp_path: Path) -> None:
    records = [chat(("user", "aaa"), ("assistant", "b"))] * 3
    found, findings = consumed(tmp_path / "a.jsonl", records, "trl-sft")
    assert rows_of(found[0]) == {"trains_other": 3}
    assert (found[0]["trained_chars"], found[0]["meant_chars"]) == (12, 3)
    assert [(each.code, each.severity) for each in findings] == [("SCH043", "warning")]
    assert "100 % of the text, the data asks for 25 %" in findings[0].message


def test_a_weight_is_honoured_or_not(tmp_path: Path) -> None:
    row = chat(("user", "a"), ("assistant", "bb"), ("user", "c"), ("assistant", "dddd"))
    row["messages"][1]["weight"] = 0
    found, _ = consumed(tmp_path / "a.jsonl", [row] * 10, "openai-sft", "torchtune")
    assert rows_of(found[0]) == {"kept": 10}
    assert found[0]["trained_chars"] == 40
    assert rows_of(found[1]) == {"trains_other": 10}
    assert found[1]["trained_chars"] == 60
    assert set(found[1]["by_code"]) == {"SCH043", "TRN052"}


def test_a_dropped_row_is_not_trained(tmp_path: Path) -> None:
    found = of_one(tmp_path / "a.jsonl", [GOOD, TWICE], "llama-factory")
    assert (found["trained_chars"], found["meant_chars"]) == (6, 12)


def test_no_consumer_no_counts(tmp_path: Path) -> None:
    found, _ = consumed(tmp_path / "a.jsonl", [GOOD], "lint")
    assert found == []
