"""Conversations of ChatGPT and Claude: their cases, any tree, damage, and the real files."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import schema
from curate.build import convert
from curate.build.ask import settings_of
from curate.codes import BY_CODE
from curate.finding import Hit
from curate.formats import BY_NAME, shape_of
from curate.formats.exports.citations import without_citations
from tests.curate.formats.published_cases import (
    cases,
    damaged,
    fits_arrow,
    places,
    rows_of,
    run_read,
)

NAMES = [f"{name}{way}" for name in ("chatgpt", "claude") for way in ("", "-paths", "-preference")]
DATA = Path(os.environ.get("TUNESMITH_DATA", "/nowhere"))
FIXTURES = DATA / "joeamroo+knowledgemaxxing/tests/fixtures"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="TUNESMITH_DATA does not name the folder of public data files"
)


@pytest.mark.parametrize("case", cases("read", "exports"))
def test_a_record_becomes_its_rows(case: dict[str, Any]) -> None:
    if "row" in case or "rows" in case or "schema" in case:
        run_read(case)
        return
    rows, hits = rows_of(BY_NAME[case["format"]], case["record"])
    assert rows == []
    assert places(hits) == case["hits"]


def test_they_are_personal_and_only_read() -> None:
    assert all(BY_NAME[name].personal and BY_NAME[name].encode is None for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_damage_that_the_schema_passes_breaks_it(name: str) -> None:
    form = BY_NAME[name]
    records = [c.values[0]["record"] for c in cases("read", "exports") if c.values]
    own = [r for r in records if ("mapping" in r) == name.startswith("chatgpt")]
    found = 0
    for record in own[:12] + schema.load(form.schema)["examples"]:
        for changed in damaged(record):
            if not isinstance(changed, dict) or schema.check(form.schema, changed):
                continue
            found += 1
            rows, hits = rows_of(form, changed)
            assert rows or hits
            for row in rows:
                fits_arrow(form.kind, row)
    assert found > 500


def test_thoughts_before_an_answer_are_its_reasoning() -> None:
    thoughts = {
        "author": {"role": "assistant"},
        "content": {"content_type": "thoughts", "thoughts": [{"content": "Hm."}, {"summary": "S"}]},
    }
    answer = {"author": {"role": "assistant"}, "content": {"parts": ["A."]}}
    question = {"author": {"role": "user"}, "content": {"parts": ["Q."]}}
    mapping = {
        "q": {"parent": None, "message": question},
        "t": {"parent": "q", "message": thoughts},
        "a": {"parent": "t", "message": answer},
    }
    (row,), hits = rows_of(BY_NAME["chatgpt"], {"mapping": mapping, "current_node": "a"})
    assert hits == []
    assert row["messages"][1] == {"role": "assistant", "content": "A.", "reasoning": "Hm.\n\nS"}


def test_the_thinking_of_claude_is_reasoning() -> None:
    blocks = [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "A."}]
    messages = [{"sender": "human", "text": "Q."}, {"sender": "assistant", "content": blocks}]
    (row,), hits = rows_of(BY_NAME["claude"], {"uuid": "c", "chat_messages": messages})
    assert hits == []
    assert row["messages"][1]["reasoning"] == "Hm."


@pytest.mark.parametrize(
    ("text", "shown", "count"),
    [
        ("plain", "plain", 0),
        ("see 【a】 and † there", "see 【a】 and † there", 0),
        ("a【3:0†x.pdf】b", "ab", 1),
        ("a \ue200cite\ue202turn0search1\ue202turn0news2\ue201.", "a.", 1),
        ("\ue200url\ue202Label\ue202turn0\ue201 x", "Label x", 1),
        ('in \ue200entity\ue202["city","Rome"]\ue201', "in Rome", 1),
        ("in \ue200entity\ue202[broken\ue201.", "in.", 1),
        ("a \ue200cite", "a cite", 1),
        ("a\ue202b", "ab", 1),
    ],
)
def test_citation_marks(text: str, shown: str, count: int) -> None:
    assert without_citations(text) == (shown, count)


@given(st.text(alphabet="ab †【】\ue200\ue201\ue202\n", max_size=60))
def test_no_citation_sign_stays(text: str) -> None:
    shown, count = without_citations(text)
    assert not {"\ue200", "\ue201", "\ue202"} & set(shown)
    assert (shown == text) == (count == 0)


def test_many_marks_take_linear_time() -> None:
    for text in ("\ue200" * 300_000, "【" * 300_000 + "†", "【†" * 200_000, " " * 300_000 + "†"):
        without_citations(text)


KINDS = ["text", "text", "text", "thoughts", "code", "multimodal_text", "user_editable_context"]


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a ChatGPT conversation whose parents may be anything, with texts that name the node."""
    count = draw(st.integers(0, 9))
    names = [f"n{number}" for number in range(count)]
    parents = st.none() | st.sampled_from([*names, "gone"])
    mapping = {}
    for name in names:
        kind = draw(st.sampled_from(KINDS))
        content: dict[str, Any] = {"content_type": kind}
        if kind == "thoughts":
            content["thoughts"] = [{"content": f"<{name}>"}]
        elif kind == "user_editable_context":
            content["user_instructions"] = f"<{name}>"
        else:
            content["parts"] = draw(st.sampled_from([[f"<{name}>"], [""], [{"x": 1}], []]))
        message = {
            "author": {"role": draw(st.sampled_from(["user", "assistant", "system", "tool"]))},
            "content": content,
            "create_time": draw(st.none() | st.integers(0, 9)),
            "weight": draw(st.sampled_from([1, 1, 1, 0])),
        }
        mapping[name] = {
            "parent": draw(parents),
            "message": draw(st.sampled_from([message, message, message, None])),
        }
    current = draw(st.none() | st.sampled_from([*names, "gone"]))
    return {"mapping": mapping, "current_node": current}


