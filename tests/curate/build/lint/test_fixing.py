"""What a diff shows of a fixed row."""

import pytest

from curate.build.lint.fixing import diff_of
from curate.formats import BY_NAME

ALPACA, ROW = BY_NAME["alpaca"], BY_NAME["row"]


def row_of(user, answer, **more):
    turns = [{"role": "user", "content": user}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **more}


def changed(text):
    return [line for line in text.split("\n")[2:] if line[0] in "+-"]


def test_a_diff_is_of_the_record_in_its_own_format():
    text = diff_of(row_of("Name one.", "a\0"), row_of("Name one.", "a"), ALPACA, "in.jsonl:7")
    head, fixed, where, *_ = text.split("\n")
    assert (head, fixed) == ("--- in.jsonl:7", "+++ fixed")
    assert where.startswith("@@ ")
    assert changed(text) == ['-  "output": "a\\u0000"', '+  "output": "a"']


@pytest.mark.parametrize(
    "sign", ["\x1b", "\u202e", "\u200b", "\x7f", "\u2028", "\xa0", "\u3000", "\ufe0f"]
)
def test_no_sign_reaches_the_terminal(sign):
    old = row_of("Name one.", f"a{sign}b", extra={f"k{sign}": sign})
    text = diff_of(old, row_of("Name one.", "ab", extra={"k": 1}), ALPACA, "in.jsonl:1")
    assert sign not in text
    assert f"\\u{ord(sign):04x}" in text


def test_a_format_that_cannot_write_the_row_shows_the_row():
    old, new = row_of("a", "b\0"), row_of("a", "b")
    old["messages"].append({"role": "tool", "content": "x"})
    new["messages"].append({"role": "tool", "content": "x"})
    text = diff_of(old, new, ROW, "in.jsonl:1")
    assert '"role": "tool"' in text
    assert len(changed(text)) == 2


def test_long_lines_are_cut_to_what_differs():
    before, after = "x" * 100_000 + "\0" + "y" * 100_000, "x" * 100_000 + "y" * 100_000
    text = diff_of(row_of("q" * 50_000, before), row_of("q" * 50_000, after), ALPACA, "a:1")
    assert len(text) < 3_000
    removed, added = changed(text)
    assert "\\u0000" in removed
    assert removed[:2] == "-…"
    assert (removed[-1], added[-1]) == ("…", "…")
    assert "xy" in added
