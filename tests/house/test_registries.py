"""Registries, files, schemas, cases and docs name the same things."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import orjson
import pytest
import yaml

from curate.build.run_recipe import read_recipe
from curate.checks import FAMILIES as RULE_FAMILIES
from curate.checks import RULE_CODES, RULES, WHOLE_FAMILIES, WHOLE_RULES, Rule, WholeRule
from curate.checks.rendered import RULES as RENDERED_RULES
from curate.cli import COMMANDS
from curate.codes import CODES, FAMILIES, Code
from curate.formats import BY_NAME, FORMATS, Format
from curate.recipe import find, shipped_names
from tests.house.tree import PACKAGES, ROOT, module_name, relative, sources
from train.recipe import load as load_train_recipe

ALL_CODES = (*CODES, *RULE_CODES.values())
CODE_NAMES = {code.code for code in ALL_CODES}
CODE_WORD = re.compile(rf"\b(?:{'|'.join(FAMILIES)})\d{{3}}\b")
SCHEMAS = sorted((ROOT / "schemas").glob("*.json"))
# Schemas of what Tunesmith itself writes or is told; every other schema is a format's.
OWN_SCHEMAS = {
    "row",
    "finding",
    "card",
    "report",
    "plan",
    "rules",
    "train_recipe",
    "curate_recipe",
    "stats",
    "diff",
} | {"curate_config"}
RULE_CASES = ROOT / "tests" / "cases" / "rules"
RENDERED_CASES = ROOT / "tests" / "cases" / "rendered"
WHOLE_CASES = ROOT / "tests" / "cases" / "whole"
FORMAT_CASES = ROOT / "tests" / "cases" / "formats"


def schema_name(path: Path) -> str:
    return path.name.removesuffix(".schema.json")


@cache
def doc(name: str) -> str:
    path = ROOT / "docs" / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def instances(folder: str, cls: type) -> list[Any]:
    """Return every value of a type that a module under a folder has by a name or in a tuple."""
    found: list[Any] = []
    for path in sources(folder):
        for value in vars(importlib.import_module(module_name(path))).values():
            for item in value if isinstance(value, tuple | list) else (value,):
                if isinstance(item, cls) and item not in found:
                    found.append(item)
    return found


# Codes


def test_codes_and_slugs_are_unique() -> None:
    for names in ([c.code for c in ALL_CODES], [c.slug for c in ALL_CODES]):
        assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize("code", ALL_CODES, ids=lambda code: code.code)
def test_a_code_is_well_formed(code: Code) -> None:
    assert re.fullmatch(r"[A-Z]{3}\d{3}", code.code)
    assert code.family in FAMILIES
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code.slug)
    assert re.search(r"[a-z]", code.slug)
    assert code.title.endswith((".", ":"))
    assert len(code.title) <= 100


def test_every_code_of_a_module_is_registered() -> None:
    assert {code.code for code in instances("curate/codes", Code)} == {c.code for c in CODES}


def test_every_code_is_used() -> None:
    ruled = set(RULE_CODES)
    files = [path for path in sources(*PACKAGES) if "codes" not in path.parts]
    used = {name for path in files for name in CODE_WORD.findall(path.read_text("utf-8"))}
    assert sorted(CODE_NAMES - ruled - used) == []


def test_every_code_that_is_named_exists() -> None:
    texts = [*sources(*PACKAGES), *(ROOT / "docs").glob("*.md"), *(ROOT / "recipes").glob("*.yaml")]
    texts += FORMAT_CASES.glob("*.yaml")
    named = {name for path in texts for name in CODE_WORD.findall(path.read_text("utf-8"))}
    assert sorted(named - CODE_NAMES) == []


# Rules


def test_every_rule_of_a_module_is_registered() -> None:
    found = {rule.code.code for rule in instances("curate/checks", Rule)}
    assert found == {rule.code.code for family in RULE_FAMILIES for rule in family}


def test_every_rule_of_a_whole_is_registered() -> None:
    found = {rule.code.code for rule in instances("curate/checks", WholeRule)}
    assert found == {rule.code.code for family in WHOLE_FAMILIES for rule in family}


def test_every_rule_has_cases_and_every_case_a_rule() -> None:
    rendered = {rule.code.code for rule in RENDERED_RULES}
    assert {path.stem for path in RENDERED_CASES.iterdir()} == rendered
    of_rows = {rule.code.code for rule in RULES} - rendered
    assert {path.stem for path in RULE_CASES.iterdir()} == of_rows
    whole = {rule.code.code for rule in WHOLE_RULES}
    assert {path.stem for path in WHOLE_CASES.iterdir()} == whole


@pytest.mark.parametrize("rule", WHOLE_RULES, ids=lambda rule: rule.code.code)
def test_the_cases_of_a_whole_show_all_sides(rule: WholeRule) -> None:
    cases = yaml.safe_load((WHOLE_CASES / f"{rule.code.code}.yaml").read_text("utf-8"))
    assert cases["pass"]
    assert cases["near_miss"]
    assert cases["fail"]
    assert all(case["expected"] for case in cases["fail"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code.code)
def test_the_cases_of_a_rule_show_all_sides(rule: Rule) -> None:
    folder = RENDERED_CASES if rule in RENDERED_RULES else RULE_CASES
    cases = yaml.safe_load((folder / f"{rule.code.code}.yaml").read_text("utf-8"))
    assert cases["pass"]
    assert cases["near_miss"]
    assert cases["fail"]
    assert all("row" in case for case in cases["fail"])
    assert any(case.get("fixed") for case in cases["fail"]) == (rule.fix is not None)
    assert (rule.fix is None) == (rule.code.fix is None)


@pytest.mark.parametrize("code", RULE_CODES.values(), ids=lambda code: code.code)
def test_the_page_of_a_rule_says_why_and_what_to_do(code: Code) -> None:
    for label in ("Why:", "Example:", "Fix:", "Source:"):
        assert re.search(rf"^{label}", code.page, re.MULTILINE), label


# Formats


def test_every_format_of_a_module_is_registered() -> None:
    assert {form.name for form in instances("curate/formats", Format)} == {f.name for f in FORMATS}


def test_names_of_formats_are_unique() -> None:
    names = [form.name for form in FORMATS]
    assert len(names) == len(set(names))
    assert set(names) <= set(BY_NAME)


def test_every_format_has_its_schema_and_every_schema_its_format() -> None:
    used = {form.schema for form in FORMATS} | OWN_SCHEMAS
    assert {schema_name(path) for path in SCHEMAS} == used


def case_formats() -> set[str]:
    def named(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(named, value)) if value else set()
        if not isinstance(value, dict):
            return set()
        own = {value["format"]} if isinstance(value.get("format"), str) else set()
        return own.union(*(named(item) for item in value.values()))

    files = [yaml.safe_load(path.read_text("utf-8")) for path in FORMAT_CASES.glob("*.yaml")]
    return set().union(*map(named, files))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_has_cases_and_a_page(form: Format) -> None:
    assert form.name in case_formats()
    assert f"\n## {form.name}\n" in doc("formats.md")


# Schemas


@pytest.mark.parametrize("path", SCHEMAS, ids=schema_name)
def test_a_schema_is_valid_named_and_takes_its_examples(path: Path) -> None:
    schema = orjson.loads(path.read_bytes())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"https://tunesmith.dev/schemas/{path.name}"
    assert schema["title"]
    assert schema["description"]
    assert schema["examples"]
    fast = jsonschema_rs.Draft202012Validator(schema)
    slow = jsonschema.Draft202012Validator(schema)
    for example in schema["examples"]:
        assert [error.message for error in fast.iter_errors(example)] == []
        assert [error.message for error in slow.iter_errors(example)] == []


# Recipes


@pytest.mark.parametrize("name", shipped_names())
def test_a_train_recipe_loads_and_is_named(name: str) -> None:
    assert load_train_recipe(name).recipe.output
    text = find(name).read_text("utf-8")
    schema_line, *head = [line for line in text.splitlines() if line.startswith("#")]
    assert schema_line == "# yaml-language-server: $schema=../schemas/train_recipe.schema.json"
    assert f"train sft {name}" in "\n".join(head)
    assert "curate convert" in "\n".join(head)
    assert f"[`{name}`](../recipes/{name}.yaml)" in doc("recipes.md")


@pytest.mark.parametrize("name", shipped_names(ending=".curate.yaml"))
def test_a_curate_recipe_loads_and_is_named(name: str) -> None:
    assert read_recipe(name).recipe.output.folder
    text = find(name, ending=".curate.yaml").read_text("utf-8")
    assert re.search(rf"^#.*curate run .*{name}", text, re.MULTILINE)
    assert f"[`{name}`](../recipes/{name}.curate.yaml)" in doc("recipes.md")


def test_every_yaml_file_of_recipes_is_a_recipe() -> None:
    found = {path.name for path in (ROOT / "recipes").glob("*.y*ml")}
    known = {f"{name}.yaml" for name in shipped_names()}
    known |= {f"{name}.curate.yaml" for name in shipped_names(ending=".curate.yaml")}
    assert found == known


# Commands


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_of_curate_is_there_and_has_its_page(name: str) -> None:
    module = importlib.import_module(f"curate.cli.{COMMANDS[name][0]}")
    assert getattr(module, name).name == name
    assert f"\n### curate {name}\n" in doc("cli.md")


@pytest.mark.parametrize("path", sources("tests"), ids=relative)
def test_a_test_file_tests_something(path: Path) -> None:
    text = path.read_text("utf-8")
    assert path.name.startswith("test_") == bool(re.search(r"^def test_", text, re.MULTILINE))
