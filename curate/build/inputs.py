"""What was named, as sources: files and folders, and what readers of exports take of them."""

from __future__ import annotations

from collections.abc import Sequence

from curate.files import inputs as files
from curate.files import streams
from curate.files.claims import Claims
from curate.files.inputs import CONTAINERS, Container, Source
from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.finding import Finding
from curate.formats import BY_NAME
from curate.sources.base import Export
from curate.sources.beside import beside
from curate.sources.known import BY_EXPORT, DOCUMENTS, ENDINGS, claimed, foreign, sniffed

_CLAIMS = Claims(ENDINGS, claimed, beside, DOCUMENTS, foreign)


def expand(
    inputs: Sequence[str], limits: Limits = DEFAULT_LIMITS
) -> tuple[list[Source], list[Finding]]:
    """Turn arguments into sources, as `curate.files.inputs.expand` with all readers' claims.

    Raises:
        InputError: If an argument names nothing, or a folder has nothing to read.
        BackendError: If a data set of the Hub cannot be fetched.
    """
    return files.expand(inputs, _CLAIMS, limits)


def recognise(source: Source, wanted: Container | None, limits: Limits) -> Source:
    """Return a source with what its first bytes say, as `curate.files.streams.recognise`.

    Raises:
        InputError: If the file cannot be opened.
    """
    if source.container is not None and wanted in (None, source.container):
        return source  # claimed by an export
    return streams.recognise(source, wanted, limits, sniffed, ENDINGS)


def export_of(container: Container | None) -> Export | None:
    """Return the export that a container is, None for one of plain records."""
    return BY_EXPORT.get(container or "")


def is_private(container: Container | None, shapes: Sequence[str] = ()) -> bool:
    """Return whether an input is somebody's private life, by its container and its formats."""
    export = export_of(container)
    if export is not None:
        return export.personal
    return any(BY_NAME[shape].personal for shape in shapes if shape in BY_NAME)


def containers() -> tuple[str, ...]:
    """Return what `--from` takes as a container."""
    return (*CONTAINERS, *BY_EXPORT)
