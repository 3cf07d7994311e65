"""What the user named, as a list of sources in a stable order: files, folders, globs, the Hub."""

from __future__ import annotations

import difflib
import fnmatch
import glob
import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Literal

from curate.codes import BY_CODE
from curate.errors import InputError
from curate.files.claims import NO_CLAIMS, Claims
from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.files.registry import Entry, read_registry
from curate.files.tree import archive_kind, open_tree, within
from curate.finding import Finding, Hit

# How records lie in a file: one of `CONTAINERS`, or the name of an export that a reader knows.
Container = str
CONTAINERS = ("jsonl", "json", "csv", "lines", "parquet", "arrow")
Compression = Literal["gzip", "zstd"]

_ENDINGS: dict[str, Container] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "lines",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
_COMPRESSED: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
# What `datasets` writes beside the rows of `save_to_disk`.
ABOUT_DATA = {"dataset_info.json", "dataset_dict.json", "state.json"}
_SPLITS = {"train", "test", "validation", "valid", "val", "dev", "eval"}
# In an archive these cannot be read in place.
_COLUMNAR = {"parquet", "arrow"}
# Of these only zip is read; the others are named and refused.
_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
_MAGIC_BYTES = 262


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


def expand(
    inputs: Sequence[str], claims: Claims = NO_CLAIMS, limits: Limits = DEFAULT_LIMITS
) -> tuple[list[Source], list[Finding]]:
    """Turn arguments into sources, in the order given; files of a folder or glob by name.

    A dataset folder (one with `card.json`) stands for its data files; `dataset_info.json#NAME` for
    those of an entry of a registry, `#*` for those of all its entries. Of a folder or an archive,
    what an export claims is one source, and the other files are one each.

    Args:
        inputs: As typed.
        claims: What readers of exports take.
        limits: Bounds on archives.

    Raises:
        InputError: If an argument names nothing, or a folder has nothing to read.
        BackendError: If a data set of the Hub (`hf:owner/name`) cannot be fetched.
    """
    sources: list[Source] = []
    findings: list[Finding] = []
    for argument in inputs:
        typed = _as_typed(argument)
        found, skipped = _named(argument, typed, claims, limits)
        sources += [replace(source, argument=typed) for source in found]
        findings += skipped
    return sources, findings


def _named(
    argument: str, typed: str, claims: Claims, limits: Limits
) -> tuple[list[Source], list[Finding]]:
    """Return the sources that one argument names."""
    path = Path(argument)
    if argument == "-":
        return [Source("-", path, stdin=True)], []
    if argument.startswith("hf:"):
        from curate.files.hub import fetch

        return fetch(argument)
    if argument and path.is_dir():
        return _folder(typed.rstrip("/"), path, claims, limits)
    if path.is_fifo():
        return [Source(typed, path, stdin=True)], []
    if path.is_file():
        return _matched(argument, claims, limits)
    if Path(argument.rpartition("#")[0]).is_file():
        return _registry(typed, Path(argument.rpartition("#")[0]))
    sources: list[Source] = []
    findings: list[Finding] = []
    for match in sorted(glob.glob(argument, recursive=True)):  # noqa: PTH207
        if Path(match).is_file():
            found, skipped = _matched(match, claims, limits)
            sources += found
            findings += skipped
    if not sources:
        raise InputError(
            f"{typed or repr(typed)}: no such file, folder or pattern",
            code="SRC021",
            hint="check the path; quote a pattern so that the shell leaves it alone",
        )
    return sources, findings


def _matched(match: str, claims: Claims, limits: Limits) -> tuple[list[Source], list[Finding]]:
    """Return what is read of a file that a pattern stands for."""
    path = Path(match)
    if _is_archive(path, claims):
        return _archive(_as_typed(match), path, claims, limits)
    return [Source(_as_typed(match), path)], []


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
            found, skipped = _folder(place.rstrip("/"), each.path, NO_CLAIMS, DEFAULT_LIMITS)
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


def _is_archive(path: Path, claims: Claims) -> bool:
    """Return whether a file is an archive of files, and not a document that is packed as one."""
    if path.name.lower().endswith(_ARCHIVES):
        return True
    if path.suffix.lower() in claims.endings or ending(path)[0] is not None:
        return False
    try:
        with path.open("rb") as file:
            return archive_kind(file.read(_MAGIC_BYTES)) is not None
    except OSError:  # said where it is opened to be read
        return False


def _archive(
    typed: str, path: Path, claims: Claims, limits: Limits
) -> tuple[list[Source], list[Finding]]:
    """Return what is read of an archive's members, in place."""
    tree = open_tree(path, limits)
    findings = [_told(f"{typed}/{name}", hit) for name, hit in tree.skipped]
    taken = claims.claimed(tree)
    sources = [
        Source(f"{typed}/{place}".rstrip("/"), path, container=name, member=place)
        for name, place in taken
    ]
    beside = claims.beside(tree.names)
    for name in tree.names:
        why = _why_taken(name, taken, claims)
        why = (beside.get(name) or _why_no_member(name, claims)) if why is None else why
        if why is None:
            sources.append(Source(f"{typed}/{name}", path, member=name))
        elif why:
            findings.append(_skipped(f"{typed}/{name}", why))
    if not sources:
        raise _nothing_to_read(typed, findings)
    return sorted(sources, key=lambda source: source.path), findings


