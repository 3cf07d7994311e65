"""`curate rules | rule`: every code, and the page of one."""

import json

import pytest

from curate import checks
from curate.cli import rules as commands
from curate.schema import check


def test_rules_hold_every_code_once_with_its_page(curate):
    document = curate("rules", "--json").document
    assert check("rules", document) == []
    rules = document["rules"]
    codes = [rule["code"] for rule in rules]
    assert codes == sorted(set(codes))
    assert {"SRC001", "SCH002", "TRN006", "LOS002", "SCH032"} <= set(codes)
    assert set(rules[0]) == {"code", "slug", "family", "severity", "fix"}
    assert set(document["families"]) == {rule["family"] for rule in rules}
    page = curate("rule", "src001").out
    assert page.startswith("SRC001 invalid-json (error)")
    assert curate("rule", "invalid-json").out == page
    found = curate("rule", "src001", "--json").document
    assert found.pop("page") in page
    assert (found.pop("schema_version"), found.pop("command")) == (1, "rule")
    assert (found.pop("profiles"), found.pop("measured")) == ({}, None)
    assert found == next(rule for rule in rules if rule["code"] == "SRC001")


def test_the_rules_of_a_profile_have_its_severities(curate):
    document = curate("rules", "--for", "default", "--json").document
    assert check("rules", document) == []
    assert {rule["severity"] for rule in document["rules"]} == {"error"}
    listed = curate("rules", "--for", "default").out.splitlines()
    assert [line.split()[0] for line in listed] == [rule["code"] for rule in document["rules"]]
    assert len(listed) < len(curate("rules", "--for", "default,all").out.splitlines())
    assert curate("rules", "--for", "nonsense").code == 2


def test_a_rule_says_who_raises_it_and_whether_it_is_fixed(curate):
    lines = curate("rule", "TXT001").out.splitlines()
    assert lines[0] == "TXT001 nul-character (warning, safe fix)"
    (profiles,) = [line for line in lines if line.startswith("Profiles: ")]
    assert {"lint", "all"} <= set(profiles.removeprefix("Profiles: ").split(", "))
    assert curate("rule", "TXT001", "--json").document["profiles"]["lint"] == "warning"


MEASURES = [
    ([], "Measured: it hits nothing in the published data that it was run on"),
    (
        [
            {"file": "a.json", "rows": 9000, "hits": 1310, "read": 30, "right": 29},
            {"file": "b.json", "rows": 10, "hits": 1, "read": 1, "right": 1},
        ],
        "Measured: 30 of 31 hits that were read are right "
        "(a.json 1,310 of 9,000 rows, b.json 1 of 10 rows)",
    ),
    (
        [{"file": "a.json", "rows": 9000, "hits": 1, "read": 0, "right": 0}],
        "Measured: no hit was read (a.json 1 of 9,000 rows)",
    ),
]


@pytest.mark.parametrize(("measured", "said"), MEASURES, ids=range(len(MEASURES)))
def test_a_rule_says_how_often_it_was_right(curate, tmp_path, monkeypatch, measured, said):
    (tmp_path / "measured.json").write_text(json.dumps({"TXT001": measured}))
    monkeypatch.setattr(checks, "__file__", str(tmp_path / "__init__.py"))
    commands.measured.cache_clear()
    lines = curate("rule", "TXT001").out.splitlines()
    commands.measured.cache_clear()
    assert lines[-1] == said


@pytest.mark.parametrize(
    ("word", "meant"),
    [("TXT0O1", "TXT0"), ("nul-charakter", "nul-character"), ("invalid-jsn", "invalid-json")],
)
def test_a_misspelt_code_is_answered_with_the_nearest(curate, word, meant):
    ended = curate("rule", word)
    assert ended.code == 2
    assert f"did you mean {meant}" in ended.err
