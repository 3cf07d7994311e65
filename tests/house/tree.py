"""The source tree as the house tests read it: files, modules and imports, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("curate", "train")


class Import(NamedTuple):
    """One imported module: where, what, and whether it is imported with the file."""

    path: str
    line: int
    module: str
    at_start: bool


def sources(*folders: str) -> list[Path]:
    """Return the Python files under folders of the project, sorted."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def module_names() -> frozenset[str]:
    return frozenset(module_name(path) for path in sources(*PACKAGES))


def imports(path: Path) -> list[Import]:
    """Return what a file imports: anywhere, with `at_start` where it runs on import."""
    late = set(_late(parsed(path)))
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            at_start = node not in late
            found += [Import(relative(path), node.lineno, m, at_start) for m in _imported(node)]
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.level == 0, "relative imports hide the layer"
    for alias in node.names:
        inner = f"{node.module}.{alias.name}"
        yield inner if inner in module_names() else str(node.module)


def _late(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes inside functions and `if TYPE_CHECKING`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            continue
        if isinstance(node, ast.If | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (inner for statement in node.body for inner in ast.walk(statement))
