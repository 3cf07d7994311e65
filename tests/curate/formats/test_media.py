"""Media: tags and columns, parts and placeholders, from one spelling to another and back."""

from __future__ import annotations

import copy
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.formats import BY_NAME, Ambiguous, shape_of
from curate.formats.pieces.media_places import COLUMN_OF, TAG
from curate.row import to_batch
from curate.schema import check, load
from tests.curate.formats.format_cases import canonical, decode, encode, errors, places

FOLDER = Path(__file__).parents[2] / "cases" / "formats"
READ = yaml.safe_load((FOLDER / "media.yaml").read_text("utf-8"))
WRITTEN = yaml.safe_load((FOLDER / "media_losses.yaml").read_text("utf-8"))
LISTS = ("messages", "prompt", "chosen", "rejected", "completion")


def viewed(part: dict[str, Any]) -> Any:
    """Return a part as the cases write it."""
    view = {part["type"]: part["media"]} if "media" in part else {"type": part["type"]}
    if "text" in part:
        return part["text"]
    if "extra" in part:
        view["extra"] = json.loads(part["extra"])
    return view


def said(message: dict[str, Any]) -> Any:
    if "parts" in message:
        return [viewed(part) for part in message["parts"]]
    return message.get("content")


@pytest.mark.parametrize("case", READ, ids=lambda case: f"{case['format']}: {case['name']}")
def test_a_record_with_media_becomes_its_row(case: dict[str, Any]) -> None:
    form, record = BY_NAME[case["format"]], case["record"]
    faults = check(form.schema, record)
    assert {f"{hit.code} {hit.pointer}" for hit in faults} == set(case.get("schema", []))
    if faults:
        return
    row, hits = decode(form, record)
    assert places(hits) == case.get("hits", [])
    if "says" in case:
        assert hits[0].message == case["says"]
    if "row" not in case:
        return
    found = {
        column: [{message["role"]: said(message)} for message in row[column]]
        if column in LISTS
        else row[column]
        for column in case["row"]
    }
    assert found == case["row"]
    assert row.get("media", []) == case.get("media", [])
    assert row.get("extra", {}) == case.get("extra", {})
    if "layout" in case:
        assert row.get("layout", {}) == case["layout"]
    if "weights" in case:
        assert [message.get("weight") for message in row["messages"]] == case["weights"]
    own = {key: value for key, value in row.items() if key not in ("extra", "layout")}
    assert to_batch(form.kind, [own]).num_rows == 1
    if form.encode is not None:
        again, losses = encode(form, row)
        assert places(losses) == case.get("losses", [])
        assert canonical(again) == canonical(case.get("back", record))
        assert check(form.schema, again) == []


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: f"{case['format']}: {case['name']}")
def test_what_a_format_cannot_carry_is_said(case: dict[str, Any]) -> None:
    form = BY_NAME[case["format"]]
    record, losses = encode(form, case["row"])
    assert record == case["record"]
    assert places(losses) == case.get("losses", [])
    assert check(form.schema, record) == []


# Texts with tags, and a file for each.

pieces = st.sampled_from(["<image>", "<video>", "<audio>", "\n", " ", "a<", ">", "<image", "é"])
texts = st.lists(pieces, max_size=8).map("".join)
chats = st.lists(st.tuples(texts, texts), min_size=1, max_size=3)


def with_files(record: dict[str, Any], tags: str) -> dict[str, Any]:
    """Return the record with a file for each tag."""
    counts = Counter(TAG.findall(tags))
    files = {
        COLUMN_OF[kind]: [f"{kind}{number}" for number in range(count)]
        for kind, count in sorted(counts.items())
    }
    return {**record, **files}


def turns(chat: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"role": role, "content": text}
        for pair in chat
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]


@given(chat=chats)
def test_tags_become_parts_and_the_same_tags_again(chat: list[tuple[str, str]]) -> None:
    whole = "|".join(text for pair in chat for text in pair)
    record = with_files({"messages": turns(chat)}, whole)
    form = BY_NAME["llamafactory-messages"]
    row, hits = decode(form, record)
    assert hits == []
    assert len(row.get("media", ())) == len(TAG.findall(whole))
    for message, turn in zip(row["messages"], record["messages"], strict=True):
        media = [row["media"][p["media"]] for p in message.get("parts", ()) if "media" in p]
        assert [entry["type"] for entry in media] == TAG.findall(turn["content"])
    again, losses = encode(form, row)
    assert losses == []
    assert again == record


@given(chat=chats, kind=st.sampled_from(sorted(COLUMN_OF)), more=st.booleans())
def test_a_file_too_many_or_too_few_is_found(
    chat: list[tuple[str, str]], kind: str, more: bool
) -> None:
    whole = "|".join(text for pair in chat for text in pair)
    record = with_files({"messages": turns(chat)}, whole)
    files = record.setdefault(COLUMN_OF[kind], [])
    if more or not files:
        files.append("x")
    else:
        files.pop()
    _, hits = decode(BY_NAME["llamafactory-messages"], record)
    assert places(hits) == [f"MED001 /{COLUMN_OF[kind]}"]


