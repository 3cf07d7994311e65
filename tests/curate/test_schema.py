from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import UsageError
from curate.finding import Finding
from curate.resources import folder
from curate.schema import check, load, user_schema, validator

NAMES = (
    "alpaca", "dolly", "sharegpt", "openai", "trl-messages", "trl-prompt-completion", "text",
    "row", "finding", "card",
)  # fmt: skip
EXAMPLES = [(name, example) for name in NAMES for example in load(name)["examples"]]
odd_values = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", [], [1], ["a", "b"], [["a", "b"], ["c"]], {}, {"role": 1}]
)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_named_and_described(name: str) -> None:
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f"/{name}.schema.json")
    assert schema["title"]
    assert schema["description"]
    assert all(value.get("description") for value in schema["properties"].values())


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_examples_are_valid(name: str, example: dict[str, Any]) -> None:
    assert check(name, example) == []


@pytest.mark.parametrize(
    ("name", "record", "expected"),
    [
        ("alpaca", {"instruction": "a"}, ("SCH001", "/output", "the key 'output' is missing")),
        ("alpaca", {"instruction": "a", "output": 42},
         ("SCH002", "/output", "expected string, found integer")),
        ("alpaca", {"instruction": "a", "output": "b", "input": []},
         ("SCH002", "/input", "expected null or string, found array")),
        ("alpaca", {"instruction": "a", "output": "b", "history": [["a"]]},
         ("SCH004", "/history/0", "expected at least 2 items, found 1")),
        ("alpaca", [], ("SCH002", "", "expected object, found array")),
        ("sharegpt", {"conversations": []},
         ("SCH004", "/conversations", "expected at least 1 item, found 0")),
        ("openai", {"messages": [{"content": "a"}]},
         ("SCH001", "/messages/0/role", "the key 'role' is missing")),
        ("row", {"messages": [{"role": "bot"}]},
         ("SCH003", "/messages/0/role",
          "expected one of system, developer, user, assistant, tool")),
    ],
)  # fmt: skip
def test_a_fault_says_where_and_what(
    name: str, record: object, expected: tuple[str, str, str]
) -> None:
    hits = check(name, record)
    assert [(hit.code, hit.pointer, hit.message) for hit in hits] == [expected]


@pytest.mark.parametrize(
    ("name", "record", "fix"),
    [
        ("alpaca", {"instruction": "a", "output": 42}, 'write text as text (`"42"`)'),
        ("alpaca", {"instruction": "a", "output": True}, 'write text as text (`"true"`)'),
        ("alpaca", {"instruction": "a", "output": None},
         "leave the key out, where it may be missing, or write text"),
        ("alpaca", {"instruction": "a", "output": {}},
         "write it as text, or --map the right column"),
        ("openai", {"messages": [{"role": "user", "content": {}}]}, "write it as a list or text"),
        ("openai", {"messages": "a"}, "write it as a list, or --map the right column"),
    ],
)  # fmt: skip
def test_a_wrong_type_says_what_to_write(name: str, record: object, fix: str) -> None:
    assert [hit.fix for hit in check(name, record) if hit.code == "SCH002"] == [fix]


@pytest.mark.parametrize(
    ("schema", "value", "says"),
    [
        ({"maxLength": 1}, "abc", "expected at most 1 character, found 3"),
        ({"minProperties": 2}, {}, "expected at least 2 keys, found 0"),
        ({"contains": {"type": "null"}, "minContains": 2}, [None, 1],
         "expected at least 2 matching items, found a list of 2"),
    ],
)  # fmt: skip
def test_a_wrong_length_is_said_in_words(
    tmp_path: Path, schema: dict[str, Any], value: object, says: str
) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"properties": {"a": schema}}))
    assert [hit.message for hit in user_schema(path)({"a": value})] == [says]


def test_a_row_needs_the_columns_of_a_kind() -> None:
    assert [hit.code for hit in check("row", {"id": "1"})] == ["SCH001"]
    assert check("row", {"messages": None, "text": None})