def _nothing_to_read(typed: str, findings: list[Finding]) -> InputError:
    """Return what is said of an archive of which nothing is read, with the commonest reason."""
    hint: str | None = "`curate formats` lists what is read; unpack the archive to name other files"
    code, why = "SRC013", ""
    if findings:
        (code, why, hint), count = Counter(
            (found.code, found.message, found.fix or hint) for found in findings
        ).most_common(1)[0]
        why = f" ({count:,} × {why})"
    code = "SRC013" if code == "SRC022" else code
    return InputError(
        f"{typed}: the archive holds no file that can be read{why}", code=code, hint=hint
    )


def _why_taken(name: str, taken: list[tuple[str, str]], claims: Claims) -> str | None:
    """Return None for what no export claims, "" for a file of one, or why it is none of its."""
    export = next((export for export, place in taken if within(name, place)), None)
    if export is None or not claims.foreign(export, name):
        return None if export is None else ""
    return f"it lies in an export ({export}) that has no such file; name it to read it"


def _why_no_member(name: str, claims: Claims) -> str | None:
    kind = ending(PurePath(name))[0]
    if kind in _COLUMNAR:
        return "a columnar file is not read inside an archive; unpack it"
    if PurePath(name).name in ABOUT_DATA:
        return "it describes a data set and holds no rows; the file was not read"
    return _why_not_by_ending(PurePath(name), claims)


def _why_not_by_ending(file: PurePath, claims: Claims) -> str | None:
    """Return why the ending of a file in a folder or an archive keeps it from being read."""
    suffix = file.suffix.lower()
    if ending(file)[0] is not None or suffix in claims.endings:
        return None
    if file.name.lower().endswith(_ARCHIVES):
        return "an archive in a folder was not read; name it to read it"
    if suffix in claims.documents:
        return "a document beside other data, or not what it is named; name it to read it"
    return f"{file.suffix or 'no ending'!r} names no container; the file was not read"


def _told(name: str, hit: Hit) -> Finding:
    code = BY_CODE[hit.code]
    return Finding(hit.code, code.slug, code.severity, hit.message, file=name, fix=code.remedy)


def _folder(
    typed: str, path: Path, claims: Claims, limits: Limits
) -> tuple[list[Source], list[Finding]]:
    if (path / "card.json").is_file():
        sources = _dataset_folder(typed, path)
        listed = {source.file.name for source in sources}
        strange = sorted(p.name for p in (path / "data").glob("*") if p.name not in listed)
        said = "the card of the folder does not list it; the file was not read"
        return sources, [_skipped(f"{typed}/data/{_as_typed(name)}", said) for name in strange]
    sources, findings = [], []
    taken, untold = _claimed(path, claims, limits)
    findings += [_told(f"{typed}/{_as_typed(name)}", hit) for name, hit in untold]
    for name, place in taken:
        shown = f"{typed}/{_as_typed(place)}" if place else typed
        sources.append(Source(shown.rstrip("/"), path / place, container=name))
    inner = {card.parent for card in path.rglob("card.json")}
    names = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    beside = claims.beside(names)
    closed = {name for name, _ in untold}
    for relative, file in sorted(names.items(), key=lambda item: item[1]):
        why = "" if _as_typed(relative) in closed else _why_taken(relative, taken, claims)
        if why is None:
            why = beside.get(relative) or _why_skipped(file, relative, inner, claims)
        if why is None:
            sources.append(Source(f"{typed}/{_as_typed(relative)}", file))
        elif why:
            findings.append(_skipped(f"{typed}/{_as_typed(relative)}", why))
    hidden = sum(1 for p in path.iterdir() if p.name.startswith(".") and not _is_read(p, taken))
    if hidden:
        findings.append(_skipped(typed, f"{hidden} hidden files or folders were not read"))
    if not sources:
        raise InputError(
            f"{typed}: the folder holds no file that can be read",
            code="SRC013",
            hint="name files ending in .json .jsonl .csv .tsv .parquet .arrow .txt .mbox",
        )
    if taken:
        sources.sort(key=lambda source: source.path)
    return sources, findings + _merged_splits(typed, sources)


def _is_read(hidden: Path, taken: list[tuple[str, str]]) -> bool:
    """Return whether a hidden folder is of a Maildir that is read, or is told of there."""
    inside = any(within(f"{hidden.name}/", place) for _, place in taken)
    return inside or any(place.startswith(f"{hidden.name}/") for _, place in taken)


def _claimed(
    path: Path, claims: Claims, limits: Limits
) -> tuple[list[tuple[str, str]], list[tuple[str, Hit]]]:
    """Return what of a folder belongs to exports, and what is not read of such a folder."""
    if claims is NO_CLAIMS:
        return [], []
    tree = open_tree(path, limits)
    taken = claims.claimed(tree)
    return taken, [(name, hit) for name, hit in tree.skipped if name and taken]


def _why_skipped(file: Path, relative: str, inner: set[Path], claims: Claims) -> str | None:
    """Return why a file of a folder is not read: None where it is, "" for a hidden one."""
    if any(part.startswith(".") for part in Path(relative).parts):
        return ""
    if any(folder in file.parents for folder in inner):
        return "a dataset folder inside the folder is not read; name it to read it"
    if file.name == "dataset_info.json":
        return "it describes data sets and holds no rows; PATH#NAME reads what an entry names"
    if file.name in ABOUT_DATA:
        return "it describes a data set and holds no rows; the file was not read"
    return _why_not_by_ending(file, claims)


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
