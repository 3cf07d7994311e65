"""Rules: a strict little grammar, and thresholds that only ever let more or fewer rows through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.codes import BY_CODE
from curate.errors import UsageError
from curate.filtering.presets import PRESETS, preset_named
from curate.filtering.rules import parse, parse_all

numbers = st.one_of(st.just(np.nan), st.integers(0, 20).map(float), st.floats(0, 20, width=16))
columns = st.lists(numbers, max_size=30).map(lambda values: np.array(values, np.float64))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("words >= 3", "response_words >= 3"),
        ("  response_words>=3 ", "response_words >= 3"),
        ("prompt_words < 1e3", "prompt_words < 1000"),
        ("compression_ratio >= .25 and known", "response_compression_ratio >= 0.25 and known"),
        ("turns == 2", "turns == 2"),
        ("turns != 2", "turns != 2"),
        ("language in en,de", "response_language in en, de"),
        ("prompt_language not in EN , zh and known", "prompt_language not in en, zh and known"),
        ("same_language == 1", "same_language == 1"),
        ("letter_ratio >= 0", "response_letter_ratio >= 0"),
        ("letter_ratio <= 1", "response_letter_ratio <= 1"),
    ],
)
def test_a_rule_is_read(text: str, expected: str) -> None:
    rule = parse(text, "response")
    assert rule.text == expected
    assert parse(rule.text, "prompt") == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not understood"),
        ("words", "not understood"),
        ("words 3", "not understood"),
        ("words >= three", "not understood"),
        ("words = 3", "an operator is"),
        ("words => 3", "an operator is"),
        ("3 <= words", "not understood"),
        ("words >= 3 and words <= 5", "one score a rule"),
        ("words >= 3 or missing", "rows without the score stay by themselves"),
        ("letter_ratio >= 30%", "shares are numbers from 0 to 1"),
        ("letter_ratio >= 30", "from 0 to 1 (a share, not per cent)"),
        ("words >= -1", "lies from 0 up"),
        ("words >= 1e999", "lies from 0 up"),
        ("same_language == 2", "lies from 0 to 1"),
        ("wrods >= 3", "did you mean `words`?"),
        ("response_lenguage in en", "did you mean `response_language`?"),
        ("language in english", "did you mean `en`?"),
        ("language in", "not understood"),
        ("language in en de", "not understood"),
        ("language in xx", "no language xx"),
        ("language == 1", "is asked by `in CODES`"),
        ("words in en", "is asked by `>= NUMBER`"),
        ("words >= 3; rm -rf", "not understood"),
    ],
)
def test_what_is_no_rule_is_told(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, "response")
    assert said in caught.value.message
    assert caught.value.exit_code == 2


@given(columns, st.sampled_from([">=", ">", "<=", "<"]), st.integers(0, 20), st.integers(0, 20))
def test_a_stricter_threshold_removes_no_fewer_rows(values: Any, op: str, a: int, b: int) -> None:
    loose, strict = sorted((a, b), reverse=op[0] == "<")
    gone = [parse(f"words {op} {at}", "response").fails(values) for at in (loose, strict)]
    assert (gone[1] | ~gone[0]).all()


@given(columns, st.sampled_from([">=", ">", "<=", "<", "==", "!="]), st.integers(0, 20))
def test_rows_without_the_score_stay_unless_the_rule_says_otherwise(
    values: Any, op: str, at: int
) -> None:
    rule, known = (parse(f"words {op} {at}{more}", "response") for more in ("", " and known"))
    missing = np.isnan(values)
    assert (rule.missing(values) == missing).all()
    assert not rule.fails(values)[missing].any()
    assert known.fails(values)[missing].all()
    assert (rule.fails(values)[~missing] == known.fails(values)[~missing]).all()


@given(st.lists(st.sampled_from(["en", "de", "zh", None]), max_size=20))
def test_codes_are_in_or_not_in_a_list(codes: list[str | None]) -> None:
    values = np.array(codes, object)
    wanted = parse("language in en, zh", "response").fails(values).tolist()
    others = parse("language not in en, zh", "response").fails(values).tolist()
    assert wanted == [code == "de" for code in codes]
    assert others == [code in ("en", "zh") for code in codes]


def test_a_failed_rule_names_the_value_and_the_threshold() -> None:
    rule = parse("words >= 1500", "response")
    assert rule.said(1234.0) == "response_words is 1,234, wanted >= 1500"
    assert "not known" in rule.said(float("nan"))
    assert parse("letter_ratio > 0.5", "response").said(1 / 3).endswith("is 0.33333, wanted > 0.5")
    assert "is fr, wanted in en" in parse("language in en", "response").said("fr")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_made_of_rules_and_warns(preset: Any) -> None:
    rules = parse_all(preset.rules, "response")
    assert [rule.text for rule in rules] == [f"response_{text}" for text in preset.rules]
    assert all(rule.column.score.code in BY_CODE for rule in rules)
    assert preset.source
    assert "web pages" in preset.warning
    assert preset_named(preset.name) is preset


def test_a_wrong_preset_is_told() -> None:
    with pytest.raises(UsageError, match="did you mean `gopher`"):
        preset_named("gofer")
