"""Profiles of consumers: their files, and the predictions that were held against the consumers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from curate.build import validate
from curate.build.settings import Settings
from curate.checks import BY_CODE as RULES
from curate.checks import LINT, WHOLE_BY_CODE, profile_named, profiles_named, select
from curate.checks.profiles import EFFECTS, Profile, consumer_names, consumer_profile, reading
from curate.codes import BY_CODE as OTHER_CODES
from curate.errors import UsageError
from curate.formats import BY_NAME
from tests.consumers.real.predict import GOOD, predictions

NAMES = consumer_names()
CHAT = GOOD["kto"]["prompt"] + GOOD["kto"]["completion"]
LIMITS = {"rows_least", "rows_most", "file_bytes", "images", "image_bytes", "image_types"}

STAGES = {
    "llamafactory": {
        "alpaca-kto": "llama-factory-kto",
        "alpaca-preference": "llama-factory-dpo",
        "sharegpt-preference": "llama-factory-dpo",
        "": "llama-factory",
    },
    "axolotl": {
        "preference": "axolotl-dpo",
        "implicit": "axolotl-dpo",
        "chatml": "axolotl-dpo",
        "": "axolotl",
    },
    "ms-swift": {"swift-preference": "ms-swift-rlhf", "": "ms-swift"},
    "torchtune": {"": "torchtune"},
    "trl": {"dpo": "trl-dpo", "kto": "trl-kto", "": "trl-sft"},
}
# The shape alone does not say what these rows are; their reader was named to the consumer too.
FORMATS = {
    ("ms-swift", "messages are JSON text"): "swift",
    ("ms-swift", "system in a turn and in a column"): "swift",
    ("ms-swift", "an answer in two columns"): "swift-query",
    ("ms-swift", "a list of answers"): "swift-query",
}
# What depends on more than the data, and what the profile says of it.
BEYOND = {
    "a thought before a call": "unless the template has it and it is spelled as",
    "an image for a model of text": "",
    "text before a thought": "with split_thinking",
    "loss on the answers with a template that marks none": "unless assistant_only_loss is set",
}
EXPECTED = {"stopped": "rejected"}


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_names_what_there_is(name: str) -> None:
    profile = consumer_profile(name)
    codes = RULES.keys() | WHOLE_BY_CODE.keys() | OTHER_CODES.keys()
    assert profile.name == name
    assert re.fullmatch(r"2026-\d\d-\d\d", profile.dated)
    assert profile.source
    assert set(profile.reads) <= BY_NAME.keys()
    assert {BY_NAME[form].kind for form in profile.reads} <= set(profile.kinds)
    assert profile.writes in profile.reads
    assert BY_NAME[profile.writes].encode is not None
    assert profile.limits.keys() <= LIMITS
    assert bool(profile.limits) == bool(profile.limits_source)
    if profile.length is not None:
        assert profile.length.says
        assert profile.length.source
        assert set(profile.length.splits) <= set(profile.reads)
    assert any(not trained.only for trained in profile.trains)
    for effect in profile.effects:
        assert set(effect.codes) <= codes, effect
        assert effect.says, effect
        assert effect.source, effect
        assert bool(effect.codes or effect.only), effect


def test_own_effects_name_formats_that_are_read() -> None:
    for name in NAMES:
        profile = consumer_profile(name)
        for effect in profile.effects:
            assert set(effect.only) <= set(profile.reads), (name, effect)


def test_names_end_in_a_hint() -> None:
    with pytest.raises(UsageError) as raised:
        profiles_named(["lint,lama-factory"])
    assert raised.value.hint == "did you mean llama-factory?"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour: red", "unknown key `colour`"),
        ("effects: [{codes: [TRN001], effect: lost, says: a, source: b}]", "'lost' is none of"),
        ("effects: [{code: TRN001, effect: kept, says: a, source: b}]", "unknown key `code`"),
        ("trains: {on: answers, weights: read, says: a}", "'answers' is none of"),
        ("trains: {on: all, weights: yes, says: a}", "'yes' is none of"),
        ("trains: {on: all, weights: read, says: a, with_tools: no}", "'no' is none of"),
        ("length: {too_long: lose, says: a, source: b}", "'lose' is none of"),
        ("length: {too_long: cut, says: a, source: b, at: 3}", "unknown key `at`"),
    ],
)
def test_a_wrong_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    lines = "name: x\ntitle: X\ndated: 2026-11-21\nsource: X 1\nkinds: [sft]\nreads: [alpaca]\n"
    trains = "" if text.startswith("trains") else "trains: {on: all, weights: read, says: all}\n"
    (tmp_path / "x.yaml").write_text(f"{lines}{trains}{text}\n")
    monkeypatch.setattr(reading, "_FOLDER", tmp_path)
    with pytest.raises(UsageError, match=re.escape(says)):
        reading.consumer_profile.__wrapped__("x")


def counts(path: Path, profile: str, rows: list[Any], form: str | None) -> dict[str, Any]:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    settings = Settings(profiles=(profile,), source_format=form)
    (found,) = validate(str(path), settings=settings).profiles
    return found.to_dict()


def effect_of(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return the worst effect that more rows have than before."""
    names = [name for name in EFFECTS if after[_key(name)] > before[_key(name)]]
    return names[-1]


def _key(name: str) -> str:
    return name.replace("-", "_")


