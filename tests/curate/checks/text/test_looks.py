"""The screens over columns let every text through that a rule of these files would hit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate.checks import check_row, fix_rows, select
from curate.checks.base import Rule
from curate.checks.candidates import candidates
from curate.checks.columns import Texts, texts_of
from curate.checks.profiles import ALL
from curate.checks.text.looks import Look, Looks
from curate.row import Row, to_batch

RULES = tuple(select(ALL, ["TXT", "QLT08"]).of_kind("text"))
FIXING = [rule for rule in RULES if rule.fix is not None]
SPACES = [chr(point) for point in range(0x3001) if chr(point).isspace()]
PIECES = [
    *("â€™", "Ã©", "Ã", "Â°", "cafÃ©", "РџСЂРё", "é", "É", "и", "你", "｡", "！", "Ａ", "😀", "✓"),
    *("▁the▁a", "Ġaba", "<0x0A>", "\\n", "\\r\\n", "\\u00e9", "\\ud83d", "\\_", "a_b", "&amp;"),
    *("&amp;amp;", "&#39;", "<br>", "<p>", "</div>", "[4]", ",[4]", "[citation needed]", " ()"),
    *(" (; ", "{{name}}", "```", "`x`", "~~~", "``", "![a](b)", "data:image/png;base64,", "QUJD"),
    *("https://urldefense.com/", "<|im_end|>", "</s>", "Human: ", "### Input:", "Copy code"),
    *("def f(x):", " return x", "if x:", ".Then ", "5.It", "!!!!!", "0" * 30, "哈哈", "frac{1}{2}"),
    *("\x00\x07\x0b\x0c\x1b\x7f\x80\x85\x9f\xad", "\ufeff", "\ufffd", "\u200b", "\u200d", "\u202e"),
    *("\u2028", "\ue000", "\uffff", "\U000e0041", "\ufe0f", "\u0301", "\u3099", "\u212b", "ﬁ"),
    *("а", "a", "B", "é", "|", "\n\n\n\n", "[31m", "x" * 150, "一" * 110, "The same words. "),
    *SPACES,
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def row_of(text: str) -> Row:
    return {"text": text}


@settings(max_examples=120, deadline=None)
@given(st.lists(TEXTS, max_size=6))
@example(["a" * 299, "a" * 299, "", "a" * 301, "你" * 400 + "b" * 300 + "你"])
@example(["", "", "x"])
@example(["I am sorry. " * 30, "", "x " * 200, "0" * 40])
def test_a_screen_lets_through_what_its_rule_hits(contents: list[str]) -> None:
    rows = [row_of(text) for text in contents]
    texts = texts_of(to_batch("text", rows))
    may_break = candidates(RULES, texts, np.zeros(len(rows), np.bool_))
    for at, row in enumerate(rows):
        for number, rule in enumerate(RULES):
            if next(rule.check(row), None) is not None:
                assert may_break[number, at], rule.code.code


@settings(max_examples=120, deadline=None)
@given(TEXTS)
def test_a_fix_leaves_nothing_for_itself_to_do(text: str) -> None:
    row = row_of(text)
    for rule in FIXING:
        assert rule.fix is not None
        fixed = rule.fix(row)
        assert rule.fix(fixed) == fixed, rule.code.code
        if fixed != row:
            assert rule.code.code in codes(row, rule), "a fix changed what its rule does not find"


def codes(row: Row, rule: Rule) -> set[str]:
    return {found.code.code for found, _ in check_row(row, [rule])}


def test_escapes_are_read_before_control_characters_are_removed() -> None:
    row = row_of("\\(\x0crac{1}{2}\\) \x1b[31mred\x1b[0m \x07")
    fixed, _ = fix_rows([row], "text", RULES, unsafe=True)
    assert fixed == [row_of("\\(\\frac{1}{2}\\) red ")]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"U+{ord(space):04X}")
def test_every_white_space_at_an_edge_is_seen(space: str) -> None:
    [rule] = select(ALL, ["TXT008"]).of_kind("sft")
    for text in (f"{space}a", f"a{space}", f"é{space}", f"{space}。"):
        assert may_hit(rule, text), repr(text)
    assert not may_hit(rule, f"a{space}b")


@pytest.mark.parametrize("text", ["”", "a。", "…", "é", "😀", "“x”", ""])
def test_other_edges_are_left_out(text: str) -> None:
    [rule] = select(ALL, ["TXT008"]).of_kind("sft")
    assert not may_hit(rule, text)


def may_hit(rule: Rule, text: str) -> bool:
    assert rule.screen is not None
    return bool(rule.screen(of_texts(["x", text, "y"]))[1])


def of_texts(values: list[str]) -> Texts:
    places = np.arange(len(values))
    return Texts(pa.array(values, pa.large_string()), places, places, len(values))


def test_looks_are_done_anew_for_other_texts() -> None:
    looks = Looks(tag=Look("<b>", "<"), dot=Look("·", points="·"), both=Look("[·<]", "<", "·"))
    for values, tag, dot in (
        (["<b>", "<", "·", "a"], [1, 0, 0, 0], [0, 0, 1, 0]),
        (["·<b>", "", "é"], [1, 0, 0], [1, 0, 0]),
        ([], [], []),
    ):
        texts = of_texts(values)
        assert looks["tag"](texts).tolist() == [bool(each) for each in tag]
        assert looks["dot"](texts).tolist() == [bool(each) for each in dot]
        expected = ["·" in text or "<" in text for text in values]
        assert looks["both"](texts).tolist() == expected


def test_a_slice_of_texts_is_looked_at_by_its_own_bytes() -> None:
    looks = Looks(tag=Look("<b>", "<"), dot=Look("·", points="·"))
    whole = pa.array(["<b>·", "a", "·", "<b>", "b"], pa.large_string())
    for start in range(5):
        part = whole.slice(start)
        places = np.arange(len(part))
        texts = Texts(part, places, places, len(part))
        assert looks["tag"](texts).tolist() == ["<b>" in text for text in part.to_pylist()]
        assert looks["dot"](texts).tolist() == ["·" in text for text in part.to_pylist()]


def test_an_unknown_look_is_refused() -> None:
    with pytest.raises(KeyError):
        Looks()["nothing"]
