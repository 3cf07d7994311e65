"""LLaMA-Factory's registry of data sets, `dataset_info.json`: which file holds what, and how.

An entry is understood as `parser.py` of LLaMA-Factory 0.9.5 does (`get_dataset_list`,
`DatasetAttr.join`): once it has a block `columns` or `tags`, whatever the block does not list is
None and not the default that the README names. What its author may not expect becomes a finding.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

from curate.codes import BY_CODE
from curate.errors import InputError
from curate.finding import Finding

# Field of the format it is read as ← key of `columns`, with the column that it means by default.
_COLUMNS: dict[str, str | None] = {
    **{"prompt": "instruction", "query": "input", "response": "output", "history": None},
    **{"messages": "conversations", "system": None, "tools": None},
    **dict.fromkeys(("images", "videos", "audios", "chosen", "rejected", "kto_tag")),
}
TURN_TAGS: dict[str, str] = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_HUBS = ("hf_hub_url", "ms_hub_url", "om_hub_url")
_ELSEWHERE = (*_HUBS, "script_url", "cloud_file_name")
_KEYS = frozenset(
    {
        *_ELSEWHERE,
        *("file_name", "formatting", "ranking", "subset", "split", "folder", "num_samples"),
        *("columns", "tags"),
    }
)
_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys((*_ELSEWHERE, "file_name", "formatting", "subset", "split"), (str, "text")),
    **{"folder": (str, "text"), "num_samples": (int, "a whole number")},
    **{"ranking": (bool, "true or false")},
    **{"columns": (dict, "an object"), "tags": (dict, "an object")},
}
_FORMATTINGS = ("alpaca", "sharegpt", "openai")
_LISTS_NEED = ("role_tag", "content_tag", "user_tag", "assistant_tag")
_BYTES_MAX = 64 << 20
READ_BY_LLAMA_FACTORY = frozenset({".arrow", ".csv", ".json", ".jsonl", ".parquet", ".txt"})


@dataclass(frozen=True, slots=True)
class Entry:
    """How the records of one data set are to be read.

    Attributes:
        name: The entry's name.
        source_format: The format that its records have once the columns have their usual names.
        columns: `(field, column)` pairs: the record's column is that format's field.
        unlisted: `(column, key)` pairs: LLaMA-Factory does not read the column, since the entry
            does not list the key.
        tags: The value of each key of `tags`, None where the entry leaves it out.
    """

    name: str
    source_format: str
    columns: tuple[tuple[str, str], ...] = ()
    unlisted: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str | None], ...] = tuple(TURN_TAGS.items())


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a registry as it was found.

    Attributes:
        name: Its name.
        path: Its file or folder, None where it has none here.
        entry: How its records are read, None where that cannot be said.
        findings: What is to be known about it; with an error there is no `entry`.
    """

    name: str
    path: Path | None
    entry: Entry | None
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Notes:
    """The findings of one entry."""

    file: str
    name: str
    found: list[Finding] = field(default_factory=list)

    def add(self, code: str, key: str, message: str, fix: str | None = None) -> None:
        about = BY_CODE[code]
        at = f"/{escaped(self.name)}{f'/{key}' if key else ''}"
        said = f"the entry {self.name!r}: {message}"
        self.found.append(
            Finding(
                code,
                about.slug,
                about.severity,
                said,
                self.file,
                pointer=at,
                fix=fix or about.remedy,
            )
        )

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.found)


