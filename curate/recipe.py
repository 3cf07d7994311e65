"""Recipes: strict YAML checked against frozen dataclasses, with the origin of every value.

Every fault is collected, then raised once, each as `file:line: what was found`.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, Union

from curate.errors import UsageError, printable
from curate.resources import folder
from curate.strict_yaml import Leaf, override, parse, raise_all

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """A checked recipe.

    Attributes:
        recipe: The dataclass.
        origins: Dotted key → `default`, `recipe:LINE` or `--set`, in the dataclass's order.
        name: The recipe's path as it was typed.
    """

    recipe: T
    origins: Mapping[str, str]
    name: str


def option(
    default: Any = MISSING,
    *,
    doc: str,
    minimum: float | None = None,
    above: float | None = None,
    maximum: float | None = None,
    factory: Any = MISSING,
    key: str | None = None,
    names: bool = False,
) -> Any:
    """Declare a field of a recipe section.

    Args:
        default: Its default; without one (or a factory) the key is required.
        doc: One line for `docs/recipes.md` and the schema.
        minimum: The smallest number allowed.
        above: The number that it must exceed.
        maximum: The largest number allowed.
        factory: Makes the default, for sections and lists.
        key: The recipe's key where Python reserves the word (`from`, `for`).
        names: A list of names, which may also be one text with commas.
    """
    limits = {"minimum": minimum, "exclusiveMinimum": above, "maximum": maximum}
    metadata: dict[str, Any] = {"doc": doc}
    metadata["limits"] = {k: v for k, v in limits.items() if v is not None}
    if key is not None:
        metadata["key"] = key
    if names:
        metadata["names"] = True
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    if default is not MISSING:
        return field(default=default, metadata=metadata)
    return field(metadata=metadata)


def listed(names: str | Iterable[str]) -> list[str]:
    """Return the names of a list, or of texts with commas between names; empty ones are none."""
    texts = [names] if isinstance(names, str) else names
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def find(name: str, *, ending: str = ".yaml") -> Path:
    """Return the path of a recipe given by path or, if it ships with Tunesmith, by name.

    Raises:
        UsageError: If there is neither.
    """
    typed = Path(name)
    if typed.is_file():
        return typed
    shipped = folder("recipes") / (name if name.endswith(ending) else name + ending)
    if "/" not in name and shipped.is_file():
        return shipped
    names = shipped_names(ending=ending)
    near = difflib.get_close_matches(name, names, n=1)
    meant = f" (did you mean `{near[0]}`?)" if near else ""
    raise UsageError(
        f"there is no recipe {printable(name)}{meant}",
        hint="give a path, or one of the shipped recipes: " + ", ".join(names),
    )


def shipped_names(*, ending: str = ".yaml") -> list[str]:
    """Return the names of the shipped recipes with an ending, without it, sorted.

    `.yaml` does not include `.curate.yaml`.
    """
    files = folder("recipes").glob(f"*{ending}")
    names = sorted(path.name.removesuffix(ending) for path in files)
    return [name for name in names if "." not in name]


def build(
    tree: Leaf,
    cls: type[T],
    *,
    name: str,
    overrides: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Loaded[T]:
    """Check a tree against a dataclass, with `--set` values laid over it.

    Args:
        tree: What `parse` returned.
        cls: A frozen dataclass; nested dataclasses are sections.
        name: The recipe's path as it was typed.
        overrides: `key.path=value`, the value as YAML; a later one wins.
        renamed: Keys known elsewhere under another name, for "did you mean".

    Raises:
        UsageError: With every unknown key, wrong type and wrong value.
    """
    faults: list[str] = []
    for text in overrides:
        tree = override(tree, text, faults)
    raise_all(faults)
    checker = _Checker(name, renamed or {}, faults)
    recipe = checker.section(tree, cls, ())
    raise_all(sorted(faults, key=_line))
    return Loaded(recipe, checker.origins, name)


def load(
    name: str,
    cls: type[T],
    *,
    overrides: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
    ending: str = ".yaml",
) -> Loaded[T]:
    """Find, parse and check a recipe.

    Raises:
        UsageError: If it does not exist or is wrong.
    """
    path = find(name, ending=ending)
    shown = name if Path(name).is_file() else f"recipes/{path.name}"
    tree = parse(path, name=shown)
    return build(tree, cls, name=shown, overrides=overrides, renamed=renamed)


def values(recipe: Any) -> dict[str, Any]:
    """Return a recipe's values by dotted key, in the dataclass's order; lists and dicts whole."""
    flat: dict[str, Any] = {}
    for f in dataclasses.fields(recipe):
        value, name = getattr(recipe, f.name), _key(f)
        if dataclasses.is_dataclass(value):
            flat.update({f"{name}.{key}": v for key, v in values(value).items()})
        else:
            flat[name] = value
    return flat


def json_schema(cls: type) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a recipe dataclass, without `$schema` and `title`."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    hints = typing.get_type_hints(cls)
    for f in dataclasses.fields(cls):
        schema = _schema_of(hints[f.name]) | f.metadata.get("limits", {})
        if f.metadata.get("names"):
            schema = {"anyOf": [schema, {"type": "string"}]}
        if doc := f.metadata.get("doc"):
            schema = {"description": doc} | schema
        if f.default is not MISSING:
            schema["default"] = f.default
        elif f.default_factory is MISSING:
            required.append(_key(f))
        properties[_key(f)] = schema
    whole: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        whole["required"] = required
    return whole | {"additionalProperties": False}


def _key(f: dataclasses.Field[Any]) -> str:
    """Return the recipe's key of a field."""
    return str(f.metadata.get("key", f.name))


