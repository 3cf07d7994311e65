"""The shape of the code: sizes, names, and what may not stand in it."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, module_name, parsed, relative, sources

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")
OUTSIDE_PATH = re.compile(r"(?<![\w.~-])/(work|home|root|Users|mnt|tmp)/")
OUTSIDE_WORD = re.compile(
    r"\b(sessions?|sprints?|colleagues?|co-?workers?|this brief|the brief|design\.md|style\.md"
    r"|reliability\.md|curation\.md|training\.md|ux\.md|issues? #?\d+)\b",
    re.IGNORECASE,
)
# They look for these words in people's mail and links.
LISTS_OF_WORDS = ("curate/detect/links.py:", "curate/redaction/wording.py:")
TEXT_ENDINGS = {".py", ".md", ".yaml", ".yml", ".json", ".toml", ".jinja", ""}

CODE = sources(*PACKAGES, "docs")
EVERYTHING = sources(*PACKAGES, "docs", "bench", "tests")


def texts() -> Iterator[tuple[str, int, str]]:
    """Yield (path, line number, line) of every text that ships, these tests excepted."""
    folders = [*PACKAGES, "docs", "schemas", "recipes", "bench"]
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    paths += [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT_ENDINGS]
    for path in sorted(paths):
        if path.suffix not in TEXT_ENDINGS or "__pycache__" in path.parts or "data" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield relative(path), number, line


def matching(pattern: re.Pattern[str], ending: str = "") -> list[str]:
    return [
        f"{path}:{number}: {line.strip()}"
        for path, number, line in texts()
        if path.endswith(ending) and pattern.search(line)
    ]


def test_files_are_short() -> None:
    sizes = {relative(p): len(p.read_text("utf-8").splitlines()) for p in EVERYTHING}
    assert {name: size for name, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = [
        f"{relative(path)}:{node.lineno} {node.name}: {lines} lines"
        for path in CODE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_files_say_what_they_hold() -> None:
    assert [relative(path) for path in EVERYTHING if path.stem in FORBIDDEN_NAMES] == []


def test_no_exception_is_caught_blindly() -> None:
    blind = []
    for path in CODE:
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = ast.unparse(node.type) if node.type else ""
            if not caught or re.search(r"\b(Base)?Exception\b", caught):
                blind.append(f"{relative(path)}:{node.lineno}: except {caught}")
    assert blind == []


def test_nothing_is_left_unfinished() -> None:
    assert matching(UNFINISHED) == []


def test_an_ignored_type_error_is_named() -> None:
    assert matching(BARE_IGNORE, ".py") == []


def test_no_path_outside_the_project_is_named() -> None:
    assert matching(OUTSIDE_PATH) == []


def test_code_and_docs_speak_of_the_project_only() -> None:
    found = [line for line in matching(OUTSIDE_WORD) if not line.startswith(LISTS_OF_WORDS)]
    assert found == []


def test_nothing_is_printed_past_the_console() -> None:
    prints = [
        f"{relative(path)}:{node.lineno}"
        for path in sources(*PACKAGES)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "print"
        # To a stream that was passed in, a line is no talk past the console.
        and not any(keyword.arg == "file" for keyword in node.keywords)
    ]
    assert prints == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_marked_as_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def listed_names(path: Path) -> list[str] | None:
    for node in parsed(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            assert isinstance(node, ast.Assign)
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


def order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as ruff sorts them (RUF022)."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


WITH_ALL = [path for path in sources(*PACKAGES) if listed_names(path) is not None]


@pytest.mark.parametrize("path", WITH_ALL, ids=relative)
def test_all_is_sorted_and_true(path: Path) -> None:
    names = listed_names(path)
    assert names is not None
    assert names == sorted(set(names), key=order)
    module = importlib.import_module(module_name(path))
    assert [name for name in names if not hasattr(module, name)] == []


def test_a_public_package_lists_its_names() -> None:
    silent = [
        relative(path)
        for path in sources("curate")
        if path.name == "__init__.py"
        and listed_names(path) is None
        and any(isinstance(node, ast.ImportFrom | ast.FunctionDef) for node in parsed(path).body)
        and path.parent.name != "cli"
    ]
    assert silent == []
