"""Rows of one kind from rows of another: what is kept, what is reported, and what is not made."""

from __future__ import annotations

from typing import Any

import pytest

from curate.finding import Hit
from curate.formats.recast import RECASTS, kind_of_columns
from curate.row import SCHEMAS, to_batch

ASK = [{"role": "user", "content": "a"}]
GOOD = [{"role": "assistant", "content": "b"}]
BAD = [{"role": "assistant", "content": "c"}]
PAIR = {"prompt": ASK, "chosen": GOOD, "rejected": BAD, "tools": "[]", "extra": {"x": 1}}
JUDGED = {"prompt": ASK, "completion": GOOD, "label": True, "category": "k"}
CHAT = {"messages": [*ASK, *GOOD], "tools": "[]"}

CASES: list[tuple[str, dict[str, Any], str, list[dict[str, Any]], list[str]]] = [
    ("pair to chat", PAIR, "sft", [{"messages": [*ASK, *GOOD], "tools": "[]", "extra": {"x": 1}}],
     ["LOS024"]),
    ("margin", PAIR | {"margin": 2.0}, "sft",
     [{"messages": [*ASK, *GOOD], "tools": "[]", "extra": {"x": 1}}], ["LOS024", "LOS026"]),
    ("pair to judged", PAIR, "unpaired",
     [{"prompt": ASK, "completion": GOOD, "label": True, "tools": "[]", "extra": {"x": 1}},
      {"prompt": ASK, "completion": BAD, "label": False, "tools": "[]", "extra": {"x": 1}}],
     ["LOS027"]),
    ("pair to prompt", PAIR, "prompt_only", [{"prompt": ASK, "extra": {"x": 1, "tools": "[]"}}],
     ["LOS052"]),
    ("desired to chat", JUDGED, "sft", [{"messages": [*ASK, *GOOD], "category": "k"}], []),
    ("undesired to chat", JUDGED | {"label": False}, "sft", [], ["LOS028"]),
    ("judged to prompt", JUDGED, "prompt_only", [{"prompt": ASK, "category": "k"}], ["LOS052"]),
    ("chat to prompt", CHAT, "prompt_only", [{"prompt": ASK, "extra": {"tools": "[]"}}],
     ["LOS052"]),
    ("no question", {"messages": GOOD}, "prompt_only", [{"messages": GOOD}], ["LOS052", "LOS034"]),
    ("a numbered id", PAIR | {"layout": {"id": "number", "chosen_words": ["gpt"]}}, "sft",
     [{"messages": [*ASK, *GOOD], "tools": "[]", "extra": {"x": 1}, "layout": {"id": "number"}}],
     ["LOS024"]),
    ("plain texts", JUDGED | {"layout": {"prompt": "string"}}, "sft",
     [{"messages": [*ASK, *GOOD], "category": "k", "layout": {"prompt": "string"}}], []),
    ("where the instruction ends", PAIR | {"layout": {"alpaca_split": 0}}, "sft",
     [{"messages": [*ASK, *GOOD], "tools": "[]", "extra": {"x": 1},
       "layout": {"alpaca_split": 0}}], ["LOS024"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_case(case: tuple[Any, ...]) -> None:
    _, row, wanted, made, codes = case
    hits: list[Hit] = []
    assert RECASTS[kind_of_columns(row), wanted](row, hits) == made
    assert [hit.code for hit in hits] == codes
    if "LOS034" not in codes:
        bare = [{k: v for k, v in new.items() if k not in ("extra", "layout")} for new in made]
        assert to_batch(wanted, bare).num_rows == len(made)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_kind_of_a_row_is_that_of_its_columns(kind: Any) -> None:
    own = [name for name in SCHEMAS[kind].names if name not in SCHEMAS["text"].names]
    row = dict.fromkeys([*own, *(["text"] if kind == "text" else [])])
    assert kind_of_columns(row) == kind
