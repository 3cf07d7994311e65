"""Nothing that is somebody's is left in any byte of a row, in whatever column it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curate.people import Person
from curate.redaction import Plan, Redactor
from curate.row import KINDS, Kind, Row, to_batch

PEOPLE = [
    Person("quentin.canary@example.com", "Quentin Canarius"),
    Person("me.canary@example.com", "Odalys Vogelsang", True),
]
CANARIES = (
    *("quentin.canary@example.com", "me.canary@example.com", "stranger.canary@example.net"),
    *("Quentin", "Canarius", "Odalys", "Vogelsang", "Zdzislaw"),
    *("23456789", "4539 5787", "DE89 3704", "hunter2canary!"),
)
TEXT = (
    "Hi Odalys,\n\nQuentin Canarius (quentin.canary@example.com, +49 151 23456789) says: card "
    "4539 5787 6362 1486, IBAN DE89 3704 0044 0532 0130 00, password: hunter2canary!\n"
    "CANARIUS, QUENTIN; Odalys Vogelsang; canarius, quentin; "
    "stranger.canary@example.net; me.canary@example.com\n\n"
    "Best regards,\nZdzislaw Canarius"
)
JSON = json.dumps(
    {"Quentin Canarius": [TEXT, {"phone": "+49 151 23456789"}], "raw": json.dumps({"x": TEXT})}
)


def message(role: str) -> dict[str, Any]:
    return {
        "role": role,
        "content": TEXT,
        "name": "Quentin Canarius",
        "refusal": TEXT,
        "reasoning": TEXT,
        "tool_call_id": "quentin.canary@example.com",
        "extra": JSON,
        "tool_calls": [
            {"id": "quentin.canary@example.com", "type": "function", "name": "f", "arguments": JSON}
        ],
    }


def parted(role: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "text": TEXT, "extra": JSON}]}


def row_of(kind: Kind) -> Row:
    """Return a row that has private data in every column that the kind has."""
    turns = [message("system"), message("user"), parted("user"), message("assistant")]
    own: dict[Kind, Row] = {
        "sft": {"messages": turns},
        "preference": {"prompt": turns, "chosen": turns[3:], "rejected": turns[3:]},
        "unpaired": {"prompt": turns, "completion": turns[3:], "label": True},
        "prompt_only": {"prompt": turns},
        "text": {"text": TEXT},
        "stepwise": {"prompt": turns, "completions": [TEXT, TEXT], "labels": [True, False]},
        "segments": {"segments": [{"text": TEXT, "train": True}, {"text": TEXT, "train": False}]},
    }
    beside = {"tools": JSON, "media": [{"type": "image", "ref": "Quentin Canarius/1.jpg"}]}
    row = {
        "id": "<1.quentin.canary@example.com>",
        "category": "Quentin Canarius",
        "language": "Quentin Canarius",
        "group": "Chat with Quentin Canarius",
        "extra": JSON,
        "layout": JSON,
        "origin": {"path": "WhatsApp Chat with Quentin Canarius.txt", "line": 1, "sha256": "ab"},
        "generated": {
            "backend": "x",
            "model": "Quentin Canarius",
            "params": JSON,
            "prompt_id": TEXT,
        },
    }
    if kind in ("sft", "preference", "unpaired"):
        row |= beside
    return json.loads(json.dumps({**own[kind], **row}))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("style", ["placeholder", "fake"])
@pytest.mark.parametrize("numbering", ["dataset", "row", "none"])
def test_no_canary_is_left(kind: Kind, style: str, numbering: str) -> None:
    redactor = Redactor(PEOPLE, Plan(style=style, numbering=numbering, seed=5))
    row = row_of(kind)
    before = json.dumps(row)
    assert all(canary in before for canary in CANARIES)
    redactor.row(row)
    to_batch(kind, [row])
    written = json.dumps(row, ensure_ascii=False).casefold()
    assert [canary for canary in CANARIES if canary.casefold() in written] == []


def test_all_json_in_a_row_can_still_be_read() -> None:
    row = row_of("sft")
    Redactor(PEOPLE).row(row)
    for text in (row["extra"], row["layout"], row["tools"], row["messages"][0]["extra"]):
        outer = json.loads(text)
        assert json.loads(outer["raw"])["x"].startswith("Hi [Your name],")
    assert json.loads(row["messages"][1]["tool_calls"][0]["arguments"])


def test_one_person_has_one_number_in_all_columns() -> None:
    row = row_of("sft")
    Redactor(PEOPLE).row(row)
    assert row["category"] == "[name 1]"
    assert row["origin"]["path"] == "WhatsApp Chat with [name 1].txt"
    assert "[name 1] ([email 1], [phone 2])" in row["messages"][1]["content"]
    assert row["messages"][0]["name"] == "name_1"
    assert row["id"] == "[row 1]"
    assert row["group"] == "[group 1]"


def test_texts_beside_the_rows_are_clean_too() -> None:
    redactor = Redactor(PEOPLE)
    row = row_of("text")
    redactor.row(row)
    assert redactor.text("Quentin Canarius.mbox") == "[name 1].mbox"
    assert redactor.text("in.jsonl") == "in.jsonl"
    assert "canar" not in redactor.text(TEXT).casefold().replace("stranger.canary", "")
