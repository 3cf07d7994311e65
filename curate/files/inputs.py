"""What the user named, as a list of sources in a stable order: files, folders, globs, the Hub."""

from __future__ import annotations

import difflib
import fnmatch
import glob
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Literal

from curate.errors import InputError
from curate.files.registry import Entry, read_registry
from curate.finding import Finding

Container = Literal["jsonl", "json", "csv", "lines", "mbox", "parquet", "arrow"]
Compression = Literal["gzip", "zstd"]

_ENDINGS: dict[str, Container] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "lines",
    ".mbox": "mbox",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
_COMPRESSED: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
# What `datasets` writes beside the rows of `save_to_disk`.
ABOUT_DATA = {"dataset_info.json", "dataset_dict.json", "state.json"}
_SPLITS = {"train", "test", "validation", "valid", "val", "dev", "eval"}
_MBOX = re.compile(rb"From \S+.*\d{4}\s*\n")


@dataclass(frozen=True, slots=True)
class Source:
    """One input file.

    Attributes:
        path: As typed (a folder's files: the folder as typed, `/`, the name), with `/`.
        file: Where it is.
        container: How records lie in it; None until its first bytes have been seen.
        compression: As its first bytes say, or None.
        delimiter: The field delimiter of a CSV file.
        stdin: True for `-` and pipes, which can be read once: their bytes are spooled to `file`.
        form: The format that the card of a dataset folder names, or None.
        entry: The registry's entry that says how the records are read, or None.
        split: The split of a dataset folder that the file belongs to, or None.
        argument: The argument that stands for it, with `/`.
        member: What it is of the archive or the folder `file`: a file's name in it, or the
            beginning of several, with a `/` at the end; None for a file that stands for itself.
    """

    path: str
    file: Path
    container: Container | None = None
    compression: Compression | None = None
    delimiter: str = ","
    stdin: bool = False
    form: str | None = None
    entry: Entry | None = None
    split: str | None = None
    argument: str = field(default="", compare=False)
    member: str | None = None


def ending(path: PurePath) -> tuple[Container | None, Compression | None]:
    """Return what a file's name says: its container and its compression."""
    compression = _COMPRESSED.get(path.suffix.lower())
    stem = path.with_suffix("") if compression else path
    return _ENDINGS.get(stem.suffix.lower()), compression


def expand(inputs: Sequence[str]) -> tuple[list[Source], list[Finding]]:
    """Turn arguments into sources, in the order given; files of a folder or glob by name.

    A dataset folder (one with `card.json`) stands for its data files; `dataset_info.json#NAME` for
    those of an entry of a registry, `#*` for those of all its entries.

    Raises:
        InputError: If an argument names nothing, or a folder has nothing to read.
        BackendError: If a data set of the Hub (`hf:owner/name`) cannot be fetched.
    """
    sources: list[Source] = []
    findings: list[Finding] = []
    for argument in inputs:
        typed, known = _as_typed(argument), len(sources)
        path = Path(argument)
        if argument == "-":
            sources.append(Source("-", path, stdin=True))
        elif argument.startswith("hf:"):
            from curate.files.hub import fetch

            found, skipped = fetch(argument)
            sources.extend(found)
            findings.extend(skipped)
        elif argument and path.is_dir():
            found, skipped = _folder(typed.rstrip("/"), path)
            sources.extend(found)
            findings.extend(skipped)
        elif path.is_fifo():
            sources.append(Source(typed, path, stdin=True))
        elif path.is_file():
            sources.append(Source(typed, path))
        elif Path(argument.rpartition("#")[0]).is_file():
            found, skipped = _registry(typed, Path(argument.rpartition("#")[0]))
            sources.extend(found)
            findings.extend(skipped)
        else:
            matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207
            files = [m for m in matches if Path(m).is_file()]
            if not files:
                raise InputError(
                    f"{typed or repr(typed)}: no such file, folder or pattern",
                    code="SRC021",
                    hint="check the path; quote a pattern so that the shell leaves it alone",
                )
            sources.extend(Source(_as_typed(m), Path(m)) for m in files)
        sources[known:] = [replace(source, argument=typed) for source in sources[known:]]
    return sources, findings


def _as_typed(path: str) -> str:
    """Return a path with `/`; bytes of a file name that are not UTF-8 are shown as escapes."""
    return os.fsencode(path.replace(os.sep, "/")).decode(errors="backslashreplace")


