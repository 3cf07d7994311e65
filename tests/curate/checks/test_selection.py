"""Selections: profiles, `--select`, `--ignore`, and what they refuse."""

from __future__ import annotations

import pytest

from curate.checks import ALL, DEFAULT, PROFILES, RULES, Profile, profile_named, select
from curate.errors import UsageError


def codes(*args: object) -> list[str]:
    return [rule.code.code for rule in select(*args).rules]  # type: ignore[arg-type]


def test_default_is_the_errors_of_its_families() -> None:
    assert codes(DEFAULT) == [
        rule.code.code
        for rule in RULES
        if rule.code.severity == "error" and rule.code.family in ("TRN", "TOL", "PRF", "KTO", "MED")
    ]
    assert set(select(DEFAULT).severities.values()) == {"error"}


def test_all_is_every_rule_in_order() -> None:
    assert codes(ALL) == [rule.code.code for rule in RULES]
    assert "SRC001" in select(ALL).codes


def test_select_replaces_the_profile_and_ignore_takes_away() -> None:
    assert codes(DEFAULT, ["TRN00,tol003"], ["TRN005", "TRN006,TRN007"]) == [
        "TRN004",
        "TRN008",
        "TRN009",
        "TOL003",
    ]
    assert codes(DEFAULT, ["identical-sides"]) == ["PRF003"]


def test_codes_that_are_no_rule_can_be_selected() -> None:
    found = select(ALL, ["SRC001", "TRN"], ["TRN004"])
    assert {"SRC001", "TRN001", "TRN005"} <= found.codes
    assert not {"SRC002", "TRN004", "TOL003"} & found.codes
    assert select(ALL, ["BAL"]).rules == ()


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("TNR", "did you mean TRN?"),
        ("KTO104", "did you mean KTO004?"),
        ("empty-contents", "did you mean empty-content?"),
        ("qqqqqqqq", "see `curate rules`"),
        ("", "see `curate rules`"),
    ],
)
def test_unknown_entries_are_refused(entry: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        select(ALL, ["TRN", entry])
    assert repr(entry) in raised.value.message
    assert raised.value.hint == hint
    with pytest.raises(UsageError):
        select(ALL, (), [entry])


def test_a_profile_changes_severities() -> None:
    strict = Profile(
        name="strict",
        title="",
        dated="2026-11-21",
        source="",
        families=("TRN",),
        defaults=("error",),
        severities={"TRN009": "error", "TRN004": "off", "TXT003": "info"},
    )
    found = select(strict)
    ran = {rule.code.code for rule in found.rules}
    assert {"TRN009", "TRN005", "TXT003"} <= ran
    assert not {"TRN004", "TRN008", "TXT004"} & ran
    assert (found.severity("TRN009"), found.severity("TXT003")) == ("error", "info")
    assert select(strict, ["TRN004"]).severity("TRN004") == "error"


def test_profiles_are_found_by_name() -> None:
    assert [profile_named(profile.name) for profile in PROFILES] == list(PROFILES)
    with pytest.raises(UsageError, match="unknown profile 'defualt'") as raised:
        profile_named("defualt")
    assert raised.value.hint == "did you mean default?"


def test_rules_of_a_kind() -> None:
    found = select(ALL)
    assert all("unpaired" in rule.kinds for rule in found.of_kind("unpaired"))
    families = {rule.code.family for rule in found.of_kind("text")}
    assert families >= {"TRN", "TXT"}
    assert not families & {"PRF", "KTO"}
