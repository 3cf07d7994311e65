"""Rows as people upload them, each with what its service makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.build import validate
from curate.build.settings import Settings
from curate.checks import profile_named
from curate.checks.profiles import EFFECTS, consumer_names
from tests.house.tree import ROOT

HOSTED = ("azure", "fireworks", "mistral", "openai-dpo", "openai-sft", "openai-vision", "together")
FOLDER = ROOT / "tests/cases/profiles"
GOOD = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
PAIR = {
    "input": {"messages": [{"role": "user", "content": "Hi"}]},
    "preferred_output": [{"role": "assistant", "content": "Hello."}],
    "non_preferred_output": [{"role": "assistant", "content": "No."}],
}
CASES = [
    pytest.param(path.stem, effect, case, id=f"{path.stem}-{case['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for effect, cases in yaml.safe_load(path.read_text("utf-8")).items()
    for case in cases
]


def pictures(count: int) -> dict[str, Any]:
    url = "data:image/png;base64,iVBORw0KGgo="
    parts = [{"type": "image_url", "image_url": {"url": url}}] * count
    question = {"role": "user", "content": [*parts, {"type": "text", "text": "Which?"}]}
    return {"messages": [question, {"role": "assistant", "content": "The first."}]}


def line_of(case: dict[str, Any]) -> str:
    if "line" in case:
        return str(case["line"])
    return json.dumps(pictures(case["images"]) if "images" in case else case["row"])


@pytest.mark.parametrize(("name", "effect", "case"), CASES)
def test_a_row_has_the_effect_that_it_is_said_to_have(
    name: str, effect: str, case: dict[str, Any], tmp_path: Path
) -> None:
    good = json.dumps(PAIR if name == "openai-dpo" else GOOD)
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([good] * 10 + [line_of(case)]) + "\n", encoding="utf-8")
    settings = Settings(profiles=(name,), source_format=case.get("as"), per_row=True)
    findings: set[str] = set()
    report = validate(str(path), settings=settings, on_finding=lambda each: findings.add(each.code))
    found = report.profiles[0].to_dict()
    counts = {each: found[each.replace("-", "_")] for each in EFFECTS}
    expected = dict.fromkeys(EFFECTS, 0) | {"kept": 10}
    expected[effect] += 1  # type: ignore[index]
    assert counts == expected, found["by_code"]
    codes = set(case.get("codes", ()))
    assert codes <= found["by_code"].keys()
    assert codes | set(case.get("says", ())) <= findings


def test_every_service_has_cases() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(HOSTED)
    assert set(HOSTED) <= set(consumer_names())


@pytest.mark.parametrize("name", HOSTED)
def test_a_service_reads_json_itself(name: str) -> None:
    profile = profile_named(name)
    codes = {code for effect in profile.effects for code in effect.codes}
    assert not {code for code in codes if code.startswith("ARW")}
    assert profile.limits_source