def test_pointers_are_escaped(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text('{"properties": {"a/b~c": {"type": "string"}}}')
    assert [hit.pointer for hit in user_schema(path)({"a/b~c": 1})] == ["/a~1b~0c"]


def _mutations(value: Any) -> list[Callable[[Any], Any]]:
    """Return functions that change one place of a JSON value to another value or take it out."""
    found: list[Callable[[Any], Any]] = []

    def at(path: tuple[Any, ...]) -> None:
        def change(new: Any) -> Any:
            copy = json.loads(json.dumps(value))
            if not path:
                return new
            target = copy
            for step in path[:-1]:
                target = target[step]
            if new == "x":
                del target[path[-1]]
            else:
                target[path[-1]] = new
            return copy

        found.append(change)

    def walk(inner: Any, path: tuple[Any, ...]) -> None:
        at(path)
        if isinstance(inner, dict | list):
            steps = inner if isinstance(inner, dict) else range(len(inner))
            for step in steps:
                walk(inner[step], (*path, step))

    walk(value, ())
    return found


def _faults(errors: Any, path: str, keyword: Callable[[Any], str]) -> set[tuple[str, str]]:
    return {("/".join(map(str, getattr(error, path))), keyword(error)) for error in errors}


@given(data=st.data())
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_fast_validator_agrees_with_the_reference(
    name: str, example: dict[str, Any], data: st.DataObject
) -> None:
    mutation = data.draw(st.sampled_from(_mutations(example)))
    record = mutation(data.draw(odd_values))
    reference = jsonschema.Draft202012Validator(load(name))
    slow = _faults(reference.iter_errors(record), "absolute_path", lambda e: e.validator)
    fast = _faults(
        validator(name).iter_errors(record), "instance_path", lambda e: e.schema_path[-1]
    )
    assert fast == slow
    assert bool(check(name, record)) == bool(slow)


def test_a_user_schema_gives_the_same_hits(tmp_path: Path) -> None:
    own = user_schema(folder("schemas") / "alpaca.schema.json")
    for record in ({}, {"instruction": 1, "output": "b"}, {"instruction": "a", "output": "b"}):
        assert set(map(str, own(record))) == set(map(str, check("alpaca", record)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"type": "strin"}', "is no JSON Schema"),
        ("{", "is no JSON"),
        ("[]", "is no JSON Schema"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_user_schema_is_a_usage_error(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "own.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=says):
        user_schema(path)


def test_no_reference_is_fetched(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text('{"$ref": "http://127.0.0.1:9/x.json"}')
    with pytest.raises(UsageError, match="is not in the file"):
        user_schema(path)({})


def test_an_unknown_name_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no schema is named nothing"):
        check("nothing", {})


def test_the_finding_schema_is_that_of_findings() -> None:
    finding = Finding("SCH001", "missing-key", "error", "the key is missing", line=1)
    assert check("finding", finding.to_dict()) == []
    assert set(load("finding")["properties"]) == set(finding.to_dict())


@pytest.mark.parametrize(
    ("name", "record", "expected"),
    [
        ("glaive", {}, ["SCH001 /chat missing: one of chat, sample is expected"]),
        ("openai", {"messages": [{"role": "assistant", "tool_calls": [{}]}]},
         ["SCH001 /messages/0/tool_calls/0/function the key 'function' is missing"]),
        ("openai", {"messages": [{"role": "assistant", "tool_calls": [{"type": "custom"}]}]},
         ["SCH001 /messages/0/tool_calls/0/custom the key 'custom' is missing"]),
        ("openai", {"messages": [{"role": "user", "weight": -1}]},
         ["SCH003 /messages/0/weight expected at least 0"]),
        ("shp", {"history": "a", "human_ref_A": "b", "human_ref_B": "c", "labels": "1"},
         ["SCH002 /labels expected integer or null, found string"]),
        ("row", {"text": "a", "origin": {"file": "b"}},
         ["SCH005 /origin/file the key 'file' is not known here"]),
    ],
)  # fmt: skip
def test_a_fault_is_said_once_and_by_the_nearest_alternative(
    name: str, record: object, expected: list[str]
) -> None:
    assert [f"{hit.code} {hit.pointer} {hit.message}" for hit in check(name, record)] == expected


def test_a_users_schema_is_read_by_its_nearest_alternative(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text('{"anyOf": [{"required": ["a"]}, {"required": ["b", "c"]}]}')
    assert [hit.pointer for hit in user_schema(path)({"b": 1})] == ["/a"]