def escaped(name: str) -> str:
    """Return a key as a token of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def read_registry(file: Path, typed: str) -> dict[str, Listed]:
    """Read every entry of a registry, in order.

    Args:
        file: The registry.
        typed: Its path as findings show it.

    Raises:
        InputError: If the file is no JSON object.
    """
    doubled: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) != len(found):
            names = [key for key, _ in found]
            doubled.extend(sorted({key for key in names if names.count(key) > 1}))
        return made

    if file.stat().st_size > _BYTES_MAX:
        raise InputError(f"{typed}: too large for a registry of data sets", code="SRC039")
    try:
        registry = json.loads(file.read_text(encoding="utf-8-sig"), object_pairs_hook=pairs)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{typed}: no registry of data sets ({error})", code="SRC039") from None
    if not isinstance(registry, dict):
        raise InputError(f"{typed}: a registry is a JSON object of entries", code="SRC039")
    listed: dict[str, Listed] = {}
    for name, value in registry.items():
        notes = _Notes(typed, name)
        if name in doubled:
            notes.add("SRC038", "", "the name stands there twice; the last entry counts")
        listed[name] = _listed(name, value, file.parent, notes)
    return listed


def _listed(name: str, value: Any, folder: Path, notes: _Notes) -> Listed:
    if not isinstance(value, dict):
        notes.add("SRC039", "", "it is no object")
        return Listed(name, None, None, tuple(notes.found))
    _check_types(value, notes)
    if notes.failed:
        return Listed(name, None, None, tuple(notes.found))
    path = _path(value, folder, notes)
    entry = None if path is None else _entry(name, value, notes)
    if path is not None:
        _note_effects(value, path, notes)
    return Listed(name, path, None if notes.failed else entry, tuple(notes.found))


def _check_types(value: Mapping[str, Any], notes: _Notes) -> None:
    """Report keys of no meaning, and values that are not of their type."""
    blocks: tuple[tuple[str, Any, frozenset[str]], ...] = (
        ("", value, _KEYS),
        ("columns", value.get("columns"), frozenset(_COLUMNS)),
        ("tags", value.get("tags"), frozenset(TURN_TAGS)),
    )
    for block, found, known in blocks:
        for key in found if isinstance(found, dict) else ():
            if key in known:
                continue
            near = difflib.get_close_matches(key, [*known], n=1)
            meant = f"did you mean {near[0]}?" if near else f"it knows {', '.join(sorted(known))}"
            at = f"{block}/{escaped(key)}" if block else escaped(key)
            where = f"{block}.{key}" if block else key
            notes.add("SRC037", at, f"LLaMA-Factory has no key {where!r} and ignores it", meant)
    for name, item in value.items():
        kind, expected = _TYPES.get(name, (object, ""))
        if item is not None and (not isinstance(item, kind) or (kind is int and item is True)):
            notes.add("SRC039", name, f"{name} is expected to be {expected}")
    for block in ("columns", "tags"):
        inner = value.get(block)
        for key, item in inner.items() if isinstance(inner, dict) else ():
            if item is not None and not isinstance(item, str):
                notes.add("SRC039", f"{block}/{escaped(key)}", f"{block}.{key} is expected as text")
    if (form := value.get("formatting", "alpaca")) not in _FORMATTINGS and isinstance(form, str):
        there = ", ".join(_FORMATTINGS)
        near = difflib.get_close_matches(form, _FORMATTINGS, n=1)
        meant = f"did you mean {near[0]}?" if near else f"one of {there}"
        notes.add("SRC039", "formatting", f"no formatting {form!r}; there are {there}", meant)


def _path(value: Mapping[str, Any], folder: Path, notes: _Notes) -> Path | None:
    """Return the entry's file or folder; None, with a finding, where there is none to read."""
    name = value.get("file_name")
    if not name:
        place = next((key for key in _ELSEWHERE if value.get(key)), None)
        if place is None:
            notes.add("SRC039", "", f"it has neither file_name nor any of {', '.join(_ELSEWHERE)}")
            return None
        notes.add("SRC036", place, f"it is at {value[place]}, not here", _fetch(place, value))
        return None
    path = folder / str(name)
    if Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        why = "its file lies outside the registry's folder, and is not read from there"
        notes.add("SRC039", "file_name", f"{why}: {name}", "name the file itself, with --map")
        return None
    if not path.exists():
        why, fix = (
            f"there is no {name} beside the registry",
            "put the file there, or correct the name",
        )
        notes.add("SRC039", "file_name", why, fix)
        return None
    return path


def _fetch(place: str, value: Mapping[str, Any]) -> str:
    """Return the command that reads, or fetches, what an entry names on a hub."""
    where = value[place]
    if place == "hf_hub_url":
        return f"curate convert {quote(f'hf:{where}{_part(value)}')}{_flags(value)} -o OUT"
    if place == "ms_hub_url":
        return f"modelscope download --dataset {where} --local_dir FOLDER, then give it file_name"
    return "fetch its files, then give the entry file_name in place of the address"


def _part(value: Mapping[str, Any]) -> str:
    """Return subset and split as an address has them."""
    named = [value[key] for key in ("subset", "split") if value.get(key)]
    return f":{'/'.join(named)}" if named else ""


def _flags(value: Mapping[str, Any]) -> str:
    """Return the flags that say what the entry's columns are."""
    notes = _Notes("", "")
    entry = _entry("", value, notes)
    if entry is None:
        return ""
    maps = [f" --map {quote(f'{new}={col}')}" for new, col in entry.columns if new != col]
    return f" --from {entry.source_format}{''.join(maps)}"


