"""Write the generated pages and the schemas of recipes, or with `--check` say which are stale.

python docs/make_docs.py [--check]
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Union

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import format_pages
import profile_pages
import rule_pages
from page_parts import fenced, page, table
from round_trips import measured

from curate import recipe as recipes
from curate.build.run_recipe import CurateRecipe
from curate.cli import cli as curate_command
from curate.config import Config
from curate.strict_yaml import parse
from train.cli import main as train_command
from train.recipe import TrainRecipe

ROOT = Path(__file__).resolve().parents[1]
_SCHEMA_ID = "https://tunesmith.dev/schemas/"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_WIDTH = 88
_COMMANDS: tuple[tuple[str, click.Group], ...] = (
    ("curate", curate_command),
    ("train", train_command),
)
_RECIPES: tuple[tuple[str, type, str], ...] = (
    ("train", TrainRecipe, ".yaml"),
    ("curate", CurateRecipe, ".curate.yaml"),
)


def generated() -> dict[str, str]:
    """Return every generated file's text by its path from the root."""
    pages = {
        "docs/rules.md": rule_pages.rules(),
        "curate/checks/measured.json": rule_pages.measured_json(),
        "docs/formats.md": format_pages.formats(),
        "docs/profiles.md": profile_pages.profiles(),
        "docs/round_trips.md": format_pages.round_trip_page(trips := measured()),
        "curate/formats/trips.json": json.dumps(trips, indent=1) + "\n",
        "docs/recipes.md": _recipes(),
        "docs/cli.md": _commands(),
    }
    schemas = {
        f"schemas/{name}_recipe.schema.json": _recipe_schema(name, cls, ending)
        for name, cls, ending in _RECIPES
    }
    schemas["schemas/curate_config.schema.json"] = _config_schema()
    return pages | schemas


def main(arguments: Sequence[str]) -> int:
    """Write or check; 1 where `--check` found a stale file."""
    stale = [name for name, text in generated().items() if _read(ROOT / name) != text]
    if "--check" in arguments:
        for name in stale:
            print(f"{name} is stale: run `python docs/make_docs.py`", file=sys.stderr)
        return 1 if stale else 0
    for name, text in generated().items():
        (ROOT / name).write_text(text, encoding="utf-8")
    return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


# Recipes


def _recipes() -> str:
    parts = [
        "A recipe is YAML without anchors, tags or repeated keys; a wrong key or type is an error "
        "with its line. `--set key.path=value` sets a value from the command line. Recipes are "
        "found by path or, if they ship with Tunesmith, by name.",
    ]
    for name, cls, ending in _RECIPES:
        rows = list(_keys(cls, ""))
        shipped = [_shipped(each, ending) for each in recipes.shipped_names(ending=ending)]
        parts += [
            f"## The {name} recipe",
            f"Schema: [`{name}_recipe.schema.json`](../schemas/{name}_recipe.schema.json)",
            table(["key", "type", "default", "meaning"], rows),
            f"### Shipped {name} recipes",
            *shipped,
        ]
    return page("Recipes", *parts)


def _keys(cls: type, prefix: str) -> Iterator[list[str]]:
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        key = prefix + str(field.metadata.get("key", field.name))
        doc = field.metadata.get("doc", "") + _limits(field.metadata.get("limits", {}))
        section = next((arm for arm in _arms(hints[field.name]) if _is_section(arm)), None)
        if section is None:
            yield [f"`{key}`", _type(hints[field.name]), _default(field), doc]
            continue
        yield [f"**`{key}`**", "section", _default(field), f"**{doc}**"]
        yield from _keys(section, f"{key}.")


def _is_section(hint: Any) -> bool:
    return dataclasses.is_dataclass(hint)


def _arms(hint: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(hint) in (Union, types.UnionType)
    return typing.get_args(hint) if is_union else (hint,)


def _type(hint: Any) -> str:
    names = {bool: "true or false", int: "integer", float: "number", str: "text"}
    found = []
    for arm in _arms(hint):
        if arm is type(None):
            found.append("null")
        elif typing.get_origin(arm) is Literal:
            found += [f"`{choice}`" for choice in typing.get_args(arm)]
        elif typing.get_origin(arm) is list:
            found.append(f"list of {_type(typing.get_args(arm)[0])}")
        else:
            found.append(names.get(arm, "mapping"))
    return ", ".join(found)


def _limits(limits: dict[str, float]) -> str:
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    said = ", ".join(f"{words[name]} {value:g}" for name, value in limits.items())
    return f" ({said})" if said else ""


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return f"`{json.dumps(field.default)}`"
    if field.default_factory is dataclasses.MISSING:
        return "required"
    if _is_section(field.default_factory):
        return "its defaults"
    return f"`{json.dumps(field.default_factory())}`"


def _shipped(name: str, ending: str) -> str:
    path = recipes.find(name, ending=ending)
    head = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        if "yaml-language-server" not in line:
            head.append(line.removeprefix("#").removeprefix(" "))
    title = f"#### [`{name}`](../recipes/{path.name})"
    return "\n\n".join([title, fenced("\n".join(head), "text")])


def _recipe_schema(name: str, cls: type, ending: str) -> str:
    examples = [_plain(each, ending) for each in recipes.shipped_names(ending=ending)]
    schema = {
        "$schema": _DRAFT,
        "$id": f"{_SCHEMA_ID}{name}_recipe.schema.json",
        "title": f"{name.capitalize()} recipe",
        "description": f"A recipe of the `{name}` command; `docs/recipes.md` lists its keys.",
        **recipes.json_schema(cls),
        "examples": examples[:1],
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _config_schema() -> str:
    keys = recipes.json_schema(Config)
    for each in keys["properties"].values():
        each.pop("default", None)  # a key that is left out leaves the command's own
    schema = {
        "$schema": _DRAFT,
        "$id": f"{_SCHEMA_ID}curate_config.schema.json",
        "title": "Settings of curate validate",
        "description": "`curate.toml`, or `[tool.curate]` in `pyproject.toml`; see `docs/ci.md`.",
        **keys,
        "examples": [
            {
                "for": ["lint"],
                "ignore": ["TXT004"],
                "per-file-ignores": {"old/*.jsonl": ["TXT", "QLT003"]},
            }
        ],
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _plain(name: str, ending: str) -> Any:
    path = recipes.find(name, ending=ending)
    return parse(path, name=path.name).plain()


# Commands


def _commands() -> str:
    parts = [
        "Data is printed on stdout, talk on stderr. Exit codes: 0 clean, 1 findings, 2 usage, "
        "3 unreadable input, 4 network or model absent, 5 missing extra, 6 hardware, 7 output not "
        "writable, 8 output locked, 130 interrupted."
    ]
    for name, group in _COMMANDS:
        context = _context(group, name, None)
        parts += [f"## {name}", fenced(group.get_help(context), "text")]
        for each in group.list_commands(context):
            command = group.get_command(context, each)
            assert command is not None
            inner = _context(command, each, context)
            parts += [f"### {name} {each}", fenced(command.get_help(inner), "text")]
    return page("Commands", *parts)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        **command.context_settings,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
