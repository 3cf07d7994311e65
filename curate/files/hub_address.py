"""Where the rows of a data set of the Hub lie: `hf:` addresses, configs, splits and their files.

Nothing here asks the network: names and a card's `configs` go in, file names come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from curate.errors import InputError, UsageError, printable
from curate.files.inputs import ABOUT_DATA, ending

PREFIX = "hf:"
CONVERTED = "refs/convert/parquet"
_NAME = r"[A-Za-z0-9][\w.-]*"
_ADDRESS = re.compile(
    rf"hf:(?P<repo>{_NAME}/{_NAME})(?:@(?P<revision>[^\s:]+))?(?::(?P<part>.+))?", re.ASCII
)
_USAGE = "hf:owner/name[@revision][:config/split], as in hf:databricks/databricks-dolly-15k"
_SHOWN = 20

Splits = dict[str, list[str]]
Configs = dict[str, Splits]

# The names that `datasets` 5.2 looks for (datasets/data_files.py): shards, folders, file names.
_WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_SHARD = re.compile(r"data/(\w+(?:\.\w+)*)-\d{5}-of-\d{5}[^/]*\.[^/]*")
_BREAKS = re.compile(r"[-._ 0-9]+")
_NO_ROWS = {*ABOUT_DATA, "README.md", "card.json", "config.json", "dataset_infos.json"}


@dataclass(frozen=True, slots=True)
class Address:
    """A data set of the Hub as it was typed.

    Attributes:
        typed: The whole argument.
        repo: `owner/name`.
        revision: A branch, tag or commit, or None for the default branch.
        part: `config/split`, one of the two, or a file's path; None where nothing was named.
    """

    typed: str
    repo: str
    revision: str | None = None
    part: str | None = None

    def named(self, part: str) -> str:
        """Return the argument that names a part of the same data set."""
        revision = f"@{self.revision}" if self.revision else ""
        return f"{PREFIX}{self.repo}{revision}:{part}"


def parse_address(typed: str) -> Address:
    """Return what an `hf:` argument names.

    Raises:
        UsageError: If it is not `hf:owner/name[@revision][:config/split]`.
    """
    found = _ADDRESS.fullmatch(typed)
    if found is None:
        raise UsageError(f"{printable(typed)}: no address of a data set", hint=_USAGE)
    return Address(typed, found["repo"], found["revision"], found["part"])


def choose(address: Address, files: Sequence[str], configs: object) -> tuple[list[str], list[str]]:
    """Return the files that an address means, and those that its splits leave out, both by name.

    Args:
        address: The address.
        files: Every file of the repository, as paths with `/`.
        configs: `configs` of the card's YAML, or None.

    Raises:
        UsageError: If several configs or splits are there and none is named (SRC041).
        InputError: If there is nothing that can be read (SRC042).
    """
    if address.part in files:
        return [_readable(address, str(address.part))], []
    data = [name for name in sorted(files) if _may_hold_rows(name)]
    left_out: list[str] = []
    if address.revision == CONVERTED:
        found = _converted(data)
    elif configs:
        found = _declared(address, configs, data)
    else:
        _refuse_script(address, files)
        splits, left_out = usual_splits(data)
        found = {"default": splits} if splits else {}
    if not any(names for splits in found.values() for names in splits.values()):
        raise InputError(
            f"{address.typed}: the data set holds no file that is read here",
            code="SRC042",
            hint=f"files end in .json .jsonl .csv .tsv .parquet .arrow .txt; the Hub's own copy: "
            f"hf:{address.repo}@{CONVERTED}",
        )
    chosen = _one_split(address, found)
    for name in chosen:
        _readable(address, name)
    _refuse_twins(address, chosen)
    return chosen, left_out


def _may_hold_rows(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__")) for part in parts)
    return not hidden and parts[-1] not in _NO_ROWS and ending(PurePosixPath(name))[0] is not None


def _readable(address: Address, name: str) -> str:
    parts = PurePosixPath(name).parts
    safe = name and not name.startswith("/") and ".." not in parts and "\\" not in name
    if safe and ending(PurePosixPath(name))[0] is not None:
        return name
    raise InputError(
        f"{address.typed}: {printable(name)} is no file of rows that is read here",
        code="SRC042",
        hint=f"the Hub's own copy may be: hf:{address.repo}@{CONVERTED}",
    )


def _refuse_script(address: Address, files: Iterable[str]) -> None:
    script = f"{address.repo.rpartition('/')[2]}.py"
    if script in files:
        raise InputError(
            f"{address.typed}: {script} makes the rows, and no code of a data set is run",
            code="SRC042",
            hint=f"the Hub's own copy: hf:{address.repo}@{CONVERTED}, or name a file: "
            f"{address.named('PATH')}",
        )


def _converted(files: Iterable[str]) -> Configs:
    """Return the configs of the Hub's own Parquet copy, whose files are `config/split/NNNN`."""
    found: Configs = {}
    for name in files:
        config, _, rest = name.partition("/")
        split, _, file = rest.partition("/")
        if file:
            found.setdefault(config, {}).setdefault(split, []).append(name)
    return found


def usual_splits(files: Sequence[str]) -> tuple[Splits, list[str]]:
    """Return the splits that file names say, and the files that belong to none.

    Numbered shards under `data/` come first, then folders named as splits, then files named so;
    where nothing is named as a split, all files are `train`.

    Source: the order and the words of `datasets` 5.2, `datasets/data_files.py`.
    """
    tables = [name for name in files if ending(PurePosixPath(name))[0] != "lines"]
    files = tables or files  # a licence beside tables is no row
    for splits_of in (_by_shard, _by_folder, _by_file):
        splits: Splits = {}
        for name in files:
            for split in splits_of(name):
                splits.setdefault(split, []).append(name)
        if splits:
            taken = {name for names in splits.values() for name in names}
            usual = {name: splits[name] for name in _WORDS if name in splits}
            return usual | splits, [name for name in files if name not in taken]
    return ({"train": list(files)} if files else {}), []