def _line(fault: str) -> int:
    number = fault.removeprefix("--set").partition(": ")[0].rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _schema_of(hint: Any) -> dict[str, Any]:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    if hint in names:
        return {"type": names[hint]}
    if dataclasses.is_dataclass(hint):
        return json_schema(typing.cast(type, hint))
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return {"enum": list(args)}
    if origin is list:
        return {"type": "array", "items": _schema_of(args[0])}
    if origin is dict:
        more = {} if args[1] is Any else {"additionalProperties": _schema_of(args[1])}
        return {"type": "object"} | more
    return {"anyOf": [_schema_of(arg) for arg in args]}


class _Checker:
    """Checks leaves against type hints, collecting faults and origins."""

    def __init__(self, name: str, renamed: Mapping[str, str], faults: list[str]) -> None:
        self.name = name
        self.renamed = renamed
        self.faults = faults
        self.origins: dict[str, str] = {}

    def section(self, leaf: Leaf, cls: Any, path: tuple[str, ...]) -> Any:
        if not isinstance(leaf.value, dict):
            where = f"`{'.'.join(path)}`"
            self.faults.append(f"{leaf.origin}: {where} is a section, found {leaf.described()}")
            return None
        fields = {_key(f): f for f in dataclasses.fields(cls)}
        for key in leaf.value:
            if key not in fields:
                self._unknown(key, leaf.value[key], list(fields), path)
        hints = typing.get_type_hints(cls)
        known: dict[str, Any] = {}
        for key, f in fields.items():
            dotted = (*path, key)
            if key in leaf.value:
                known[f.name] = self._value(leaf.value[key], hints[f.name], dotted, f.metadata)
            elif f.default is MISSING and f.default_factory is MISSING:
                self.faults.append(f"{leaf.origin}: the key `{key}`{_under(path)} is missing")
            else:
                known[f.name] = self._default(f, hints[f.name], dotted)
        return None if self.faults else cls(**known)

    def _default(self, f: Any, hint: Any, path: tuple[str, ...]) -> Any:
        inner = _section_type(hint)
        if f.default_factory is not MISSING and inner is not None:
            return self.section(Leaf({}, f"{self.name}:1"), inner, path)
        self.origins[".".join(path)] = "default"
        return f.default if f.default is not MISSING else f.default_factory()

    def _value(self, leaf: Leaf, hint: Any, path: tuple[str, ...], meta: Any) -> Any:
        inner = _section_type(hint)
        if inner is not None and not (leaf.value is None and _allows_none(hint)):
            return self.section(leaf, inner, path)
        if (of := _items_type(hint)) is not None and isinstance(leaf.value, dict):
            return {k: self._value(item, of, (*path, k), {}) for k, item in leaf.value.items()}
        line = leaf.origin.removeprefix(f"{self.name}:")
        self.origins[".".join(path)] = line if line == "--set" else f"recipe:{line}"
        matched, value = _match(leaf, hint)
        if not matched and meta.get("names") and isinstance(leaf.value, str):
            return listed(leaf.value)
        if not matched:
            expected = _expected(hint)
            near = _near(leaf.value, _choices(hint))
            self._fault(leaf, path, f"must be {expected}, found {leaf.described()}{near}")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._limits(leaf, value, path, meta.get("limits", {}))
        return value

    def _limits(self, leaf: Leaf, value: float, path: tuple[str, ...], limits: Any) -> None:
        if "minimum" in limits and value < limits["minimum"]:
            self._fault(leaf, path, f"must be at least {limits['minimum']}, found {value}")
        if "exclusiveMinimum" in limits and value <= limits["exclusiveMinimum"]:
            self._fault(leaf, path, f"must be above {limits['exclusiveMinimum']}, found {value}")
        if "maximum" in limits and value > limits["maximum"]:
            self._fault(leaf, path, f"must be at most {limits['maximum']}, found {value}")

    def _fault(self, leaf: Leaf, path: tuple[str, ...], text: str) -> None:
        self.faults.append(f"{leaf.origin}: `{path[-1]}`{_under(path[:-1])} {text}")

    def _unknown(self, key: str, leaf: Leaf, names: list[str], path: tuple[str, ...]) -> None:
        meant = self.renamed.get(key)
        near = [meant] if meant else difflib.get_close_matches(key, names, n=1)
        hint = f" (did you mean `{near[0]}`?)" if near else f" (known: {', '.join(names)})"
        self.faults.append(f"{leaf.origin}: unknown key `{printable(key)}`{_under(path)}{hint}")