def _registry(argument: str, file: Path) -> tuple[list[Source], list[Finding]]:
    """Return the files of the registry's entries that a name or pattern stands for."""
    typed, _, name = argument.rpartition("#")
    listed = read_registry(file, typed)
    names = [name] if name in listed else fnmatch.filter(listed, name)
    if not names:
        near = difflib.get_close_matches(name, listed, n=1)
        known = ", ".join(list(listed)[:10]) + (", …" if len(listed) > 10 else "")
        raise InputError(
            f"{typed}: there is no entry {name!r}",
            code="SRC039",
            hint=f"did you mean {typed}#{near[0]}?" if near else f"there are {known or 'none'}",
        )
    sources: list[Source] = []
    findings: list[Finding] = []
    folder = typed.rpartition("/")[0]
    for each in (listed[name] for name in names):
        findings += each.findings
        if each.path is None or each.entry is None:
            continue
        relative = _as_typed(each.path.relative_to(file.parent).as_posix())
        place = f"{folder}/{relative}" if "/" in typed else relative
        found = [Source(place, each.path)]
        if each.path.is_dir():
            found, skipped = _folder(place.rstrip("/"), each.path)
            findings += skipped
        root = file.parent.resolve()
        sources += [
            replace(source, entry=each.entry)
            for source in found
            if source.file.resolve().is_relative_to(root)
        ]
    if not sources:
        why = next((f for f in findings if f.severity == "error"), next(iter(findings), None))
        message = why.message if why else "it names no file that can be read"
        raise InputError(
            f"{typed}#{name}: {message}",
            code=why.code if why else "SRC039",
            hint=why.fix if why else None,
        )
    return sources, findings


def _folder(typed: str, path: Path) -> tuple[list[Source], list[Finding]]:
    if (path / "card.json").is_file():
        sources = _dataset_folder(typed, path)
        listed = {source.file.name for source in sources}
        strange = sorted(p.name for p in (path / "data").glob("*") if p.name not in listed)
        said = "the card of the folder does not list it; the file was not read"
        return sources, [_skipped(f"{typed}/data/{_as_typed(name)}", said) for name in strange]
    sources, findings = [], []
    inner = {card.parent for card in path.rglob("card.json")}
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        relative = file.relative_to(path).as_posix()
        why = _why_skipped(file, relative, inner)
        if why is None:
            sources.append(Source(f"{typed}/{_as_typed(relative)}", file))
        elif why:
            findings.append(_skipped(f"{typed}/{_as_typed(relative)}", why))
    hidden = sum(1 for p in path.iterdir() if p.name.startswith("."))
    if hidden:
        findings.append(_skipped(typed, f"{hidden} hidden files or folders were not read"))
    if not sources:
        raise InputError(
            f"{typed}: the folder holds no file that can be read",
            code="SRC013",
            hint="name files ending in .json .jsonl .csv .tsv .parquet .arrow .txt .mbox",
        )
    return sources, findings + _merged_splits(typed, sources)


def _why_skipped(file: Path, relative: str, inner: set[Path]) -> str | None:
    """Return why a file of a folder is not read: None where it is, "" for a hidden one."""
    if any(part.startswith(".") for part in Path(relative).parts):
        return ""
    if any(folder in file.parents for folder in inner):
        return "a dataset folder inside the folder is not read; name it to read it"
    if file.name == "dataset_info.json":
        return "it describes data sets and holds no rows; PATH#NAME reads what an entry names"
    if file.name in ABOUT_DATA:
        return "it describes a data set and holds no rows; the file was not read"
    if ending(file)[0] is None:
        return f"{file.suffix or 'no ending'!r} names no container; the file was not read"
    return None


def _skipped(name: str, why: str) -> Finding:
    return Finding("SRC022", "skipped-file", "warning", why, file=name)


def _merged_splits(typed: str, sources: list[Source]) -> list[Finding]:
    """Report files whose names say that they are different splits."""
    names = [source.path.removeprefix(typed).lower() for source in sources]
    words = {word for name in names for word in re.split(r"[^a-z]+", name)}
    named = sorted(words & _SPLITS)
    if len(named) < 2:
        return []
    message = f"files named {', '.join(named)} go into one split; name one of them to read it alone"
    return [Finding("SRC035", "merged-splits", "warning", message, file=typed)]


def _dataset_folder(typed: str, path: Path) -> list[Source]:
    try:
        card = json.loads((path / "card.json").read_text(encoding="utf-8"))
        splits = {str(entry["path"]): str(entry["split"]) for entry in card["files"]}
        form = str(card.get("format", "row"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"{typed}/card.json: not a dataset card ({error})"
        raise InputError(found, code="SRC021") from None
    return [
        Source(f"{typed}/{name}", path / name, form=form, split=split)
        for name, split in splits.items()
    ]


def looks_like_mbox(head: bytes) -> bool:
    """Return whether a file begins with an mbox separator: `From ADDRESS … YEAR`."""
    return _MBOX.match(head) is not None
