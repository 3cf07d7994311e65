"""Repairs of records that are no JSON yet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate.build import convert
from curate.build.ask import settings_of
from curate.build.mend import whole_surrogates

ESCAPES = [
    (rb'"a \ud83d b"', rb'"a \ufffd b"', 1),
    (rb'"\ude00\ud83d"', rb'"\ufffd\ufffd"', 2),
    (rb'"\uD83D\uDE00"', rb'"\uD83D\uDE00"', 0),
    (rb'"\\ud83d"', rb'"\\ud83d"', 0),
    (rb'"\\\ud83d"', rb'"\\\ufffd"', 1),
    (rb'"\n\u00e9"', rb'"\n\u00e9"', 0),
]


@pytest.mark.parametrize(("raw", "whole", "count"), ESCAPES)
def test_half_a_pair_is_replaced(raw: bytes, whole: bytes, count: int) -> None:
    found, hits = whole_surrogates(raw)
    assert found == whole
    assert [hit.code for hit in hits] == ["LOS053"] * bool(count)
    json.loads(found).encode()


def test_surrogates_are_replaced_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "a \\ud83d"}\n{"text": "b"}\n{"text": \n')
    out = tmp_path / "out.jsonl"
    refused = convert(path, str(out), to="text")
    assert refused.ledger.removed == {"SRC005": 1, "SRC002": 1}
    made = convert(path, str(out), to="text", settings=settings_of({"repairs": ("surrogates",)}))
    assert made.ledger.removed == {"SRC002": 1}
    assert made.ledger.findings["LOS053"] == 1
    assert [json.loads(line)["text"] for line in out.open()] == ["a \ufffd", "b"]


def test_python_literals_are_read_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": None}]
    path.write_text(f'messages\n"{turns!r}"\n')
    out = tmp_path / "out.jsonl"
    assert convert(path, str(out), to="openai").ledger.rows_out == 0
    settings = settings_of({"repairs": ("python-literals",), "profiles": ("default",)})
    made = convert(path, str(out), to="openai", settings=settings)
    assert made.ledger.findings["LOS051"] == 1
