"""What is written beside the data for the trainers that it is for, and what is refused first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from curate.build.emit import output_schema
from curate.build.outputs import Container
from curate.build.settings import Settings
from curate.consumers import BY_NAME, Consumer, Written
from curate.consumers.llama_factory import FILE, entry, merged
from curate.errors import OutputError, UsageError
from curate.files.commit import new_files
from curate.formats import BY_NAME as FORMATS

FOLDER = "consumers"


def wanted(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of consumers, each once.

    Raises:
        UsageError: If one is unknown.
    """
    for name in names:
        if name not in BY_NAME:
            known = ", ".join(BY_NAME)
            raise UsageError(f"--consumer {name}: no such consumer", hint=f"one of {known}")
    return tuple(dict.fromkeys(names))


def refuse_unread(settings: Settings, out: str, container: Container, *, is_file: bool) -> None:
    """Refuse, before anything is written, what a consumer does not read.

    Raises:
        UsageError: If it does not read the format or the container, or the registry beside the
            output has another entry of that name.
    """
    for consumer in _consumers(settings):
        if settings.to not in consumer.formats:
            can = ", ".join(name for name in consumer.formats if _is_written(name))
            raise UsageError(
                f"--consumer {consumer.name}: it does not read {settings.to}",
                hint=f"--to one of {can}",
            )
        if container not in consumer.containers:
            can = " ".join(f".{name}" for name in sorted(consumer.containers))
            raise UsageError(
                f"--consumer {consumer.name}: it does not read {settings.to} as {container}",
                hint=f"name a file ending in one of {can}",
            )
        if is_file and consumer.file == FILE:
            _registry_text(_written(settings, Path(out), container), Path(out).with_name(FILE))


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


def texts_inside(settings: Settings, out: str, container: Container) -> list[tuple[str, str]]:
    """Return name and text of what goes into a folder, for its `consumers/`."""
    folder = Path(out)
    whole = _written(settings, folder, container)
    found = []
    for consumer in _consumers(settings):
        data = "../data" if consumer.file == FILE else folder.as_posix()
        name = folder.absolute().name
        told = Written(whole.form, whole.columns, data, name, container, is_folder=True)
        found.append((f"{FOLDER}/{consumer.file}", consumer.text(told)))
    return found


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
    told = Written(
        written.form, written.columns, Path(written.data).name, written.name, written.container
    )
    try:
        old = registry.read_bytes().decode() if registry.exists() else None
        return merged(old, told.name, entry(told))
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{registry}: {error}; nothing in it is changed",
            hint="choose another name with -o, or take the entry out yourself",
        ) from None