part = (
    st.fixed_dictionaries({"type": st.just("text"), "text": texts})
    | st.fixed_dictionaries(
        {"type": st.just("image"), "media": st.integers(0, 3)},
        optional={"extra": st.sampled_from(['{"detail": "low"}', '{"ref_key": "url"}'])},
    )
    | st.fixed_dictionaries({"type": st.sampled_from(["image", "refusal"])})
)
message = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "tool"])},
    optional={"parts": st.lists(part, max_size=4), "reasoning": texts},
) | st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": texts})
entry = st.sampled_from(
    [
        {"type": "image", "ref": "a.png"},
        {"type": "image", "ref": "data:image/png;base64,AA==", "mime": "image/png"},
        {"type": "video", "ref": "a.mp4"},
        {"type": "audio", "ref": "a.wav"},
        {"type": "file", "ref": "a.pdf"},
    ]
)
media_rows = st.fixed_dictionaries(
    {
        "messages": st.lists(message, min_size=1, max_size=4),
        "media": st.lists(entry, min_size=4, max_size=4),
    },
    optional={"layout": st.just({"image_place": "before"})},
)
NAMES = (
    "alpaca",
    "sharegpt",
    "llamafactory-messages",
    "trl-messages",
    "llamafactory-v1",
    "llava",
    "axolotl",
)


