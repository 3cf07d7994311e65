"""What lies beyond the limits of a consumer, and what no rule can see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curate.build.lint.bounds import image_type
from tests.curate.build.lint.test_effects import chat, consumed, of_one, rows_of


def test_too_few_rows(tmp_path: Path) -> None:
    row = chat(("user", "a"), ("assistant", "b"))
    found, findings = consumed(tmp_path / "a.jsonl", [row] * 9, "openai-sft", "fireworks")
    assert [each.code for each in findings] == ["SCH044"]
    assert "9 rows, openai-sft wants at least 10" in findings[0].message
    assert rows_of(found[0]) == {"rejected": 9}
    assert rows_of(found[1]) == {"kept": 9}
    assert rows_of(of_one(tmp_path / "a.jsonl", [row] * 10, "openai-sft")) == {"kept": 10}


def picture(url: str, count: int = 1) -> dict[str, Any]:
    parts = [{"type": "image_url", "image_url": {"url": url}}] * count
    question = {"role": "user", "content": [*parts, {"type": "text", "text": "What is it?"}]}
    answer = {"role": "assistant", "content": [{"type": "text", "text": "A cat."}]}
    return {"messages": [question, answer]}


def test_images_beyond_the_limits(tmp_path: Path) -> None:
    good = picture("https://example.com/a.png", 10)
    records = [good] * 9 + [
        picture("https://example.com/a.png", 11),
        picture("https://example.com/a.gif?width=3"),
        picture("data:image/tiff;base64,AAAA"),
        picture("data:image/png;base64," + "A" * 14_000_000),
        picture("https://example.com/picture"),
        picture("data:image/jpg;base64,AAAA"),
    ]
    found = of_one(tmp_path / "a.jsonl", records, "openai-vision")
    assert rows_of(found) == {"kept": 11, "rejected": 4}
    by_code = {code: each["rows"] for code, each in found["by_code"].items()}
    assert by_code == {"SCH047": 1, "SCH048": 2, "SCH049": 1, "MED010": 12}
    # Azure takes 64 images.
    assert rows_of(of_one(tmp_path / "a.jsonl", records, "azure")) == {"kept": 12, "rejected": 3}


@pytest.mark.parametrize(
    ("ref", "mime", "kind"),
    [
        ("a.JPG", None, "jpeg"),
        ("https://example.com/a.webp?x=1.gif", None, "webp"),
        ("a.png", "image/gif", "gif"),
        ("data:image/png;base64,AA.gif", None, "png"),
        ("data:application/pdf;base64,AAAA", None, None),
        ("https://example.com/a.php", None, None),
        ("https://example.com", None, None),
        ("", None, None),
    ],
)
def test_the_type_of_an_image(ref: str, mime: str | None, kind: str | None) -> None:
    assert image_type(ref, mime) == kind


def test_tools_that_are_an_empty_text(tmp_path: Path) -> None:
    row = chat(("user", "a"), ("assistant", "b"), tools="")
    found, findings = consumed(tmp_path / "a.jsonl", [row], "axolotl", "llama-factory")
    assert rows_of(found[0]) == {"rejected": 1}
    assert "SCH050" not in found[1]["by_code"]
    assert [each.code for each in findings if each.code == "SCH050"] == ["SCH050"]


def test_calls_and_results_need_ids(tmp_path: Path) -> None:
    call = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    row = chat(("user", "a"), ("assistant", "b"))
    row["messages"][1] = {"role": "assistant", "content": None, "tool_calls": [call]}
    row["messages"] += [{"role": "tool", "content": "c"}, {"role": "assistant", "content": "d"}]
    good = chat(("user", "a"), ("assistant", "b"))
    _, findings = consumed(tmp_path / "a.jsonl", [*[good] * 10, row, good], "openai-sft")
    assert [(each.code, each.line, each.pointer) for each in findings] == [
        ("SCH052", 11, "/messages/1"),
        ("SCH052", 11, "/messages/2"),
    ]


def test_what_is_written_anyway_is_no_fault(tmp_path: Path) -> None:
    said = [("human", "a"), ("function_call", '{"name": "f", "arguments": {}}')]
    said += [("observation", "b"), ("gpt", "c")]
    row = {"conversations": [{"from": role, "value": text} for role, text in said]}
    _, findings = consumed(tmp_path / "a.jsonl", [row] * 10, "openai-sft", "mistral")
    assert {each.code for each in findings}.isdisjoint(("SCH052", "SCH053"))
