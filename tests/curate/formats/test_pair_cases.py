"""Answer pairs and judged answers as cases: a record, its row, its faults, what is written."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from curate import schema
from curate.formats import BY_NAME, writers

FOLDER = Path(__file__).parents[2] / "cases" / "formats"
LISTS = ("prompt", "chosen", "rejected", "completion")


CASES = [
    case
    for name in ("preference", "kto")
    for case in yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['format']}: {case['name']}")
def test_a_record_becomes_its_row(case: dict[str, Any]) -> None:
    form = BY_NAME[case["format"]]
    faults = schema.check(form.schema, case["record"])
    assert [[hit.code, hit.pointer] for hit in faults] == case.get("schema", [])
    if faults:
        return
    hits: list[Any] = []
    row = form.decode(case["record"], hits)
    assert [[hit.code, hit.pointer] for hit in hits] == case.get("hits", [])
    if "row" in case:
        for column, expected in case["row"].items():
            value = row[column]
            if column in LISTS:
                value = [{message["role"]: message["content"]} for message in value]
            assert value == expected, column
    if form.encode is not None and "hits" not in case:
        losses: list[Any] = []
        record = form.encode(row, losses)
        for key, value in row.get("extra", {}).items():
            record.setdefault(key, value)
        assert [[hit.code, hit.pointer] for hit in losses] == case.get("losses", [])
        assert record == case.get("back", case["record"])


TEXTS = [
    ("trl-prompt-completion", {"prompt": "Once upon", "completion": " a time"}),
    ("trl-preference", {"prompt": "Once upon", "chosen": " a time", "rejected": " a mat"}),
    ("trl-kto", {"prompt": "Once upon", "completion": " a time", "label": True}),
]


@pytest.mark.parametrize(("source", "record"), TEXTS)
def test_plain_texts_that_become_a_chat_are_reported_once(
    source: str, record: dict[str, Any]
) -> None:
    row = BY_NAME[source].decode(record, [])
    targets = [f for f in writers() if f.kind == BY_NAME[source].kind and f.name != "row"]
    assert len(targets) > 3
    for target in targets:
        hits: list[Any] = []
        written = target.encode(row, hits)
        changed = [hit.pointer for hit in hits if hit.code == "LOS033"]
        assert changed == ([] if target.name == source else ["/prompt"]), target.name
        assert (written == record) == (target.name == source)
