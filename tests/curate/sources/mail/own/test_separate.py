"""What of a mail its sender wrote, over cases of many clients and languages."""

from __future__ import annotations

import pickle
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.sources.mail.own import RULES, Separated, learn_signature, separate

CASES = Path(__file__).parents[5] / "tests" / "cases" / "mail_own"
OWN = "Hello Ben,\n\nthat is fine with me, see you there."
MARKED = "> When do you come?\n> I need to know.\n"
PLAIN = "When do you come?\n\nI need to know.\n"
NAMES = {rule.name for rule in RULES}


def cases(name: str) -> list[Any]:
    return list(yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8")))


def named(each: dict[str, Any]) -> str:
    told = each.get("client") or each.get("text") or each.get("keep")
    return f"{each['language']}-{told}"


ATTRIBUTIONS = [pytest.param(each, id=named(each)) for each in cases("attributions")]
HEADERS = [pytest.param(each, id=named(each)) for each in cases("headers")]
FOOTERS = [pytest.param(each, id=named(each)) for each in cases("footers")]
CLOSINGS = [pytest.param(each, id=named(each)) for each in cases("closings")]
WHOLE = [
    pytest.param(each, id=f"{name}-{each['name']}")
    for name in ("whole", "mixed", "further", "varied")
    for each in cases(name)
]
# An attribution whose end, alone on a line, is nothing that one could tell.
NOT_FOLDED = {"Gmail name"}


def check(text: str, own: str) -> Separated:
    """Separate, and hold the promises that hold for every text."""
    found = separate(text)
    assert found.own == own
    assert {cut.rule for cut in found.cuts} <= NAMES
    conserved(text, found)
    assert separate(found.own).own == found.own
    return found


def conserved(text: str, found: Separated) -> None:
    last = 0
    kept = []
    for cut in found.cuts:
        assert last <= cut.start < cut.end <= len(text)
        kept.append(text[last : cut.start])
        last = cut.end
    kept.append(text[last:])
    assert "".join("".join(kept).split()) == "".join(found.own.split())


@pytest.mark.parametrize("case", ATTRIBUTIONS)
def test_an_attribution_and_its_quote_go(case: dict[str, Any]) -> None:
    line = case["line"]
    for between in ("\n\n", "\n"):
        check(f"{OWN}{between}{line}\n\n{MARKED}", OWN)
    check(f"{OWN}\n\n{line}\n{MARKED}\nAnna says yes.\n", f"{OWN}\n\nAnna says yes.")
    if " " in line and case["client"] not in NOT_FOLDED:
        folded = textwrap.fill(line, 60, break_long_words=False, break_on_hyphens=False)
        check(f"{OWN}\n\n{folded}\n\n{MARKED}", OWN)
    if case.get("plain", True):
        check(f"{OWN}\n\n{line}\n\n{PLAIN}", OWN)


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_block_and_all_below_go(case: dict[str, Any]) -> None:
    for between in ("\n\n", "\n"):
        found = check(f"{OWN}{between}{case['block']}\n\n{PLAIN}", OWN)
        assert {cut.rule for cut in found.cuts} == {case["rule"]}
    alone = separate(f"{case['block']}\n\n{PLAIN}")
    assert alone.own == ""
    assert alone.is_forward


@pytest.mark.parametrize("case", FOOTERS)
def test_a_footer_goes(case: dict[str, Any]) -> None:
    found = check(f"{OWN}\n\n{case['text']}\n", OWN)
    assert case["rule"] in {cut.rule for cut in found.cuts}
    check(f"{OWN}\n\n{case['text']}\n\nOn 1/3/22 10:05 AM, Ben wrote:\n{MARKED}", OWN)


@pytest.mark.parametrize("case", CLOSINGS)
def test_a_sign_off_and_a_name_stay_and_contacts_go(case: dict[str, Any]) -> None:
    check(f"{OWN}\n\n{case['keep']}\n{case['goes']}\n", f"{OWN}\n\n{case['keep']}")


@pytest.mark.parametrize("text", cases("near_misses"))
def test_nothing_is_cut_of_what_only_looks_like_a_quote(text: str) -> None:
    assert separate(text) == Separated(text, (), False)


@pytest.mark.parametrize("case", WHOLE)
def test_a_whole_mail(case: dict[str, Any]) -> None:
    found = check(case["text"], case["own"])
    if "rules" in case:
        assert set(case["rules"]) == {cut.rule for cut in found.cuts} - {"ruler"}
        assert found.is_forward is case.get("forward", False)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_change_nothing(end: str) -> None:
    text = f"{OWN}\n\n-- \nAnna\n\nOn 1/3/22 10:05 AM, Ben wrote:\n{MARKED}"
    assert check(text.replace("\n", end), OWN)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.example], ids=lambda r: r.name)
def test_the_example_of_a_rule_is_cut_by_it(rule: Any) -> None:
    assert rule.name in {cut.rule for cut in separate(rule.example).cuts}


def test_rules_have_one_name_each() -> None:
    assert len(NAMES) == len(RULES)


def test_edges_are_trimmed_and_indents_stay() -> None:
    assert separate("\n \n   verse\n\n  end  \n\n").own == "   verse\n\n  end"


BODIES = [f"Text {n} of mine.\n\nBest,\nAnna\nstay curious, stay kind" for n in range(6)]


def test_a_signature_is_learned_of_five_mails_and_cut() -> None:
    signature = learn_signature(BODIES)
    assert signature.lines == ("stay curious, stay kind",)
    found = separate(BODIES[0], signature=signature)
    assert found.own == "Text 0 of mine.\n\nBest,\nAnna"
    assert [cut.rule for cut in found.cuts] == ["signature-learned"]
    assert pickle.loads(pickle.dumps(signature)) == signature
    assert learn_signature(reversed(BODIES)) == signature


def test_four_mails_and_one_mail_five_times_teach_nothing() -> None:
    assert learn_signature(BODIES[:4]).lines == ()
    assert learn_signature(BODIES[:1] * 5).lines == ()


def test_a_learned_line_in_the_middle_of_a_text_stays() -> None:
    text = "stay curious, stay kind\n\nis what I always say."
    assert separate(text, signature=learn_signature(BODIES)).own == text


LINES = st.sampled_from(
    [
        "> quoted",
        ">> twice",
        "On Mon, Jan 3, 2022 at 10:05 AM Ben <ben@example.com> wrote:",
        "From: Ben <ben@example.com>",
        "Subject: x",
        "-- ",
        "----",
        "Best,",
        "Anna",
        "Tel: +44 20 7946 0000",
        "Sent from my iPhone",
        "```",
        "",
        "some words of mine",
        "AB> x",
        "| bar",
        "\u202b\u200f",
    ]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=24), st.sampled_from("\n\r"))
def test_any_text_is_conserved(lines: list[str], end: str) -> None:
    text = end.join(lines)
    conserved(text, separate(text))


@given(st.text(alphabet="abc .\n", max_size=200))
def test_a_text_without_a_mark_stays(text: str) -> None:
    found = separate(text)
    assert "".join(found.own.split()) == "".join(text.split())
    assert found.cuts == ()