def _note_effects(value: Mapping[str, Any], path: Path, notes: _Notes) -> None:
    """Report what LLaMA-Factory makes of the entry that its author may not expect."""
    if place := next((key for key in _ELSEWHERE if key in value), None):
        notes.add("SRC038", place, f"LLaMA-Factory reads {place} and not the file read here")
    if (count := value.get("num_samples")) is not None:
        why = (
            f"LLaMA-Factory draws {count:,} rows at random, some twice where there are fewer; all "
            "rows are read here"
        )
        notes.add("SRC038", "num_samples", why)
    split = value.get("split") or "train"
    if split != "train":
        why = f"a file has the split train only: LLaMA-Factory stops on, or cuts by, {split!r}"
        notes.add("SRC038", "split", f"{why}; all rows are read here")
    for key in ("subset", "folder"):
        if value.get(key):
            why = f"{key} names a part of a data set on a hub; the file is read here without it"
            notes.add("SRC038", key, why)
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    endings = sorted({file.suffix.lower() for file in files})
    if len(endings) > 1:
        why = f"LLaMA-Factory stops on a folder with several endings ({', '.join(endings)})"
        notes.add("SRC038", "file_name", why)
    elif endings and endings[0] not in READ_BY_LLAMA_FACTORY:
        known = " ".join(sorted(READ_BY_LLAMA_FACTORY))
        why = f"LLaMA-Factory does not open {endings[0] or 'a file without ending'}; it opens"
        notes.add("SRC038", "file_name", f"{why} {known}")


# From an entry to a format and its columns.


def _entry(name: str, value: Mapping[str, Any], notes: _Notes) -> Entry | None:
    formatting = value.get("formatting") or "alpaca"
    columns = dict(_COLUMNS)
    if (block := value.get("columns")) is not None:
        columns = {key: block.get(key) for key in _COLUMNS}
    tags: dict[str, str | None] = dict(TURN_TAGS)
    if (block := value.get("tags")) is not None:
        tags = {key: block.get(key) for key in TURN_TAGS}
    is_list = formatting != "alpaca"
    if is_list and (missing := [key for key in _LISTS_NEED if tags[key] is None]):
        why = (
            f"its tags leave out {', '.join(missing)}, so that LLaMA-Factory has none in place of "
            f"the default and loses every row"
        )
        rest = ", ".join(f'"{key}": "{TURN_TAGS[key]}"' for key in missing)
        notes.add("SRC038", "tags", why, f"list them: {rest}")
    source = _source_format(formatting, bool(value.get("ranking")), columns, notes)
    if source is None:
        return None
    fields = _fields(formatting, source)
    used = [(new, column) for key, new in fields.items() if (column := columns[key]) is not None]
    _note_required(source, fields, columns, notes)
    named = {column for _, column in used}
    if source == "text":  # LLaMA-Factory reads no answer, which a block may have left out unmeant
        fields = {key: column for key, column in _COLUMNS.items() if column and key != "messages"}
    unlisted = tuple(
        (new, key) for key, new in fields.items() if columns[key] is None and new not in named
    )
    return Entry(name, source, tuple(used), unlisted, tuple(tags.items()))


def _source_format(
    formatting: str, ranking: bool, columns: Mapping[str, str | None], notes: _Notes
) -> str | None:
    if ranking and columns["kto_tag"]:
        notes.add("SRC039", "ranking", "ranking and kto_tag exclude each other")
        return None
    if formatting == "alpaca" and not ranking and not columns["kto_tag"]:
        return "alpaca" if columns["response"] else "text"
    if ranking:
        if formatting == "openai":
            return "chat-preference"
        return f"{formatting}-preference"
    return f"{formatting}-kto" if columns["kto_tag"] else formatting


def _fields(formatting: str, source: str) -> dict[str, str]:
    """Return, by key of `columns`, the field of the format; keys without one are left out."""
    shared = {key: key for key in ("system", "tools", "images", "videos", "audios")}
    if source == "text":
        return {"prompt": "text", **shared}
    if source.endswith("-preference"):
        shared |= {"chosen": "chosen", "rejected": "rejected"}
    elif formatting == "alpaca":
        shared |= {"response": "output"}
    if source.endswith("-kto"):
        shared |= {"kto_tag": "kto_tag"}
    if formatting == "alpaca":
        return {"prompt": "instruction", "query": "input", "history": "history", **shared}
    return {"messages": "messages" if formatting == "openai" else "conversations", **shared}


def _note_required(
    source: str, fields: Mapping[str, str], columns: Mapping[str, str | None], notes: _Notes
) -> None:
    """Report a column without which LLaMA-Factory stops or reads no row."""
    needed = {"text": ["prompt"], "alpaca": ["prompt"], "alpaca-kto": ["prompt", "response"]}.get(
        source, ["messages"]
    )
    if source == "alpaca-preference":
        needed = ["prompt"]
    if source.endswith("-preference"):
        needed = [*needed, "chosen", "rejected"]
    for key in needed:
        if key in fields and columns[key] is None:
            why = f"it does not say which column is {key}, so that LLaMA-Factory reads no row"
            notes.add("SRC039", "columns", why, f'add "{key}": COLUMN to its columns')