@pytest.mark.parametrize(
    "said",
    [pytest.param(each, id=f"{each['consumer']}-{n}") for n, each in enumerate(predictions())],
)
def test_the_profile_says_what_the_consumer_did(said: dict[str, Any], tmp_path: Path) -> None:
    consumer, dialect, case = said["consumer"], said["as"], said["case"]
    stages = STAGES[consumer]
    profile = stages.get(dialect, stages[""])
    if case in BEYOND:
        if not BEYOND[case]:
            pytest.skip("that the model takes no image is not in the data")
        only = counts(tmp_path / "rows.jsonl", profile, [said["row"]], None)
        told = [only["trains"], *(each["says"] for each in only["by_code"].values())]
        assert any(BEYOND[case] in each for each in told)
        return
    if dialect == "tagged":
        assert tagged(said["row"], tmp_path)["dropped"] == 1
        return
    form = FORMATS.get((consumer, case))
    good = GOOD.get(dialect.removesuffix("-reasoning"), {"messages": CHAT})
    # Alone a row is there twice: of a single row nobody can say that all texts are dates.
    rows = [said["row"]] * 2 if said.get("alone") else [good, said["row"], good]
    others = [] if said.get("alone") else [good, good]
    path = tmp_path / "rows.jsonl"
    before = counts(path, profile, others, form) if others else dict.fromkeys(map(_key, EFFECTS), 0)
    after = counts(path, profile, rows, form)
    found = effect_of(before, after)
    if said["expected"] == "kept" and set(after["by_code"]) == {"SCH043"}:
        # It was read as it was meant; what the consumer trains of every row is another matter.
        assert profile == "trl-sft"
        return
    assert found == EXPECTED.get(said["expected"], said["expected"]), after["by_code"]


def tagged(row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the counts of a row that is read by an entry whose tags are as its readme shows."""
    (folder / "rows.jsonl").write_text(json.dumps(row) + "\n")
    tags = {"role_tag": "role", "content_tag": "content"}
    tags |= {"user_tag": "user", "assistant_tag": "assistant"}
    entry = {"file_name": "rows.jsonl", "formatting": "sharegpt", "tags": tags}
    entry["columns"] = {"messages": "messages"}
    registry = folder / "dataset_info.json"
    registry.write_text(json.dumps({"own": entry}))
    settings = Settings(profiles=("llama-factory",))
    (found,) = validate(f"{registry}#own", settings=settings).profiles
    return found.to_dict()


def test_what_is_beyond_the_data_is_in_the_predictions() -> None:
    cases = {said["case"] for said in predictions()}
    assert set(BEYOND) <= cases
    assert {case for _, case in FORMATS} <= cases
    beyond = [said for said in predictions() if said["case"] in BEYOND]
    assert len(beyond) <= 4


def test_the_worst_severity_is_in_force() -> None:
    both = select(profiles_named(["llama-factory,lint"]))
    trn009 = RULES["TRN009"].code
    assert both.severity("TRN009") == "error"
    assert select(LINT).severity("TRN009") == "warning"
    assert both.in_force(trn009, "sharegpt", "/messages/1/role") == "error"
    assert "TXT001" in both.severities
    assert "TXT001" not in select(profile_named("llama-factory")).severities


def test_a_finding_counts_only_in_the_formats_that_it_matters_in() -> None:
    selection = select(profile_named("trl-sft"))
    call = RULES["TRN050"].code
    assert selection.in_force(call, "openai", "/messages/1/tool_calls") == "error"
    assert selection.in_force(call, "trl-messages", "/messages/1/tool_calls") is None
    with_lint = select(profiles_named(["trl-sft", "lint"]))
    assert with_lint.in_force(call, "trl-messages", "/messages/1/tool_calls") is None
    everywhere = select(profiles_named(["trl-sft", "all"]))
    assert everywhere.in_force(call, "trl-messages", "/messages/1/tool_calls") == "info"


@pytest.mark.parametrize(
    ("forms", "runs"),
    [
        (["openai"], True),
        (["trl-messages"], False),
        (["trl-messages", "openai"], True),
        (["row"], False),
    ],
)
def test_a_rule_is_run_for_the_formats_that_it_matters_in(forms: list[str], runs: bool) -> None:
    selection = select(profile_named("trl-sft"))
    ran = {rule.code.code for rule in selection.for_forms(forms).rules}
    assert ("TRN050" in ran) == runs
    assert "TRN052" in ran
    with_all = select(profiles_named(["trl-sft", "all"]))
    assert with_all.for_forms(forms).rules == with_all.rules


def test_what_matters_to_some_consumers_is_selected_by_its_full_name() -> None:
    assert "TRN050" not in select(LINT).severities
    assert "TRN050" not in select(LINT, ["TRN", "TRN05"]).severities
    assert select(LINT, ["TRN050"]).severity("TRN050") == "info"
    assert select(LINT, ["tool-call"]).severity("TRN050") == "info"
    trl = profile_named("trl-sft")
    found = select(trl, ["TRN"]).severities
    assert "TRN050" in found
    assert "TRN055" not in found


def test_an_error_of_reading_is_never_less() -> None:
    selection = select(profile_named("ms-swift"))
    wrong = OTHER_CODES["SCH002"]
    assert selection.in_force(wrong, "alpaca", "/history") == "error"
    assert profile_named("ms-swift").effect_of("SCH002", "alpaca", "/history").effect == "kept"  # type: ignore[union-attr]


def test_the_first_effect_that_holds_counts() -> None:
    profile = consumer_profile("llama-factory")
    history = profile.effect_of("SCH002", "alpaca", "/history")
    output = profile.effect_of("SCH002", "alpaca", "/output")
    assert history is not None
    assert output is not None
    assert (history.effect, output.effect) == ("changed", "rejected")
    assert profile.effect_of("TRN053", "sharegpt", "") is None


def test_a_set_of_rules_is_no_consumer() -> None:
    assert not LINT.is_consumer
    assert isinstance(LINT, Profile)
    assert LINT.trained("alpaca") is None