def _under(path: tuple[str, ...]) -> str:
    return f" under `{'.'.join(path)}`" if path else ""


def _near(value: Any, choices: list[Any]) -> str:
    texts = [choice for choice in choices if isinstance(choice, str)]
    near = difflib.get_close_matches(value, texts, n=1) if isinstance(value, str) else []
    return f" (did you mean `{near[0]}`?)" if near else ""


def _arms(hint: Any) -> tuple[Any, ...]:
    """The arms of a union, or the hint itself."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def _section_type(hint: Any) -> Any:
    return next((arm for arm in _arms(hint) if dataclasses.is_dataclass(arm)), None)


def _items_type(hint: Any) -> Any:
    """Return the type of a mapping's values where the hint states one, else None."""
    items = (typing.get_args(arm)[1] for arm in _arms(hint) if typing.get_origin(arm) is dict)
    return next((item for item in items if item is not Any), None)


def _allows_none(hint: Any) -> bool:
    return type(None) in _arms(hint)


def _choices(hint: Any) -> list[Any]:
    arms = [arm for arm in _arms(hint) if typing.get_origin(arm) is Literal]
    return [choice for arm in arms for choice in typing.get_args(arm)]


def _match(leaf: Leaf, hint: Any) -> tuple[bool, Any]:
    for arm in _arms(hint):
        matched, value = _match_one(leaf, arm)
        if matched:
            return True, value
    return False, None


def _match_one(leaf: Leaf, hint: Any) -> tuple[bool, Any]:
    value, origin = leaf.value, typing.get_origin(hint)
    if origin is Literal:
        return isinstance(value, str) and value in typing.get_args(hint), value
    if origin is list:
        if not isinstance(value, list):
            return False, None
        items = [_match(item, typing.get_args(hint)[0]) for item in value]
        return all(ok for ok, _ in items), [item for _, item in items]
    if origin is dict:
        return isinstance(value, dict), leaf.plain()
    if hint is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number, float(value) if number else None
    return type(value) is hint, value


def _expected(hint: Any) -> str:
    words = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        type(None): "null",
    }
    texts = []
    for arm in _arms(hint):
        if arm in words:
            texts.append(words[arm])
        elif typing.get_origin(arm) is Literal:
            texts.append(", ".join(f"`{choice}`" for choice in typing.get_args(arm)))
        elif typing.get_origin(arm) is list:
            texts.append(f"a list of {_expected(typing.get_args(arm)[0])}")
        else:
            texts.append("a mapping")
    return " or ".join(texts)
