"""Strict YAML, its checks, and where each value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from curate import recipe
from curate.errors import UsageError
from curate.recipe import option
from curate.strict_yaml import scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    base: str = option(doc="Base.")
    quantization: Literal["nf4", "int8"] | None = option(None, doc="Bits.")
    modules: list[str] | str = option("all", doc="Names.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    rate: float = option(1e-4, doc="Rate.", above=0)
    steps: int | Literal["epoch"] = option("epoch", doc="Steps.", minimum=1)
    quick: bool = option(False, doc="Quick.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    model: Model = option(doc="Model.")
    training: Training = option(factory=Training, doc="Training.")
    adapter: Training | None = option(None, doc="Adapter.")
    extra: dict[str, Any] = option(factory=dict, doc="Extra.")


def load(tmp_path: Path, text: str, *overrides: str) -> recipe.Loaded[Whole]:
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    return recipe.load(str(path), Whole, overrides=overrides, renamed={"lr": "rate"})


def faults(tmp_path: Path, text: str, *overrides: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text, *overrides)
    assert caught.value.exit_code == 2
    return [line.replace(f"{tmp_path}/", "") for line in caught.value.message.splitlines()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2e-4", 2e-4),
        ("2.0e-4", 2e-4),
        ("1_000", "1_000"),
        ("012", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("12:30", "12:30"),
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("True", True),
        ("~", None),
        ("", None),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("2026-11-20", "2026-11-20"),
        (".5", 0.5),
        ("-3", -3),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: Any) -> None:
    found = scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_values_and_origins(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "model:\n  base: tiny\n  modules: [q, v]\ntraining: {rate: 2e-4}\n",
        "training.steps=5",
        "model.base=other",
    )
    assert loaded.recipe.model == Model(base="other", modules=["q", "v"])
    assert loaded.recipe.training == Training(rate=2e-4, steps=5)
    assert loaded.recipe.adapter is None
    assert loaded.origins["training.rate"] == "recipe:4"
    assert loaded.origins["model.modules"] == "recipe:3"
    assert loaded.origins["model.base"] == "--set"
    assert loaded.origins["training.quick"] == "default"
    assert recipe.values(loaded.recipe)["training.steps"] == 5


def test_every_fault_is_listed_at_its_line(tmp_path: Path) -> None:
    text = (
        "model:\n  base: 3\n  quantizaton: nf4\n  quantization: nf5\n"
        "training:\n  lr: 1\n  rate: 0\n  steps: 0\n  quick: yes\n  zzz: 1\n"
    )
    assert faults(tmp_path, text) == [
        "x.yaml:2: `base` under `model` must be text, found 3",
        "x.yaml:3: unknown key `quantizaton` under `model` (did you mean `quantization`?)",
        "x.yaml:4: `quantization` under `model` must be `nf4`, `int8` or null, "
        "found the text 'nf5' (did you mean `nf4`?)",
        "x.yaml:6: unknown key `lr` under `training` (did you mean `rate`?)",
        "x.yaml:7: `rate` under `training` must be above 0, found 0.0",
        "x.yaml:8: `steps` under `training` must be at least 1, found 0",
        "x.yaml:9: `quick` under `training` must be true or false, found the text 'yes'",
        "x.yaml:10: unknown key `zzz` under `training` (known: rate, steps, quick)",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model: &a {base: x}\n", "x.yaml:1: anchors are not allowed, found `&a`"),
        ("model: {base: &b x}\nextra: {y: *b}\n", "x.yaml:2: aliases are not allowed"),
        ("model: {base: !!str x}\n", "x.yaml:1: tags are not allowed"),
        ("model:\n  base: x\n  base: y\n", "x.yaml:3: the key `base` is there twice"),
        ("model: {base: x}\n---\nmodel: {}\n", "x.yaml:2: a recipe is one YAML document"),
        ("- a\n", "x.yaml:1: a recipe is a mapping of sections, found a list"),
        ("model: [\n", "not YAML"),
        ("", "x.yaml:1: the key `model` is missing"),
        ("model: {}\n", "x.yaml:1: the key `base` under `model` is missing"),
        ("model: tiny\n", "x.yaml:1: `model` is a section, found the text 'tiny'"),
        ("? [a]\n: b\n", "a key is text"),
        ("a: " + "[" * 3000, "nested deeper"),
    ],
)
def test_what_yaml_may_not_hold(tmp_path: Path, text: str, expected: str) -> None:
    assert any(expected in line for line in faults(tmp_path, text))


def test_overrides_are_checked_like_the_file(tmp_path: Path) -> None:
    found = faults(tmp_path, "model: {base: x}\n", "training.rate=fast", "model.bse=y")
    assert found == [
        "--set: unknown key `bse` under `model` (did you mean `base`?)",
        "--set: `rate` under `training` must be a number, found the text 'fast'",
    ]
    assert faults(tmp_path, "model: {base: x}\n", "training") == [
        "--set training: write --set section.key=value"
    ]


def test_an_override_opens_a_section_that_is_null(tmp_path: Path) -> None:
    loaded = load(tmp_path, "model: {base: x}\nadapter: null\n", "adapter.rate=3")
    assert loaded.recipe.adapter == Training(rate=3.0)


def test_an_override_may_be_a_list(tmp_path: Path) -> None:
    loaded = load(tmp_path, "model: {base: x}\n", "model.modules=[a, 'b']", "extra.k={a: 1}")
    assert loaded.recipe.model.modules == ["a", "b"]
    assert loaded.recipe.extra == {"k": {"a": 1}}


def test_not_utf8_is_a_fault_not_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"model: \xff")
    with pytest.raises(UsageError, match="not UTF-8"):
        recipe.load(str(path), Whole)


def test_an_unknown_recipe_lists_the_shipped_ones() -> None:
    with pytest.raises(UsageError) as caught:
        recipe.find("demmo")
    assert "did you mean `demo`?" in caught.value.message
    assert "llama2_dolly" in (caught.value.hint or "")


def test_shipped_recipes_are_found_by_name() -> None:
    assert recipe.find("demo").name == "demo.yaml"
    assert "demo" in recipe.shipped_names()


def test_the_schema_says_what_the_checker_says() -> None:
    schema = recipe.json_schema(Whole)
    assert schema["required"] == ["model"]
    assert schema["additionalProperties"] is False
    training = schema["properties"]["training"]["properties"]
    assert training["rate"] == {
        "description": "Rate.",
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 1e-4,
    }
    quantization = schema["properties"]["model"]["properties"]["quantization"]
    assert quantization["anyOf"] == [{"enum": ["nf4", "int8"]}, {"type": "null"}]