def _by_shard(name: str) -> list[str]:
    found = _SHARD.fullmatch(name)
    return [found[1]] if found else []


def _by_folder(name: str) -> list[str]:
    return _named_splits(PurePosixPath(name).parts[:-1])


def _by_file(name: str) -> list[str]:
    return _named_splits(PurePosixPath(name).parts[-1:])


def _named_splits(parts: Iterable[str]) -> list[str]:
    words = {word for part in parts for word in _BREAKS.split(part)}
    return [split for split, names in _WORDS.items() if not words.isdisjoint(names)]


def _declared(address: Address, configs: object, files: Sequence[str]) -> Configs:
    """Return the configs of a card's YAML.

    Source: the Hub's documentation, "Manual configuration": `configs` is a list of `config_name`
    with `data_files` (a pattern, patterns, or `split` with `path`) and `data_dir`.
    """
    found: Configs = {}
    for config in configs if isinstance(configs, list) else [configs]:
        if not isinstance(config, dict):
            raise _bad_card(address, config)
        folder = str(config.get("data_dir") or "").strip("./")
        inside = [name for name in files if not folder or name.startswith(f"{folder}/")]
        name = str(config.get("config_name") or "default")
        declared = config.get("data_files")
        if declared is None:
            found[name] = usual_splits(inside)[0]
            continue
        splits = found.setdefault(name, {})
        for split, patterns in _patterns(address, declared):
            splits.setdefault(split, [])
            for pattern in patterns:
                matched = _matching(address, pattern, folder, inside)
                splits[split] += [each for each in matched if each not in splits[split]]
    return found


def _patterns(address: Address, declared: Any) -> list[tuple[str, list[str]]]:
    """Return `data_files` as pairs of a split and its patterns."""
    if isinstance(declared, Mapping):
        pairs = list(declared.items())
    elif isinstance(declared, list) and all(isinstance(item, Mapping) for item in declared):
        pairs = [(item.get("split", "train"), item.get("path")) for item in declared]
    else:
        pairs = [("train", declared)]
    made = []
    for split, paths in pairs:
        listed = [paths] if isinstance(paths, str) else paths
        if not isinstance(listed, list) or not all(isinstance(path, str) for path in listed):
            raise _bad_card(address, paths)
        made.append((str(split), listed))
    return made


def _bad_card(address: Address, found: object) -> InputError:
    return InputError(
        f"{address.typed}: the card's `configs` cannot be read: {printable(found)}",
        code="SRC042",
        hint=f"name a file: {address.named('PATH')}",
    )


def _matching(address: Address, pattern: str, folder: str, files: Iterable[str]) -> list[str]:
    if "://" in pattern:
        raise InputError(
            f"{address.typed}: the card names files elsewhere ({printable(pattern)}); only files "
            "of the data set itself are fetched",
            code="SRC042",
            hint="download them yourself and name the folder",
        )
    plain = pattern.removeprefix("./")
    whole = compiled(f"{folder}/{plain}" if folder else plain)
    return [name for name in files if whole.fullmatch(name)]


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a file pattern as a regular expression; `*` stays in its folder, `**` does not."""
    made, at = "", 0
    while at < len(pattern):
        sign = pattern[at]
        if pattern.startswith("**/", at):
            made, at = made + r"(?:[^/]+/)*", at + 3
        elif pattern.startswith("**", at):
            made, at = made + ".*", at + 2
        elif sign == "[" and (end := pattern.find("]", at + 2)) > 0:
            inner = pattern[at + 1 : end].replace("\\", r"\\").replace("[", r"\[")
            made, at = made + f"[{'^' + inner[1:] if inner[0] == '!' else inner}]", end + 1
        else:
            made += {"*": "[^/]*", "?": "[^/]"}.get(sign, re.escape(sign))
            at += 1
    try:
        return re.compile(made)
    except re.error:
        return re.compile(re.escape(pattern))


def _one_split(address: Address, found: Configs) -> list[str]:
    """Return the files of the one split that is meant; nothing is guessed."""
    pairs = {
        f"{config}/{split}": names
        for config, splits in found.items()
        for split, names in splits.items()
        if names
    }
    if address.part is None:
        meant = list(pairs)
    elif address.part in pairs:
        meant = [address.part]
    else:
        meant = [pair for pair in pairs if address.part in _halves(pair)]
    if len(meant) == 1:
        return pairs[meant[0]]
    listed = meant or list(pairs)
    shown = ", ".join(listed[:_SHOWN]) + (", …" if len(listed) > _SHOWN else "")
    if address.part is None or meant:
        why = f"several splits are there, and none is guessed: {shown}"
    else:
        why = f"no split {printable(address.part)}; there are: {shown}"
    hint = f"name one: {address.named(listed[0])}"
    raise UsageError(f"{address.typed}: {why}", code="SRC041", hint=hint)


def _halves(pair: str) -> tuple[str, str]:
    config, _, split = pair.rpartition("/")
    return config, split


def _refuse_twins(address: Address, files: Sequence[str]) -> None:
    """Refuse files in several containers: they are often the same rows twice."""
    containers = {ending(PurePosixPath(name))[0] for name in files}
    if len(containers) > 1:
        shown = ", ".join(files[:_SHOWN])
        raise UsageError(
            f"{address.typed}: files of several kinds may hold the same rows twice: {shown}",
            code="SRC041",
            hint=f"name one: {address.named(files[0])}",
        )
