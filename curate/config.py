"""Settings of `curate validate` that stay: `curate.toml`, or `[tool.curate]` in `pyproject.toml`.

The nearest file upwards from the working directory counts, and no other. Every fault is collected,
then raised once, each as `file:line: what was found`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from curate.errors import UsageError
from curate.recipe import build, option
from curate.strict_yaml import Leaf

NAMES = ("curate.toml", "pyproject.toml")
_MAX_BYTES = 1 << 20
_RENAMED = {"per-file-ignore": "per-file-ignores", "profile": "for", "format": "output-format"}
Format = Literal["human", "full", "concise", "json", "jsonl", "sarif", "github", "junit"]


@dataclass(frozen=True, slots=True)
class Config:
    """What a file of settings may say; a key that is left out leaves the command's default."""

    profiles: list[str] | str = option(factory=list, doc="The profiles, as `--for`.", key="for")
    select: list[str] = option(factory=list, doc="Codes that are run instead, as `--select`.")
    extend_select: list[str] = option(
        factory=list, doc="Codes that are run beside, as `--extend-select`.", key="extend-select"
    )
    ignore: list[str] = option(factory=list, doc="Codes that are left out, as `--ignore`.")
    per_file_ignores: dict[str, list[str]] = option(
        factory=dict,
        doc="Codes that are not reported of inputs, by pattern.",
        key="per-file-ignores",
    )
    fix: bool = option(False, doc="Apply safe fixes where -o or --diff is given.")
    unsafe_fixes: bool = option(
        False, doc="Apply all fixes where -o or --diff is given.", key="unsafe-fixes"
    )
    output_format: Format = option(
        "human", doc="How findings are printed, as `--output-format`.", key="output-format"
    )
    max_length: int = option(
        0, doc="The longest row in tokens, as `--max-length`.", minimum=1, key="max-length"
    )
    tokenizer: str = option("", doc="The tokenizer, as `--tokenizer`.")
    chat_template: str = option(
        "", doc="The chat template, as `--chat-template`.", key="chat-template"
    )
    jobs: int = option(1, doc="Number of processes, as `--jobs`.", minimum=1)
    exit_zero: bool = option(False, doc="End with 0 although errors were found.", key="exit-zero")
    media_root: str = option(
        "", doc="The folder of media files, as `--media-root`.", key="media-root"
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A file of settings.

    Attributes:
        name: Its path, relative to the working directory where that is shorter.
        given: What it says, by the names of `Config`'s fields; patterns and paths are relative to
            the working directory.
        keys: The keys as it spells them.
    """

    name: str
    given: Mapping[str, Any]
    keys: tuple[str, ...]


def find(start: Path) -> Found | None:
    """Return the nearest file of settings from a folder upwards, None where there is none.

    Raises:
        UsageError: If it is wrong; every fault is listed.
    """
    for folder in (start, *start.parents):
        for name in NAMES:
            path = folder / name
            if path.is_file() and (found := _read(path)) is not None:
                return found
    return None


def read(path: Path) -> Found:
    """Return the settings in one file.

    Raises:
        UsageError: If it is wrong, or holds none.
    """
    if not path.is_file():
        raise UsageError(f"--config {path}: no such file")
    found = _read(path)
    if found is None:
        raise UsageError(f"{path}: there is no [tool.curate]", hint="name a curate.toml")
    return found


def _read(path: Path) -> Found | None:
    """Return a file's settings, None for a `pyproject.toml` that says nothing of curate."""
    inside = ("tool", "curate") if path.name == "pyproject.toml" else ()
    name = _shown(path)
    try:
        raw = path.read_bytes()
        if inside and b"curate" not in raw:
            return None
        text = raw.decode("utf-8")
        tree: Any = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{name}: not TOML: {error}") from None
    if len(raw) > _MAX_BYTES:
        raise UsageError(f"{name}: the file is larger than {_MAX_BYTES} bytes")
    for part in inside:
        tree = tree.get(part) if isinstance(tree, dict) else None
    if tree is None:
        return None
    lines = dict(_lines(text))
    leaf = _leaf(tree, inside, lines, name, lines.get(inside, 1))
    config = build(leaf, Config, name=name, renamed=_RENAMED).recipe
    return _found(config, name, tuple(tree), path.parent)


def _found(config: Config, name: str, keys: tuple[str, ...], folder: Path) -> Found:
    spelt = {each.name: str(each.metadata.get("key", each.name)) for each in fields(config)}
    given = {name: getattr(config, name) for name, key in spelt.items() if key in keys}
    if "per_file_ignores" in given:
        patterns = given["per_file_ignores"].items()
        given["per_file_ignores"] = {_beside(folder, p): codes for p, codes in patterns}
    if "media_root" in given:
        given["media_root"] = _beside(folder, f"{given['media_root']}/").rstrip("/") or "/"
    for key in ("tokenizer", "chat_template"):
        # A name that is no file here is the Hub's or a shipped template's.
        if key in given and (folder / given[key]).exists():
            given[key] = Path(os.path.relpath(folder / given[key])).as_posix()
    return Found(name, given, keys)


def _beside(folder: Path, pattern: str) -> str:
    """Return a path that is relative to a folder as one relative to the working directory."""
    if "/" not in pattern or os.path.isabs(pattern):  # noqa: PTH117 - a pattern is no path
        return pattern
    return Path(os.path.relpath(folder / pattern)).as_posix()


def _shown(path: Path) -> str:
    with suppress(ValueError):  # another drive
        beside = Path(os.path.relpath(path)).as_posix()
        return beside if len(beside) < len(path.as_posix()) else path.as_posix()
    return path.as_posix()


def _leaf(
    value: Any, path: tuple[str, ...], lines: Mapping[tuple[str, ...], int], name: str, line: int
) -> Leaf:
    """Return a value with its line; what has none of its own stands in its parent's."""
    line = lines.get(path, line)
    if isinstance(value, dict):
        value = {key: _leaf(item, (*path, key), lines, name, line) for key, item in value.items()}
    elif isinstance(value, list):
        value = [_leaf(item, path, lines, name, line) for item in value]
    return Leaf(value, f"{name}:{line}")


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the path of each key of a TOML text with the line that it begins in.

    A statement of TOML is TOML itself: lines are gathered until they are.
    """
    table: tuple[str, ...] = ()
    gathered: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), 1):
        gathered.append(line)
        try:
            statement = tomllib.loads("\n".join(gathered))
        except tomllib.TOMLDecodeError:
            continue
        is_table = gathered[0].lstrip().startswith("[")
        paths = list(_paths(statement, ()))
        if paths and is_table:
            table = paths[-1]
            yield table, start
        elif paths:
            yield from (((*table, *path), start) for path in paths)
        gathered, start = [], number + 1


def _paths(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each key in a statement, outer ones first."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from _paths(item, (*path, key))
