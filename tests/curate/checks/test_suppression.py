"""What can be hidden, by whom, and how names are understood."""

import pytest

from curate.checks import ALL, RULE_CODES, select, suppressor
from curate.checks.suppression import FilePattern, per_file_of
from curate.errors import UsageError

EVERYTHING = suppressor(select(ALL))


def test_a_name_is_a_code_its_beginning_a_slug_or_a_family():
    for entry in ("TXT001", "txt001", "nul-character", "Nul-Character", " TXT001 "):
        ((_, codes),) = EVERYTHING.wish(entry).entries
        assert codes == {"TXT001"}
    ((_, family),) = EVERYTHING.wish("TXT").entries
    assert family >= {code for code in RULE_CODES if code.startswith("TXT")}
    ((_, none),) = EVERYTHING.wish("GEN").entries
    assert all(code.startswith("GEN") for code in none)


@pytest.mark.parametrize("value", ["TXT001,TXT001", ["TXT001", "TXT001", ""], "TXT001,"], ids=str)
def test_a_name_that_comes_twice_counts_once(value):
    assert [entry for entry, _ in EVERYTHING.wish(value).entries] == ["TXT001"]


def test_a_text_that_looks_like_a_list_is_no_list():
    assert EVERYTHING.wish(["TXT001"]).hits == ()
    assert [hit.code for hit in EVERYTHING.wish("['TXT001']").hits] == ["SCH033"]
    assert [hit.code for hit in EVERYTHING.wish(["a", 1]).hits] == ["SCH035"]
    assert EVERYTHING.wish(["TXT001"]).hits == ()


@pytest.mark.parametrize(("entry", "meant"), [("nul-charater", "nul-character"), ("TRM", "TRN")])
def test_what_was_probably_meant_is_proposed(entry, meant):
    (hit,) = EVERYTHING.wish(entry).hits
    assert f"did you mean {meant}?" in hit.message


def test_a_name_of_a_megabyte_is_refused_at_once():
    (hit,) = EVERYTHING.wish("x" * 1_000_000).hits
    assert len(hit.message) < 200


def test_errors_of_rules_and_warnings_can_be_hidden_and_nothing_else():
    assert EVERYTHING.may_hide("TRN006", "error")
    assert EVERYTHING.may_hide("SRC018", "warning")
    assert not EVERYTHING.may_hide("SRC001", "error")
    assert not EVERYTHING.may_hide("SCH032", "warning")


@pytest.mark.parametrize(
    ("pattern", "path", "named"),
    [
        ("*.jsonl", "a/b.jsonl", True),
        ("b.jsonl", "a/b.jsonl", True),
        ("a/*", "a/b.jsonl", True),
        ("a/*", "./a/b.jsonl", True),
        ("a/*", "c/a/b.jsonl", False),
        ("B.jsonl", "a/b.jsonl", False),
        ("[ab].jsonl", "b.jsonl", True),
        ("hf:owner/*", "hf:owner/name", True),
        ("data.json#x", "data.json#x", True),
    ],
)
def test_a_pattern_names_inputs(pattern, path, named):
    assert FilePattern(pattern, (), frozenset()).matches(path) == named


def test_patterns_and_codes_stand_on_both_sides_of_the_last_colon():
    assert per_file_of(["C:/a:TXT001, TRN"]) == (("C:/a", ("TXT001", "TRN")),)
    assert per_file_of({"a": ["TXT"]}) == (("a", ("TXT",)),)
    for wrong in ("a", "a:", ":a", "a: , "):
        with pytest.raises(UsageError, match="expected PATTERN:CODES"):
            per_file_of([wrong])
    with pytest.raises(UsageError) as raised:
        suppressor(select(ALL), per_file_of(["a:nul-charater"]))
    assert raised.value.hint == "did you mean nul-character?"
