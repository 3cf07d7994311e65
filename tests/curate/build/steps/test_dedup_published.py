"""`dedup` on published sets, held against what their authors did and what was counted before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curate.build.line.functions import dedup
from curate.files.json_text import loads

TOOLFORMER = "teknium1+GPTeacher/Toolformer/"


def texts(path: Path, key: str) -> list[str]:
    return [row[key] for row in loads(path.read_bytes())]


def rows_of(path: Path) -> list[list[str]]:
    keys = ("instruction", "input", "response")
    return [[row.get(key, "") for key in keys] for row in loads(path.read_bytes())]


def removed(report: Any) -> dict[str, int]:
    return dict(report.ledger.removed)


@pytest.fixture
def toolformer(data: Path) -> Path:
    return data / TOOLFORMER / "toolformer-dedupe-only-dataset.json"


def test_toolformer_at_0_9_is_rouge_l_of_stemmed_responses(
    toolformer: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    dedup([str(toolformer)], str(out), on="response", method="rouge_l", threshold=0.9)
    key = rows_of(toolformer.parent / "toolformer-similarity-0.9-dataset.json")
    ours = rows_of(out)
    assert len(ours) == len(key) == 5_959
    # The author read UTF-8 as Windows' code page on the way: 17 rows of the key are garbled so.
    others = [at for at, (mine, theirs) in enumerate(zip(ours, key, strict=True)) if mine != theirs]
    assert len(others) == 17
    for at in others:
        assert key[at] in (garbled(ours[at], "cp1252"), garbled(ours[at], "latin-1"))


def garbled(row: list[str], encoding: str) -> list[str] | None:
    try:
        return [text.encode().decode(encoding) for text in row]
    except UnicodeDecodeError:
        return None


def test_without_stems_a_few_rows_differ(toolformer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    dedup([str(toolformer)], str(out), on="response", method="rouge_l", stem=False)
    key = texts(toolformer.parent / "toolformer-similarity-0.9-dataset.json", "response")
    assert len(texts(out, "response")) - len(key) == 24


def test_a_shared_preamble_makes_no_duplicates(toolformer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = dedup([str(toolformer)], str(out), clusters=True)
    assert report.ledger.rows_in == 7_673
    assert 100 < sum(removed(report).values()) < 250
    blind = dedup([str(toolformer)], str(tmp_path / "blind"), templates=False)
    assert removed(blind)["DUP011"] > 1_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alpaca_en_demo.json", 14),
        ("alpaca_zh_demo.json", 8),
        ("glaive_toolcall_en_demo.json", 35),
        ("glaive_toolcall_zh_demo.json", 43),
        ("dpo_en_demo.json", 5),
        ("dpo_zh_demo.json", 11),
        ("kto_en_demo.json", 0),
    ],
)
def test_exact_duplicates_are_those_that_were_counted(
    data: Path, tmp_path: Path, name: str, expected: int
) -> None:
    source = data / "hiyouga+LLaMA-Factory/data" / name
    report = dedup([str(source)], str(tmp_path / "out"), method="exact", folds=[])
    assert removed(report).get("DUP010", 0) == expected
