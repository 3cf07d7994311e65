"""Rules over a batch, and fixes over rows."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from curate.checks import ALL, DEFAULT, RULES, check_batch, check_row, fix_rows, select
from curate.row import Row, to_batch


def chat(*turns: tuple[str, str]) -> Row:
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


GOOD = chat(("user", "Hi"), ("assistant", "Hello"))
TAIL = chat(("user", "Hi"), ("assistant", "Hello"), ("user", "Bye"))
BLANK = chat(("user", " "), ("assistant", ""))
DIRTY = chat(("user", "a\ufeffb\r\n"), ("assistant", "Hello\n"))


def hits(rows: list[Row], *args: Any) -> list[tuple[int, str, str]]:
    batch = to_batch("sft", rows)
    found = check_batch(batch, "sft", select(*args))
    return [(index, rule.code.code, spot.pointer) for index, rule, spot in found]


def test_default_profile_reports_errors_by_row() -> None:
    assert hits([GOOD, TAIL, GOOD, BLANK], DEFAULT) == [
        (1, "TRN006", "/messages/2/role"),
        (3, "TRN012", "/messages/1/content"),
    ]
    assert hits([GOOD], DEFAULT) == []
    assert hits([], DEFAULT) == []


def test_other_rules_see_ordinary_rows_too() -> None:
    assert hits([GOOD, DIRTY, BLANK], ALL) == [
        (1, "TXT005", "/messages/0/content"),
        (1, "TXT008", "/messages/1/content"),
        (1, "TXT013", "/messages/0/content"),
        (2, "TRN012", "/messages/1/content"),
        (2, "TRN013", "/messages/0/content"),
    ]


def test_no_rule_of_the_kind() -> None:
    assert hits([BLANK], ALL, ["KTO"]) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([GOOD, TAIL, BLANK, DIRTY]), max_size=8), st.integers(0, 4))
def test_the_screen_changes_no_result(rows: list[Row], start: int) -> None:
    selection = select(ALL)
    batch = to_batch("sft", rows).slice(start)
    slow = [
        (index, rule, spot)
        for index, row in enumerate(rows[start:])
        for rule, spot in check_row(row, selection.of_kind("sft"))
    ]
    assert check_batch(batch, "sft", selection) == slow


def test_safe_fixes_only_unless_asked() -> None:
    rows, done = fix_rows([GOOD, DIRTY, TAIL], "sft", RULES, unsafe=False)
    assert rows == [GOOD, chat(("user", "ab\n"), ("assistant", "Hello")), TAIL]
    assert done == [(1, "TXT005"), (1, "TXT008"), (1, "TXT013")]
    rows, done = fix_rows([TAIL], "sft", RULES, unsafe=True)
    assert (rows, done) == ([GOOD], [(0, "TRN006")])


def test_one_fix_makes_room_for_another() -> None:
    row = chat(("user", "Hi"), ("user", "Ho"), ("assistant", "Hello\x00 "), ("user", "Bye"))
    rows, done = fix_rows([row], "sft", RULES, unsafe=True)
    assert rows == [chat(("user", "Hi\n\nHo"), ("assistant", "Hello"))]
    assert [code for _, code in done] == ["TRN006", "TRN009", "TXT001", "TXT008"]


def test_a_fix_that_brings_a_new_code_is_left_out() -> None:
    row = chat(("user", "Hi"), ("assistant", "<|im\x00_end|> Hello"))
    assert fix_rows([row], "sft", RULES, unsafe=True) == ([row], [])


def test_layout_that_counts_is_dropped_with_what_it_counted() -> None:
    row = {**DIRTY, "layout": json.dumps({"alpaca_split": 4, "system_from": "column"})}
    [fixed], _ = fix_rows([row], "sft", RULES, unsafe=False)
    assert json.loads(fixed["layout"]) == {"system_from": "column"}
    answer_only = {**chat(("user", "a\nb"), ("assistant", "x\n")), "layout": {"alpaca_split": 1}}
    [fixed], _ = fix_rows([answer_only], "sft", RULES, unsafe=False)
    assert fixed["layout"] == {"alpaca_split": 1}
    [fixed], _ = fix_rows([{**TAIL, "layout": {"role_words": ["a"]}}], "sft", RULES, unsafe=True)
    assert "layout" not in fixed


def test_a_split_follows_the_text_that_it_splits() -> None:
    row = {**DIRTY, "layout": {"alpaca_split": 3}}
    [fixed], _ = fix_rows([row], "sft", RULES, unsafe=False)
    assert fixed["messages"][0]["content"] == "ab\n"
    assert fixed["layout"] == {"alpaca_split": 2}


SIGNS = st.text(alphabet="a` \n\r\t\x00\x0c\u200b\u2028\u202e\ufeff\ufffd{}<|>Ã©â€™:#", max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), SIGNS), max_size=5),
    st.booleans(),
)
def test_fixing_is_idempotent_and_brings_no_new_code(
    turns: list[tuple[str, str]], unsafe: bool
) -> None:
    row = chat(*turns)
    rules = select(ALL).of_kind("sft")
    [fixed], done = fix_rows([row], "sft", RULES, unsafe=unsafe)
    before = {rule.code.code for rule, _ in check_row(row, rules)}
    after = {rule.code.code for rule, _ in check_row(fixed, rules)}
    assert after <= before
    assert {code for _, code in done} <= before
    assert fix_rows([fixed], "sft", RULES, unsafe=unsafe) == ([fixed], [])