def fits(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with parts of the types of their media."""
    row = copy.deepcopy(row)
    for one in row["messages"]:
        for item in one.get("parts", ()):
            if "media" in item:
                item["type"] = row["media"][item["media"]]["type"]
    return row


@pytest.mark.parametrize("name", NAMES)
@given(row=media_rows.map(fits))
def test_what_is_written_of_any_media_reads_without_a_fault(name: str, row: dict[str, Any]) -> None:
    form = BY_NAME[name]
    record, losses = encode(form, row)
    if record is None:
        assert errors(losses)
        return
    assert check(form.schema, record) == []
    again, hits = decode(form, record)
    assert [hit for hit in hits if hit.code.startswith("MED")] == []
    if errors(losses) or not again:
        return
    stable, more = encode(form, again)
    assert errors(more) == []
    assert canonical(stable) == canonical(record)


# From one spelling to another, and back.

DEMO = {
    "conversations": [
        {"from": "human", "value": "<image>Compare it with\n<image>."},
        {"from": "gpt", "value": "The first is red."},
        {"from": "human", "value": "And <image>?"},
        {"from": "gpt", "value": "Blue."},
    ],
    "images": ["a.png", "https://x.example/b.png", "data:image/png;base64,AA=="],
}


@pytest.mark.parametrize(
    "through",
    ["openai", "trl-messages", "llamafactory-v1", "llamafactory-messages", "axolotl", "swift"],
)
def test_tags_come_back_from_parts(through: str) -> None:
    row, _ = decode(BY_NAME["sharegpt"], DEMO)
    record, losses = encode(BY_NAME[through], row)
    assert losses == []
    other, hits = decode(BY_NAME[through], record)
    assert hits == []
    assert {key: other[key] for key in ("messages", "media")} == row
    back, losses = encode(BY_NAME["sharegpt"], other)
    assert losses == []
    assert back == DEMO


# Anything that the schema lets pass is decoded or refused, never raised.

ODD = (None, 0, "", [], {}, True, "x", [[]], {"a": 1}, [None], ["x"], [{}])
FUZZED = (
    *("llamafactory-messages", "llamafactory-v1", "llamafactory-v1-preference", "llava"),
    *("torchtune-vqa", "openai", "alpaca", "sharegpt", "trl-messages", "trl-prompt-completion"),
    *("trl-preference", "trl-kto", "alpaca-preference", "sharegpt-preference"),
    *("alpaca-kto", "sharegpt-kto", "openai-kto"),
)


def mutants(value: Any) -> Any:
    """Yield the value with each place in it replaced by each odd value."""
    yield from ODD
    if isinstance(value, dict):
        for key in value:
            for odd in mutants(value[key]):
                yield {**value, key: odd}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for odd in mutants(item):
                yield [*value[:index], odd, *value[index + 1 :]]


@pytest.mark.parametrize("name", FUZZED)
def test_a_decoder_takes_whatever_its_schema_takes(name: str) -> None:
    form = BY_NAME[name]
    examples = list(load(form.schema)["examples"])
    examples += [case["record"] for case in READ if case["format"] == name]
    examples += [{**examples[0], column: ["a.png"]} for column in COLUMN_OF.values()]
    passed = 0
    for record in (mutant for example in examples for mutant in mutants(example)):
        if isinstance(record, dict) and check(form.schema, record) == []:
            passed += 1
            row, hits = decode(form, record)
            if row is not None and not errors(hits) and form.encode is not None:
                encode(form, row)
    assert passed > len(examples)


# What a record is called.

SHAPES = [
    ({"messages": [{"role": "user", "content": "<image>"}], "images": ["a"]}, "openai"),
    ({"messages": [{"role": "user", "content": "a"}], "images": ["a"]}, "trl-messages"),
    ({"messages": [{"role": "user", "content": "a"}], "image": "a"}, "trl-messages"),
    ({"messages": [{"role": "user", "content": "a"}], "images": []}, "openai"),
    ({"messages": [{"role": "user", "content": "a"}], "videos": ["a"]}, "openai"),
    (
        {"messages": [{"role": "user", "content": [{"type": "image"}]}], "images": ["a"]},
        "trl-messages",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "image", "url": "u"}]}], "images": []},
        "openai",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "value": "a"}]}]},
        "llamafactory-v1",
    ),
    (
        {
            "chosen": [{"role": "user", "content": [{"type": "text", "value": "a"}]}],
            "rejected": [{"role": "user", "content": [{"type": "text", "value": "a"}]}],
        },
        "llamafactory-v1-preference",
    ),
    ({"conversations": [{"from": "human", "value": "<image>"}], "image": "a.png"}, "llava"),
    ({"conversations": [{"from": "human", "value": "a"}], "image": None}, "sharegpt"),
]


@pytest.mark.parametrize(("record", "name"), SHAPES, ids=lambda value: json.dumps(value)[:60])
def test_records_with_media_are_told_apart(record: dict[str, Any], name: str) -> None:
    assert shape_of(record) == name


@pytest.mark.parametrize(
    "record",
    [
        {"input": "a", "output": "b", "image": "c"},
        {"messages": [{"role": "user", "content": "<image>"}], "image": "a"},
    ],
    ids=["vqa", "one image and a tag"],
)
def test_what_has_two_meanings_is_asked_for(record: dict[str, Any]) -> None:
    assert isinstance(shape_of(record), Ambiguous)


# Real files.

DATA = os.environ.get("TUNESMITH_DATA")
real = pytest.mark.skipif(not DATA, reason="TUNESMITH_DATA names no folder of real data")


def published(name: str) -> list[dict[str, Any]]:
    text = (Path(DATA or "") / name).read_text("utf-8")
    if name.endswith("l"):
        return [json.loads(line) for line in text.splitlines()]
    found: list[dict[str, Any]] = json.loads(text)
    return found


FACTORY = "hiyouga+LLaMA-Factory/data/"


@real
@pytest.mark.parametrize("name", ["mllm_demo", "mllm_audio_demo", "mllm_video_demo"])
def test_published_media_goes_round(name: str) -> None:
    for record in published(f"{FACTORY}{name}.json"):
        assert shape_of(record) == "openai"
        row, hits = decode(BY_NAME["openai"], record)
        assert hits == []
        assert len(row["media"]) == sum(len(record.get(c, ())) for c in COLUMN_OF.values())
        again, losses = encode(BY_NAME["llamafactory-messages"], row)
        assert (canonical(again), losses) == (canonical(record), [])
        turned, losses = encode(BY_NAME["sharegpt"], row)
        assert losses == []
        other, _ = decode(BY_NAME["sharegpt"], turned)
        assert other == {key: row[key] for key in ("messages", "media")}
        for through in ("openai", "trl-messages"):
            written, losses = encode(BY_NAME[through], row)
            if name == "mllm_demo":
                other, _ = decode(BY_NAME[through], written)
                assert {hit.code for hit in losses} <= {"LOS055"}
                assert other["messages"] == row["messages"]
                assert other["media"] == row["media"]
            else:
                assert "LOS022" in {hit.code for hit in losses}


@real
def test_the_published_v1_file_is_the_alpaca_file_again() -> None:
    form = BY_NAME["llamafactory-v1"]
    told = set()
    for name in ("alpaca_en_demo", "identity"):
        for record in published(f"{FACTORY}{name}.json"):
            told.add(canonical(decode(BY_NAME["alpaca"], record)[0]["messages"]))
    same = 0
    for record in published(f"{FACTORY}v1_sft_demo.jsonl"):
        assert shape_of(record) == form.name
        row, hits = decode(form, record)
        assert (hits, set(row)) == ([], {"messages"})
        assert encode(form, row) == (record, [])
        same += canonical(row["messages"]) in told
    assert same == 305


@real
def test_the_published_question_about_an_image() -> None:
    (record,) = published("pytorch+torchtune/tests/assets/vqa_tiny.json")
    assert isinstance(shape_of(record), Ambiguous)
    row, hits = decode(BY_NAME["torchtune-vqa"], record)
    assert hits == []
    written, losses = encode(BY_NAME["llava"], row)
    assert losses == []
    assert written["image"] == record["image"]
    assert written["conversations"][0]["value"] == "<image>" + record["input"]
