"""Rendered texts and AutoTrain's lists: every case, every byte, and rows that hold marks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import schema
from curate.formats import BY_NAME, shape_of
from curate.formats.pieces.rendered_text import DIALECTS, cut, write
from tests.curate.formats.format_cases import (
    cases,
    chats,
    decode,
    encode,
    errors,
    rows,
    run_decode,
    run_encode,
    run_rows,
    run_stable,
    words,
)

RENDERED = tuple(f"rendered:{dialect.name}" for dialect in DIALECTS)
NAMES = (*RENDERED, "autotrain-chat")


@pytest.mark.parametrize("case", cases("rendered", "decode"))
def test_decode(case: dict[str, Any]) -> None:
    run_decode(case)


@pytest.mark.parametrize("case", cases("rendered", "encode"))
def test_encode(case: dict[str, Any]) -> None:
    run_encode(case)


@pytest.mark.parametrize("name", NAMES)
@given(row=rows)
def test_any_row_comes_back_or_its_losses_are_declared(name: str, row: dict[str, Any]) -> None:
    run_rows(BY_NAME[name], row)


@pytest.mark.parametrize("name", NAMES)
@given(row=rows)
def test_a_written_record_is_stable(name: str, row: dict[str, Any]) -> None:
    run_stable(BY_NAME[name], row)


marks = st.sampled_from([mark for dialect in DIALECTS for mark in dialect.marks])
signs = st.sampled_from(
    ["</s>", "<s>", "<|endoftext|>", "<|im_end|>", "\n", "### Human", "<|user|>", "<", "|>", ": "]
)
spiked = st.lists(words | marks | signs, max_size=4).map("".join)


@pytest.mark.parametrize("name", RENDERED)
@given(texts=st.lists(spiked, min_size=1, max_size=4))
def test_text_that_holds_marks_is_never_read_as_another_turn(name: str, texts: list[str]) -> None:
    """Whatever users typed: without an error loss the same turns come back."""
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]
    record, losses = encode(BY_NAME[name], {"messages": messages})
    assert record is not None
    if not errors(losses):
        row, hits = decode(BY_NAME[name], record)
        assert hits == []
        assert row["messages"] == messages


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(pieces=st.lists(marks | signs | words | st.sampled_from(
    ["<|im_start|>user\n", "<|im_end|>\n", "### Human: ", "### Assistant: ", "<|user|>\n",
     "<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>", "<|begin_of_text|>"]
), max_size=8))  # fmt: skip
def test_what_is_cut_is_the_same_when_written_again(dialect: Any, pieces: list[str]) -> None:
    text = "".join(pieces)
    found = cut(dialect, text)
    if not isinstance(found, str):
        assert write(dialect, found.turns, found.system, found.style) == text


def test_ours_and_the_shipped_templates_write_the_same_bytes() -> None:
    from curate.render.template import Specials, shipped

    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "a\nb"},
        {"role": "assistant", "content": "c"},
    ]
    for name in ("chatml", "zephyr"):
        record, _ = encode(BY_NAME[f"rendered:{name}"], {"messages": messages})
        theirs = shipped(name).row({"messages": messages}, Specials("</s>"), "all")
        assert record["text"] == "".join(piece.text for piece in theirs.segments)


ODD: tuple[Any, ...] = (None, 0, "", [], {}, True, "x", [[]], {"a": 1}, [{}], "[[]]", '[{"a": 1}]')


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_what_the_schema_lets_pass_is_decoded_or_set_aside(name: str, value: Any) -> None:
    form = BY_NAME[name]
    turns = ({"role": value}, {"role": "user", "content": value}, {"from": value, "value": value})
    records = [{"text": value}, *({"text": [turn]} for turn in turns)]
    records += [{"text": json.dumps(record["text"])} for record in records[1:]]
    records += [{"text": [{"role": "user", "content": "a"}], "tools": value, "category": value}]
    for record in records:
        if schema.check(form.schema, record) == []:
            row, hits = decode(form, record)
            assert hits or row is not None
            if row is not None and not errors(hits):
                encode(form, row)


@given(row=chats)
def test_a_chat_goes_through_every_template_and_back(row: list[dict[str, str]]) -> None:
    for name in RENDERED:
        record, losses = encode(BY_NAME[name], {"messages": row})
        if record is not None and not errors(losses):
            again, hits = decode(BY_NAME[name], record)
            assert (again["messages"], hits) == (row, [])


@pytest.mark.parametrize(
    ("record", "shape"),
    [
        ({"text": "[{'role': 'user', 'content': 'a'}]"}, ("autotrain-chat", "text")),
        ({"text": '[ {"content": "a", "role": "user"}]'}, ("autotrain-chat", "text")),
        ({"text": "[{}]"}, "text"),
        ({"text": "a"}, "text"),
        ({"text": [{"role": "user", "content": "a"}]}, "autotrain-chat"),
        ({"text": ["a"]}, "text"),
        ({"text": "<|im_start|>user\na<|im_end|>\n"}, "text"),
    ],
)
def test_shapes(record: dict[str, Any], shape: object) -> None:
    found = shape_of(record)
    assert getattr(found, "candidates", found) == shape


# Lines that are arrays, as AutoTrain's documentation shows them

LINE = b'[{"content": "a", "role": "user"}, {"content": "b", "role": "assistant"}]\n'
ASKED = [["user", "a"], ["assistant", "b"]]


def said(row: dict[str, Any]) -> list[list[str]]:
    return [[message["role"], message["content"]] for message in row["messages"]]


@pytest.mark.parametrize(
    ("name", "source", "count"),
    [
        ("a.jsonl", LINE * 3, 3),
        ("a.jsonl", LINE, 1),
        ("a.json", LINE, 1),
        ("a.json", b"[" + LINE.rstrip() + b",\n" + LINE.rstrip() + b"]", 2),
        ("a.jsonl", LINE + b'{"messages": [{"role": "user", "content": "a"},'
                    b' {"role": "assistant", "content": "b"}]}\n', 2),
        ("a.jsonl", b'[{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]\n', 1),
        ("a.jsonl", b'[{"messages": [{"role": "user", "content": "a"},'
                    b' {"role": "assistant", "content": "b"}]}]\n' * 2, 2),
        ("a.json", b'[{"messages": [{"role": "user", "content": "a"},'
                   b' {"role": "assistant", "content": "b"}]}]', 1),
    ],
)  # fmt: skip
def test_an_array_is_a_record(read: Any, name: str, source: bytes, count: int) -> None:
    done = read(source, name, per_row=True)
    assert [said(row) for row in done.rows] == [ASKED] * count
    assert done.rejected == []


def test_a_list_of_one_object_is_that_object(read: Any) -> None:
    done = read(b'[{"text": "a"}]\n[{"text": "b"}]\n')
    assert done.texts == ["a", "b"]
    assert [row["origin"]["line"] for row in done.rows] == [1, 2]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"[1]", "SRC011"),
        (b"[]", "SRC011"),
        (b'[{"role": "user", "content": "a"}, 7]', "SRC011"),
        (b'[{"a": 1}, {"a": 2}]', "SRC011"),
        (b'[{"role": "user", "role": "user", "content": "a"}]', "SRC007"),
        (b'[{"role": "user", "content": ' + b"[" * 70 + b"]" * 70 + b"}]", "SRC008"),
        (b'[{"role": "user", "content": {' + b",".join(b'"%d": 1' % n for n in range(10_001))
         + b"}}]", "SRC010"),
    ],
)  # fmt: skip
def test_an_array_that_is_no_record_is_set_aside(read: Any, line: bytes, code: str) -> None:
    done = read(b'{"text": "a"}\n' + line + b"\n")
    assert done.texts == ["a"]
    assert [record["code"] for record in done.rejected] == [code]


def test_a_long_number_in_an_array_is_kept(read: Any) -> None:
    line = LINE.replace(b'"role": "user"', b'"role": "user", "n": 123456789012345678901')
    done = read(line + LINE)
    assert [said(row) for row in done.rows] == [ASKED, ASKED]
    assert json.loads(done.rows[0]["messages"][0]["extra"]) == {"n": 123456789012345678901}


def test_a_column_is_mapped_and_read(tmp_path: Path, curate: Any) -> None:
    text = json.dumps([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}])
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"chat": text}) + "\n")
    options = ("--map", "text=chat", "--from", "autotrain-chat", "--to", "rendered:chatml")
    assert curate("convert", source, "-o", out, *options).code == 0
    wanted = "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"
    assert json.loads(out.read_text()) == {"text": wanted}
    back = tmp_path / "back.jsonl"
    options = ("--from", "rendered:chatml", "--to", "openai")
    assert curate("convert", out, "-o", back, *options).code == 0
    assert json.loads(back.read_text())["messages"][1] == {"role": "assistant", "content": "b"}


def test_lines_of_text_are_read_too(tmp_path: Path, curate: Any) -> None:
    source, out = tmp_path / "in.txt", tmp_path / "out"
    source.write_text("### Human: a### Assistant: b\n### Human: c### Assistant: d\n")
    ended = curate("convert", source, "-o", out, "--from", "rendered:guanaco", "--json")
    assert (ended.code, ended.document["rows_out"]) == (0, 2)


@pytest.mark.skipif("TUNESMITH_DATA" not in os.environ, reason="TUNESMITH_DATA is not set")
def test_published_texts_are_named_or_left_alone() -> None:
    """Plain text is never taken for a rendered one."""
    for path in Path(os.environ["TUNESMITH_DATA"]).rglob("*.txt"):
        text = path.read_bytes()[:100_000].decode(errors="replace")
        assert [d.name for d in DIALECTS if not isinstance(cut(d, text), str)] == []