def count_of(hits: list[Hit]) -> int:
    return sum(int(hit.message.split()[0]) for hit in hits if hit.code == "LOS042")


@pytest.mark.parametrize("name", ["chatgpt", "chatgpt-paths"])
@given(record=trees())
def test_every_message_is_in_a_row_or_has_a_finding(name: str, record: dict[str, Any]) -> None:
    rows, hits = rows_of(BY_NAME[name], record)
    shown = json.dumps([row["messages"] for row in rows])
    told = {hit.pointer.split("/")[2] for hit in hits if hit.pointer.count("/") >= 2}
    messages = [key for key, node in record["mapping"].items() if node["message"]]
    left = [key for key in messages if f"<{key}>" not in shown and key not in told]
    if rows:
        assert len(left) == count_of(hits)
        for row in rows:
            roles = [m["role"] for m in row["messages"] if m["role"] != "system"]
            assert roles == ["user", "assistant"] * (len(roles) // 2)
    else:
        assert "SRC080" in {hit.code for hit in hits}


@given(record=trees())
def test_pairs_differ_and_ask_the_same(record: dict[str, Any]) -> None:
    rows, hits = rows_of(BY_NAME["chatgpt-preference"], record)
    assert rows or [hit.code for hit in hits] == ["SRC080"]
    for row in rows:
        fits_arrow("preference", row)
        assert row["prompt"][-1]["role"] == "user"
        assert row["chosen"][0]["content"] != row["rejected"][0]["content"]
        assert row["chosen"][0]["role"] == row["rejected"][0]["role"] == "assistant"


def test_a_long_conversation_is_read_in_one_go() -> None:
    count = 20_000
    mapping = {
        f"n{n}": {
            "parent": f"n{n - 1}" if n else None,
            "message": {
                "author": {"role": "assistant" if n % 2 else "user"},
                "content": {"parts": [str(n)]},
            },
        }
        for n in range(count)
    }
    for name in ("chatgpt", "chatgpt-paths"):
        (row,), hits = rows_of(BY_NAME[name], {"mapping": mapping})
        assert hits == []
        assert len(row["messages"]) == count


def test_the_branches_of_one_conversation_have_one_parent(tmp_path: Path) -> None:
    example = schema.load("chatgpt")["examples"][1]
    file = tmp_path / "conversations-000.json"
    file.write_text(json.dumps([example]), "utf-8")
    settings = settings_of({"source_format": "chatgpt-paths"})
    report = convert(str(file), str(tmp_path / "out"), settings=settings)
    assert (report.ledger.rows_out, report.ledger.added) == (2, {"SCH011": 1})


@needs_data
@pytest.mark.parametrize("name", ["chatgpt", "claude"])
def test_real_files(name: str) -> None:
    records = json.loads((FIXTURES / f"conversations_{name}.json").read_text("utf-8"))
    found: Counter[str] = Counter()
    for record in records:
        assert shape_of(record) == name
        assert schema.check(name, record) == []
        (row,), hits = rows_of(BY_NAME[name], record)
        found.update(hit.code for hit in hits)
        assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
        assert row["messages"][0]["content"].startswith(("What should I read", "Find me that"))
    assert len(records) == 1
    assert found == {}
    assert {BY_CODE[code].family for code in ("SRC078", "SRC084")} == {"SRC"}
