"""Strict YAML: one mapping, no anchors, aliases, tags or repeated keys, the line of every key.

Scalars follow the YAML 1.2 core schema, not 1.1: `2e-4` is a number, `no`, `off` and `12:30` are
text.

Source: YAML 1.2.2 section 10.3 (core schema).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from curate.errors import UsageError, printable

MAX_BYTES = 1 << 20
MAX_DEPTH = 16
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of a recipe: a scalar, a list of leaves, or a mapping of key to leaf.

    Attributes:
        value: None, bool, int, float, str, `list[Leaf]` or `dict[str, Leaf]`.
        origin: Where it was written: `recipes/demo.yaml:12` or `--set`.
    """

    value: Any
    origin: str

    def plain(self) -> Any:
        """Return the value without origins."""
        if isinstance(self.value, dict):
            return {key: leaf.plain() for key, leaf in self.value.items()}
        if isinstance(self.value, list):
            return [leaf.plain() for leaf in self.value]
        return self.value

    def described(self) -> str:
        """Return the value as messages show it: `the text 'abc'`, `12`, `a list`."""
        value = self.value
        if value is None:
            return "null"
        if isinstance(value, dict):
            return "a mapping"
        if isinstance(value, list):
            return "a list"
        if isinstance(value, str):
            return f"the text '{printable(value)}'"
        return str(value).lower() if isinstance(value, bool) else f"{value!r}"


def parse(path: Path, *, name: str | None = None) -> Leaf:
    """Read a YAML file as a tree of leaves.

    Args:
        path: The file.
        name: What messages call it; the path as it is by default.

    Raises:
        UsageError: If it is not one strict YAML mapping.
    """
    shown = name or path.as_posix()
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown}: the recipe is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise UsageError(f"{shown}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise UsageError(f"{shown}: the recipe is larger than {MAX_BYTES} bytes")
    faults: list[str] = []
    leaf = _compose(text, shown, faults)
    raise_all(faults)
    if not isinstance(leaf.value, dict):
        raise UsageError(f"{shown}:1: a recipe is a mapping of sections, found {leaf.described()}")
    return leaf


def parse_text(text: str, name: str) -> Leaf:
    """Read YAML text as a tree of leaves, as `parse` does a file.

    Args:
        text: The text.
        name: What messages call it.

    Raises:
        UsageError: If it is not one strict YAML mapping.
    """
    faults: list[str] = []
    leaf = _compose(text, name, faults)
    raise_all(faults)
    if not isinstance(leaf.value, dict):
        raise UsageError(f"{name}:1: expected a mapping, found {leaf.described()}")
    return leaf


def raise_all(faults: list[str]) -> None:
    """Raise one UsageError that holds every fault, or return where there is none."""
    if faults:
        raise UsageError("\n".join(faults))


def scalar(text: str) -> Any:
    """Return a plain scalar's value by the YAML 1.2 core schema; non-finite numbers stay text."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INT.fullmatch(text) and len(text) <= 40:
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return text if number in (float("inf"), float("-inf")) else number
    return text


def _compose(text: str, name: str, faults: list[str]) -> Leaf:
    try:
        _scan(text, name, faults)
        node = None if faults else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        faults.append(f"{name}:{line}: not YAML: {error.problem or error.context}")
        return Leaf({}, name)
    except yaml.YAMLError as error:
        faults.append(f"{name}: not YAML: {printable(str(error))}")
        return Leaf({}, name)
    return Leaf({}, f"{name}:1") if node is None else _leaf(node, name, faults)


def _scan(text: str, name: str, faults: list[str]) -> None:
    """Find what this YAML may not have; stops where it is nested too deep to compose safely."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        at = f"{name}:{line}"
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                faults.append(f"{at}: a recipe is one YAML document, found a second")
        if isinstance(event, yaml.AliasEvent):
            faults.append(f"{at}: aliases are not allowed, found `*{event.anchor}`")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            faults.append(f"{at}: anchors are not allowed, found `&{event.anchor}`")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            faults.append(f"{at}: tags are not allowed, found `{printable(event.tag)}`")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                faults.append(f"{at}: nested deeper than {MAX_DEPTH}")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _leaf(node: yaml.Node, name: str, faults: list[str]) -> Leaf:
    at = f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.ScalarNode):
        return Leaf(scalar(node.value) if node.style is None else node.value, at)
    if isinstance(node, yaml.SequenceNode):
        return Leaf([_leaf(item, name, faults) for item in node.value], at)
    found: dict[str, Leaf] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(f"{name}:{line}: a key is text, found a list or a mapping")
            continue
        key = key_node.value
        if key in found:
            faults.append(f"{name}:{line}: the key `{printable(key)}` is there twice")
        value = _leaf(value_node, name, faults)
        found[key] = Leaf(value.value, f"{name}:{line}")
    return Leaf(found, at)


def override(tree: Leaf, text: str, faults: list[str]) -> Leaf:
    """Return the tree with one `key.path=value` laid over it; the value is YAML."""
    path, equals, value = text.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        faults.append(f"--set {printable(text)}: write --set section.key=value")
        return tree
    if value[:1] in ("[", "{", "'", '"'):
        leaf = _compose(value, f"--set {path}", faults)
        leaf = _relabel(leaf)
    else:
        leaf = Leaf(scalar(value.strip()), "--set")
    return _with(tree, keys, leaf)


def _relabel(leaf: Leaf) -> Leaf:
    if isinstance(leaf.value, dict):
        return Leaf({k: _relabel(v) for k, v in leaf.value.items()}, "--set")
    if isinstance(leaf.value, list):
        return Leaf([_relabel(v) for v in leaf.value], "--set")
    return Leaf(leaf.value, "--set")


def _with(tree: Leaf, keys: list[str], leaf: Leaf) -> Leaf:
    if not keys:
        return leaf
    held = tree.value if isinstance(tree.value, dict) else {}
    child = held.get(keys[0], Leaf({}, "--set"))
    return Leaf({**held, keys[0]: _with(child, keys[1:], leaf)}, tree.origin)
