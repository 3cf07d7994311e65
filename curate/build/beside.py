"""What is written beside the data for the trainers that it is for, and what is refused first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from curate.build.emit import output_schema
from curate.build.outputs import FILE_ENDINGS, Container
from curate.build.settings import Settings
from curate.consumers import BY_NAME, Consumer, Written
from curate.consumers.llama_factory import FILE, entry, merged
from curate.errors import OutputError, UsageError
from curate.files.commit import new_files
from curate.formats import BY_NAME as FORMATS

FOLDER = "consumers"


def for_consumers(
    settings: Settings, names: Sequence[str], out: str, container: Container
) -> Settings:
    """Return the settings for these trainers; refuse, before anything is written, what one can't.

    Args:
        settings: With the format that is written.
        names: The trainers.
        out: The file or folder.
        container: The files of a folder.

    Raises:
        UsageError: If a name is unknown, if a trainer does not read the format or the container,
            or if the registry beside the output has another entry of that name.
    """
    known = ", ".join(BY_NAME)
    names = [part.strip() for name in names for part in name.split(",")]
    for name in names:
        if name not in BY_NAME:
            raise UsageError(f"--consumer {name}: no such consumer", hint=f"one of {known}")
    settings = replace(settings, consumers=tuple(dict.fromkeys(names)))
    is_file = Path(out).suffix.lower() in FILE_ENDINGS
    written = FILE_ENDINGS[Path(out).suffix.lower()] if is_file else container
    for consumer in _consumers(settings):
        _refuse(consumer, settings.to, written)
        if is_file and consumer.file == FILE:
            _registry_text(_written(settings, Path(out), written), Path(out).with_name(FILE))
    return settings


def _refuse(consumer: Consumer, form: str, container: Container) -> None:
    if form not in consumer.formats:
        can = ", ".join(name for name in consumer.formats if _is_written(name))
        raise UsageError(
            f"--consumer {consumer.name}: it does not read {form}", hint=f"--to one of {can}"
        )
    if container not in consumer.containers:
        can = " ".join(f".{name}" for name in sorted(consumer.containers))
        raise UsageError(
            f"--consumer {consumer.name}: it does not read {form} as {container}",
            hint=f"name a file ending in one of {can}",
        )


def _consumers(settings: Settings) -> list[Consumer]:
    return [BY_NAME[name] for name in settings.consumers]


def _is_written(name: str) -> bool:
    return name in FORMATS and FORMATS[name].encode is not None


def _written(settings: Settings, out: Path, container: Container) -> Written:
    """Return what a file is, told by its path as typed."""
    kind = FORMATS[settings.to].kind
    columns = frozenset(output_schema(settings.to, kind).names)
    return Written(settings.to, columns, out.as_posix(), out.stem, container)


def texts_beside(settings: Settings, out: Path, container: Container) -> list[tuple[Path, str]]:
    """Return path and text of what goes beside a file, the registry not included."""
    written = _written(settings, out, container)
    return [
        (out.with_name(f"{out.name}.{consumer.file}"), consumer.text(written))
        for consumer in _consumers(settings)
        if consumer.file != FILE
    ]


def write_inside(
    work: Path, settings: Settings, out: str, container: Container
) -> dict[str, list[str]]:
    """Write what goes into a folder, to its `consumers/`; return what its card says of that.

    Args:
        work: Where the folder is being written.
        settings: With the trainers.
        out: The folder as typed.
        container: Of its files.
    """
    folder = Path(out)
    names: list[str] = []
    for consumer in _consumers(settings):
        data = "../data" if consumer.file == FILE else folder.as_posix()
        told = _written(settings, folder, container)
        told = replace(told, data=data, name=folder.absolute().name, is_folder=True)
        names.append(f"{FOLDER}/{consumer.file}")
        (work / FOLDER).mkdir(exist_ok=True)
        (work / names[-1]).write_text(consumer.text(told), encoding="utf-8")
    return {"consumers": names} if names else {}


def enter(settings: Settings, out: Path, container: Container) -> list[Path]:
    """Enter a file into the registry beside it, where that is asked for; return what was written.

    Raises:
        OutputError: If another entry of the name has come since, or the registry cannot be written.
    """
    if not any(consumer.file == FILE for consumer in _consumers(settings)):
        return []
    registry = out.with_name(FILE)
    try:
        with new_files(registry) as (work,):
            text = _registry_text(_written(settings, out, container), registry)
            work.write_bytes(text.encode())
    except UsageError as error:
        raise OutputError(f"{out} was written; {error.message}", hint=error.hint) from None
    return [registry]


def _registry_text(written: Written, registry: Path) -> str:
    """Return the registry's text with the entry."""
    told = replace(written, data=Path(written.data).name)
    try:
        old = registry.read_bytes().decode() if registry.exists() else None
        return merged(old, told.name, entry(told))
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{registry}: {error}; nothing in it is changed",
            hint="choose another name with -o, or take the entry out yourself",
        ) from None
