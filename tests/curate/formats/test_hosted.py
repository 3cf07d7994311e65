"""Hosted services: every case, any row through each of them, and what a detector takes them for."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate import schema
from curate.formats import BY_NAME, shape_of
from curate.row import to_batch
from tests.curate.formats import format_cases
from tests.curate.formats.format_cases import (
    cases,
    decode,
    encode,
    errors,
    messages,
    rows,
    run_decode,
    run_encode,
    run_rows,
    run_stable,
    words,
)

SFT = (
    *("together", "fireworks", "azure", "mistral", "cohere"),
    *("anthropic", "gemini", "nova"),
)
PAIRS = ("openpipe", "gemini-preference", "nova-preference")


@pytest.mark.parametrize("case", cases("hosted", "decode"))
def test_decode(case: dict[str, Any]) -> None:
    run_decode(case)


@pytest.mark.parametrize("case", cases("hosted", "encode"))
def test_encode(case: dict[str, Any]) -> None:
    run_encode(case)


PNG = "data:image/png;base64,AAAA"
MEDIA = [
    {"type": "image", "ref": PNG, "mime": "image/png"},
    {"type": "image", "ref": "https://example.com/a.png"},
    {"type": "audio", "ref": "data:audio/wav;base64,AAAA", "mime": "audio/wav"},
    {"type": "file", "ref": "a.pdf"},
]
parts = st.lists(
    st.builds(lambda text: {"type": "text", "text": text}, words)
    | st.builds(lambda at: {"type": MEDIA[at]["type"], "media": at}, st.integers(0, len(MEDIA) - 1))
    | st.just({"type": "refusal", "text": "No."}),
    max_size=3,
)
in_parts = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "tool"]), "parts": parts},
        optional={"reasoning": words, "tool_call_id": st.just("x"), "name": words},
    ),
    min_size=1,
    max_size=4,
)
media_rows = in_parts.map(lambda found: {"messages": found, "media": MEDIA})


@pytest.mark.parametrize("name", SFT)
@given(row=rows | media_rows)
def test_any_row_comes_back_or_its_losses_are_declared(name: str, row: dict[str, Any]) -> None:
    run_rows(BY_NAME[name], _used(copy.deepcopy(row), name))


def _used(row: dict[str, Any], name: str) -> dict[str, Any]:
    """Give each part its own media, in order, as every decoder does."""
    media: list[dict[str, Any]] = []
    for message in row["messages"]:
        for part in message.get("parts", ()):
            if "media" in part:
                media.append(dict(row["media"][part["media"]]))
                if name == "gemini" and media[-1]["type"] == "image":
                    media[-1]["mime"] = "image/png"  # which the ending of a URL tells
                part["media"] = len(media) - 1
    row.pop("media", None)
    return {**row, "media": media} if media else row


@pytest.mark.parametrize("name", SFT)
@given(row=rows | media_rows)
def test_a_written_record_is_stable(name: str, row: dict[str, Any]) -> None:
    run_stable(BY_NAME[name], _used(copy.deepcopy(row), name))


answers = st.lists(
    st.fixed_dictionaries({"role": st.just("assistant"), "content": words}), min_size=1, max_size=2
)
preferences = st.fixed_dictionaries(
    {"prompt": messages, "chosen": answers, "rejected": answers},
    optional={"margin": st.just(1.0), "category": words, "extra": st.just({"source": 1})},
)


@pytest.mark.parametrize("name", PAIRS)
@given(row=preferences)
def test_any_pair_comes_back_or_its_losses_are_declared(name: str, row: dict[str, Any]) -> None:
    run_rows(BY_NAME[name], row)


@pytest.mark.parametrize("name", PAIRS)
@given(row=preferences)
def test_a_written_pair_is_stable(name: str, row: dict[str, Any]) -> None:
    run_stable(BY_NAME[name], row)


LISTS = ("prompt", "chosen", "rejected")
PAIR_CASES = yaml.safe_load((format_cases.CASES / "hosted_pairs.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", PAIR_CASES, ids=lambda case: f"{case['format']}: {case['name']}")
def test_a_pair_becomes_its_row_and_comes_back(case: dict[str, Any]) -> None:
    form, record = BY_NAME[case["format"]], case["record"]
    faults = schema.check(form.schema, record)
    assert [[hit.code, hit.pointer] for hit in faults] == case.get("schema", [])
    if faults:
        return
    row, hits = decode(form, record)
    assert [[hit.code, hit.pointer] for hit in hits] == case.get("hits", [])
    if hits:
        return
    for column, expected in case.get("row", {}).items():
        value = row[column]
        if column in LISTS:
            value = [{message["role"]: message["content"]} for message in value]
        assert value == expected, column
    again, losses = encode(form, row)
    assert losses == []
    assert again == record


CALL = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
USER = {"role": "user", "content": "a"}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"messages": [USER, {"role": "assistant", "content": [CALL]}]}, "anthropic"),
        ({"messages": [USER], "system": [{"type": "text", "text": "s"}]}, "anthropic"),
        ({"messages": [USER], "tools": [{"name": "f", "input_schema": {}}]}, "anthropic"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]}, "openai"),
        ({"messages": [{"role": "user", "content": [{"text": "a"}]}]}, "nova"),
        ({"messages": [USER], "toolConfig": {}}, "nova"),
        ({"messages": [USER, {"role": "assistant", "candidates": []}]}, "nova-preference"),
        ({"messages": [{"role": "User", "content": "a"}]}, "cohere"),
        ({"messages": [{"role": "User", "content": "a"}, {"role": "Bot"}]}, "openai"),
        ({"messages": [{"role": "user", "text": "a"}]}, "mistral"),
        ({"messages": [USER], "system_prompt": None}, "mistral"),
        ({"messages": [USER], "available_tools": []}, "mistral"),
        ({"interactions": [USER]}, "mistral"),
        ({"contents": [{"role": "user", "parts": []}]}, "gemini"),
        ({"contents": [{"parts": []}], "completions": []}, "gemini-preference"),
        ({"contents": ["a text"]}, None),
        ({"contents": "a text"}, None),
        ({"messages": [USER], "rejected_message": {}}, "openpipe"),
        ({"messages": [USER], "rejected_message": None}, "openai"),
        ({"messages": [USER, {"role": "assistant", "content": "b", "weight": 0}]}, "openai"),
    ],
    ids=lambda value: json.dumps(value)[:70],
)
def test_a_detector_tells_them_by_their_values(
    record: dict[str, Any], expected: str | None
) -> None:
    assert shape_of(record) == expected


@pytest.mark.parametrize("value", [None, 1, True, "x", [], {}, [[]], [None], [{}], {"a": []}])
def test_no_value_breaks_the_detector(value: Any) -> None:
    for columns in ({"contents": value}, {"messages": value}, {"messages": [{"content": value}]}):
        shape_of({**columns, "system": value, "tools": value})
    shape_of({"messages": [{"role": value, "content": [{"type": value}], "text": value}]})


# Every place of every example with another value: what a schema lets pass, decodes and encodes.
VALUES: tuple[Any, ...] = (None, 0, "", [], {}, True, "x", [[]], {"a": 1})


def _mutated(value: Any) -> list[Any]:
    made = [copy.deepcopy(other) for other in VALUES]
    if isinstance(value, dict):
        for key in value:
            rest = {k: v for k, v in value.items() if k != key}
            made += [rest, *({**value, key: new} for new in _mutated(value[key]))]
    if isinstance(value, list):
        for at, item in enumerate(value):
            made += [[*value[:at], new, *value[at + 1 :]] for new in _mutated(item)]
    return made


@pytest.mark.parametrize("name", [*SFT, *PAIRS])
def test_what_the_schema_lets_pass_is_decoded_and_comes_back(name: str) -> None:
    form = BY_NAME[name]
    examples = schema.load(form.schema)["examples"]
    passed = 0
    for record in [new for example in examples for new in _mutated(example)]:
        if not isinstance(record, dict) or schema.check(form.schema, record):
            continue
        passed += 1
        row, hits = decode(form, record)
        if row is None or errors(hits):
            assert hits
            continue
        own = {k: v for k, v in row.items() if k not in ("extra", "layout")}
        assert to_batch(form.kind, [own]).num_rows == 1
        again, losses = encode(form, row)
        assert losses or again == record
    assert passed > 10
